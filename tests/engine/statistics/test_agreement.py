"""Agreement of scorers: published examples, the worked example of the page, and a naive count of everything."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nastavnik.engine.statistics.agreement import agreement_of

# Krippendorff, «Computing Krippendorff's Alpha-Reliability» (2011), example C: four observers, twelve units; . is missing
PUBLISHED = [
    ["1", "2", "3", "3", "2", "1", "4", "1", "2", ".", ".", "."],
    ["1", "2", "3", "3", "2", "2", "4", "1", "2", "5", ".", "3"],
    [".", "3", "3", "3", "2", "3", "4", "2", "2", "5", "1", "."],
    ["1", "2", "3", "3", "2", "4", "4", "1", "2", "5", "1", "."],
]


def by_unit(observers):
    return {
        str(place): [int(said) for said in unit if said != "."]
        for place, unit in enumerate(zip(*observers, strict=True))
    }


def naive_alpha(units):
    """Count it as it is defined: mean distance of two scores of one thing over mean distance of any two scores."""
    units = [unit for unit in units if len(unit) > 1]
    pool = sorted(point for unit in units for point in unit)

    def distance(a, b):
        low, high = min(a, b), max(a, b)
        between = sum(low <= one <= high for one in pool)
        return 0 if a == b else (between - (pool.count(low) + pool.count(high)) / 2) ** 2

    n = len(pool)
    expected = sum(distance(a, b) for a in pool for b in pool) / (n * (n - 1)) if n else 0
    if not expected:
        return None
    observed = sum(distance(a, b) / (len(unit) - 1) for unit in units for a in unit for b in unit)
    return 1 - observed / n / expected


def test_the_published_coefficient():
    assert agreement_of(by_unit(PUBLISHED)).alpha == pytest.approx(0.815, abs=0.0005)


def test_the_worked_example_of_the_page():
    found = agreement_of({"1": [2, 2], "2": [1, 0], "3": [0, 0], "4": [2, 1]})
    assert (found.n_things, found.n_compared, found.n_equal, found.n_near, found.n_far) == (
        4,
        4,
        2,
        2,
        0,
    )
    assert found.alpha == pytest.approx(0.708, abs=0.0005)
    assert found.apart == ()


def test_one_scorer_agrees_with_nobody_and_equal_points_tell_nothing():
    alone = agreement_of({"1": [2], "2": []})
    assert (alone.n_compared, alone.alpha) == (0, None)
    same = agreement_of({"1": [2, 2], "2": [2, 2]})
    assert (same.n_equal, same.alpha) == (2, None)


def test_two_points_apart_are_named():
    assert agreement_of({"1": [2, 1], "2": [0, 1, 2], "3": [2, 0]}).apart == ("2", "3")


@given(st.lists(st.lists(st.integers(0, 2), max_size=4), max_size=9))
def test_it_equals_a_naive_count(units):
    found = agreement_of({str(place): unit for place, unit in enumerate(units)})
    gaps = [abs(a - b) for unit in units for a, b in combinations(unit, 2)]
    assert (found.n_equal, found.n_near, found.n_far) == tuple(gaps.count(gap) for gap in (0, 1, 2))
    assert found.alpha == (
        None if naive_alpha(units) is None else pytest.approx(naive_alpha(units))
    )
