"""Reads of what orders say of pairs after their beginning: more time, the end (method.md §3.4)."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nastavnik.core.access import SignedIn
from nastavnik.core.dates import today
from nastavnik.core.ui.components import few
from nastavnik.documents.choices import DocumentStatus
from nastavnik.documents.models import Document
from nastavnik.mentorships.choices import (
    CLOSED,
    EXTENDABLE,
    MOVING,
    MeetingKind,
    MeetingStatus,
    OrderLineKind,
)
from nastavnik.mentorships.models import (
    Meeting,
    Mentorship,
    MentorshipQuerySet,
    OrderLine,
    OrderLineQuerySet,
    Tie,
)
from nastavnik.mentorships.queries.pairs import ties_of_end, why_not_together, with_people

#: An end whose order nobody has asked for by then is history.
DAYS_FOR_ENDING_ORDER = 120
LONGEST_EXTENSION_DAYS = 366


def lines_of_order(document: Document) -> list[OrderLine]:
    """Return what an order says, with the people of the pairs: of a group those who are in it, or were when it ended."""
    pairs = with_people(Mentorship.objects.all(), Tie.objects.present())
    lines = OrderLine.objects.filter(order=document).prefetch_related(Prefetch("mentorship", pairs))
    return sorted(
        lines,
        key=lambda one: (one.mentorship.mentor.person.search_name, one.mentorship_id),
    )


def order_lines_on(user: SignedIn, pair: Mentorship) -> OrderLineQuerySet:
    """Return what orders say of a pair, with the orders."""
    return OrderLine.objects.visible_to(user).filter(mentorship=pair).select_related("order")


def why_not_extended(pair: Mentorship) -> list[str]:
    """Return why a pair gets no more time; nothing where it may."""
    if pair.status not in EXTENDABLE:
        return [
            _("Only a pair that runs gets more time: this one waits for its order or has ended.")
        ]
    last = Meeting.objects.filter(
        mentorship=pair, kind=MeetingKind.FINAL, status=MeetingStatus.HELD
    )
    if last.exists():
        return [_("The final meeting was held already: complete the pair.")]
    return []


def why_no_more_time(pair: Mentorship) -> list[str]:
    """Return why more time for a pair is not put into a draft now; nothing where it may."""
    if reasons := why_not_extended(pair):
        return reasons
    others = OrderLine.objects.filter(
        mentorship=pair, kind=OrderLineKind.PAUSE, order__status=DocumentStatus.DRAFT
    )
    if others.exists():
        return [
            _(
                "A pause of this pair waits in a draft of an order: sign it or take the pair out first."
            )
        ]
    return []


def draft_extension_of(pair: Mentorship) -> OrderLine | None:
    """Return the extension of a pair that waits for its order, if there is one."""
    waiting = OrderLine.objects.filter(
        mentorship=pair, kind=OrderLineKind.EXTENSION, order__status=DocumentStatus.DRAFT
    )
    return waiting.select_related("order").first()


def ended_without_order(pairs: MentorshipQuerySet) -> MentorshipQuerySet:
    """Leave the pairs that an order attached and that have ended of late without an order on it; a replaced one has its own."""
    attached = Tie.objects.filter(
        mentorship=OuterRef("pk"), order__status=DocumentStatus.REGISTERED
    )
    moved = Tie.objects.filter(moved_from=OuterRef("pk"))
    named = OrderLine.objects.filter(mentorship=OuterRef("pk")).exclude(kind__in=MOVING)
    since = today() - dt.timedelta(DAYS_FOR_ENDING_ORDER)
    return pairs.filter(
        Exists(attached), ~Exists(moved), ~Exists(named), status__in=CLOSED, ended_on__gte=since
    )


def why_end_stands(pair: Mentorship) -> list[str]:
    """Return why a pair that has ended cannot be reopened for the sake of a registered order on its end."""
    order = Document.objects.filter(
        order_lines__in=OrderLine.objects.filter(mentorship=pair).exclude(kind__in=MOVING),
        status=DocumentStatus.REGISTERED,
    ).first()
    if order is None:
        return []
    return [
        _(
            "The order № %(number)s says that it has ended: cancel that by a new order and match anew."
        )
        % {"number": order.number}
    ]


def why_stays_ended(pair: Mentorship) -> list[str]:
    """Return why a pair that may still be reopened cannot be now; its form and the mentor's person are to be fetched."""
    ties = ties_of_end(pair).select_related("mentee__person")
    apart = why_not_together(pair, pair.mentor, [tie.mentee for tie in ties])
    return [*why_end_stands(pair), *apart]


def why_extension_stays(document: Document) -> list[str]:
    """Return why a registered order on more time cannot be taken back: a pair has lived in that time already."""
    stuck = [one.mentorship.names for one in lines_of_order(document) if _has_lived_on(one)]
    if not stuck:
        return []
    return [
        _(
            "%(names)s: the pair has ended, got more time again or noted a meeting since. The order stands."
        )
        % {"names": "; ".join(few(stuck))}
    ]


def _has_lived_on(line: OrderLine) -> bool:
    pair = line.mentorship
    # a final meeting moved into that time brought its old note along
    moved = Q(kind=MeetingKind.FINAL, status=MeetingStatus.PLANNED, noted_at=None)
    later = Meeting.objects.filter(
        mentorship=pair, planned_on__gt=line.ended_before or pair.ends_on
    ).exclude(moved)
    return pair.status in CLOSED or pair.ends_on != line.ends_on or later.told().exists()


def why_extension_waits(document: Document) -> list[str]:
    """Return why a draft on more time may not be registered: a pair has changed since."""
    lines = lines_of_order(document)
    has_it = _("It has that time already.")
    changed = []
    for line in lines:
        reasons = why_not_extended(line.mentorship)
        if not reasons and (line.ends_on or dt.date.min) <= line.mentorship.ends_on:
            reasons = [has_it]
        changed += [f"{line.mentorship.names}: {reason}" for reason in reasons]
    if not changed:
        return []
    return [*few(changed), _("Take such a pair out of the order on its page.")]


def what_extension_does(document: Document) -> list[str]:
    """Return how many pairs get more time when a draft is registered."""
    n = OrderLine.objects.filter(order=document).count()
    return [
        ngettext(
            "%(n)s pair gets a new last day; its final meeting moves there, regular ones are added.",
            "%(n)s pairs get a new last day; their final meetings move there, regular ones are added.",
            n,
        )
        % {"n": n}
    ]


def what_taking_extension_back_does(document: Document) -> list[str]:
    """Return how many pairs lose the time again."""
    n = OrderLine.objects.filter(order=document).count()
    return [
        ngettext(
            "%(n)s pair has its old last day again; the meetings planned after it go.",
            "%(n)s pairs have their old last day again; the meetings planned after it go.",
            n,
        )
        % {"n": n}
    ]


def names_of(pairs: Iterable[Mentorship]) -> str:
    """Return a few pairs by name, for a sentence."""
    return "; ".join(few([pair.names for pair in pairs]))
