"""Invented municipalities as arrays, from a seed: people, hard rules, scores, the best pairs.

Schools of 300 pupils, municipalities of 33 schools; every twentieth mentor also goes to the other
schools of the municipality. Hard rules first: consent, a form in common, the order of classes, one
subject where the form asks, 0.2 % of pairs excluded. A score is 0 to 1000 whole points. Up to a
school every possible pair is kept, above it the 30 best of each mentee.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Array = NDArray[Any]
U64 = np.uint64

N_SCHOOL, N_MUNICIPALITY, N_KEPT = 300, 33, 30
CONSENT_SHARE, ROAMING_SHARE = 0.91, 0.05
SEED = 20261121


@dataclass(frozen=True)
class Instance:
    """A problem as :func:`nastavnik.engine.matching.transport.solve` takes it, and its counts."""

    indptr: Array
    indices: Array
    score: Array
    capacity: Array
    n_looked_at: int
    n_eligible: int

    @property
    def problem(self) -> tuple[Array, Array, Array, Array]:
        """The four arrays."""
        return self.indptr, self.indices, self.score, self.capacity


def tags(random: np.random.Generator, n: int, n_bits: int, most: int, skew: float = 0.7) -> Array:
    """Draw one to ``most`` tags of each person, the first the most popular, as bit masks."""
    share = 1 / np.arange(1, n_bits + 1) ** skew
    count = random.integers(1, most + 1, n)
    masks = np.zeros(n, U64)
    for k in range(most):
        drawn = U64(1) << random.choice(n_bits, n, p=share / share.sum()).astype(U64)
        masks |= np.where(k < count, drawn, U64(0))
    return masks


def people(random: np.random.Generator, n: int, n_schools: int, grades: tuple[int, int]) -> Array:
    """Draw people of one side, one column each: school, grade, forms, subject and three tags."""
    kind = [(name, np.int64) for name in ("school", "grade", "subject")]
    kind += [(name, U64) for name in ("forms", "areas", "interests", "slots")]
    side = np.empty(n, dtype=kind)
    side["school"] = np.sort(random.integers(0, n_schools, n))
    side["grade"] = random.integers(*grades, n)
    side["subject"] = random.integers(0, 12, n)
    side["forms"] = tags(random, n, 4, 2, 0)
    side["areas"] = tags(random, n, 32, 5)
    side["interests"] = tags(random, n, 60, 5)
    side["slots"] = tags(random, n, 40, 8, 0)
    return side


def make(n_mentees: int, n_mentors: int, seed: int = SEED) -> Instance:
    """Make an instance."""
    random = np.random.default_rng(seed)
    n_schools = max(1, round(n_mentees / N_SCHOOL))
    mentees, mentors = (
        people(random, n_mentees, n_schools, (1, 11)),
        people(random, n_mentors, n_schools, (6, 13)),
    )
    consent = random.random(n_mentees) < CONSENT_SHARE
    capacity = random.choice([1, 2, 3], n_mentors, p=[0.1, 0.2, 0.7])
    pool_ptr, pool = pools(mentors["school"], random.random(n_mentors) < ROAMING_SHARE, n_schools)
    n_kept = N_KEPT if n_mentees > N_SCHOOL else n_mentors
    indptr = np.zeros(n_mentees + 1, dtype=np.int64)
    indices = np.empty(n_mentees * n_kept, dtype=np.int32)
    score = np.empty(n_mentees * n_kept, dtype=np.int32)
    sides = [np.ascontiguousarray(side[name]) for side in (mentees, mentors) for name in NAMES]
    looked_at, eligible = candidates(
        *sides, consent, pool_ptr, pool, n_kept, indptr, indices, score
    )
    n = indptr[-1]
    indices.resize(n, refcheck=False)
    score.resize(n, refcheck=False)
    return Instance(indptr, indices, score, capacity, looked_at, eligible)


NAMES = ("school", "grade", "forms", "areas", "interests", "slots", "subject")


def pools(school: Array, is_roaming: Array, n_schools: int) -> tuple[Array, Array]:
    """Return the mentors who may be looked at in each school."""
    roaming = np.flatnonzero(is_roaming)
    found, ends = [], [0]
    for one in range(n_schools):
        first, last = np.searchsorted(school, [one, one + 1])
        near = school[roaming] // N_MUNICIPALITY == one // N_MUNICIPALITY
        others = roaming[near & (school[roaming] != one)]
        found.append(np.sort(np.concatenate([np.arange(first, last), others])))
        ends.append(ends[-1] + len(found[-1]))
    return np.array(ends), np.concatenate(found)


@njit(cache=True, inline="always")
def count_bits(x):  # noqa: ANN001, ANN201
    """Count the bits of a mask."""
    x = x - ((x >> U64(1)) & U64(0x5555555555555555))
    x = (x & U64(0x3333333333333333)) + ((x >> U64(2)) & U64(0x3333333333333333))
    x = (x + (x >> U64(4))) & U64(0x0F0F0F0F0F0F0F0F)
    return np.int64((x * U64(0x0101010101010101)) >> U64(56))


@njit(cache=True)
def candidates(  # noqa: ANN201, C901, PLR0912, PLR0913, PLR0915, PLR0917 - one pass over all pairs
    school, grade, forms, areas, interests, slots, subject,  # noqa: ANN001
    school_of, grade_of, forms_of, areas_of, interests_of, slots_of, subject_of,  # noqa: ANN001
    consent, pool_ptr, pool, n_kept, indptr, indices, score,  # noqa: ANN001
):  # fmt: skip
    """Write the best ``n_kept`` pairs of each mentee; return how many were looked at and possible."""
    n_looked_at, n_eligible, end = 0, 0, 0
    best = np.empty(n_kept + 1, np.int64)
    for i in range(len(school)):
        indptr[i] = end
        if not consent[i]:
            continue
        n_areas, kept = count_bits(areas[i]), 0
        for at in range(pool_ptr[school[i]], pool_ptr[school[i] + 1]):
            j = pool[at]
            n_looked_at += 1
            form = forms[i] & forms_of[j]
            if form == 0 or grade_of[j] <= grade[i]:
                continue
            if (form & U64(3)) == 0 and subject_of[j] != subject[i]:
                continue
            mix = U64(i) * U64(0x9E3779B97F4A7C15) + U64(j) * U64(0xBF58476D1CE4E5B9)
            mix ^= mix >> U64(31)
            mix *= U64(0x94D049BB133111EB)
            mix ^= mix >> U64(29)
            if mix % U64(500) == 0:
                continue
            n_eligible += 1
            points = 400 * count_bits(areas[i] & areas_of[j]) // n_areas
            points += 80 * min(3, count_bits(interests[i] & interests_of[j]))
            points += 60 * min(4, count_bits(slots[i] & slots_of[j]))
            points += 60 * (school_of[j] == school[i]) + 60 * (subject_of[j] == subject[i])
            # Of equal scores a hash decides, so that no row number is preferred.
            key = (points << 44) | (np.int64(mix & U64(0xFFFFF)) << 24) | j
            if kept < n_kept:
                best[kept] = key
                kept += 1
                if kept == n_kept:
                    best[:n_kept].sort()
            elif key > best[0]:
                q = 1
                while q < n_kept and best[q] < key:
                    best[q - 1] = best[q]
                    q += 1
                best[q - 1] = key
        for q in range(kept):
            best[q] = ((best[q] & 0xFFFFFF) << 20) | (best[q] >> 44)
        best[:kept].sort()
        for q in range(kept):
            indices[end + q] = best[q] >> 20
            score[end + q] = best[q] & 0xFFFFF
        end += kept
    indptr[len(school)] = end
    return n_looked_at, n_eligible
