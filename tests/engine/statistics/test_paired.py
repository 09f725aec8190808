"""The same people before and after: against scipy, against counting all signs, and what is said of it."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from nastavnik.engine.statistics.paired import EXACT_UP_TO, FEWEST_PAIRS, compare_paired
from nastavnik.engine.statistics.payload import number, paired_json

WHOLE = st.integers(-6, 6)


def people(values):
    return {str(place): value for place, value in enumerate(values)}


def change_of(differences):
    return compare_paired(people([0] * len(differences)), people(differences))


def signed_ranks(differences):
    """Return the ranks of sizes with Pratt's zeros, by scipy."""
    ranks = stats.rankdata(np.abs(differences))
    return np.where(np.array(differences) != 0, ranks, 0)


@given(st.lists(WHOLE, min_size=1, max_size=7))
def test_the_p_value_is_what_counting_all_signs_gives(differences):
    ranks = signed_ranks(differences)
    up = ranks[np.array(differences) > 0].sum()
    sums = [np.dot(signs, ranks) for signs in product((0, 1), repeat=len(ranks))]
    low, high = np.mean([s <= up for s in sums]), np.mean([s >= up for s in sums])
    assert change_of(differences).p_value == pytest.approx(min(1, 2 * min(low, high)))


@given(st.lists(st.integers(1, 10**6), min_size=2, max_size=40, unique=True), st.data())
def test_without_ties_scipy_says_the_same(sizes, data):
    signs = data.draw(st.lists(st.sampled_from((-1, 1)), min_size=len(sizes), max_size=len(sizes)))
    differences = [size * sign for size, sign in zip(sizes, signs, strict=True)]
    wanted = stats.wilcoxon(differences, method="exact").pvalue
    assert change_of(differences).p_value == pytest.approx(wanted)


@pytest.mark.parametrize(
    "n", [EXACT_UP_TO, EXACT_UP_TO + 1, pytest.param(700, marks=pytest.mark.deep)]
)
def test_large_groups_are_near_scipy_on_both_sides_of_the_bound(n):
    differences = [(place if place % 9 < 5 else -place) for place in range(1, n + 1)]
    wanted = stats.wilcoxon(differences, method="approx", correction=True).pvalue
    assert change_of(differences).p_value == pytest.approx(wanted, rel=0.02)


@given(st.lists(st.integers(-500, 500), min_size=6, max_size=14, unique_by=abs), st.data())
def test_the_interval_is_the_shifts_the_test_does_not_refuse(differences, data):
    """Away from the ends of the interval, where the moved changes tie."""
    change = change_of(differences)
    shift = data.draw(st.integers(-520, 520).map(lambda n: n + 0.26))
    moved = [one - shift for one in differences]
    if len({abs(one) for one in moved}) < len(moved):
        return
    inside = change.shift_from < shift < change.shift_to
    assert inside == (change_of(moved).p_value > 0.05)


@given(st.lists(WHOLE, min_size=1, max_size=20))
def test_turned_round_in_time_everything_turns_round(differences):
    there, back = change_of(differences), change_of([-one for one in differences])
    assert (there.n_up, there.n_same, there.n_down) == (back.n_down, back.n_same, back.n_up)
    assert there.p_value == pytest.approx(back.p_value)
    assert there.effect == pytest.approx(-back.effect)
    assert there.shift == pytest.approx(-back.shift)
    assert there.n_up + there.n_same + there.n_down == len(differences)


def test_decimals_tie_as_they_were_written():
    # 3.4 - 3.1 and 2.4 - 2.1 differ in binary
    before, after = people([3.1, 2.1, 1.0]), people([3.4, 2.4, 0.7])
    assert compare_paired(before, after).effect == pytest.approx(1 / 3)


def test_only_who_was_measured_twice_is_compared():
    change = compare_paired(
        {"а": 1, "б": 2, "в": None, "д": 5}, {"а": 3, "б": None, "в": 4, "г": 9}
    )
    assert (change.n_pairs, change.n_only_before, change.n_only_after) == (1, 2, 2)
    assert (change.mean_before, change.mean_after, change.shift) == (1, 3, 2)
    assert change.shift_from is change.shift_to is None


def test_nobody_measured_twice_says_nothing_at_all():
    change = compare_paired({"а": 1}, {"б": 2})
    assert (change.n_pairs, change.p_value, change.effect, change.shift) == (0, None, None, None)
    assert change.mean_before is None


def test_nothing_moved_is_no_direction():
    change = change_of([0, 0, 0])
    assert (change.n_same, change.p_value, change.effect, change.shift) == (3, 1, 0, 0)


@pytest.mark.parametrize("value", [True, "5", float("nan"), float("inf"), [1]])
def test_what_is_no_number_is_refused_by_its_key(value):
    with pytest.raises(ValueError, match="Петя"):
        compare_paired({"Петя": value}, {})


def test_few_pairs_are_said_to_be_few_and_nothing_else():
    few = paired_json({"before": [1] * (FEWEST_PAIRS - 1), "after": [2] * (FEWEST_PAIRS - 1)})
    assert not few["is_enough"]
    assert few["sentences"] == [
        "Дважды измерены: 7.",
        "По 7 парам измерений судить нельзя: нужно хотя бы 8.",
    ]


def test_a_change_is_never_called_an_effect_of_the_programme():
    moved = paired_json({"before": [1] * 8, "after": [2, 3, 2, 3, 2, 3, 2, 3]})
    assert "группа сравнения" in moved["sentences"][-1]
    still = paired_json({"before": [1] * 8, "after": [0, 2, 0, 2, 0, 2, 0, 2]})
    assert still["sentences"][-1].startswith("Такой сдвиг бывает и случайно")


@pytest.mark.parametrize(
    "payload",
    [{}, {"before": [1]}, {"before": 1, "after": 2}, {"before": [1], "after": {"а": 1}}],
)
def test_a_payload_of_another_shape_is_refused_in_words(payload):
    with pytest.raises(ValueError, match=r"before|after"):
        paired_json(payload)


@pytest.mark.parametrize(
    ("value", "shown"),
    [(2.625, "2,63"), (3, "3"), (-0.5, "-0,5"), (10, "10"), (None, "нет данных")],
)
def test_numbers_are_written_the_russian_way(value, shown):
    assert number(value) == shown
