"""Every pair at once: what :func:`.candidates.judge` answers pair by pair, by columns.

In blocks of mentees against all mentors. Hard rules first, one byte a pair; points are counted only
for the pairs that are left, with sets as bits of 64-bit words. Nothing is made of a pair but its
numbers until somebody asks for it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from nastavnik.engine.matching.candidates import (
    MOST_COUNTED,
    NEAR_GRADES,
    REFUSALS,
    FormRule,
    Mentee,
    Mentor,
    Rules,
)
from nastavnik.engine.matching.network import SAFE, Exact, Index, exact

Mask = NDArray[np.bool_]
Bytes = NDArray[np.uint8]
Words = NDArray[np.uint64]
Small = NDArray[np.int32]

#: Pairs looked at in one go: a few megabytes, so that they stay near the processor.
N_CELLS = 1 << 19
CODE = {code: number for number, code in enumerate(REFUSALS)}
POSSIBLE = len(REFUSALS)


@dataclass(frozen=True, slots=True)
class SideColumns:
    """People of one side as columns; a person without a grade or an age has 0 there."""

    grade: Exact
    has_grade: Mask
    age: Exact
    has_age: Mask
    subject: Index
    organisation: Index
    family: Index

    @classmethod
    def of(cls, people: Sequence[Mentor] | Sequence[Mentee], numbers: "Numbers") -> "SideColumns":
        """Lay people out."""
        return cls(
            exact([one.grade or 0 for one in people]),
            np.array([one.grade is not None for one in people], dtype=np.bool_),
            exact([one.age or 0 for one in people]),
            np.array([one.age is not None for one in people], dtype=np.bool_),
            *(
                np.array([numbers.of(getattr(one, name)) for one in people], dtype=np.int64)
                for name in ("subject", "organisation", "family")
            ),
        )


class Numbers:
    """Words as whole numbers, the empty one 0."""

    def __init__(self) -> None:
        self._known = {"": 0}

    def of(self, word: str) -> int:
        """Return the number of a word."""
        return self._known.setdefault(word, len(self._known))


@dataclass(frozen=True, slots=True)
class Bits:
    """Sets of both sides as bits, (words, n) each; only what occurs on both sides has one."""

    mentees: Words
    mentors: Words

    @classmethod
    def of(cls, mentees: Sequence[frozenset[str]], mentors: Sequence[frozenset[str]]) -> "Bits":
        """Lay sets out."""
        known = sorted(set(chain(*mentees)) & set(chain(*mentors)))
        place = {word: number for number, word in enumerate(known)}
        return cls(*(cls._words(sets, place) for sets in (mentees, mentors)))

    @staticmethod
    def _words(sets: Sequence[frozenset[str]], place: Mapping[str, int]) -> Words:
        n_words = (len(place) + 63) // 64
        rows: list[list[int]] = []
        for one in sets:
            numbers = [place[word] for word in one if word in place]
            rows.append([sum(1 << n % 64 for n in numbers if n // 64 == w) for w in range(n_words)])
        return np.array(rows, dtype=np.uint64).reshape(len(sets), n_words).T.copy()

    def common(self, i: Index, j: Index) -> Exact:
        """Count what each pair has in common."""
        words = range(len(self.mentees))
        found = [np.bitwise_count(self.mentees[w][i] & self.mentors[w][j]) for w in words]
        return sum(found[1:], found[0].astype(np.int32)) if found else np.zeros(len(i), np.int32)


@dataclass(frozen=True, slots=True)
class Block:
    """The possible pairs of mentees ``start`` and on, in rows, and how often each code refused.

    ``form`` are numbers in the order of the forms' codes; ``refused`` (mentees, codes).
    """

    start: int
    i: Small
    j: Small
    score: Exact
    form: Bytes
    refused: NDArray[np.int64]


@dataclass(frozen=True)
class EligibilityMatrix:
    """Mentors and mentees, sorted by key, with the rules they are judged by."""

    mentors: tuple[Mentor, ...]
    mentees: tuple[Mentee, ...]
    rules: Rules
    forbidden: frozenset[tuple[str, str]] = field(repr=False)

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """The codes of the forms, in the order in which equally good ones are preferred."""
        return tuple(sorted(self.rules.forms))

    @cached_property
    def most(self) -> int:
        """More points than any pair can have."""
        n_items = max((len(one.areas) + len(one.interests) for one in self.mentees), default=0)
        return max(self.rules.weights.values(), default=0) * (n_items + 20)

    @property
    def kind(self) -> type[np.int32] | type[np.int64] | type[object]:
        """What a score is counted in: whole numbers of any size where 64 bits might not do."""
        if self.most < 1 << 30:
            return np.int32
        return np.int64 if self.most < SAFE >> 2 else object

    @cached_property
    def _sides(self) -> tuple[SideColumns, SideColumns]:
        numbers = Numbers()
        return SideColumns.of(self.mentees, numbers), SideColumns.of(self.mentors, numbers)

    @cached_property
    def _sets(self) -> dict[str, Bits]:
        return {
            "area": self._bits("areas", "competences"),
            "interest": self._bits("interests", "interests"),
            "schedule": self._bits("slots", "slots"),
            "place": self._bits("venues", "venues"),
            "language": self._bits("languages", "languages"),
        }

    def _bits(self, of_mentee: str, of_mentor: str) -> Bits:
        return Bits.of(
            [getattr(one, of_mentee) for one in self.mentees],
            [getattr(one, of_mentor) for one in self.mentors],
        )

    @cached_property
    def _by_form(self) -> list[tuple[FormRule, Index, Index]]:
        """Each form with the numbers of the mentees and the mentors who chose it."""
        return [
            (
                self.rules.forms[code],
                _having(code, self.mentees),
                _having(code, self.mentors),
            )
            for code in self.codes
        ]

    @cached_property
    def _fits_kind(self) -> list[tuple[Mask, Mask]]:
        """Whether the kind of each mentee and mentor is one of the form's, form by form."""
        return [
            (
                np.array([one.kind in form.mentee_kinds for one in self.mentees], dtype=np.bool_),
                np.array([one.kind in form.mentor_kinds for one in self.mentors], dtype=np.bool_),
            )
            for form in map(self.rules.forms.__getitem__, self.codes)
        ]

    @cached_property
    def _places(self) -> tuple[dict[str, int], dict[str, int]]:
        return (
            {one.key: number for number, one in enumerate(self.mentees)},
            {one.key: number for number, one in enumerate(self.mentors)},
        )

    @cached_property
    def _own(self) -> Index:
        """The pairs of a person with oneself."""
        _, mentor = self._places
        return self._cells(
            (number, mentor[one.key])
            for number, one in enumerate(self.mentees)
            if one.key in mentor
        )

    @cached_property
    def _banned(self) -> Index:
        return self.cells_of(self.forbidden)

    @cached_property
    def _taught(self) -> Index:
        """The pairs of a pupil with the own class teacher."""
        _, mentor = self._places
        return self._cells(
            (number, mentor[key])
            for number, one in enumerate(self.mentees)
            for key in one.class_teachers
            if key in mentor
        )

    def cells_of(self, pairs: Iterable[tuple[str, str]]) -> Index:
        """Return the cells, in order, of those (mentor key, mentee key) that are here."""
        mentee, mentor = self._places
        return self._cells(
            (mentee[taker], mentor[giver])
            for giver, taker in pairs
            if taker in mentee and giver in mentor
        )

    def _cells(self, pairs: Iterable[tuple[int, int]]) -> Index:
        wide = len(self.mentors)
        return np.array(sorted({i * wide + j for i, j in pairs}), dtype=np.int64)

    def blocks(self) -> Iterator[Block]:
        """Judge all pairs, some mentees at a time."""
        n_rows = max(1, N_CELLS // max(1, len(self.mentors)))
        for start in range(0, len(self.mentees), n_rows):
            yield self._block(start, min(start + n_rows, len(self.mentees)))

    def _block(self, start: int, stop: int) -> Block:
        wide = len(self.mentors)
        code = np.full((stop - start, wide), CODE["form"], dtype=np.uint8)
        best = np.full((stop - start) * wide, -1, dtype=self.kind)
        form = np.zeros((stop - start) * wide, dtype=np.uint8)
        for number, (rule, takers, givers) in enumerate(self._by_form):
            rows = takers[np.searchsorted(takers, start) : np.searchsorted(takers, stop)]
            if not len(rows) or not len(givers):
                continue
            refused = self._refused(number, rule, rows, givers)
            if refused.size == code.size:
                np.maximum(code, refused, out=code)
            else:
                here = np.ix_(rows - start, givers)
                code[here] = np.maximum(code[here], refused)
            row, column = np.nonzero(refused == 0)
            points = self._points(rule, rows[row], givers[column])
            fitting = (rows[row] - start) * wide + givers[column]
            better = points > best[fitting]
            best[fitting[better]] = points[better]
            form[fitting[better]] = number
        code[best.reshape(code.shape) >= 0] = POSSIBLE
        self._refuse_whatever_the_form(code, start)
        found = np.flatnonzero(code == POSSIBLE)
        row = found // max(1, wide)
        i, j = (row + start).astype(np.int32), (found - row * wide).astype(np.int32)
        return Block(start, i, j, best[found], form[found], _counts(code))

    def _refuse_whatever_the_form(self, code: Bytes, start: int) -> None:
        mentees, mentors = self._sides
        if self.rules.forbid_family:
            for row in np.flatnonzero(mentees.family[start : start + len(code)]).tolist():
                is_own = mentors.family == mentees.family[start + row]
                code[row, is_own & (code[row] == POSSIBLE)] = CODE["same_family"]
        cells = code.reshape(-1)
        banned = _within(self._banned, start * code.shape[1], len(cells))
        cells[banned[cells[banned] == POSSIBLE]] = CODE["forbidden"]
        cells[_within(self._own, start * code.shape[1], len(cells))] = CODE["self"]

    def _refused(self, number: int, form: FormRule, rows: Index, givers: Index) -> Bytes:
        """Return by which rule of the form each pair is refused first, 0 where by none.

        Written from the last rule to the first, so that the first one stands.
        """
        mentees, mentors = self._sides
        code = np.zeros((len(rows), len(givers)), dtype=np.uint8)
        if form.same_subject:
            theirs = mentors.subject[givers]
            code[mentees.subject[rows][:, None] != theirs[None, :]] = CODE["subject"]
            code[:, theirs == 0] = CODE["subject"]
        self._by_age(code, form, rows, givers)
        self._by_grade(code, form, rows, givers)
        if form.same_organisation:
            ours, theirs = mentees.organisation[rows], mentors.organisation[givers]
            code[ours[:, None] != theirs[None, :]] = CODE["organisation"]
        if form.forbid_class_teacher:
            self._by_teacher(code, rows, givers)
        of_mentee, of_mentor = self._fits_kind[number]
        code[~of_mentee[rows], :] = CODE["kind"]
        code[:, ~of_mentor[givers]] = CODE["kind"]
        return code

    def _by_age(self, code: Bytes, form: FormRule, rows: Index, givers: Index) -> None:
        mentees, mentors = self._sides
        if form.min_age_gap is not None:
            least = mentees.age[rows] + exact([form.min_age_gap])
            code[mentors.age[givers][None, :] < least[:, None]] = CODE["age_gap"]
            code[:, ~mentors.has_age[givers]] = CODE["unknown_age"]
        if form.min_age_gap is not None or form.mentee_min_age is not None:
            code[~mentees.has_age[rows], :] = CODE["unknown_age"]

    def _by_grade(self, code: Bytes, form: FormRule, rows: Index, givers: Index) -> None:
        mentees, mentors = self._sides
        if form.min_grade_gap is not None:
            least = mentees.grade[rows] + exact([form.min_grade_gap])
            code[mentors.grade[givers][None, :] < least[:, None]] = CODE["grade_gap"]
            code[:, ~mentors.has_grade[givers]] = CODE["unknown_grade"]
            code[~mentees.has_grade[rows], :] = CODE["unknown_grade"]
        if form.mentee_min_age is not None:
            young = mentees.has_age[rows] & (mentees.age[rows] < exact([form.mentee_min_age]))
            code[young.astype(np.bool_), :] = CODE["too_young"]

    def _by_teacher(self, code: Bytes, rows: Index, givers: Index) -> None:
        wide = len(self.mentors)
        mentee, mentor = np.divmod(self._taught, wide)
        row, column = np.searchsorted(rows, mentee), np.searchsorted(givers, mentor)
        here = (row < len(rows)) & (column < len(givers))
        row, column, mentee, mentor = row[here], column[here], mentee[here], mentor[here]
        here = (rows[row] == mentee) & (givers[column] == mentor)
        code[row[here], column[here]] = CODE["class_teacher"]

    def _points(self, form: FormRule, i: Index, j: Index) -> Exact:
        """Return the scores of pairs that a form allows."""
        mentees, mentors = self._sides
        points: Exact = np.zeros(len(i), dtype=self.kind)
        for part, weight in self.rules.weights.items():
            if not weight or not len(i):
                continue
            if part in self._sets:
                times = self._sets[part].common(i, j)
                times = np.minimum(times, MOST_COUNTED[part]) if part in MOST_COUNTED else times
            elif part == "grade_near":
                times = self._nearness(form, i, j)
            else:
                ours, theirs = getattr(mentees, part)[i], getattr(mentors, part)[j]
                times = ((ours == theirs) & (ours > 0)).astype(np.int32)
            points += times.astype(self.kind, copy=False) * weight
        return points

    def _nearness(self, form: FormRule, i: Index, j: Index) -> Exact:
        mentees, mentors = self._sides
        if form.min_grade_gap is None:
            return np.zeros(len(i), dtype=np.int64)
        beyond: Exact = mentors.grade[j] - mentees.grade[i] - exact([form.min_grade_gap])
        near: Exact = np.maximum(NEAR_GRADES - beyond, 0)
        return near


def _counts(code: Bytes) -> NDArray[np.int64]:
    """Count each refusal in each row."""
    kinds = POSSIBLE + 1
    numbered = code + np.arange(len(code), dtype=np.int32)[:, None] * kinds
    found = np.bincount(numbered.reshape(-1), minlength=len(code) * kinds)
    return found.reshape(len(code), kinds)[:, :POSSIBLE]


def _having(code: str, people: Sequence[Mentor] | Sequence[Mentee]) -> Index:
    return np.flatnonzero(np.array([code in one.forms for one in people], dtype=np.bool_))


def _within(cells: Index, begin: int, count: int) -> Index:
    """Return so many sorted cells' numbers from one on, counted from there."""
    return cells[np.searchsorted(cells, begin) : np.searchsorted(cells, begin + count)] - begin
