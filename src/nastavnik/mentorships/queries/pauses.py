"""Reads of pauses: days on which a running pair does not meet, by an order; its terms move by as many (method.md §3.4)."""

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nastavnik.core.access import SignedIn
from nastavnik.core.dates import today
from nastavnik.core.hooks.pair_notes import PairNote
from nastavnik.core.ui.components import few
from nastavnik.documents.choices import DocumentStatus
from nastavnik.documents.models import Document
from nastavnik.mentorships.choices import AHEAD, CLOSED, MeetingKind, OrderLineKind
from nastavnik.mentorships.models import Meeting, Mentorship, OrderLine
from nastavnik.mentorships.queries.orders import lines_of_order, why_not_extended

LONGEST_PAUSE_DAYS = 184
LATE_DAYS = 30  # an absence is often known only when it has begun
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class PauseShift:
    """What a pause does to a pair.

    Attributes:
        n_days: how long it is, both days counted.
        ends_on: the last day of the pair after it.
        moved: key of each meeting that moves → its new day.
        final_on: the new day of the final meeting, None where it does not move.
    """

    n_days: int
    ends_on: dt.date
    moved: dict[int, dt.date]
    final_on: dt.date | None


def shift_of(pair: Mentorship, first: dt.date, last: dt.date) -> PauseShift:
    """Return how a pause from a day to a day, both inside, moves the last day and the meetings planned from its beginning on.

    All move by the length of the pause; from a weekend a meeting goes on to Monday, and none beyond the new last day.
    """
    n_days = (last - first).days + 1
    by = dt.timedelta(n_days)
    ends_on = pair.ends_on + by
    moved: dict[int, dt.date] = {}
    final_on = None
    ahead = Meeting.objects.filter(mentorship=pair, planned_on__gte=first).ahead()
    for meeting in ahead.order_by("planned_on", "pk"):
        day = meeting.planned_on + by
        if day.weekday() >= _SATURDAY:
            day += dt.timedelta(7 - day.weekday())
        moved[meeting.pk] = day = min(day, ends_on)
        if meeting.kind == MeetingKind.FINAL:
            final_on = day
    return PauseShift(n_days, ends_on, moved, final_on)


def why_not_paused(pair: Mentorship) -> list[str]:
    """Return why a pair gets no pause now; nothing where it may."""
    if reasons := why_not_extended(pair):
        return reasons
    others = OrderLine.objects.filter(
        mentorship=pair, kind=OrderLineKind.EXTENSION, order__status=DocumentStatus.DRAFT
    )
    if others.exists():
        return [
            _(
                "More time for this pair waits in a draft of an order: sign it or take the pair out first."
            )
        ]
    return []


def faults_of_pause(pair: Mentorship, first: dt.date, last: dt.date) -> list[str]:
    """Return what is wrong with the days of a pause of a pair, in sentences."""
    return next(([fault] for fault in _faults(pair, first, last)), [])


def _faults(pair: Mentorship, first: dt.date, last: dt.date) -> Iterator[str]:
    if last < first:
        yield _("The pause ends before it begins: look at the days.")
    if (last - first).days >= LONGEST_PAUSE_DAYS:
        yield _("A pause is half a year at most: end the pair and match anew.")
    if first < max(today() - dt.timedelta(LATE_DAYS), pair.starts_on):
        yield _("A pause begins at most a month ago, and not before the pair.")
    if first > pair.ends_on:
        yield (
            _("The pause begins after the last day of the pair, %(day)s.")
            % {"day": f"{pair.ends_on:%d.%m.%Y}"}
        )
    known = pair.pause_from, pair.pause_until
    if known[0] and known[1] and first <= known[1] and last >= known[0]:
        yield (
            _("The pair has a pause from %(first)s to %(last)s already.")
            % {"first": f"{known[0]:%d.%m.%Y}", "last": f"{known[1]:%d.%m.%Y}"}
        )
    held = Meeting.objects.filter(mentorship=pair, held_on__range=(first, last)).order_by("held_on")
    if day := held.values_list("held_on", flat=True).first():
        yield (
            _("They met on %(day)s: a pause has no meetings; begin it later.")
            % {"day": f"{day:%d.%m.%Y}"}
        )


def draft_pause_of(pair: Mentorship) -> OrderLine | None:
    """Return the pause of a pair that waits for its order, if there is one."""
    waiting = OrderLine.objects.filter(
        mentorship=pair, kind=OrderLineKind.PAUSE, order__status=DocumentStatus.DRAFT
    )
    return waiting.select_related("order").first()


def ordered_pause_of(pair: Mentorship) -> OrderLine | None:
    """Return the registered pause a pair has now or has had last."""
    signed = OrderLine.objects.filter(
        mentorship=pair, kind=OrderLineKind.PAUSE, order__status=DocumentStatus.REGISTERED
    )
    return signed.filter(pause_from=pair.pause_from).order_by("-pk").first()


def why_pause_waits(document: Document) -> list[str]:
    """Return why a draft on pauses may not be registered: a pair has changed since."""
    changed = []
    for line in lines_of_order(document):
        pair = line.mentorship
        assert line.pause_from is not None  # noqa: S101 - the database sees to it
        assert line.pause_until is not None  # noqa: S101
        reasons = why_not_extended(pair) or [
            reason
            for reason in faults_of_pause(pair, line.pause_from, line.pause_until)
            # drawn up in time and signed later is no fault
            if line.pause_from >= today() - dt.timedelta(LATE_DAYS)
        ]
        if (
            not reasons
            and shift_of(pair, line.pause_from, line.pause_until).ends_on != line.ends_on
        ):
            reasons = [_("Its last day has changed: put it into the order anew.")]
        changed += [f"{pair.names}: {reason}" for reason in reasons]
    if not changed:
        return []
    return [*few(changed), _("Take such a pair out of the order on its page.")]


def why_pause_stays(document: Document) -> list[str]:
    """Return why a registered order on pauses cannot be taken back: a pair has lived in that time already."""
    stuck = [one.mentorship.names for one in lines_of_order(document) if _has_lived_on(one)]
    if not stuck:
        return []
    return [
        _(
            "%(names)s: the pair has ended, its term or its pause has changed, or a meeting was noted since. The order stands."
        )
        % {"names": "; ".join(few(stuck))}
    ]


def _has_lived_on(line: OrderLine) -> bool:
    pair = line.mentorship
    since = Q(planned_on__gte=line.pause_from) | Q(held_on__gte=line.pause_from)
    noted = Meeting.objects.filter(since, mentorship=pair).told()
    moved = [key for key, _day in line.moved or ()]
    # a meeting postponed before the pause has moved with it and has nothing new to tell
    noted = noted.exclude(pk__in=moved, noted_at=None, status__in=AHEAD)
    return (
        pair.status in CLOSED
        or pair.ends_on != line.ends_on
        or (pair.pause_from, pair.pause_until) != (line.pause_from, line.pause_until)
        or noted.exists()
    )


def what_pause_does(document: Document) -> list[str]:
    """Return how many pairs pause when a draft is registered."""
    n = OrderLine.objects.filter(order=document).count()
    return [
        ngettext(
            "%(n)s pair pauses on its days; its last day and every meeting from then on move by as many.",
            "%(n)s pairs pause on their days; their last days and every meeting from then on move by as many.",
            n,
        )
        % {"n": n}
    ]


def what_taking_pause_back_does(document: Document) -> list[str]:
    """Return how many pairs have no pause again."""
    n = OrderLine.objects.filter(order=document).count()
    return [
        ngettext(
            "%(n)s pair has no pause again; its last day and meetings are where they were.",
            "%(n)s pairs have no pause again; their last days and meetings are where they were.",
            n,
        )
        % {"n": n}
    ]


def pause_notes(user: SignedIn, pairs: Collection[int]) -> dict[int, list[PairNote]]:
    """Return what is said of pauses beside pairs (`core.hooks.pair_notes`): the days, never why."""
    if not pairs:
        return {}
    rows = Mentorship.objects.visible_to(user).filter(pk__in=pairs, pause_until__gte=today())
    rows = rows.exclude(status__in=CLOSED)
    return {
        pk: [_note(first, last)]
        for pk, first, last in rows.values_list("pk", "pause_from", "pause_until")
        if first and last
    }


def _note(first: dt.date, last: dt.date) -> PairNote:
    days = f"{first:%d.%m} – {last:%d.%m.%Y}"
    words = (
        _("until %(day)s") % {"day": f"{last:%d.%m.%Y}"}
        if first <= today()
        else _("planned: %(days)s") % {"days": days}
    )
    return PairNote(_("Pause"), "stop", words, short=_("pause"))
