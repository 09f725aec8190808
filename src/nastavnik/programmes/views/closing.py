"""The close of a year: what becomes of those who are in no pair, and who goes on."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import requires
from nastavnik.core.errors import RefusedError
from nastavnik.core.http import Request
from nastavnik.core.text import fold
from nastavnik.core.ui import confirm, listing
from nastavnik.core.ui.paging import page_of
from nastavnik.core.ui.ticks import Ticks
from nastavnik.people.queries import class_names, group_names
from nastavnik.programmes import actions
from nastavnik.programmes.choices import AfterEnd, ParticipationStatus, Side
from nastavnik.programmes.forms import ClosingFilter, ClosingForm
from nastavnik.programmes.models import Participation, Programme
from nastavnik.programmes.queries import (
    BASE_MARKS,
    ENDING,
    base_counts,
    current_programme,
    marks_of_bases,
    of_class_and_kind,
    to_settle,
)
from nastavnik.programmes.tables import closing_table
from nastavnik.programmes.views.bases import PER_PAGE


@require_http_methods(["GET", "POST"])
@requires(Perm.BASE_EDIT)
def closing(request: Request, side: str) -> HttpResponse:
    """Show who is in no pair, and keep of the ticked ones whether they have finished and go on next year."""
    chosen = Side(side)
    programme = current_programme(request.user)
    if programme is None:
        return redirect("programmes:mentors" if chosen == Side.MENTOR else "programmes:mentees")
    everybody = to_settle(request.user, programme, chosen)
    filters, shown = _narrowed(request, chosen, everybody)
    ticks = Ticks.of(request, "records", also=("after",))

    def found() -> list[int]:
        return list(shown.prefetch_related(None).values_list("pk", flat=True))

    if request.method == "POST" and (moved := ticks.moved(filters, found)):
        return moved
    form = ClosingForm(everybody, ticks.sent())
    ticks.fill(form)
    if form.is_bound and form.is_valid():
        ticks.keep()
        if "sure" not in request.POST:
            return _question(request, form)
        if _settle(request, form):
            ticks.drop()
        return redirect(request.get_full_path())
    page = page_of(request, shown, PER_PAGE)
    keys = [record.pk for record in page.object_list]
    ticks.laid_on(page, found, keys, there=lambda: everybody.values_list("pk", flat=True))
    here = listing.rows_for(request, page, shown)
    groups = group_names([record.person for record in here])
    table = closing_table(here, chosen, groups, ticks, listing.narrowed_by(filters))
    if answer := listing.given(request, table):
        return answer
    context = {
        "form": form,
        "filters": filters,
        "is_filtered": any(filters.cleaned_data.values()),
        "page": page,
        "table": table,
        "ticks": ticks,
        "side": chosen.value,
        "is_mentors": chosen == Side.MENTOR,
        **_counted(request, programme, chosen),
    }
    return render(request, "programmes/closing.html", context, status=422 if form.is_bound else 200)


def _counted(request: Request, programme: Programme, side: Side) -> dict[str, int]:
    marks = marks_of_bases(request.user, programme, ENDING)
    return {
        "n_waiting": marks[side, "waiting"],
        "n_unasked": marks[side, "unasked"],
        "n_going_on": marks[side, "goes_on"],
        "n_paired": base_counts(request.user, programme, side).paired,
    }


def _narrowed(
    request: Request, side: Side, records: QuerySet[Participation]
) -> tuple[ClosingFilter, QuerySet[Participation]]:
    filters = ClosingFilter(class_names(request.user), request.GET)
    filters.is_valid()
    wanted = filters.cleaned_data
    records = of_class_and_kind(records, wanted.get("group", ""), wanted.get("kind", ""))
    if mark := wanted.get("status", ""):
        records = records.filter(BASE_MARKS[mark](side))
    for word in fold(wanted.get("q", "")).split():
        records = records.filter(person__search_name__contains=word)
    return filters, records


def _question(request: Request, form: ClosingForm) -> HttpResponse:
    """Return the page that says what becomes of the ticked people."""
    records, after = list(form.cleaned_data["records"]), AfterEnd(form.cleaned_data["after"])
    n_finished = sum(one.status == ParticipationStatus.FINISHED for one in records)
    n = len(records)
    back = after == AfterEnd.AGAIN
    return confirm.ask(
        request,
        heading=_again_heading(n_finished) if back else _end_heading(n - n_finished, n),
        sentence=dict(form.fields["after"].choices)[after].capitalize() + ".",  # type: ignore[attr-defined]
        action=_("Yes, keep this"),
        back=request.get_full_path(),
        follows=_follows_back(n, n_finished) if back else _follows_end(n, n_finished),
        fields=[
            *(("records", one.pk) for one in records),
            ("after", after.value),
            ("sure", "1"),
        ],
        is_mild=True,
    )


def _end_heading(n_ending: int, n: int) -> str:
    if n_ending:
        return ngettext(
            "End the participation of %(n)s person?",
            "End the participation of %(n)s people?",
            n_ending,
        ) % {"n": n_ending}
    return ngettext(
        "Change the answer of %(n)s person?", "Change the answers of %(n)s people?", n
    ) % {"n": n}


def _again_heading(n: int) -> str:
    return ngettext(
        "Put %(n)s person back into the base?", "Put %(n)s people back into the base?", n
    ) % {"n": n}


def _follows_end(n: int, n_finished: int) -> list[str]:
    said = []
    if n - n_finished:
        said += [
            ngettext(
                "%(n)s person no longer waits for a pair and is not matched.",
                "%(n)s people no longer wait for a pair and are not matched.",
                n - n_finished,
            )
            % {"n": n - n_finished},
            _("A matching that proposes somebody of them is to be counted anew."),
        ]
    if n_finished:
        said.append(
            ngettext(
                "%(n)s person has finished already: only the answer about next year is kept.",
                "%(n)s people have finished already: only the answer about next year is kept.",
                n_finished,
            )
            % {"n": n_finished}
        )
    return [
        *said,
        _("It can be taken back on this page: tick them and choose «back into the base»."),
    ]


def _follows_back(n: int, n_finished: int) -> list[str]:
    said = [
        _("They are being prepared again: let them into matching on the page of the base."),
        _("What was said of the next year is forgotten."),
    ]
    if n - n_finished:
        said.append(
            ngettext(
                "%(n)s person is in the base already and stays as before.",
                "%(n)s people are in the base already and stay as before.",
                n - n_finished,
            )
            % {"n": n - n_finished}
        )
    return said


def _settle(request: Request, form: ClosingForm) -> bool:
    try:
        changed = actions.settle_next_year(
            form.cleaned_data["records"],
            after=AfterEnd(form.cleaned_data["after"]),
            by=request.user,
        )
    except RefusedError as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)
        return False
    messages.success(
        request,
        ngettext("Kept of %(n)s person.", "Kept of %(n)s people.", len(changed))
        % {"n": len(changed)},
    )
    return True
