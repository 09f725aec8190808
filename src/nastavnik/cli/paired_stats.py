"""`paired-stats TABLE`: the same people before and after, honestly."""

import argparse
from pathlib import Path
from typing import Any

from nastavnik.engine.statistics.payload import paired_json
from nastavnik.engine.tables.cells import Row
from nastavnik.readers.sheets import read_sheets

BEFORE, AFTER = ("до", "before"), ("после", "after")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "table",
        type=Path,
        help="таблица .csv или .xlsx: столбцы «до» и «после», строка на человека",
    )


def request(options: argparse.Namespace) -> dict[str, Any]:
    """Read the two columns; an empty cell is «not measured».

    Raises:
        ValueError: there is no such column, or a cell is no number (a Russian sentence with the row).
    """
    rows = read_sheets(options.table.read_bytes(), options.table.name)[0].rows
    heads = [str(cell).strip().casefold() for cell in rows[0]] if rows else []
    columns = [
        next((place for place, head in enumerate(heads) if head in names), None)
        for names in (BEFORE, AFTER)
    ]
    before, after = columns
    if before is None or after is None:
        raise ValueError(
            f"В файле {options.table.name} нет столбцов «до» и «после». Назовите их так в первой строке."
        )
    people = list(enumerate(rows[1:], 2))
    return {
        "before": [_number(row, before, f"строка {line}, «до»") for line, row in people],
        "after": [_number(row, after, f"строка {line}, «после»") for line, row in people],
    }


def _number(row: Row, column: int, where: str) -> float | None:
    # a row may end before the column
    cell = row[column] if column < len(row) else None
    written = str(cell if cell is not None else "").strip().replace(",", ".")
    if written in {"", "-", "–", "—"}:
        return None
    try:
        return float(written)
    except ValueError:
        raise ValueError(f"{where}: здесь нужно число, а стоит «{cell}».") from None


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """Answer `{"before", "after"}`; see `paired_json`."""
    return paired_json(asked)


def text(answered: dict[str, Any]) -> str:
    """Return the change in sentences, a line each."""
    return "\n".join(answered["sentences"])
