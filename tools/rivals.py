"""Other packages on the same problem: `PYTHON rivals.py NAME PROBLEM.json` prints one JSON line.

``matching`` and ``mentor-match`` clash by the name they are imported by, so each runs in a process
of its own, with an interpreter that has it.
"""

import json
import operator
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from itertools import pairwise
from typing import Any

Problem = dict[str, list[int]]


def rows_of(problem: Problem) -> list[dict[int, int]]:
    """Return mentor → score of each mentee."""
    pairs = list(zip(problem["indices"], problem["score"], strict=True))
    return [dict(pairs[a:b]) for a, b in pairwise(problem["indptr"])]


def mentor_match(problem: Problem, bonus: int = 0) -> list[tuple[int, int]]:
    """Run mentor-match as its readme does: three rounds, one pair a person in each."""
    from matching.match import Match
    from matching.mentee import Mentee
    from matching.mentor import Mentor
    from matching.rules import rule

    from matching import process

    rows, capacity = rows_of(problem), problem["capacity"]

    class Score(rule.Rule):  # type: ignore[misc]
        def evaluate(self, match: Match) -> bool:  # noqa: ARG002 - the package asks for it
            return True

        def apply(self, match: Match) -> int:
            return rows[match.mentee.grade].get(match.mentor.grade, 0)

    def refused(match: Match) -> bool:
        mentee, mentor = match.mentee, match.mentor
        is_full = len(mentor.mentees) >= capacity[mentor.grade]
        return mentor.grade not in rows[mentee.grade] or is_full or len(mentee.mentors) > 0

    def rules() -> list[Any]:
        more = [rule.UnmatchedBonus(bonus)] if bonus else []
        return [*more, Score(), rule.Disqualify(refused)]

    mentors = [Mentor(grade=j, email=f"m{j}") for j in range(len(capacity))]
    mentees = [Mentee(grade=i, email=f"e{i}") for i in range(len(rows))]
    process.process_data(mentors, mentees, [rules() for _ in range(3)])
    return [(one.grade, other.grade) for one in mentees for other in one.mentors]


def mentor_match_bonus(problem: Problem) -> list[tuple[int, int]]:
    """Run mentor-match with its bonus for the unmatched put above every score."""
    return mentor_match(problem, bonus=10_000)


def matching(problem: Problem) -> list[tuple[int, int]]:
    """Run the hospitals and residents of matching: a stable matching."""
    from matching.games import HospitalResident

    sys.setrecursionlimit(1_000_000)
    rows = rows_of(problem)
    of_mentor: dict[int, dict[int, int]] = {}
    for mentee, row in enumerate(rows):
        for mentor, score in row.items():
            of_mentor.setdefault(mentor, {})[mentee] = score
    game = HospitalResident.create_from_dictionaries(
        {i: ranked(row) for i, row in enumerate(rows) if row},
        {j: ranked(row) for j, row in of_mentor.items()},
        {j: problem["capacity"][j] for j in of_mentor},
    )
    solved = game.solve()
    return [(one.name, hospital.name) for hospital, own in solved.items() for one in own]


def ranked(scores: dict[int, int]) -> list[int]:
    """Order by falling score."""
    return [key for key, _ in sorted(scores.items(), key=lambda item: (-item[1], item[0]))]


RIVALS = {
    "mentor-match": mentor_match,
    "mentor-match with bonus": mentor_match_bonus,
    "matching": matching,
}


def main(name: str, path: str) -> None:
    """Solve and print the result."""
    try:
        found = version(name.partition(" ")[0])
    except PackageNotFoundError:
        print(json.dumps({"error": "not installed"}))
        return
    with open(path) as file:  # noqa: PTH123 - no need for more
        problem = json.load(file)
    started = time.perf_counter()
    pairs = RIVALS[name](problem)
    seconds = time.perf_counter() - started
    rows = rows_of(problem)
    loads = [operator.countOf((j for _, j in pairs), k) for k in range(len(problem["capacity"]))]
    fair = all(a <= b for a, b in zip(loads, problem["capacity"], strict=True))
    answer = {
        "version": found,
        "seconds": seconds,
        "n_matched": len({i for i, _ in pairs}),
        "total_score": sum(rows[i][j] for i, j in pairs),
        "keeps_capacities": fair,
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main(*sys.argv[1:])
