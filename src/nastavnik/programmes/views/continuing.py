"""Where a new programme begins with those who go on from the one before."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import requires
from nastavnik.core.http import Request, ticked
from nastavnik.core.ui.components import few
from nastavnik.core.ui.refusals import refusals_told
from nastavnik.people.queries import group_names
from nastavnik.programmes import actions
from nastavnik.programmes.models import Programme
from nastavnik.programmes.queries import going_on


@require_http_methods(["GET", "POST"])
@requires(Perm.BASE_EDIT)
def go_on(request: Request, pk: int) -> HttpResponse:
    """Show who has said to go on this year, and put the ticked ones into both bases."""
    programme = get_object_or_404(
        Programme.objects.visible_to(request.user).select_related("year"), pk=pk
    )
    records = going_on(request.user, programme).prefetch_related("forms")
    if request.method == "POST":
        with refusals_told(request):
            chosen = records.filter(pk__in=ticked(request, "records"))
            added, refused = actions.take_on(programme, chosen, by=request.user)
            if added:
                text = ngettext(
                    "%(n)s person is in the bases of the new year. Requests are written anew.",
                    "%(n)s people are in the bases of the new year. Requests are written anew.",
                    len(added),
                )
                messages.success(request, text % {"n": len(added)})
            for reason in few([f"{person.full_name}: {reason}" for person, reason in refused]):
                messages.error(request, reason)
        return redirect("programmes:go-on", pk=pk)
    people = list(records)
    groups = group_names([one.person for one in people])
    return render(
        request,
        "programmes/go_on.html",
        {
            "programme": programme,
            "rows": [(one, groups.get(one.person_id, "")) for one in people],
        },
    )
