"""Everything that happened to a pair: each app registers a provider of its own events; a page only asks the registry."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from nastavnik.core.access import SignedIn


@dataclass(frozen=True, slots=True)
class Subject:
    """What a timeline is about, in keys, so that an app below need not know the app that asks.

    Attributes:
        pair: key of the pair.
        people: keys of the people of both sides.
        documents: keys of the papers of the pair.
        from_day: nothing before it is of interest.
    """

    pair: int
    people: frozenset[int]
    documents: frozenset[int]
    from_day: dt.date


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """One thing that happened; `state` is a key of the states in `components/state.html`."""

    on: dt.date
    state: str
    title: str
    words: str = ""


Provider = Callable[[SignedIn, Subject], Iterable[TimelineEvent]]
_providers: dict[str, Provider] = {}


def register(name: str, provider: Provider) -> None:
    """Add a provider under a name; registering the name again replaces it."""
    _providers[name] = provider


def events_of(user: SignedIn, subject: Subject) -> list[TimelineEvent]:
    """Return what this user may read of the subject, the latest first."""
    found = [event for provider in _providers.values() for event in provider(user, subject)]
    return sorted(found, key=lambda event: event.on)[::-1]
