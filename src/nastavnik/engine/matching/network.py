"""A problem as arrays, and its solution by connected components with the cores.

Numbers are 64-bit only where nothing can overflow: no price and no distance exceeds eight times
the price of staying unmatched plus the largest cost, and that is checked against 2**62 before. Beyond
it the same functions run on Python's own integers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from nastavnik.engine.matching import compiled, cores
from nastavnik.engine.matching.watching import Step, report_progress, run_all

#: int64, or Python's integers (dtype object) where 64 bits might not do.
Exact = NDArray[Any]
Index = NDArray[np.int64]

SAFE = 1 << 62
#: From how many pairs on the accelerator is worth loading, and a second thread starting.
N_PAIRS_COMPILED, N_PAIRS_THREADS = 20_000, 500_000
N_THREADS = 2


@dataclass(frozen=True, slots=True)
class Network:
    """Mentees, mentors and the pairs that are possible, all costs packed into whole numbers.

    ``mentee_ptr`` (n + 1,), ``mentors`` (n_pairs,), ``costs`` (n_pairs,); ``capacity`` (m,);
    ``place_cost[place_ptr[j] + q]`` for q = 0 … capacity (one beyond it); ``unmatched`` (n,).
    A mentee who is not ``active`` takes no part and has no pairs.
    """

    mentee_ptr: Index
    mentors: NDArray[np.int32]
    costs: Exact
    capacity: Index
    place_ptr: Index
    place_cost: Exact
    unmatched: Exact
    active: NDArray[np.bool_]

    @property
    def n_mentees(self) -> int:
        """How many mentees."""
        return len(self.mentee_ptr) - 1

    @property
    def rows(self) -> NDArray[np.int32]:
        """The mentee of each pair."""
        numbers = np.arange(self.n_mentees, dtype=np.int32)
        return np.repeat(numbers, np.diff(self.mentee_ptr))

    def limit(self) -> int:
        """Return a number that no price and no distance of a search reaches."""
        spread = largest(self.costs) + largest(self.place_cost)
        return 8 * (largest(self.unmatched) + spread + 1)


@dataclass(frozen=True, slots=True)
class Matched:
    """A matching of a network and the prices that prove it."""

    mate: Index
    u: Exact
    v: Exact


def largest(values: Exact) -> int:
    """Return the largest absolute value, 0 of nothing."""
    return max(int(values.max()), -int(values.min())) if len(values) else 0


def total(values: Exact) -> int:
    """Return the sum, however large."""
    wide = len(values) * largest(values) >= SAFE
    return int(values.sum(dtype=object) if wide else values.sum())


def exact(values: Sequence[int] | Exact) -> Exact:
    """Return whole numbers as int64 where they are small enough to be added, else as they are."""
    if isinstance(values, np.ndarray) and values.dtype != object:
        return values.astype(np.int64, copy=False)
    wide = np.empty(len(values), dtype=object)
    wide[:] = values
    return wide.astype(np.int64) if largest(wide) < SAFE >> 2 else wide


def load_of(network: Network, mate: Index) -> Index:
    """Return how many mentees each mentor has."""
    return np.bincount(mate[mate >= 0], minlength=len(network.capacity)).astype(np.int64)


class Solver:
    """A network laid out for the cores, its matching and room for searches; it changes."""

    def __init__(self, network: Network, *, accelerated: bool | None = None) -> None:
        fits = 2 * network.limit() < SAFE
        wanted = len(network.mentors) >= N_PAIRS_COMPILED if accelerated is None else accelerated
        self.is_compiled = wanted and fits and compiled.is_installed()
        # The accelerator takes a second or more to import, and as long again until its first answer.
        look_between = report_progress if self.is_compiled and not compiled.is_loaded() else _go_on
        look_between("pairs")
        self.cores = compiled.compiled() if self.is_compiled else compiled.plain()
        self.network = network
        look_between("pairs")
        self.graph = self._graph()
        look_between("pairs")
        self.state = self._state()

    def vector(self, values: Exact) -> cores.Vector:
        """Return an array as the cores want it."""
        if not self.is_compiled:
            return cast("cores.Vector", values.tolist())
        # Compiled only where all numbers fit into 64 bits, also those that lie with wider ones or near the limit.
        fitting = values.astype(np.int64) if values.dtype == object else values
        return cast("cores.Vector", fitting)

    def filled(self, n: int, value: int, kind: type = np.int64) -> cores.Vector:
        """Return a new vector of one value."""
        if not self.is_compiled:
            return [value] * n
        return cast("cores.Vector", np.full(n, value, dtype=kind))

    def _graph(self) -> cores.Graph:
        network, n_pairs = self.network, len(self.network.mentors)
        # Compiled code need not look whether a number without a sign counts from the end: a tenth faster.
        mentors = network.mentors.view(np.uint32)
        by_mentee = [self.vector(a) for a in (network.mentee_ptr, mentors, network.costs)]
        by_mentor = [
            self.filled(len(network.capacity) + 1, 0),
            self.filled(n_pairs, 0, np.uint32),
            self.filled(n_pairs, 0, network.costs.dtype.type),
        ]
        self.cores["by_mentor"](*by_mentee, *by_mentor)
        places = [network.capacity, network.place_ptr, network.place_cost, network.unmatched]
        return cores.Graph(*by_mentee, *by_mentor, *(self.vector(values) for values in places))

    def _state(self) -> cores.State:
        network = self.network
        return cores.State(
            self.filled(network.n_mentees, -1, np.int32),
            self.filled(len(network.capacity), 0),
            self.filled(len(network.place_cost), 0, np.int32),
            self.vector(network.unmatched.copy()),
            self.vector(network.place_cost[network.place_ptr[:-1]]),
        )

    def work(self, n_pairs: int) -> cores.Work:
        """Return room for one search among so many pairs."""
        n, m = self.network.n_mentees, len(self.network.capacity)
        far = self.network.limit()
        heap = n_pairs + m + 1
        work = cores.Work(
            near_mentee=self.filled(n, far),
            near_mentor=self.filled(m, far),
            came_mentee=self.filled(n, -1, np.int32),
            came_mentor=self.filled(m, -1, np.int32),
            finished=self.filled(m, 0, np.int8),
            order=self.filled(m, 0, np.int32),
            touched=self.filled(max(n, m), 0, np.int32),
            heap_key=self.filled(heap, 0),
            heap_node=self.filled(heap, 0, np.int32),
            now=self.filled(cores.N_NOW, 0),
        )
        work.now[cores.FAR] = far
        return work

    def solve(self) -> Matched:
        """Solve from nothing, every component from its scarcer side."""
        parts = Parts.of(self)
        if len(parts.from_mentors):
            n_threads = N_THREADS if len(self.network.mentors) >= N_PAIRS_THREADS else 1
            shares = [np.flatnonzero(parts.share % n_threads == k) for k in range(n_threads)]
            self._run(parts, shares if self.is_compiled else [np.arange(len(parts.from_mentors))])
        return self.matched()

    def _run(self, parts: "Parts", shares: list[Index]) -> None:
        jobs = cores.Jobs(*(self.vector(values) for values in parts.jobs))
        tasks: list[Callable[[], None]] = []
        rooms: list[cores.Work] = []
        for share in shares:
            room = self.filled(parts.n_places + 1, 0, np.int32)
            left = self.filled(parts.n_places + 1, 0, np.int32)
            work, chosen = self.work(parts.n_pairs), self.vector(share)

            def run(
                work: cores.Work = work,
                room: cores.Vector = room,
                left: cores.Vector = left,
                chosen: cores.Vector = chosen,
            ) -> None:
                self.cores["run_jobs"](self.graph, self.state, work, jobs, room, left, chosen)

            tasks.append(run)
            rooms.append(work)
        run_all(tasks, lambda: _stop(rooms))

    def matched(self) -> Matched:
        """Return the matching as it stands."""
        state = self.state
        mate = np.array(state.mate, dtype=np.int64)
        return Matched(mate, *(exact(np.array(a) if self.is_compiled else a) for a in state[3:]))

    def tight(self, matched: Matched) -> Index:
        """Return the positions of the pairs of reduced cost 0."""
        graph, found = self.graph, self.filled(len(self.network.mentors), 0, np.int32)
        prices = (self.vector(matched.u), self.vector(matched.v))
        count = self.cores["tight_pairs"](
            graph.mentee_ptr, graph.mentors, graph.costs, *prices, found
        )
        return np.array(found[:count], dtype=np.int64)

    def state_of(self, matched: Matched) -> cores.State:
        """Return a matching with its prices as the cores want it."""
        network, mate = self.network, matched.mate
        load = load_of(network, mate)
        order = np.argsort(mate, kind="stable")[int((mate < 0).sum()) :]
        member = np.zeros(len(network.place_cost), dtype=np.int32)
        begins = np.repeat(network.place_ptr[:-1] - np.cumsum(load) + load, load)
        member[begins + np.arange(len(order))] = order
        parts: list[Exact] = [
            mate.astype(np.int32),
            load,
            member,
            matched.u.copy(),
            matched.v.copy(),
        ]
        return cores.State(*(self.vector(values) for values in parts))

    def lowest(self, matched: Matched) -> Matched:
        """Return the same matching with the smallest prices of mentors that prove it.

        These do not depend on the order of rows nor on the way the matching was found.
        """
        network, mate, state = self.network, matched.mate, self.state_of(matched)
        load = load_of(network, mate)
        last = network.place_ptr[:-1] + np.maximum(load - 1, 0)
        slack = self.vector(matched.v - network.place_cost[last])
        sources = self.vector(np.flatnonzero((mate < 0) & network.active).astype(np.int32))
        work = self.work(len(network.mentors))

        def run() -> None:
            self.cores["lower_prices"](self.graph, state, work, slack, sources)

        run_all([run], lambda: _stop([work]))
        return Matched(mate, exact(state.u), exact(state.v))


def _go_on(_step: Step) -> None:
    """Look at nothing."""


def _stop(rooms: Sequence[cores.Work]) -> None:
    for room in rooms:
        room.now[cores.STOPPED] = 1


@dataclass(frozen=True, slots=True)
class Parts:
    """The components with pairs, as the cores take them, and how the threads share them."""

    jobs: tuple[NDArray[Any], ...]
    from_mentors: NDArray[np.bool_]
    share: Index
    n_places: int
    n_pairs: int

    @classmethod
    def of(cls, solver: Solver) -> "Parts":
        """Split the network of a solver."""
        network, graph = solver.network, solver.graph
        n, m = network.n_mentees, len(network.capacity)
        vector = solver.filled(n + m, 0)
        count = solver.cores["components"](graph.mentee_ptr, graph.mentors, vector)
        label = np.array(vector, dtype=np.int64)
        degree = np.diff(network.mentee_ptr)
        asked = np.diff(np.array(graph.mentor_ptr, dtype=np.int64))
        n_pairs = np.bincount(label[:n], weights=degree, minlength=count).astype(np.int64)
        kept = np.flatnonzero(n_pairs)
        number = np.full(count + 1, -1, dtype=np.int64)
        number[kept] = np.arange(len(kept))
        mentees, mentee_ptr = grouped(number[label[:n]], len(kept))
        mentors, mentor_ptr = grouped(number[label[n:]], len(kept))
        useful = np.minimum(network.capacity, asked)
        places = np.bincount(label[n:], weights=useful, minlength=count).astype(np.int64)[kept]
        room = np.bincount(label[n:], weights=network.capacity, minlength=count)[kept]
        from_mentors = places < np.diff(mentee_ptr)
        if not np.all(from_mentors):
            mentees = scarcest_first(network, asked.astype(np.int64), number[label[:n]])
        # The largest first, dealt out in turn.
        share = np.empty(len(kept), dtype=np.int64)
        share[np.argsort(-n_pairs[kept], kind="stable")] = np.arange(len(kept)) % N_THREADS
        return cls(
            (mentees, mentee_ptr, mentors, mentor_ptr, from_mentors),
            from_mentors,
            share,
            int(room.max(initial=0)),
            int(n_pairs.max(initial=0)),
        )


def scarcest_first(network: Network, asked: Index, group: Index) -> NDArray[np.int32]:
    """Return mentees by group, those with the fewest places for each who asks first.

    A search is short where little is settled yet; so the hardest to place come before the others,
    which saves a fifth of the reading (docs/decisions/0015).
    """
    share = (network.capacity << 20) // np.maximum(asked, 1)
    shares = np.concatenate([[0], np.cumsum(share[network.mentors])])
    hope = np.diff(shares[network.mentee_ptr])
    return np.lexsort((hope, group)).astype(np.int32)


def grouped(group: Index, count: int) -> tuple[NDArray[np.int32], Index]:
    """Return the numbers of the members of each group in a row, and where each begins."""
    order = np.argsort(group, kind="stable")
    first = np.searchsorted(group[order], np.arange(count + 1))
    return order.astype(np.int32), first.astype(np.int64)
