"""Sheets of paper of a wave: printed, loaded as scans and photos, looked through, accepted."""

from collections.abc import Mapping, Sequence

from django.contrib import messages
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nastavnik.blanks.actions import (
    assign_blank,
    check_items,
    drop_pages,
    drop_unread,
    judge_items,
    release_blank,
)
from nastavnik.blanks.adapter import crop_of
from nastavnik.blanks.choices import ScanState
from nastavnik.blanks.models import Blank, Intake, PrintRun, PrintRunQuerySet, ScannedPage
from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import requires, takes_files
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.http import Request, key_of
from nastavnik.core.ui import confirm
from nastavnik.core.ui.downloads import download, packed
from nastavnik.core.ui.refusals import refusals_told
from nastavnik.jobs.queries import unfinished
from nastavnik.jobs.tasks import ask_and_wait
from nastavnik.questionnaires import actions, tasks
from nastavnik.questionnaires.adapter import (
    ReturnedSheet,
    SheetItem,
    instrument_of,
    returned_sheets,
    sample_of,
    sheet_words,
)
from nastavnik.questionnaires.choices import FEWEST, SHEETS, SheetStanding, WaveStatus
from nastavnik.questionnaires.forms import EVERYBODY, MOST_MEGABYTES, PileForm, PrintForm
from nastavnik.questionnaires.models import Invitation, Wave
from nastavnik.questionnaires.queries import (
    PaperQueue,
    paper_queue,
    people_of_wave,
    people_offered,
    signed_of,
)
from nastavnik.questionnaires.rendering import looked_at, looked_item
from nastavnik.readers.piles import ADVICE, PageTrouble

PER_WALL = 24


def _wave(request: Request, pk: int) -> Wave:
    rows = Wave.objects.visible_to(request.user).within(request.user, Perm.WAVE_EDIT)
    return get_object_or_404(rows.select_related("version", "programme"), pk=pk)


def _home(row: Wave) -> str:
    return reverse("questionnaires:sheets", args=[row.pk])


@require_http_methods(["GET", "POST"])
@requires(Perm.WAVE_EDIT)
def sheets(request: Request, pk: int) -> HttpResponse:
    """Print sheets of a wave; show what was printed, what has come back and what it waits for."""
    row = _wave(request, pk)
    queue = paper_queue(row)
    is_open = row.status == WaveStatus.OPEN
    form = PrintForm(row, queue, request.POST or None)
    if form.is_bound and not is_open:
        messages.error(request, _("The wave is closed: open it again, then sheets can be printed."))
        return redirect("questionnaires:sheets", pk=row.pk)
    if form.is_bound and form.is_valid():
        try:
            return redirect(_print(request, row, queue, form))
        except RefusedError as refusal:
            form.add_error(None, list(refusal.reasons))
    has_pdf = ExpressionWrapper(Q(pdf__isnull=False), BooleanField())
    runs = _runs(request, row).defer("pdf", "layout").annotate(has_pdf=has_pdf)
    context = {
        "wave": row,
        "form": form,
        "is_open": is_open,
        "is_time": row.takes_answers(today()),
        "queue": queue,
        "n": len(queue.rows),
        "runs": runs,
        "pile_form": PileForm(),
        **_back_of(request, row, queue),
    }
    status = 422 if form.is_bound else 200
    return render(request, "questionnaires/sheets.html", context, status=status)


def _runs(request: Request, wave: Wave) -> PrintRunQuerySet:
    return PrintRun.objects.visible_to(request.user).about(SHEETS, wave.pk)


def _print(request: Request, row: Wave, queue: PaperQueue, form: PrintForm) -> str:
    chosen = _chosen(row, queue, form.cleaned_data.get("who", ""))
    if not chosen and not form.n_spare:
        raise RefusedError(
            _("There is nobody to print for: everybody has answered, or the consent does not hold.")
        )
    given = tasks.given_for(row, chosen, form.n_spare)
    return ask_and_wait(
        request,
        tasks.PRINT,
        given=given,
        alone=f"print:{row.pk}",
        organisation_id=row.organisation_id,
        by=request.user,
    )


def _chosen(row: Wave, queue: PaperQueue, who: str) -> Sequence[Invitation]:
    """Return whom sheets with names are for: by class and name."""
    if row.is_confidential:
        return ()
    if who == EVERYBODY:
        return signed_of(row)
    return [one for group, rows in queue.groups for one in rows if who in {"", f"={group}"}]


@require_GET
@requires(Perm.WAVE_EDIT)
def printed(request: Request, pk: int) -> HttpResponse:
    """Give the .pdf of a print."""
    found = get_object_or_404(PrintRun.objects.visible_to(request.user).filter(kind=SHEETS), pk=pk)
    row = _wave(request, found.subject_id)
    if found.pdf is None:
        raise Http404
    name = get_valid_filename(f"{row.title[:60]}-{found.pk}")
    return download(bytes(found.pdf), f"{name}.pdf", "application/pdf")


# ---------------------------------------------------------------- back as pictures


def _back_of(request: Request, row: Wave, queue: PaperQueue) -> dict[str, object]:
    """Return what has come back of a wave and is not accepted, by what it waits for."""
    found = returned_sheets(row)
    by_standing = [
        (standing, [one for one in found if one.standing == standing]) for standing in SheetStanding
    ]
    pages = ScannedPage.objects.visible_to(request.user).about(SHEETS, row.pk)
    taken = (ScanState.READ, ScanState.OTHER)
    aside = list(pages.exclude(state__in=taken).with_layout().defer("picture"))
    waves = _waves_of(request, aside)
    intakes = list(Intake.objects.visible_to(request.user).about(SHEETS, row.pk))
    return {
        "found": found,
        "by_standing": [(standing, rows) for standing, rows in by_standing if rows],
        "n_missing": len(
            {one.person_id for one in queue.rows} - {one.blank.person_id for one in found}
        ),
        "n_ready": sum(one.standing in (SheetStanding.READY, SheetStanding.PART) for one in found),
        "n_looks": sum(len(one.looks) for one in _to_look(found)),
        "n_sample": len(sample_of(_to_look(found))),
        "checked": _checked(found),
        "aside": [_told(one, waves) for one in aside],
        "refusals": [one for intake in intakes for one in intake.refusals],
        "n_pages": sum(one.n_pages for one in intakes),
        "jobs": unfinished(request.user, tasks.PILE),
    }


def _to_look(found: Sequence[ReturnedSheet]) -> list[ReturnedSheet]:
    """Leave the sheets whose answers may be wanted."""
    left_out = {SheetStanding.ANSWERED, SheetStanding.STRANGER, SheetStanding.UNSIGNED}
    return [one for one in found if one.standing not in left_out]


def _checked(found: Sequence[ReturnedSheet]) -> dict[str, int]:
    """Return how many items of the sample were checked, and how many of these were read wrongly."""
    said = [
        is_right
        for sheet in found
        for scan in {item.scan.pk: item.scan for item in sheet.items}.values()
        for is_right in scan.checked.values()
    ]
    return {"n": len(said), "n_wrong": said.count(False)}


def _told(scan: ScannedPage, waves: Mapping[int, str]) -> dict[str, str]:
    """Return a page that is no sheet of this wave, and what to do about it.

    Args:
        scan: the page.
        waves: key → title of those the user sees.
    """
    if scan.state == ScanState.REPEATED:
        words = _("sheet %(number)s was read already, with the same marks: nothing to do.") % {
            "number": scan.token
        }
    elif scan.state == ScanState.TROUBLE:
        words = ADVICE[PageTrouble(scan.trouble)]
    elif scan.blank is not None and scan.blank.run.subject_id in waves:
        words = _("a sheet of the wave «%(wave)s»: load it there.") % {
            "wave": waves[scan.blank.run.subject_id]
        }
    else:
        words = _("a sheet that was not printed here. Look whether it is the right one.")
    return {"file": scan.file_name, "page": str(scan.file_page), "words": words}


def _waves_of(request: Request, scans: Sequence[ScannedPage]) -> dict[int, str]:
    """Return key → title of the waves foreign sheets are of; one query where there are any."""
    keys = {one.blank.run.subject_id for one in scans if one.blank and one.blank.run.kind == SHEETS}
    rows = Wave.objects.visible_to(request.user).filter(pk__in=keys) if keys else ()
    return {row.pk: row.title for row in rows}


@require_POST
@requires(Perm.WAVE_EDIT)
@takes_files(most_megabytes=MOST_MEGABYTES)
def load(request: Request, pk: int) -> HttpResponse:
    """Have scans and photos read in the background."""
    row = _wave(request, pk)
    form = PileForm(request.POST, request.FILES)
    if not PrintRun.objects.visible_to(request.user).about(SHEETS, row.pk).exists():
        messages.error(request, _("No sheet of this wave was printed here: print them first."))
        return redirect(_home(row))
    if not form.is_valid():
        messages.error(request, " ".join(str(fault) for fault in form.errors["scans"]))
        return redirect(_home(row))
    files = [(file.name, file.read()) for file in form.cleaned_data["scans"]]
    try:
        address = ask_and_wait(
            request,
            tasks.PILE,
            given=tasks.pile_given(row, [name for name, _data in files]),
            alone=f"pile:{row.pk}",
            upload=packed(files),
            organisation_id=row.organisation_id,
            by=request.user,
        )
    except RefusedError as refusal:
        messages.error(request, str(refusal))
        return redirect(_home(row))
    return redirect(address)


@require_http_methods(["GET", "POST"])
@requires(Perm.WAVE_EDIT)
def look(request: Request, pk: int) -> HttpResponse:
    """Show what is doubtful as crops, question by question, and note what a person sees there."""
    row = _wave(request, pk)
    looks = _looks(row)
    if request.method == "POST":
        n = _noted(request, looks)
        messages.success(
            request, ngettext("%(n)s answer is noted.", "%(n)s answers are noted.", n) % {"n": n}
        ) if n else messages.error(request, _("Nothing was marked on the page."))
        return redirect(
            "questionnaires:look" if len(looks) > n else "questionnaires:sheets", row.pk
        )
    here = looks[:PER_WALL]
    instrument = instrument_of(row.version)
    people: dict[int, Mapping[str, Sequence[tuple[str, str]]]] = {}
    groups: dict[str, list[dict[str, object]]] = {}
    for sheet, one in here:
        if one.item.of and sheet.blank.pk not in people:
            people[sheet.blank.pk] = (
                people_offered(sheet.invitation, instrument)
                if sheet.invitation
                else people_of_wave(row, instrument)
            )
        typed = looked_item(instrument, one.item, one.name, people.get(sheet.blank.pk, {}))
        crop = {"sheet": sheet, "one": one, "typed": typed, "scans": [one.scan, *one.others]}
        groups.setdefault(one.item.code, []).append(crop)
    context = {
        "wave": row,
        "n": len(looks),
        "groups": [(crops[0]["typed"], crops) for crops in groups.values()],
    }
    return render(request, "questionnaires/look.html", context)


def _looks(row: Wave) -> list[tuple[ReturnedSheet, SheetItem]]:
    """Return what is to be looked at, question by question."""
    found = _to_look(returned_sheets(row))
    order = {item.code: n for n, item in enumerate(instrument_of(row.version).asked)}
    looks = [(sheet, one) for sheet in found for one in sheet.looks]
    return sorted(looks, key=lambda pair: (order[pair[1].item.code], pair[0].blank.pk))


def _noted(request: Request, looks: Sequence[tuple[ReturnedSheet, SheetItem]]) -> int:
    """Note what a page says of what is to be looked at; return of how many items."""
    by_scan: dict[int, tuple[ScannedPage, dict[str, object]]] = {}
    for _sheet, one in looks:
        is_said, value = looked_at(request.POST, one.item, one.name)
        if is_said:
            by_scan.setdefault(one.scan.pk, (one.scan, {}))[1][one.item.code] = value
    n = 0
    for scan, judged in by_scan.values():
        with refusals_told(request):
            judge_items(scan, judged, by=request.user)
            n += len(judged)
    return n


@require_http_methods(["GET", "POST"])
@requires(Perm.WAVE_EDIT)
def sample(request: Request, pk: int) -> HttpResponse:
    """Show some of what was read without a doubt; note whether it is right."""
    row = _wave(request, pk)
    found = _to_look(returned_sheets(row))
    drawn = sample_of(found)
    if request.method == "POST":
        by_scan: dict[int, tuple[ScannedPage, dict[str, bool]]] = {}
        for one in drawn:
            if (said := request.POST.get(one.name)) in {"right", "wrong"}:
                checked = by_scan.setdefault(one.scan.pk, (one.scan, {}))[1]
                checked[one.item.code] = said == "right"
        said_all: list[bool] = []
        for scan, checked in by_scan.values():
            with refusals_told(request):
                check_items(scan, checked, by=request.user)
                said_all += checked.values()
        if not by_scan:
            messages.error(request, _("Nothing was marked on the page."))
        if not said_all:
            return redirect("questionnaires:sample", row.pk)
        words = _("Checked: %(n)s, read wrongly: %(wrong)s.") % {
            "n": len(said_all),
            "wrong": said_all.count(False),
        }
        (messages.warning if False in said_all else messages.success)(request, words)
        return redirect(_home(row))
    context = {
        "wave": row,
        "drawn": [(one, sheet_words(one.item, one.value)) for one in drawn],
        "checked": _checked(found),
    }
    return render(request, "questionnaires/sample.html", context)


@require_http_methods(["GET", "POST"])
@requires(Perm.WAVE_EDIT)
def accept(request: Request, pk: int) -> HttpResponse:
    """Say what will be stored, then store it."""
    row = _wave(request, pk)
    found = returned_sheets(row)
    ready = [one for one in found if one.standing == SheetStanding.READY]
    parts = [one for one in found if one.standing == SheetStanding.PART]
    waiting = paper_queue(row) if row.is_confidential else None
    # without names an empty sheet is given back too: by whom, nobody knows
    empty = [one for one in found if waiting and one.standing == SheetStanding.EMPTY]
    if request.method == "GET":
        context = {
            "wave": row,
            "waiting": waiting,
            "ready": ready,
            "parts": parts,
            "empty": empty,
            "fewest": FEWEST,
            "n_left": len(found) - len(ready) - len(parts) - len(empty),
            "n_sample": len(sample_of(_to_look(found))),
            "checked": _checked(found),
        }
        return render(request, "questionnaires/accept.html", context)
    shown = set(request.POST.getlist("sheet"))
    offered = (*ready, *empty, *(parts if request.POST.get("parts") else ()))
    chosen = [one for one in offered if one.shown in shown]
    n_changed = len(shown - {one.shown for one in found})
    if n_changed:
        messages.error(request, _changed(n_changed))
    if not chosen or (waiting and n_changed):
        return redirect("questionnaires:accept", row.pk)
    try:
        n = _accept(request, row, chosen, waiting)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
        return redirect("questionnaires:accept", row.pk)
    if n:
        words = ngettext("%(n)s sheet is accepted.", "%(n)s sheets are accepted.", n)
        messages.success(request, words % {"n": n})
    return redirect(_home(row))


def _changed(n: int) -> str:
    return ngettext(
        "%(n)s sheet is not as the page has shown it, or is accepted already: look at it again.",
        "%(n)s sheets are not as the page has shown them, or are accepted already: look at them again.",
        n,
    ) % {"n": n}


def _accept(
    request: Request, row: Wave, chosen: Sequence[ReturnedSheet], waiting: PaperQueue | None
) -> int:
    """Store sheets, in a confidential wave beside the people who are ticked; return how many are stored."""
    if waiting is not None:
        ticked = {key_of(key) for key in request.POST.getlist("who")}
        who = [one for one in waiting.rows if one.pk in ticked]
        return actions.accept_ballots(row, chosen, who, by=request.user)
    done = actions.accept_sheets(row, chosen, by=request.user)
    for name, why in done.refused:
        messages.error(request, f"{name}: {why}")
    return done.n


@require_http_methods(["GET", "POST"])
@requires(Perm.WAVE_EDIT)
def returned(request: Request, pk: int) -> HttpResponse:
    """Show one sheet that came back: its pages; say whose it is, or put it away."""
    blank = get_object_or_404(Blank.objects.visible_to(request.user).with_layout(), pk=pk)
    row = _wave(request, blank.run.subject_id if blank.run.kind == SHEETS else 0)
    sheet = next((one for one in returned_sheets(row) if one.blank.pk == blank.pk), None)
    if sheet is None:
        messages.error(request, _("Nothing of this sheet is waiting here."))
        return redirect(_home(row))
    if request.method == "POST" and "drop" in request.POST and "sure" not in request.POST:
        return confirm.ask(
            request,
            heading=_("Put this sheet away?"),
            sentence=sheet.whose,
            action=_("Put this sheet away"),
            back=reverse("questionnaires:returned", args=[blank.pk]),
            follows=[
                _("Its pictures and what you have said of them are erased; the paper can be loaded again.")
            ],
            fields=[("drop", "1"), ("sure", "1")],
        )  # fmt: skip
    if request.method == "POST" and "drop" in request.POST:
        drop_pages(blank, by=request.user)
        if blank.is_spare and blank.person_id:
            # loaded again, it is asked anew whose it is
            release_blank(blank, by=request.user)
        messages.success(
            request,
            _("The sheet is put away: its pictures are gone, the paper can be loaded again."),
        )
        return redirect(_home(row))
    if request.method == "POST" and "release" in request.POST:
        with refusals_told(request):
            release_blank(blank, by=request.user)
            messages.success(request, _("The sheet is nobody's again: say whose it is."))
        return redirect("questionnaires:returned", blank.pk)
    queue = paper_queue(row)
    if request.method == "POST":
        whose = {one.pk: one for one in queue.rows}.get(key_of(request.POST.get("who", "")))
        if whose is None or row.is_confidential:
            messages.error(request, _("Nothing is saved: choose whose paper it is."))
        else:
            with refusals_told(request):
                assign_blank(blank, whose.person, by=request.user)
        return redirect(_home(row))
    context = {
        "wave": row,
        "sheet": sheet,
        "scans": {item.scan.pk: item.scan for item in sheet.items}.values(),
        "words": [(one, sheet_words(one.item, one.value)) for one in sheet.items],
        "queue": queue,
        "is_nameless": sheet.standing == SheetStanding.NAMELESS,
    }
    return render(request, "questionnaires/returned.html", context)


@require_POST
@requires(Perm.WAVE_EDIT)
def clear(request: Request, pk: int) -> HttpResponse:
    """Take what could not be read off the list."""
    row = _wave(request, pk)
    drop_unread(row.organisation, SHEETS, row.pk, by=request.user)
    return redirect(_home(row))


def _scan(request: Request, pk: int) -> ScannedPage:
    rows = ScannedPage.objects.visible_to(request.user).with_layout().select_related("intake")
    found = get_object_or_404(rows, pk=pk, intake__kind=SHEETS)
    _wave(request, found.intake.subject_id)
    return found


@require_GET
@requires(Perm.WAVE_EDIT)
def crop(request: Request, pk: int, item: str) -> HttpResponse:
    """Give the place of one item of a page as a picture."""
    data = crop_of(_scan(request, pk), item)
    if data is None:
        raise Http404
    return HttpResponse(data, content_type="image/jpeg")


@require_GET
@requires(Perm.WAVE_EDIT)
def page(request: Request, pk: int) -> HttpResponse:
    """Give a whole page as a picture."""
    found = _scan(request, pk)
    if found.picture is None:
        raise Http404
    return HttpResponse(bytes(found.picture), content_type="image/jpeg")
