"""What a pair's page shows of its meetings: the chain, the next tap, the timeline. Marks only for who may read them."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nastavnik.core.access import SignedIn
from nastavnik.core.dates import today
from nastavnik.mentorships.catalogues import cycle
from nastavnik.mentorships.choices import AHEAD, OPEN, Mark, MeetingKind, MeetingStatus
from nastavnik.mentorships.models import Meeting, MeetingQuerySet, Mentorship, Tie
from nastavnik.programmes.choices import Side

S = MeetingStatus


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
class Voice:
    """Whose word on meetings it is: a side of a pair, or one mentee of a group.

    Attributes:
        side: of the two.
        tie: key of the tie of a mentee in a group; None where one person is the whole side.
        since: the day a mentee came into the group, None where that does not matter.
    """

    side: Side
    tie: int | None = None
    since: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """An open call for help and who calls, as people say it."""

    meeting: Meeting
    words: str


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
    calls: tuple[Call, ...] = ()


def meetings_of(pair: Mentorship) -> list[Meeting]:
    """Return the meetings of a pair in the order of their days."""
    return list(Meeting.objects.filter(mentorship=pair))


def meetings_to_strike(pair: Mentorship) -> MeetingQuerySet:
    """Return the meetings that an end of a pair strikes: those ahead, but for one at which help was asked for."""
    asking = Meeting.objects.asking_for_help().values("pk")
    ahead = Meeting.objects.filter(mentorship=pair, planned_on__gt=today()).ahead()
    return ahead.exclude(pk__in=asking)


def own_voice(user: SignedIn, pair: Mentorship) -> Voice | None:
    """Return as whom a user speaks in an open pair or group; its ties are to be fetched.

    A mentee who sits out says nothing.
    """
    person_id = user.viewer.person_id
    if person_id is None or pair.status not in OPEN:
        return None
    if pair.mentor.person_id == person_id:
        return Voice(Side.MENTOR)
    for tie in pair.ties.all():
        if tie.mentee.person_id == person_id and tie.ends_on is None and tie.paused_on is None:
            return voice_of(pair, tie)
    return None


def voice_of(pair: Mentorship, tie: Tie) -> Voice:
    """Return the voice of a mentee: an own one in a group, that of the side in a pair."""
    return Voice(Side.MENTEE, tie.pk, tie.starts_on) if pair.is_group else Voice(Side.MENTEE)


def voices_of(pair: Mentorship) -> list[tuple[Voice, str]]:
    """Return who marks the meetings of a pair and how they are called: two sides, in a group each mentee by name."""
    mentor = (Voice(Side.MENTOR), str(Side.MENTOR.label))
    if not pair.is_group:
        return [mentor, (Voice(Side.MENTEE), str(Side.MENTEE.label))]
    ties = pair.ties.all()
    return [mentor, *((voice_of(pair, tie), tie.mentee.person.short_name) for tie in ties)]


def can_undo(meeting: Meeting, user_id: int, now: dt.datetime) -> bool:
    """Tell whether this user may take the last note of a meeting back: the own one, for ten minutes."""
    if meeting.before is None or meeting.noted_at is None or meeting.noted_by_id != user_id:
        return False
    return now - meeting.noted_at <= dt.timedelta(minutes=cycle().limits.undo_minutes)


def chain_of(meetings: Iterable[Meeting], voices: Collection[Voice]) -> Chain:
    """Return the chain of five, empty for a pair that has no meetings yet.

    Args:
        meetings: of one pair.
        voices: whose marks may be shown; the mentees' side of a group as a whole is a voice without a tie.
    """
    by_kind: dict[str, list[Meeting]] = {kind: [] for kind in MeetingKind}
    for meeting in meetings:
        by_kind[meeting.kind].append(meeting)
    if not any(by_kind.values()):
        return []
    return [
        Link(
            _("Regular ones") if kind == MeetingKind.REGULAR else str(MeetingKind(kind).label),
            tuple(_node(meeting, voices) for meeting in found),
            _words_of_many(found) if kind == MeetingKind.REGULAR else _words_of(found),
        )
        for kind, found in by_kind.items()
    ]


def _node(meeting: Meeting, voices: Collection[Voice]) -> Node:
    day = meeting.held_on or meeting.planned_on
    words = f"{day:%d.%m}: {state_words(meeting)}"
    if meeting.status == S.HELD:
        return Node(
            "held",
            mentor=any(v.side == Side.MENTOR and mark_of(meeting, v) for v in voices),
            mentee=any(v.side == Side.MENTEE and mark_of(meeting, v) for v in voices),
            words=words,
        )
    if meeting.status == S.MISSED:
        return Node("missed", words=words)
    if meeting.planned_on <= today():
        return Node("wait", words=words)
    return Node("moved" if meeting.status == S.POSTPONED else "ahead", words=words)


def shapes_of(pairs: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """Return pair → the shapes of its chain in the order of days, without marks; one query. Whose pairs is asked by the caller."""
    rows = Meeting.objects.filter(mentorship__in=list(pairs)).order_by("planned_on", "pk")
    found: dict[int, list[str]] = {}
    day = today()
    for pair, status, planned_on in rows.values_list("mentorship_id", "status", "planned_on"):
        found.setdefault(pair, []).append(_shape(status, planned_on, day))
    return {pair: tuple(shapes) for pair, shapes in found.items()}


def _shape(status: str, planned_on: dt.date, day: dt.date) -> str:
    if status == S.HELD:
        return "held"
    if status == S.MISSED:
        return "missed"
    if planned_on <= day:
        return "wait"
    return "moved" if status == S.POSTPONED else "ahead"


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
class MoodLine:
    """The marks of one voice as points of a picture: height is the mark, the form tells the side, a blank breaks the line."""

    name: str
    is_mentor: bool
    path: str
    points: tuple[tuple[int, int, str], ...]


@dataclass(frozen=True, slots=True)
class MoodPicture:
    """The marks over the year: the width of the picture, where months begin, a line a voice."""

    width: int
    months: tuple[tuple[int, str], ...]
    lines: tuple[MoodLine, ...]


# how high a mark stands; a call for help lowest
_HEIGHTS = {Mark.GOOD: 20, Mark.PLAIN: 44, Mark.HARD: 68, Mark.HELP: 92}
_LEFT, _STEP = 110, 26  # of the picture of moods


def _picture(meetings: Sequence[Meeting], voices: Sequence[tuple[Voice, str]]) -> MoodPicture:
    days = [one.held_on or one.planned_on for one in meetings]
    months = []
    for place, day in enumerate(days):
        if not place or day.month != days[place - 1].month:
            months.append((_LEFT + place * _STEP, f"{day:%m}"))
    lines = []
    for number, (voice, name) in enumerate(voices):
        points, path, was_given = [], [], False
        for place, meeting in enumerate(meetings):
            if mark := mark_of(meeting, voice):
                # side by side, so that one does not hide the other
                x, y = _LEFT + place * _STEP, _HEIGHTS[Mark(mark)] + 3 * (number % 3)
                points.append((x, y, f"{days[place]:%d.%m}: {Mark(mark).label.lower()}"))
                path.append(f"{'L' if was_given else 'M'}{x} {y}")
            was_given = bool(mark)
        lines.append(MoodLine(name, voice.side == Side.MENTOR, "".join(path), tuple(points)))
    return MoodPicture(_LEFT + len(days) * _STEP, tuple(months), tuple(lines))


@dataclass(frozen=True, slots=True)
class Moods:
    """The marks of both sides meeting by meeting: a blank is no mark, never an average.

    `rows` is who → for each day icon and word, both empty without a mark; `sums` the same told in figures, empty when
    there are too few; `picture` draws them, None where there are too few.
    """

    days: tuple[dt.date, ...]
    rows: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    sums: tuple[str, ...]
    picture: MoodPicture | None = None


def moods_of(
    meetings: Iterable[Meeting], voices: Sequence[tuple[Voice, str]] | None = None
) -> Moods | None:
    """Return the marks of the meetings held or at which help was asked for; None while there is none.

    Args:
        meetings: of one pair.
        voices: whose marks, and how they are called; by default the two sides.
    """
    voices = voices or [(Voice(side), str(side.label)) for side in Side]
    shown = [m for m in meetings if m.held_on or Mark.HELP in (m.mentor_mark, m.mentee_mark)]
    shown.sort(key=lambda m: (m.held_on or m.planned_on, m.pk))
    rows = tuple((name, tuple(_mood(mark_of(m, voice)) for m in shown)) for voice, name in voices)
    if not any(icon for _name, row in rows for icon, _word in row):
        return None
    days = tuple(m.held_on or m.planned_on for m in shown)
    is_few = len(shown) < FEW_MEETINGS
    if is_few:
        return Moods(days, rows, ())
    sums = tuple(_sum_of(shown, *one) for one in voices)
    return Moods(days, rows, sums, _picture(shown, voices))


def _mood(mark: str) -> tuple[str, str]:
    return (dict(MOODS)[Mark(mark)], Mark(mark).label.lower()) if mark else ("", "")


def _sum_of(meetings: list[Meeting], voice: Voice, name: str) -> str:
    marks = [mark_of(m, voice) for m in meetings]
    told = [f"{mark.label.lower()} {marks.count(mark)}" for mark, _icon in MOODS if mark in marks]
    blank = marks.count(Mark.NONE)
    if blank:
        told.append(_("no mark %(n)s") % {"n": blank})
    return f"{name}: {', '.join(told)}."


def tap_of(
    meetings: list[Meeting],
    user_id: int,
    *,
    voice: Voice | None,
    calling: Sequence[tuple[Voice, str]] = (),
) -> Tap:
    """Return what a person is asked now: the first due meeting nobody noted, else the own missing mark, else the next.

    Args:
        meetings: of one pair, in order.
        user_id: who looks.
        voice: the own one; None for the curator, who is not asked for a mark.
        calling: whose calls for help may be shown, and how they are called.
    """
    now = timezone.now()
    undoable = [m for m in meetings if can_undo(m, user_id, now)]
    last = max(undoable, key=lambda m: m.noted_at or now) if undoable else None
    calls = tuple(Call(m, _words_of_call(m, calling)) for m in meetings if calling and _calls(m))
    due = [m for m in meetings if m.status in AHEAD and m.planned_on <= today()]
    unmarked = [m for m in meetings if voice and asks_mark(m, voice)]
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


def _words_of_call(meeting: Meeting, voices: Sequence[tuple[Voice, str]]) -> str:
    callers = [(voice, name) for voice, name in voices if mark_of(meeting, voice) == Mark.HELP]
    sides = {voice.side for voice, _name in callers}
    named = [name for voice, name in callers if voice.tie]
    if named:
        if Side.MENTOR in sides:
            named = [str(_("the mentor")), *named]
        return _("A grown-up's help is asked for by: %(names)s.") % {"names": ", ".join(named)}
    if len(sides) > 1:
        return _("Both ask a grown-up for help.")
    if Side.MENTOR in sides:
        return _("The mentor asks a grown-up for help.")
    return _("The mentee asks a grown-up for help.")


def mark_of(meeting: Meeting, voice: Voice) -> str:
    """Return the mark of a side, or of one mentee of a group."""
    if voice.side == Side.MENTOR:
        return meeting.mentor_mark
    if voice.tie is None:
        return meeting.mentee_mark
    return str(meeting.mentee_marks.get(str(voice.tie), Mark.NONE.value))


def asks_mark(meeting: Meeting, voice: Voice) -> bool:
    """Tell whether somebody is still asked how a held meeting was: not of meetings before they came."""
    if meeting.held_on is None or mark_of(meeting, voice):
        return False
    if voice.since and meeting.held_on < voice.since:
        return False
    return (today() - meeting.held_on).days <= cycle().limits.ask_days


def own_due_meetings(user: SignedIn) -> list[Meeting]:
    """Return the meetings of the own open pairs that wait for this person's word; one query."""
    person_id = user.viewer.person_id
    if person_id is None:
        return []
    own = Tie.objects.open().filter(
        mentorship=OuterRef("mentorship"), mentee__person_id=person_id, paused_on=None
    )
    led = Q(mentorship__mentor__person_id=person_id)
    is_group = Q(mentorship__is_group=True)
    fresh = Q(status=S.HELD, held_on__gte=today() - dt.timedelta(cycle().limits.ask_days))
    waits = Q(status__in=AHEAD, planned_on__lte=today())
    rows = (
        Meeting.objects.visible_to(user)
        .filter(mentorship__status__in=OPEN)
        .annotate(
            own_tie=Subquery(own.values("pk")[:1]), own_since=Subquery(own.values("starts_on")[:1])
        )
        .filter(
            (led & (waits | (fresh & Q(mentor_mark=Mark.NONE))))
            | (Q(own_tie__isnull=False) & (waits | (fresh & (Q(mentee_mark=Mark.NONE) | is_group))))
        )
        .order_by("planned_on", "pk")
    )
    return [
        row
        for row in rows.select_related("mentorship")
        if row.held_on is None
        or row.own_tie is None  # type: ignore[attr-defined]
        or not row.mentorship.is_group
        or asks_mark(row, Voice(Side.MENTEE, row.own_tie, row.own_since))  # type: ignore[attr-defined]
    ]
