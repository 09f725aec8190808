"""Pages of group meetings: who is invited, who came, the minutes, whom people choose."""

from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import requires, takes_files
from nastavnik.core.errors import RefusedError
from nastavnik.core.http import Request, ticked
from nastavnik.core.ui import listing
from nastavnik.core.ui.downloads import download_stored
from nastavnik.core.ui.paging import page_of
from nastavnik.core.ui.refusals import refusals_told
from nastavnik.people.queries import group_names
from nastavnik.programmes import actions
from nastavnik.programmes.adapter import who_may_be_paired
from nastavnik.programmes.choices import Side
from nastavnik.programmes.forms import ChoiceForm, GroupMeetingForm, MinutesForm
from nastavnik.programmes.models import Attendance, GroupMeeting, Participation
from nastavnik.programmes.queries import (
    class_choices,
    current_programme,
    given_by,
    group_meetings,
    guests_of,
    invitable,
    offered_to,
    own_choices,
)
from nastavnik.programmes.tables import meetings_table

PER_PAGE = 50


@require_GET
@requires(Perm.MATCHING_VIEW)
def meetings(request: Request) -> HttpResponse:
    """Show the group meetings of the programme."""
    programme = current_programme(request.user)
    rows = group_meetings(request.user, programme) if programme else GroupMeeting.objects.none()
    page = page_of(request, rows, PER_PAGE)
    table = meetings_table(listing.rows_for(request, page, rows))
    if answer := listing.given(request, table):
        return answer
    context = {
        "programme": programme,
        "page": page,
        "table": table,
        "may_edit": request.user.viewer.may(Perm.MATCHING_EDIT),
    }
    return render(request, "programmes/meetings.html", context)


@require_http_methods(["GET", "POST"])
@requires(Perm.MATCHING_EDIT)
def add_meeting(request: Request) -> HttpResponse:
    """Plan a group meeting: the day, the place, who is invited."""
    programme = current_programme(request.user)
    if programme is None:
        return redirect("programmes:add")
    people = invitable(request.user, programme)
    form = GroupMeetingForm(people, request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = actions.plan_group_meeting(
                programme,
                data["people"],
                held_on=data["held_on"],
                place=data["place"],
                by=request.user,
            )
        except RefusedError as refusal:
            form.add_error(None, list(refusal.reasons))
        else:
            messages.success(
                request, _("The meeting is planned. Tick off here who came when it is over.")
            )
            return redirect("programmes:meeting", pk=made.pk)
    picked = set(ticked(request, "people")) if form.is_bound else None
    context = {"form": form, "tables": _tables(people, picked)}
    return render(request, "programmes/meeting_add.html", context)


def _tables(
    people: Iterable[Participation], picked: set[int] | None
) -> list[tuple[str, list[tuple[Participation, str, bool]]]]:
    """Return both sides with class and tick; at first everybody is ticked."""
    people = list(people)
    groups = group_names([record.person for record in people])
    return [
        (
            side.value,
            [
                (record, groups.get(record.person_id, ""), picked is None or record.pk in picked)
                for record in people
                if record.side == side
            ],
        )
        for side in (Side.MENTEE, Side.MENTOR)
    ]


def _meeting(request: Request, pk: int) -> GroupMeeting:
    return get_object_or_404(
        GroupMeeting.objects.visible_to(request.user).select_related("programme"), pk=pk
    )


@require_GET
@requires(Perm.MATCHING_VIEW)
def meeting(request: Request, pk: int) -> HttpResponse:
    """Show a group meeting: who was invited, who came, who has chosen, the minutes."""
    return _show(request, _meeting(request, pk))


def _show(
    request: Request, shown: GroupMeeting, form: MinutesForm | None = None, status: int = 200
) -> HttpResponse:
    viewer = request.user.viewer
    guests = guests_of(request.user, shown)
    may_edit = viewer.may(Perm.MATCHING_EDIT)
    sides = [
        (side.value, [guest for guest in guests if guest.row.record.side == side])
        for side in (Side.MENTEE, Side.MENTOR)
    ]
    more = invitable(request.user, shown.programme) if may_edit and not shown.closed_at else None
    known = {guest.row.record_id for guest in guests}
    context = {
        "meeting": shown,
        "sides": sides,
        "n_came": sum(guest.row.came is True for guest in guests),
        "n_chose": sum(guest.row.answered_at is not None for guest in guests),
        "is_noted": any(guest.row.came is not None for guest in guests),
        "more": [record for record in more or () if record.pk not in known],
        "form": form or MinutesForm(initial={"text": shown.minutes}),
        "may_edit": may_edit,
        "may_read": viewer.may(Perm.PREFERENCE_VIEW),
        "may_read_refusals": viewer.may(Perm.REFUSAL_VIEW),
    }
    return render(request, "programmes/meeting.html", context, status=status)


@require_POST
@requires(Perm.MATCHING_EDIT)
def invite(request: Request, pk: int) -> HttpResponse:
    """Invite the ticked people as well."""
    shown = _meeting(request, pk)
    records = invitable(request.user, shown.programme).filter(pk__in=ticked(request, "people"))
    with refusals_told(request):
        made = actions.invite_to_meeting(shown, records, by=request.user)
        messages.success(
            request,
            ngettext("%(n)s person is invited.", "%(n)s people are invited.", len(made))
            % {"n": len(made)},
        )
    return redirect("programmes:meeting", pk=pk)


@require_POST
@requires(Perm.MATCHING_EDIT)
def attendance(request: Request, pk: int) -> HttpResponse:
    """Note who of the people on the screen came."""
    shown = _meeting(request, pk)
    seen = Attendance.objects.visible_to(request.user).filter(meeting=shown)
    # whoever is there is never written down as absent by a press too many; a correction may take all ticks off
    if not ticked(request, "came") and not seen.filter(came__isnull=False).exists():
        messages.error(request, _("Nobody is ticked, so nothing is saved. Tick those who came."))
        return redirect("programmes:meeting", pk=pk)
    with refusals_told(request):
        n_came = actions.note_attendance(
            shown,
            set(ticked(request, "came")),
            among=list(seen.values_list("pk", flat=True)),
            by=request.user,
        )
        messages.success(
            request,
            ngettext(
                "%(n)s person came: they choose now.", "%(n)s people came: they choose now.", n_came
            )
            % {"n": n_came},
        )
    return redirect("programmes:meeting", pk=pk)


@require_POST
@requires(Perm.MATCHING_EDIT)
@takes_files(most_megabytes=12)
def minutes(request: Request, pk: int) -> HttpResponse:
    """Keep the minutes of a group meeting."""
    shown = _meeting(request, pk)
    form = MinutesForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            actions.keep_minutes(shown, by=request.user, **form.cleaned_data)
        except RefusedError as refusal:
            form.add_error("file", list(refusal.reasons))
        else:
            messages.success(request, _("The minutes are kept."))
            return redirect("programmes:meeting", pk=pk)
    return _show(request, shown, form, status=422)


@require_GET
@requires(Perm.MATCHING_VIEW)
def minutes_file(request: Request, pk: int) -> HttpResponse:
    """Hand the file of the minutes back, as it was given."""
    shown = _meeting(request, pk)
    return download_stored(shown.minutes_file, shown.minutes_name)


@require_POST
@requires(Perm.MATCHING_EDIT)
def reopen(request: Request, pk: int) -> HttpResponse:
    """Let people choose anew after a matching."""
    actions.open_choices(_meeting(request, pk), by=request.user)
    messages.success(request, _("Choices are open again: the next matching uses what is changed."))
    return redirect("programmes:meeting", pk=pk)


@require_GET
@requires(Perm.PREFERENCE_GIVE)
def own(request: Request) -> HttpResponse:
    """Show a mentor or a mentee the meetings after which they choose, and a class teacher the pupils who do."""
    rows, of_class = list(own_choices(request.user)), list(class_choices(request.user))
    if len(rows) == 1 and rows[0].answered_at is None and not of_class:
        return redirect("programmes:choose", pk=rows[0].pk)
    return render(request, "programmes/choices.html", {"rows": rows, "of_class": of_class})


@require_http_methods(["GET", "POST"])
@requires(Perm.PREFERENCE_GIVE)
def choose(request: Request, pk: int) -> HttpResponse:
    """Let a person choose among those who came, or the curator write it down for them."""
    row = get_object_or_404(
        Attendance.objects.visible_to(request.user)
        .entered_by(request.user)
        .choosing()
        .select_related("meeting", "record__person"),
        pk=pk,
    )
    came = offered_to(row, request.user)
    offered = who_may_be_paired([row], came)[row.pk]
    groups = group_names([other.record.person for other in offered])
    names = [(other.pk, _named(other, groups)) for other in offered]
    form = ChoiceForm(names, given_by(row), request.POST or None, comment=row.comment)
    is_own = row.record.person_id == request.user.viewer.person_id
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        word = actions.AttendeeWishes(form.ranked(), frozenset(data["refused"]), data["comment"])
        try:
            actions.give_preferences(row.meeting, {row.pk: word}, by=request.user)
        except RefusedError as refusal:
            form.add_error(None, list(refusal.reasons))
        else:
            messages.success(
                request, _("Written down. It can be changed until the pairs are matched.")
            )
            if is_own or not request.user.viewer.may(Perm.MATCHING_VIEW):
                return redirect("programmes:choices")
            return redirect("programmes:meeting", pk=row.meeting_id)
    context = {
        "row": row,
        "form": form,
        "is_own": is_own,
        "n_offered": len(offered),
        "n_others": len(came) - len(offered),
        "may_open": request.user.viewer.may(Perm.MATCHING_VIEW),
    }
    return render(request, "programmes/choose.html", context)


def _named(row: Attendance, groups: dict[int, str]) -> str:
    person = row.record.person
    group = groups.get(person.pk, "")
    return f"{person.short_name}, {group}" if group else person.short_name
