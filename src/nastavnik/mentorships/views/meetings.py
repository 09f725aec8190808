"""Notes on meetings: one by one press, a month at once, undoing, an answered call for help."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import requires
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.http import Request
from nastavnik.core.ui.paging import page_of
from nastavnik.core.ui.refusals import refusals_told
from nastavnik.mentorships import actions
from nastavnik.mentorships.choices import Mark, MeetingStatus
from nastavnik.mentorships.forms import (
    SAYINGS,
    MonthFilter,
    NoteForm,
    picked,
    said,
)
from nastavnik.mentorships.models import Meeting, Mentorship
from nastavnik.mentorships.queries import (
    MonthRow,
    Voice,
    kept_pairs,
    month_bounds,
    month_rows,
    n_waiting,
    own_voice,
    pairs_seen,
)
from nastavnik.mentorships.tables import month_lines
from nastavnik.programmes.queries import current_programme

PER_PAGE = 50


def _pair_to_note(request: Request, pk: int) -> tuple[Mentorship, Voice | None]:
    """Return a pair this user may note for, and the own voice; None is the curator, who speaks for all."""
    pair = get_object_or_404(pairs_seen(request.user), pk=pk)
    if pair.is_allowed_to(request.user, Perm.MEETING_EDIT):
        return pair, None
    if voice := own_voice(request.user, pair):
        return pair, voice
    raise Http404


def _back(pair: Mentorship, voice: Voice | None) -> HttpResponse:
    return redirect("mentorships:own") if voice else redirect("mentorships:card", pk=pair.pk)


def _chosen_meeting(pair: Mentorship, key: object) -> Meeting:
    return get_object_or_404(pair.meetings.all(), pk=key)


@require_POST
@requires(Perm.MEETING_NOTE)
def note(request: Request, pk: int) -> HttpResponse:
    """Note one meeting by one press: what became of it, how it was, or that help is needed."""
    pair, own_one = _pair_to_note(request, pk)
    form = NoteForm(said(request.POST, own_one))
    if not form.is_valid():
        messages.error(request, _("Press one of the buttons of the meeting."))
        return _back(pair, own_one)
    data = form.cleaned_data
    meeting = _chosen_meeting(pair, data["meeting"])
    meeting.status, meeting.planned_on = data["seen_status"], data["seen_on"]
    status, mark = SAYINGS[data["say"]]
    with refusals_told(request):
        actions.note_meeting(
            meeting,
            status,
            voice=form.voice if mark else None,
            mark=mark,
            on=data["on"],
            words=data["words"],
            by=request.user,
        )
        messages.success(request, _noted(status, mark))
    return _back(pair, own_one)


def _noted(status: MeetingStatus | None, mark: Mark) -> str:
    if mark == Mark.HELP:
        return _("The curator and the psychologist see it at once. The other side does not.")
    if mark:
        return _("Noted: %(what)s.") % {"what": mark.label.lower()}
    return _("Noted: %(what)s.") % {"what": status.label.lower() if status else ""}


@require_POST
@requires(Perm.MEETING_NOTE)
def undo(request: Request, pk: int) -> HttpResponse:
    """Take the own last note of a meeting back."""
    pair, side = _pair_to_note(request, pk)
    key = request.POST.get("meeting", "")
    if not key.isdecimal():
        raise Http404
    with refusals_told(request):
        actions.undo_note(_chosen_meeting(pair, key), by=request.user)
        messages.success(request, _("Taken back: it is as it was."))
    return _back(pair, side)


@require_POST
@requires(Perm.HELP_ANSWER)
def answer_help(request: Request, pk: int) -> HttpResponse:
    """Note that the call for help has been answered."""
    readable = Mentorship.objects.visible_to(request.user).with_marks_for(request.user)
    pair = get_object_or_404(readable, pk=pk)
    key = request.POST.get("meeting", "")
    if not key.isdecimal():
        raise Http404
    actions.answer_help(
        _chosen_meeting(pair, key), words=request.POST.get("words", "")[:300], by=request.user
    )
    messages.success(request, _("Noted: help is given."))
    return redirect("mentorships:card", pk=pk)


@require_GET
@requires(Perm.MEETING_EDIT)
def this_month(_request: Request) -> HttpResponse:
    """Lead to the month of today."""
    return redirect("mentorships:month", year=today().year, month=today().month)


@require_http_methods(["GET", "POST"])
@requires(Perm.MEETING_EDIT)
def month(request: Request, year: int, month: int) -> HttpResponse:
    """Enter what became of the meetings of a month, all pairs on one screen."""
    try:
        first, last = month_bounds(year, month)
    except ValueError as error:
        raise Http404 from error
    filters = MonthFilter(current_programme(request.user), request.GET)
    filters.is_valid()
    refused = False
    pairs = kept_pairs(request.user, **filters.cleaned_data)
    page = page_of(request, pairs.values_list("pk", flat=True), PER_PAGE)
    shown = pairs.filter(pk__in=list(page))
    rows = month_rows(request.user, shown, first, last)
    if request.method == "POST":
        notes = _month_notes(request, rows)
        try:
            n_changed = actions.enter_month(notes, by=request.user)
        except RefusedError as refusal:
            for reason in refusal.reasons:
                messages.error(request, reason)
            chosen, refused = {m.pk: str(one.status) for m, one in notes.items()}, True
            rows = month_rows(request.user, shown, first, last, chosen=chosen)
        else:
            return _month_onward(request, n_changed)
    return render(
        request,
        "mentorships/month.html",
        {
            "filters": filters,
            "page": page,
            "lines": month_lines(rows),
            "n_waiting": n_waiting(pairs, first, last),
            **_month_context(rows, first),
        },
        status=422 if refused else 200,
    )


def _month_notes(request: Request, rows: list[MonthRow]) -> dict[Meeting, actions.Note]:
    """Return what was picked; «all met» answers what nobody picked among the meetings on the screen."""
    kept = Mentorship.objects.visible_to(request.user).allowed_to(request.user, Perm.MEETING_EDIT)
    wanted = {seen[0]: (seen, outcome) for seen, outcome in picked(request.POST).items()}
    found = Meeting.objects.visible_to(request.user).filter(
        mentorship__in=kept.values("pk"), pk__in=list(wanted)
    )
    notes = {}
    for meeting in found:
        (_key, meeting.status, meeting.planned_on), outcome = wanted[meeting.pk]
        notes[meeting] = actions.Note(status=outcome)
    if "all" in request.POST:
        for cell in _open_cells(rows):
            notes.setdefault(cell.meeting, actions.Note(status=MeetingStatus.HELD))
    return notes


def _open_cells(rows: list[MonthRow]) -> list[Any]:
    return [cell for row in rows for cell in row.cells if cell and cell.is_open]


def _month_context(rows: list[MonthRow], first: dt.date) -> dict[str, Any]:
    return {
        "columns": range(1, len(rows[0].cells) + 1) if rows else (),
        "first": first,
        "before": first - dt.timedelta(1),
        "after": first + dt.timedelta(32),
        "n_open": len(_open_cells(rows)),
        "n_meetings": sum(cell is not None for row in rows for cell in row.cells),
    }


def _month_onward(request: Request, n_changed: int) -> HttpResponse:
    """Lead back, or to the page of the month a button has asked for, and say what is saved."""
    query, go = request.GET.copy(), request.POST.get("go", "")
    if go.isdecimal():
        query["page"] = go
    if n_changed or not go:
        messages.success(request, _saved(n_changed))
    return redirect(f"{request.path}?{query.urlencode()}" if query else request.path)


def _saved(n_changed: int) -> str:
    if not n_changed:
        return _("Nothing has changed: no meeting was picked.")
    return ngettext("Saved: %(n)s meeting.", "Saved: %(n)s meetings.", n_changed) % {"n": n_changed}
