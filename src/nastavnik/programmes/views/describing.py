"""What many people of a base ask or offer, marked at once."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import requires
from nastavnik.core.http import Request
from nastavnik.core.ui.paging import page_of
from nastavnik.core.ui.ticks import Ticks
from nastavnik.people.forms import PersonFilter
from nastavnik.people.models import StudyGroup
from nastavnik.people.queries import roster
from nastavnik.programmes import actions
from nastavnik.programmes.choices import Side
from nastavnik.programmes.forms import DescribeForm
from nastavnik.programmes.models import Participation, Programme
from nastavnik.programmes.queries import base_rows, current_programme, undescribed
from nastavnik.programmes.views.bases import PER_PAGE, tell_ready


@require_http_methods(["GET", "POST"])
@requires(Perm.BASE_EDIT)
def describe(request: Request, side: str) -> HttpResponse:
    """Show who says nothing yet; add areas to the ticked people, and let them into matching if asked."""
    chosen = Side(side)
    base = "programmes:mentors" if chosen == Side.MENTOR else "programmes:mentees"
    programme = current_programme(request.user)
    if programme is None:
        return redirect(base)
    waiting = undescribed(request.user, programme, chosen)
    filters, shown = _narrowed(request, programme, waiting)
    ticks = Ticks.of(request, "records", also=("areas", "capacity"))

    def found() -> list[int]:
        return list(shown.prefetch_related(None).values_list("pk", flat=True))

    if request.method == "POST" and (moved := ticks.moved(filters, found)):
        return moved
    form = DescribeForm(chosen, shown, waiting, ticks.sent())
    ticks.fill(form)
    if request.method == "POST" and form.is_valid():
        _describe(request, form)
        ticks.drop()
        return redirect(request.get_full_path() if waiting.all().exists() else base)
    page = page_of(request, shown, PER_PAGE)
    rows = base_rows(page.object_list)
    keys = [row.record.pk for row in rows]
    ticks.laid_on(page, found, keys, there=lambda: waiting.values_list("pk", flat=True))
    return render(
        request,
        "programmes/describe.html",
        {
            "form": form,
            "filters": filters,
            "is_filtered": any(filters.cleaned_data.values()),
            "page": page,
            "rows": rows,
            "ticks": ticks,
            "side": chosen.value,
            "is_mentors": chosen == Side.MENTOR,
            "is_empty": not rows and not _has_records(request, programme, chosen),
            "base": base,
        },
    )


def _has_records(request: Request, programme: Programme, side: Side) -> bool:
    own = Participation.objects.visible_to(request.user).filter(programme=programme)
    return own.of(side).exists()


def _narrowed(
    request: Request, programme: Programme, waiting: QuerySet[Participation]
) -> tuple[PersonFilter, QuerySet[Participation]]:
    """Return the filter and the records it leaves: by name and class of the roster."""
    groups = StudyGroup.objects.visible_to(request.user).filter(year=programme.year)
    filters = PersonFilter(list(groups.values_list("name", flat=True)), request.GET)
    filters.is_valid()
    if any(filters.cleaned_data.values()):
        people = roster(request.user, **filters.cleaned_data)
        waiting = waiting.filter(person__in=people.values("pk"))
    return filters, waiting


def _describe(request: Request, form: DescribeForm) -> None:
    described, stopped = actions.describe_many(
        form.cleaned_data["records"],
        areas=form.cleaned_data["areas"],
        capacity=form.cleaned_data.get("capacity"),
        by=request.user,
    )
    if described:
        messages.success(
            request,
            ngettext("%(n)s record is marked.", "%(n)s records are marked.", len(described))
            % {"n": len(described)},
        )
    for record, reasons in stopped:
        messages.error(request, f"{record.person.full_name}: {' '.join(reasons)}")
    if "ready" in request.POST:
        tell_ready(request, *actions.make_ready(described, by=request.user))
