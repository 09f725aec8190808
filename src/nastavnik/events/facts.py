"""What held events tell the roadmap (method.md §8: A10, A19–A22, A56, A62, A62.1, A67–A69)."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from nastavnik.core.access import Perm
from nastavnik.core.hooks import facts as registry
from nastavnik.core.hooks.facts import Fact
from nastavnik.events.catalogues import kinds
from nastavnik.events.models import ProgrammeEvent

Told = Iterator[tuple[int, Fact]]
INVITED, CONTESTS, ENOUGH_CONTESTS = "public_event_invited", "contests", 2


def register() -> None:
    """Register who tells what: one question for all, and only when a line waits for an answer."""
    held_codes = {one.fact for one in kinds().values() if one.fact}
    registry.register("events", told, {*held_codes, INVITED})


def told(organisation_ids: Collection[int], first: dt.date, last: dt.date) -> Told:
    """Yield which kinds of events were held, and that the invitations to the public event were given out."""
    rows = (
        ProgrammeEvent.objects.still_on()
        .filter(organisation_id__in=organisation_ids, held_on__range=(first, last))
        .annotate(
            n_came=Count("guests", filter=Q(guests__came=True)),
            n_families=Count("guests", filter=Q(guests__is_family=True)),
        )
        .order_by("organisation_id", "held_on", "pk")
    )
    events = list(rows)
    yield from _held(events)
    for event in events:
        if _is_invited(event):
            words = _("invitations given out on %(day)s") % {"day": f"{event.invited_on:%d.%m.%Y}"}
            url = reverse("events:event", args=[event.pk])
            fact = Fact(INVITED, words, event.invited_on, url, Perm.EVENT_VIEW)
            yield event.organisation_id, fact


def _held(events: Iterable[ProgrammeEvent]) -> Told:
    """Yield what was held: somebody came, and where the line asks for a decision there is one.

    Of several events of a kind the first tells; of contests how many there were.
    """
    said: set[tuple[int, str]] = set()
    contests: dict[int, list[ProgrammeEvent]] = {}
    for event in events:
        kind, at = event.sort, event.organisation_id
        n_came = _n(event, "came") + (event.n_others or 0)
        if not n_came or not kind.fact or (kind.decides and not event.decided):
            continue
        if kind.fact == CONTESTS:
            contests.setdefault(at, []).append(event)
        elif (at, kind.fact) not in said:
            said.add((at, kind.fact))
            named = {"kind": kind.title, "day": f"{event.held_on:%d.%m.%Y}", "n": n_came}
            yield at, _fact(kind.fact, _("%(kind)s, %(day)s: %(n)s came") % named, event)
    for at, some in contests.items():
        words = _("contests held: %(n)s") % {"n": len(some)}
        yield at, _fact(CONTESTS, words, some[-1], len(some), ENOUGH_CONTESTS)


def _is_invited(event: ProgrammeEvent) -> bool:
    """Tell whether the invitations to the public event were given out: to families too, and it is said who else is invited."""
    return bool(
        event.kind == "public_event"
        and event.invited_on
        and event.invited_others
        and _n(event, "families")
    )


def _n(event: ProgrammeEvent, what: str) -> int:
    """Return one of the numbers the query has counted."""
    return int(getattr(event, f"n_{what}"))


def _fact(
    code: str, words: str, event: ProgrammeEvent, n: int | None = None, of: int | None = None
) -> Fact:
    url = reverse("events:event", args=[event.pk])
    return Fact(code, words, event.held_on, url, Perm.EVENT_VIEW, n, of)
