"""Invented people of one municipality as records, from a seed: for the search for candidates."""

from typing import Any

import numpy as np

from nastavnik.engine.matching.candidates import Mentee, Mentor

AREAS = [f"area-{number}" for number in range(28)]
INTERESTS = [f"interest-{number}" for number in range(20)]
SLOTS = [f"slot-{number}" for number in range(12)]
VENUES = ["own", "partner", "town", "online"]
#: Kind of a mentor → the forms it may choose; every second mentor is a pupil.
FORMS = {
    "pupil": ["pupil_pupil"],
    "teacher": ["teacher_pupil", "teacher_teacher"],
    "employer": ["employer_pupil"],
}
KINDS = ["pupil", "pupil", "teacher", "employer"]
CHOSEN = ["pupil_pupil", "teacher_pupil", "employer_pupil"]


def make(n_mentees: int, n_mentors: int, seed: int) -> tuple[list[Mentor], list[Mentee]]:
    """Make mentors and mentees, who chose one to three forms and said one to five things each."""
    random = np.random.default_rng(seed)

    def some(words: list[str], most: int) -> frozenset[str]:
        count = int(random.integers(1, min(most, len(words)) + 1))
        return frozenset(random.choice(words, count, replace=False).tolist())

    def said() -> dict[str, Any]:
        return {
            "interests": some(INTERESTS, 5),
            "slots": some(SLOTS, 5),
            "venues": some(VENUES, 2),
        }

    mentors = []
    for number in range(n_mentors):
        kind = KINDS[int(random.integers(0, len(KINDS)))]
        grade = int(random.integers(6, 12)) if kind == "pupil" else None
        mentors.append(
            Mentor(
                key=f"mentor-{number}",
                kind=kind,
                forms=frozenset(FORMS[kind]),
                capacity=int(random.integers(1, 4)),
                competences=some(AREAS, 5),
                grade=grade,
                **said(),
            )
        )
    mentees = [
        Mentee(
            key=f"mentee-{number}",
            kind="pupil",
            forms=frozenset(CHOSEN[: int(random.integers(1, 4))]),
            areas=some(AREAS, 4),
            grade=int(random.integers(1, 12)),
            **said(),
        )
        for number in range(n_mentees)
    ]
    return mentors, mentees
