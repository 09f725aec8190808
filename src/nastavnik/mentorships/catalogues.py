"""The cycle of meetings as shipped data: when each is planned, and the limits of patience (method.md §2.2)."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).parent / "data"
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one waits with a meeting; days and minutes."""

    postpone_days: int
    undo_minutes: int
    ask_days: int


@dataclass(frozen=True, slots=True)
class Cycle:
    """When the meetings of a pair are planned, in days from its beginning."""

    first_days: Mapping[str, int]
    regular_every_days: int
    final_before_end_days: int
    limits: Patience

    def days(self, starts_on: dt.date, ends_on: dt.date) -> list[tuple[str, dt.date]]:
        """Return kind and day of every meeting, in order (method.md §2.2).

        All days lie between the two bounds. In a pair too short for the whole cycle what does not fit before the final
        meeting is left out; the acquaintance and the final meeting are always there.
        """
        final = max(_working_day(ends_on - dt.timedelta(self.final_before_end_days), -1), starts_on)
        opening = [
            (kind, min(_working_day(starts_on + dt.timedelta(days), 1), ends_on))
            for kind, days in self.first_days.items()
        ]
        planned = opening[:1] + [(kind, day) for kind, day in opening[1:] if day < final]
        step = dt.timedelta(self.regular_every_days)
        day = starts_on + dt.timedelta(max(self.first_days.values())) + step
        is_whole = len(planned) == len(opening)
        while is_whole and _working_day(day, 1) < final:
            planned.append(("regular", _working_day(day, 1)))
            day += step
        return [*planned, ("final", max(final, planned[0][1]))]


def _working_day(day: dt.date, direction: int) -> dt.date:
    """Return the day itself or, on a weekend, the nearest working day before (-1) or after (1) it."""
    while day.weekday() >= SATURDAY:
        day += dt.timedelta(direction)
    return day


@cache
def cycle() -> Cycle:
    """Return the shipped cycle."""
    data = yaml.safe_load((DATA / "cycle.yaml").read_text(encoding="utf-8"))
    return Cycle(
        first_days=data["first_days"],
        regular_every_days=data["regular_every_days"],
        final_before_end_days=data["final_before_end_days"],
        limits=Patience(**data["limits"]),
    )


@dataclass(frozen=True, slots=True)
class BaseColumn:
    """A column of a base in its file; `takes` names the field a file that comes back may change, `width` is in cm."""

    name: str
    title: str
    width: float
    takes: str = ""
    also: tuple[str, ...] = ()


@cache
def base_columns(side: str) -> tuple[BaseColumn, ...]:
    """Return the columns of the base of one side, in their order (method.md §7.3)."""
    rows = _bases()[side]
    return tuple(BaseColumn(**{**row, "also": tuple(row.get("also", ()))}) for row in rows)


@cache
def subbases() -> tuple[str, ...]:
    """Return the kinds of mentors of which a sub-base is kept whether or not anybody is in it."""
    return tuple(_bases()["subbases"])


def _bases() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((DATA / "bases.yaml").read_text(encoding="utf-8"))
    return found
