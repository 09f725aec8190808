"""Which pairs need somebody, and why (product: pairs by risk)."""

import datetime as dt
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby, takewhile
from operator import itemgetter
from typing import Any, NamedTuple, Protocol

from django.db.models import BooleanField, ExpressionWrapper, FilteredRelation, Q, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast

from nastavnik.core.access import SignedIn
from nastavnik.core.dates import today
from nastavnik.core.hooks.upcoming import DAYS
from nastavnik.core.request_cache import cached
from nastavnik.matching.choices import OpinionOutcome
from nastavnik.matching.queries import outcomes_open
from nastavnik.mentorships.choices import (
    AHEAD,
    COMPLETABLE,
    Mark,
    MeetingKind,
    MeetingStatus,
    MentorshipStatus,
)
from nastavnik.mentorships.models import Mentorship, MentorshipQuerySet, Tie, TieQuerySet
from nastavnik.mentorships.queries.pairs import ties_advised_against
from nastavnik.programmes.catalogues import PairRule, pair_rules
from nastavnik.programmes.choices import Side
from nastavnik.programmes.models import MentoringForm

_OF_PAIR = (
    "pk", "status", "starts_on", "ends_on", "ended_on", "programme_id", "pause_from", "pause_until",
)  # fmt: skip
# the last one every meeting has: without it there is none
_OF_MEETING = (
    "kind", "status", "held_on", "postponed_from", "n_postponed", "mentor_mark", "mentee_mark", "help_answered_on", "planned_on",
)  # fmt: skip
# how one side found a meeting, as steps of which two sides may stand apart
_STEPS = {Mark.GOOD: 0, Mark.PLAIN: 1, Mark.HARD: 2}
APART = 2  # steps: one side good, the other hard


class MeetingRow(NamedTuple):
    """What the risk is worked out from, as `_OF_MEETING`."""

    kind: str
    status: str
    held_on: dt.date | None
    postponed_from: dt.date | None
    n_postponed: int
    mentor_mark: str
    mentee_mark: str
    help_answered_on: dt.date | None
    planned_on: dt.date


class Facts(Protocol):
    """What the risk needs of a meeting: a `Meeting` or a row of its values."""

    @property
    def kind(self) -> Any: ...  # noqa: ANN401, D102 - of the model
    @property
    def status(self) -> Any: ...  # noqa: ANN401, D102
    @property
    def planned_on(self) -> dt.date: ...  # noqa: D102
    @property
    def held_on(self) -> dt.date | None: ...  # noqa: D102
    @property
    def postponed_from(self) -> dt.date | None: ...  # noqa: D102
    @property
    def n_postponed(self) -> int: ...  # noqa: D102
    @property
    def mentor_mark(self) -> Any: ...  # noqa: ANN401, D102
    @property
    def mentee_mark(self) -> Any: ...  # noqa: ANN401, D102
    @property
    def help_answered_on(self) -> dt.date | None: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Concern:
    """One reason why somebody should look at a pair: the rule, and its number."""

    code: str
    n: int = 0

    @property
    def rule(self) -> PairRule:
        """Return the rule as shipped."""
        return pair_rules()[self.code]

    @property
    def words(self) -> str:
        """Return the reason."""
        return self.rule.reason(self.n)

    @property
    def by_number(self) -> int:
        """Return what sorts equal reasons, the worst first: many days of silence, few days left."""
        return self.n if self.rule.counts_down else -self.n


@dataclass(frozen=True, slots=True)
class Risk:
    """Why a pair stands where it does in the list; the lower the level, the sooner it is looked at.

    Attributes:
        concerns: the reasons, the most important first; empty for a pair that needs nobody.
        callers: the sides that ask for help.
        status: the state of the pair.
    """

    concerns: tuple[Concern, ...] = ()
    callers: tuple[Side, ...] = ()
    status: str = ""

    @property
    def first(self) -> Concern | None:
        """Return the most important reason."""
        return self.concerns[0] if self.concerns else None

    @property
    def level(self) -> int:
        """Return the place of the most important rule; below all of them without one."""
        codes = list(pair_rules())
        return codes.index(self.concerns[0].code) if self.concerns else len(codes)

    @property
    def code(self) -> str:
        """Return the word of the level in addresses."""
        return self.concerns[0].code if self.concerns else "plain"

    @property
    def words(self) -> str:
        """Return the most important reason, empty for a pair that needs nobody."""
        return self.concerns[0].words if self.concerns else ""

    @property
    def n(self) -> int:
        """Return the number of the most important reason: days of silence, how often it was postponed."""
        return self.concerns[0].n if self.concerns else 0

    @property
    def by_number(self) -> int:
        """Return what sorts pairs with the same reason, the worst first."""
        return self.concerns[0].by_number if self.concerns else 0

    @property
    def state(self) -> str:
        """Return the key of the state."""
        return self.concerns[0].rule.state if self.concerns else "go"

    def without(self, quiet: Collection[str]) -> "Risk":
        """Return the same without the reasons that are quiet for now."""
        left = tuple(one for one in self.concerns if one.code not in quiet)
        return self if len(left) == len(self.concerns) else replace(self, concerns=left)


Limits = Mapping[str, int]


def limits_of(own: Mapping[str, Any] | None = None) -> dict[str, int]:
    """Return code → from when on it is told, by a form's own settings; what is nonsense there is as shipped."""
    own = own or {}
    found = {}
    for code, rule in pair_rules().items():
        n = own.get(code)
        is_fit = isinstance(n, int) and rule.least <= n <= rule.most
        found[code] = n if is_fit and n is not None else rule.limit
    return found


@lru_cache(maxsize=256)  # as many settings of forms as differ
def _limits_in(text: str) -> Limits:
    """Return the limits a form has, as its settings are written in the database."""
    return limits_of(json.loads(text))


def form_limits(user: SignedIn) -> dict[int, dict[str, int]]:
    """Return form → limits of its rules, of the forms whose settings differ from what is shipped; once a page."""
    rows = MentoringForm.objects.visible_to(user).exclude(attention_limits={})
    return cached(
        ("form_limits", user.viewer.user_id),
        lambda: {pk: limits_of(own) for pk, own in rows.values_list("pk", "attention_limits")},
    )


def readable_by(user: SignedIn) -> Combinable:
    """Return an expression that tells of a pair whether the user may read its marks."""
    readable = Mentorship.objects.with_marks_for(user).values("pk")
    return ExpressionWrapper(Q(pk__in=readable), output_field=BooleanField())


def advised_against(user: SignedIn) -> Combinable:
    """Return an expression that tells of a pair whether the psychologist does not recommend it, as far as the user may know."""
    return _among(ties_advised_against(user))


def _advised_against_if_any(user: SignedIn) -> Combinable:
    """Return the same for many pairs: where no warning is open, as on most days, its three subqueries are not built."""
    if OpinionOutcome.AGAINST in outcomes_open(user):
        return advised_against(user)
    return Value(value=False, output_field=BooleanField())


@dataclass(frozen=True, slots=True)
class PairNow:
    """A pair as the first page counts it.

    Attributes:
        coming: the days ahead, a week of them, for which a meeting is planned.
        has_paused: somebody of the group sits out.
        is_advised_against: the psychologist does not recommend it, as far as the user may know.
        has_met: a meeting of it took place.
        is_over: it goes on, but its last meeting was held or its last day has passed: it is to be completed.
        ended_on: the day it ended; None while it goes on.
    """

    pk: int
    status: str
    programme_id: int
    risk: Risk
    coming: tuple[dt.date, ...]
    has_paused: bool
    is_advised_against: bool
    has_met: bool
    is_over: bool
    ended_on: dt.date | None


def risks_of(user: SignedIn, pairs: MentorshipQuerySet) -> dict[int, Risk]:
    """Return pair → risk in the order of the pairs, in one statement whatever their number.

    Calls for help and marks are counted only where the user may read marks.
    """
    return {pair.pk: pair.risk for pair in _pairs_now(user, pairs)}


def pairs_now(user: SignedIn) -> list[PairNow]:
    """Return all pairs a user sees, whatever their state; asked once a page."""
    return cached(
        ("pairs_now", user.viewer.user_id),
        lambda: _pairs_now(user, Mentorship.objects.visible_to(user)),
    )


def _among(ties: TieQuerySet) -> Combinable:
    # not by `Exists`: it would be asked again for every meeting of a pair
    return ExpressionWrapper(Q(pk__in=ties.values("mentorship_id")), output_field=BooleanField())


def _pairs_now(user: SignedIn, pairs: MentorshipQuerySet) -> list[PairNow]:
    day = today()
    week = day + dt.timedelta(DAYS - 1)
    told = (
        ~Q(meetings__status=MeetingStatus.PLANNED)
        | Q(meetings__planned_on__lte=week)
        | ~Q(meetings__mentor_mark=Mark.NONE)
        | ~Q(meetings__mentee_mark=Mark.NONE)
        | Q(meetings__kind=MeetingKind.FINAL)
    )
    rows = (
        pairs.select_related(None)
        .prefetch_related(None)
        .annotate(
            has_paused=_among(Tie.objects.paused()),
            is_advised=_advised_against_if_any(user),
            may_read=readable_by(user),
            # as text: a dict would be made of it for every meeting of every pair
            form_limits=Cast("form__attention_limits", TextField()),
            told=FilteredRelation("meetings", condition=told),
        )
        .values_list(
            *_OF_PAIR,
            *("has_paused", "is_advised", "may_read", "form_limits"),
            *(f"told__{name}" for name in _OF_MEETING),
        )
    )
    found = []
    n_own = len(_OF_PAIR) + 4
    for (
        pk,
        status,
        starts_on,
        ends_on,
        ended_on,
        programme_id,
        pause_from,
        pause_until,
        *flags,
    ), several in groupby(rows, itemgetter(slice(0, n_own))):
        has_paused, is_advised, may_read, limits = flags
        meetings = [MeetingRow(*row[n_own:]) for row in several if row[-1] is not None]
        risk = risk_of(
            PairSpan(status, starts_on, ends_on, pause_from, pause_until),
            meetings,
            day=day,
            limits=_limits_in(limits),
            may_read=may_read,
        )
        coming = tuple(
            m.planned_on for m in meetings if m.status in AHEAD and day <= m.planned_on <= week
        )
        held = {m.kind for m in meetings if m.status == MeetingStatus.HELD}
        is_over = status in COMPLETABLE and (MeetingKind.FINAL in held or ends_on < day)
        found.append(
            PairNow(
                pk, status, programme_id, risk, coming, has_paused, is_advised,
                has_met=bool(held), is_over=is_over, ended_on=ended_on,
            )
        )  # fmt: skip
    return found


class PairSpan(NamedTuple):
    """The state of a pair, its days and those of its pause."""

    status: str
    starts_on: dt.date
    ends_on: dt.date
    pause_from: dt.date | None = None
    pause_until: dt.date | None = None


def risk_of(
    pair: PairSpan, meetings: Sequence[Facts], *, day: dt.date, limits: Limits, may_read: bool
) -> Risk:
    """Return the risk of one pair on a day.

    Args:
        pair: its state and days.
        meetings: its meetings; those still ahead only where they are known, the final one always.
        day: as of when.
        limits: code → from when on a rule tells of it.
        may_read: marks and calls for help count.
    """
    callers = _callers(meetings) if may_read else ()
    numbers: dict[str, int | None] = {"help": 0 if callers else None}
    if pair.status == MentorshipStatus.APPROVED:
        numbers["no_order"] = (day - pair.starts_on).days
    elif pair.status == MentorshipStatus.ACTIVE:
        numbers |= {
            "silent": _silence(pair, meetings, day),
            "postponed": sum(
                m.n_postponed for m in meetings if m.status == MeetingStatus.POSTPONED
            ),
            "no_final": _days_left(pair, meetings, day),
            "no_word": _unsaid(meetings, day),
        }
        if may_read:
            numbers |= {"apart": _apart(meetings), "low": _low(meetings)}
    concerns = tuple(
        Concern(code, n)
        for code in pair_rules()
        if (n := numbers.get(code)) is not None and _tells(code, n, day, limits[code])
    )
    return Risk(concerns, callers, pair.status)


def _tells(code: str, n: int, day: dt.date, limit: int) -> bool:
    """Tell whether a number is past its limit: days over it, counts from it on, days left down to it."""
    if code in {"silent", "no_order"}:
        return n > limit
    if code == "no_final":
        return n <= limit
    if code == "no_word":
        return n > 0 and day.day >= limit
    return n >= limit


def _callers(meetings: Iterable[Facts]) -> tuple[Side, ...]:
    asking = [m for m in meetings if m.help_answered_on is None]
    found = []
    if any(m.mentor_mark == Mark.HELP for m in asking):
        found.append(Side.MENTOR)
    if any(m.mentee_mark == Mark.HELP for m in asking):
        found.append(Side.MENTEE)
    return tuple(found)


def _news_on(meeting: Facts) -> dt.date | None:
    if meeting.status == MeetingStatus.MISSED:
        return meeting.planned_on
    return meeting.held_on or meeting.postponed_from


def _silence(pair: PairSpan, meetings: Sequence[Facts], day: dt.date) -> int | None:
    """Return the days since anything was known of a meeting, or since the beginning; None while none is due."""
    if not any(m.status in AHEAD and m.planned_on <= day for m in meetings):
        return None
    known = [pair.starts_on, *filter(None, map(_news_on, meetings))]
    if pair.pause_until and pair.pause_from and pair.pause_from <= day:
        # while it pauses nobody is silent, and after it the days are counted anew
        known.append(pair.pause_until)
    return (day - max(known)).days


def _days_left(pair: PairSpan, meetings: Iterable[Facts], day: dt.date) -> int | None:
    """Return the days to the end of a pair that has no final meeting, held or ahead; None of any other."""
    stands = (MeetingStatus.HELD, *AHEAD)
    if any(m.kind == MeetingKind.FINAL and m.status in stands for m in meetings):
        return None
    left = (pair.ends_on - day).days
    return left if left >= 0 else None


def _unsaid(meetings: Iterable[Facts], day: dt.date) -> int:
    """Return how many meetings of the month before wait for a word."""
    last = day.replace(day=1) - dt.timedelta(days=1)
    return sum(m.status in AHEAD and last.replace(day=1) <= m.planned_on <= last for m in meetings)


def _held(meetings: Iterable[Facts]) -> list[Facts]:
    """Return the meetings held, the last first."""
    return sorted(
        (m for m in meetings if m.held_on),
        key=lambda m: (m.held_on or m.planned_on, m.planned_on),
        reverse=True,
    )


def _apart(meetings: Iterable[Facts]) -> int:
    """Return at how many of the last meetings, marked by both sides, one was good and the other hard."""
    both = (
        (_STEPS[Mark(m.mentor_mark)], _STEPS[Mark(m.mentee_mark)])
        for m in _held(meetings)
        if m.mentor_mark in _STEPS and m.mentee_mark in _STEPS
    )
    return len(list(takewhile(lambda two: abs(two[0] - two[1]) >= APART, both)))


def _low(meetings: Iterable[Facts]) -> int:
    """Return at how many of the last meetings in a row the same side found it hard."""
    held = _held(meetings)
    sides = ([m.mentor_mark for m in held], [m.mentee_mark for m in held])
    return max(len(list(takewhile(Mark.HARD.__eq__, marks))) for marks in sides)
