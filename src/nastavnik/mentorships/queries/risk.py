"""Which pairs need somebody, and why (product: pairs by risk)."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple, Protocol

from django.db.models import BooleanField, ExpressionWrapper, FilteredRelation, Q, Value
from django.db.models.expressions import Combinable
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nastavnik.core.access import SignedIn
from nastavnik.core.dates import today
from nastavnik.core.hooks.upcoming import DAYS
from nastavnik.core.request_cache import cached
from nastavnik.matching.choices import OpinionOutcome
from nastavnik.matching.queries import outcomes_open
from nastavnik.mentorships.catalogues import RiskLimits, cycle
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
from nastavnik.programmes.choices import Side

HELP, SILENT, POSTPONED, LOW, PLAIN = range(5)
# level → its word in addresses and its state
LEVELS = {HELP: "help", SILENT: "silent", POSTPONED: "postponed", LOW: "low", PLAIN: "plain"}
_STATES = {HELP: "sos", SILENT: "risk", POSTPONED: "wait", LOW: "wait", PLAIN: "go"}
_OF_PAIR = ("pk", "status", "starts_on", "ends_on", "ended_on", "programme_id")
# the last one every meeting has: without it there is none
_OF_MEETING = (
    "kind", "status", "held_on", "postponed_from", "n_postponed", "mentor_mark", "mentee_mark", "help_answered_on", "planned_on",
)  # fmt: skip


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
    def status(self) -> Any: ...  # noqa: ANN401, D102 - of the model
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
class Risk:
    """Why a pair stands where it does in the list; the lower the level, the sooner it is looked at.

    Attributes:
        level: one of `LEVELS`.
        words: the reason, empty for a pair that needs nobody.
        days: of silence.
        callers: the sides that ask for help.
        status: the state of the pair.
    """

    level: int
    words: str = ""
    days: int = 0
    callers: tuple[Side, ...] = ()
    status: str = ""

    @property
    def code(self) -> str:
        """Return the word of the level in addresses."""
        return LEVELS[self.level]

    @property
    def state(self) -> str:
        """Return the key of the state."""
        return _STATES[self.level]


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
    )
    rows = (
        pairs.select_related(None)
        .prefetch_related(None)
        .annotate(
            has_paused=_among(Tie.objects.paused()),
            is_advised=_advised_against_if_any(user),
            may_read=readable_by(user),
            told=FilteredRelation("meetings", condition=told),
        )
        .values_list(
            *_OF_PAIR,
            *("has_paused", "is_advised", "may_read"),
            *(f"told__{name}" for name in _OF_MEETING),
        )
    )
    found = []
    n_own = len(_OF_PAIR) + 3
    for (pk, status, starts_on, ends_on, ended_on, programme_id, *flags), several in groupby(
        rows, itemgetter(slice(0, n_own))
    ):
        has_paused, is_advised, may_read = flags
        meetings = [MeetingRow(*row[n_own:]) for row in several if row[-1] is not None]
        risk = risk_of(status, starts_on, meetings, may_read=may_read)
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


def risk_of(status: str, starts_on: dt.date, meetings: Sequence[Facts], *, may_read: bool) -> Risk:
    """Return the risk of one pair.

    Silence is counted for running pairs from the last meeting of which anything is known, or from the beginning.
    """
    limits = cycle().limits
    if may_read and (callers := _callers(meetings)):
        return Risk(HELP, _("help is asked for"), callers=callers, status=status)
    if status != MentorshipStatus.ACTIVE:
        return Risk(PLAIN, status=status)
    days = (today() - max([starts_on, *filter(None, map(_news_on, meetings))])).days
    if _is_due(meetings) and days > limits.silent_days:
        words = ngettext("silent for %(n)s day", "silent for %(n)s days", days) % {"n": days}
        return Risk(SILENT, words, days, status=status)
    moved = [m.n_postponed for m in meetings if m.status == MeetingStatus.POSTPONED]
    if sum(moved) >= limits.postponements:
        return Risk(POSTPONED, _("postponed twice"), status=status)
    if may_read and _is_low(meetings, limits):
        return Risk(LOW, _("twice hard in a row"), status=status)
    return Risk(PLAIN, status=status)


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


def _is_due(meetings: Iterable[Facts]) -> bool:
    return any(m.status in AHEAD and m.planned_on <= today() for m in meetings)


def _is_low(meetings: Iterable[Facts], limits: RiskLimits) -> bool:
    """Tell whether one side found the last meetings hard, as many in a row as the limit says."""
    held = sorted(
        (m for m in meetings if m.held_on), key=lambda m: (m.held_on or m.planned_on, m.planned_on)
    )[-limits.hard_marks :]
    if len(held) < limits.hard_marks:
        return False
    return all(m.mentor_mark == Mark.HARD for m in held) or all(
        m.mentee_mark == Mark.HARD for m in held
    )
