"""Lines changed in the list itself, many at once, and what became of them."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import requires
from nastavnik.core.errors import RefusedError
from nastavnik.core.http import Request, ticked
from nastavnik.core.ui.downloads import download_stored
from nastavnik.core.ui.paging import page_of
from nastavnik.core.ui.refusals import refusals_told
from nastavnik.roadmaps import actions
from nastavnik.roadmaps.forms import BulkForm, InlineForm
from nastavnik.roadmaps.models import Activity, Evidence
from nastavnik.roadmaps.queries import changes_of
from nastavnik.roadmaps.views.rows import activity_or_404, roadmap_or_404

PER_PAGE = 50


@require_POST
@requires(Perm.ROADMAP_EDIT)
def inline(request: Request, pk: int) -> HttpResponse:
    """Save a line changed in its row."""
    one = activity_or_404(request, pk)
    form = InlineForm(request.POST, instance=one)
    if form.is_valid():
        actions.change_activity(activity_or_404(request, pk), by=request.user, **form.cleaned_data)
        messages.success(request, _("The line is saved."))
    else:
        why = " ".join(str(error) for errors in form.errors.values() for error in errors)
        messages.error(request, _("The line is not saved. %(why)s") % {"why": why})
    response = redirect("roadmaps:show", pk=one.roadmap_id)
    response["Location"] += f"#line-{pk}"
    return response


@require_POST
@requires(Perm.ROADMAP_EDIT)
def bulk(request: Request, pk: int) -> HttpResponse:
    """Do one thing with all ticked lines."""
    roadmap = roadmap_or_404(request, pk)
    rows = Activity.objects.visible_to(request.user).filter(roadmap=roadmap)
    lines = rows.select_related("roadmap__year").filter(pk__in=ticked(request, "lines"))
    form = BulkForm(request.POST)
    if not lines:
        messages.error(request, _("Tick at least one line."))
    elif form.is_valid():
        with refusals_told(request):
            messages.success(request, _done(request, lines, form.cleaned_data))
    else:
        messages.error(request, _("Write the day as it stands in the calendar, and days as a number."))  # fmt: skip
    return redirect("roadmaps:show", pk=pk)


def _done(request: Request, lines: QuerySet[Activity], given: dict[str, Any]) -> str:
    """Do what the pressed button says and tell of how many lines.

    Raises:
        RefusedError: its field is empty, or the day lies ahead.
    """
    match request.POST.get("do"):
        case "done":
            n = actions.finish_lines(lines, done_on=given["done_on"], by=request.user)
            return ngettext("%(n)s line is done.", "%(n)s lines are done.", n) % {"n": n}
        case "move" if given["n_days"]:
            n = actions.move_lines(lines, given["n_days"], by=request.user)
            return ngettext("%(n)s line is moved.", "%(n)s lines are moved.", n) % {"n": n}
        case "owner" if given["responsible"]:
            n = actions.appoint_owner(lines, given["responsible"], by=request.user)
            return ngettext("%(n)s line is changed.", "%(n)s lines are changed.", n) % {"n": n}
    raise RefusedError(_("Fill in the field beside the button."))


@require_GET
@requires(Perm.ROADMAP_VIEW)
def history(request: Request, pk: int) -> HttpResponse:
    """Show who changed what in the roadmap, from what to what."""
    roadmap = roadmap_or_404(request, pk)
    page = page_of(request, changes_of(request.user, roadmap), PER_PAGE)
    return render(request, "roadmaps/history.html", {"roadmap": roadmap, "page": page})


@require_GET
@requires(Perm.ROADMAP_VIEW)
def evidence_file(request: Request, pk: int) -> HttpResponse:
    """Give the file that proves a line, never to be opened inside the site."""
    proof = get_object_or_404(Evidence.objects.visible_to(request.user).exclude(file=""), pk=pk)
    return download_stored(proof.file, proof.file_name)
