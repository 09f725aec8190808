"""What a cell of a table may hold, and how it reads as clean text."""

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Cell = str | int | float | dt.date | None
Row = Sequence[Cell]
Grid = Sequence[Row]
Kind = Literal["pupils", "staff"]


@dataclass(frozen=True)
class Marks:
    """What a sheet shows by other means than text; rows count from 1, columns from 0.

    Attributes:
        struck: Cells struck out, row and column.
        partly_struck: Cells of which a part is struck out; their text is what is left.
        hidden: Rows hidden by hand or by a filter.
        is_1904: Serial numbers of days count from 1904, as Excel for Mac once did.
    """

    struck: frozenset[tuple[int, int]] = frozenset()
    partly_struck: frozenset[tuple[int, int]] = frozenset()
    hidden: frozenset[int] = frozenset()
    is_1904: bool = False


_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
_SPACES = re.compile(r"[\s\u00a0\u2007\u202f\x00-\x1f]+")
_BLANK = re.compile(
    r"[-‐‑‒–—−_.\s]*|нет( данных)?|не указан[аоы]?|не имеет|отсутствует|без отчества|б/о|н/д|"
    r"#н/д|#n/a|#ref!|#value!|#знач!|#ссылка!|none|null|nan",
    re.IGNORECASE,
)

# Pairs that look the same in print; typists mix the two keyboards.
_LATIN = "ABCEHKMOPTXYËaceopxykmë"
_CYRILLIC = "АВСЕНКМОРТХУЁасеорхукмё"
_LOOKALIKES = str.maketrans(_LATIN, _CYRILLIC)
_LATIN_LETTER = re.compile(r"[A-Za-zÀ-ɏ]")


def text_of(cell: Cell) -> str:
    """Return the cell as one line of clean text; an empty cell is an empty string."""
    if cell is None:
        return ""
    if isinstance(cell, dt.date):
        return f"{cell.day:02}.{cell.month:02}.{cell.year:04}"
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    line = unicodedata.normalize("NFC", str(cell))
    return _SPACES.sub(" ", _INVISIBLE.sub("", line)).strip()


def value_of(cell: Cell) -> str:
    """Return the clean text, with the dashes and «нет» that stand for nothing taken as empty."""
    line = text_of(cell)
    return "" if _BLANK.fullmatch(line) else line


def fold_lookalikes(line: str) -> str:
    """Write Latin letters that look Cyrillic as Cyrillic ones; other letters stay."""
    return line.translate(_LOOKALIKES)


def has_latin(line: str) -> bool:
    """Tell whether a Latin letter is left."""
    return bool(_LATIN_LETTER.search(line))


def letter_of(column: int) -> str:
    """Return the letters of a column (from 0) as Excel shows them."""
    first, last = divmod(column, 26)
    return (chr(ord("A") + first - 1) if first else "") + chr(ord("A") + last)
