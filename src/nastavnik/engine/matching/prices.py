"""What it costs everybody to put one mentee elsewhere: exactly, from the prices that prove a matching.

Put elsewhere, a mentee leaves one too many with a mentor. Somebody there goes on to another, and so
on until one of three ends: a free place, somebody let go, or the place left at home. Each step costs
its reduced cost, never below 0, so the price of a pair is its own reduced cost and the shortest way.
The first two ends are the same for everybody: one search tells the way to them from every mentor.
The ways home are searched backwards from the home, for all its mentees at once, and no further than
they could be the shortest.

The place left at home costs nothing more to fill: with the smallest prices some chain of equal cost
leads into every mentor whose place is worth something.
"""

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from nastavnik.engine.matching.network import Exact, Index, exact
from nastavnik.engine.matching.watching import report_progress


@dataclass(frozen=True)
class Moves:
    """Single moves between mentors, by the mentor they lead into or out of, the cheapest first.

    ``first`` (m + 1,), ``others`` and ``steps`` (n_moves,): the mentor at the other end, what it takes.
    """

    first: list[int]
    others: list[int]
    steps: list[int]

    @classmethod
    def of(cls, here: Index, there: Index, steps: Exact, n_mentors: int) -> "Moves":
        """Sort moves by the mentors on one end."""
        order = np.argsort(steps, kind="stable")
        order = order[np.argsort(here[order], kind="stable")]
        first = np.searchsorted(here[order], np.arange(n_mentors + 1))
        return cls(first.tolist(), there[order].tolist(), steps[order].tolist())

    def at(self, mentor: int) -> Iterator[tuple[int, int]]:
        """Yield the moves of a mentor as (step, other mentor), the cheapest first."""
        for place in range(self.first[mentor], self.first[mentor + 1]):
            yield self.steps[place], self.others[place]


@dataclass(frozen=True)
class Standing:
    """A matching as the prices see it: the pairs of all mentees, and who is free to move.

    ``starts``, ``mentors`` and ``costs`` are rows of pairs. ``mate`` (n,) is -1 for who takes no part in a move: locked
    or without a mentor. ``u`` and ``v`` are the smallest prices. ``spare`` (m,) is what a mentor's next place costs beyond
    the price, ``far`` more than any way costs, and what it costs beyond it where there is none.
    """

    starts: Index
    mentors: Index
    costs: Exact
    mate: Index
    u: Exact
    v: Exact
    unmatched: int
    spare: Exact
    far: int

    def row(self, mentee: int) -> tuple[Index, Exact]:
        """Return the other mentors a mentee could have, and the reduced costs of these pairs."""
        span = slice(int(self.starts[mentee]), int(self.starts[mentee + 1]))
        others = self.mentors[span]
        # as an array: what a mentee pays may be wider than 64 bits where no cost is
        reduced = self.costs[span] + self.v[others] - self.u[mentee : mentee + 1]
        away = others != self.mate[mentee]
        return others[away], reduced[away]

    @cached_property
    def movers(self) -> Index:
        """The mentees who could move."""
        return np.flatnonzero(self.mate >= 0)

    @cached_property
    def members(self) -> dict[int, list[int]]:
        """The movers of each mentor who has some."""
        found: dict[int, list[int]] = {}
        for mentee in self.movers.tolist():
            found.setdefault(int(self.mate[mentee]), []).append(mentee)
        return found

    @cached_property
    def _moves(self) -> tuple[Index, Index, Exact]:
        rows = np.repeat(np.arange(len(self.mate)), np.diff(self.starts))
        leave = self.mate[rows]
        moving = np.flatnonzero((leave >= 0) & (leave != self.mentors))
        to = self.mentors[moving].astype(np.int64)
        return leave[moving], to, self.costs[moving] + self.v[to] - self.u[rows[moving]]

    @cached_property
    def _into(self) -> Moves:
        leave, to, steps = self._moves
        return Moves.of(to, leave, steps, len(self.v))

    @cached_property
    def _out_of(self) -> Moves:
        leave, to, steps = self._moves
        return Moves.of(leave, to, steps, len(self.v))

    @cached_property
    def exits(self) -> list[int]:
        """The way from each mentor with one too many to a free place or to somebody let go."""
        near: list[int] = self.spare.tolist()
        for mentor, own in self.members.items():
            near[mentor] = min(near[mentor], *(self.unmatched - int(self.u[i]) for i in own))
        heap = [(distance, mentor) for mentor, distance in enumerate(near) if distance < self.far]
        heapq.heapify(heap)
        while heap:
            distance, mentor = heapq.heappop(heap)
            if distance > near[mentor]:
                continue
            for step, before in self._into.at(mentor):
                if distance + step < near[before]:
                    near[before] = distance + step
                    heapq.heappush(heap, (distance + step, before))
        return near

    @cached_property
    def _exits(self) -> Exact:
        # as wide as the widest of them could be
        return np.array(self.exits, dtype=exact([self.far]).dtype)

    def ways_home(self, home: int, bound: int) -> dict[int, int]:
        """Return the way home from mentors where it is under the bound and shorter than any exit."""
        if home < 0:
            return {}
        near, heap = {home: 0}, [(0, home)]
        while heap:
            distance, mentor = heapq.heappop(heap)
            if distance > near[mentor]:
                continue
            for step, before in self._into.at(mentor):
                value = distance + step
                if value >= bound:
                    break
                if value < near.get(before, self.exits[before]):
                    near[before] = value
                    heapq.heappush(heap, (value, before))
        return near

    def _home_within(self, home: int, limit: int) -> Mapping[int, int]:
        """Return the ways home as far as any of the home's mentees asks for, for the cheapest so many pairs of each."""
        if (home, limit) not in self._homes:
            bound = max(
                (self.nth(self._by_exit(mentee), limit) for mentee in self.members.get(home, ())),
                default=self.far,
            )
            # a way as long as that is no cheaper, but might be told instead
            self._homes[home, limit] = self.ways_home(home, bound + 1)
        return self._homes[home, limit]

    @cached_property
    def _homes(self) -> dict[tuple[int, int], dict[int, int]]:
        return {}

    def _by_exit(self, mentee: int) -> Exact:
        others, reduced = self.row(mentee)
        values: Exact = np.minimum(reduced + self._exits[others], self.far)
        return values

    def nth(self, values: Exact, limit: int) -> int:
        """Return the limit-th smallest value; far where there are fewer."""
        if len(values) < limit:
            return self.far
        return int(np.sort(values)[limit - 1])

    def prices(self, mentee: int, limit: int) -> tuple[Index, Exact, Exact]:
        """Return the other mentors of a mentee, their reduced costs, and what each would cost everybody.

        The cheapest so many are exact, and no other costs less than they; far where a pair cannot be at all.
        """
        others, reduced = self.row(mentee)
        near = self._home_within(int(self.mate[mentee]), limit)
        home = exact([near.get(j, self.far) for j in others.tolist()])
        ways = np.minimum(self._exits[others], home)
        return others, reduced, np.minimum(reduced + ways, self.far)

    def price(self, mentee: int, mentor: int, reduced: int) -> int:
        """Return what a pair of this reduced cost would cost everybody, far where it cannot be."""
        exit_ = self.exits[mentor]
        home = self.ways_home(int(self.mate[mentee]), exit_).get(mentor, self.far)
        return min(self.far, reduced + min(exit_, home))

    def slack(self, limit: int) -> Exact:
        """Return how much a pair of each mentee may cost above the prices and still change what the alternatives cost.

        For a mentee of whom the ``limit`` cheapest alternatives are told, that is the last of their prices: another pair
        might be cheaper or, at the same price, be told instead. For who would be moved on the way, what is left to spend
        there: less than the rest of any way known, and of the told price itself no more. A pair that was left out and costs more than that is on no way
        shorter than those found (docs/algorithms/matching.md, «Prices of why not»).
        """
        left = np.zeros(len(self.v), dtype=self._exits.dtype)
        slack: Exact = np.full(len(self.mate), -1, dtype=self._exits.dtype)
        for mentee in self.movers.tolist():
            report_progress("pairs")
            others, reduced, values = self.prices(mentee, limit)
            most = self.nth(values, limit)
            slack[mentee] = most
            left[others] = np.maximum(left[others], np.minimum(values, most + 1) - reduced)
        spend = exact(self._carried(np.minimum(left, self._exits).tolist()))
        slack[self.movers] = np.maximum(slack[self.movers], spend[self.mate[self.movers]] - 1)
        return slack

    def _carried(self, left: list[int]) -> list[int]:
        """Return how much can be left to spend at each mentor after any number of moves."""
        heap = [(-value, mentor) for mentor, value in enumerate(left) if value > 0]
        heapq.heapify(heap)
        while heap:
            value, mentor = heapq.heappop(heap)
            if -value < left[mentor]:
                continue
            for step, other in self._out_of.at(mentor):
                rest = min(-value - step, self.exits[other])
                if -value - step <= 0:
                    break
                if rest > left[other]:
                    left[other] = rest
                    heapq.heappush(heap, (-rest, other))
        return left
