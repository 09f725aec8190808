"""The transportation problem behind the pairing, solved exactly and with a proof.

Every mentee takes at most one place, a mentor has ``capacity`` places. The goals in order:

1. locked pairs stay;
2. as many mentees as possible are matched;
3. the cost is the smallest: ``-score + rank_weight * (mentee_rank + mentor_rank)`` for a pair and
   ``load_cost * q`` for the q-th mentee (q = 0, 1, …) of a mentor;
4. among equals, the smallest sum of hashes of the people's own keys, never of row numbers.

The three lower goals are packed into one Python integer per pair, so nothing can overflow:
``value = people * unmatched + (points << bits) + hash``. Successive shortest paths keep a price per
mentor and per mentee; the prices prove the result optimal pair by pair. Of the many proofs the one
with the smallest mentor prices is returned: it does not depend on the order of rows, and there a
mentor's price is exactly what one more place with this mentor would be worth.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

HASH_BITS = 64

Ints = tuple[int, ...]
Key = str | int


@dataclass(frozen=True, slots=True, order=True)
class Price:
    """What a change costs: first people left without a mentor, then points of the score."""

    people: int
    points: int


@dataclass(frozen=True, slots=True)
class Breach:
    """One condition of the certificate that does not hold; -1 where nobody is concerned."""

    code: str
    mentee: int = -1
    mentor: int = -1


@dataclass(frozen=True, slots=True)
class Certificate:
    """Whether a result was shown feasible and optimal, and where it was not."""

    ok: bool
    reasons: tuple[Breach, ...] = ()


@dataclass(frozen=True, slots=True)
class Witness:
    """``mentees`` who can go only to ``mentors``, who together have fewer ``places`` than them."""

    mentees: Ints
    mentors: Ints
    places: int


@dataclass(frozen=True, slots=True)
class Problem:
    """A checked problem: pairs by mentee, costs packed; built by :func:`solve`."""

    indptr: Ints
    indices: Ints
    score: Ints
    cost: Ints
    packed: Ints
    capacity: Ints
    locked: Ints
    n_locked: Ints
    load_cost: int
    bits: int
    unmatched: int

    def price(self, value: int) -> Price:
        """Unpack a difference of packed values; a lower bound stays a lower bound."""
        people = (2 * value + self.unmatched) // (2 * self.unmatched)
        rest = value - people * self.unmatched
        return Price(people, (rest + (1 << (self.bits - 1))) >> self.bits)

    def edges(self, mentee: int) -> range:
        """Return the positions of the mentee's pairs."""
        return range(self.indptr[mentee], self.indptr[mentee + 1])

    def choices(self, mentee: int) -> Ints:
        """Return the mentors the mentee may go to."""
        return self.indices[self.indptr[mentee] : self.indptr[mentee + 1]]

    def edge(self, mentee: int, mentor: int) -> int:
        """Return the position of the pair, -1 where the two are no candidates."""
        return next((e for e in self.edges(mentee) if self.indices[e] == mentor), -1)

    def place_cost(self, q: int) -> int:
        """Return the packed cost of a mentor's place number q."""
        return (self.load_cost * q) << self.bits

    @property
    def free(self) -> list[int]:
        """The mentees who are not locked."""
        return [mentee for mentee, mentor in enumerate(self.locked) if mentor < 0]


@dataclass(frozen=True, slots=True)
class Solution:
    """The matching with its proof.

    ``mentor_of`` has a mentor's number or -1 per mentee. ``total_cost`` is goal 3 over all pairs.
    Prices are packed integers (see :meth:`Problem.price`); a locked mentee has price 0.
    """

    problem: Problem
    mentor_of: NDArray[np.int64]
    total_score: int
    total_cost: int
    n_matched: int
    price_of_mentee: Ints
    price_of_mentor: Ints

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
        detour = _Detour(self, mentee).length(mentor)
        return None if detour is None else self.problem.price(value + detour)

    def alternatives(self, mentee: int, limit: int) -> tuple[tuple[int, Price], ...]:
        """Return the cheapest other mentors of a mentee with their exact prices.

        Candidates are taken in the order of their lower bounds, so only a few are worked out.
        """
        bounds = sorted(
            (_reduced_cost(self, mentee, mentor), mentor)
            for mentor in self.problem.choices(mentee)
            if mentor != self.mentor_of[mentee]
        )
        detour, found = _Detour(self, mentee), list[tuple[int, int]]()
        for value, mentor in bounds:
            if len(found) >= limit and value >= found[limit - 1][0]:
                break
            length = detour.length(mentor)
            if length is not None:
                found = sorted([*found, (value + length, mentor)])
        return tuple((mentor, self.problem.price(value)) for value, mentor in found[:limit])

    def gain_of_place(self, mentor: int) -> Price:
        """Return exactly what one more place with the mentor would bring: people, then points."""
        next_place = self.problem.place_cost(self.problem.capacity[mentor])
        return self.problem.price(max(0, self.price_of_mentor[mentor] - next_place))

    def loads(self) -> list[int]:
        """Return how many mentees each mentor has."""
        loads = [0] * len(self.problem.capacity)
        for mentor in self.mentor_of:
            if mentor >= 0:
                loads[mentor] += 1
        return loads

    def witness(self, mentee: int) -> Witness:
        """Return the set that shows why the unmatched mentee could not be placed (Hall).

        Raises:
            ValueError: the mentee is matched.
        """
        if self.mentor_of[mentee] >= 0:
            raise ValueError(f"mentee {mentee} is matched")
        members = _members(self)
        mentees, mentors, queue = {mentee}, set[int](), [mentee]
        while queue:
            for mentor in self.problem.choices(queue.pop()):
                if mentor not in mentors:
                    mentors.add(mentor)
                    queue.extend(members[mentor])
                    mentees.update(members[mentor])
        places = sum(self.problem.capacity[j] - self.problem.n_locked[j] for j in mentors)
        return Witness(tuple(sorted(mentees)), tuple(sorted(mentors)), places)

    def mentors_with_room(self) -> frozenset[int]:
        """Return the mentors who could take one more, if need be by moving others along."""
        members, loads = _members(self), self.loads()
        able = {j for j, load in enumerate(loads) if load < self.problem.capacity[j]}
        grew = True
        while grew:
            movers = {i for i in self.problem.free if able.intersection(self.problem.choices(i))}
            fresh = {
                j for j, own in enumerate(members) if j not in able and movers.intersection(own)
            }
            able |= fresh
            grew = bool(fresh)
        return frozenset(able)


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
    tie_key_mentee: Sequence[Key] | None = None,
    tie_key_mentor: Sequence[Key] | None = None,
) -> Solution:
    """Match the most mentees at the least cost and prove it.

    Args:
        indptr: int, (n_mentees + 1,): where each mentee's pairs begin.
        indices: int, (n_pairs,): the mentor of each pair, no pair twice.
        score: int, (n_pairs,): higher is better.
        capacity: int ≥ 0, (n_mentors,): places.
        mentee_rank: int, (n_pairs,): which choice the mentor is for the mentee, lower is better.
        mentor_rank: int, (n_pairs,): the same seen from the mentor.
        rank_weight: points for one step of either rank, ≥ 0.
        load_cost: points for the q-th mentee of a mentor are ``load_cost * q``, ≥ 0.
        locked: int, (n_mentees,): the mentor who is fixed, or -1. Such a pair takes a place and
            need not be a candidate; then it scores 0.
        tie_key_mentee: lasting keys, one per mentee; row numbers where none are given.
        tie_key_mentor: lasting keys, one per mentor.

    Returns:
        The one best matching with its proof.

    Raises:
        ValueError: shapes, ranges or keys do not fit; locks exceed a capacity.
    """
    graph = _graph(indptr, indices, capacity)
    n_pairs, n_mentees, n_mentors = len(graph[1]), len(graph[0]) - 1, len(graph[2])
    points = _ints(score, "score", n_pairs)
    ranks = [
        _ranks(mentee_rank, "mentee_rank", n_pairs),
        _ranks(mentor_rank, "mentor_rank", n_pairs),
    ]
    weight, load = _weight(rank_weight, "rank_weight"), _weight(load_cost, "load_cost")
    fixed = (-1,) * n_mentees if locked is None else _ints(locked, "locked", n_mentees)
    hashes = (
        _hashes(tie_key_mentee, "tie_key_mentee", n_mentees),
        _hashes(tie_key_mentor, "tie_key_mentor", n_mentors),
    )
    cost = tuple(weight * (a + b) - s for s, a, b in zip(points, ranks[0], ranks[1], strict=True))
    tie = _pair_hashes(graph[0], graph[1], *hashes)
    bits = HASH_BITS + n_mentees.bit_length() + 1
    spread = max(map(abs, cost), default=0) + load * max(graph[2], default=0) + 1
    problem = Problem(
        *graph[:2],
        score=points,
        cost=cost,
        packed=tuple((c << bits) + h for c, h in zip(cost, tie, strict=True)),
        capacity=graph[2],
        locked=fixed,
        n_locked=_count_locked(fixed, graph[2]),
        load_cost=load,
        bits=bits,
        # Larger than twice any difference between two matchings, so it always goes first.
        unmatched=(4 * (n_mentees + 1) * spread) << bits,
    )
    return _solution(problem, _run(problem))


def _ints(values: ArrayLike, name: str, n: int | None = None) -> Ints:
    array = np.asarray(values)
    if array.size == 0:
        array = array.astype(np.int64)
    if array.ndim != 1 or array.dtype.kind not in "iu":
        raise ValueError(f"{name}: a flat list of whole numbers is needed, got {array.dtype}")
    if n is not None and len(array) != n:
        raise ValueError(f"{name}: {n} values are needed, got {len(array)}")
    return tuple(array.tolist())


def _ranks(values: ArrayLike | None, name: str, n: int) -> Ints:
    return (0,) * n if values is None else _ints(values, name, n)


def _weight(value: object, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < 0:
        raise ValueError(f"{name}: a whole number not below 0 is needed, got {value!r}")
    return int(value)


def _graph(indptr: ArrayLike, indices: ArrayLike, capacity: ArrayLike) -> tuple[Ints, Ints, Ints]:
    starts, mentors, places = (
        _ints(indptr, "indptr"),
        _ints(indices, "indices"),
        _ints(capacity, "capacity"),
    )
    if not starts or starts[0] != 0 or starts[-1] != len(mentors):
        raise ValueError("indptr: must begin with 0 and end with the number of pairs")
    if any(a > b for a, b in pairwise(starts)):
        raise ValueError("indptr: must not decrease")
    if any(not 0 <= mentor < len(places) for mentor in mentors):
        raise ValueError(f"indices: mentors are numbered 0 to {len(places) - 1}")
    if any(place < 0 for place in places):
        raise ValueError("capacity: must not be below 0")
    for mentee, (a, b) in enumerate(pairwise(starts)):
        if len(set(mentors[a:b])) < b - a:
            raise ValueError(f"indices: mentee {mentee} has a mentor twice")
    return starts, mentors, places


def _count_locked(locked: Ints, capacity: Ints) -> Ints:
    counts = [0] * len(capacity)
    for mentee, mentor in enumerate(locked):
        if not -1 <= mentor < len(capacity):
            raise ValueError(f"locked: mentee {mentee} has the unknown mentor {mentor}")
        if mentor >= 0:
            counts[mentor] += 1
    for mentor, count in enumerate(counts):
        if count > capacity[mentor]:
            raise ValueError(
                f"locked: {count} mentees for mentor {mentor} with capacity {capacity[mentor]}"
            )
    return tuple(counts)


def _hashes(keys: Sequence[Key] | None, name: str, n: int) -> NDArray[np.uint64]:
    texts = [str(key) for key in (range(n) if keys is None else keys)]
    if len(texts) != n:
        raise ValueError(f"{name}: {n} keys are needed, got {len(texts)}")
    if len(set(texts)) < n:
        raise ValueError(f"{name}: a key occurs twice")
    digests = [blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8) for text in texts]
    return np.array([int.from_bytes(d.digest(), "big") for d in digests], dtype=np.uint64)


def _mixed(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Mix the bits (splitmix64's finaliser); wrapping round is what is wanted here."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def _pair_hashes(
    indptr: Ints, indices: Ints, mentees: NDArray[np.uint64], mentors: NDArray[np.uint64]
) -> list[int]:
    rows = np.repeat(mentees, np.array([b - a for a, b in pairwise(indptr)], dtype=np.int64))
    columns = mentors[np.array(indices, dtype=np.int64)]
    hashes: list[int] = _mixed(_mixed(rows) + np.uint64(0x9E3779B97F4A7C15) * columns).tolist()
    return hashes


@dataclass(slots=True)
class _State:
    """What changes while paths are added; ``members`` without the locked mentees."""

    mentor_of: list[int]
    members: list[list[int]]
    mentee_price: list[int]
    mentor_price: list[int]


@dataclass(slots=True)
class _Tree:
    """The shortest paths from one mentee: how far each mentor is and through whom."""

    best: int
    end_mentee: int
    end_mentor: int
    came: dict[int, int]
    near: dict[int, int]
    done: dict[int, int]
    heap: list[tuple[int, int]]


def _run(problem: Problem) -> _State:
    state = _State(
        mentor_of=list(problem.locked),
        members=[[] for _ in problem.capacity],
        mentee_price=[0] * len(problem.locked),
        mentor_price=[problem.place_cost(n) for n in problem.n_locked],
    )
    for mentee in problem.free:
        values = (
            problem.packed[e] + state.mentor_price[problem.indices[e]]
            for e in problem.edges(mentee)
        )
        state.mentee_price[mentee] = min(values, default=problem.unmatched)
        state.mentee_price[mentee] = min(state.mentee_price[mentee], problem.unmatched)
        tree = _shortest_paths(problem, state, mentee)
        _raise_prices(state, tree, mentee)
        _flip(state, tree)
    _lower_prices(problem, state)
    return state


def _shortest_paths(problem: Problem, state: _State, start: int) -> _Tree:
    """Search from an unplaced mentee to a free place or to the mentee best left unmatched."""
    tree = _Tree(problem.unmatched - state.mentee_price[start], start, -1, {}, {}, {}, [])
    _scan(problem, state, tree, start, 0)
    while tree.heap:
        distance, mentor = heapq.heappop(tree.heap)
        if distance >= tree.best:
            break
        if mentor in tree.done:
            continue
        tree.done[mentor] = distance
        load = problem.n_locked[mentor] + len(state.members[mentor])
        if load < problem.capacity[mentor]:
            value = distance + problem.place_cost(load) - state.mentor_price[mentor]
            if value < tree.best:
                tree.best, tree.end_mentor = value, mentor
        for mentee in state.members[mentor]:
            value = distance + problem.unmatched - state.mentee_price[mentee]
            if value < tree.best:
                tree.best, tree.end_mentee, tree.end_mentor = value, mentee, -1
            _scan(problem, state, tree, mentee, distance)
    return tree


def _scan(problem: Problem, state: _State, tree: _Tree, mentee: int, distance: int) -> None:
    base, best, near = distance - state.mentee_price[mentee], tree.best, tree.near
    packed, indices, prices = problem.packed, problem.indices, state.mentor_price
    for edge in problem.edges(mentee):
        mentor = indices[edge]
        value = base + packed[edge] + prices[mentor]
        if value < near.get(mentor, best):
            near[mentor] = value
            tree.came[mentor] = mentee
            heapq.heappush(tree.heap, (value, mentor))


def _raise_prices(state: _State, tree: _Tree, start: int) -> None:
    state.mentee_price[start] += tree.best
    for mentor, distance in tree.done.items():
        if distance < tree.best:
            step = tree.best - distance
            state.mentor_price[mentor] += step
            for mentee in state.members[mentor]:
                state.mentee_price[mentee] += step


def _flip(state: _State, tree: _Tree) -> None:
    mentor = tree.end_mentor
    if mentor < 0:
        mentor = _leave(state, tree.end_mentee)
    while mentor >= 0:
        mentee = tree.came[mentor]
        previous = _leave(state, mentee)
        state.mentor_of[mentee] = mentor
        state.members[mentor].append(mentee)
        mentor = previous


def _leave(state: _State, mentee: int) -> int:
    mentor = state.mentor_of[mentee]
    if mentor >= 0:
        state.members[mentor].remove(mentee)
        state.mentor_of[mentee] = -1
    return mentor


def _floor(problem: Problem, state: _State, mentor: int) -> int:
    """Return the smallest price the mentor's own places allow."""
    n_free = len(state.members[mentor])
    return problem.place_cost(problem.n_locked[mentor] + max(0, n_free - 1))


def _lower_prices(problem: Problem, state: _State) -> None:
    """Move to the smallest prices that still prove the matching (one more Dijkstra)."""
    slack = [p - _floor(problem, state, j) for j, p in enumerate(state.mentor_price)]
    for mentee in problem.free:
        if state.mentor_of[mentee] < 0:
            _relax(problem, state, mentee, 0, slack)
    _shorten(problem, state, slack)
    for mentor, value in enumerate(slack):
        state.mentor_price[mentor] -= value
        for mentee in state.members[mentor]:
            state.mentee_price[mentee] -= value


def _shorten(problem: Problem, state: _State, slack: list[int]) -> None:
    heap = [(value, mentor) for mentor, value in enumerate(slack)]
    heapq.heapify(heap)
    done: set[int] = set()
    while heap:
        value, mentor = heapq.heappop(heap)
        if mentor in done:
            continue
        done.add(mentor)
        for mentee in state.members[mentor]:
            for closer in _relax(problem, state, mentee, value, slack):
                heapq.heappush(heap, (slack[closer], closer))


def _relax(problem: Problem, state: _State, mentee: int, value: int, slack: list[int]) -> list[int]:
    closer = []
    for edge in problem.edges(mentee):
        mentor = problem.indices[edge]
        reach = (
            value + problem.packed[edge] + state.mentor_price[mentor] - state.mentee_price[mentee]
        )
        if reach < slack[mentor]:
            slack[mentor] = reach
            closer.append(mentor)
    return closer


def _solution(problem: Problem, state: _State) -> Solution:
    mentor_of = np.array(state.mentor_of, dtype=np.int64)
    mentor_of.setflags(write=False)
    total_score, total_cost = _totals(problem, state.mentor_of)
    return Solution(
        problem=problem,
        mentor_of=mentor_of,
        total_score=total_score,
        total_cost=total_cost,
        n_matched=sum(mentor >= 0 for mentor in state.mentor_of),
        price_of_mentee=tuple(state.mentee_price),
        price_of_mentor=tuple(state.mentor_price),
    )


def _totals(problem: Problem, mentor_of: Sequence[int]) -> tuple[int, int]:
    score = cost = 0
    loads = [0] * len(problem.capacity)
    for mentee, mentor in enumerate(mentor_of):
        if mentor < 0:
            continue
        edge = problem.edge(mentee, mentor)
        if edge >= 0:
            score += problem.score[edge]
            cost += problem.cost[edge]
        cost += problem.load_cost * loads[mentor]
        loads[mentor] += 1
    return score, cost


def _members(solution: Solution) -> list[list[int]]:
    """Return the mentees of each mentor who are free to move."""
    members: list[list[int]] = [[] for _ in solution.problem.capacity]
    for mentee in solution.problem.free:
        mentor = int(solution.mentor_of[mentee])
        if mentor >= 0:
            members[mentor].append(mentee)
    return members


def _reduced_cost(solution: Solution, mentee: int, mentor: int) -> int:
    problem = solution.problem
    edge = problem.edge(mentee, mentor)
    if edge < 0 or problem.locked[mentee] >= 0:
        raise ValueError(f"mentee {mentee} and mentor {mentor} are not an open candidate pair")
    value = problem.packed[edge] + solution.price_of_mentor[mentor]
    return value - solution.price_of_mentee[mentee]


class _Detour:
    """How the others would have to move if one mentee were put elsewhere.

    The place left at home costs nothing more to fill: with the smallest prices some chain of equal
    cost always leads into every mentor whose place is worth something.
    """

    def __init__(self, solution: Solution, mentee: int) -> None:
        self.solution, self.mentee = solution, mentee
        self.members, self.loads = _members(solution), solution.loads()
        self.home = int(solution.mentor_of[mentee])

    def length(self, start: int) -> int | None:
        """Return the reduced length from a mentor with one too many to where somebody can go."""
        best: int | None = None
        near, done, heap = {start: 0}, set[int](), [(0, start)]
        while heap:
            distance, mentor = heapq.heappop(heap)
            if best is not None and distance >= best:
                break
            if mentor in done:
                continue
            done.add(mentor)
            ends = [distance + end for end in self._ends(mentor)]
            best = min(ends if best is None else [best, *ends], default=None)
            self._push(mentor, distance, near, heap)
        return best

    def _ends(self, mentor: int) -> list[int]:
        """Return what it takes to stop here: the place left, a free one, or somebody let go."""
        if mentor == self.home:
            return [0]
        problem, load = self.solution.problem, self.loads[mentor]
        ends = [
            problem.unmatched - self.solution.price_of_mentee[other]
            for other in self.members[mentor]
        ]
        if load < problem.capacity[mentor]:
            price = self.solution.price_of_mentor[mentor]
            ends.append(problem.place_cost(load) - price)
        return ends

    def _push(
        self, mentor: int, distance: int, near: dict[int, int], heap: list[tuple[int, int]]
    ) -> None:
        problem, prices = self.solution.problem, self.solution.price_of_mentor
        for other in self.members[mentor] if mentor != self.home else ():
            base = distance - self.solution.price_of_mentee[other]
            for edge in problem.edges(other):
                to = problem.indices[edge]
                value = base + problem.packed[edge] + prices[to]
                if to not in near or value < near[to]:
                    near[to] = value
                    heapq.heappush(heap, (value, to))


def certify(solution: Solution) -> Certificate:
    """Check a matching and its prices from scratch, without trusting the search.

    Feasible: every pair is a candidate or locked, locks hold, nobody has more than the capacity,
    the totals are right. Optimal (complementary slackness): no pair would be cheaper than what the
    mentee pays now, an unmatched mentee pays the whole price of being unmatched, and a mentor's
    price lies between the last place taken and the first place free.
    """
    problem = solution.problem
    mentor_of = [int(mentor) for mentor in solution.mentor_of]
    shapes = (len(mentor_of), len(solution.price_of_mentee), len(solution.price_of_mentor))
    if shapes != (len(problem.locked), len(problem.locked), len(problem.capacity)):
        return Certificate(ok=False, reasons=(Breach("wrong_shape"),))
    breaches = _pair_breaches(problem, mentor_of)
    if breaches:
        return Certificate(ok=False, reasons=tuple(breaches))
    breaches = _total_breaches(solution, mentor_of)
    for mentee in problem.free:
        breaches += _mentee_breaches(solution, mentee, mentor_of[mentee])
    for mentor, load in enumerate(solution.loads()):
        breaches += _mentor_breaches(solution, mentor, load)
    return Certificate(ok=not breaches, reasons=tuple(breaches))


def _pair_breaches(problem: Problem, mentor_of: list[int]) -> list[Breach]:
    breaches = []
    for mentee, mentor in enumerate(mentor_of):
        if not -1 <= mentor < len(problem.capacity):
            breaches.append(Breach("unknown_mentor", mentee, mentor))
        elif problem.locked[mentee] not in {-1, mentor}:
            breaches.append(Breach("lock_broken", mentee, mentor))
        elif problem.locked[mentee] < 0 <= mentor and problem.edge(mentee, mentor) < 0:
            breaches.append(Breach("not_a_candidate", mentee, mentor))
    return breaches


def _total_breaches(solution: Solution, mentor_of: list[int]) -> list[Breach]:
    breaches = []
    if solution.n_matched != sum(mentor >= 0 for mentor in mentor_of):
        breaches.append(Breach("wrong_count"))
    if (solution.total_score, solution.total_cost) != _totals(solution.problem, mentor_of):
        breaches.append(Breach("wrong_total"))
    return breaches


def _mentee_breaches(solution: Solution, mentee: int, mentor: int) -> list[Breach]:
    problem, price = solution.problem, solution.price_of_mentee[mentee]
    breaches = []
    if price > problem.unmatched or (mentor < 0 and price != problem.unmatched):
        breaches.append(Breach("mentee_price", mentee, mentor))
    for edge in problem.edges(mentee):
        other = problem.indices[edge]
        value = problem.packed[edge] + solution.price_of_mentor[other] - price
        if value < 0 or (other == mentor and value != 0):
            breaches.append(Breach("cheaper_pair", mentee, other))
    return breaches


def _mentor_breaches(solution: Solution, mentor: int, load: int) -> list[Breach]:
    problem, price = solution.problem, solution.price_of_mentor[mentor]
    if load > problem.capacity[mentor]:
        return [Breach("over_capacity", mentor=mentor)]
    too_low = load > problem.n_locked[mentor] and price < problem.place_cost(load - 1)
    too_high = load < problem.capacity[mentor] and price > problem.place_cost(load)
    return [Breach("mentor_price", mentor=mentor)] if too_low or too_high else []
