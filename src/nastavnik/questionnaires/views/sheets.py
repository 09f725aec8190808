"""Sheets of paper of a wave: printed with names or numbers."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from nastavnik.blanks.models import PrintRun, PrintRunQuerySet
from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import requires
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.http import Request
from nastavnik.core.ui.downloads import download
from nastavnik.jobs.tasks import ask_and_wait
from nastavnik.questionnaires import tasks
from nastavnik.questionnaires.choices import SHEETS, WaveStatus
from nastavnik.questionnaires.forms import EVERYBODY, PrintForm
from nastavnik.questionnaires.models import Invitation, Wave
from nastavnik.questionnaires.queries import PaperQueue, paper_queue, signed_of


def _wave(request: Request, pk: int) -> Wave:
    rows = Wave.objects.visible_to(request.user).within(request.user, Perm.WAVE_EDIT)
    return get_object_or_404(rows.select_related("version", "programme"), pk=pk)


@require_http_methods(["GET", "POST"])
@requires(Perm.WAVE_EDIT)
def sheets(request: Request, pk: int) -> HttpResponse:
    """Print sheets of a wave, and show what was printed."""
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
    runs = _runs(request, row).defer("pdf", "layout")
    context = {
        "wave": row,
        "form": form,
        "is_open": is_open,
        "is_time": row.takes_answers(today()),
        "queue": queue,
        "n": len(queue.rows),
        "runs": runs,
        "with_pdf": set(runs.filter(pdf__isnull=False).values_list("pk", flat=True)),
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
