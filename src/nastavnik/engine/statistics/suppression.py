"""Counts of people by organisation with their sum, shown so that no count of one to four can be worked out.

A count is hidden where it, or what is left of a whole that is known too, is one to four (primary). The sum is shown, so further
counts are hidden with them (complementary) until whoever subtracts what is shown from the sum learns of no small count more than
that it is small. Where that cannot be had the sum is hidden as well. Noughts are shown: they tell of nobody.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

FEWEST = 5
"""The fewest people a count may tell of (security: k ≥ 5)."""


@dataclass(frozen=True, slots=True)
class CountOfPeople:
    """A count, and the known counts it is a part of: its denominator, a wider indicator of the same organisation."""

    n: int
    wholes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ShownCounts:
    """What may be shown: a count each or None for «hidden», and the sum, None where it is hidden too."""

    counts: tuple[int | None, ...]
    total: int | None


Span = tuple[int, int]  # the least and the most a hidden count may be


def small_span(count: CountOfPeople) -> Span | None:
    """Return within what a small count lies for whoever knows that it is small; None where it is not small.

    >>> small_span(CountOfPeople(3))
    (1, 4)
    >>> small_span(CountOfPeople(38, (40,)))
    (36, 39)
    >>> small_span(CountOfPeople(0, (40,))) is None
    True
    """
    if 0 < count.n < FEWEST:
        return 1, min([FEWEST - 1, *(whole for whole in count.wholes if whole >= count.n)])
    for whole in count.wholes:
        if 0 < whole - count.n < FEWEST:
            return max(whole - FEWEST + 1, 0), whole - 1
    return None


def hide_small(counts: Sequence[CountOfPeople], wholes: Iterable[int] = ()) -> ShownCounts:
    """Return what of a column of counts and its sum may be shown.

    Args:
        counts: one an organisation.
        wholes: known counts the sum is a part of.

    Worked example: 3, 4 and 20 of three schools. 3 and 4 are hidden; their sum 7 would be 27 − 20, so that neither is 1 or 2: the 20
    is hidden with them, and 27 alone tells nothing of them.
    """
    spans: dict[int, Span] = {
        place: span for place, one in enumerate(counts) if (span := small_span(one))
    }
    small = frozenset(spans)
    total = sum(one.n for one in counts)
    is_total_shown = small_span(CountOfPeople(total, tuple(wholes))) is None
    while is_total_shown and not _tells_nothing(counts, spans, small):
        free = [place for place, one in enumerate(counts) if one.n and place not in spans]
        if not free:
            is_total_shown = False
            break
        free.sort(key=lambda place: (counts[place].n, place))
        enough = (
            place
            for place in free
            if _tells_nothing(counts, spans | {place: _large_span(counts[place])}, small)
        )
        place = next(enough, free[-1])
        spans[place] = _large_span(counts[place])
    return ShownCounts(
        tuple(None if place in spans else one.n for place, one in enumerate(counts)),
        total if is_total_shown else None,
    )


def _large_span(count: CountOfPeople) -> Span:
    """Return within what a count lies that is hidden for the sake of others; it may be any that is not small."""
    return FEWEST, min([*(w for w in count.wholes if w >= count.n), 10**9])


def _tells_nothing(
    counts: Sequence[CountOfPeople], spans: dict[int, Span], small: frozenset[int]
) -> bool:
    """Tell whether the sum of the hidden leaves each small one its whole span."""
    hidden = sum(counts[place].n for place in spans)
    low, high = (
        sum(one for one, _most in spans.values()),
        sum(one for _least, one in spans.values()),
    )
    return all(
        hidden - (high - spans[place][1]) <= spans[place][0]
        and hidden - (low - spans[place][0]) >= spans[place][1]
        for place in small
    )
