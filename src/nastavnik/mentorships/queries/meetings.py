"""What a pair's page shows of its meetings: the chain, the next tap, the timeline. Marks only for who may read them."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nastavnik.core.dates import today
from nastavnik.core.marks import SignedIn
from nastavnik.core.timeline import Subject, TimelineEvent
from nastavnik.mentorships.catalogues import cycle
from nastavnik.mentorships.choices import AHEAD, CLOSED, OPEN, Mark, MeetingKind, MeetingStatus
from nastavnik.mentorships.models import Meeting, Mentorship, PairStep
from nastavnik.programmes.choices import Side

S = MeetingStatus
_STEP_STATES = {
    "approved": "wait", "active": "go", "suspended": "stop", "completed": "done", "cancelled": "next",
}  # fmt: skip
_MEETING_STATES = {S.HELD: "done", S.MISSED: "risk", S.POSTPONED: "wait", S.PLANNED: "next"}


@dataclass(frozen=True, slots=True)
class Node:
    """One circle: `shape` is held, wait, ahead, moved or missed; the halves are filled for sides that marked."""

    shape: str
    mentor: bool = False
    mentee: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """One link of the chain with its circles and the words under it."""

    title: str
    nodes: tuple[Node, ...]
    words: str


Chain = list[Link]


@dataclass(frozen=True, slots=True)
class Tap:
    """The meeting a person is asked about now.

    Attributes:
        meeting: the one the buttons note; None when nothing is planned any more.
        is_due: its day has come, so that one may say how it went.
        wants_outcome: nobody has said yet what became of it.
        wants_mark: it took place and this side has not said how it was.
        undoable: the meeting whose last note this person may take back.
        calls: open calls for help this person may read.
    """

    meeting: Meeting | None
    is_due: bool = False
    wants_outcome: bool = False
    wants_mark: bool = False
    undoable: Meeting | None = None
    calls: tuple[Meeting, ...] = ()


def meetings_of(pair: Mentorship) -> list[Meeting]:
    """Return the meetings of a pair in the order of their days."""
    return list(Meeting.objects.filter(mentorship=pair))


def own_side(user: SignedIn, pair: Mentorship) -> Side | None:
    """Return on which side of an open pair a user stands; its ties are to be fetched."""
    person_id = user.viewer.person_id
    if person_id is None or pair.status not in OPEN:
        return None
    if pair.mentor.person_id == person_id:
        return Side.MENTOR
    mine = any(t.mentee.person_id == person_id and t.ends_on is None for t in pair.ties.all())
    return Side.MENTEE if mine else None


def can_undo(meeting: Meeting, user_id: int, now: dt.datetime) -> bool:
    """Tell whether this user may take the last note of a meeting back: the own one, for ten minutes."""
    if meeting.before is None or meeting.noted_at is None or meeting.noted_by_id != user_id:
        return False
    return now - meeting.noted_at <= dt.timedelta(minutes=cycle().limits.undo_minutes)


def chain_of(meetings: Iterable[Meeting], sides: frozenset[Side]) -> Chain:
    """Return the chain of five, empty for a pair that has no meetings yet.

    Args:
        meetings: of one pair.
        sides: whose marks may be shown.
    """
    by_kind: dict[str, list[Meeting]] = {kind: [] for kind in MeetingKind}
    for meeting in meetings:
        by_kind[meeting.kind].append(meeting)
    if not any(by_kind.values()):
        return []
    return [
        Link(
            _("Regular ones") if kind == MeetingKind.REGULAR else str(MeetingKind(kind).label),
            tuple(_node(meeting, sides) for meeting in found),
            _words_of_many(found) if kind == MeetingKind.REGULAR else _words_of(found),
        )
        for kind, found in by_kind.items()
    ]


def _node(meeting: Meeting, sides: frozenset[Side]) -> Node:
    day = meeting.held_on or meeting.planned_on
    words = f"{day:%d.%m}: {state_words(meeting)}"
    if meeting.status == S.HELD:
        return Node(
            "held",
            mentor=Side.MENTOR in sides and bool(meeting.mentor_mark),
            mentee=Side.MENTEE in sides and bool(meeting.mentee_mark),
            words=words,
        )
    if meeting.status == S.MISSED:
        return Node("missed", words=words)
    if meeting.planned_on <= today():
        return Node("wait", words=words)
    return Node("moved" if meeting.status == S.POSTPONED else "ahead", words=words)


def state_words(meeting: Meeting) -> str:
    """Return the state of a meeting as people say it."""
    if meeting.status in AHEAD and meeting.planned_on <= today():
        return _("waits for a note")
    if meeting.status == S.POSTPONED and meeting.postponed_from:
        return _("postponed from %(day)s") % {"day": f"{meeting.postponed_from:%d.%m}"}
    return str(S(meeting.status).label)


def _words_of(found: list[Meeting]) -> str:
    if not found:
        return _("not planned")
    (meeting,) = found
    return f"{meeting.held_on or meeting.planned_on:%d.%m.%Y}, {state_words(meeting)}"


def _words_of_many(found: list[Meeting]) -> str:
    if not found:
        return _("not planned")
    n_held = sum(meeting.status == S.HELD for meeting in found)
    n_missed = sum(meeting.status == S.MISSED for meeting in found)
    waiting = [m for m in found if m.status in AHEAD and m.planned_on <= today()]
    coming = [m.planned_on for m in found if m.status in AHEAD and m.planned_on > today()]
    parts = [
        ngettext("%(n)s was held", "%(n)s were held", n_held) % {"n": n_held} if n_held else "",
        ngettext("%(n)s did not take place", "%(n)s did not take place", n_missed) % {"n": n_missed}
        if n_missed
        else "",
        ngettext("%(n)s waits for a note", "%(n)s wait for a note", len(waiting))
        % {"n": len(waiting)}
        if waiting
        else "",
        _("the next on %(day)s") % {"day": f"{min(coming):%d.%m.%Y}"} if coming else "",
    ]
    return "; ".join(part for part in parts if part)


# marks that one side gives, the best first, with the icon of each
MOODS = ((Mark.GOOD, "smile"), (Mark.PLAIN, "meh"), (Mark.HARD, "frown"), (Mark.HELP, "life-buoy"))
FEW_MEETINGS = 4  # of fewer nothing is said in sum: marks are shown, not counted


@dataclass(frozen=True, slots=True)
class Moods:
    """The marks of both sides meeting by meeting: a blank is no mark, never an average.

    `rows` is side → for each day icon and word, both empty without a mark; `sums` the same told in figures, empty when
    there are too few.
    """

    days: tuple[dt.date, ...]
    rows: tuple[tuple[Side, tuple[tuple[str, str], ...]], ...]
    sums: tuple[str, ...]


def moods_of(meetings: Iterable[Meeting]) -> Moods | None:
    """Return the marks of the meetings held or at which help was asked for; None while there is none."""
    shown = [m for m in meetings if m.held_on or Mark.HELP in (m.mentor_mark, m.mentee_mark)]
    shown.sort(key=lambda m: (m.held_on or m.planned_on, m.pk))
    icons = dict(MOODS)
    rows = tuple(
        (
            side,
            tuple(
                (icons.get(Mark(mark_of(m, side)), ""), Mark(mark_of(m, side)).label.lower() if mark_of(m, side) else "")
                for m in shown
            ),
        )
        for side in Side
    )  # fmt: skip
    if not any(icon for _side, row in rows for icon, _word in row):
        return None
    days = tuple(m.held_on or m.planned_on for m in shown)
    is_few = len(shown) < FEW_MEETINGS
    return Moods(days, rows, () if is_few else tuple(_sum_of(shown, side) for side in Side))


def _sum_of(meetings: list[Meeting], side: Side) -> str:
    marks = [mark_of(m, side) for m in meetings]
    told = [f"{mark.label.lower()} {marks.count(mark)}" for mark, _icon in MOODS if mark in marks]
    blank = marks.count(Mark.NONE)
    if blank:
        told.append(_("no mark %(n)s") % {"n": blank})
    return f"{side.label}: {', '.join(told)}."


def tap_of(
    meetings: list[Meeting], user_id: int, *, side: Side | None, may_read: bool = False
) -> Tap:
    """Return what a person is asked now: the first due meeting nobody noted, else the own missing mark, else the next.

    Args:
        meetings: of one pair, in order.
        user_id: who looks.
        side: the own side; None for the curator, who is not asked for a mark.
        may_read: whether calls for help may be shown.
    """
    now = timezone.now()
    undoable = [m for m in meetings if can_undo(m, user_id, now)]
    last = max(undoable, key=lambda m: m.noted_at or now) if undoable else None
    calls = tuple(m for m in meetings if may_read and _calls(m))
    due = [m for m in meetings if m.status in AHEAD and m.planned_on <= today()]
    unmarked = [m for m in meetings if side and asks_mark(m, side)]
    coming = [m for m in meetings if m.status in AHEAD and m.planned_on > today()]
    chosen = next(iter([*due, *unmarked[::-1], *coming]), None)
    return Tap(
        meeting=chosen,
        is_due=chosen is not None and chosen not in coming,
        wants_outcome=chosen in due,
        wants_mark=chosen is not None and chosen in unmarked,
        undoable=last,
        calls=calls,
    )


def _calls(meeting: Meeting) -> bool:
    return (
        Mark.HELP in (meeting.mentor_mark, meeting.mentee_mark) and meeting.help_answered_on is None
    )


def mark_of(meeting: Meeting, side: Side) -> str:
    """Return the mark of a side."""
    return meeting.mentor_mark if side == Side.MENTOR else meeting.mentee_mark


def asks_mark(meeting: Meeting, side: Side) -> bool:
    """Tell whether a side is still asked how a held meeting was."""
    if meeting.held_on is None or mark_of(meeting, side):
        return False
    return (today() - meeting.held_on).days <= cycle().limits.ask_days


def own_due_meetings(user: SignedIn) -> QuerySet[Meeting]:
    """Return the meetings of the own open pairs that wait for this person's word."""
    person_id = user.viewer.person_id
    if person_id is None:
        return Meeting.objects.none()
    led = Q(mentorship__mentor__person_id=person_id)
    led_by = Q(mentorship__ties__mentee__person_id=person_id, mentorship__ties__ends_on=None)
    fresh = Q(status=S.HELD, held_on__gte=today() - dt.timedelta(cycle().limits.ask_days))
    waits = Q(status__in=AHEAD, planned_on__lte=today())
    return (
        Meeting.objects.visible_to(user)
        .filter(mentorship__status__in=OPEN)
        .filter(
            (led & (waits | (fresh & Q(mentor_mark=Mark.NONE))))
            | (led_by & (waits | (fresh & Q(mentee_mark=Mark.NONE))))
        )
        .order_by("planned_on", "pk")
        .distinct()
    )


def timeline_events(user: SignedIn, subject: Subject) -> Iterator[TimelineEvent]:
    """Yield the steps of a pair and what became of its meetings; marks only for who may read them."""
    yield from _steps(user, subject)
    readable = Mentorship.objects.with_marks_for(user).values("pk")
    meetings = Meeting.objects.visible_to(user).filter(mentorship=subject.pair)
    is_readable = ExpressionWrapper(Q(mentorship__in=readable), output_field=BooleanField())
    for meeting in meetings.annotate(is_readable=is_readable):
        may_read = bool(meeting.is_readable)  # type: ignore[attr-defined]
        called = may_read and Mark.HELP in (meeting.mentor_mark, meeting.mentee_mark)
        if meeting.status in (S.HELD, S.MISSED) or meeting.n_postponed or called:
            yield _event(meeting, called=called, may_read=may_read)


def _steps(user: SignedIn, subject: Subject) -> Iterator[TimelineEvent]:
    """Yield the steps of a pair; where its mentor was replaced, by whom or instead of whom and why."""
    steps = PairStep.objects.visible_to(user).filter(mentorship=subject.pair)
    people = ("mentorship__replaces__mentor__person", "mentorship__replaced_by__mentor__person")
    for number, step in enumerate(steps.select_related(*people)):
        pair, words = step.mentorship, ""
        before, after = pair.replaces, getattr(pair, "replaced_by", None)
        if step.status in CLOSED:
            named = after and _("the mentor now is %(name)s") % {
                "name": after.mentor.person.short_name
            }
            words = "; ".join(filter(None, [pair.end_words, named]))
        elif number == 0 and before:
            name = before.mentor.person.short_name
            words = _("instead of %(name)s: %(why)s") % {"name": name, "why": before.end_words}
        yield TimelineEvent(
            step.on,
            _STEP_STATES[step.status],
            _("Pair: %(state)s") % {"state": step.get_status_display()},
            words,
        )


def _event(meeting: Meeting, *, called: bool, may_read: bool) -> TimelineEvent:
    on = meeting.held_on or meeting.postponed_from or meeting.planned_on
    if meeting.status in (S.HELD, S.MISSED):
        on = meeting.held_on or meeting.planned_on
    said = []
    if may_read:
        said = [
            _("mentor: %(mark)s") % {"mark": meeting.get_mentor_mark_display().lower()} if meeting.mentor_mark else "",
            _("mentee: %(mark)s") % {"mark": meeting.get_mentee_mark_display().lower()} if meeting.mentee_mark else "",
        ]  # fmt: skip
    open_call = called and meeting.help_answered_on is None
    said.append(meeting.note)
    return TimelineEvent(
        min(on, today()),
        "sos" if open_call else _MEETING_STATES[S(meeting.status)],
        f"{meeting.get_kind_display()}: {_told(meeting)}",
        ", ".join(part for part in said if part),
    )


def _told(meeting: Meeting) -> str:
    if meeting.status == S.POSTPONED:
        return _("postponed to %(day)s") % {"day": f"{meeting.planned_on:%d.%m.%Y}"}
    return state_words(meeting)
