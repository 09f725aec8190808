"""Changes to a solved problem: only what has to move is looked at again, with proof.

A mentor leaves, places are added, a mentee leaves, a pair is forbidden or locked, a ban or a lock is
taken back: each is a few of the steps a problem is solved by, from the prices that stand. After each the proof is checked
around everything that was touched; the rest was proven before and has not changed.
:meth:`LiveMatching.solution` settles ties and proves the whole, and is then, pair by pair, what
solving from nothing gives.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from nastavnik.engine.matching import cores
from nastavnik.engine.matching.network import (
    Exact,
    Index,
    Matched,
    Network,
    Solver,
    exact,
    largest,
)
from nastavnik.engine.matching.ties import Key, Keys
from nastavnik.engine.matching.transport import Problem, Solution, place_costs, settled

#: Places that can be added to a mentor before everything is laid out anew.
N_SPARE = 3


@dataclass(frozen=True, slots=True)
class Move:
    """A mentee who changes; -1 is nobody."""

    mentee: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Change:
    """What a change moved, and whether the proof around it holds."""

    moves: tuple[Move, ...]
    is_proven: bool

    @property
    def n_matched(self) -> int:
        """How many more mentees have a mentor; below 0 where some lost theirs."""
        return sum((move.after >= 0) - (move.before >= 0) for move in self.moves)


class LiveMatching:
    """A solved problem that can be changed; among equally good matchings it keeps what stands.

    Mentees who left and pairs that were forbidden stay in the arrays as pairs with nobody, so that a
    change costs only what it touches. Who has left does not come back: no later change may name them.
    """

    def __init__(self, solution: Solution, *, accelerated: bool | None = None) -> None:
        self._accelerated = accelerated
        problem, first = solution.problem, solution.proof[0]
        mate = np.where(problem.locked < 0, solution.mentor_of, -1)
        self._touched, self._moved = set[int](), set[int]()
        self._bans: dict[tuple[int, int], tuple[int, int]] = {}
        self._gone = np.zeros(len(mate), dtype=np.bool_)
        self._lay_out(problem, Matched(mate, first.u, first.v))
        self._shadow = self.mentor_of

    # ------------------------------------------------------------------ changes

    def mentor_leaves(self, mentor: int) -> Change:
        """Take all places of a mentor away; locked mentees stay and have to be unlocked before.

        Raises:
            ValueError: the mentor has locked mentees.
        """
        if np.any(self._locked == mentor):
            raise ValueError(f"mentor {mentor} has locked mentees")
        self._capacity[mentor] = 0
        self._graph.capacity[mentor] = 0
        left = self._members(mentor)
        self._state.load[mentor] = 0
        for mentee in left:
            self._state.mate[mentee] = -1
        for mentee in left:
            self._place(mentee)
        return self._changed([mentor], left)

    def add_places(self, mentor: int, count: int = 1) -> Change:
        """Give a mentor more places."""
        for _ in range(count):
            self._capacity[mentor] += 1
            asked = self._graph.mentor_ptr[mentor + 1] - self._graph.mentor_ptr[mentor]
            room = self._graph.place_ptr[mentor + 1] - self._graph.place_ptr[mentor] - 1
            if self._graph.capacity[mentor] >= min(asked, room):
                if asked > room:
                    self._lay_out(self.problem(), self._matched())
                else:
                    continue
            else:
                self._graph.capacity[mentor] += 1
            self._open(mentor)
        return self._changed([mentor], [])

    def mentee_leaves(self, mentee: int) -> Change:
        """Take a mentee out; the place goes to whom it helps most.

        Raises:
            ValueError: the mentee is locked.
        """
        if self._locked[mentee] >= 0:
            raise ValueError(f"mentee {mentee} is locked")
        mentor = self._take_out(mentee)
        self._gone[mentee] = True
        return self._changed([mentor] if mentor >= 0 else [], [mentee])

    def forbid(self, mentee: int, mentor: int) -> Change:
        """Forbid a pair.

        Raises:
            ValueError: the two are no candidates, or the mentee has left or is locked.
        """
        position = self._position(mentee, mentor)
        self._forbidden.append(position)
        found = self._problem.score[position], self._problem.cost[position]
        self._bans[mentee, mentor] = (int(found[0]), int(found[1]))
        was = self._state.mate[mentee]
        if was == mentor:
            self._take_out(mentee)
        self._hide(mentee, mentor)
        if was == mentor:
            self._place(mentee)
        return self._changed([mentor], [mentee])

    def allow(self, mentee: int, mentor: int) -> Change:
        """Take a ban back.

        Raises:
            ValueError: the pair is not forbidden, or the mentee has left or is locked.
        """
        pair = (mentee, mentor)
        if pair not in self._bans or self._gone[mentee] or self._locked[mentee] >= 0:
            raise ValueError(f"mentee {mentee} and mentor {mentor} cannot be allowed")
        before = int(self._state.mate[mentee])
        self._take_out(mentee)
        rooms = self._show(mentee, mentor)
        self._place(mentee)
        self._open_up(rooms)
        return self._changed([mentor, before, *rooms], [mentee])

    def unlock(self, mentee: int) -> Change:
        """Take a lock back: the mentee is matched like all others, the place is one like all others.

        Raises:
            ValueError: the mentee is not locked.
        """
        mentor = int(self._locked[mentee])
        if mentor < 0:
            raise ValueError(f"mentee {mentee} is not locked")
        rooms = self._give_place_back(mentee, mentor)
        # Without a free place no price of the mentor is too high: first the mentee, then the places.
        self._graph.capacity[mentor] = self._state.load[mentor]
        self._place(mentee)
        self._open_up(rooms)
        return self._changed([mentor, *rooms], [mentee])

    def lock(self, mentee: int, mentor: int) -> Change:
        """Fix a pair, candidates or not.

        Raises:
            ValueError: the mentee has left or is locked already, or the mentor has no place left for a
                lock.
        """
        if self._locked[mentee] >= 0:
            raise ValueError(f"mentee {mentee} is locked already")
        if self._gone[mentee]:
            raise ValueError(f"mentee {mentee} has left")
        if np.sum(self._locked == mentor) >= self._capacity[mentor]:
            raise ValueError(f"mentor {mentor} has no place left")
        source = self._take_out(mentee, reopen=self._state.mate[mentee] != mentor)
        others = self._members(mentor)
        kicked = -1
        if source != mentor and others:
            kicked = others[-1]
            self._state.load[mentor] -= 1
            self._state.mate[kicked] = -1
        self._locked[mentee] = mentor
        room = self._use_first_place(mentor)
        if kicked >= 0:
            self._place(kicked)
        while self._graph.capacity[mentor] < room:
            self._graph.capacity[mentor] += 1
            self._open(mentor)
        return self._changed([mentor, source], [mentee, kicked])

    def add_mentor(self, scores: Mapping[int, int], capacity: int, key: Key) -> Change:
        """Add a mentor with the scores of the mentees who may come; the number is the next one.

        Raises:
            ValueError: the key is known already, the capacity below 0, or a mentee with a score has left.
        """
        problem, matched = self.problem(), self._matched()
        if capacity < 0 or str(key) in set(map(str, problem.keys.mentors)):
            raise ValueError(f"mentor {key}: known already, or a capacity below 0")
        if left := [mentee for mentee in scores if self._gone[mentee]]:
            raise ValueError(f"mentor {key}: the mentees {left} have left")
        number = len(problem.capacity)
        # Points of a size unheard of so far must not buy a place from a person.
        dearest = (
            4
            * (self.n_mentees + 1)
            * (largest(exact(list(scores.values()))) + problem.load_cost + 1)
        )
        if dearest > problem.unmatched:
            problem, matched = _with_dearer_people(problem, matched, dearest)
            self._touched.update(range(number))
        wider = _with_mentor(problem, scores, key)
        v = _and(matched.v, self._first_price(scores, matched))
        self._lay_out(wider, Matched(matched.mate, matched.u, v))
        return self.add_places(number, capacity)

    # ------------------------------------------------------------------ what stands

    @property
    def mentor_of(self) -> Index:
        """The mentor of each mentee, -1 for nobody."""
        mate = np.array(self._state.mate[: self.n_mentees], dtype=np.int64)
        return np.where(self._locked >= 0, self._locked, mate)

    @property
    def bans(self) -> frozenset[tuple[int, int]]:
        """The pairs forbidden since, (mentee, mentor)."""
        return frozenset(self._bans)

    @property
    def gone(self) -> frozenset[int]:
        """The mentees who have left."""
        return frozenset(np.flatnonzero(self._gone).tolist())

    @property
    def n_mentees(self) -> int:
        """How many mentees, gone ones among them."""
        return len(self._locked)

    def problem(self) -> Problem:
        """Return the problem as it stands after all changes."""
        problem = self._problem
        kept = np.ones(len(problem.indices), dtype=np.bool_)
        kept[self._forbidden] = False
        rows = np.repeat(np.arange(self.n_mentees), np.diff(problem.indptr))
        kept &= ~self._gone[rows]
        counts = np.bincount(rows[kept], minlength=self.n_mentees)
        n_locked = np.bincount(self._locked[self._locked >= 0], minlength=len(self._capacity))
        return Problem(
            indptr=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            indices=problem.indices[kept],
            score=problem.score[kept],
            cost=problem.cost[kept],
            capacity=tuple(self._capacity),
            locked=self._locked.copy(),
            n_locked=n_locked.astype(np.int64),
            load_cost=problem.load_cost,
            unmatched=problem.unmatched,
            keys=problem.keys,
        )

    def solution(self) -> Solution:
        """Settle ties and prove the whole; what stands stays as it is otherwise."""
        problem = self.problem()
        solver = problem.solver(accelerated=self._accelerated)
        return settled(problem, solver, self._matched())

    # ------------------------------------------------------------------ inside

    def _lay_out(self, problem: Problem, matched: Matched) -> None:
        self._problem = problem
        self._locked, self._capacity = problem.locked.copy(), list(problem.capacity)
        self._forbidden: list[int] = []
        self._hidden: dict[tuple[int, int], tuple[int, int]] = {}
        self._was_locked = self._locked >= 0
        self._network = _with_nobody(problem)
        self._solver = Solver(self._network, accelerated=self._accelerated)
        far = self._network.limit()
        self._solver.state = self._solver.state_of(
            Matched(
                np.append(matched.mate, -1),
                _and(matched.u, -far),
                _and(matched.v, far),
            )
        )
        self._graph, self._state = self._solver.graph, self._solver.state
        self._far = far
        for mentee in np.flatnonzero(self._locked >= 0).tolist():
            self._state.u[mentee] = -far
        self._work = self._solver.work(len(self._network.mentors))

    def _members(self, mentor: int) -> list[int]:
        first = self._graph.place_ptr[mentor]
        return [int(i) for i in self._state.member[first : first + self._state.load[mentor]]]

    def _one(self, node: int) -> "Index | list[int]":
        return np.array([node], dtype=np.int32) if self._solver.is_compiled else [node]

    def _place(self, mentee: int) -> None:
        self._solver.cores["place_all"](self._graph, self._state, self._work, self._one(mentee))
        self._note()

    def _open(self, mentor: int) -> None:
        if self._state.load[mentor] < self._graph.capacity[mentor]:
            node = self._one(mentor)
            self._solver.cores["open_places"](self._graph, self._state, self._work, node, 1)
            self._note()

    def _note(self) -> None:
        """Remember the mentors of the last search."""
        now = self._work.now
        self._touched.update(int(j) for j in self._work.order[: now[cores.FINISHED]])
        if now[cores.END_MENTOR] >= 0:
            self._touched.add(int(now[cores.END_MENTOR]))
        if now[cores.END_MENTEE] >= 0:
            self._moved.add(int(now[cores.END_MENTEE]))

    def _take_out(self, mentee: int, *, reopen: bool = True) -> int:
        """Let a mentee go from the search for good; return the mentor left."""
        mentor = int(self._state.mate[mentee])
        if mentor >= 0:
            first, members = self._graph.place_ptr[mentor], self._members(mentor)
            members.remove(mentee)
            for k, other in enumerate(members):
                self._state.member[first + k] = other
            self._state.load[mentor] -= 1
        self._state.mate[mentee] = -1
        self._state.u[mentee] = -self._far
        if mentor >= 0 and reopen:
            self._open(mentor)
        return mentor

    def _position(self, mentee: int, mentor: int) -> int:
        position = self._problem.edge(mentee, mentor)
        is_out = self._gone[mentee] or self._locked[mentee] >= 0
        if position < 0 or is_out or position in self._forbidden:
            raise ValueError(f"mentee {mentee} and mentor {mentor} are not an open candidate pair")
        return position

    def _hide(self, mentee: int, mentor: int) -> None:
        """Let a pair lead to nobody on both sides."""
        graph = self._graph
        there = range(graph.mentee_ptr[mentee], graph.mentee_ptr[mentee + 1])
        back = range(graph.mentor_ptr[mentor], graph.mentor_ptr[mentor + 1])
        edge = next(one for one in there if graph.mentors[one] == mentor)
        other = next(one for one in back if graph.mentees[one] == mentee)
        self._hidden[mentee, mentor] = (edge, other)
        graph.mentors[edge] = len(self._capacity)
        graph.mentees[other] = self.n_mentees

    def _open_up(self, rooms: Mapping[int, int]) -> None:
        """Open places one by one until each mentor has as many as may be."""
        for mentor, room in rooms.items():
            while self._graph.capacity[mentor] < room:
                self._graph.capacity[mentor] += 1
                self._open(mentor)

    def _lay_out_again(self, problem: Problem) -> dict[int, int]:
        """Lay out a problem in which more people ask; return the mentors who may open more places by it."""
        before = [int(places) for places in self._graph.capacity[: len(self._capacity)]]
        self._lay_out(problem, self._matched())
        rooms: dict[int, int] = {}
        for mentor, places in enumerate(before):
            if self._graph.capacity[mentor] > places:
                rooms[mentor] = int(self._graph.capacity[mentor])
                self._graph.capacity[mentor] = places
        return rooms

    def _show(self, mentee: int, mentor: int) -> dict[int, int]:
        """Let a hidden pair lead where it did; one that was laid aside since is put in anew.

        Returns:
            The mentors who may open more places by it, and how many.
        """
        score, cost = self._bans.pop((mentee, mentor))
        if (mentee, mentor) not in self._hidden:
            wider = _with_pair(self.problem(), (mentee, mentor), score, cost)
            return self._lay_out_again(wider)
        edge, other = self._hidden.pop((mentee, mentor))
        self._graph.mentors[edge], self._graph.mentees[other] = mentor, mentee
        self._forbidden.remove(self._problem.edge(mentee, mentor))
        return {}

    def _give_place_back(self, mentee: int, mentor: int) -> dict[int, int]:
        """Take a lock out of the books; return the mentors who may open more places, and how many."""
        self._locked[mentee] = -1
        graph, free = self._graph, self._capacity[mentor] - int(np.sum(self._locked == mentor))
        asked = int(graph.mentor_ptr[mentor + 1] - graph.mentor_ptr[mentor])
        spare = int(graph.place_ptr[mentor + 1] - graph.place_ptr[mentor]) - 1
        if self._was_locked[mentee] or min(free, asked) > spare:
            rooms = self._lay_out_again(self.problem())
            return {mentor: int(self._graph.capacity[mentor])} | rooms
        for place in range(graph.place_ptr[mentor], graph.place_ptr[mentor + 1]):
            graph.place_cost[place] -= self._problem.load_cost
        return {mentor: min(free, asked)}

    def _use_first_place(self, mentor: int) -> int:
        """Close a mentor's first place and all free ones; return how many may be open."""
        graph = self._graph
        graph.capacity[mentor] = self._state.load[mentor]
        for place in range(graph.place_ptr[mentor], graph.place_ptr[mentor + 1]):
            graph.place_cost[place] += self._problem.load_cost
        asked = int(graph.mentor_ptr[mentor + 1] - graph.mentor_ptr[mentor])
        return min(self._capacity[mentor] - int(np.sum(self._locked == mentor)), asked)

    def _first_price(self, scores: Mapping[int, int], matched: Matched) -> int:
        values = [int(matched.u[i]) + s for i, s in scores.items() if self._locked[i] < 0]
        return max(values, default=0)

    def _changed(self, mentors: Iterable[int], mentees: Iterable[int]) -> Change:
        """Compare with what stood before and check the proof around everything touched."""
        touched = sorted(self._touched.union(j for j in mentors if j >= 0))
        others = self._moved.union(i for i in mentees if i >= 0)
        moves = []
        for mentee in sorted(others.union(chain.from_iterable(map(self._members, touched)))):
            locked = int(self._locked[mentee])
            after = locked if locked >= 0 else int(self._state.mate[mentee])
            if after != self._shadow[mentee]:
                moves.append(Move(mentee, int(self._shadow[mentee]), after))
                self._shadow[mentee] = after
        for move in moves:
            touched += [j for j in (move.before, move.after) if j >= 0]
        check = self._solver.vector(np.array(sorted(set(touched)), dtype=np.int32))
        wrong = self._solver.cores["n_breaches"](self._graph, self._state, check)
        for mentee in {*others, *(move.mentee for move in moves)}:
            if self._locked[mentee] < 0 and not self._gone[mentee]:
                mate = int(self._state.mate[mentee])
                wrong += self._solver.cores["n_breaches_of"](self._graph, self._state, mentee, mate)
        self._touched, self._moved = set(), set()
        return Change(tuple(moves), is_proven=wrong == 0)

    def _matched(self) -> Matched:
        """Return what stands with its prices, as the problem without nobodies has them."""
        matched, n = self._solver.matched(), self.n_mentees
        mate, u, v = matched.mate[:n].copy(), matched.u[:n].copy(), matched.v[:-1].copy()
        out = (self._locked >= 0) | self._gone
        u[out] = self._problem.unmatched
        return Matched(mate, u, v)


def _with_nobody(problem: Problem) -> Network:
    """Return the network of a problem with one more mentee and mentor, and spare places."""
    network = problem.network
    capacity = np.append(network.capacity, 0)
    n_locked = np.append(problem.n_locked, 0)
    room = capacity + 1 + N_SPARE
    place_ptr = np.concatenate([[0], np.cumsum(room)]).astype(np.int64)
    owner = np.repeat(np.arange(len(room)), room)
    nth = np.arange(place_ptr[-1]) - place_ptr[owner] + n_locked[owner]
    return Network(
        mentee_ptr=np.append(network.mentee_ptr, network.mentee_ptr[-1]),
        mentors=network.mentors.copy(),
        costs=network.costs,
        capacity=capacity,
        place_ptr=place_ptr,
        place_cost=place_costs(nth, problem.load_cost),
        unmatched=_and(network.unmatched, problem.unmatched),
        active=np.append(network.active, False),
    )


def _with_pair(problem: Problem, pair: tuple[int, int], score: int, cost: int) -> Problem:
    """Return the problem with one more pair of people who are there, the last of the mentee's."""
    mentee, mentor = pair
    place = problem.indptr[mentee + 1]
    ends = problem.indptr.copy()
    ends[mentee + 1 :] += 1
    return replace(
        problem,
        indptr=ends,
        indices=np.insert(problem.indices, place, mentor),
        score=np.insert(problem.score, place, score),
        cost=np.insert(problem.cost, place, cost),
    )


def _with_dearer_people(
    problem: Problem, matched: Matched, unmatched: int
) -> tuple[Problem, Matched]:
    """Return the problem in which staying alone costs more, and the same matching with prices that prove it there.

    Under the smallest prices each is either points alone or what staying alone costs and points, never anything between:
    the latter rise by as much as that does.
    """
    lowest = problem.solver(accelerated=False).lowest(matched)
    rise = unmatched - problem.unmatched

    def raised(prices: Exact) -> Exact:
        return exact(
            [value + rise if 2 * value >= problem.unmatched else value for value in prices.tolist()]
        )

    dearer = Matched(matched.mate, raised(lowest.u), raised(lowest.v))
    return replace(problem, unmatched=unmatched), dearer


def _with_mentor(problem: Problem, scores: Mapping[int, int], key: Key) -> Problem:
    """Return the problem with one more mentor, who has no place yet."""
    number, ends = len(problem.capacity), problem.indptr[1:]
    mentees = np.array(sorted(scores), dtype=np.int64)
    points = exact([scores[int(i)] for i in mentees])
    counts = np.bincount(mentees, minlength=len(ends))
    return replace(
        problem,
        indptr=np.concatenate([[0], ends + np.cumsum(counts)]).astype(np.int64),
        indices=np.insert(problem.indices, ends[mentees], number),
        score=_inserted(problem.score, ends[mentees], points),
        cost=_inserted(problem.cost, ends[mentees], -points),
        capacity=(*problem.capacity, 0),
        n_locked=np.append(problem.n_locked, 0),
        keys=Keys(problem.keys.mentees, [*problem.keys.mentors, key]),
    )


def _and(values: Exact, last: int) -> Exact:
    """Return the values and one more, of any size: of a number beyond 64 bits numpy would make all floats."""
    return exact(np.append(values, exact([last])))


def _inserted(values: Exact, places: Index, more: Exact) -> Exact:
    wide = np.result_type(values, more)
    return np.insert(values.astype(wide), places, more)
