"""Writes of printed sheets and of what comes back of them."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from django.db import models, transaction
from django.utils.translation import gettext as _

from nastavnik.blanks.adapter import DrawnSheets, ReadPile
from nastavnik.blanks.choices import ScanState
from nastavnik.blanks.models import Blank, Intake, PrintRun, ScannedPage
from nastavnik.blanks.queries import old_intakes, old_prints
from nastavnik.core import audit
from nastavnik.core.errors import RefusedError
from nastavnik.organisations.models import Organisation
from nastavnik.people.models import Person
from nastavnik.readers.piles import PageRead, PageTrouble


@transaction.atomic
def keep_print(
    organisation: Organisation,
    drawn: DrawnSheets,
    *,
    kind: str,
    subject_id: int,
    by: models.Model | None,
) -> PrintRun:
    """Keep sheets that were drawn: their numbers and layout for the day they come back, the .pdf to be printed.

    Args:
        organisation: whose sheets they are.
        drawn: the sheets.
        kind: code of a `BlankKind`.
        subject_id: key of what they are about.
        by: who prints.
    """
    n_personal = sum(key is not None for key in drawn.people.values())
    run = PrintRun.objects.create(
        organisation=organisation,
        kind=kind,
        subject_id=subject_id,
        layout=drawn.layout,
        n_personal=n_personal,
        n_spare=len(drawn.people) - n_personal,
        pdf=drawn.pdf,
    )
    Blank.objects.bulk_create(
        Blank(
            organisation=organisation, run=run, number=number, person_id=key, is_spare=key is None
        )
        for number, key in drawn.people.items()
    )
    audit.record("sheets-printed", run, by=by, fields=["n_personal", "n_spare"])
    return run


@transaction.atomic
def forget_old_prints(before: dt.datetime, *, by: models.Model | None) -> int:
    """Forget the .pdf of prints of before a moment; return of how many. Their sheets can still be read."""
    rows = list(old_prints(before).defer("pdf", "layout"))
    PrintRun.objects.filter(pk__in=[row.pk for row in rows]).update(pdf=None)
    audit.record_many("prints-forgotten", rows, by=by, fields=["pdf"])
    return len(rows)


# ---------------------------------------------------------------- pictures


@transaction.atomic
def keep_intake(
    organisation: Organisation,
    read: ReadPile,
    *,
    kind: str,
    subject_id: int,
    by: models.Model | None,
) -> Intake:
    """Keep what was read of scans and photos as a proposal; nothing of it is an answer yet.

    Of a page that was read before the same marks are only counted, other ones are kept beside the first: both are shown.
    """
    intake = Intake.objects.create(
        organisation=organisation,
        kind=kind,
        subject_id=subject_id,
        n_files=read.n_files,
        n_pages=len(read.pages),
        refusals=[{"file": name, "why": why} for name, why in read.refusals],
    )
    blanks = _blanks_of(organisation, [page for _name, page in read.pages])
    known = {
        (one.blank_id, one.page): one
        for one in ScannedPage.objects.filter(
            blank__in=blanks.values(), state=ScanState.READ
        ).defer("picture")
    }
    rows = []
    for name, page in read.pages:
        row = _scan(intake, name, page, blanks)
        if row.state == ScanState.READ:
            first = known.setdefault((row.blank_id, row.page), row)
            if first is not row:
                _compare(first, row)
        rows.append(row)
    ScannedPage.objects.bulk_create(rows)
    audit.record("sheets-read", intake, by=by, fields=["n_files", "n_pages"])
    return intake


def _blanks_of(organisation: Organisation, pages: Iterable[PageRead]) -> dict[str, Blank]:
    """Return the sheets of an organisation the pages are of, by number; of another organisation none."""
    tokens = {page.token or page.foreign for page in pages} - {""}
    numbers = {int(token[:-1]) for token in tokens}
    rows = Blank.objects.filter(organisation=organisation, number__in=numbers)
    return {f"{row.number:07}": row for row in rows}


def _scan(intake: Intake, name: str, page: PageRead, blanks: Mapping[str, Blank]) -> ScannedPage:
    token = page.token or page.foreign
    row = ScannedPage(
        organisation_id=intake.organisation_id,
        intake=intake,
        blank=blanks.get(token[:-1]),
        page=int(token[-1:] or 1),
        file_name=name[:200],
        file_page=page.page,
        state=ScanState.READ,
    )
    if page.trouble == PageTrouble.FOREIGN or (page.token and row.blank is None):
        row.state = ScanState.FOREIGN
    elif page.trouble is not None:
        row.state, row.trouble = ScanState.TROUBLE, page.trouble
    else:
        row.answers = {
            item: list(value) if isinstance(value, tuple) else value
            for item, value in page.answers.items()
        }
        row.doubts = {item: str(doubt) for item, doubt in page.doubts.items()}
        row.written = sorted(page.written)
        row.picture = page.picture
    return row


def _compare(first: ScannedPage, second: ScannedPage) -> None:
    """Say of a second picture of a page whether it tells anything else than the first."""
    is_same = all(first.answers.get(item) == said for item, said in second.answers.items())
    if is_same and set(second.written) <= set(first.written):
        second.state, second.picture = ScanState.REPEATED, None
        second.answers, second.doubts, second.written = {}, {}, []
    else:
        second.state = ScanState.OTHER


@transaction.atomic
def judge_items(
    page: ScannedPage, judged: Mapping[str, object], *, by: models.Model | None
) -> None:
    """Note what a person sees in items of a page; it counts instead of what was read.

    Raises:
        RefusedError: the page is not waiting any more.
    """
    row = _waiting(page)
    row.judged = {**row.judged, **judged}
    row.save(update_fields=["judged"])
    audit.record("sheet-judged", row, by=by, fields=["judged"])


@transaction.atomic
def check_items(page: ScannedPage, checked: Mapping[str, bool], *, by: models.Model | None) -> None:
    """Note of items of the sample whether what was read is right; what is not waits for a person's answer.

    Raises:
        RefusedError: the page is not waiting any more.
    """
    row = _waiting(page)
    row.checked = {**row.checked, **checked}
    row.save(update_fields=["checked"])
    audit.record("sheet-checked", row, by=by, fields=["checked"])


def _waiting(page: ScannedPage) -> ScannedPage:
    row = ScannedPage.objects.select_for_update(of=("self",)).filter(pk=page.pk).first()
    if row is None or row.state != ScanState.READ:
        raise RefusedError(
            _("This sheet is not waiting any more: it was accepted or put away meanwhile.")
        )
    return row


@transaction.atomic
def assign_blank(blank: Blank, person: Person, *, by: models.Model | None) -> None:
    """Say whose a sheet without a name is.

    Raises:
        RefusedError: it is somebody's already.
    """
    row = Blank.objects.select_for_update().get(pk=blank.pk)
    if row.person_id not in {None, person.pk}:
        raise RefusedError(_("It is known already whose sheet this is."))
    row.person = person
    row.save(update_fields=["person"])
    audit.record("sheet-assigned", row, by=by, fields=["person"])


@transaction.atomic
def release_blank(blank: Blank, *, by: models.Model | None) -> None:
    """Take back whose a sheet without a name is: somebody is to say it anew.

    Raises:
        RefusedError: a name is printed on it.
    """
    row = Blank.objects.select_for_update().get(pk=blank.pk)
    if not row.is_spare:
        raise RefusedError(_("A name is printed on this sheet: it is not given to anybody else."))
    row.person = None
    row.save(update_fields=["person"])
    audit.record("sheet-released", row, by=by, fields=["person"])


@transaction.atomic
def drop_pages(blank: Blank, *, by: models.Model | None) -> int:
    """Throw away the pictures of a sheet and what was read in them; return of how many pages."""
    n, _each = ScannedPage.objects.filter(blank=blank).delete()
    if n:
        audit.record("sheet-dropped", blank, by=by, fields=["scans"])
    return n


@transaction.atomic
def use_blanks(blanks: Sequence[Blank], *, by: models.Model | None) -> None:
    """Note that sheets without a name are accepted, all at once; their pictures go.

    Raises:
        RefusedError: one of them is accepted already.
    """
    keys = [one.pk for one in blanks]
    n = Blank.objects.filter(pk__in=keys, person=None, is_used=False).update(is_used=True)
    if n != len(keys):
        raise RefusedError(_("One of these sheets is accepted already: look at the list anew."))
    ScannedPage.objects.filter(blank_id__in=keys).delete()
    audit.record_many("sheet-dropped", list(blanks), by=by, fields=["is_used"])


@transaction.atomic
def drop_unread(
    organisation: Organisation, kind: str, subject_id: int, *, by: models.Model | None
) -> int:
    """Take pages that could not be read, of something else or read twice off the list; return how many."""
    rows = ScannedPage.objects.filter(organisation=organisation).about(kind, subject_id)
    keys = list(
        rows.exclude(state__in=(ScanState.READ, ScanState.OTHER)).values_list("pk", flat=True)
    )
    ScannedPage.objects.filter(pk__in=keys).delete()
    intakes = Intake.objects.filter(organisation=organisation).about(kind, subject_id)
    refused = list(intakes.exclude(refusals=[]))
    intakes.update(refusals=[])
    audit.record_many("sheets-cleared", list(intakes), by=by, fields=["refusals"])
    return len(keys) + sum(len(one.refusals) for one in refused)


@transaction.atomic
def forget_old_intakes(before: dt.datetime, *, by: models.Model | None) -> int:
    """Forget scans loaded before a moment that nobody has accepted; return how many loads."""
    rows = list(old_intakes(before))
    audit.record_many("scans-forgotten", rows, by=by, fields=["pages"])
    Intake.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)
