"""The last goal: among equally good matchings the one of the smallest sum of hashes of keys.

All matchings as good as the one found use only *tight* pairs (reduced cost 0 under its prices), so
they differ from it by cycles of tight changes. Only inside the strong components of these changes
is there anything left to choose; there the same problem is solved again with 31 bits of the hashes
for a cost, and, should that leave a choice, with the next 31. When no cycle is left, the matching is
the only one: no order of rows, side or engine can lead to another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nastavnik.engine.matching.network import (
    Exact,
    Index,
    Matched,
    Network,
    Solver,
    load_of,
)

Key = str | int
Hashes = NDArray[np.uint64]

#: Bits of a hash that one level takes.
N_BITS = 31
#: Equal hashes of four times 31 bits do not happen; a fifth level would be in vain.
N_LEVELS = 4
#: Pairs looked at in one go, so that a region needs no second copy of its pairs.
N_CHUNK = 1 << 19


@dataclass(frozen=True, slots=True)
class Arcs:
    """The changes that cost nothing, one arc each: ``tail`` moves to, or lets go, ``head``.

    Nodes are mentees, then mentors, then one for all free places and everybody unmatched. ``pair``
    is the position of the pair, -1 where an arc ends at that last node.
    """

    tail: Index
    head: Index
    pair: Index

    @property
    def has_pairs(self) -> bool:
        """Whether a pair is among them: places alone change nothing for anybody."""
        return bool(np.any(self.pair >= 0))

    def only(self, which: NDArray[np.bool_]) -> "Arcs":
        """Return some of the arcs."""
        return Arcs(self.tail[which], self.head[which], self.pair[which])


@dataclass(frozen=True, slots=True)
class PriceLevel:
    """One level of the choice: ``rank`` never rises along an arc; inside a rank, prices."""

    rank: Index
    u: Exact
    v: Exact


@dataclass(frozen=True, slots=True)
class Keys:
    """The lasting keys of people; hashed only where a choice hangs on them."""

    mentees: Sequence[Key]
    mentors: Sequence[Key]

    def hashes(self, mentees: Index, mentors: Index) -> tuple[Hashes, Hashes]:
        """Return a hash for each of some mentees and mentors."""
        return (
            digests([self.mentees[i] for i in mentees.tolist()]),
            digests([self.mentors[j] for j in mentors.tolist()]),
        )

    def of_pairs(self, mentees: Index, mentors: Index) -> Hashes:
        """Return a hash for each of some pairs."""
        some, places = np.unique(mentees, return_inverse=True)
        others, other_places = np.unique(mentors, return_inverse=True)
        a, b = self.hashes(some, others)
        return pair_hashes(a[places], b[other_places])


def digests(keys: Sequence[Key]) -> Hashes:
    """Hash keys, the same everywhere and always."""
    texts = [str(key).encode("utf-8", "surrogatepass") for key in keys]
    joined = b"".join(blake2b(text, digest_size=8).digest() for text in texts)
    return np.frombuffer(joined, dtype=">u8").astype(np.uint64)


def mixed(x: Hashes) -> Hashes:
    """Mix the bits (splitmix64's finaliser); wrapping round is what is wanted here."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def pair_hashes(mentees: Hashes, mentors: Hashes) -> Hashes:
    """Hash pairs of people from the hashes of both."""
    return mixed(mixed(mentees) + np.uint64(0x9E3779B97F4A7C15) * mentors)


def bits(hashes: Hashes, level: int) -> NDArray[np.int32]:
    """Return the bits of a hash that a level takes."""
    for _ in range(level):
        hashes = mixed(hashes + np.uint64(0x9E3779B97F4A7C15))
    return (hashes >> np.uint64(64 - N_BITS)).astype(np.int32)


def tight_arcs(network: Network, matched: Matched, pair: Index | None = None) -> Arcs:
    """Return all changes that cost nothing under the prices; ``pair`` are the tight pairs."""
    pair = _tight(network, matched) if pair is None else pair
    found = [_pair_arcs(network, matched, pair), *_place_arcs(network, matched)]
    return Arcs(*(np.concatenate(part) for part in zip(*found, strict=True)))


def _tight(network: Network, matched: Matched) -> Index:
    """Return the positions of the tight pairs, without the cores."""
    parts, rows = [np.zeros(0, dtype=np.int64)], network.rows
    for begin in range(0, len(rows), N_CHUNK):
        span = slice(begin, begin + N_CHUNK)
        i, j = rows[span], network.mentors[span]
        tight = np.flatnonzero(network.costs[span] + matched.v[j] == matched.u[i])
        parts.append(tight + begin)
    return np.concatenate(parts)


def _pair_arcs(network: Network, matched: Matched, pair: Index) -> tuple[Index, Index, Index]:
    n = network.n_mentees
    i = np.searchsorted(network.mentee_ptr, pair, side="right") - 1
    j = network.mentors[pair].astype(np.int64)
    used = matched.mate[i] == j
    return np.where(used, n + j, i), np.where(used, i, n + j), pair


def _place_arcs(network: Network, matched: Matched) -> list[tuple[Index, Index, Index]]:
    n, m = network.n_mentees, len(network.capacity)
    mate, load = matched.mate, load_of(network, matched.mate)
    price, place = network.place_cost, network.place_ptr[:-1]
    takes = np.flatnonzero((load < network.capacity) & (price[place + load] == matched.v))
    gives = np.flatnonzero((load > 0) & (price[place + np.maximum(load - 1, 0)] == matched.v))
    leaves = np.flatnonzero((mate >= 0) & (matched.u == network.unmatched))
    enters = np.flatnonzero((mate < 0) & network.active)

    def arcs(tail: Any, head: Any) -> tuple[Index, Index, Index]:  # noqa: ANN401 - array or number
        tail, head = np.broadcast_arrays(tail, head)
        return tail, head, np.full(len(tail), -1, dtype=np.int64)

    hub = n + m
    return [arcs(n + takes, hub), arcs(hub, n + gives), arcs(leaves, hub), arcs(hub, enters)]


def rank_nodes(solver: Solver, arcs: Arcs) -> Index:
    """Number the strong components, so that no arc leads to a higher number."""
    n_nodes = solver.network.n_mentees + len(solver.network.capacity) + 1
    order = np.argsort(arcs.tail, kind="stable")
    first = np.concatenate([[0], np.cumsum(np.bincount(arcs.tail, minlength=n_nodes))])
    rank = solver.filled(n_nodes, -1)
    low = solver.filled(n_nodes, -1)
    rooms = [solver.filled(n_nodes, 0) for _ in range(3)]
    solver.cores["strong_components"](
        solver.vector(first), solver.vector(arcs.head[order]), rank, low, *rooms
    )
    return np.array(rank, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Choice:
    """What is left to choose, as a network of its own, and where its people are in the first."""

    network: Network
    mentees: Index
    mentors: Index

    def put(self, mate: Index, chosen: Index) -> None:
        """Write a matching of the choice into one of the whole."""
        mate[self.mentees] = np.where(chosen >= 0, self.mentors[chosen], -1)

    def take(self, mate: Index) -> Index:
        """Read the matching of the choice off one of the whole."""
        number = np.full(int(max(mate.max(), self.mentors.max())) + 2, -1, dtype=np.int64)
        number[self.mentors] = np.arange(len(self.mentors))
        return number[mate[self.mentees]]

    def hashes(self, hashes: Hashes, n_mentees: int) -> Hashes:
        """Return the hashes of its people from those of the whole."""
        return np.concatenate([hashes[self.mentees], hashes[n_mentees + self.mentors]])


def choice_of(
    network: Network, matched: Matched, arcs: Arcs, rank: Index, hashes: Hashes, level: int
) -> Choice:
    """Lay out what is left to choose inside the ranks.

    Args:
        network: the problem just solved.
        matched: its matching and prices.
        arcs: the tight changes inside one rank each.
        rank: as :func:`rank_nodes` gives it.
        hashes: of the mentees and then of the mentors of the network.
        level: how often this was done before.
    """
    n, m = network.n_mentees, len(network.capacity)
    own = arcs.only(arcs.pair >= 0)
    i, j = np.minimum(own.tail, own.head), np.maximum(own.tail, own.head) - n
    order = np.lexsort((j, i))
    i, j = i[order], j[order]
    mentees, mentors = np.unique(i), np.unique(j)
    costs = bits(pair_hashes(hashes[i], hashes[n + j]), level)
    # One pair too many costs more than any choice of hashes could bring.
    forced = 4 * (len(mentees) + 1) << N_BITS
    load, kept = load_of(network, matched.mate), own.only(own.tail >= n).tail - n
    stays = np.bincount(kept, minlength=m)[mentors]
    hub = n + m
    takes = np.isin(mentors, arcs.tail[arcs.head == hub] - n)
    gives = np.isin(mentors, arcs.head[arcs.tail == hub] - n)
    below, above = _equal_places(network, matched.v, load, mentors)
    open_ = np.where(gives, np.minimum(below, stays), 0)
    free = np.where(takes, above, 0)
    optional = (rank[mentees] == rank[hub]) & (matched.u[mentees] == network.unmatched[mentees])
    capacity = (stays + free).astype(np.int64)
    place_ptr = np.concatenate([[0], np.cumsum(capacity + 1)]).astype(np.int64)
    nth = np.arange(place_ptr[-1]) - np.repeat(place_ptr[:-1], capacity + 1)
    return Choice(
        Network(
            mentee_ptr=np.searchsorted(i, np.append(mentees, n)).astype(np.int64),
            mentors=np.searchsorted(mentors, j).astype(np.int32),
            costs=costs,
            capacity=capacity,
            place_ptr=place_ptr,
            place_cost=np.where(nth < np.repeat(stays - open_, capacity + 1), -forced, 0),
            unmatched=np.where(optional, 0, forced),
            active=np.ones(len(mentees), dtype=np.bool_),
        ),
        mentees,
        mentors,
    )


def _equal_places(network: Network, v: Exact, load: Index, mentors: Index) -> tuple[Index, Index]:
    """Count the places that cost a mentor's price, those taken and those free."""
    counts = np.diff(network.place_ptr)
    owner = np.repeat(np.arange(len(counts)), counts)
    nth = np.arange(len(owner)) - network.place_ptr[owner]
    equal = (network.place_cost == v[owner]) & (nth < network.capacity[owner])
    taken = nth < load[owner]
    below = np.bincount(owner[equal & taken], minlength=len(counts))
    above = np.bincount(owner[equal & ~taken], minlength=len(counts))
    return below[mentors], above[mentors]


def settle(solver: Solver, matched: Matched, keys: Keys) -> tuple[Index, tuple[PriceLevel, ...]]:
    """Choose among the equally good matchings; return the choice and its proof."""
    arcs, rank = remaining(solver, matched)
    proof, mates = [PriceLevel(rank, matched.u, matched.v)], [matched.mate.copy()]
    choices: list[Choice] = []
    hashes = hashes_of(solver.network, arcs, keys)
    while arcs.has_pairs and len(choices) < N_LEVELS:
        choice = choice_of(solver.network, matched, arcs, rank, hashes, len(choices))
        hashes = choice.hashes(hashes, solver.network.n_mentees)
        solver = Solver(choice.network, accelerated=solver.is_compiled)
        matched = solver.solve()
        arcs, rank = remaining(solver, matched)
        proof.append(PriceLevel(rank, matched.u, matched.v))
        mates.append(matched.mate.copy())
        choices.append(choice)
    for k in range(len(choices) - 1, -1, -1):
        choices[k].put(mates[k], mates[k + 1])
    return mates[0], tuple(proof)


def remaining(solver: Solver, matched: Matched) -> tuple[Arcs, Index]:
    """Return the tight changes that lie on cycles, and the ranks that show it."""
    arcs = tight_arcs(solver.network, matched, solver.tight(matched))
    rank = rank_nodes(solver, arcs)
    return arcs.only(rank[arcs.tail] == rank[arcs.head]), rank


def hashes_of(network: Network, arcs: Arcs, keys: Keys) -> Hashes:
    """Hash the keys of those on cycles; the others are never asked for."""
    n, hub = network.n_mentees, network.n_mentees + len(network.capacity)
    nodes = np.unique(np.concatenate([arcs.tail, arcs.head]))
    nodes = nodes[nodes < hub]
    hashes = np.zeros(hub, dtype=np.uint64)
    a, b = keys.hashes(nodes[nodes < n], nodes[nodes >= n] - n)
    hashes[nodes] = np.concatenate([a, b])
    return hashes
