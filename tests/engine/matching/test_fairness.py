from dataclasses import replace
from itertools import product

from hypothesis import given
from tests.engine.matching.strategies import Case, cases

from nastavnik.engine.matching.fairness import raise_worst


def best_worst(case):
    """Of every assignment there is: the most people, then the best worst score, then the cost."""
    options = [
        [case.locked[i]] if case.locked[i] >= 0 else [-1, *row] for i, row in enumerate(case.rows)
    ]

    def goal(chosen):
        free = [case.rows[i][j][0] for i, j in enumerate(chosen) if case.locked[i] < 0 <= j]
        matched = sum(j >= 0 for j in chosen)
        return matched, min(free, default=99), -case.cost_of(chosen)

    possible = [
        chosen
        for chosen in product(*options)
        if all(chosen.count(j) <= cap for j, cap in enumerate(case.capacity))
    ]
    return max(map(goal, possible))


@given(cases(max_mentees=5, max_mentors=3, max_score=6))
def test_the_worst_pair_is_as_good_as_can_be(case):
    found = raise_worst(case.solve())
    solution = found.solution
    matched, worst, cost = best_worst(case)
    free = [case.rows[i][j][0] for i, j in enumerate(solution.mentor_of) if case.locked[i] < 0 <= j]
    assert (solution.n_matched, -solution.total_cost) == (matched, cost)
    assert min(free, default=99) == worst
    assert found.floor == (worst if free else None)
    assert found.certificate().ok, found.certificate()


def fair():
    rows = ({0: (9, 0, 0), 1: (6, 0, 0)}, {0: (5, 0, 0), 1: (1, 0, 0)})
    return raise_worst(Case(rows, (1, 1), (-1, -1)).solve())


def test_points_are_given_up_for_the_worst_pair():
    rows = ({0: (9, 0, 0), 1: (3, 0, 0)}, {0: (4, 0, 0), 1: (1, 0, 0)})
    case = Case(rows, (1, 1), (-1, -1))
    assert case.solve().total_score == 10
    found = raise_worst(case.solve())
    assert (found.solution.total_score, found.floor) == (7, 3)


def test_a_floor_too_low_or_not_kept_is_caught():
    found = fair()
    assert (found.floor, found.certificate().ok) == (5, True)

    def codes(wrong):
        return {breach.code for breach in wrong.certificate().reasons}

    assert codes(replace(found, floor=7)) == {"under_floor"}
    assert codes(replace(found, beyond=found.solution)) == {"floor_too_low"}
