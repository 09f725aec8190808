"""Courses shipped as data, to begin with. Official words, Russian by nature."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class CourseExample:
    """A shipped course; `themes` are lines."""

    code: str
    audience: str
    title: str
    hours: int
    themes: tuple[str, ...]


@cache
def examples() -> dict[str, CourseExample]:
    """Return the shipped courses by code."""
    rows = yaml.safe_load((DATA / "courses.yaml").read_text(encoding="utf-8"))
    return {row["code"]: CourseExample(**row | {"themes": tuple(row["themes"])}) for row in rows}
