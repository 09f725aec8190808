"""The stable choice, and what each choice costs the other.

In a *stable* matching no two people who are not a pair would both rather be one (Gale and Shapley
1962). It is always smaller or as large as the largest matching: it may leave people without a
mentor. Between the two stands a dial, the number of levels (Brandl and Kavitha 2019): a mentee whom
everybody refused asks all over again one level higher, and mentors prefer a higher level to any
rank. One level is deferred acceptance. Two give a largest *popular* matching. L levels match at
least L / (L + 1) of what is possible, and as many levels as mentees match the most.

Ranks with ties are made strict once, for both sides, by the hashes of the people's keys; what is
stable then is weakly stable for the ranks given.
"""

from dataclasses import dataclass
from heapq import heappush, heappushpop

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nastavnik.engine.matching.network import Index, exact, total
from nastavnik.engine.matching.transport import Problem, Solution


@dataclass(frozen=True, slots=True)
class Preferences:
    """A problem seen by wish: strict orders of both sides, 0 the best, one number per pair.

    ``of_mentee`` counts within the mentee's pairs, ``of_mentor`` within the mentor's.
    """

    problem: Problem
    rows: Index
    of_mentee: Index
    of_mentor: Index


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a choice means for people: ``levels`` is None for the largest and best one.

    ``n_blocking_pairs`` would both rather be a pair; ``n_mentees_blocking`` are in one.
    """

    levels: int | None
    mentor_of: NDArray[np.int64]
    n_matched: int
    n_unmatched: int
    total_score: int
    n_blocking_pairs: int
    n_mentees_blocking: int


def preferences(
    problem: Problem, mentee_rank: ArrayLike | None = None, mentor_rank: ArrayLike | None = None
) -> Preferences:
    """Make strict orders of ranks; where there are none, a higher score is preferred.

    Args:
        problem: as :func:`nastavnik.engine.matching.transport.solve` checked it.
        mentee_rank: int, (n_pairs,): which choice the mentor is for the mentee, lower is better.
        mentor_rank: int, (n_pairs,): the same seen from the mentor.

    Raises:
        ValueError: there is not one rank per pair.
    """
    rows = np.repeat(np.arange(len(problem.locked)), np.diff(problem.indptr))
    mentors = problem.indices.astype(np.int64)
    ties = problem.keys.of_pairs(rows, mentors)
    ranks = []
    for given in (mentee_rank, mentor_rank):
        rank = -exact(problem.score) if given is None else np.asarray(given)
        if len(rank) != len(rows):
            raise ValueError(f"{len(rows)} ranks are needed, got {len(rank)}")
        ranks.append(rank)
    return Preferences(problem, rows, _order(rows, ranks[0], ties), _order(mentors, ranks[1], ties))


def _order(owner: Index, rank: NDArray[np.int64], ties: NDArray[np.uint64]) -> Index:
    """Number each owner's pairs from the best to the worst."""
    order = np.lexsort((ties, rank, owner))
    first = np.searchsorted(owner[order], owner)
    place = np.empty(len(owner), dtype=np.int64)
    place[order] = np.arange(len(owner))
    return place - first


def match_stably(wishes: Preferences, levels: int = 1) -> NDArray[np.int64]:
    """Let mentees ask in the order of their wishes; mentors keep the best who asked.

    Locked pairs stay and take a place. Time is proportional to pairs times levels.

    Returns:
        int64, (n_mentees,): the mentor of each mentee, -1 for nobody.

    Raises:
        ValueError: fewer than one level.
    """
    if levels < 1:
        raise ValueError(f"levels: at least 1, got {levels}")
    problem = wishes.problem
    starts = problem.indptr.tolist()
    order = np.lexsort((wishes.of_mentee, wishes.rows))
    mentors, ranks = problem.indices[order].tolist(), wishes.of_mentor[order].tolist()
    places = [c - n for c, n in zip(problem.capacity, problem.n_locked.tolist(), strict=True)]
    kept: list[list[tuple[int, int, int]]] = [[] for _ in places]
    asked = [0] * len(problem.locked)
    waiting = problem.free[::-1]
    while waiting:
        mentee = waiting.pop()
        row = starts[mentee + 1] - starts[mentee]
        if asked[mentee] >= row * levels:
            continue
        level, nth = divmod(asked[mentee], row)
        asked[mentee] += 1
        pair = starts[mentee] + nth
        own, offer = kept[mentors[pair]], (level, -ranks[pair], mentee)
        if len(own) < places[mentors[pair]]:
            heappush(own, offer)
        else:
            waiting.append(heappushpop(own, offer)[-1] if own else mentee)
    mentor_of = problem.locked.copy()
    for mentor, own in enumerate(kept):
        for _, _, mentee in own:
            mentor_of[mentee] = mentor
    return mentor_of


def blocking_pairs(wishes: Preferences, mentor_of: NDArray[np.int64]) -> Index:
    """Return the positions of the pairs who would both rather be one.

    Locked mentees block nothing, and their mentors do not give them up.
    """
    problem, rows = wishes.problem, wishes.rows
    mentors = problem.indices.astype(np.int64)
    used = (mentor_of[rows] == mentors) & (problem.locked[rows] < 0)
    last = len(rows) + 1
    own = np.full(len(mentor_of), last, dtype=np.int64)
    own[rows[used]] = wishes.of_mentee[used]
    own[problem.locked >= 0] = -1
    worst = np.full(len(problem.capacity), -1, dtype=np.int64)
    np.maximum.at(worst, mentors[used], wishes.of_mentor[used])
    load = np.bincount(mentor_of[mentor_of >= 0], minlength=len(worst))
    has_room = np.array([a < b for a, b in zip(load.tolist(), problem.capacity, strict=True)])
    worst[has_room] = last
    return np.flatnonzero((wishes.of_mentee < own[rows]) & (wishes.of_mentor < worst[mentors]))


def outcome(
    wishes: Preferences, mentor_of: NDArray[np.int64], levels: int | None = None
) -> Outcome:
    """Count what a matching means."""
    problem = wishes.problem
    blocking = blocking_pairs(wishes, mentor_of)
    used = mentor_of[wishes.rows] == problem.indices
    n_matched = int((mentor_of >= 0).sum())
    return Outcome(
        levels=levels,
        mentor_of=mentor_of,
        n_matched=n_matched,
        n_unmatched=len(mentor_of) - n_matched,
        total_score=total(problem.score[used]),
        n_blocking_pairs=len(blocking),
        n_mentees_blocking=len(np.unique(wishes.rows[blocking])),
    )


def compare(
    solution: Solution,
    mentee_rank: ArrayLike | None = None,
    mentor_rank: ArrayLike | None = None,
    levels: tuple[int, ...] = (1, 2, 3),
) -> tuple[Outcome, ...]:
    """Return what the best matching and each stable one would mean, in this order.

    The difference in ``n_unmatched`` is what stability leaves without a mentor, the difference in
    ``n_blocking_pairs`` what the largest matching asks people to put up with.
    """
    wishes = preferences(solution.problem, mentee_rank, mentor_rank)
    stable = [outcome(wishes, match_stably(wishes, level), level) for level in levels]
    return (outcome(wishes, solution.mentor_of), *stable)
