"""Facts the system knows by itself, which tick lines of a roadmap: each app registers a provider of its own.

A fact is of the organisation, the same for whoever looks, and names nobody.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from nastavnik.core.access import Perm


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that has happened.

    Attributes:
        code: which kind of fact, as catalogues name it.
        words: what has happened, in a few words: «приказ № 118-о от 20.11.2026».
        happened_on: the day; None where nobody wrote it down.
        url: the page that shows it.
        perm: who may open that page.
    """

    code: str
    words: str
    happened_on: dt.date | None
    url: str
    perm: Perm


# organisation, first day, last day → what happened in between
Provider = Callable[[int, dt.date, dt.date], Iterable[Fact]]
_providers: dict[str, Provider] = {}


def register(name: str, provider: Provider) -> None:
    """Add a provider under a name; registering the name again replaces it."""
    _providers[name] = provider


def facts_of(organisation_id: int, first: dt.date, last: dt.date) -> dict[str, Fact]:
    """Return the facts of an organisation between two days by code, of several the first that is told."""
    found: dict[str, Fact] = {}
    for provider in _providers.values():
        for fact in provider(organisation_id, first, last):
            found.setdefault(fact.code, fact)
    return found
