"""What the programme on paper says of each form of mentoring: shipped facts."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class FormWords:
    """The words of one form (method.md §1.2–1.5).

    Attributes:
        goal, mentor, mentee, formats: phrases with a small letter and without a full stop.
        tasks, results: lists of such phrases.
    """

    goal: str
    tasks: tuple[str, ...]
    mentor: str
    mentee: str
    formats: str
    results: tuple[str, ...]


@cache
def form_words() -> dict[str, FormWords]:
    """Return the words of the forms by code."""
    records = yaml.safe_load((DATA / "forms.yaml").read_text(encoding="utf-8"))
    return {code: _words(record) for code, record in records.items()}


def _words(record: Mapping[str, Any]) -> FormWords:
    lists = {name: tuple(record[name]) for name in ("tasks", "results")}
    return FormWords(**{**record, **lists})


@dataclass(frozen=True, slots=True)
class ProgrammeTables:
    """The tables of the programme: who does what when, the stages, the criteria with their indicators."""

    managers: tuple[tuple[str, str, str], ...]
    stages: tuple[tuple[str, str, str], ...]
    criteria: tuple[tuple[str, tuple[str, ...]], ...]


@cache
def programme_tables() -> ProgrammeTables:
    """Return the tables of the programme."""
    told = yaml.safe_load((DATA / "programme.yaml").read_text(encoding="utf-8"))
    return ProgrammeTables(
        tuple((who, what, when) for who, what, when in told["managers"]),
        tuple((stage, what, result) for stage, what, result in told["stages"]),
        tuple((criterion, tuple(said)) for criterion, said in told["criteria"]),
    )
