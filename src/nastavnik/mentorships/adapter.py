"""Files of the bases in: bytes to rows by the columns of method.md §7.3. The only place of the app that calls the readers."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from nastavnik.core.text import fold
from nastavnik.engine.roadmaps.blocks import SourceTable
from nastavnik.engine.tables.cells import Cell, text_of
from nastavnik.mentorships.catalogues import base_columns
from nastavnik.mentorships.queries import same_words
from nastavnik.programmes.choices import Side
from nastavnik.readers.bounded import read_bounded
from nastavnik.readers.sheets import MOST_BYTES, ReaderError

__all__ = ["MOST_BYTES", "ReaderError", "read_base", "rows_of_base"]

FEWEST_TITLES = 4  # of a heading by which a base is known
NO_BASE = (
    "В файле не нашлась таблица базы: нужны заголовки столбцов, как в выгруженной базе, и столбец с ФИО. "
    "Выгрузите базу отсюда и заполняйте её."
)
Rows = Sequence[Sequence[Cell]]


def read_base(
    *, file_name: str, data: bytes, look: Callable[[], None] | None = None
) -> dict[str, Any]:
    """Read a base from a table or a Word document in a process with an end; return its side and its rows.

    Raises:
        ReaderError: the file cannot be read, or holds no base; says what to do.
    """
    return rows_of_base(_tables(file_name, data, look))


def rows_of_base(tables: Iterable[Rows]) -> dict[str, Any]:
    """Return the side and the rows of the base among some tables: the one with most of the titles of its columns.

    Raises:
        ReaderError: none of them is a base.
    """
    found = max(
        (_found(rows) for rows in tables),
        key=lambda one: len(one[2]),
        default=(Side.MENTEE, 0, {}, ()),
    )
    side, top, places, rows = found
    if len(places) < FEWEST_TITLES:
        raise ReaderError(NO_BASE)
    kept = []
    for number, row in enumerate(rows[top + 1 :], top + 2):
        cells = {
            name: same_words(text_of(row[place])) if place < len(row) else ""
            for name, place in places.items()
        }
        if any(words for name, words in cells.items() if name != "number"):
            kept.append({"row": number, "cells": cells})
    return {"side": side.value, "rows": kept}


def _tables(file_name: str, data: bytes, look: Callable[[], None] | None) -> Iterator[Rows]:
    if file_name.lower().endswith(".docx"):
        for block in read_bounded("document", data, file_name, look=look):
            if isinstance(block, SourceTable):
                yield [row.cells for row in block.rows]
        return
    for sheet in read_bounded("sheets", data, file_name, look=look):
        yield sheet.rows


def _found(rows: Rows) -> tuple[Side, int, dict[str, int], Rows]:
    """Return the side whose titles a row of the table has most of, the place of that row, column → place, and the rows."""
    best: tuple[Side, int, dict[str, int], Rows] = (Side.MENTEE, 0, {}, rows)
    for top, row in enumerate(rows[:20]):
        titles = [fold(text_of(cell)) for cell in row]
        for side in Side:
            places = {
                column.name: titles.index(known)
                for column in base_columns(side)
                for known in map(fold, reversed((column.title, *column.also)))
                if known in titles
            }
            if "person" in places and len(places) > len(best[2]):
                best = (side, top, places, rows)
    return best
