"""Which pairs need somebody, and why (product: pairs by risk)."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any, Protocol

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.db.models.expressions import Combinable
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nastavnik.core.dates import today
from nastavnik.core.marks import SignedIn
from nastavnik.mentorships.catalogues import Limits, cycle
from nastavnik.mentorships.choices import AHEAD, Mark, MeetingStatus, MentorshipStatus
from nastavnik.mentorships.models import Meeting, Mentorship, MentorshipQuerySet
from nastavnik.programmes.choices import Side

HELP, SILENT, POSTPONED, LOW, PLAIN = range(5)
# level → its word in addresses and its state
LEVELS = {HELP: "help", SILENT: "silent", POSTPONED: "postponed", LOW: "low", PLAIN: "plain"}
_STATES = {HELP: "sos", SILENT: "risk", POSTPONED: "wait", LOW: "wait", PLAIN: "go"}
_FACTS = (
    "mentorship_id", "status", "planned_on", "held_on", "postponed_from", "n_postponed", "mentor_mark", "mentee_mark",
    "help_answered_on",
)  # fmt: skip


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


def risks_of(user: SignedIn, pairs: MentorshipQuerySet) -> dict[int, Risk]:
    """Return pair → risk in the order of the pairs, in two statements whatever their number.

    Calls for help and marks are counted only where the user may read marks.
    """
    rows = list(
        pairs.annotate(may_read=readable_by(user)).values_list(
            "pk", "status", "starts_on", "may_read"
        )
    )
    known = ~Q(status=MeetingStatus.PLANNED) | Q(planned_on__lte=today())
    marked = ~Q(mentor_mark=Mark.NONE) | ~Q(mentee_mark=Mark.NONE)
    meetings = (
        Meeting.objects.filter(known | marked, mentorship__in=pairs.order_by().values("pk"))
        .order_by("mentorship_id")
        .values_list(*_FACTS, named=True)
    )
    by_pair = {key: list(found) for key, found in groupby(meetings, attrgetter("mentorship_id"))}
    return {
        pk: risk_of(status, starts_on, by_pair.get(pk, ()), may_read=may_read)
        for pk, status, starts_on, may_read in rows
    }


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


def _is_low(meetings: Iterable[Facts], limits: Limits) -> bool:
    """Tell whether one side found the last meetings hard, as many in a row as the limit says."""
    held = sorted(
        (m for m in meetings if m.held_on), key=lambda m: (m.held_on or m.planned_on, m.planned_on)
    )[-limits.hard_marks :]
    if len(held) < limits.hard_marks:
        return False
    return all(m.mentor_mark == Mark.HARD for m in held) or all(
        m.mentee_mark == Mark.HARD for m in held
    )
