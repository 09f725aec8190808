"""Groups of different people, many comparisons, shares: against scipy and against counting everything."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from nastavnik.engine.statistics.groups import EXACT_TOGETHER, holm, rank_sum_p
from nastavnik.engine.statistics.paired import compare_paired
from nastavnik.engine.statistics.shares import wilson
from nastavnik.engine.statistics.verdicts import (
    EffectThresholds,
    EffectVerdict,
    told_apart,
    verdict_of,
)

SHIPPED = EffectThresholds(fewest=8, sure=0.05, maybe=0.2, worth=0.05, lost_warns=0.2, lost_silences=0.4, ratio=2)  # fmt: skip


def test_wilsons_interval_is_scipys():
    """Every share of 0…30 people, and a few of many."""
    pairs = [(k, n) for n in range(1, 31) for k in range(n + 1)] + [(3, 500), (250, 500), (499, 500)]  # fmt: skip
    for k, n in pairs:
        wanted = stats.binomtest(k, n).proportion_ci(method="wilson")
        assert wilson(k, n) == pytest.approx((wanted.low, wanted.high), abs=1e-12)
    assert wilson(0, 0) is None
    with pytest.raises(ValueError, match="не бывает"):
        wilson(3, 2)


def test_the_worked_example_of_the_page():
    """Of docs/algorithms/effects.md."""
    page = (Path(__file__).parents[3] / "docs/algorithms/effects.md").read_text()
    for n in (26, 30):
        low, high = (f"{one:.3f}" for one in wilson(20, n))
        assert f"from {low} to {high}" in page


def random_groups(seed):
    """Return two groups of other sizes; every other seed on a scale of ten, full of ties."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(2, 30, 2)
    if seed % 2:
        return [rng.integers(1, 11, n).tolist() for n in sizes]
    return [rng.normal(place, 1, n).tolist() for place, n in enumerate(sizes)]


@pytest.mark.parametrize("n_sets", [30, pytest.param(500, marks=pytest.mark.deep)])
def test_random_data_sets_are_scipys(n_sets):
    """Shift, pairs and chance of pairs without ties and zeros; two groups without ties, or near with them."""
    for seed in range(n_sets):
        one, other = random_groups(seed)
        found = rank_sum_p(one, other)
        if seed % 2:
            wanted = stats.mannwhitneyu(one, other, method="asymptotic").pvalue
            assert found == pytest.approx(wanted, abs=0.2 if min(len(one), len(other)) < 6 else 0.03)  # fmt: skip
        else:
            assert found == pytest.approx(stats.mannwhitneyu(one, other, method="exact").pvalue)
        n = min(len(one), len(other))
        before = {str(place): value for place, value in enumerate(one[:n])}
        after = {str(place): value for place, value in enumerate(other[:n])}
        change = compare_paired(before, after)
        steps = np.array(other[:n]) - np.array(one[:n])
        walsh = [(a + b) / 2 for i, a in enumerate(steps) for b in steps[i:]]
        assert change.shift == pytest.approx(np.median(walsh))
        if not seed % 2:
            assert change.p_value == pytest.approx(stats.wilcoxon(steps, method="exact").pvalue)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=4), st.lists(st.integers(0, 3), min_size=1, max_size=4))  # fmt: skip
def test_with_ties_it_is_what_counting_all_choices_gives(one, other):
    ranks = stats.rankdata([*one, *other])
    sums = [sum(chosen) for chosen in combinations(ranks, len(one))]
    found = sum(ranks[: len(one)])
    low, high = np.mean([s <= found for s in sums]), np.mean([s >= found for s in sums])
    assert rank_sum_p(one, other) == pytest.approx(min(1, 2 * min(low, high)))


def test_large_groups_are_near_scipy_on_both_sides_of_the_bound():
    for n in (EXACT_TOGETHER // 2, EXACT_TOGETHER // 2 + 1):
        one, other = list(range(n)), [value + n * 0.1 for value in range(n)]
        wanted = stats.mannwhitneyu(one, other, method="asymptotic").pvalue
        assert rank_sum_p(one, other) == pytest.approx(wanted, rel=0.05)
    assert rank_sum_p([], [1]) is None
    assert rank_sum_p([4] * 70, [4] * 70) == 1.0


@given(st.lists(st.floats(0, 1), max_size=8))
def test_holm_raises_as_it_is_defined(p_values):
    raised = holm(p_values)
    for value, given_p in zip(raised, p_values, strict=True):
        below = [one for one in p_values if one <= given_p]
        wanted = max(min(1.0, sum(other >= one for other in p_values) * one) for one in below)
        assert value == pytest.approx(wanted)


# ---------------------------------------------------------------- verdicts


def said(before, after, *, p_value=None, points=10):
    change = compare_paired(dict(enumerate_keys(before)), dict(enumerate_keys(after)))
    return verdict_of(change, change.p_value if p_value is None else p_value, points, SHIPPED)


def enumerate_keys(values):
    return ((str(place), value) for place, value in enumerate(values))


UP = [2, 3, 1, 2, 3, 1, 2, 2, 1, 3]


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        ([1] * 7, [5, 6, 7, 8, 9, 5, 6], EffectVerdict.FEW),
        ([1] * 20, [4, 5] * 5, EffectVerdict.LOST),
        ([1] * 9, [3] * 9, EffectVerdict.SAME_FOR_ALL),
        ([1] * 10, [1 + one for one in UP], EffectVerdict.MORE),
        ([9] * 10, [9 - one for one in UP], EffectVerdict.LESS),
        ([5] * 12, [5] * 12, EffectVerdict.NONE),
        ([5] * 8, [9, 1, 9, 1, 9, 1, 9, 1], EffectVerdict.UNSURE),
        ([5] * 8, [8, 7, 8, 6, 7, 8, 2, 3], EffectVerdict.UNSURE),
        ([5] * 8, [8, 7, 8, 6, 7, 8, 4, 3], EffectVerdict.MAYBE_MORE),
        ([5] * 8, [2, 3, 2, 4, 3, 2, 6, 7], EffectVerdict.MAYBE_LESS),
    ],
)  # fmt: skip
def test_each_verdict_has_its_case(before, after, wanted):
    assert said(before, after) == wanted


def test_a_small_change_and_one_of_many_are_not_called_more():
    small = [5.2, 5.3, 5.1, 5.25, 5.4, 5.15, 5.35, 5.12, 5.22, 5.27]
    assert said([5] * 10, small) == EffectVerdict.SMALL
    assert said([1] * 10, [1 + one for one in UP], p_value=0.06) == EffectVerdict.MAYBE_MORE


@pytest.mark.parametrize("n_draws", [100, pytest.param(2000, marks=pytest.mark.deep)])
def test_a_programme_that_does_nothing_is_seldom_told_a_change(n_draws):
    """Eight questions, answers of a scale of ten, 15 people: any of the eight called more or less in fewer than 5 of 100."""
    rng = np.random.default_rng(5)
    n_wrong = 0
    for _draw in range(n_draws):
        changes = []
        for _question in range(8):
            level = rng.normal(6, 1.5, 15)
            first, second = (np.clip(np.rint(level + rng.normal(0, 1, 15)), 1, 10) for _ in range(2))  # fmt: skip
            changes.append(compare_paired(dict(enumerate_keys(first.tolist())), dict(enumerate_keys(second.tolist()))))  # fmt: skip
        raised = holm([one.p_value for one in changes])
        n_wrong += any(
            verdict_of(one, p, 10, SHIPPED) in {EffectVerdict.MORE, EffectVerdict.LESS}
            for one, p in zip(changes, raised, strict=True)
        )
    assert n_wrong <= 0.05 * n_draws + 2


@given(st.lists(st.integers(0, 12), min_size=3, max_size=3))
def test_no_part_that_is_told_holds_one_to_four(counts):
    parts = told_apart(counts, 5)
    if parts is None:
        return
    sizes = [sum(counts[place] for place in part) for part in parts]
    assert all(size == 0 or size >= 5 for size in sizes)
    assert sum(size > 0 for size in sizes) > 1
    assert [place for part in parts for place in part] == [0, 1, 2]


def test_counts_that_hide_nobody_are_told_apart():
    assert told_apart((6, 7, 8), 5) == [(0,), (1,), (2,)]
    assert told_apart((12, 2, 6), 5) == [(0,), (1, 2)]
    assert told_apart((12, 2, 0), 5) is None
    assert told_apart((12, 0, 0), 5) is None
