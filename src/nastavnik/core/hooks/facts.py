"""Facts the system knows by itself, which tick lines of a roadmap: each app registers a provider of its own.

A fact is of the organisation, the same for whoever looks, and names nobody.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from nastavnik.core.access import Perm


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that has happened, or has for some of those it is asked of.

    Attributes:
        code: which kind of fact, as catalogues name it.
        words: what has happened, in a few words: «приказ № 118-о от 20.11.2026».
        happened_on: the day; None where nobody wrote it down.
        url: the page that shows it.
        perm: who may open that page.
        n: of how many of `of` pairs or people it holds; both None where it is not counted.
    """

    code: str
    words: str
    happened_on: dt.date | None
    url: str
    perm: Perm
    n: int | None = None
    of: int | None = None

    @property
    def holds(self) -> bool:
        """Tell whether it holds of all it is asked of: a fact of 29 of 33 pairs is told and ticks nothing."""
        return self.n is None or self.of is None or 0 < self.of <= self.n


# organisations, first day, last day → what happened in between, each with its organisation
Provider = Callable[[Collection[int], dt.date, dt.date], Iterable[tuple[int, Fact]]]
_providers: dict[str, tuple[Provider, frozenset[str]]] = {}


def register(name: str, provider: Provider, codes: Collection[str]) -> None:
    """Add a provider of the facts of these codes under a name; registering the name again replaces it."""
    _providers[name] = provider, frozenset(codes)


def facts_of(
    organisation_id: int, first: dt.date, last: dt.date, *, wanted: Collection[str] | None = None
) -> dict[str, Fact]:
    """Return the facts of an organisation between two days by code, of several the first that is told."""
    return facts_in([organisation_id], first, last, wanted=wanted)[organisation_id]


def facts_in(
    organisation_ids: Collection[int],
    first: dt.date,
    last: dt.date,
    *,
    wanted: Collection[str] | None = None,
) -> dict[int, dict[str, Fact]]:
    """Return the facts of several organisations by code, in as many queries whatever their number.

    With `wanted` only those are asked who may tell one of these codes.
    """
    found: dict[int, dict[str, Fact]] = {key: {} for key in organisation_ids}
    for provider, codes in _providers.values():
        if wanted is not None and codes.isdisjoint(wanted):
            continue
        for key, fact in provider(organisation_ids, first, last):
            found[key].setdefault(fact.code, fact)
    return found
