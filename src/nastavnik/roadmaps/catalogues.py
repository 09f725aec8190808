"""The catalogue of activities and the column sets of districts, shipped as data (method.md §7.2, §8)."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from nastavnik.core.text import fold

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class CatalogueActivity:
    """One activity of the catalogue.

    Attributes:
        code: «A31», as in method.md §8.
        stage: 1–7.
        title: Word for word as `source` has it; ours where there is no source.
        line: Its number in the default roadmap of a school; None outside of it.
        months: First and last month of the usual time, September is 0, the August before −1.
        by: A deadline instead: month as above and day.
        owners: Posts, in the order of the source.
        result: Result or kind of paper, in brief.
        levels: For whom: school, college, municipality.
        facts: What ticks the line by itself when all of it holds (`core.hooks.facts`); empty if nothing does.
        also: Folded word of a title that promises more → the fact that has to hold then too.
        learners_only: Left out where only staff take part.
        sources: The roadmaps that have it.
        after: Codes of what it needs first.
        soon_after: Codes of what it should follow within half a year.
        once: Whether it happens once in a year.
        signs: How to know it in other words (`engine.roadmaps.knowing`).
    """

    code: str
    stage: int
    title: str
    line: int | None
    months: tuple[int, int] | None
    by: tuple[int, int] | None
    owners: tuple[str, ...]
    result: str
    levels: frozenset[str]
    facts: tuple[str, ...]
    also: tuple[tuple[str, str], ...]
    learners_only: bool
    source: str
    sources: tuple[str, ...]
    after: tuple[str, ...]
    soon_after: tuple[str, ...]
    once: bool
    signs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LayoutColumn:
    """A column of a layout; width in centimetres."""

    field: str
    title: str
    width: float


@dataclass(frozen=True, slots=True)
class PaperLayout:
    """A column set a district asks for; `sections`: stages stand as rows across the table."""

    code: str
    title: str
    source: str
    sections: bool
    columns: tuple[LayoutColumn, ...]


def _read(name: str) -> Any:  # noqa: ANN401 - plain data of a shipped file
    # the compiled loader: the catalogue is long, and the plain one takes ten times as much
    return yaml.load((DATA / name).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


@dataclass(frozen=True, slots=True)
class Stage:
    """One of the seven stages (method.md §2.1)."""

    number: int
    title: str
    short: str

    @property
    def heading(self) -> str:
        """Return «1. Подготовка условий для запуска программы»."""
        return f"{self.number}. {self.title}"


@cache
def stages() -> dict[int, Stage]:
    """Return the stages by number."""
    rows = enumerate(_read("catalogue.yaml")["stages"], 1)
    return {number: Stage(number, row["title"], row["short"]) for number, row in rows}


@cache
def entries() -> dict[str, CatalogueActivity]:
    """Return the activities by code."""
    return {row["id"]: _entry(row) for row in _read("catalogue.yaml")["activities"]}


def _entry(row: dict[str, Any]) -> CatalogueActivity:
    return CatalogueActivity(
        code=row["id"],
        stage=row["stage"],
        title=row["title"],
        line=row.get("line"),
        months=tuple(row["months"]) if "months" in row else None,
        by=tuple(row["by"]) if "by" in row else None,
        owners=tuple(row["owners"]),
        result=row.get("result", ""),
        levels=frozenset(row["levels"]),
        facts=_several(row.get("fact", ())),
        also=tuple(row.get("also", {}).items()),
        learners_only=row.get("learners_only", False),
        source=row.get("source", ""),
        sources=tuple(row["sources"]),
        after=tuple(row.get("after", ())),
        soon_after=tuple(row.get("soon_after", ())),
        once=row.get("once", False),
        signs=tuple(row["signs"]),
    )


def _several(said: str | list[str] | tuple[()]) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else tuple(said)


@cache
def codes_by_title() -> dict[str, str]:
    """Return code by folded title, to know a line of the catalogue in a document."""
    return {fold(entry.title).rstrip("."): code for code, entry in entries().items()}


def code_of(title: str) -> str:
    """Return the code of the activity with this title; empty when the catalogue has none."""
    return codes_by_title().get(fold(title).rstrip("."), "")


@cache
def layouts() -> dict[str, PaperLayout]:
    """Return the column sets by code; the first is that of the default roadmap."""
    return {
        row["code"]: PaperLayout(
            row["code"],
            row["title"],
            row["source"],
            row["sections"],
            tuple(LayoutColumn(**column) for column in row["columns"]),
        )
        for row in _read("layouts.yaml")
    }


def chosen(level: str, *, with_learners: bool) -> list[CatalogueActivity]:
    """Return what a roadmap of a level begins with, by stage.

    A school begins with the 35 lines of source 002 in their order; a college and a municipality
    with all activities the catalogue has for them.
    """
    found = [
        entry
        for entry in entries().values()
        if level in entry.levels
        and (level != "school" or entry.line is not None)
        and (with_learners or not entry.learners_only)
    ]
    if level == "school":
        return sorted(found, key=lambda entry: entry.line or 0)
    return sorted(found, key=lambda entry: entry.stage)
