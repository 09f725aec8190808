"""What the next days hold: each app registers a provider of its own meetings and terms; a page only asks the registry."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from nastavnik.core.access import SignedIn

DAYS = 7


@dataclass(frozen=True, slots=True)
class UpcomingEvent:
    """One thing of one day.

    Attributes:
        on: the day.
        title: what it is.
        url: the page that shows it, empty for none.
        outside: what is said instead outside the site, where the title is somebody's own words and may name people.
    """

    on: dt.date
    title: str
    url: str = ""
    outside: str = ""


# user, first day, last day → what lies between them, both included
Provider = Callable[[SignedIn, dt.date, dt.date], Iterable[UpcomingEvent]]
_providers: dict[str, Provider] = {}


def register(name: str, provider: Provider) -> None:
    """Add a provider under a name; registering the name again replaces it."""
    _providers[name] = provider


def week_of(user: SignedIn, first: dt.date) -> list[tuple[dt.date, list[UpcomingEvent]]]:
    """Return the days from a day on, a week of them, that hold something this user may see."""
    last = first + dt.timedelta(days=DAYS - 1)
    found = [one for _name, one in between(user, first, last)]
    # within a day as the apps name them
    by_day = sorted(found, key=attrgetter("on"))
    return [(day, list(some)) for day, some in groupby(by_day, attrgetter("on"))]


def between(user: SignedIn, first: dt.date, last: dt.date) -> list[tuple[str, UpcomingEvent]]:
    """Return what these days hold that a user may see, each with the name of its provider, in the order of the providers."""
    return [
        (name, one)
        for name, provider in _providers.items()
        for one in provider(user, first, last)
        if first <= one.on <= last
    ]
