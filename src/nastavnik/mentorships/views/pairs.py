"""Pages of pairs: the list, one's own, everything about one, its steps."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from nastavnik.core import looks
from nastavnik.core.access import Perm, Role, SignedIn
from nastavnik.core.access.view_access import requires
from nastavnik.core.dates import today
from nastavnik.core.hooks import pair_notes, timeline
from nastavnik.core.http import Request
from nastavnik.core.ui import listing
from nastavnik.core.ui.paging import page_of
from nastavnik.core.ui.refusals import refusals_told
from nastavnik.documents.choices import DocumentStatus
from nastavnik.matching.actions import mark_discussed
from nastavnik.mentorships import actions
from nastavnik.mentorships.choices import (
    CLOSED,
    EXTENDABLE,
    MOVING,
    OPEN,
    MentorshipStatus,
    OrderLineKind,
)
from nastavnik.mentorships.forms import (
    ContactForm,
    MenteeForm,
    NoteForm,
    PairFilter,
    contact_form,
)
from nastavnik.mentorships.models import Meeting, Mentorship, OrderLine, Tie
from nastavnik.mentorships.queries import (
    PAIR_ORDERS,
    Concern,
    Kin,
    PairSpan,
    Risk,
    Voice,
    advised_against,
    chain_of,
    ended_without_order,
    kin_of,
    limits_of,
    meetings_of,
    moods_of,
    open_requests,
    order_lines_on,
    ordered,
    own_requests,
    own_voice,
    pair_rows,
    pairs_for,
    pairs_seen,
    readable_by,
    reopens_until,
    risk_of,
    risks_of,
    shapes_of,
    tap_of,
    voices_of,
    warnings_on,
    whom_one_meets,
    why_stays_ended,
)
from nastavnik.mentorships.tables import pair_table
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
    narrowed = listing.narrowed_by(filters)
    wanted = filters.cleaned_data.pop("risk", "")
    sort = request.GET.get("sort", "")
    sort = sort if sort.removeprefix("-") in PAIR_ORDERS else "state"
    found = ordered(pairs_for(request.user, **filters.cleaned_data), sort)
    risks = risks_of(request.user, found)
    keys = [pk for pk, risk in risks.items() if wanted in ("", risk.code)]
    if sort.removeprefix("-") == "state":
        keys.sort(key=lambda pk: (risks[pk].level, risks[pk].by_number), reverse=sort[0] == "-")
    page = page_of(request, keys, PER_PAGE)
    visible = Mentorship.objects.visible_to(request.user)
    here = listing.rows_for(request, page, keys)
    shown = {row.pk: row for row in pair_rows(request.user, visible.filter(pk__in=here))}
    rows = [shown[pk] for pk in here if pk in shown]
    groups = group_names(person for row in rows for person in (row.mentor, *row.mentees))
    notes = pair_notes.notes_on(request.user, [row.pk for row in rows])
    table = pair_table(
        [(row, risks[row.pk]) for row in rows],
        groups,
        today(),
        narrowed,
        notes=notes,
        chains={} if listing.is_whole(request) else shapes_of(row.pk for row in rows),
    )
    if answer := listing.given(request, table):
        return answer
    return render(
        request,
        "mentorships/list.html",
        {
            "page": page,
            "pairs": rows,
            "table": table,
            "n_risky": sum(bool(risk.words) for risk in risks.values()),
            "filters": filters,
            "sort": sort,
            "sees_part": request.user.viewer.sees_part(Perm.PAIR_VIEW),
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
    met = whom_one_meets(request.user, [pair for pair, _voice in mine])
    return render(
        request,
        "mentorships/own.html",
        {
            "pairs": [pair for pair, _voice in mine],
            "shown": shown,
            "met": met,
            "asked": own_requests(request.user, [pair for pair, _voice in mine]),
            "notes": pair_notes.notes_on(request.user, [pair.pk for pair, _voice in mine]),
        },
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
    seen = pairs_seen(request.user).annotate(
        may_read=readable_by(request.user), is_advised=advised_against(request.user)
    )
    pair = get_object_or_404(seen, pk=pk)
    looks.note_look(request, "pair", _people(pair), organisation_id=pair.organisation_id)
    may_read = bool(pair.may_read)  # type: ignore[attr-defined]
    meetings = meetings_of(pair)
    voices = voices_of(pair) if may_read else []
    may_decide = pair.is_allowed_to(request.user, Perm.PAIR_APPROVE)
    steps = actions.NEXT[MentorshipStatus(pair.status)] if may_decide else ()
    kin = kin_of(request.user, pair.pk)
    lines = list(order_lines_on(request.user, pair))
    return render(
        request,
        "mentorships/card.html",
        {
            "pair": pair,
            "groups": _groups([pair]),
            "cards": _cards(request, pair),
            "orders": {tie.order_id: tie.order for tie in pair.ties.all() if tie.order}.values(),
            "note_form": NoteForm(auto_id="note_%s"),
            "chain": chain_of(meetings, BOTH_SIDES if may_read else ()),
            "tap": tap_of(meetings, request.user.pk, voice=None, calling=voices),
            "risk": (risk := _risk(pair, meetings, may_read=may_read)),
            "contact_forms": _contact_forms(risk)
            if viewer.may(Perm.HELP_ANSWER) and may_read
            else (),
            "events": timeline.events_of(request.user, _subject(pair, lines)),
            "moods": moods_of(meetings, voices) if may_read else None,
            "may_read": may_read,
            "may_note": pair.is_allowed_to(request.user, Perm.MEETING_EDIT),
            "may_answer": viewer.may(Perm.HELP_ANSWER) and may_read,
            "asked": [one for one in open_requests(request.user) if one.mentorship_id == pair.pk]
            if may_read
            else (),
            "steps": sorted(steps),
            "reopens_until": (until := _reopens_until(pair, kin) if may_decide else None),
            "stays_ended": why_stays_ended(pair) if until else (),
            "may_replace": may_decide and pair.status in OPEN,
            "notes": pair_notes.notes_on(request.user, [pair.pk]).get(pair.pk, ()),
            "warnings": warnings_on(request.user, pair) if pair.is_advised else (),  # type: ignore[attr-defined]
            "kin": kin,
            "may_decide": may_decide,
            "may_extend": may_decide and pair.status in EXTENDABLE,
            "lines": lines,
            "pause_stands": bool(pair.pause_until and pair.pause_until >= today()),
            "pause_runs": bool(pair.pause_from and pair.pause_from < today()),
            "pause_cut": _pause_cut(pair, lines),
            "asks_ending_order": may_decide and _asks_ending_order(request.user, pair, lines),
            "may_read_papers": viewer.may(Perm.DOCUMENT_VIEW),
            "may_read_consents": viewer.may(Perm.CONSENT_VIEW),
        },
    )


def _risk(pair: Mentorship, meetings: Sequence[Meeting], *, may_read: bool) -> Risk:
    return risk_of(
        PairSpan(pair.status, pair.starts_on, pair.ends_on, pair.pause_from, pair.pause_until),
        meetings,
        day=today(),
        limits=limits_of(pair.form.attention_limits),
        may_read=may_read,
    )


def _contact_forms(risk: Risk) -> list[tuple[Concern, ContactForm]]:
    """Return the reasons one may speak about, each with its form."""
    return [(one, contact_form(one.code)) for one in risk.concerns if one.rule.quiet_days]


def _pause_cut(pair: Mentorship, lines: Iterable[OrderLine]) -> dt.date | None:
    """Return until when the order on a pause that was ended early lets it last; None where none was."""
    signed = [
        one
        for one in lines
        if one.kind == OrderLineKind.PAUSE and one.order.status == DocumentStatus.REGISTERED
    ]
    latest = max(signed, key=lambda one: one.pk, default=None)
    if latest is None or latest.pause_until is None or latest.pause_until < today():
        return None
    lasts = (pair.pause_from, pair.pause_until) == (latest.pause_from, latest.pause_until)
    return None if lasts else latest.pause_until


def _asks_ending_order(user: SignedIn, pair: Mentorship, lines: Iterable[OrderLine]) -> bool:
    """Tell whether a pair that has ended is in no order on it and should be."""
    if pair.status not in CLOSED or any(one.kind not in MOVING for one in lines):
        return False
    seen = Mentorship.objects.visible_to(user).filter(pk=pair.pk)
    return ended_without_order(seen).exists()


def _reopens_until(pair: Mentorship, kin: Kin) -> dt.date | None:
    """Return until when the page offers to reopen a pair: not where another mentor has taken it over."""
    until = reopens_until(pair)
    return None if until is None or until < today() or kin.after else until


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


def _subject(pair: Mentorship, lines: Iterable[OrderLine]) -> timeline.Subject:
    people = _people(pair)
    papers = {tie.order_id for tie in pair.ties.all() if tie.order_id}
    papers |= {one.order_id for one in lines}
    return timeline.Subject(pair.pk, frozenset(people), frozenset(papers), pair.starts_on)


@require_POST
@requires(Perm.PAIR_APPROVE)
def set_status(request: Request, pk: int) -> HttpResponse:
    """Stop or resume a pair."""
    own = Mentorship.objects.visible_to(request.user).allowed_to(request.user, Perm.PAIR_APPROVE)
    pair = get_object_or_404(own, pk=pk)
    status = request.POST.get("status", "")
    if status in CLOSED:
        # no pair ends by one press: the page of its end says first what follows
        return redirect(f"{reverse('mentorships:end', args=[pk])}?how={status}")
    if status not in MentorshipStatus.values:
        messages.error(request, _("Choose what to do with the pair."))
        return redirect("mentorships:card", pk=pk)
    with refusals_told(request):
        moved = actions.set_pair_status(pair, MentorshipStatus(status), by=request.user)
        text = (
            _("Done. The group: %(state)s.") if pair.is_group else _("Done. The pair: %(state)s.")
        )
        messages.success(request, text % {"state": moved.get_status_display()})
    return redirect("mentorships:card", pk=pk)


@require_POST
@requires(Perm.PAIR_APPROVE)
def keep(request: Request, pk: int) -> HttpResponse:
    """Let a pair go on although the psychologist does not recommend it: they have spoken about it."""
    own = pairs_seen(request.user).allowed_to(request.user, Perm.PAIR_APPROVE)
    pair = get_object_or_404(own, pk=pk)
    for row in warnings_on(request.user, pair):
        mark_discussed(row, by=request.user)
    messages.success(request, _("Noted: you have spoken about it, and it goes on."))
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
    with refusals_told(request):
        if data["step"] == "leave":
            actions.leave_group(tie, reason=data["reason"], by=request.user)
            said_words = _("Done: the mentee has left the group and can be matched anew.")
        elif data["step"] == "pause":
            actions.pause_mentee(tie, by=request.user)
            said_words = _("Done: the mentee sits out, the others go on.")
        else:
            actions.resume_mentee(tie, by=request.user)
            said_words = _("Done: the mentee goes on with the group.")
        messages.success(request, said_words)
    return redirect(f"{reverse('mentorships:card', args=[pk])}#mentees")
