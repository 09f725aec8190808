"""Pages of pairs."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nastavnik.core import timeline
from nastavnik.core.access import Perm, Role
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.http import Request, ticked
from nastavnik.core.marks import requires
from nastavnik.matching.access import may_approve
from nastavnik.matching.actions import PairChange, least_disturbance, substitutes
from nastavnik.matching.models import MatchingRun, Proposal
from nastavnik.matching.queries import Move, candidates, moves
from nastavnik.mentorships import actions
from nastavnik.mentorships.choices import OPEN, EndCause, Mark, MeetingStatus, MentorshipStatus
from nastavnik.mentorships.forms import (
    SAYINGS,
    EndForm,
    MenteeForm,
    MonthFilter,
    NoteForm,
    PairFilter,
    ReplaceForm,
    picked,
    said,
)
from nastavnik.mentorships.models import Meeting, Mentorship, Tie
from nastavnik.mentorships.queries import (
    PAIR_ORDERS,
    MonthRow,
    Voice,
    chain_of,
    kept_pairs,
    kin_of,
    meetings_of,
    month_bounds,
    month_rows,
    moods_of,
    n_waiting,
    ordered,
    own_voice,
    pair_rows,
    pairs_for,
    pairs_led_to,
    pairs_seen,
    readable_by,
    risk_of,
    risks_of,
    standing_pairs,
    tap_of,
    voices_of,
)
from nastavnik.mentorships.tables import month_lines, pair_lines
from nastavnik.people.models import Person
from nastavnik.people.queries import group_names
from nastavnik.programmes.choices import Side
from nastavnik.programmes.queries import current_programme

PER_PAGE = 50
BOTH_SIDES = [Voice(side) for side in Side]


@require_GET
@requires(Perm.PAIR_VIEW)
def pair_list(request: Request) -> HttpResponse:
    """Show the pairs, those that need somebody first."""
    viewer = request.user.viewer
    may_read = viewer.may(Perm.MARK_VIEW)
    filters = PairFilter(current_programme(request.user), request.GET, may_read=may_read)
    filters.is_valid()
    wanted = filters.cleaned_data.pop("risk", "")
    sort = request.GET.get("sort", "")
    sort = sort if sort.removeprefix("-") in PAIR_ORDERS else "state"
    found = ordered(pairs_for(request.user, **filters.cleaned_data), sort)
    risks = risks_of(request.user, found)
    keys = [pk for pk, risk in risks.items() if wanted in ("", risk.code)]
    if sort.removeprefix("-") == "state":
        keys.sort(key=lambda pk: (risks[pk].level, -risks[pk].days), reverse=sort[0] == "-")
    page = Paginator(keys, PER_PAGE).get_page(request.GET.get("page"))
    visible = Mentorship.objects.visible_to(request.user)
    shown = {row.pk: row for row in pair_rows(request.user, visible.filter(pk__in=list(page)))}
    rows = [shown[pk] for pk in page if pk in shown]
    groups = group_names(person for row in rows for person in (row.mentor, *row.mentees))
    return render(
        request,
        "mentorships/list.html",
        {
            "page": page,
            "pairs": rows,
            "lines": pair_lines([(row, risks[row.pk]) for row in rows], groups),
            "n_risky": sum(bool(risk.words) for risk in risks.values()),
            "filters": filters,
            "sort": sort,
            "is_filtered": wanted or any(filters.cleaned_data.values()),
            "may_match": viewer.may(Perm.MATCHING_VIEW),
            "may_enter": viewer.may(Perm.MEETING_EDIT),
        },
    )


@require_GET
@requires(Perm.OWN_PAIR_VIEW)
def own(request: Request) -> HttpResponse:
    """Show a mentor or a mentee the own pairs with the own side of their meetings."""
    mine = [
        (pair, voice)
        for pair in pairs_seen(request.user).open().prefetch_related("meetings")
        if (voice := own_voice(request.user, pair))
    ]
    shown = []
    for pair, voice in mine:
        meetings = list(pair.meetings.all())
        tap = tap_of(meetings, request.user.pk, voice=voice)
        shown.append((pair, voice.side, chain_of(meetings, {voice}), tap))
    return render(
        request,
        "mentorships/own.html",
        {"pairs": [pair for pair, _voice in mine], "shown": shown},
    )


def _groups(pairs: Iterable[Mentorship]) -> dict[int, str]:
    return group_names(
        person
        for pair in pairs
        for person in (pair.mentor.person, *(tie.mentee.person for tie in pair.ties.all()))
    )


@require_GET
@requires(Perm.PAIR_VIEW)
def pair_card(request: Request, pk: int) -> HttpResponse:
    """Show everything about one pair."""
    viewer = request.user.viewer
    seen = pairs_seen(request.user).annotate(may_read=readable_by(request.user))
    pair = get_object_or_404(seen, pk=pk)
    may_read = bool(pair.may_read)  # type: ignore[attr-defined]
    meetings = meetings_of(pair)
    voices = voices_of(pair) if may_read else []
    steps = actions.NEXT[MentorshipStatus(pair.status)] if viewer.may(Perm.PAIR_APPROVE) else ()
    return render(
        request,
        "mentorships/card.html",
        {
            "pair": pair,
            "groups": _groups([pair]),
            "cards": _cards(request, pair),
            "orders": {tie.order_id: tie.order for tie in pair.ties.all() if tie.order}.values(),
            "form": EndForm(),
            "note_form": NoteForm(auto_id="note_%s"),
            "chain": chain_of(meetings, BOTH_SIDES if may_read else ()),
            "tap": tap_of(meetings, request.user.pk, voice=None, calling=voices),
            "risk": risk_of(pair.status, pair.starts_on, meetings, may_read=may_read),
            "events": timeline.events_of(request.user, _subject(pair)),
            "moods": moods_of(meetings, voices) if may_read else None,
            "may_read": may_read,
            "may_note": pair.is_allowed_to(request.user, Perm.MEETING_EDIT),
            "may_answer": viewer.may(Perm.HELP_ANSWER) and may_read,
            "steps": sorted(steps),
            "may_replace": pair.status in OPEN
            and pair.is_allowed_to(request.user, Perm.PAIR_APPROVE),
            "kin": kin_of(request.user, pair.pk),
            "may_read_papers": viewer.may(Perm.DOCUMENT_VIEW),
            "may_read_consents": viewer.may(Perm.CONSENT_VIEW),
        },
    )


def _people(pair: Mentorship) -> set[int]:
    return {pair.mentor.person_id, *(tie.mentee.person_id for tie in pair.ties.all())}


def _cards(request: Request, pair: Mentorship) -> set[int]:
    """Return the people of a pair whose cards this user may open."""
    viewer = request.user.viewer
    if pair.organisation_id in viewer.organisations(Perm.ROSTER_VIEW, without=[Role.CLASS_TEACHER]):
        return _people(pair)  # the whole roster is open: nothing to ask the database
    if not viewer.may(Perm.ROSTER_VIEW):
        return set()
    people = Person.objects.visible_to(request.user).filter(pk__in=_people(pair))
    return set(people.values_list("pk", flat=True))


def _subject(pair: Mentorship) -> timeline.Subject:
    people = _people(pair)
    papers = {tie.order_id for tie in pair.ties.all() if tie.order_id}
    return timeline.Subject(pair.pk, frozenset(people), frozenset(papers), pair.starts_on)


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
    try:
        actions.note_meeting(
            meeting,
            status,
            voice=form.voice if mark else None,
            mark=mark,
            on=data["on"],
            words=data["words"],
            by=request.user,
        )
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
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
    try:
        actions.undo_note(_chosen_meeting(pair, key), by=request.user)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
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
    page = Paginator(pairs.values_list("pk", flat=True), PER_PAGE).get_page(request.GET.get("page"))
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


@require_POST
@requires(Perm.PAIR_APPROVE)
def set_status(request: Request, pk: int) -> HttpResponse:
    """Stop, resume or end a pair."""
    pair = get_object_or_404(Mentorship.objects.visible_to(request.user), pk=pk)
    form = EndForm(request.POST)
    status = request.POST.get("status", "")
    if status not in MentorshipStatus.values or not form.is_valid():
        messages.error(request, _("Choose what to do with the pair."))
        return redirect("mentorships:card", pk=pk)
    try:
        actions.set_pair_status(
            pair, MentorshipStatus(status), reason=form.cleaned_data["reason"], by=request.user
        )
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request, _("Done. The pair: %(state)s.") % {"state": MentorshipStatus(status).label}
        )
    return redirect("mentorships:card", pk=pk)


@require_POST
@requires(Perm.PAIR_APPROVE)
def mentee(request: Request, pk: int) -> HttpResponse:
    """Let one mentee of a group leave it, sit out or go on."""
    own = Mentorship.objects.visible_to(request.user).allowed_to(request.user, Perm.PAIR_APPROVE)
    pair = get_object_or_404(own, pk=pk)
    form = MenteeForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Press one of the buttons beside the mentee."))
        return redirect("mentorships:card", pk=pk)
    data = form.cleaned_data
    tie = get_object_or_404(Tie.objects.visible_to(request.user), mentorship=pair, pk=data["tie"])
    try:
        if data["step"] == "leave":
            actions.leave_group(tie, reason=data["reason"], by=request.user)
            said_words = _("Done: the mentee has left the group and can be matched anew.")
        elif data["step"] == "pause":
            actions.pause_mentee(tie, by=request.user)
            said_words = _("Done: the mentee sits out, the others go on.")
        else:
            actions.resume_mentee(tie, by=request.user)
            said_words = _("Done: the mentee goes on with the group.")
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said_words)
    return redirect("mentorships:card", pk=pk)


@require_http_methods(["GET", "POST"])
@requires(Perm.PAIR_APPROVE)
def replace(request: Request, pk: int) -> HttpResponse:
    """Show who could lead a pair instead of its mentor and what it costs; replace the mentor."""
    own = pairs_seen(request.user).allowed_to(request.user, Perm.PAIR_APPROVE)
    pair = get_object_or_404(own.select_related("programme"), pk=pk)
    if pair.status not in OPEN:
        messages.info(request, _("This pair has ended already."))
        return redirect("mentorships:card", pk=pk)
    mentees = [tie.mentee for tie in pair.ties.all() if tie.ends_on is None]
    change = PairChange(pair.mentor_id, frozenset(one.pk for one in mentees), standing_pairs(pair))
    found = substitutes(pair.programme, pair.form, change)
    shown = candidates(
        request.user, mentees, ((one.mentor, one.explanation, one.price) for one in found)
    )
    shift = () if shown else least_disturbance(pair.programme, pair.form, change)
    form = ReplaceForm(request.user, [one.mentor for one in shown], request.POST or None)
    seen = ";".join(",".join(move) for move in shift)
    if request.method == "POST" and (shown or shift) and form.is_valid():
        moved = moves(request.user, shift)
        if shift and (request.POST.get("seen") != seen or len(moved) < len(shift)):
            messages.error(
                request, _("The pairs have changed meanwhile: look at the moves once more.")
            )
        elif made := _replaced(request, pair, form, moved):
            return redirect("mentorships:card", pk=made.pk)
        return redirect("mentorships:replace", pk=pk)
    context = {
        "pair": pair,
        "form": form,
        "candidates": shown,
        "moved": moves(request.user, shift),
        "seen": seen,
        "mentees": mentees,
        "chosen": str(form.data.get("mentor", "")),
    }
    status = 422 if form.is_bound else 200
    return render(request, "mentorships/replace.html", context, status=status)


def _replaced(
    request: Request, pair: Mentorship, form: ReplaceForm, moved: list[Move]
) -> Mentorship | None:
    """Replace the mentor; where others move along, theirs as well."""
    data = form.cleaned_data
    along = [move for move in moved if move.before]
    own = next((move.after for move in moved if not move.before), None)
    led = pairs_led_to(request.user, [move.mentee.pk for move in along])
    others = {
        led[move.mentee.pk]: move.after for move in along if move.after and move.mentee.pk in led
    }
    mentor = data.get("mentor") or own
    if mentor is None or len(others) < len(along):
        messages.error(request, _("One of the pairs that would move is not yours to change."))
        return None
    try:
        made = actions.replace_mentor(
            pair,
            mentor,
            cause=EndCause(data["cause"]),
            words=data["words"],
            others=others,
            by=request.user,
        )
    except RefusedError as refusal:
        messages.error(request, str(refusal))
        return None
    messages.success(
        request,
        _(
            "The mentor is replaced. The new pair waits for the order: its draft is beside the pair."
        ),
    )
    return made


@require_POST
@requires(Perm.PAIR_APPROVE)
def approve(request: Request, pk: int) -> HttpResponse:
    """Approve the proposed pairs of a matching, all or the ticked ones, and draft the order."""
    run = get_object_or_404(MatchingRun.objects.visible_to(request.user), pk=pk)
    # a curator of one направление approves her own forms only, whatever the address says
    seen = Proposal.objects.visible_to(request.user).filter(run=run)
    if "all" not in request.POST:
        seen = seen.filter(pk__in=ticked(request, "proposals"))
    if not (verdict := may_approve(request.user, list(run.forms.all()))):
        messages.error(request, verdict.reasons[0])
        return redirect("matching:workspace")
    try:
        document = actions.approve_run(
            run, only=list(seen.values_list("pk", flat=True)), by=request.user
        )
    except RefusedError as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)
        return redirect("matching:workspace")
    messages.success(
        request,
        _("The pairs are approved. The draft of the order is below: number, date, signature."),
    )
    return redirect("documents:card", pk=document.pk)
