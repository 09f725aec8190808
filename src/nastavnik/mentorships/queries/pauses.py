"""Reads of pauses: days on which a running pair does not meet, by an order; its terms move by as many (method.md §3.4)."""

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone
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
    if reasons := why_not_extended(pair) or _why_no_second(pair):
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


def _why_no_second(pair: Mentorship) -> list[str]:
    """Return why a pair gets no pause beside one that runs or lies ahead: only one stands on the pair."""
    if pair.pause_until is None or pair.pause_until < today():
        return []
    return [
        _(
            "The pair has a pause until %(day)s: let it pass, or end it on the page of the pair first."
        )
        % {"day": f"{pair.pause_until:%d.%m.%Y}"}
    ]


def faults_of_pause(
    pair: Mentorship,
    first: dt.date,
    last: dt.date,
    *,
    may_be_late: bool = False,
    order: Document | None = None,
) -> list[str]:
    """Return what is wrong with the days of a pause of a pair, in sentences.

    Args:
        pair: the pair.
        first: first day without meetings.
        last: last day without meetings.
        may_be_late: it was drawn up in time, and how long ago it began is no fault.
        order: the order that says so, which is not compared with itself.
    """
    faults = _faults(pair, first, last, may_be_late=may_be_late, order=order)
    return next(([fault] for fault in faults), [])


def _faults(
    pair: Mentorship,
    first: dt.date,
    last: dt.date,
    *,
    may_be_late: bool,
    order: Document | None,
) -> Iterator[str]:
    if last < first:
        yield _("The pause ends before it begins: look at the days.")
    if (last - first).days >= LONGEST_PAUSE_DAYS:
        yield _("A pause is half a year at most: end the pair and match anew.")
    is_late = not may_be_late and first < today() - dt.timedelta(LATE_DAYS)
    if is_late or first < pair.starts_on:
        yield _("A pause begins at most a month ago, and not before the pair.")
    if first > pair.ends_on:
        yield (
            _("The pause begins after the last day of the pair, %(day)s.")
            % {"day": f"{pair.ends_on:%d.%m.%Y}"}
        )
    known = next(
        (one for one in _pauses_of(pair, order) if first <= one[1] and last >= one[0]), None
    )
    if known:
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


def ordered_pause_of(pair: Mentorship, *, order: Document | None = None) -> OrderLine | None:
    """Return the pause of a pair that was registered last, of other orders than the given one."""
    signed = OrderLine.objects.filter(
        mentorship=pair, kind=OrderLineKind.PAUSE, order__status=DocumentStatus.REGISTERED
    )
    # a pair waits in one draft on a pause at a time: the lines stand in the order of registration
    return signed.exclude(order=order).select_related("order").order_by("-pk").first()


def pauses_before(line: OrderLine) -> Iterator[tuple[dt.date, dt.date]]:
    """Yield first and last day of the registered pauses of a pair before that of a line, the latest first.

    One that was ended early for the sake of the next is told as over on the day before that was registered; one that had
    not begun by then is left out. A draft is as if registered today.
    """
    signed = OrderLine.objects.filter(
        mentorship_id=line.mentorship_id,
        kind=OrderLineKind.PAUSE,
        order__status=DocumentStatus.REGISTERED,
        pk__lt=line.pk,
    )
    next_on = _registered_on(line)
    for one in signed.select_related("order").order_by("-pk"):
        if one.pause_from and one.pause_until:
            last = min(one.pause_until, next_on - dt.timedelta(1))
            if one.pause_from <= last:
                yield one.pause_from, last
        next_on = _registered_on(one)


def _registered_on(line: OrderLine) -> dt.date:
    registered_at = line.order.registered_at
    return timezone.localdate(registered_at) if registered_at else today()


def _pauses_of(pair: Mentorship, order: Document | None) -> Iterator[tuple[dt.date, dt.date]]:
    """Yield first and last day of the pauses a pair has and has had by registered orders, without the given one."""
    if pair.pause_from and pair.pause_until:
        yield pair.pause_from, pair.pause_until
    if latest := ordered_pause_of(pair, order=order):
        yield from pauses_before(latest)


def why_pause_waits(document: Document) -> list[str]:
    """Return why a draft on pauses may not be registered: a pair has changed since."""
    changed = []
    for line in lines_of_order(document):
        pair = line.mentorship
        assert line.pause_from is not None  # noqa: S101 - the database sees to it
        assert line.pause_until is not None  # noqa: S101
        reasons = (
            why_not_extended(pair)
            or _why_no_second(pair)
            # drawn up in time and signed later is no fault
            or faults_of_pause(
                pair, line.pause_from, line.pause_until, may_be_late=True, order=document
            )
        )
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
