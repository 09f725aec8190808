"""The transportation problem behind the pairing, solved exactly and with a proof.

Every mentee takes at most one place, a mentor has ``capacity`` places. The goals in order:

1. locked pairs stay;
2. as many mentees as possible are matched;
3. on demand, the worst score of a pair is as high as it can be (:mod:`.fairness`);
4. the cost is the smallest: ``-score`` for a pair, choices that are met among the score
   (:mod:`.proposing`), ``change_cost`` more where the mentee had another mentor before, and
   ``load_cost * q`` for the q-th mentee (q = 0, 1, …) of a mentor;
5. among equals, the smallest sum of hashes of the people's own keys, never of row numbers
   (:mod:`.ties`).

Goals 2 and 4 are packed into one number, ``people * unmatched + points``, small enough for 64 bits
by construction or else one of Python's own. Goal 5 is a level after it, on the changes that cost
nothing. Of the many proofs the one with the smallest mentor prices explains: it does not depend on
the order of rows, and there a mentor's price is exactly what one more place would be worth.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce
from operator import or_
from typing import TypeGuard

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nastavnik.engine.matching.certificate import (
    Breach,
    Certificate,
    breaches,
    tie_breaches,
    totals,
)
from nastavnik.engine.matching.network import (
    SAFE,
    Exact,
    Index,
    Matched,
    Network,
    Solver,
    exact,
    largest,
)
from nastavnik.engine.matching.prices import Standing
from nastavnik.engine.matching.ties import Key, Keys, PriceLevel, digests, pair_hashes, settle

__all__ = [
    "Breach",
    "Certificate",
    "Key",
    "Price",
    "Problem",
    "Solution",
    "Witness",
    "certify",
    "solve",
]

Ints = tuple[int, ...]


@dataclass(frozen=True, slots=True, order=True)
class Price:
    """What a change costs: first people left without a mentor, then points of the score."""

    people: int
    points: int


@dataclass(frozen=True, slots=True)
class Witness:
    """``mentee`` and ``holders`` can go only to ``mentors``, who together have fewer ``places`` than them.

    All who lack the same places share one tuple of holders and one of mentors.
    """

    mentee: int
    holders: Ints
    mentors: Ints
    places: int

    @property
    def mentees(self) -> Ints:
        """All of them, rising."""
        return tuple(sorted((self.mentee, *self.holders)))


@dataclass(frozen=True)
class Problem:
    """A checked problem; built by :func:`solve`.

    ``cost`` is goal 4 pair by pair, ``unmatched`` the price that puts goal 2 before it.
    """

    indptr: Index
    indices: Index
    score: Exact
    cost: Exact
    capacity: Ints
    locked: Index
    n_locked: Index
    load_cost: int
    unmatched: int
    keys: Keys = field(repr=False)

    def price(self, value: int) -> Price:
        """Unpack a difference of packed values."""
        people = (2 * value + self.unmatched) // (2 * self.unmatched)
        return Price(people, value - people * self.unmatched)

    def choices(self, mentee: int) -> Ints:
        """Return the mentors the mentee may go to."""
        return tuple(self.indices[self.indptr[mentee] : self.indptr[mentee + 1]].tolist())

    @cached_property
    def kept(self) -> NDArray[np.bool_] | slice:
        """The pairs of those not locked."""
        if np.all(self.locked < 0):
            return slice(None)
        return np.repeat(self.locked < 0, np.diff(self.indptr))

    def edge(self, mentee: int, mentor: int) -> int:
        """Return the position of the pair, -1 where the two are no candidates."""
        begin, end = int(self.indptr[mentee]), int(self.indptr[mentee + 1])
        found = np.flatnonzero(self.indices[begin:end] == mentor)
        return begin + int(found[0]) if len(found) else -1

    def place_cost(self, q: int) -> int:
        """Return the cost of a mentor's place number q."""
        return self.load_cost * q

    @cached_property
    def free(self) -> list[int]:
        """The mentees who are not locked."""
        return np.flatnonzero(self.locked < 0).tolist()

    @cached_property
    def network(self) -> Network:
        """The problem without the locked, as the cores want it."""
        degree = np.where(self.locked < 0, np.diff(self.indptr), 0)
        mentors, cost = self.indices[self.kept], self.cost[self.kept]
        asked = np.bincount(mentors, minlength=len(self.capacity))
        # More places than people who could come make no difference.
        capacity = np.minimum(exact(self.capacity) - self.n_locked, asked).astype(np.int64)
        place_ptr = np.concatenate([[0], np.cumsum(capacity + 1)]).astype(np.int64)
        owner = np.repeat(np.arange(len(capacity)), capacity + 1)
        nth = np.arange(place_ptr[-1]) - place_ptr[owner] + self.n_locked[owner]
        return Network(
            mentee_ptr=np.concatenate([[0], np.cumsum(degree)]).astype(np.int64),
            mentors=mentors.astype(np.int32),
            costs=narrow(cost),
            capacity=capacity,
            place_ptr=place_ptr,
            place_cost=place_costs(nth, self.load_cost),
            unmatched=exact([self.unmatched] * len(degree)),
            active=self.locked < 0,
        )

    def solver(self, *, accelerated: bool | None = None) -> Solver:
        """Return a solver of the problem."""
        return Solver(self.network, accelerated=accelerated)


def place_costs(nth: Index, load_cost: int) -> Exact:
    """Return what places of these numbers cost, as 64-bit numbers where they fit."""
    wide = object if load_cost * (int(nth.max(initial=0)) + 1) >= SAFE else np.int64
    costs: Exact = nth.astype(wide) * load_cost
    return costs


def narrow(cost: Exact) -> Exact:
    """Return costs in 32 bits where they fit: half the memory to read."""
    return cost.astype(np.int32) if largest(cost) < 1 << 31 else cost


@dataclass(frozen=True)
class Solution:
    """The matching with its proof.

    ``mentor_of`` has a mentor's number or -1 per mentee. ``total_cost`` is goal 4 over all pairs.
    ``proof`` are the prices that prove goals 2 and 4, and goal 5 level by level; a locked mentee
    has no price. What explains is :attr:`price_of_mentor`, which is worked out when asked for. ``everybody``, where
    the problem has not all pairs, are the mentors each mentee could have, eight to a byte.
    """

    problem: Problem
    mentor_of: NDArray[np.int64]
    total_score: int
    total_cost: int
    n_matched: int
    proof: tuple[PriceLevel, ...] = field(repr=False)
    is_compiled: bool = False
    everybody: NDArray[np.uint8] | None = field(default=None, repr=False)

    @cached_property
    def _lowest(self) -> tuple[list[int], list[int]]:
        free = np.where(self.problem.locked < 0, self.mentor_of, -1)
        matched = Matched(free, self.proof[0].u, self.proof[0].v)
        lowest = self.problem.solver(accelerated=self.is_compiled).lowest(matched)
        return lowest.u.tolist(), lowest.v.tolist()

    @property
    def price_of_mentee(self) -> list[int]:
        """What each mentee pays: the cost of the pair and the mentor's price."""
        return self._lowest[0]

    @property
    def price_of_mentor(self) -> list[int]:
        """How contested each mentor is: the smallest prices that prove the matching."""
        return self._lowest[1]

    def certificate(self) -> Certificate:
        """Check feasibility and, pair by pair in exact integers, optimality."""
        return certify(self)

    def floor_price(self, mentee: int, mentor: int) -> Price:
        """Return a proven lower bound, read off the prices, of what forcing this pair would cost.

        Raises:
            ValueError: the two are no candidates or the mentee is locked.
        """
        return self.problem.price(_reduced_cost(self, mentee, mentor))

    def exact_price(self, mentee: int, mentor: int) -> Price | None:
        """Return exactly what forcing this pair would cost everybody; None if it cannot be.

        Raises:
            ValueError: the two are no candidates or the mentee is locked.
        """
        value = _reduced_cost(self, mentee, mentor)
        if self.mentor_of[mentee] == mentor:
            return Price(0, 0)
        value = self.standing.price(mentee, mentor, value)
        return None if value >= self.standing.far else self.problem.price(value)

    def alternatives(self, mentee: int, limit: int) -> tuple[tuple[int, Price], ...]:
        """Return the cheapest other mentors of a mentee with their exact prices.

        Of equal ones the hash of the pair decides.

        Raises:
            ValueError: the mentee is locked and could go to others.
        """
        standing, here = self.standing, self.mentor_of[mentee]
        if self.problem.locked[mentee] >= 0:
            if any(mentor != here for mentor in self.problem.choices(mentee)):
                raise ValueError(f"mentee {mentee} is locked")
            return ()
        others, _reduced, values = standing.prices(mentee, limit)
        told = np.flatnonzero((values < standing.far) & (values <= standing.nth(values, limit)))
        mine = digests([self.problem.keys.mentees[mentee]])
        hashes = pair_hashes(mine, self._mentor_hashes[others[told]]).tolist()
        numbers, costs = others[told].tolist(), values[told].tolist()
        found = sorted(zip(costs, hashes, numbers, strict=True))[:limit]
        return tuple((mentor, self.problem.price(value)) for value, _, mentor in found)

    @cached_property
    def standing(self) -> Standing:
        """The matching as prices of alternatives see it."""
        problem, far = self.problem, self.problem.network.limit()
        u, v = exact(self.price_of_mentee), exact(self.price_of_mentor)
        loads = zip(self.loads(), problem.capacity, self.price_of_mentor, strict=True)
        spare = [
            problem.place_cost(load) - price if load < capacity else far
            for load, capacity, price in loads
        ]
        return Standing(
            starts=problem.indptr,
            mentors=problem.indices,
            costs=problem.cost,
            mate=np.where(problem.locked < 0, self.mentor_of, -1),
            u=u,
            v=v,
            unmatched=problem.unmatched,
            spare=exact(spare),
            far=far,
        )

    @cached_property
    def _mentor_hashes(self) -> NDArray[np.uint64]:
        return digests(self.problem.keys.mentors)

    def gain_of_place(self, mentor: int) -> Price:
        """Return exactly what one more place with the mentor would bring: people, then points."""
        next_place = self.problem.place_cost(self.problem.capacity[mentor])
        return self.problem.price(max(0, self.price_of_mentor[mentor] - next_place))

    def loads(self) -> list[int]:
        """Return how many mentees each mentor has."""
        matched = self.mentor_of[self.mentor_of >= 0]
        loads: list[int] = np.bincount(matched, minlength=len(self.problem.capacity)).tolist()
        return loads

    @cached_property
    def members(self) -> list[list[int]]:
        """The mentees of each mentor who are free to move."""
        members: list[list[int]] = [[] for _ in self.problem.capacity]
        mentor_of = self.mentor_of.tolist()
        for mentee in self.problem.free:
            if mentor_of[mentee] >= 0:
                members[mentor_of[mentee]].append(mentee)
        return members

    def witness(self, mentee: int) -> Witness:
        """Return the set that shows why the unmatched mentee could not be placed (Hall).

        Raises:
            ValueError: the mentee is matched.
        """
        if self.mentor_of[mentee] >= 0:
            raise ValueError(f"mentee {mentee} is matched")
        reached, waiting = 0, self._may_go[mentee]
        while waiting:
            reached |= waiting
            beyond = 0
            for mentor in _numbers(waiting):
                beyond |= self._lead_on[mentor]
            waiting = beyond & ~reached
        if reached not in self._shared:
            mentors = _numbers(reached)
            holders = sorted(other for mentor in mentors for other in self.members[mentor])
            places = sum(self.problem.capacity[j] - int(self.problem.n_locked[j]) for j in mentors)
            self._shared[reached] = (tuple(holders), tuple(mentors), places)
        return Witness(mentee, *self._shared[reached])

    @cached_property
    def _shared(self) -> dict[int, tuple[Ints, Ints, int]]:
        """What was shown of mentors by their bits: who holds their places, they, and how many places there are."""
        return {}

    @cached_property
    def _may_go(self) -> list[int]:
        """The mentors each mentee may go to, as bits of one number."""
        if self.everybody is not None:
            return [int.from_bytes(row.tobytes(), "little") for row in self.everybody]
        n_mentors = len(self.problem.capacity)
        masks, row = [], np.zeros(n_mentors, dtype=np.bool_)
        for mentee in range(len(self.mentor_of)):
            own = self.problem.indices[
                self.problem.indptr[mentee] : self.problem.indptr[mentee + 1]
            ]
            row[own] = True
            masks.append(_bits(row))
            row[own] = False
        return masks

    @cached_property
    def _lead_on(self) -> list[int]:
        """The mentors to whom those of a mentor may go, as bits of one number."""
        return [reduce(or_, (self._may_go[mentee] for mentee in own), 0) for own in self.members]

    def mentors_with_room(self) -> frozenset[int]:
        """Return the mentors who could take one more, if need be by moving others along."""
        pairs = zip(self.loads(), self.problem.capacity, strict=True)
        has_room = np.array([load < capacity for load, capacity in pairs], dtype=np.bool_)
        able, waiting = _bits(has_room), np.flatnonzero(~has_room).tolist()
        while more := [mentor for mentor in waiting if self._lead_on[mentor] & able]:
            has_room[more] = True
            able, waiting = _bits(has_room), [j for j in waiting if not has_room[j]]
        return frozenset(np.flatnonzero(has_room).tolist())


def solve(  # noqa: PLR0913 - the model has this many numbers, all of them named
    indptr: ArrayLike,
    indices: ArrayLike,
    score: ArrayLike,
    capacity: ArrayLike,
    *,
    mentee_rank: ArrayLike | None = None,
    mentor_rank: ArrayLike | None = None,
    rank_weight: int = 0,
    load_cost: int = 0,
    locked: ArrayLike | None = None,
    previous: ArrayLike | None = None,
    change_cost: int = 0,
    tie_key_mentee: Sequence[Key] | None = None,
    tie_key_mentor: Sequence[Key] | None = None,
    most_elsewhere: int = 0,
    accelerated: bool | None = None,
) -> Solution:
    """Match the most mentees at the least cost and prove it.

    Args:
        indptr: int, (n_mentees + 1,): where each mentee's pairs begin.
        indices: int, (n_pairs,): the mentor of each pair, no pair twice.
        score: int, (n_pairs,): higher is better.
        capacity: int ≥ 0, (n_mentors,): places.
        mentee_rank: int, (n_pairs,): a place in an order of the mentee's, lower is better. People's choices are not given so:
            a rank takes points off a pair that staying alone does not.
        mentor_rank: int, (n_pairs,): the same seen from the mentor.
        rank_weight: points for one step of either rank, ≥ 0.
        load_cost: points for the q-th mentee of a mentor are ``load_cost * q``, ≥ 0.
        locked: int, (n_mentees,): the mentor who is fixed, or -1. Such a pair takes a place and
            need not be a candidate; then it scores 0.
        previous: int, (n_mentees,): the mentor of an earlier run, or -1.
        change_cost: points for each mentee who had a mentor and gets another one, ≥ 0.
        tie_key_mentee: lasting keys, one per mentee; row numbers where none are given.
        tie_key_mentor: lasting keys, one per mentor.
        most_elsewhere: where pairs were left out, more than any of them costs or brings; without it one of those might seem
            to cost more than a person.
        accelerated: compiled or not; None leaves it to the size. The result is the same.

    Returns:
        The one best matching with its proof.

    Raises:
        ValueError: shapes, ranges or keys do not fit; locks exceed a capacity.
    """
    starts, mentors, places = _graph(indptr, indices, capacity)
    n_pairs, n_mentees = len(mentors), len(starts) - 1
    points = _ints(score, "score", n_pairs)
    cost = _costs(
        points,
        _ranks(mentee_rank, "mentee_rank", n_pairs),
        _ranks(mentor_rank, "mentor_rank", n_pairs),
        _weight(rank_weight, "rank_weight"),
    )
    if previous is not None and _weight(change_cost, "change_cost"):
        before = _ints(previous, "previous", n_mentees)
        cost = _with_changes(cost, starts, mentors, before, int(change_cost))
    load = _weight(load_cost, "load_cost")
    fixed = np.full(n_mentees, -1) if locked is None else _ints(locked, "locked", n_mentees)
    keys = Keys(
        _keys(tie_key_mentee, "tie_key_mentee", n_mentees),
        _keys(tie_key_mentor, "tie_key_mentor", len(places)),
    )
    most = max(largest(cost), _weight(most_elsewhere, "most_elsewhere"))
    spread = most + load * (min(max(places, default=0), n_mentees) + 1) + 1
    n_locked = _count_locked(fixed, places)
    problem = Problem(
        starts,
        mentors,
        score=points,
        cost=cost,
        capacity=places,
        locked=fixed.astype(np.int64),
        n_locked=n_locked,
        load_cost=load,
        # Larger than twice any difference between two matchings, so it always goes first.
        unmatched=4 * (n_mentees + 1) * spread,
        keys=keys,
    )
    return solution_of(problem, accelerated=accelerated)


def solution_of(problem: Problem, *, accelerated: bool | None = None) -> Solution:
    """Solve a checked problem."""
    solver = problem.solver(accelerated=accelerated)
    return settled(problem, solver, solver.solve())


def settled(problem: Problem, solver: Solver, matched: Matched) -> Solution:
    """Choose among the matchings as good as the one found, and put in the locked."""
    mate, proof = settle(solver, matched, problem.keys)
    total_score, total_cost = _totals(problem, mate, solver.tight(matched))
    mentor_of = np.where(problem.locked >= 0, problem.locked, mate)
    mentor_of.setflags(write=False)
    return Solution(
        problem=problem,
        mentor_of=mentor_of,
        total_score=total_score,
        total_cost=total_cost,
        n_matched=int((mentor_of >= 0).sum()),
        proof=proof,
        is_compiled=solver.is_compiled,
    )


def _ints(values: ArrayLike, name: str, n: int | None = None) -> Exact:
    array = np.asarray(values)
    if array.size == 0:
        array = array.astype(np.int64)
    if array.dtype.kind not in "iu" and _are_whole(values):
        array = np.empty(len(values), dtype=object)
        array[:] = [int(one) for one in values]
    if array.ndim != 1 or not (array.dtype.kind in "iu" or _are_whole(values)):
        raise ValueError(f"{name}: a flat list of whole numbers is needed, got {array.dtype}")
    if n is not None and len(array) != n:
        raise ValueError(f"{name}: {n} values are needed, got {len(array)}")
    if array.dtype.itemsize < np.dtype(np.int64).itemsize:
        return array
    return exact(array.astype(object)) if largest(array) >= SAFE >> 2 else array.astype(np.int64)


def _are_whole(values: ArrayLike) -> TypeGuard[Sequence[int]]:
    """Tell whether these are Python's own integers, which numpy may read as objects or as floats."""
    if isinstance(values, np.ndarray) and values.dtype != object:
        return False
    return isinstance(values, Sequence | np.ndarray) and all(
        isinstance(one, int | np.integer) and not isinstance(one, bool) for one in values
    )


def _ranks(values: ArrayLike | None, name: str, n: int) -> Exact | None:
    return None if values is None else _ints(values, name, n)


def _weight(value: object, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 0:
        raise ValueError(f"{name}: a whole number not below 0 is needed, got {value!r}")
    return int(value)


def _costs(points: Exact, one: Exact | None, other: Exact | None, weight: int) -> Exact:
    ranks = [rank for rank in (one, other) if rank is not None and weight and largest(rank)]
    bound = largest(points) + weight * sum(map(largest, ranks))
    wide: type = object if bound >= SAFE >> 2 else np.int64 if bound >= 1 << 31 else np.int32
    cost: Exact = -points.astype(wide)
    for rank in ranks:
        cost += weight * rank.astype(wide)
    return cost


def _with_changes(
    cost: Exact, starts: Index, mentors: Index, previous: Exact, change_cost: int
) -> Exact:
    before = np.repeat(previous, np.diff(starts))
    changed = (before >= 0) & (before != mentors)
    wide: type = object if largest(cost) + change_cost >= SAFE >> 2 else np.int64
    changes: Exact = changed.astype(wide) * change_cost
    return changes + cost


def _graph(indptr: ArrayLike, indices: ArrayLike, capacity: ArrayLike) -> tuple[Index, Index, Ints]:
    starts, mentors = _ints(indptr, "indptr"), _ints(indices, "indices")
    places = tuple(_ints(capacity, "capacity").tolist())
    is_wide = starts.dtype == object
    if is_wide or not len(starts) or starts[0] != 0 or starts[-1] != len(mentors):
        raise ValueError("indptr: must begin with 0 and end with the number of pairs")
    starts = starts.astype(np.int64)
    if np.any(np.diff(starts) < 0):
        raise ValueError("indptr: must not decrease")
    if len(mentors) and not 0 <= mentors.min() <= mentors.max() < len(places):
        raise ValueError(f"indices: mentors are numbered 0 to {len(places) - 1}")
    if min(places, default=0) < 0:
        raise ValueError("capacity: must not be below 0")
    _refuse_doubles(starts, mentors)
    return starts, mentors.astype(np.int32), places


def _refuse_doubles(starts: Index, mentors: Exact) -> None:
    rises = np.append(True, mentors[1:] > mentors[:-1])
    rises[starts[:-1][np.diff(starts) > 0]] = True
    if np.all(rises):
        return
    rows = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    order = np.lexsort((mentors, rows))
    double = (np.diff(rows[order]) == 0) & (np.diff(mentors[order]) == 0)
    if double.any():
        mentee = int(rows[order][1:][double][0])
        raise ValueError(f"indices: mentee {mentee} has a mentor twice")


def _count_locked(locked: Exact, capacity: Ints) -> Index:
    wrong = np.flatnonzero((locked < -1) | (locked >= len(capacity)))
    if len(wrong):
        mentee = int(wrong[0])
        raise ValueError(f"locked: mentee {mentee} has the unknown mentor {locked[mentee]}")
    fixed = locked[locked >= 0].astype(np.int64)
    counts = np.bincount(fixed, minlength=len(capacity)).astype(np.int64)
    for mentor in np.flatnonzero(counts).tolist():
        if counts[mentor] > capacity[mentor]:
            raise ValueError(
                f"locked: {counts[mentor]} mentees for mentor {mentor} "
                f"with capacity {capacity[mentor]}"
            )
    return counts


def _keys(keys: Sequence[Key] | None, name: str, n: int) -> Sequence[Key]:
    if keys is None:
        return range(n)
    if len(keys) != n:
        raise ValueError(f"{name}: {n} keys are needed, got {len(keys)}")
    if len(set(map(str, keys))) < n:
        raise ValueError(f"{name}: a key occurs twice")
    return keys


def _totals(problem: Problem, mate: Index, pairs: Index | None = None) -> tuple[int, int]:
    """Return the score and the cost of all pairs; ``mate`` without the locked."""
    kept = problem.kept
    score, cost = totals(problem.score[kept], problem.cost[kept], problem.network, mate, pairs)
    for mentee in np.flatnonzero(problem.locked >= 0).tolist():
        edge = problem.edge(mentee, int(problem.locked[mentee]))
        if edge >= 0:
            score += int(problem.score[edge])
            cost += int(problem.cost[edge])
    matched = np.where(problem.locked >= 0, problem.locked, mate)
    loads = np.bincount(matched[matched >= 0], minlength=len(problem.capacity))
    return score, cost + problem.load_cost * int((loads * (loads - 1) // 2).sum())


def _reduced_cost(solution: Solution, mentee: int, mentor: int) -> int:
    problem = solution.problem
    edge = problem.edge(mentee, mentor)
    if edge < 0 or problem.locked[mentee] >= 0:
        raise ValueError(f"mentee {mentee} and mentor {mentor} are not an open candidate pair")
    value = int(problem.cost[edge]) + solution.price_of_mentor[mentor]
    return value - solution.price_of_mentee[mentee]


def _bits(which: NDArray[np.bool_]) -> int:
    """Return a number with these bits set."""
    return int.from_bytes(np.packbits(which, bitorder="little").tobytes(), "little")


def _numbers(bits: int) -> list[int]:
    """Return which bits of a number are set, rising."""
    raw = np.frombuffer(bits.to_bytes((bits.bit_length() + 7) // 8, "little"), dtype=np.uint8)
    found: list[int] = np.flatnonzero(np.unpackbits(raw, bitorder="little")).tolist()
    return found


def certify(solution: Solution) -> Certificate:
    """Check a matching and its prices from scratch, without trusting the search.

    Feasible: every pair is a candidate or locked, locks hold, nobody has more than the capacity,
    the totals are right. Optimal: see :mod:`nastavnik.engine.matching.certificate`.
    """
    reasons = tuple(_breaches(solution))
    return Certificate(ok=not reasons, reasons=reasons)


def _breaches(solution: Solution) -> list[Breach]:
    problem, mentor_of = solution.problem, solution.mentor_of
    if len(mentor_of) != len(problem.locked) or not solution.proof:
        return [Breach("wrong_shape")]
    unlocked = np.flatnonzero((problem.locked >= 0) & (mentor_of != problem.locked)).tolist()
    if unlocked:
        return [Breach("lock_broken", i, int(mentor_of[i])) for i in unlocked]
    mate = np.where(problem.locked < 0, mentor_of, -1)
    first = solution.proof[0]
    found = list(breaches(problem.network, Matched(mate, first.u, first.v)))
    if {"unknown_mentor", "not_a_candidate", "wrong_shape"} & {one.code for one in found}:
        return found
    if solution.n_matched != int((mentor_of >= 0).sum()):
        found.append(Breach("wrong_count"))
    if (solution.total_score, solution.total_cost) != _totals(problem, mate):
        found.append(Breach("wrong_total"))
    if not found:
        found += tie_breaches(problem.network, mate, solution.proof, problem.keys)
    return found
