from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.engine.matching.strategies import Case, cases

from nastavnik.engine.matching.stable import compare
from nastavnik.engine.matching.transport import Price, solve


def goal(case, solution):
    assert solution.total_cost == case.cost_of(solution.mentor_of)
    return solution.n_matched, -solution.total_cost


@given(cases())
def test_the_best_of_all_assignments_is_found_and_proven(case):
    solution = case.solve()
    assert goal(case, solution) == case.best_by_brute_force()
    assert solution.certificate().ok, solution.certificate()


@given(cases(max_mentees=30, max_mentors=12, max_score=8))
def test_as_many_are_matched_as_an_independent_search_can(case):
    solution = case.solve()
    assert solution.n_matched == case.n_matched_by_augmenting()
    assert solution.certificate().ok


@given(cases(max_mentees=12, max_mentors=6))
def test_pairs_are_candidates_or_locked_and_nobody_is_overloaded(case):
    solution = case.solve()
    for i, j in enumerate(solution.mentor_of):
        assert case.locked[i] in {-1, j}
        assert j == -1 or j == case.locked[i] or j in case.rows[i]
    loads = [list(solution.mentor_of).count(j) for j in range(len(case.capacity))]
    assert solution.loads() == loads
    assert all(load <= cap for load, cap in zip(loads, case.capacity, strict=True))


@given(cases(max_mentees=8, max_mentors=5, max_score=1), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(case, random):
    mentees, mentors = list(range(len(case.rows))), list(range(len(case.capacity)))
    random.shuffle(mentees)
    random.shuffle(mentors)
    straight, mixed = case.solve(), case.solve(mentees, mentors)
    back = {mentees[i]: mentors[j] if j >= 0 else -1 for i, j in enumerate(mixed.mentor_of)}
    assert [back[i] for i in range(len(case.rows))] == straight.mentor_of.tolist()
    assert [mixed.price_of_mentor[mentors.index(j)] for j in range(len(mentors))] == list(
        straight.price_of_mentor
    )


def test_ties_are_broken_by_keys_not_by_row_numbers():
    def choice(keys):
        solution = solve([0, 3], [0, 1, 2], [5, 5, 5], [1, 1, 1], tie_key_mentor=keys)
        return keys[solution.mentor_of[0]]

    assert choice(["a", "b", "c"]) == choice(["c", "a", "b"]) == choice(["b", "c", "a"])
    assert len({choice([f"{n}a", f"{n}b", f"{n}c"])[-1] for n in range(30)}) > 1


@given(cases(), st.data())
def test_another_result_with_the_same_prices_is_not_certified(case, data):
    solution = case.solve()
    assume(len(case.rows) > 0)
    i = data.draw(st.integers(0, len(case.rows) - 1))
    j = data.draw(
        st.integers(-1, len(case.capacity) - 1).filter(lambda j: j != solution.mentor_of[i])
    )
    other = solution.mentor_of.copy()
    other[i] = j
    total = case.cost_of(other)
    score = sum(case.rows[i].get(int(j), (0,))[0] for i, j in enumerate(other) if j >= 0)
    planted = replace(
        solution,
        mentor_of=other,
        n_matched=int((other >= 0).sum()),
        total_cost=total,
        total_score=score,
    )
    assert not planted.certificate().ok


def codes(solution):
    return {breach.code for breach in solution.certificate().reasons}


def two_by_two():
    """Anya and Boris both want mentor 0; the best is Anya with 1 and Boris with 0."""
    return Case(({0: (5, 0, 0), 1: (4, 0, 0)}, {0: (5, 0, 0)}), (1, 1), (-1, -1)).solve()


def priced(solution, u=None, v=None):
    """Plant other prices in the proof."""
    first = solution.proof[0]
    u, v = (old if new is None else np.array(new) for old, new in ((first.u, u), (first.v, v)))
    return replace(solution, proof=(replace(first, u=u, v=v), *solution.proof[1:]))


def test_each_kind_of_wrong_result_is_named():
    good = two_by_two()
    assert good.mentor_of.tolist() == [1, 0]
    assert codes(replace(good, mentor_of=np.array([0, -1]))) >= {"wrong_count", "mentee_price"}
    assert codes(replace(good, mentor_of=np.array([0, 0]))) >= {"over_capacity"}
    assert codes(replace(good, mentor_of=np.array([1, 1]))) >= {"not_a_candidate"}
    assert codes(replace(good, mentor_of=np.array([1, 7]))) == {"unknown_mentor"}
    assert codes(replace(good, mentor_of=np.array([1]))) == {"wrong_shape"}
    assert codes(replace(good, total_score=10)) == {"wrong_total"}
    assert codes(replace(good, proof=())) == {"wrong_shape"}
    assert codes(priced(good, v=[0])) == {"wrong_shape"}
    assert "cheaper_pair" in codes(priced(good, v=[0, 0]))
    idle = Case(({0: (5, 0, 0), 1: (4, 0, 0)},), (1, 1), (-1,)).solve()
    assert codes(priced(idle, v=[0, 1])) == {"mentor_price"}
    locked = Case(({0: (5, 0, 0), 1: (4, 0, 0)},), (1, 1), (1,)).solve()
    assert codes(replace(locked, mentor_of=np.array([0]))) == {"lock_broken"}


def test_prices_wrong_by_the_smallest_unit_prove_nothing():
    choice = Case(({0: (5, 0, 0), 1: (4, 0, 0)},), (1, 1), (-1,)).solve()
    u = int(choice.proof[0].u[0])
    undercut = u + 4
    assert choice.mentor_of.tolist() == [0]
    assert undercut < 0
    assert codes(priced(choice, v=[0, undercut - 1])) == {"cheaper_pair"}
    busy = Case(({0: (5, 0, 0)}, {0: (5, 0, 0)}), (2,), (-1, -1), load_cost=3).solve()
    first = busy.proof[0]
    assert codes(priced(busy, first.u - 1, first.v - 1)) == {"mentor_price"}


def tied():
    """Two mentees and two mentors, all pairs equally good: only the hashes choose."""
    row = {0: (5, 0, 0), 1: (5, 0, 0)}
    return Case((row, row), (1, 1), (-1, -1)).solve()


def test_the_choice_among_equals_is_part_of_the_proof():
    good = tied()
    assert len(good.proof) == 2
    assert good.certificate().ok
    crossed = 1 - good.mentor_of
    assert codes(replace(good, mentor_of=crossed)) == {"tie"}
    first, last = good.proof
    assert codes(replace(good, proof=(first,))) == {"tie"}
    assert codes(replace(good, proof=(first, last, last))) == {"tie"}
    assert codes(replace(good, proof=(first, replace(last, v=last.v + 1)))) == {"tie"}
    assert codes(replace(good, proof=(replace(first, rank=first.rank[1:]), last))) == {"tie"}
    apart = np.arange(len(first.rank))
    assert codes(replace(good, proof=(replace(first, rank=apart), last))) == {"tie"}


def test_the_exact_price_counts_on_the_place_left_behind():
    # Put elsewhere, the first loses 3, but the second moves up and gains 2.
    rows = ({0: (5, 0, 0), 2: (2, 0, 0)}, {0: (5, 0, 0), 1: (3, 0, 0)})
    solution = Case(rows, (1, 1, 1), (-1, -1)).solve()
    assert solution.mentor_of.tolist() == [0, 1]
    assert solution.exact_price(0, 2) == Price(0, 1)


def test_the_exact_price_counts_a_second_place_once():
    # The first loses 2 and is the second one with mentor 1 (3 points); the third only wished so.
    rows = ({0: (10, 0, 0), 1: (8, 0, 0)}, {1: (20, 0, 0)}, {1: (8, 0, 0), 2: (6, 0, 0)})
    solution = Case(rows, (1, 2, 1), (-1, -1, -1), load_cost=3).solve()
    assert solution.mentor_of.tolist() == [0, 1, 2]
    assert solution.exact_price(0, 1) == Price(0, 5)


def test_a_result_of_less_score_with_honest_totals_is_caught():
    case = Case(({0: (9, 0, 0), 1: (1, 0, 0)}, {0: (1, 0, 0), 1: (9, 0, 0)}), (1, 1), (-1, -1))
    best = case.solve()
    crossed = replace(best, mentor_of=np.array([1, 0]), total_score=2, total_cost=-2)
    assert best.total_score == 18
    assert codes(crossed) == {"cheaper_pair"}


@given(cases(max_mentees=4, max_mentors=3))
def test_a_place_more_brings_exactly_what_the_price_says(case):
    solution = case.solve()
    before = case.best_by_brute_force()
    for j, cap in enumerate(case.capacity):
        more = replace(case, capacity=(*case.capacity[:j], cap + 1, *case.capacity[j + 1 :]))
        after = more.best_by_brute_force()
        gain = solution.gain_of_place(j)
        assert after >= before
        assert (gain.people, gain.points) == (after[0] - before[0], after[1] - before[1])


@given(cases(max_mentees=4, max_mentors=3))
def test_forcing_a_pair_costs_exactly_its_price(case):
    solution = case.solve()
    best = case.best_by_brute_force()
    for i, row in enumerate(case.rows):
        for j in row if case.locked[i] < 0 else ():
            forced = case.best_by_brute_force(must=(i, j))
            price = solution.exact_price(i, j)
            assert (price is None) == (forced is None)
            if price is not None:
                assert price == Price(best[0] - forced[0], best[1] - forced[1])
                assert price >= solution.floor_price(i, j) >= Price(0, 0)


@given(cases(max_mentees=6, max_mentors=6), st.integers(1, 3))
def test_the_cheapest_alternatives_are_shown(case, limit):
    solution = case.solve()
    for i, row in enumerate(case.rows):
        if case.locked[i] >= 0:
            continue
        others = [solution.exact_price(i, j) for j in row if j != solution.mentor_of[i]]
        expected = sorted(price for price in others if price is not None)[:limit]
        assert [price for _, price in solution.alternatives(i, limit)] == expected


@given(cases(max_mentees=10, max_mentors=5))
def test_the_unmatched_have_a_witness(case):
    solution = case.solve()
    for i, j in enumerate(solution.mentor_of):
        if j >= 0:
            continue
        shown = solution.witness(i)
        assert i in shown.mentees
        assert {j for k in shown.mentees for j in case.rows[k]} == set(shown.mentors)
        assert all(case.locked[k] < 0 for k in shown.mentees)
        places = sum(case.capacity[j] - case.locked.count(j) for j in shown.mentors)
        assert places == shown.places < len(shown.mentees)


@given(cases(max_mentees=7, max_mentors=4))
def test_a_mentor_has_room_when_one_more_person_could_be_placed(case):
    solution = case.solve()
    for j in range(len(case.capacity)):
        more = replace(case, rows=(*case.rows, {j: (0, 0, 0)}), locked=(*case.locked, -1))
        fits = more.n_matched_by_augmenting() > case.n_matched_by_augmenting()
        assert (j in solution.mentors_with_room()) == fits


@given(cases(max_mentees=6, max_mentors=4, plain=True), st.integers(2, 1000))
def test_scaling_all_scores_scales_the_total(case, k):
    rows = tuple({j: (s * k, a, b) for j, (s, a, b) in row.items()} for row in case.rows)
    one, many = case.solve(), replace(case, rows=rows).solve()
    assert many.total_score == k * one.total_score
    assert many.mentor_of.tolist() == one.mentor_of.tolist()


@given(cases(max_mentees=6, max_mentors=4), st.data())
def test_raising_the_score_of_a_pair_never_drops_it(case, data):
    solution = case.solve()
    pairs = [(i, j) for i, j in enumerate(solution.mentor_of) if j in case.rows[i]]
    assume(pairs)
    i, j = data.draw(st.sampled_from(pairs))
    s, a, b = case.rows[i][j]
    row = {**case.rows[i], int(j): (s + data.draw(st.integers(1, 9)), a, b)}
    again = replace(case, rows=(*case.rows[:i], row, *case.rows[i + 1 :])).solve()
    assert again.mentor_of[i] == j


@given(cases(max_mentees=6, max_mentors=4), st.data())
def test_a_new_candidate_never_lowers_the_result(case, data):
    assume(case.rows)
    i = data.draw(st.integers(0, len(case.rows) - 1))
    j = data.draw(st.integers(0, len(case.capacity) - 1))
    row = {j: (2, 1, 1), **case.rows[i]}
    # A locked mentee's own pair would change the score of the lock itself.
    assume(case.locked[i] < 0)
    more = replace(case, rows=(*case.rows[:i], row, *case.rows[i + 1 :])).solve()
    assert (more.n_matched, -more.total_cost) >= goal(case, case.solve())


@given(cases(max_mentees=6, max_mentors=4))
def test_locking_everything_found_gives_the_same_again(case):
    solution = case.solve()
    again = replace(case, locked=tuple(solution.mentor_of.tolist())).solve()
    assert goal(case, again) == goal(case, solution)
    assert again.mentor_of.tolist() == solution.mentor_of.tolist()
    assert again.certificate().ok


def test_matching_one_more_goes_before_any_score():
    huge = 2**62
    case = Case(({0: (huge, 0, 0)}, {0: (-huge, 0, 0)}), (2,), (-1, -1))
    assert case.solve().n_matched == 2
    swap = Case(({0: (huge, 0, 0), 1: (-huge, 0, 0)}, {0: (-huge, 0, 0)}), (1, 1), (-1, -1))
    assert swap.solve().mentor_of.tolist() == [1, 0]
    assert swap.solve().total_score == -2 * huge
    assert swap.solve().certificate().ok


def test_numbers_wider_than_64_bits_are_counted_exactly():
    huge = 10**30
    case = Case(({0: (huge, 0, 0), 1: (-1, 0, 0)}, {0: (0, 0, 0)}), (huge, 1), (-1, -1))
    solution = case.solve()
    assert (solution.total_score, solution.mentor_of.tolist()) == (huge, [0, 0])
    assert solution.certificate().ok
    # numpy reads 2**63 beside a number below 0 as floats
    mixed = solve([0, 1, 2], [0, 0], [2**63 + 1, -1], [2])
    assert mixed.total_score == 2**63


def test_the_sum_of_many_large_scores_does_not_wrap_round():
    n = 20
    solution = solve(range(n + 1), [0] * n, [2**59] * n, [n])
    assert solution.total_score == n * 2**59
    assert solution.certificate().ok
    assert compare(solution)[0].total_score == n * 2**59


def test_what_a_mentee_pays_may_be_wider_than_any_cost():
    # staying alone costs more than 64 bits hold, a pair does not
    most = 2**60 - 1
    solution = Case(({0: (most, 0, 0)}, {0: (most - 5, 0, 0)}), (1,), (-1, -1)).solve()
    assert solution.mentor_of.tolist() == [0, -1]
    assert solution.exact_price(1, 0) == Price(0, 5)
    assert solution.alternatives(1, 3) == ((0, Price(0, 5)),)


def test_load_cost_spreads_mentees_over_equal_mentors():
    rows = tuple({0: (10, 0, 0), 1: (10, 0, 0), 2: (8, 0, 0)} for _ in range(4))
    packed = Case(rows, (3, 3, 3), (-1,) * 4)
    assert packed.solve().loads()[2] == 0
    assert sorted(replace(packed, load_cost=3).solve().loads()) == [1, 1, 2]


@given(cases(max_mentees=8, max_mentors=5), st.data())
def test_dearer_changes_are_fewer_and_never_cost_a_mentor(case, data):
    mentor = st.integers(-1, len(case.capacity) - 1)
    before = [data.draw(mentor) for _ in case.rows]
    costs = sorted(data.draw(st.lists(st.integers(0, 9), min_size=2, max_size=4)))
    found = [case.solve(previous=before, change_cost=cost) for cost in [*costs, 10**9]]
    changed = [
        sum(j not in (k, -1) and k >= 0 for j, k in zip(one.mentor_of, before, strict=True))
        for one in found
    ]
    assert {one.n_matched for one in found} == {case.solve().n_matched}
    assert changed == sorted(changed, reverse=True)
    assert all(one.certificate().ok for one in found)


def test_what_was_matched_before_stays_where_all_of_it_is_as_good():
    solution = tied()
    crossed = (1 - solution.mentor_of).tolist()
    row = {0: (5, 0, 0), 1: (5, 0, 0)}
    again = Case((row, row), (1, 1), (-1, -1)).solve(previous=crossed, change_cost=1)
    assert again.mentor_of.tolist() == crossed
    assert (again.total_score, again.total_cost) == (10, -10)


def test_a_lock_need_not_be_a_candidate_and_takes_a_place():
    solution = Case(({}, {0: (5, 0, 0)}), (1,), (0, -1)).solve()
    assert solution.mentor_of.tolist() == [0, -1]
    assert (solution.total_score, solution.n_matched) == (0, 1)
    assert solution.witness(1).places == 0
    with pytest.raises(ValueError, match="is matched"):
        solution.witness(0)
    with pytest.raises(ValueError, match="not an open candidate"):
        solution.exact_price(0, 0)


def test_nobody_at_all():
    solution = solve([0], [], [], [])
    assert (solution.n_matched, solution.total_score) == (0, 0)
    assert solution.certificate().ok


def test_the_result_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        two_by_two().mentor_of[0] = 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"indptr": [1, 2]}, "begin with 0"),
        ({"indptr": []}, "begin with 0"),
        ({"indptr": [0, 1]}, "end with the number"),
        ({"indptr": [0, 2, 1, 2]}, "not decrease"),
        ({"indices": [0, 5]}, "numbered 0 to 1"),
        ({"indices": [1, 1]}, "a mentor twice"),
        ({"indices": [[0, 1]]}, "flat list"),
        ({"score": [1.5, 2.0]}, "whole numbers"),
        ({"score": [1]}, "2 values"),
        ({"score": [2**70, 1.5]}, "whole numbers"),
        ({"score": [2**70, True]}, "whole numbers"),
        ({"score": [[2**70], [1]]}, "flat list"),
        ({"indptr": [0, 2**70]}, "end with the number"),
        ({"indices": [0, 2**70]}, "numbered 0 to 1"),
        ({"locked": [2**70]}, "unknown mentor"),
        ({"score": [True, False]}, "whole numbers"),
        ({"capacity": [1, -1]}, "not be below 0"),
        ({"mentee_rank": [1]}, "mentee_rank"),
        ({"mentor_rank": ["a", "b"]}, "mentor_rank"),
        ({"rank_weight": -1}, "rank_weight"),
        ({"load_cost": 0.5}, "load_cost"),
        ({"load_cost": True}, "load_cost"),
        ({"previous": [0, 0], "change_cost": 1}, "previous: 1 values"),
        ({"change_cost": -1, "previous": [0]}, "change_cost"),
        ({"locked": [2]}, "unknown mentor 2"),
        ({"locked": [0, 0]}, "1 values"),
        ({"capacity": [0, 1], "locked": [0]}, "with capacity 0"),
        ({"tie_key_mentee": ["a", "b"]}, "1 keys"),
        ({"tie_key_mentor": ["a", "a"]}, "occurs twice"),
    ],
)
def test_malformed_input_is_refused_with_a_reason(change, message):
    good = {"indptr": [0, 2], "indices": [0, 1], "score": [1, 2], "capacity": [1, 1]}
    assert solve(**good).n_matched == 1
    with pytest.raises(ValueError, match=message):
        solve(**{**good, **change})
