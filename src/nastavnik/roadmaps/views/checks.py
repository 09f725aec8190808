"""A roadmap held against the catalogue, and what puts right what does not fit."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import requires
from nastavnik.core.dates import today
from nastavnik.core.http import Request
from nastavnik.roadmaps import actions
from nastavnik.roadmaps.adapter import usual_days
from nastavnik.roadmaps.adapter.checks import check_roadmap
from nastavnik.roadmaps.catalogues import stages
from nastavnik.roadmaps.forms import RoadmapForm
from nastavnik.roadmaps.queries import has_learners, lines_of
from nastavnik.roadmaps.views.rows import roadmap_or_404


@require_GET
@requires(Perm.ROADMAP_VIEW)
def check(request: Request, pk: int) -> HttpResponse:
    """Show what the roadmap lacks and what contradicts what."""
    roadmap = roadmap_or_404(request, pk)
    lines = lines_of(request.user, roadmap, today())
    checked = check_roadmap(roadmap, lines, with_learners=has_learners(request.user, roadmap))
    year = roadmap.year.starts_on
    missing = [
        (entry, stages()[entry.stage].heading, usual_days(entry, year.year, year).term_text)
        for entry in checked.missing
    ]
    return render(
        request,
        "roadmaps/check.html",
        {
            "roadmap": roadmap,
            "checked": checked,
            "missing": missing,
            "may_edit": request.user.viewer.may(Perm.ROADMAP_EDIT),
        },
    )


@require_POST
@requires(Perm.ROADMAP_EDIT)
def add_usual(request: Request, pk: int) -> HttpResponse:
    """Add the lines of the catalogue that are ticked."""
    roadmap = roadmap_or_404(request, pk)
    made = actions.add_usual(roadmap, set(request.POST.getlist("code")), by=request.user)
    n = len(made)
    if made:
        messages.success(
            request, ngettext("%(n)s line is added.", "%(n)s lines are added.", n) % {"n": n}
        )
    else:
        messages.error(request, _("Tick at least one line."))
    return redirect("roadmaps:check", pk=pk)


@require_http_methods(["GET", "POST"])
@requires(Perm.ROADMAP_EDIT)
def edit(request: Request, pk: int) -> HttpResponse:
    """Change the title of a roadmap and the day it was approved."""
    roadmap = roadmap_or_404(request, pk)
    form = RoadmapForm(request.POST or None, instance=roadmap)
    if request.method == "POST" and form.is_valid():
        actions.change_roadmap(roadmap_or_404(request, pk), by=request.user, **form.cleaned_data)
        messages.success(request, _("The roadmap is saved."))
        return redirect("roadmaps:show", pk=pk)
    return render(request, "roadmaps/edit.html", {"form": form, "roadmap": roadmap})
