"""Small random problems, and oracles written apart from the solver."""

from dataclasses import dataclass
from itertools import product

import numpy as np
from hypothesis import strategies as st

from nastavnik.engine.matching.transport import Solution, solve


@dataclass(frozen=True)
class Case:
    rows: tuple[dict[int, tuple[int, int, int]], ...]  # per mentee: mentor -> score, two ranks
    capacity: tuple[int, ...]
    locked: tuple[int, ...]
    rank_weight: int = 0
    load_cost: int = 0

    def solve(self, mentees=None, mentors=None, **options) -> Solution:
        """Solve, with the rows put in another order where one is given."""
        mentees = list(range(len(self.rows))) if mentees is None else mentees
        mentors = list(range(len(self.capacity))) if mentors is None else mentors
        place = {old: new for new, old in enumerate(mentors)}
        rows = [[(place[j], *v) for j, v in self.rows[i].items()] for i in mentees]
        flat = [edge for row in rows for edge in row]
        return solve(
            np.cumsum([0, *map(len, rows)]),
            [edge[0] for edge in flat],
            [edge[1] for edge in flat],
            [self.capacity[j] for j in mentors],
            mentee_rank=[edge[2] for edge in flat],
            mentor_rank=[edge[3] for edge in flat],
            rank_weight=self.rank_weight,
            load_cost=self.load_cost,
            locked=[place.get(self.locked[i], -1) for i in mentees],
            tie_key_mentee=[f"mentee-{i}" for i in mentees],
            tie_key_mentor=[f"mentor-{j}" for j in mentors],
            **options,
        )

    def cost_of(self, mentor_of) -> int:
        total = 0
        loads = dict.fromkeys(range(len(self.capacity)), 0)
        for i, j in enumerate(mentor_of):
            if j < 0:
                continue
            score, a, b = self.rows[i].get(j, (0, 0, 0))
            total += self.rank_weight * (a + b) - score + self.load_cost * loads[j]
            loads[j] += 1
        return total

    def best_by_brute_force(self, must=None) -> tuple[int, int] | None:
        """The best (matched, -cost) of every assignment there is; `must` is a pair to force."""
        options = [
            [self.locked[i]] if self.locked[i] >= 0 else [-1, *row]
            for i, row in enumerate(self.rows)
        ]
        if must:
            options[must[0]] = [must[1]]
        return max(
            (
                (sum(j >= 0 for j in chosen), -self.cost_of(chosen))
                for chosen in product(*options)
                if all(chosen.count(j) <= cap for j, cap in enumerate(self.capacity))
            ),
            default=None,
        )

    def n_matched_by_augmenting(self) -> int:
        """Kuhn's algorithm over single places, locks taken out first."""
        free = [i for i, j in enumerate(self.locked) if j < 0]
        taken = [self.locked.count(j) for j in range(len(self.capacity))]
        slots = [(j, q) for j, cap in enumerate(self.capacity) for q in range(cap - taken[j])]
        holder: dict[tuple[int, int], int] = {}

        def place(i, seen):
            for slot in slots:
                if slot[0] in self.rows[i] and slot not in seen:
                    seen.add(slot)
                    if slot not in holder or place(holder[slot], seen):
                        holder[slot] = i
                        return True
            return False

        return sum(place(i, set()) for i in free) + len(self.locked) - len(free)


@st.composite
def cases(draw, max_mentees=5, max_mentors=4, max_score=3, *, plain=False):
    """Draw a case; small scores make ties, zero capacities and empty rows are frequent."""
    n, m = draw(st.integers(0, max_mentees)), draw(st.integers(1, max_mentors))
    values = st.tuples(st.integers(-1, max_score), st.integers(0, 3), st.integers(0, 3))
    rows = tuple(draw(st.dictionaries(st.integers(0, m - 1), values)) for _ in range(n))
    capacity = [draw(st.integers(0, 2)) for _ in range(m)]
    locked = []
    for _ in range(n):
        j = draw(st.integers(-3, m - 1))
        locked.append(j if j >= 0 and locked.count(j) < capacity[j] else -1)
    weights = (0, 0) if plain else (draw(st.integers(0, 2)), draw(st.integers(0, 3)))
    return Case(rows, tuple(capacity), tuple(locked), *weights)
