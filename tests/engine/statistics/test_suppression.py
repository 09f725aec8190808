"""No small count can be worked out of what is shown: whoever knows all rules and subtracts finds every small number possible."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nastavnik.engine.statistics.suppression import (
    CountOfPeople,
    ShownCounts,
    hide_small,
    small_span,
)


def plain(*numbers):
    return [CountOfPeople(n) for n in numbers]


def found_out(counts, shown):
    """Return the places of small counts of which subtracting tells more than that they are small.

    Every way to fill the hidden places is tried; the attacker knows which of them are small, and that the others are at most 40.
    """
    hidden = [place for place, n in enumerate(shown.counts) if n is None]
    spans = {place: small_span(counts[place]) for place in hidden}
    if shown.total is None or not hidden:
        return set()
    rest = shown.total - sum(n for n in shown.counts if n is not None)
    *first, last = hidden
    ranges = {
        place: range(span[0], span[1] + 1) if span else range(5, 41)
        for place, span in spans.items()
    }
    possible = {place: set() for place in hidden}
    for filled in product(*(ranges[place] for place in first)):
        if (left := rest - sum(filled)) in ranges[last]:
            for place, n in zip(hidden, (*filled, left), strict=True):
                possible[place].add(n)
    return {p for p in hidden if spans[p] and possible[p] != set(ranges[p])}


def test_worked_example():
    assert hide_small(plain(3, 4, 20)) == ShownCounts((None, None, None), 27)
    assert hide_small(plain(30, 3, 12, 0, 9)) == ShownCounts((30, None, 12, 0, None), 54)
    assert hide_small(plain(30, 12, 0)) == ShownCounts((30, 12, 0), 42)


@pytest.mark.parametrize("numbers", [(1,), (4,), (2, 2), (1, 5), (3, 0, 0)])
def test_where_nothing_covers_the_small_ones_the_sum_goes_too(numbers):
    shown = hide_small(plain(*numbers))
    assert shown.total is None
    assert all(n is None for n, true in zip(shown.counts, numbers, strict=True) if 0 < true < 5)


def test_who_is_left_of_a_known_whole_counts_as_well():
    # two of forty take no part: forty less what is shown would say so
    shown = hide_small([CountOfPeople(38, (40,)), CountOfPeople(30, (90,)), CountOfPeople(20)])
    assert shown.counts[0] is None
    assert hide_small([CountOfPeople(40, (40,))]).counts == (40,)
    assert hide_small(plain(20, 30), wholes=[52]).total is None


def test_the_check_finds_what_is_hidden_too_little():
    # a control: only the small one is hidden, so that the sum gives it away
    counts = plain(3, 20, 30)
    assert found_out(counts, ShownCounts((None, 20, 30), 53)) == {0}
    # and two hidden ones whose sum of eight says that both are four
    assert found_out(plain(4, 4, 30), ShownCounts((None, None, 30), 38)) == {0, 1}


@settings(max_examples=200)
@given(st.lists(st.integers(0, 30), min_size=1, max_size=6))
def test_no_small_count_is_found_out(numbers):
    counts = plain(*numbers)
    shown = hide_small(counts)
    if sum(n is None for n in shown.counts) <= 3:  # more would take the check too long
        assert not found_out(counts, shown)
    for n, said in zip(numbers, shown.counts, strict=True):
        assert said in (None, n)
        assert said is None or not 0 < n < 5
    assert shown.total in (None, sum(numbers))
