"""A watch: told how far the work is, changing nothing, and ending it when it is no longer wanted."""

import threading

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from tests.engine.matching.oracles import random_problem
from tests.engine.matching.people import schools

from nastavnik.engine.matching import compiled, cores, network, watching
from nastavnik.engine.matching.candidates import standard_rules
from nastavnik.engine.matching.proposing import propose
from nastavnik.engine.matching.transport import solve
from nastavnik.engine.matching.watching import report_progress, run_all, watched

STEPS = ("candidates", "pairs", "reasons")
BOTH = [False, pytest.param(True, marks=pytest.mark.skipif(not compiled.is_installed(), reason="no accelerator"))]  # fmt: skip


RULES = standard_rules()


class UnwantedError(Exception):
    pass


class Log:
    """A watch that keeps what it is told, and has had enough at some call, from 1."""

    def __init__(self, enough=None):
        self.told, self.enough = [], enough

    def __call__(self, step, done, total):
        self.told.append((step, done, total))
        if len(self.told) == self.enough:
            raise UnwantedError


@pytest.fixture
def often(monkeypatch):
    """Look as often as can be."""
    monkeypatch.setattr(watching, "LOOK_SECONDS", 0.001)


@given(schools(), st.booleans())
def test_watched_or_not_the_proposal_is_the_same(school, prunes):
    mentors, mentees, _forbidden = school
    n_best = 1 if prunes else None
    alone = propose(mentors, mentees, RULES, n_best=n_best)
    log = Log()
    with watched(log):
        assert propose(mentors, mentees, RULES, n_best=n_best) == alone
    places = [STEPS.index(step) for step, _done, _total in log.told]
    assert places == sorted(places)
    assert all(0 <= done <= total for _step, done, total in log.told)
    reasons = [done for step, done, total in log.told if step == "reasons"]
    assert reasons == list(range(len(mentees)))


@given(schools(), st.integers(1, 4))
def test_what_a_watch_raises_ends_the_work_and_nothing_watches_after(school, enough):
    mentors, mentees, _forbidden = school
    assume(mentees)
    log = Log(min(enough, 1 + len(mentees)))
    with watched(log), pytest.raises(UnwantedError):
        propose(mentors, mentees, RULES)
    assert len(log.told) == log.enough
    propose(mentors, mentees, RULES)
    report_progress("pairs")
    assert len(log.told) == log.enough


def problem_of(side):
    """Return a problem of some hundred searches that begins from the mentees or from the mentors."""
    n, m = (300, 200) if side == "mentees" else (500, 100)
    return random_problem(5, n, m)


@pytest.mark.parametrize("side", ["mentees", "mentors"])
@pytest.mark.parametrize("accelerated", BOTH)
def test_a_solver_that_is_stopped_begins_no_further_search(side, accelerated):
    def n_matched(stopped):
        solver = solve(*problem_of(side)).problem.solver(accelerated=accelerated)
        assert solver.is_compiled == accelerated
        room = solver.work

        def work(n_pairs):
            made = room(n_pairs)
            made.now[cores.STOPPED] = stopped
            return made

        solver.work = work
        return int((solver.solve().mate >= 0).sum())

    assert n_matched(0) > 100
    assert n_matched(1) == 0


@pytest.mark.parametrize("accelerated", BOTH)
def test_prices_are_not_lowered_when_stopped(accelerated):
    solution = solve(*problem_of("mentors"))
    matched = network.Matched(solution.mentor_of, solution.proof[0].u, solution.proof[0].v)

    def lowered(stopped):
        solver = solution.problem.solver(accelerated=accelerated)
        graph, state, work = (
            solver.graph,
            solver.state_of(matched),
            solver.work(len(solver.network.mentors)),
        )
        work.now[cores.STOPPED] = stopped
        slack = solver.vector(matched.v - solver.network.place_cost[solver.network.place_ptr[:-1]])
        solver.cores["lower_prices"](graph, state, work, slack, solver.filled(0, 0))
        return sum(work.finished), sum(work.order), int(work.now[cores.HEAP])

    assert lowered(0)[2] == 0
    assert lowered(1)[2] == len(solution.problem.capacity)


def test_the_plain_solver_is_stopped_in_the_middle(often):
    """Plain, these searches take some tenths of a second; the first look comes after some milliseconds."""
    problem = solve(*random_problem(5, 900, 600)).problem
    solver, log = problem.solver(accelerated=False), Log()
    with watched(log):
        solver.solve()
    assert len(log.told) > 1
    assert sum(mate < 0 for mate in solver.state.mate) < 100
    solver = problem.solver(accelerated=False)
    with watched(Log(1)), pytest.raises(UnwantedError):
        solver.solve()
    assert sum(mate < 0 for mate in solver.state.mate) > 100


@pytest.mark.skipif(not compiled.is_installed(), reason="no accelerator")
@pytest.mark.parametrize("enough", [1, 2, 3])
def test_it_is_looked_at_between_the_steps_of_loading_the_accelerator(enough):
    problem = solve(*random_problem(5, 20, 10)).problem
    compiled.compiled.cache_clear()
    log = Log(enough)
    with watched(log), pytest.raises(UnwantedError):
        problem.solver(accelerated=True)
    assert len(log.told) == enough
    assert compiled.is_loaded() == (enough > 1)
    problem.solver(accelerated=True)
    with watched(log):
        problem.solver(accelerated=True)
    assert len(log.told) == enough


def test_whoever_runs_beside_is_stopped_as_well(often):
    stopped, ended = threading.Event(), []

    def task():
        assert stopped.wait(30)
        ended.append(True)

    with watched(Log(3)), pytest.raises(UnwantedError):
        run_all([task, task], stopped.set)
    assert ended == [True, True]


def test_unwatched_one_task_stays_in_its_thread_and_two_run_beside():
    seen = []
    task = lambda: seen.append(threading.current_thread())  # noqa: E731
    run_all([task], lambda: None)
    assert seen == [threading.current_thread()]
    run_all([task, task], lambda: None)
    assert threading.current_thread() not in seen[1:]


def test_a_fault_of_a_task_reaches_the_caller(often):
    def task():
        raise ZeroDivisionError

    for watch in (None, Log()):
        with watched(watch), pytest.raises(ZeroDivisionError):
            run_all([task, task], lambda: None)
