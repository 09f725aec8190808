"""Which pairs need somebody, and why (product: pairs by risk)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Case, Count, DateField, F, Max, Q, QuerySet, Sum, When, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nastavnik.core.dates import today
from nastavnik.core.marks import SignedIn
from nastavnik.mentorships.catalogues import Limits, cycle
from nastavnik.mentorships.choices import AHEAD, Mark, MeetingStatus, MentorshipStatus
from nastavnik.mentorships.models import Meeting, Mentorship, MentorshipQuerySet

HELP, SILENT, POSTPONED, LOW, PLAIN = range(5)
# level → its word in addresses and its state
LEVELS = {HELP: "help", SILENT: "silent", POSTPONED: "postponed", LOW: "low", PLAIN: "plain"}
_STATES = {HELP: "sos", SILENT: "risk", POSTPONED: "wait", LOW: "wait", PLAIN: "go"}


@dataclass(frozen=True, slots=True)
class Risk:
    """Why a pair stands where it does in the list; the lower the level, the sooner it is looked at."""

    level: int
    words: str = ""
    days: int = 0

    @property
    def code(self) -> str:
        """Return the word of the level in addresses."""
        return LEVELS[self.level]

    @property
    def state(self) -> str:
        """Return the key of the state."""
        return _STATES[self.level]


def risks_of(user: SignedIn, pairs: MentorshipQuerySet) -> dict[int, Risk]:
    """Return pair → risk for pairs the user sees, in three statements whatever their number.

    Calls for help and marks are counted only where the user may read marks. Silence is counted for running pairs from the
    last meeting of which anything is known, or from the beginning.
    """
    limits = cycle().limits
    rows = list(pairs.order_by().values_list("pk", "status", "starts_on"))
    readable = set(pairs.order_by().with_marks_for(user).values_list("pk", flat=True))
    facts = _facts(pairs)
    low = _low(pairs, limits) & readable if readable else set()
    return {
        pk: _risk(
            status, starts_on, facts.get(pk, {}), limits, may_read=pk in readable, is_low=pk in low
        )
        for pk, status, starts_on in rows
    }


def _facts(pairs: MentorshipQuerySet) -> dict[int, dict[str, object]]:
    news = Case(
        When(status=MeetingStatus.HELD, then=F("held_on")),
        When(status=MeetingStatus.MISSED, then=F("planned_on")),
        When(status=MeetingStatus.POSTPONED, then=F("postponed_from")),
        output_field=DateField(),
    )
    rows = (
        Meeting.objects.filter(mentorship__in=pairs.order_by().values("pk"))
        .order_by()
        .values("mentorship_id")
        .annotate(
            n_calls=Count(
                "pk",
                filter=Q(help_answered_on=None)
                & (Q(mentor_mark=Mark.HELP) | Q(mentee_mark=Mark.HELP)),
            ),
            n_due=Count("pk", filter=Q(status__in=AHEAD, planned_on__lte=today())),
            n_moved=Sum("n_postponed", filter=Q(status=MeetingStatus.POSTPONED), default=0),
            last_on=Max(news),
        )
    )
    return {row["mentorship_id"]: dict(row) for row in rows}


def _low(pairs: MentorshipQuerySet, limits: Limits) -> set[int]:
    """Return the pairs in which one side found the last meetings hard, as many in a row as the limit says."""
    held = (
        Meeting.objects.filter(
            mentorship__in=pairs.order_by().values("pk"), status=MeetingStatus.HELD
        )
        .annotate(
            place=Window(
                RowNumber(), partition_by="mentorship_id", order_by=["-held_on", "-planned_on"]
            )
        )
        .filter(place__lte=limits.hard_marks)
        .order_by()
    )
    counts: dict[tuple[int, str], int] = {}
    for pk, mentor, mentee in held.values_list("mentorship_id", "mentor_mark", "mentee_mark"):
        for side, mark in (("mentor", mentor), ("mentee", mentee)):
            counts[pk, side] = counts.get((pk, side), 0) + (mark == Mark.HARD)
    return {pk for (pk, _side), n_hard in counts.items() if n_hard >= limits.hard_marks}


def _risk(
    status: str,
    starts_on: dt.date,
    facts: dict[str, object],
    limits: Limits,
    *,
    may_read: bool,
    is_low: bool,
) -> Risk:
    if may_read and facts.get("n_calls"):
        return Risk(HELP, _("help is asked for"))
    if status != MentorshipStatus.ACTIVE:
        return Risk(PLAIN)
    since = max(filter(None, (starts_on, facts.get("last_on"))))  # type: ignore[type-var]
    days = (today() - since).days  # type: ignore[operator]
    if facts.get("n_due") and days > limits.silent_days:
        words = ngettext("silent for %(n)s day", "silent for %(n)s days", days) % {"n": days}
        return Risk(SILENT, words, days)
    if int(str(facts.get("n_moved") or 0)) >= limits.postponements:
        return Risk(POSTPONED, _("postponed twice"))
    return Risk(LOW, _("twice hard in a row")) if is_low else Risk(PLAIN)


def calls_for_help(user: SignedIn, pairs: Iterable[int] | None = None) -> QuerySet[Meeting]:
    """Return the open calls for help this user may read."""
    seen = Mentorship.objects.visible_to(user).with_marks_for(user).values("pk")
    calls = Meeting.objects.asking_for_help().filter(mentorship__in=seen)
    if pairs is not None:
        calls = calls.filter(mentorship__in=list(pairs))
    return calls.select_related("mentorship__mentor__person")
