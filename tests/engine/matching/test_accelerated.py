"""The accelerator: the same results, whatever is solved, from either side."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.matching.oracles import by_ortools, by_scipy, random_problem, some
from tests.engine.matching.strategies import Case, cases

from nastavnik.engine.matching import compiled, cores, network
from nastavnik.engine.matching.transport import solve

numba = pytest.importorskip("numba")


def same(one, other):
    assert one.mentor_of.tolist() == other.mentor_of.tolist()
    assert (one.total_score, one.total_cost) == (other.total_score, other.total_cost)
    assert len(one.proof) == len(other.proof)
    for a, b in zip(one.proof, other.proof, strict=True):
        assert [a.u.tolist(), a.v.tolist()] == [b.u.tolist(), b.v.tolist()]
        assert a.rank.tolist() == b.rank.tolist()


@given(cases(max_mentees=12, max_mentors=6))
def test_compiled_and_plain_give_the_same_to_the_last_price(case):
    fast = case.solve(accelerated=True)
    assert fast.is_compiled
    same(fast, case.solve(accelerated=False))
    assert fast.certificate().ok


@given(cases(max_mentees=12, max_mentors=6))
def test_the_smallest_prices_are_the_same_compiled_and_plain(case):
    fast, plain = case.solve(accelerated=True), case.solve(accelerated=False)
    assert fast.price_of_mentor == plain.price_of_mentor
    assert fast.price_of_mentee == plain.price_of_mentee


def test_numbers_that_might_not_fit_are_left_to_python():
    huge = 2**60
    case = Case(({0: (huge, 0, 0)}, {0: (-huge, 0, 0)}), (2,), (-1, -1))
    solution = case.solve(accelerated=True)
    assert not solution.is_compiled
    assert solution.n_matched == 2
    assert solution.certificate().ok


@given(cases(max_mentees=12, max_mentors=6, max_score=1000))
def test_no_price_comes_near_the_bound_checked_beforehand(case):
    solution = case.solve(accelerated=False)
    limit = solution.problem.network.limit()
    for prices in (solution.proof[0].u, solution.proof[0].v):
        assert 4 * network.largest(prices) < limit


def test_without_a_folder_for_machine_code_it_is_made_anew(monkeypatch):
    def no_folder(**options):
        if options.get("cache"):
            raise RuntimeError("no locator available")
        return lambda function: (function.__name__, options)

    monkeypatch.setattr(numba, "njit", no_folder)
    name, options = compiled._machine_code(cores.push)
    assert (name, options["forceinline"], options["nogil"]) == ("push", True, True)


def test_without_the_accelerator_nothing_is_missing(monkeypatch):
    monkeypatch.setattr(compiled, "find_spec", lambda _: None)
    problem = random_problem(7, 60, 20)
    slow = solve(*problem, accelerated=True)
    assert not slow.is_compiled
    monkeypatch.undo()
    same(slow, solve(*problem, accelerated=True))


def test_two_threads_change_nothing(monkeypatch):
    problem = random_problem(11, 400, 150, n_schools=9)
    one = solve(*problem, accelerated=True)
    monkeypatch.setattr(network, "N_PAIRS_THREADS", 1)
    same(one, solve(*problem, accelerated=True))
    assert one.certificate().ok


@pytest.mark.parametrize("accelerated", [False, True])
@given(seed=st.integers(0, 2**32), n=st.integers(1, 30), m=st.integers(1, 20))
@some(25)
def test_small_problems_equal_the_dense_assignment_of_scipy(accelerated, seed, n, m):
    problem = random_problem(seed, n, m)
    found = solve(*problem, accelerated=accelerated)
    assert (found.n_matched, found.total_score) == by_scipy(*problem)
    assert found.certificate().ok


@pytest.mark.parametrize("accelerated", [False, True])
@given(seed=st.integers(0, 2**32), n=st.integers(30, 250), m=st.integers(10, 120))
@some(10)
def test_middling_problems_equal_or_tools(accelerated, seed, n, m):
    problem = random_problem(seed, n, m, n_schools=3)
    found = solve(*problem, accelerated=accelerated)
    assert (found.n_matched, found.total_score) == by_ortools(*problem)
    assert found.certificate().ok


@given(seed=st.integers(0, 2**32), n=st.integers(2, 120), m=st.integers(1, 50), data=st.data())
@some(20)
def test_renumbered_people_get_the_same_mentors(seed, n, m, data):
    indptr, indices, score, capacity = random_problem(seed, n, m, top=4)
    straight = solve(indptr, indices, score, capacity)
    order = np.array(data.draw(st.permutations(range(n))))
    names = np.array(data.draw(st.permutations(range(m))))
    rows = [slice(indptr[i], indptr[i + 1]) for i in order]
    place = np.argsort(names)
    mixed = solve(
        np.concatenate([[0], np.cumsum(np.diff(indptr)[order])]),
        np.concatenate([place[indices[row]] for row in rows]),
        np.concatenate([score[row] for row in rows]),
        capacity[names],
        tie_key_mentee=order.tolist(),
        tie_key_mentor=names.tolist(),
    )
    back = np.where(mixed.mentor_of >= 0, names[mixed.mentor_of], -1)
    assert back[np.argsort(order)].tolist() == straight.mentor_of.tolist()
    assert mixed.certificate().ok
