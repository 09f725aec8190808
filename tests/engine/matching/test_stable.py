from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.matching.oracles import random_problem
from tests.engine.matching.strategies import Case, cases

from nastavnik.engine.matching.stable import (
    blocking_pairs,
    compare,
    match_stably,
    outcome,
    preferences,
)
from nastavnik.engine.matching.transport import solve


def wishes_of(case):
    ranks = [[v[k] for row in case.rows for v in row.values()] for k in (1, 2)]
    return preferences(case.solve().problem, *ranks)


def orders(wishes):
    """Strict wishes as dictionaries: (mentee, mentor) → place, for both sides."""
    pairs = list(zip(wishes.rows.tolist(), wishes.problem.indices.tolist(), strict=True))
    return [
        dict(zip(pairs, order.tolist(), strict=True))
        for order in (wishes.of_mentee, wishes.of_mentor)
    ]


def blocks(case, mine, theirs, mentor_of):
    """The definition, word by word."""
    found = []
    for i, j in mine:
        if case.locked[i] >= 0 or mentor_of[i] == j:
            continue
        wants = mentor_of[i] < 0 or mine[i, j] < mine[i, mentor_of[i]]
        own = [k for k, mentor in enumerate(mentor_of) if mentor == j]
        room = len(own) < case.capacity[j]
        better = any(case.locked[k] < 0 and theirs[i, j] < theirs[k, j] for k in own)
        if wants and (room or better):
            found.append((i, j))
    return found


def mentors_ask(case, mine, theirs):
    """Deferred acceptance from the other side, written apart."""
    places = [cap - case.locked.count(j) for j, cap in enumerate(case.capacity)]
    lists = [
        sorted((p for p in theirs if p[1] == j and case.locked[p[0]] < 0), key=theirs.get)
        for j in range(len(places))
    ]
    holder = {}
    moved = True
    while moved:
        moved = False
        for j, own in enumerate(lists):
            while own and sum(mentor == j for mentor in holder.values()) < places[j]:
                i, _ = own.pop(0)
                moved = True
                if i not in holder or mine[i, j] < mine[i, holder[i]]:
                    holder[i] = j
    return {*holder, *(i for i, j in enumerate(case.locked) if j >= 0)}


@given(cases(max_mentees=8, max_mentors=5))
def test_one_level_is_stable_and_matches_whom_every_stable_matching_does(case):
    wishes = wishes_of(case)
    mine, theirs = orders(wishes)
    found = match_stably(wishes).tolist()
    assert blocks(case, mine, theirs, found) == []
    assert {i for i, j in enumerate(found) if j >= 0} == mentors_ask(case, mine, theirs)


@given(cases(max_mentees=4, max_mentors=3))
def test_no_stable_matching_is_better_for_any_mentee(case):
    wishes = wishes_of(case)
    mine, theirs = orders(wishes)
    found = match_stably(wishes).tolist()
    options = [
        [case.locked[i]] if case.locked[i] >= 0 else [-1, *row] for i, row in enumerate(case.rows)
    ]
    for other in product(*options):
        full = any(other.count(j) > cap for j, cap in enumerate(case.capacity))
        if full or blocks(case, mine, theirs, other):
            continue
        for i, j in enumerate(other):
            if case.locked[i] < 0 and j >= 0:
                assert mine[i, found[i]] <= mine[i, j]


@given(cases(max_mentees=8, max_mentors=5), st.integers(1, 4))
def test_levels_match_their_share_and_enough_of_them_the_most(case, levels):
    wishes, most = wishes_of(case), case.solve().n_matched
    counts = [outcome(wishes, match_stably(wishes, level)).n_matched for level in (levels, 9)]
    n_locked = sum(j >= 0 for j in case.locked)
    assert (counts[0] - n_locked) * (levels + 1) >= (most - n_locked) * levels
    assert counts[1] == most


@given(cases(max_mentees=7, max_mentors=4), st.data())
def test_blocking_pairs_are_those_of_the_definition(case, data):
    wishes = wishes_of(case)
    mine, theirs = orders(wishes)
    chosen = match_stably(wishes, data.draw(st.integers(1, 3))).tolist()
    for i in data.draw(st.sets(st.integers(0, 6))):
        if i < len(chosen) and case.locked[i] < 0:
            chosen[i] = -1
    found = blocking_pairs(wishes, np.array(chosen, dtype=np.int64))
    pairs = [(int(wishes.rows[e]), int(wishes.problem.indices[e])) for e in found]
    assert sorted(pairs) == sorted(blocks(case, mine, theirs, chosen))


def test_the_order_of_rows_changes_nothing_among_equal_wishes():
    row = {0: (5, 0, 0), 1: (5, 0, 0), 2: (5, 0, 0)}
    case = Case((row, row, row, row), (1, 1, 1), (-1,) * 4)
    straight, mixed = case.solve(), case.solve([2, 0, 3, 1], [1, 2, 0])
    one, other = (match_stably(preferences(s.problem)) for s in (straight, mixed))
    back = {m: [1, 2, 0][j] if j >= 0 else -1 for m, j in zip([2, 0, 3, 1], other, strict=True)}
    assert [back[i] for i in range(4)] == one.tolist()


def test_what_each_choice_costs_is_told_in_people():
    best, stable, two, three = compare(solve(*random_problem(3, 120, 40)))
    assert best.levels is None
    assert [one.levels for one in (stable, two, three)] == [1, 2, 3]
    assert stable.n_blocking_pairs == 0 == stable.n_mentees_blocking
    assert stable.n_unmatched >= two.n_unmatched >= three.n_unmatched >= best.n_unmatched
    assert best.n_blocking_pairs >= best.n_mentees_blocking > 0
    assert stable.n_unmatched > best.n_unmatched
    assert best.n_matched + best.n_unmatched == 120


@pytest.mark.parametrize("kind", [np.uint8, np.int8, np.uint32, np.int64, object])
def test_a_higher_score_is_preferred_whatever_numbers_it_is_given_as(kind):
    points = np.array([5, 0, 3, 1], dtype=kind)
    for one in compare(solve([0, 2, 4], [0, 1, 0, 1], points, [1, 1])):
        assert one.mentor_of.tolist() == [0, 1]


def test_what_makes_no_sense_is_refused():
    wishes = preferences(solve([0, 1], [0], [1], [1]).problem)
    with pytest.raises(ValueError, match="at least 1"):
        match_stably(wishes, 0)
    with pytest.raises(ValueError, match="1 ranks are needed"):
        preferences(wishes.problem, [1, 2])
