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
    """One thing of one day: what it is, and the page that shows it, empty for none."""

    on: dt.date
    title: str
    url: str = ""


# user, first day, last day → what lies between them, both included
Provider = Callable[[SignedIn, dt.date, dt.date], Iterable[UpcomingEvent]]
_providers: dict[str, Provider] = {}


def register(name: str, provider: Provider) -> None:
    """Add a provider under a name; registering the name again replaces it."""
    _providers[name] = provider


def week_of(user: SignedIn, first: dt.date) -> list[tuple[dt.date, list[UpcomingEvent]]]:
    """Return the days from a day on, a week of them, that hold something this user may see."""
    last = first + dt.timedelta(days=DAYS - 1)
    found = [one for provider in _providers.values() for one in provider(user, first, last)]
    # within a day as the apps name them
    by_day = sorted((one for one in found if first <= one.on <= last), key=attrgetter("on"))
    return [(day, list(some)) for day, some in groupby(by_day, attrgetter("on"))]
