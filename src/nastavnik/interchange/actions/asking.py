"""Who was asked, and what they answered: one sheet of a person in a wave of the rows of `answers`."""

from collections import defaultdict
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from nastavnik.engine.instruments import Answer, Instrument, check_answers
from nastavnik.engine.packages.reading import PackageRow
from nastavnik.interchange.actions.completing import ArrivingPackage
from nastavnik.people.models import Person
from nastavnik.questionnaires.adapter import in_columns, instrument_of
from nastavnik.questionnaires.choices import InvitationState, Mode
from nastavnik.questionnaires.models import Invitation, Response, Wave

BATCH = 500  # rows of one statement


@dataclass(frozen=True, slots=True)
class AskedAndAnswered:
    """Who was asked and what was answered, of a package whose waves are written."""

    arriving: ArrivingPackage

    def write(self) -> None:
        """Write who was asked and what was answered; the package has been looked through (`adapter.asking`)."""
        arriving = self.arriving
        waves = {row["id"]: one for row, one in arriving.made["waves"]}
        said: dict[tuple[str, str], list[PackageRow]] = defaultdict(list)
        for row in arriving.rows["answers"]:
            said[row["wave"], row["person"]].append(row)
        asked: dict[tuple[str, str], PackageRow | None] = {
            (row["wave"], row["person"]): row for row in arriving.rows["invitations"]
        }
        asked |= {key: None for key in said if key not in asked}
        made = [
            (key, row, _invitation(arriving, waves[key[0]], key[1], row))
            for key, row in asked.items()
        ]
        Invitation.objects.bulk_create([one for _key, _row, one in made], batch_size=BATCH)
        Response.objects.bulk_create(
            [
                _response(arriving, invitation, said.get(key, []), row)
                for key, row, invitation in made
                # without a moment and without answers the sheet stayed behind
                if key in said or (row is not None and row["submitted_at"])
            ],
            batch_size=BATCH,
        )


def _invitation(
    arriving: ArrivingPackage, wave: Wave, person: str, row: PackageRow | None
) -> Invitation:
    one = Invitation(
        organisation=arriving.organisation, wave=wave, person_id=arriving.ids[Person][person]
    )
    one.state = InvitationState.ANSWERED if row is None else (row["state"] or one.state)
    one.answered_on = None if row is None else row["answered_on"]
    return one


def _response(
    arriving: ArrivingPackage,
    invitation: Invitation,
    rows: list[PackageRow],
    asked: PackageRow | None,
) -> Response:
    wave = invitation.wave
    instrument = instrument_of(wave.version)
    invitation_of = asked or PackageRow(0, {})
    if invitation_of["submitted_at"] is None:
        arriving.notes.add("answers", _("moment taken as that of loading"), rows[0].line)
    return Response(
        organisation=arriving.organisation,
        wave=wave,
        version_sha256=wave.version.sha256,
        mode=Mode.NAMED,
        invitation=invitation,
        source=invitation_of["source"] or "",
        submitted_at=invitation_of["submitted_at"] or timezone.now(),
        **in_columns(instrument, _kept(arriving, instrument, rows)),
    )


def _kept(
    arriving: ArrivingPackage, instrument: Instrument, rows: list[PackageRow]
) -> dict[str, Answer]:
    """Return the answers of a sheet, with the keys people have here."""
    given: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        given[row["item"]].append(row["value"])
    people = arriving.ids[Person]
    kept = dict(check_answers(instrument, given, people=people.keys()).kept)
    for item in instrument.asked:
        if item.of and isinstance(named := kept.get(item.code), list):
            kept[item.code] = [str(people[one]) for one in named]
    return kept
