"""Which number of «4/12/2013» is the day: a column proves it, or its rows wait.

Excel and Google tables with American settings write the month first. With points between the
numbers nobody does; with strokes both happen, so there the order is only believed when a number
above 12 in the same column proves it.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from nastavnik.engine.tables.cells import Cell
from nastavnik.engine.tables.dates import parts_of_two

_MONTHS = 12
_FEW = 2


@dataclass(frozen=True)
class DateOrder:
    """What a column proves.

    Attributes:
        is_month_first: Its numbers are month, day, year.
        is_mixed: Some of its dates prove one order, some the other.
        has_strokes_unproven: Strokes stand in it and nothing proves the order.
        are_dates_turned: Cells that are dates may have been turned round when a file was opened
            with American settings: all their days could be months, all texts beside them could not.
    """

    is_month_first: bool = False
    is_mixed: bool = False
    has_strokes_unproven: bool = False
    are_dates_turned: bool = False

    def is_open(self, cell: Cell) -> bool:
        """Tell whether the cell can be read two ways and nothing says which."""
        if isinstance(cell, dt.date):
            return self.are_dates_turned and cell.day != cell.month and cell.day <= _MONTHS
        parts = parts_of_two(cell)
        if parts is None or not _is_either(parts):
            return False
        return self.is_mixed or (self.has_strokes_unproven and parts[2] == "/")

    def reads_month_first(self, cell: Cell) -> bool:
        """Tell whether this cell is month, day, year."""
        parts = parts_of_two(cell)
        if parts is None:
            return False
        first, second, sign = parts
        return self.is_month_first or (self.is_mixed and sign != "." and first <= _MONTHS < second)


def order_of(cells: Iterable[Cell]) -> DateOrder:
    """Judge a column of dates."""
    every = list(cells)
    parts = [found for cell in every if (found := parts_of_two(cell))]
    day_first = any(first > _MONTHS >= second for first, second, _sign in parts)
    month_first = [sign for first, second, sign in parts if first <= _MONTHS < second]
    is_mixed = bool(month_first) and (day_first or "." in month_first)
    dates = [cell for cell in every if isinstance(cell, dt.date)]
    are_turned = (
        len(dates) >= _FEW
        and all(date.day <= _MONTHS for date in dates)
        and bool(parts)
        and all(max(first, second) > _MONTHS for first, second, _sign in parts)
    )
    return DateOrder(
        is_month_first=bool(month_first) and not is_mixed,
        is_mixed=is_mixed,
        has_strokes_unproven=not month_first
        and not any(first > _MONTHS and sign == "/" for first, _second, sign in parts),
        are_dates_turned=are_turned,
    )


def _is_either(parts: tuple[int, int, str]) -> bool:
    first, second, _sign = parts
    return first != second and max(first, second) <= _MONTHS
