"""What held events tell the roadmap (method.md §8: A10, A19–A22, A56, A62, A62.1, A67–A69)."""

import datetime as dt
from collections.abc import Collection, Iterator

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from nastavnik.core.access import Perm
from nastavnik.core.hooks import facts as registry
from nastavnik.core.hooks.facts import Fact
from nastavnik.events.catalogues import kinds
from nastavnik.events.models import EventGuest, ProgrammeEvent

Told = Iterator[tuple[int, Fact]]
INVITED, CONTESTS, ENOUGH_CONTESTS = "public_event_invited", "contests", 2


def register() -> None:
    """Register who tells what: each asks one question, and only when a line waits for its answer."""
    held_codes = {one.fact for one in kinds().values() if one.fact}
    registry.register("events_held", held, held_codes)
    registry.register("events_invited", invited, (INVITED,))


def _events(
    organisation_ids: Collection[int], first: dt.date, last: dt.date
) -> QuerySet[ProgrammeEvent]:
    return (
        ProgrammeEvent.objects.still_on()
        .filter(organisation_id__in=organisation_ids, held_on__range=(first, last))
        .order_by("organisation_id", "held_on", "pk")
    )


def held(organisation_ids: Collection[int], first: dt.date, last: dt.date) -> Told:
    """Yield which kinds of events were held: somebody came, and where the line asks for a decision there is one.

    Of several events of a kind the first tells; of contests how many there were.
    """
    rows = (
        _events(organisation_ids, first, last)
        .annotate(n_came=Count("guests", filter=Q(guests__came=True)))
        .filter(Q(n_came__gt=0) | Q(n_others__gt=0))
    )
    told: set[tuple[int, str]] = set()
    contests: dict[int, list[ProgrammeEvent]] = {}
    for event in rows:
        kind, at = event.sort, event.organisation_id
        if kind.fact == CONTESTS:
            contests.setdefault(at, []).append(event)
        if not kind.fact or kind.fact == CONTESTS or (at, kind.fact) in told:
            continue
        if kind.decides and not event.decided:
            continue
        told.add((at, kind.fact))
        words = _("%(kind)s, %(day)s: %(n)s came") % {
            "kind": kind.title,
            "day": f"{event.held_on:%d.%m.%Y}",
            "n": event.n_came + (event.n_others or 0),
        }
        yield at, _fact(kind.fact, words, event)
    for at, some in contests.items():
        words = _("contests held: %(n)s") % {"n": len(some)}
        yield at, _fact(CONTESTS, words, some[-1], len(some), ENOUGH_CONTESTS)


def invited(organisation_ids: Collection[int], first: dt.date, last: dt.date) -> Told:
    """Yield that the invitations to the public event were given out: to families too, and it is said who else is invited."""
    families = EventGuest.objects.filter(event=OuterRef("pk"), is_family=True)
    rows = _events(organisation_ids, first, last).filter(
        Exists(families), kind="public_event", invited_on__isnull=False
    )
    for event in rows.exclude(invited_others=""):
        words = _("invitations given out on %(day)s") % {"day": f"{event.invited_on:%d.%m.%Y}"}
        url = reverse("events:event", args=[event.pk])
        yield (
            event.organisation_id,
            Fact(INVITED, words, event.invited_on, url, Perm.EVENT_VIEW),
        )


def _fact(
    code: str, words: str, event: ProgrammeEvent, n: int | None = None, of: int | None = None
) -> Fact:
    url = reverse("events:event", args=[event.pk])
    return Fact(code, words, event.held_on, url, Perm.EVENT_VIEW, n, of)
