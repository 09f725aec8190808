"""Pages of programmes and bases."""

from collections.abc import Sequence, Sized

from django import forms
from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nastavnik.core import looks
from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import requires
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.http import Request
from nastavnik.core.ui import confirm, listing
from nastavnik.core.ui.components import listed
from nastavnik.core.ui.paging import page_of
from nastavnik.core.ui.refusals import refusals_told
from nastavnik.core.ui.ticks import Ticks
from nastavnik.people.forms import PersonFilter
from nastavnik.people.models import StudyGroup
from nastavnik.people.queries import class_names, group_names
from nastavnik.programmes import actions
from nastavnik.programmes.access import may_leave, warnings_of
from nastavnik.programmes.choices import GOES_ON, AfterEnd, ParticipationStatus, Side
from nastavnik.programmes.forms import (
    AddToBaseForm,
    BaseFilter,
    LimitsForm,
    ParticipationForm,
    ProgrammeForm,
    RequestForm,
)
from nastavnik.programmes.models import MentoringForm, Participation, Programme
from nastavnik.programmes.queries import (
    BASE_ORDERS,
    BaseRow,
    base_counts,
    base_records,
    base_rows,
    candidates,
    candidates_of_roster,
    current_programme,
    going_on,
    of_class_and_kind,
    programme_before,
    why_nobody,
    years_to_open,
)
from nastavnik.programmes.tables import base_table, has_box

PER_PAGE = 50
SAID_OF_NEXT_YEAR = {goes_on: answer for answer, goes_on in GOES_ON.items()}


@require_GET
@requires(Perm.PROGRAMME_VIEW)
def overview(request: Request) -> HttpResponse:
    """Show the programme of the year, its forms and how many people stand where."""
    programme = current_programme(request.user)
    context: dict[str, object] = {
        "programme": programme,
        "may_edit": request.user.viewer.may(Perm.PROGRAMME_EDIT),
    }
    if programme:
        context |= {
            "forms": programme.forms.prefetch_related("variants"),
            "mentees": base_counts(request.user, programme, Side.MENTEE),
            "mentors": base_counts(request.user, programme, Side.MENTOR),
            "n_going_on": going_on(request.user, programme).count(),
            "others": Programme.objects.visible_to(request.user)
            .exclude(pk=programme.pk)
            .select_related("year"),
        }
    return render(request, "programmes/overview.html", context)


@require_http_methods(["GET", "POST"])
@requires(Perm.PROGRAMME_EDIT)
def add(request: Request) -> HttpResponse:
    """Open a programme: title, days, forms."""
    organisation = request.user.workplace
    years = years_to_open(organisation)
    if not years:
        messages.error(request, _("Open an academic year first."))
        return redirect("organisations:settings")
    year = next((one for one in years if str(one.pk) == request.GET.get("year")), years[0])
    form = ProgrammeForm(
        organisation, year, request.POST or None, before=programme_before(organisation, year)
    )
    if request.method == "POST" and form.is_valid():
        programme = actions.open_programme(year, by=request.user, **form.cleaned_data)
        if going_on(request.user, programme).exists():
            messages.success(request, _("The programme is open. Next: those who go on."))
            return redirect("programmes:go-on", pk=programme.pk)
        messages.success(
            request, _("The programme is open. Next: load the lists of pupils and staff.")
        )
        return redirect("/")
    directory = MentoringForm.objects.directory().prefetch_related("variants")
    return render(
        request,
        "programmes/edit.html",
        {
            "form": form,
            "programme": None,
            "directory": directory,
            "year": year,
            "years": [one for one in years if one != year],
        },
    )


@require_http_methods(["GET", "POST"])
@requires(Perm.PROGRAMME_EDIT)
def edit(request: Request, pk: int) -> HttpResponse:
    """Change a programme."""
    programme = get_object_or_404(
        Programme.objects.visible_to(request.user).select_related("organisation", "year"), pk=pk
    )
    form = ProgrammeForm(
        programme.organisation, programme.year, request.POST or None, instance=programme
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_programme(programme, by=request.user, **form.cleaned_data)
        except RefusedError as refusal:
            form.add_error("forms", list(refusal.reasons))
        else:
            messages.success(request, _("The programme is saved."))
            return redirect("programmes:overview")
    directory = MentoringForm.objects.directory().prefetch_related("variants")
    return render(
        request,
        "programmes/edit.html",
        {"form": form, "programme": programme, "directory": directory},
    )


@require_http_methods(["GET", "POST"])
@requires(Perm.PROGRAMME_EDIT)
def limits(request: Request, pk: int) -> HttpResponse:
    """Change the limits of a form in one's own organisation."""
    mentoring_form = get_object_or_404(MentoringForm.objects.visible_to(request.user), pk=pk)
    form = LimitsForm(request.POST or None, instance=mentoring_form)
    if request.method == "POST" and form.is_valid():
        actions.change_form(mentoring_form, by=request.user, **form.cleaned_data)
        messages.success(request, _("The limits are saved: they hold from the next step on."))
        return redirect("programmes:overview")
    return render(
        request, "programmes/limits.html", {"form": form, "mentoring_form": mentoring_form}
    )


@require_http_methods(["GET", "POST"])
@requires(Perm.BASE_VIEW)
def mentees(request: Request) -> HttpResponse:
    """Show the base of mentees."""
    return _base(request, Side.MENTEE)


@require_http_methods(["GET", "POST"])
@requires(Perm.BASE_VIEW)
def mentors(request: Request) -> HttpResponse:
    """Show the base of mentors."""
    return _base(request, Side.MENTOR)


def _base(request: Request, side: Side) -> HttpResponse:
    programme = current_programme(request.user)
    may_edit = request.user.viewer.may(Perm.BASE_EDIT)
    context: dict[str, object] = {
        "programme": programme,
        "side": side,
        "is_mentors": side == Side.MENTOR,
        "may_edit": may_edit,
        "may_propose": side == Side.MENTEE and request.user.viewer.may(Perm.MENTEE_PROPOSE),
        "may_open": request.user.viewer.may(Perm.PROGRAMME_EDIT),
    }
    if programme:
        filters = BaseFilter(programme, class_names(request.user), request.GET)
        filters.is_valid()
        sort = request.GET.get("sort", "")
        sort = sort if sort.removeprefix("-") in BASE_ORDERS else "name"
        wanted = dict(filters.cleaned_data)
        group, kind = wanted.pop("group", ""), wanted.pop("kind", "")
        records = base_records(request.user, programme, side, **wanted, sort=sort)
        records = of_class_and_kind(records, group, kind)
        ticks = Ticks.of(request, "records")
        if request.method == "POST":
            return ticks.moved(filters, lambda: _boxes(records)) or redirect(
                request.get_full_path()
            )
        page = page_of(request, records, PER_PAGE)
        rows = base_rows(listing.rows_for(request, page, records))
        ticks.laid_on(
            page,
            lambda: _boxes(records),
            [row.record.pk for row in rows if has_box(row)],
            suggested=[row.record.pk for row in rows if has_box(row) and row.verdict],
            there=lambda: candidates(request.user, programme).values_list("pk", flat=True),
        )
        narrowed = listing.narrowed_by(filters)
        writable = _links(request, rows, may_edit=may_edit)
        table = base_table(rows, side, ticks if may_edit else None, narrowed, writable)
        if answer := listing.given(request, table):
            return answer
        context |= {
            "counts": base_counts(request.user, programme, side),
            "filters": filters,
            "sees_part": request.user.viewer.sees_part(Perm.BASE_VIEW),
            "is_filtered": any(filters.cleaned_data.values()),
            "sort": sort,
            "page": page,
            "rows": rows,
            "ticks": ticks if may_edit else None,
            "table": table,
            "has_candidates": any(map(has_box, rows)),
        }
    return render(request, "programmes/base.html", context)


def _links(request: Request, rows: list[BaseRow], *, may_edit: bool) -> set[int]:
    """Return the records of a page the user may write in: a class teacher's are the open ones of the own class."""
    if may_edit:
        return {row.record.pk for row in rows}
    if not request.user.viewer.may(Perm.REQUEST_WRITE):
        return set()
    open_ones = (
        Participation.objects.visible_to(request.user)
        .within(request.user, Perm.REQUEST_WRITE)
        .filter(side=Side.MENTEE, ends_on=None, pk__in=[row.record.pk for row in rows])
    )
    return set(open_ones.values_list("pk", flat=True))


def _boxes(records: QuerySet[Participation]) -> list[int | None]:
    """Return the keys of records in their order, None where a record has no box."""
    candidate = ParticipationStatus.CANDIDATE
    rows = records.prefetch_related(None).values_list("pk", "status")
    return [pk if status == candidate else None for pk, status in rows]


@require_http_methods(["GET", "POST"])
@requires(Perm.MENTEE_PROPOSE)
def add_to_base(request: Request, side: str) -> HttpResponse:
    """Take people of the roster into a base; a class teacher proposes mentees of the own class."""
    chosen, may_edit = Side(side), request.user.viewer.may(Perm.BASE_EDIT)
    if not may_edit and chosen == Side.MENTOR:
        raise Http404  # mentors are asked by the curator
    programme = current_programme(request.user)
    if programme is None:
        return redirect("programmes:add" if may_edit else "programmes:mentees")
    groups = StudyGroup.objects.visible_to(request.user).filter(year=programme.year)
    filters = PersonFilter(list(groups.values_list("name", flat=True)), request.GET)
    filters.is_valid()
    people = candidates_of_roster(request.user, programme, chosen, **filters.cleaned_data)
    everybody = candidates_of_roster(request.user, programme, chosen)
    ticks = Ticks.of(request, "people")

    def found() -> list[int]:
        return list(people.values_list("pk", flat=True))

    if request.method == "POST" and (moved := ticks.moved(filters, found)):
        return moved
    form = AddToBaseForm(everybody, ticks.sent())
    if request.method == "POST" and form.is_valid():
        added, refused = actions.add_to_base(
            programme, form.cleaned_data["people"], chosen, by=request.user
        )
        ticks.drop()
        if added:
            messages.success(
                request,
                ngettext(
                    "%(n)s person is in the base.", "%(n)s people are in the base.", len(added)
                )
                % {"n": len(added)},
            )
        for person, reason in refused:
            messages.error(request, f"{person.full_name}: {reason}")
        return redirect("programmes:mentors" if chosen == Side.MENTOR else "programmes:mentees")
    page = page_of(request, people, PER_PAGE)
    names, keys = group_names(page.object_list), [person.pk for person in page.object_list]
    ticks.laid_on(page, found, keys, there=lambda: everybody.values_list("pk", flat=True))
    return render(
        request,
        "programmes/add_to_base.html",
        {
            "form": form,
            "filters": filters,
            "is_filtered": any(filters.cleaned_data.values()),
            "page": page,
            "ticks": ticks,
            "rows": [(person, names.get(person.pk, "")) for person in page.object_list],
            "why_nobody": ""
            if page.object_list
            else why_nobody(request.user, programme, chosen, everybody),
            "is_mentors": chosen == Side.MENTOR,
            "side": chosen,
            "may_edit": may_edit,
        },
    )


def _record(request: Request, pk: int) -> Participation:
    return get_object_or_404(
        Participation.objects.visible_to(request.user).select_related("person", "programme"), pk=pk
    )


def _writable(request: Request, pk: int) -> tuple[Participation, bool]:
    """Return a record whose request the user may write, and whether all of it: the rest is the curator's.

    To a class teacher mentors and those who have ended are not there.
    """
    seen = Participation.objects.visible_to(request.user)
    whole = seen.within(request.user, Perm.BASE_EDIT).filter(pk=OuterRef("pk"))
    within = seen.within(request.user, Perm.REQUEST_WRITE).annotate(is_whole=Exists(whole))
    record = get_object_or_404(within.select_related("person", "programme"), pk=pk)
    may_edit = bool(record.is_whole)  # type: ignore[attr-defined]
    ended = (ParticipationStatus.FINISHED, ParticipationStatus.LEFT)
    if not may_edit and (record.is_mentor or record.status in ended):
        raise Http404
    return record, may_edit


@require_http_methods(["GET", "POST"])
@requires(Perm.REQUEST_WRITE)
def edit_record(request: Request, pk: int) -> HttpResponse:
    """Write down a request or what a mentor offers; a class teacher the request of a mentee of the own class."""
    record, may_edit = _writable(request, pk)
    looks.note_look(request, "request", [record.person_id], organisation_id=record.organisation_id)
    form = (ParticipationForm if may_edit else RequestForm)(request.POST or None, instance=record)
    if request.method == "POST" and form.is_valid():
        try:
            saved = actions.change_participation(
                _writable(request, pk)[0], by=request.user, **form.cleaned_data
            )
        except RefusedError as refusal:
            form.add_error(None, list(refusal.reasons))
        else:
            if "ready" in request.POST and may_edit:
                _try_ready(request, saved)
            else:
                messages.success(request, _("The record is saved."))
            return redirect("programmes:mentors" if record.is_mentor else "programmes:mentees")
    row = base_rows([_writable(request, pk)[0]])[0]
    return render(
        request,
        "programmes/record.html",
        {
            "form": form,
            "may_edit": may_edit,
            "record": record,
            "row": row,
            "leaving": may_leave(record),
            "after": AfterEnd.choices,
            "said": SAID_OF_NEXT_YEAR[record.goes_on].value,
        },
    )


@require_POST
@requires(Perm.BASE_EDIT)
def after(request: Request, pk: int) -> HttpResponse:
    """Keep what somebody who has finished says of the next year, or let the person look for a pair again."""
    record = _record(request, pk)
    answer = request.POST.get("after", "")
    if answer not in AfterEnd.values:
        messages.error(request, _("Choose one of the answers."))
        return redirect("programmes:record", pk=pk)
    with refusals_told(request):
        if answer == AfterEnd.AGAIN:
            actions.take_up_again(record, by=request.user)
        else:
            actions.note_next_year([record], goes_on=GOES_ON[AfterEnd(answer)], by=request.user)
        messages.success(request, f"{record.person.full_name}: {AfterEnd(answer).label}.")
    return redirect("programmes:record", pk=pk)


def _try_ready(request: Request, record: Participation) -> None:
    try:
        actions.set_participation_status(record, ParticipationStatus.READY, by=request.user)
    except RefusedError as refusal:
        messages.success(request, _("The record is saved, but it is not ready for matching yet."))
        for reason in refusal.reasons:
            messages.info(request, reason)
    else:
        messages.success(
            request, _("%(name)s is ready for matching.") % {"name": record.person.full_name}
        )
        _tell_warnings(request, [record])


@require_POST
@requires(Perm.BASE_EDIT)
def make_ready(request: Request, side: str) -> HttpResponse:
    """Let the ticked records through the gate."""
    chosen = Side(side)
    base = "programmes:mentors" if chosen == Side.MENTOR else "programmes:mentees"
    ticks = Ticks.of(request, "records", place=reverse(base))
    if moved := ticks.moved(forms.Form(), list):
        return moved
    records = Participation.objects.visible_to(request.user).filter(
        pk__in=ticks.keys, side=chosen, status=ParticipationStatus.CANDIDATE
    )
    passed, stopped = actions.make_ready(records.select_related("person"), by=request.user)
    tell_ready(request, passed, stopped)
    if not passed and not stopped:
        messages.info(request, _("Tick the people who are still being prepared."))
    ticks.drop()
    return redirect(base)


def tell_ready(request: Request, passed: Sequence[Participation], stopped: Sized) -> None:
    """Say how many records went through the gate and how many did not, and who of the former should be looked at."""
    if passed:
        messages.success(
            request,
            ngettext(
                "%(n)s record is ready for matching.",
                "%(n)s records are ready for matching.",
                len(passed),
            )
            % {"n": len(passed)},
        )
    if stopped:
        messages.error(
            request,
            ngettext(
                "%(n)s record is not ready yet: the reason stands in its row.",
                "%(n)s records are not ready yet: the reasons stand in their rows.",
                len(stopped),
            )
            % {"n": len(stopped)},
        )
    _tell_warnings(request, passed)


def _tell_warnings(request: Request, passed: Sequence[Participation]) -> None:
    """Say of the mentors let through what speaks for waiting, each reason with those it is about: it stops nothing."""
    day = today()
    names: dict[tuple[str, ...], list[str]] = {}
    for record in passed:
        if warnings := warnings_of(record, day):
            names.setdefault(warnings, []).append(record.person.short_name)
    if names:
        told = (f"{' '.join(warnings)} {listed(some)}." for warnings, some in names.items())
        messages.info(
            request,
            _("This stops nothing, but look at it: %(mentors)s") % {"mentors": " ".join(told)},
        )


@require_http_methods(["GET", "POST"])
@requires(Perm.BASE_EDIT)
def leave_base(request: Request, pk: int) -> HttpResponse:
    """Ask, then take a record out of the base."""
    record = _record(request, pk)
    if request.method == "GET":
        if not (verdict := may_leave(record)):
            messages.error(request, verdict.reasons[0])
            return redirect("programmes:record", pk=pk)
        return confirm.ask(
            request,
            heading=_("Take out of the base?"),
            sentence=_(
                "%(name)s no longer goes to matching, and this record is closed. Whoever comes back is taken from the roster anew, with a new record."
            )
            % {"name": record.person.full_name},
            action=_("Take out of the base"),
            back=reverse("programmes:record", args=[pk]),
        )
    with refusals_told(request):
        actions.set_participation_status(record, ParticipationStatus.LEFT, by=request.user)
        messages.success(
            request, _("%(name)s has left the base.") % {"name": record.person.full_name}
        )
    return redirect("programmes:mentors" if record.is_mentor else "programmes:mentees")
