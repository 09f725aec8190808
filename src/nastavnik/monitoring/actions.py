"""Writes of monitoring."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import models, transaction
from django.utils.translation import gettext as _

from nastavnik.core import audit
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.monitoring.access import may_close, may_drop, may_score
from nastavnik.monitoring.catalogues import IndicatorRule, scorecard_rules
from nastavnik.monitoring.choices import SwotField
from nastavnik.monitoring.models import (
    HandCount,
    ProcessSnapshot,
    Scorecard,
    ScoreMark,
    ScoreSheet,
    SwotNote,
    YearTarget,
)
from nastavnik.monitoring.queries.process import OpenAnswer, process_numbers
from nastavnik.monitoring.queries.scorecards import may_work_here
from nastavnik.organisations.models import Organisation
from nastavnik.people.models import User
from nastavnik.programmes.models import Programme


@transaction.atomic
def begin_scorecard(
    programme: Programme, *, scorer: User | None, by: models.Model | None
) -> Scorecard:
    """Begin the card of a programme, with a sheet for one person; begun before: it is returned as it is.

    The method has the curator score (S2 §6); whoever else is to, is invited.
    """
    Programme.objects.select_for_update().get(pk=programme.pk)
    known = Scorecard.objects.filter(programme=programme).first()
    if known is not None:
        return known
    card = Scorecard.objects.create(
        organisation_id=programme.organisation_id,
        programme=programme,
        version=scorecard_rules().version,
        opened_on=today(),
    )
    audit.record("scorecard-begun", card, by=by, fields=["version", "opened_on"])
    if scorer is not None:
        invite_scorer(card, scorer, by=by)
    return card


@transaction.atomic
def invite_scorer(card: Scorecard, scorer: User, *, by: models.Model | None) -> ScoreSheet:
    """Give somebody of the staff a sheet of their own; who has one keeps it.

    Raises:
        RefusedError: the card is closed, or the person does not work here today.
    """
    card = _locked(card)
    if card.closed_on:
        raise RefusedError(_("The scorecard is closed: open it again, then invite."))
    known = card.sheets.filter(scorer=scorer).first()
    if known is not None:
        return known
    if not may_work_here(card.organisation_id, [scorer.pk]):
        raise RefusedError(_("%(name)s: has no role of the staff here today.") % {"name": scorer})
    sheet = ScoreSheet.objects.create(
        organisation_id=card.organisation_id, scorecard=card, scorer=scorer
    )
    audit.record("scorer-invited", sheet, by=by, fields=["scorer"])
    return sheet


@transaction.atomic
def drop_sheet(sheet: ScoreSheet, *, by: models.Model | None) -> None:
    """Take a sheet off its card on which nothing stands.

    Raises:
        RefusedError: something stands on it, or the card is closed.
    """
    sheet = _locked_sheet(sheet)
    if not (verdict := may_drop(sheet)):
        raise RefusedError(verdict.reasons)
    audit.record("scorer-taken-off", sheet, by=by, fields=["scorer"])
    sheet.delete()


@dataclass(frozen=True, slots=True)
class Scored:
    """What is said of one indicator: points, or None with the reason why it cannot be scored."""

    points: int | None
    why: str = ""


@transaction.atomic
def keep_marks(
    sheet: ScoreSheet, said: Mapping[str, Scored], *, by: models.Model | None
) -> ScoreSheet:
    """Keep what a sheet gives the indicators; one that is not named is «not said yet».

    Raises:
        RefusedError: the sheet is handed in, its card is closed, or an indicator without points has no reason.
    """
    sheet = _locked_sheet(sheet)
    if not (verdict := may_score(sheet)):
        raise RefusedError(verdict.reasons)
    rules = scorecard_rules()
    known = {one.code: one for one in rules.indicators}
    wrong = [code for code, one in said.items() if one.points is None and not one.why.strip()]
    if wrong:
        raise RefusedError(
            _("Indicator %(codes)s: say why it cannot be scored.") % {"codes": ", ".join(wrong)}
        )
    if not known.keys() >= said.keys() or any(
        one.points is not None and one.points not in rules.points for one in said.values()
    ):
        raise RefusedError(_("The scorecard has no such indicator or point."))
    before = {one.indicator: one for one in sheet.marks.all()}
    told = {code: (one.points, one.why.strip()) for code, one in said.items()}
    gone = [one for code, one in before.items() if told.get(code) != (one.points, one.why)]
    ScoreMark.objects.filter(pk__in=[one.pk for one in gone]).delete()
    kept = before.keys() - {one.indicator for one in gone}
    fresh = [
        ScoreMark(
            organisation_id=sheet.organisation_id,
            sheet=sheet,
            indicator=code,
            points=points,
            why=why,
        )
        for code, (points, why) in told.items()
        if code not in kept
    ]
    ScoreMark.objects.bulk_create(fresh)
    if gone or fresh:
        audit.record("scored", sheet, by=by, fields=["marks"])
    return sheet


@transaction.atomic
def hand_in(sheet: ScoreSheet, *, by: models.Model | None) -> ScoreSheet:
    """Hand a sheet in: every indicator has points or the reason why not.

    Raises:
        RefusedError: something is not said yet, or the card is closed.
    """
    sheet = _locked_sheet(sheet)
    if sheet.handed_in_on:
        return sheet
    if not (verdict := may_score(sheet)):
        raise RefusedError(verdict.reasons)
    said = set(sheet.marks.values_list("indicator", flat=True))
    missing = [one.code for one in scorecard_rules().indicators if one.code not in said]
    if missing:
        raise RefusedError(
            _(
                "Not said yet: indicator %(codes)s. Give points, or «cannot be scored» with the reason."
            )
            % {"codes": ", ".join(missing)}
        )
    sheet.handed_in_on = today()
    sheet.save(update_fields=["handed_in_on"])
    audit.record("score-sheet-handed-in", sheet, by=by, fields=["handed_in_on"])
    return sheet


@transaction.atomic
def take_sheet_back(sheet: ScoreSheet, *, by: models.Model | None) -> ScoreSheet:
    """Take back that a sheet is handed in: its points stay, and may be changed.

    Raises:
        RefusedError: the card is closed.
    """
    sheet = _locked_sheet(sheet)
    if sheet.scorecard.closed_on:
        raise RefusedError(_("The scorecard is closed: open it again, then sheets can be changed."))
    if sheet.handed_in_on:
        sheet.handed_in_on = None
        sheet.save(update_fields=["handed_in_on"])
        audit.record("score-sheet-taken-back", sheet, by=by, fields=["handed_in_on"])
    return sheet


@transaction.atomic
def conclude_scorecard(card: Scorecard, *, conclusion: str, by: models.Model | None) -> Scorecard:
    """Keep what follows from a card, in the curator's own words; they may be written after it is closed too."""
    card = _locked(card)
    if card.conclusion != conclusion:
        card.conclusion = conclusion
        card.save(update_fields=["conclusion"])
        audit.record("scorecard-concluded", card, by=by, fields=["conclusion"])
    return card


@transaction.atomic
def close_scorecard(card: Scorecard, *, by: models.Model | None) -> Scorecard:
    """Close a card: its points stand from now on.

    Raises:
        RefusedError: nobody has handed in a sheet, or somebody has not yet.
    """
    card = _locked(card)
    if card.closed_on:
        return card
    if not (verdict := may_close(card)):
        raise RefusedError(verdict.reasons)
    card.closed_on = today()
    card.save(update_fields=["closed_on"])
    audit.record("scorecard-closed", card, by=by, fields=["closed_on"])
    return card


@transaction.atomic
def reopen_scorecard(card: Scorecard, *, by: models.Model | None) -> Scorecard:
    """Open a closed card again; everything on it stays."""
    card = _locked(card)
    if card.closed_on:
        card.closed_on = None
        card.save(update_fields=["closed_on"])
        audit.record("scorecard-reopened", card, by=by, fields=["closed_on"])
    return card


def _locked(card: Scorecard) -> Scorecard:
    return Scorecard.objects.select_for_update().get(pk=card.pk)


def _locked_sheet(sheet: ScoreSheet) -> ScoreSheet:
    """Return a sheet with its card, both locked: a card is not closed while somebody scores."""
    card = _locked(sheet.scorecard)
    locked = ScoreSheet.objects.select_for_update(of=("self",)).get(pk=sheet.pk)
    locked.scorecard = card
    return locked


# ---------------------------------------------------------------- stage 1: snapshots and the four fields


@transaction.atomic
def take_snapshot(
    programme: Programme, *, assessment: str, by: models.Model | None
) -> ProcessSnapshot:
    """Freeze the numbers of the process as they are today; taken before on this day it is taken anew."""
    Programme.objects.select_for_update().get(pk=programme.pk)
    snapshot, _made = ProcessSnapshot.objects.update_or_create(
        programme=programme,
        taken_on=today(),
        defaults={
            "organisation_id": programme.organisation_id,
            "numbers": [one.as_data() for one in process_numbers(programme)],
            "assessment": assessment,
        },
    )
    audit.record("process-snapshot-taken", snapshot, by=by, fields=["numbers", "assessment"])
    return snapshot


@transaction.atomic
def sort_answers(
    programme: Programme,
    sorted_into: Mapping[str, str],
    *,
    among: Iterable[OpenAnswer],
    by: models.Model | None,
) -> list[SwotNote]:
    """Put open answers into the four fields in their own words; one that was sorted since stays where it is.

    Args:
        programme: whose answers they are.
        sorted_into: digest of an answer → field.
        among: the answers that may be sorted now, to this person.
        by: who sorts.

    Raises:
        RefusedError: there is no such field.
    """
    Programme.objects.select_for_update().get(pk=programme.pk)
    if set(sorted_into.values()) - set(SwotField.values):
        raise RefusedError(_("There is no such field: choose one of the four."))
    known = set(
        SwotNote.objects.filter(programme=programme).values_list("answer_sha256", flat=True)
    )
    fresh = [
        SwotNote(
            organisation_id=programme.organisation_id,
            programme=programme,
            field=sorted_into[one.digest],
            words=one.words,
            wave=one.wave,
            item=one.item,
            n_said=one.n_said,
            answer_sha256=one.digest,
        )
        for one in among
        if one.digest in sorted_into and one.digest not in known
    ]
    made = SwotNote.objects.bulk_create(fresh)
    audit.record_many("swot-sorted", made, by=by, fields=["field"])
    return made


@transaction.atomic
def add_swot_note(
    programme: Programme, *, field: str, words: str, by: models.Model | None
) -> SwotNote:
    """Write words of the curator's own into a field."""
    note = SwotNote.objects.create(
        organisation_id=programme.organisation_id, programme=programme, field=field, words=words
    )
    audit.record(audit.CREATED, note, by=by, fields=["field", "words"])
    return note


@transaction.atomic
def drop_swot_note(note: SwotNote, *, by: models.Model | None) -> None:
    """Take words out of a field; an answer may be sorted anew."""
    audit.record(audit.DELETED, note, by=by, fields=["field", "words"])
    note.delete()


@transaction.atomic
def enter_count(
    organisation: Organisation,
    rule: IndicatorRule,
    year: int,
    *,
    value: int,
    basis: str,
    by: User | None,
) -> HandCount:
    """Enter the denominator of an indicator in a year, with where the number is from; entered before it is replaced.

    Raises:
        RefusedError: it is nought, or nothing says where it is from.
    """
    if value < 1 or not basis.strip():
        raise RefusedError(_("Enter a number above nought, and where it is from."))
    row, _made = HandCount.objects.update_or_create(
        organisation=organisation,
        code=rule.code,
        year=year,
        defaults={
            "value": value,
            "basis": basis.strip(),
            "entered_on": today(),
            "entered_by": by,
            "signed_by": by.full_name if by else "",
        },
    )
    audit.record("denominator-entered", row, by=by, fields=["value", "basis", "signed_by"])
    return row


@transaction.atomic
def set_target(
    organisation: Organisation,
    rule: IndicatorRule,
    year: int,
    *,
    value: float | None,
    by: User | None,
) -> YearTarget:
    """Write down what is planned of an indicator in a year, in per cent; None: nothing is. What stood before is replaced.

    Raises:
        RefusedError: it is no share.
    """
    if value is not None and not 0 <= value <= 100:  # noqa: PLR2004 - per cent
        raise RefusedError(_("A planned value is a share: from 0 to 100 per cent."))
    row, _made = YearTarget.objects.update_or_create(
        organisation=organisation, code=rule.code, year=year, defaults={"value": value}
    )
    audit.record("target-entered", row, by=by, fields=["value"])
    return row
