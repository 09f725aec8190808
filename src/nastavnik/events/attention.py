"""What events ask of a curator and of who is invited, and what the next days bring."""

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.dates import today
from nastavnik.core.hooks.attention import AttentionItem, Urgency
from nastavnik.core.hooks.upcoming import UpcomingEvent
from nastavnik.events.models import ProgrammeEvent
from nastavnik.events.queries import SOON_DAYS, own_invitations, waiting


def items(user: SignedIn) -> Iterator[AttentionItem]:
    """Yield events nobody has noted, events to which nobody is invited, and own invitations without an answer."""
    if user.viewer.may(Perm.EVENT_EDIT):
        unnoted, uninvited = waiting(user)
        for event in unnoted[:1]:
            yield AttentionItem(
                Urgency.WEEK, "wait", _("Waits for you"), _said(event),
                _("The event is over: tick off who was there, then its line of the roadmap is done."), _("Tick off"),
                f"{reverse('events:event', args=[event.pk])}#register", place=11,
            )  # fmt: skip
        for event in uninvited[:1]:
            yield AttentionItem(
                Urgency.NEXT, "wait", _("Waits for you"), _said(event),
                _("Nobody is invited yet."), _("Invite"),
                f"{reverse('events:event', args=[event.pk])}#people", place=12,
            )  # fmt: skip
    last = today() + dt.timedelta(SOON_DAYS)
    for guest in own_invitations(user):
        if guest.event.held_on <= last and guest.will_come is None and not guest.event.cancelled_on:
            yield AttentionItem(
                Urgency.LATER, "wait", _("You are invited"), _said(guest.event),
                _("Say whether you will come: one press."), _("Answer"), reverse("events:own"), place=5,
            )  # fmt: skip
            return


def _said(event: ProgrammeEvent) -> str:
    return f"{event.held_on:%d.%m}: {event.title}"


def coming(user: SignedIn, first: dt.date, last: dt.date) -> Iterator[UpcomingEvent]:
    """Yield the events of the next days: those the user sees, and those one is invited to."""
    events = ProgrammeEvent.objects.visible_to(user).still_on().filter(held_on__range=(first, last))
    told = set()
    for event in events:
        told.add(event.pk)
        yield UpcomingEvent(event.held_on, _timed(event), reverse("events:event", args=[event.pk]))
    for guest in own_invitations(user):
        if guest.event_id not in told and not guest.event.cancelled_on:
            yield UpcomingEvent(guest.event.held_on, _timed(guest.event), reverse("events:own"))


def _timed(event: ProgrammeEvent) -> str:
    return f"{event.starts_at:%H:%M} {event.title}" if event.starts_at else event.title
