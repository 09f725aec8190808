"""The best worst pair: nobody gets a worse pair than has to be, and still the most are matched.

The smallest score of a pair is raised as far as the number of people matched allows (a search by
halves over the scores there are), then everything else is decided as before. The proof is in two
parts: with this floor the result is the best, and with the next score as a floor fewer are matched.
"""

from dataclasses import dataclass, replace

import numpy as np

from nastavnik.engine.matching.transport import (
    Breach,
    Certificate,
    Problem,
    Solution,
    solution_of,
)


@dataclass(frozen=True, slots=True)
class FairSolution:
    """The best matching with no pair under ``floor``, None where nobody is free to be matched.

    ``beyond`` is the best one with the next higher floor, which leaves more people alone.
    """

    solution: Solution
    floor: int | None
    beyond: Solution | None

    def certificate(self) -> Certificate:
        """Check both parts of the proof; locked pairs may lie under the floor."""
        found = list(self.solution.certificate().reasons)
        problem = self.solution.problem
        if self.floor is not None and np.any(problem.score[problem.kept] < self.floor):
            found.append(Breach("under_floor"))
        if self.beyond is not None:
            found += self.beyond.certificate().reasons
            if self.beyond.n_matched >= self.solution.n_matched:
                found.append(Breach("floor_too_low"))
        return Certificate(ok=not found, reasons=tuple(found))


def raise_worst(solution: Solution) -> FairSolution:
    """Raise the worst score of a pair as far as it goes without leaving anybody more alone."""
    problem, wanted = solution.problem, solution.n_matched
    free = problem.locked < 0
    if not np.any(free & (solution.mentor_of >= 0)):
        return FairSolution(solution, None, None)
    scores = np.unique(problem.score[problem.kept]).tolist()
    low, high = 0, len(scores)
    while high - low > 1:
        middle = (low + high) // 2
        if _most(above(problem, scores[middle])) == wanted:
            low = middle
        else:
            high = middle
    beyond = None
    if high < len(scores):
        beyond = solution_of(_plain(above(problem, scores[high])))
    return FairSolution(solution_of(above(problem, scores[low])), scores[low], beyond)


def above(problem: Problem, floor: int) -> Problem:
    """Return the problem without pairs under the floor; those of the locked stay."""
    rows = np.repeat(np.arange(len(problem.locked)), np.diff(problem.indptr))
    kept = (problem.score >= floor) | (problem.locked[rows] >= 0)
    counts = np.bincount(rows[kept], minlength=len(problem.locked))
    return replace(
        problem,
        indptr=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        indices=problem.indices[kept],
        score=problem.score[kept],
        cost=problem.cost[kept],
    )


def _plain(problem: Problem) -> Problem:
    """Return the problem of matching the most, whatever the cost."""
    return replace(
        problem,
        cost=np.zeros(len(problem.cost), dtype=np.int32),
        load_cost=0,
        unmatched=4 * (len(problem.locked) + 1),
    )


def _most(problem: Problem) -> int:
    """Return how many can be matched, locked ones among them."""
    matched = _plain(problem).solver().solve()
    return int((matched.mate >= 0).sum() + (problem.locked >= 0).sum())
