"""The possible pairs of a matching: all of them, or of very many people the best of each.

Of some thousand people every possible pair is kept. Of more, :data:`N_BEST` of each mentee and of
each mentor are, and :func:`reopened` puts back what the prices of a solution call as cheap as what
stands or cheaper. Where nothing is left to put back, no pair that was left out could be part of a
matching as good as the one found: the result is that of all pairs.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from nastavnik.engine.matching.candidates import (
    REFUSALS,
    Edge,
    Mentee,
    Mentor,
    Rules,
    scored,
)
from nastavnik.engine.matching.eligibility import Block, Bytes, EligibilityMatrix, Mask, Small
from nastavnik.engine.matching.network import Exact, Index
from nastavnik.engine.matching.ties import digests, pair_hashes
from nastavnik.engine.matching.watching import report_progress

#: Up to 3,000 by 1,000 people with room to spare every possible pair is kept.
N_PAIRS_ALL = 4_000_000
#: How many of each person's best pairs are kept above it; fewer lose people (design, 2c).
N_BEST = 30
#: Bits of a hash that decide between pairs of equal score, so that no row number does.
N_HASH_BITS = 20


@dataclass(frozen=True)
class Candidates:
    """The possible pairs by mentee, in the order of keys, and what refused the others.

    ``indptr``, ``indices`` (mentor numbers) and ``score`` are rows as the solver wants them, ``form``
    the number of each pair's form in the order of codes; ``capacity`` is per mentor, no more than ``limits``, what the forms
    allow in which the mentor can be paired, None where there is nobody. ``refused`` (mentees, :data:`.candidates.REFUSALS`) counts mentors. Of
    ``n_possible`` pairs ``indices`` has all, or where there are very many the best; then ``everybody`` has for each mentee
    all possible mentors, eight to a byte.
    """

    matrix: EligibilityMatrix = field(repr=False)
    indptr: Index
    indices: Small
    score: Exact
    form: Bytes
    capacity: tuple[int, ...]
    limits: tuple[int | None, ...]
    refused: NDArray[np.int64]
    n_possible: int
    everybody: Bytes | None = field(default=None, repr=False)

    @property
    def mentors(self) -> tuple[Mentor, ...]:
        """The mentors in the order of their keys."""
        return self.matrix.mentors

    @property
    def mentees(self) -> tuple[Mentee, ...]:
        """The mentees in the order of their keys."""
        return self.matrix.mentees

    @cached_property
    def refusals(self) -> Mapping[str, int]:
        """How many pairs each code refused."""
        return _named(self.refused.sum(axis=0))

    def refusals_of(self, mentee: int) -> Mapping[str, int]:
        """Return how many mentors each code refused to a mentee."""
        return _named(self.refused[mentee])

    @property
    def has_all(self) -> bool:
        """Whether every possible pair is here."""
        return len(self.indices) == self.n_possible

    def choices(self, mentee: int) -> Small:
        """Return the numbers of the mentors a mentee could have."""
        return self.indices[self.indptr[mentee] : self.indptr[mentee + 1]]

    def position(self, mentee: int, mentor: int) -> int:
        """Return where a pair stands, -1 where it is none or was left out."""
        position = int(self.indptr[mentee]) + int(np.searchsorted(self.choices(mentee), mentor))
        is_there = position < self.indptr[mentee + 1] and self.indices[position] == mentor
        return position if is_there else -1

    def edge(self, mentee: int, mentor: int) -> Edge:
        """Return a kept pair with the parts of its score.

        Raises:
            KeyError: the two are no kept pair.
        """
        position = self.position(mentee, mentor)
        if position < 0:
            raise KeyError((mentee, mentor))
        rules = self.matrix.rules
        form = rules.forms[self.matrix.codes[self.form[position]]]
        return scored(self.mentors[mentor], self.mentees[mentee], form, rules)

    def row(self, mentee: int) -> dict[int, Edge]:
        """Return the mentee's pairs by mentor number."""
        return {j: self.edge(mentee, j) for j in self.choices(mentee).tolist()}

    @cached_property
    def cells(self) -> Index:
        """The pairs as single numbers, mentee by mentee, rising."""
        return self.rows * len(self.mentors) + self.indices

    @property
    def rows(self) -> Index:
        """The mentee of each kept pair."""
        return np.repeat(np.arange(len(self.mentees)), np.diff(self.indptr))


def _named(counts: NDArray[np.int64]) -> Mapping[str, int]:
    found = {code: n for code, n in zip(REFUSALS, counts.tolist(), strict=True) if n}
    return MappingProxyType(dict(sorted(found.items())))


def find_candidates(
    mentors: Iterable[Mentor],
    mentees: Iterable[Mentee],
    rules: Rules,
    *,
    forbidden: frozenset[tuple[str, str]] = frozenset(),
    always: Iterable[tuple[str, str]] = (),
    n_best: int | None = None,
) -> Candidates:
    """Find the possible pairs and score them.

    Args:
        mentors: people with different keys.
        mentees: people with different keys; one key may be a mentor as well, never of oneself.
        rules: forms and weights.
        forbidden: (mentor key, mentee key): past pairs by rule, «not ready to work with», the
            psychologist's «no».
        always: (mentor key, mentee key) that are kept if they are possible at all.
        n_best: how many of each person's best pairs to keep; all where none is said and there are
            no more than :data:`N_PAIRS_ALL` to look at.

    Raises:
        ValueError: a key occurs twice or a capacity is below 0 (a Russian sentence).
    """
    givers = tuple(sorted(mentors, key=lambda person: person.key))
    takers = tuple(sorted(mentees, key=lambda person: person.key))
    _check_people(givers, takers)
    matrix = EligibilityMatrix(givers, takers, rules, forbidden)
    if n_best is None and len(givers) * len(takers) > N_PAIRS_ALL:
        n_best = N_BEST
    if n_best is None or matrix.most >= 1 << (62 - N_HASH_BITS):
        chosen: _All | _Best = _All()
    else:
        chosen = _Best(matrix, n_best, matrix.cells_of(always))
    refused = np.zeros((len(takers), len(REFUSALS)), dtype=np.int64)
    forms = np.zeros((len(givers), len(matrix.codes)), dtype=np.bool_)
    n_possible = 0
    for block in matrix.blocks():
        report_progress("candidates", block.start, len(takers))
        refused[block.start : block.start + len(block.refused)] = block.refused
        forms[block.j, block.form] = True
        n_possible += len(block.i)
        chosen.look(block)
    kept, limits = chosen.kept(), _limits(matrix, forms)
    return Candidates(
        matrix=matrix,
        indptr=kept.indptr(matrix),
        indices=kept.j,
        score=kept.score,
        form=kept.form,
        capacity=tuple(
            mentor.capacity if limit is None else min(mentor.capacity, limit)
            for mentor, limit in zip(givers, limits, strict=True)
        ),
        limits=limits,
        refused=refused,
        n_possible=n_possible,
        everybody=None if len(kept.i) == n_possible else chosen.everybody(),
    )


def reopened(
    candidates: Candidates,
    *,
    u: Exact,
    v: Exact,
    of_mentor: Exact,
    is_free: Mask,
    slack: Exact | int = 0,
) -> Candidates | None:
    """Put pairs back that were left out and cost no more than what stands; None where there are none.

    With a slack those come back as well that cost no more than so much above it.

    Args:
        candidates: what was solved.
        u: what each mentee pays.
        v: what each mentor's place costs.
        of_mentor: what a pair of this mentor costs besides the score.
        is_free: the mentees who are not locked.
        slack: how much more a pair may cost, of every mentee or of each.
    """
    if candidates.has_all:
        return None
    matrix, known, found = candidates.matrix, candidates.cells, list[_Kept]()
    pay, ask = u + slack, v + of_mentor
    for block in matrix.blocks():
        report_progress("pairs")
        cheap = is_free[block.i] & (ask[block.j] - block.score <= pay[block.i]).astype(np.bool_)
        found.append(_Kept.of(block, np.flatnonzero(cheap)).without(known, matrix))
    if not any(len(one.i) for one in found):
        return None
    rows = candidates.rows.astype(np.int32)
    before = _Kept(rows, candidates.indices, candidates.score, candidates.form)
    kept = _Kept.joined([before, *found]).sorted(matrix)
    return replace(
        candidates, indptr=kept.indptr(matrix), indices=kept.j, score=kept.score, form=kept.form
    )


@dataclass(frozen=True, slots=True)
class _Kept:
    """Pairs: mentee, mentor, score and the number of the form."""

    i: Small
    j: Small
    score: Exact
    form: Bytes

    @classmethod
    def of(cls, block: Block, which: Index | slice) -> "_Kept":
        return cls(block.i[which], block.j[which], block.score[which], block.form[which])

    @classmethod
    def joined(cls, parts: Sequence["_Kept"]) -> "_Kept":
        if not parts:
            none = np.empty(0, dtype=np.int32)
            return cls(none, none, none, none.astype(np.uint8))
        return cls(
            np.concatenate([one.i for one in parts]),
            np.concatenate([one.j for one in parts]),
            np.concatenate([one.score for one in parts]),
            np.concatenate([one.form for one in parts]),
        )

    def cells(self, matrix: EligibilityMatrix) -> Index:
        return self.i.astype(np.int64) * len(matrix.mentors) + self.j

    def only(self, which: Index | Mask) -> "_Kept":
        return _Kept(self.i[which], self.j[which], self.score[which], self.form[which])

    def without(self, known: Index, matrix: EligibilityMatrix) -> "_Kept":
        """Return those whose cells are not known; whoever has a possible pair has one that is."""
        cells = self.cells(matrix)
        place = np.minimum(np.searchsorted(known, cells), len(known) - 1)
        return self.only(known[place] != cells)

    def sorted(self, matrix: EligibilityMatrix) -> "_Kept":
        """Return them in order, none twice."""
        _, first = np.unique(self.cells(matrix), return_index=True)
        return self.only(first)

    def indptr(self, matrix: EligibilityMatrix) -> Index:
        counts = np.bincount(self.i, minlength=len(matrix.mentees))
        return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


class _All:
    """Keeps every possible pair."""

    def __init__(self) -> None:
        self._parts: list[_Kept] = []

    def look(self, block: Block) -> None:
        self._parts.append(_Kept.of(block, slice(None)))

    def kept(self) -> _Kept:
        return _Kept.joined(self._parts)

    def everybody(self) -> None:
        """Return nothing: the pairs themselves are kept."""


class _Best:
    """Keeps the best pairs of each mentee and of each mentor, and those named beforehand."""

    def __init__(self, matrix: EligibilityMatrix, n_best: int, always: Index) -> None:
        self._matrix, self._wide = matrix, len(matrix.mentors)
        self._n_best, self._always = n_best, always
        self._of_mentee = digests([one.key for one in matrix.mentees])
        self._of_mentor = digests([one.key for one in matrix.mentors])
        self._parts: list[_Kept] = []
        self._rows: list[Bytes] = []
        # What may be among a mentor's best: with its worth, and what it has to be worth by now.
        self._hopes: list[tuple[_Kept, Index]] = []
        self._floor = np.full(self._wide, -1, dtype=np.int64)

    def look(self, block: Block) -> None:
        worth = self._worth(block)
        possible = np.zeros((len(block.refused), self._wide), dtype=np.bool_)
        possible[block.i - block.start, block.j] = True
        self._rows.append(np.packbits(possible, axis=1, bitorder="little"))
        among_mentees = self._best_of_rows(block, worth)
        named = np.isin(_Kept.of(block, slice(None)).cells(self._matrix), self._always)
        self._parts.append(_Kept.of(block, np.flatnonzero(among_mentees | named)))
        hopeful = np.flatnonzero(worth > self._floor[block.j])
        self._hopes.append((_Kept.of(block, hopeful), worth[hopeful]))
        if sum(len(worth) for _, worth in self._hopes) > 4 * self._n_best * self._wide:
            self._settle()

    def kept(self) -> _Kept:
        self._settle()
        return _Kept.joined([*self._parts, *(part for part, _ in self._hopes)]).sorted(self._matrix)

    def everybody(self) -> Bytes:
        """Return the possible mentors of every mentee, eight to a byte."""
        return np.concatenate(self._rows)

    def _worth(self, block: Block) -> Index:
        """Return the score with some bits of the pair's hash behind it."""
        hashes = pair_hashes(self._of_mentee[block.i], self._of_mentor[block.j])
        bits = (hashes >> np.uint64(64 - N_HASH_BITS)).astype(np.int64)
        return (block.score.astype(np.int64) << N_HASH_BITS) | bits

    def _best_of_rows(self, block: Block, worth: Index) -> Mask:
        if self._wide <= self._n_best:
            return np.ones(len(worth), dtype=np.bool_)
        dense = np.full((len(block.refused), self._wide), -1, dtype=np.int64)
        dense[block.i - block.start, block.j] = worth
        last = self._wide - self._n_best
        least = np.partition(dense, last, axis=1)[:, last]
        return worth >= least[block.i - block.start]

    def _settle(self) -> None:
        """Leave each mentor the best pairs of those hoped for."""
        if not self._hopes:
            return
        pairs = _Kept.joined([part for part, _ in self._hopes])
        worth = np.concatenate([worth for _, worth in self._hopes])
        order = np.lexsort((-worth, pairs.j))
        pairs, worth = pairs.only(order), worth[order]
        place = np.arange(len(worth)) - np.searchsorted(pairs.j, pairs.j)
        last = place == self._n_best - 1
        self._floor[pairs.j[last]] = worth[last]
        within = place < self._n_best
        self._hopes = [(pairs.only(within), worth[within])]


def _check_people(mentors: Sequence[Mentor], mentees: Sequence[Mentee]) -> None:
    _check_keys("наставников", [person.key for person in mentors])
    _check_keys("наставляемых", [person.key for person in mentees])
    for mentor in mentors:
        if mentor.capacity < 0:
            raise ValueError(
                f"У наставника «{mentor.key}» указано мест: {mentor.capacity}. "
                "Укажите ноль или больше."
            )
        if mentor.n_led < 0:
            raise ValueError(
                f"У наставника «{mentor.key}» указано, что он уже ведёт: {mentor.n_led}. "
                "Укажите ноль или больше."
            )


def _check_keys(whom: str, keys: list[str]) -> None:
    for one, other in pairwise(keys):
        if one == other:
            raise ValueError(f"Среди {whom} ключ «{one}» встречается дважды. Оставьте одну запись.")


def _limits(matrix: EligibilityMatrix, forms: Mask) -> tuple[int | None, ...]:
    """Return the strictest limit among the forms each mentor can be paired in, None where there is no such form."""
    limits = [matrix.rules.forms[code].mentor_max_mentees for code in matrix.codes]
    return tuple(
        min((limits[form] for form in np.flatnonzero(forms[number]).tolist()), default=None)
        for number in range(len(matrix.mentors))
    )
