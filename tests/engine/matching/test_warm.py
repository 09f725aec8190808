"""Changes to a solved problem against solving from nothing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.matching.oracles import random_problem, some
from tests.engine.matching.strategies import Case, cases

from nastavnik.engine.matching.transport import solution_of, solve
from nastavnik.engine.matching.warm import LiveMatching, Move

WORDS = (
    "mentor_leaves", "add_places", "mentee_leaves", "forbid", "allow", "lock", "unlock", "add_mentor",
)  # fmt: skip


def change(live, data):
    """Do one random change; return what it said, None where it was refused."""
    word = data.draw(st.sampled_from(WORDS))
    problem = live.problem()
    mentee = data.draw(st.integers(0, len(problem.locked) - 1))
    mentor = data.draw(st.integers(0, len(problem.capacity) - 1))
    locked, bans = np.flatnonzero(problem.locked >= 0).tolist(), sorted(live.bans)
    if word == "forbid":
        choices = problem.choices(mentee)
        mentor = data.draw(st.sampled_from(choices)) if choices else mentor
    elif word == "allow" and bans:
        mentee, mentor = data.draw(st.sampled_from(bans))
    elif word == "unlock" and locked:
        mentee = data.draw(st.sampled_from(locked))
    there = sorted(set(range(len(problem.locked))) - live.gone)
    scores = st.dictionaries(st.sampled_from(there), st.integers(0, 4)) if there else st.just({})
    arguments = {
        "mentor_leaves": (mentor,),
        "add_places": (mentor, data.draw(st.integers(1, 5))),
        "mentee_leaves": (mentee,),
        "forbid": (mentee, mentor),
        "allow": (mentee, mentor),
        "lock": (mentee, mentor),
        "unlock": (mentee,),
        "add_mentor": (
            data.draw(scores),
            data.draw(st.integers(0, 3)),
            f"new-{len(problem.capacity)}",
        ),
    }[word]
    try:
        return getattr(live, word)(*arguments)
    except ValueError:
        return None


def check(live, before, said):
    after = live.mentor_of
    assert said.is_proven
    moved = np.flatnonzero(before != after)
    assert [(move.mentee, move.before, move.after) for move in said.moves] == [
        (i, before[i], after[i]) for i in moved
    ]
    assert said.n_matched == int((after >= 0).sum()) - int((before >= 0).sum())
    cold, warm = solution_of(live.problem()), live.solution()
    assert warm.certificate().ok, warm.certificate()
    assert (warm.n_matched, warm.total_cost) == (cold.n_matched, cold.total_cost)
    assert warm.mentor_of.tolist() == cold.mentor_of.tolist()
    assert warm.price_of_mentor == cold.price_of_mentor


@pytest.mark.parametrize("accelerated", [False, True])
@given(case=cases(max_mentees=7, max_mentors=4), data=st.data())
def test_changes_end_where_solving_from_nothing_does(accelerated, case, data):
    if not case.rows:
        return
    live = LiveMatching(case.solve(), accelerated=accelerated)
    for _ in range(data.draw(st.integers(1, 8))):
        before = live.mentor_of
        said = change(live, data)
        if said is not None:
            check(live, before, said)


@pytest.mark.parametrize("accelerated", [False, True])
@given(seed=st.integers(0, 2**32), data=st.data())
@some(8)
def test_a_mentor_leaves_a_school(accelerated, seed, data):
    problem = random_problem(seed, 80, 30)
    live = LiveMatching(solve(*problem), accelerated=accelerated)
    for _ in range(3):
        before = live.mentor_of
        check(live, before, live.mentor_leaves(data.draw(st.integers(0, 29))))


def test_what_moves_is_told():
    rows = ({0: (5, 0, 0)}, {0: (9, 0, 0), 1: (1, 0, 0)})
    live = LiveMatching(Case(rows, (2, 1), (-1, -1)).solve())
    assert live.mentor_of.tolist() == [0, 0]
    said = live.mentor_leaves(0)
    assert said.moves == (Move(0, 0, -1), Move(1, 0, 1))
    assert said.n_matched == -1
    assert live.add_places(0).moves == (Move(0, -1, 0),)
    assert live.solution().mentor_of.tolist() == [0, 1]


def test_a_lock_and_a_ban_taken_back_leave_all_as_it_was():
    rows = ({0: (5, 0, 0)}, {0: (9, 0, 0), 1: (1, 0, 0)})
    live = LiveMatching(Case(rows, (1, 1), (-1, -1)).solve())
    first = live.solution().mentor_of.tolist()
    assert first == [0, 1]
    assert live.forbid(0, 0).moves == (Move(0, 0, -1), Move(1, 1, 0))
    assert live.allow(0, 0).n_matched == 1
    assert live.lock(1, 0).moves == (Move(0, 0, -1), Move(1, 1, 0))
    assert live.unlock(1).n_matched == 1
    assert live.mentor_of.tolist() == live.solution().mentor_of.tolist() == first


def test_a_ban_is_taken_back_after_everything_was_laid_out_anew():
    rows = ({0: (5, 0, 0)}, {0: (9, 0, 0)})
    live = LiveMatching(Case(rows, (2,), (-1, -1)).solve())
    live.forbid(0, 0)
    live.add_mentor({1: 20}, 1, "new")
    assert live.mentor_of.tolist() == [-1, 1]
    before = live.mentor_of
    check(live, before, live.allow(0, 0))
    assert live.mentor_of.tolist() == [0, 1]
    assert live.bans == frozenset()


def test_what_cannot_be_done_is_refused():
    rows = ({0: (5, 0, 0)}, {0: (9, 0, 0), 1: (1, 0, 0)})
    live = LiveMatching(Case(rows, (2, 1), (0, -1)).solve())
    with pytest.raises(ValueError, match="has locked mentees"):
        live.mentor_leaves(0)
    with pytest.raises(ValueError, match="locked already"):
        live.lock(0, 1)
    with pytest.raises(ValueError, match="is locked"):
        live.mentee_leaves(0)
    with pytest.raises(ValueError, match="not an open candidate"):
        live.forbid(0, 0)
    with pytest.raises(ValueError, match="cannot be allowed"):
        live.allow(1, 0)
    with pytest.raises(ValueError, match="is not locked"):
        live.unlock(1)
    with pytest.raises(ValueError, match="known already"):
        live.add_mentor({0: 1}, 1, "mentor-0")
    live.lock(1, 1)
    with pytest.raises(ValueError, match="no place left"):
        LiveMatching(Case(rows, (1, 0), (-1, -1)).solve()).lock(1, 1)
    assert live.mentor_of.tolist() == [0, 1]


def test_a_lock_of_somebody_who_is_no_candidate_frees_what_was_a_place_too_many():
    live = LiveMatching(Case(({}, {0: (0, 0, 0)}), (0,), (-1, -1)).solve())
    assert live.add_places(0, 2).moves == (Move(1, -1, 0),)
    before = live.mentor_of
    check(live, before, live.lock(0, 0))
    assert live.mentor_of.tolist() == [0, 0]


@pytest.mark.parametrize("is_laid_out_anew", [False, True])
def test_who_has_left_is_not_brought_back(is_laid_out_anew):
    rows = ({0: (5, 0, 0), 1: (2, 0, 0)}, {0: (9, 0, 0), 1: (1, 0, 0)})
    live = LiveMatching(Case(rows, (2, 1), (-1, -1)).solve())
    live.forbid(0, 1)
    live.mentee_leaves(0)
    if is_laid_out_anew:
        live.add_mentor({1: 20}, 1, "new")
    stands = live.mentor_of.tolist()
    assert stands[0] == -1
    assert live.gone == {0}
    with pytest.raises(ValueError, match="mentee 0 has left"):
        live.lock(0, 0)
    with pytest.raises(ValueError, match="not an open candidate"):
        live.forbid(0, 0)
    with pytest.raises(ValueError, match="cannot be allowed"):
        live.allow(0, 1)
    with pytest.raises(ValueError, match=r"the mentees \[0\] have left"):
        live.add_mentor({0: 1, 1: 1}, 1, "one more")
    assert live.mentor_of.tolist() == live.solution().mentor_of.tolist() == stands
    assert live.bans == {(0, 1)}
    assert live.solution().certificate().ok


@pytest.mark.parametrize("accelerated", [False, True])
@pytest.mark.parametrize("points", [50, 10**9, 2**62, 10**30])
def test_a_new_mentor_of_points_unheard_of_buys_no_place_from_a_person(accelerated, points):
    case = Case(({0: (1, 0, 0)}, {1: (1, 0, 0)}, {}), (1, 0), (-1, -1, -1), load_cost=1)
    live = LiveMatching(case.solve(), accelerated=accelerated)
    before = live.mentor_of
    said = live.add_mentor({0: points, 1: 0}, 1, "new")
    assert live.mentor_of.tolist() == [0, 2, -1]
    check(live, before, said)
    problem = live.problem()
    anew = solve(
        problem.indptr, problem.indices, problem.score, problem.capacity, load_cost=1,
        tie_key_mentee=problem.keys.mentees, tie_key_mentor=problem.keys.mentors,
    )  # fmt: skip
    assert anew.mentor_of.tolist() == live.solution().mentor_of.tolist()
    assert anew.alternatives(0, 1) == live.solution().alternatives(0, 1)
    before = live.mentor_of
    check(live, before, live.mentee_leaves(1))
    assert live.mentor_of.tolist() == [2, -1, -1]


@pytest.mark.parametrize("weight", [0, 1, 2**56, 2**58, 2**59, 2**60, 10**30])
def test_changes_are_exact_whatever_the_size_of_costs(weight):
    rows = ({0: (5, 1, 0)}, {0: (9, 0, 2), 1: (1, 0, 0)}, {1: (0, 0, 0)})
    case = Case(rows, (1, 1), (-1, -1, -1), rank_weight=weight, load_cost=3 * weight)
    live = LiveMatching(case.solve())
    for change in (
        lambda: live.add_mentor({0: 2, 1: 3}, 1, "new"),
        lambda: live.add_places(2, 3),
        lambda: live.forbid(1, 1),
        lambda: live.allow(1, 1),
    ):
        before = live.mentor_of
        check(live, before, change())


@pytest.mark.parametrize("points", [most << k for k in range(50, 58) for most in (2, 3)])
def test_near_the_width_of_64_bits_compiled_and_plain_change_alike(points):
    rows = ({0: (points, 0, 0), 1: (1, 0, 0)}, {0: (points - 1, 0, 0)})
    case = Case(rows, (1, 1), (-1, -1))
    for accelerated in (False, True):
        live = LiveMatching(case.solve(accelerated=accelerated), accelerated=accelerated)
        for word, *arguments in (("mentor_leaves", 1), ("add_places", 0), ("lock", 1, 0)):
            before = live.mentor_of
            check(live, before, getattr(live, word)(*arguments))
