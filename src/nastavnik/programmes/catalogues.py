"""Lists shipped as data: areas of help and interests. Official words, Russian by nature."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class ListEntry:
    """One line of a list; `audience` is learner, staff or both."""

    code: str
    title: str
    audience: str


def read(name: str) -> list[dict[str, Any]]:
    """Return the records of a shipped file."""
    records: list[dict[str, Any]] = yaml.safe_load((DATA / name).read_text(encoding="utf-8"))
    return records


@cache
def areas() -> dict[str, ListEntry]:
    """Return what may be asked for and offered, by code."""
    return {
        row["code"]: ListEntry(row["code"], row["title"], row["for"]) for row in read("areas.yaml")
    }


@cache
def interests() -> dict[str, ListEntry]:
    """Return interests, by code."""
    return _of_both("interests.yaml")


@cache
def time_slots() -> dict[str, ListEntry]:
    """Return the times of a week when people may meet, by code."""
    return _of_both("time_slots.yaml")


@cache
def meeting_places() -> dict[str, ListEntry]:
    """Return where and how people may meet, by code."""
    return _of_both("meeting_places.yaml")


@cache
def languages() -> dict[str, ListEntry]:
    """Return languages besides Russian, by code."""
    return _of_both("languages.yaml")


def _of_both(name: str) -> dict[str, ListEntry]:
    return {row["code"]: ListEntry(row["code"], row["title"], "both") for row in read(name)}


def area_choices(*, learner: bool) -> list[tuple[str, str]]:
    """Return the areas for learners or for staff as choices of a form."""
    wanted = "learner" if learner else "staff"
    return [(e.code, e.title) for e in areas().values() if e.audience in (wanted, "both")]
