"""The row an address names, for those who may see it."""

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404

from nastavnik.core.http import Request
from nastavnik.roadmaps.models import Activity, Evidence, Roadmap


def roadmap_or_404(request: Request, pk: int) -> Roadmap:
    """Return a roadmap with its organisation and year."""
    rows = Roadmap.objects.visible_to(request.user).select_related("organisation", "year")
    return get_object_or_404(rows, pk=pk)


def activity_or_404(request: Request, pk: int) -> Activity:
    """Return a line with its roadmap and what proves it."""
    rows = Activity.objects.visible_to(request.user)
    rows = rows.select_related("roadmap__year", "roadmap__organisation")
    proofs = Prefetch(
        "evidence", Evidence.objects.visible_to(request.user).select_related("document")
    )
    return get_object_or_404(rows.prefetch_related(proofs), pk=pk)
