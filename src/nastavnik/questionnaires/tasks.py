"""What is done beside the requests: sheets of paper are drawn, their pictures are read."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nastavnik.blanks.actions import keep_intake, keep_print
from nastavnik.blanks.adapter import DrawnSheets, ReadPile, draw_sheets, read_files
from nastavnik.blanks.queries import blanks_about
from nastavnik.core.access import Perm
from nastavnik.core.errors import RefusedError
from nastavnik.core.http import Request
from nastavnik.engine.blanks.questions import questions_of
from nastavnik.jobs.kinds import Ended, JobKind, Order, Watch, Words, register
from nastavnik.organisations.models import Organisation
from nastavnik.people.queries import group_names
from nastavnik.questionnaires.adapter import instrument_of
from nastavnik.questionnaires.choices import SHEETS
from nastavnik.questionnaires.models import Invitation, Wave


def given_for(wave: Wave, invitations: Sequence[Invitation], n_spare: int) -> dict[str, Any]:
    """Return what the job of a print is given: keys rather than names."""
    keys = [one.pk for one in invitations]
    return {"wave": wave.pk, "title": wave.title, "invitations": keys, "n_spare": n_spare}


def _wave(order: Order) -> Wave:
    row = (
        Wave.objects.filter(organisation_id=order.organisation_id, pk=order.given["wave"])
        .select_related("version")
        .first()
    )
    if row is None:
        raise RefusedError(_("This wave is gone meanwhile."))
    return row


def _draw(order: Order, watch: Watch) -> DrawnSheets:
    wave = _wave(order)
    keys = order.given["invitations"]
    rows = Invitation.objects.filter(wave=wave, pk__in=keys).select_related("person")
    by_key = {row.pk: row for row in rows}
    asked = [by_key[key] for key in keys if key in by_key]
    groups = group_names([row.person for row in asked])
    names = [
        (row.person_id, ", ".join(filter(None, (row.person.full_name, groups.get(row.person_id)))))
        for row in asked
    ]
    watch("", 0, 0)
    instrument = instrument_of(wave.version)
    return draw_sheets(instrument.title, questions_of(instrument), names, order.given["n_spare"])


def _keep_print(order: Order, found: DrawnSheets) -> Words:
    wave = _wave(order)
    run = keep_print(
        Organisation.objects.get(pk=order.organisation_id),
        found,
        kind=SHEETS,
        subject_id=wave.pk,
        by=order.by,
    )
    return {"run": run.pk}


def _sheets_page(given: Words) -> str:
    return reverse("questionnaires:sheets", args=[given["wave"]])


def _arrive_print(_request: Request, ended: Ended) -> str:
    return f"{_sheets_page(ended.given)}#print-{ended.result['run']}"


PRINT = JobKind(
    code="questionnaires.print",
    heading=gettext_lazy("Sheets are being drawn"),
    busy=gettext_lazy("Sheets of this wave are being drawn already."),
    perm=Perm.WAVE_EDIT,
    find=_draw,
    keep=_keep_print,
    arrive=_arrive_print,
    back=_sheets_page,
    tells=lambda given: f"«{given['title']}».",
    is_short=True,
)


def pile_given(wave: Wave, names: Sequence[str]) -> dict[str, Any]:
    """Return what the job of a pile is given, beside its files."""
    return {
        "wave": wave.pk,
        "title": wave.title,
        "n_files": len(names),
        "file_name": ", ".join(names)[:200],
    }


def _read(order: Order, watch: Watch) -> ReadPile:
    wave = _wave(order)
    blanks = blanks_about(order.organisation_id, SHEETS, wave.pk).with_layout()
    with ZipFile(BytesIO(order.upload or b"")) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    return read_files(files, list(blanks), lambda n_done, n_all: watch("read", n_done, n_all))


def _keep_pile(order: Order, found: ReadPile) -> Words:
    wave = _wave(order)
    organisation = Organisation.objects.get(pk=order.organisation_id)
    intake = keep_intake(organisation, found, kind=SHEETS, subject_id=wave.pk, by=order.by)
    return {"intake": intake.pk}


def _arrive_pile(_request: Request, ended: Ended) -> str:
    return f"{_sheets_page(ended.given)}#back"


PILE = JobKind(
    code="questionnaires.pile",
    heading=gettext_lazy("Sheets are being read"),
    busy=gettext_lazy("Other sheets of this wave are being read: load these when that is done."),
    perm=Perm.WAVE_EDIT,
    find=_read,
    keep=_keep_pile,
    arrive=_arrive_pile,
    back=_sheets_page,
    tells=lambda given: f"«{given['title']}»: {given['file_name']}.",
    steps={"read": gettext_lazy("Pages are being read")},
)


def register_kinds() -> None:
    """Say what is done in the background for questionnaires."""
    register(PRINT)
    register(PILE)
