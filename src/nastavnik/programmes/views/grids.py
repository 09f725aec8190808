"""Many people at once on one page: what they ask, offer and take; whom they chose after a meeting."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import requires
from nastavnik.core.errors import RefusedError
from nastavnik.core.http import Request
from nastavnik.core.ui.paging import page_of
from nastavnik.people.queries import class_names, group_names
from nastavnik.programmes import actions
from nastavnik.programmes.adapter import who_may_be_paired
from nastavnik.programmes.choices import ParticipationStatus, Side
from nastavnik.programmes.forms import BaseFilter, ChoiceRow, RecordRow, RowForm
from nastavnik.programmes.models import Attendance, GroupMeeting, Participation
from nastavnik.programmes.queries import (
    areas_offered,
    base_records,
    current_programme,
    of_class_and_kind,
    words_of,
)
from nastavnik.programmes.views.bases import PER_PAGE


@dataclass(frozen=True, slots=True)
class GridRow:
    """A person of a grid with the cells to fill in."""

    name: str
    note: str
    form: RowForm


def _checked(rows: Iterable[RowForm]) -> tuple[list[RowForm], bool]:
    """Return the rows somebody changed, and whether all of them are right."""
    touched = [row for row in rows if row.is_touched]
    wrong = [row for row in touched if not row.is_valid()]
    return touched, not wrong


@require_http_methods(["GET", "POST"])
@requires(Perm.BASE_EDIT)
def grid(request: Request, side: str) -> HttpResponse:
    """Let requests, areas and places of a page of a base be entered in cells and saved in one press."""
    chosen = Side(side)
    programme = current_programme(request.user)
    if programme is None:
        return redirect("programmes:mentors" if chosen == Side.MENTOR else "programmes:mentees")
    filters = BaseFilter(programme, class_names(request.user), request.GET)
    filters.is_valid()
    wanted = dict(filters.cleaned_data)
    group, kind = wanted.pop("group", ""), wanted.pop("kind", "")
    records = base_records(request.user, programme, chosen, **wanted).exclude(
        status=ParticipationStatus.FINISHED
    )
    page = page_of(request, of_class_and_kind(records, group, kind), PER_PAGE)
    shown = list(page.object_list)
    groups = group_names([record.person for record in shown])
    posted = request.POST if request.method == "POST" else None
    rows = [_record_row(record, groups.get(record.person_id, ""), posted) for record in shown]
    is_wrong = False
    if posted is not None:
        touched, is_right = _checked(row.form for row in rows)
        if is_right and _describe(request, touched):
            further = "further" in posted and page.has_next()
            asked = request.GET.copy()
            asked["page"] = str(page.number + further)
            return redirect(f"{request.path}?{asked.urlencode()}")
        is_wrong = not is_right
    offered: dict[str, str] = {}
    for record in shown:
        offered |= dict(areas_offered(record, record.forms.all()))
    context = {
        "side": chosen.value,
        "is_mentors": chosen == Side.MENTOR,
        "base": "programmes:mentors" if chosen == Side.MENTOR else "programmes:mentees",
        "filters": filters,
        "is_filtered": any(filters.cleaned_data.values()),
        "page": page,
        "rows": rows,
        "n_wrong": sum(bool(row.form.errors) for row in rows) if is_wrong else 0,
        "areas": list(offered.values()),
    }
    return render(request, "programmes/grid.html", context, status=422 if is_wrong else 200)


def _record_row(record: Participation, group: str, posted: QueryDict | None) -> GridRow:
    name = record.person.short_name

    def row(data: QueryDict | None) -> RecordRow:
        return RecordRow(record, data, prefix=f"r{record.pk}", label=name)

    # whom nobody touched is shown as the record is now
    sent = row(posted)
    return GridRow(name, group or record.person.position, sent if sent.is_touched else row(None))


def _describe(request: Request, touched: list[RowForm]) -> bool:
    """Write the rows somebody changed; say what came of it."""
    rows = {
        row.record.pk: changes
        for row in touched
        if isinstance(row, RecordRow) and (changes := row.changes())
    }
    try:
        changed = actions.describe_each(rows, by=request.user)
    except RefusedError as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)
        return False
    if not changed:
        messages.info(request, _("Nothing was changed."))
        return True
    text = ngettext("%(n)s row is saved.", "%(n)s rows are saved.", len(changed))
    messages.success(request, text % {"n": len(changed)})
    ready = [record.pk for record in changed if record.status == ParticipationStatus.READY]
    seen = Participation.objects.visible_to(request.user)
    stopped = seen.filter(pk__in=ready).exclude(status=ParticipationStatus.READY)
    if n := stopped.count():
        text = ngettext(
            "%(n)s person is no longer ready for matching: what is missing, is said in the base.",
            "%(n)s people are no longer ready for matching: what is missing, is said in the base.",
            n,
        )
        messages.warning(request, text % {"n": n})
    return True


@require_http_methods(["GET", "POST"])
@requires(Perm.MATCHING_EDIT)
def collect(request: Request, pk: int) -> HttpResponse:
    """Let the choices of many people be written down from their slips and saved in one press."""
    meeting = get_object_or_404(
        GroupMeeting.objects.visible_to(request.user).select_related("programme"), pk=pk
    )
    if request.method == "GET" and meeting.closed_at:
        messages.error(
            request,
            _("A matching has used these choices already. The curator can open them again."),
        )
        return redirect("programmes:meeting", pk=pk)
    present = list(
        Attendance.objects.visible_to(request.user)
        .filter(meeting=meeting)
        .choosing()
        .select_related("record__person")
        .prefetch_related("record__forms")
        .order_by("record__person__search_name", "pk")
    )
    own = set(
        Attendance.objects.visible_to(request.user)
        .filter(meeting=meeting)
        .choosing()
        .entered_by(request.user)
        .values_list("pk", flat=True)
    )
    people = [row for row in present if row.pk in own]
    words = words_of(people)
    groups = group_names([row.record.person for row in present])
    names = {row.pk: _named(row, groups) for row in present}
    posted = request.POST if request.method == "POST" else None
    offered = who_may_be_paired(people, present)
    rows = {row.pk: _slip(row, offered[row.pk], words[row.pk], names, posted) for row in people}
    is_wrong = False
    if posted is not None:
        _touched, is_right = _checked(rows.values())
        if is_right and _give(request, meeting, people, rows):
            return redirect("programmes:meeting", pk=pk)
        is_wrong = not is_right
    context = {
        "meeting": meeting,
        "sides": [
            (
                side.value,
                [_choice_row(row, groups, rows) for row in people if row.record.side == side],
            )
            for side in (Side.MENTEE, Side.MENTOR)
        ],
        "n_wrong": sum(bool(row.errors) for row in rows.values()) if is_wrong else 0,
    }
    return render(request, "programmes/collect.html", context, status=422 if is_wrong else 200)


def _slip(
    row: Attendance,
    offered: list[Attendance],
    given: tuple[list[int], list[int]],
    names: dict[int, str],
    posted: QueryDict | None,
) -> ChoiceRow:
    """Return the row of one person: those the form allows, and whoever was named before."""
    ranked, refused = ([key for key in keys if key in names] for keys in given)
    keys = dict.fromkeys([*(other.pk for other in offered), *ranked, *refused])

    def slip(data: QueryDict | None) -> ChoiceRow:
        return ChoiceRow(
            [(key, names[key]) for key in keys],
            (ranked, refused),
            data,
            has_answered=row.answered_at is not None,
            prefix=f"r{row.pk}",
            label=row.record.person.short_name,
        )

    sent = slip(posted)
    return sent if sent.is_touched else slip(None)


def _choice_row(row: Attendance, groups: dict[int, str], rows: dict[int, ChoiceRow]) -> GridRow:
    person = row.record.person
    return GridRow(person.short_name, groups.get(person.pk, "") or person.position, rows[row.pk])


def _named(row: Attendance, groups: dict[int, str]) -> str:
    group = groups.get(row.record.person_id, "")
    name = row.record.person.short_name
    return f"{name}, {group}" if group else name


def _give(
    request: Request, meeting: GroupMeeting, people: list[Attendance], rows: dict[int, ChoiceRow]
) -> bool:
    """Write down the slips somebody entered; a comment given before stays."""
    wishes = {
        row.pk: actions.AttendeeWishes(form.ranked(), form.refused(), row.comment)
        for row in people
        if (form := rows[row.pk]).is_touched
    }
    try:
        n = actions.give_preferences(meeting, wishes, by=request.user)
    except RefusedError as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)
        return False
    if not n:
        messages.info(request, _("Nothing was changed."))
        return True
    text = ngettext(
        "The choice of %(n)s person is written down.",
        "The choices of %(n)s people are written down.",
        n,
    )
    messages.success(request, text % {"n": n})
    return True
