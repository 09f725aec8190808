"""The proof that a matching is the best, checked pair by pair in exact integers.

Nothing of the search is trusted: only the problem, the matching and the prices are looked at.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nastavnik.engine.matching.network import (
    Exact,
    Index,
    Matched,
    Network,
    exact,
    load_of,
    total,
)
from nastavnik.engine.matching.ties import (
    N_CHUNK,
    N_LEVELS,
    Keys,
    PriceLevel,
    choice_of,
    hashes_of,
    tight_arcs,
)


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


def breaches(network: Network, matched: Matched) -> Iterator[Breach]:
    """Check complementary slackness.

    No pair would be cheaper than what the mentee pays now, an unmatched mentee pays the whole price
    of being unmatched, and a mentor's price lies between the last place taken and the first free.
    """
    sizes = (len(matched.mate), len(matched.u), len(matched.v))
    if sizes != (network.n_mentees, network.n_mentees, len(network.capacity)):
        yield Breach("wrong_shape")
        return
    matched = Matched(matched.mate, exact(matched.u), exact(matched.v))
    unknown = np.flatnonzero((matched.mate < -1) | (matched.mate >= len(network.capacity)))
    if len(unknown):
        for mentee in unknown.tolist():
            yield Breach("unknown_mentor", mentee, int(matched.mate[mentee]))
        return
    yield from _pair_breaches(network, matched)
    yield from _mentee_breaches(network, matched)
    yield from _mentor_breaches(network, matched)


def _pair_breaches(network: Network, matched: Matched) -> Iterator[Breach]:
    rows, is_candidate = network.rows, matched.mate < 0
    for begin in range(0, len(rows), N_CHUNK):
        span = slice(begin, begin + N_CHUNK)
        i, j = rows[span], network.mentors[span]
        value = network.costs[span] + matched.v[j] - matched.u[i]
        used = matched.mate[i] == j
        is_candidate[i[used]] = True
        for k in np.flatnonzero((value < 0) | (used & (value != 0))).tolist():
            yield Breach("cheaper_pair", int(i[k]), int(j[k]))
    for mentee in np.flatnonzero(~is_candidate).tolist():
        yield Breach("not_a_candidate", mentee, int(matched.mate[mentee]))


def _mentee_breaches(network: Network, matched: Matched) -> Iterator[Breach]:
    too_much = matched.u > network.unmatched
    too_little = (matched.mate < 0) & (matched.u != network.unmatched)
    for mentee in np.flatnonzero(network.active & (too_much | too_little)).tolist():
        yield Breach("mentee_price", mentee, int(matched.mate[mentee]))


def _mentor_breaches(network: Network, matched: Matched) -> Iterator[Breach]:
    load, place = load_of(network, matched.mate), network.place_ptr[:-1]
    over = load > network.capacity
    for mentor in np.flatnonzero(over).tolist():
        yield Breach("over_capacity", mentor=mentor)
    load = np.minimum(load, network.capacity)
    too_low = (load > 0) & (matched.v < network.place_cost[place + np.maximum(load - 1, 0)])
    too_high = (load < network.capacity) & (matched.v > network.place_cost[place + load])
    for mentor in np.flatnonzero(~over & (too_low | too_high)).tolist():
        yield Breach("mentor_price", mentor=mentor)


def tie_breaches(
    network: Network, mate: Index, proof: Sequence[PriceLevel], keys: Keys
) -> Iterator[Breach]:
    """Check that of all equally good matchings this is the one of the smallest hashes.

    Level by level: no change that costs nothing leads out of a rank and back, and inside the ranks
    the next bits of the hashes are as small as can be.
    """
    hashes: NDArray[np.uint64] | None = None
    for number, level in enumerate(proof):
        matched = Matched(mate, exact(level.u), exact(level.v))
        if number:
            yield from (Breach("tie", found.mentee) for found in breaches(network, matched))
        arcs = tight_arcs(network, matched)
        rank = level.rank
        if len(rank) != network.n_mentees + len(network.capacity) + 1 or np.any(
            rank[arcs.tail] < rank[arcs.head]
        ):
            yield Breach("tie")
            return
        arcs = arcs.only(rank[arcs.tail] == rank[arcs.head])
        if number + 1 == len(proof):
            if arcs.has_pairs and number < N_LEVELS:
                yield Breach("tie")
            return
        if not arcs.has_pairs:
            yield Breach("tie")
            return
        hashes = hashes_of(network, arcs, keys) if hashes is None else hashes
        choice = choice_of(network, matched, arcs, rank, hashes, number)
        hashes = choice.hashes(hashes, network.n_mentees)
        network, mate = choice.network, choice.take(mate)


def totals(
    score: Exact, cost: Exact, network: Network, mate: Index, pairs: Index | None = None
) -> tuple[int, int]:
    """Return the score and the cost of all candidate pairs taken, without locked ones.

    Where it is known that only some ``pairs`` can have been taken, only these are looked at.
    """
    total_score = total_cost = 0
    if pairs is not None:
        i = np.searchsorted(network.mentee_ptr, pairs, side="right") - 1
        used = pairs[mate[i] == network.mentors[pairs]]
        return total(score[used]), total(cost[used])
    rows = network.rows
    for begin in range(0, len(rows), N_CHUNK):
        span = slice(begin, begin + N_CHUNK)
        used = mate[rows[span]] == network.mentors[span]
        total_score += total(score[span][used])
        total_cost += total(cost[span][used])
    return total_score, total_cost
