"""Excel workbooks (.xlsx): checked as an archive first, opened only then."""

import datetime as dt
import io
import itertools
import math
import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import openpyxl
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from nastavnik.engine.tables.cells import Cell, Marks
from nastavnik.readers.refusals import BROKEN, NOT_A_TABLE, TOO_MANY_CELLS, ReaderError

MOST_CELLS = 200_000
_MOST_TAGS = 500_000  # cells and rows, the empty ones with a mere style included
_MOST_UNPACKED = 64 * 1024 * 1024
_MOST_OTHER_PART = 8 * 1024 * 1024  # styles, relations: read whole by openpyxl
_MOST_RATIO = 200  # an honest sheet packs 5 to 50 times
_RATIO_MATTERS = 4 * 1024 * 1024
_MOST_PARTS = 2_000
_MOST_PADDED = 1_000_000  # cells that openpyxl makes up to fill a row
_CHUNK = 1 << 20
_OVERLAP = 200

_MERGED = re.compile(
    rb"""mergeCell\b[^>]{0,150}?\bref=["']([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})["']"""
)
_ROW_TAG = re.compile(rb"""<(?:\w+:)?row\b([^>]{0,400})>""")
_ROW_NUMBER = re.compile(rb"""\sr=["'](\d{1,7})["']""")
_HIDDEN = re.compile(rb"""\shidden=["'](?:1|true)["']|\sht=["']0(?:\.0+)?["']""")
_FORBIDDEN = re.compile(rb"<!(DOCTYPE|ENTITY)|^\xff\xfe|^\xfe\xff|^<\x00|^\x00<")

_BOMB = (
    "Внутри файла слишком много данных для списка людей. Скопируйте список в новый файл Excel "
    "и загрузите его."
)
_OTHER_OFFICE = "Это не файл Excel. Откройте его, сохраните таблицу как .xlsx и загрузите ещё раз."

Rows = tuple[tuple[Cell, ...], ...]


@dataclass
class _Look:
    """What the bytes of one part show before it is read.

    Attributes:
        merged: Ranges of merged cells.
        hidden: Rows hidden by hand or by a filter, from 1.
        has_struck: Whether a part of a text is struck out.
    """

    merged: list[str] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    has_struck: bool = False


_Looks = dict[str, _Look]


class MarkedSheet(NamedTuple):
    """A sheet with what is struck out or hidden on it."""

    name: str
    rows: Rows
    marks: Marks


def read_workbook(data: bytes) -> list[tuple[str, Rows]]:
    """Read the visible sheets without their marks."""
    return [(sheet.name, sheet.rows) for sheet in read_marked_workbook(data)]


def read_marked_workbook(data: bytes) -> list[MarkedSheet]:
    """Read the visible sheets: names and rows, cells as values, formulas as last computed.

    A value merged down over several rows is repeated in each of them (a class printed once
    beside its pupils); one merged across stays in its first column.

    Raises:
        ReaderError: Not a workbook, broken, too large, or made to harm.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            looks = _inspect(archive)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles and validations it drops
            return _read(data, looks)
    except ReaderError:
        raise
    except Exception as error:
        raise ReaderError(BROKEN) from error


def _inspect(archive: zipfile.ZipFile) -> _Looks:
    """Refuse what is no workbook or unpacks too large; return how each part looks."""
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if "xl/workbook.bin" in names or "xl/workbook.xml" not in names:
        office = "mimetype" in names or "[Content_Types].xml" in names
        raise ReaderError(_OTHER_OFFICE if office else NOT_A_TABLE)
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    if len(parts) > _MOST_PARTS or unpacked > _MOST_UNPACKED:
        raise ReaderError(_BOMB)
    if unpacked > _RATIO_MATTERS and unpacked > packed * _MOST_RATIO:
        raise ReaderError(_BOMB)
    looks: _Looks = {}
    n_values = n_tags = 0
    for part in parts:
        if part.filename.lower().endswith((".xml", ".rels")):
            values, tags, looks[part.filename] = _scan(archive, part)
            n_values, n_tags = n_values + values, n_tags + tags
        if n_values > MOST_CELLS or n_tags > _MOST_TAGS:
            raise ReaderError(TOO_MANY_CELLS)
    return looks


def _scan(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> tuple[int, int, _Look]:
    """Count values and tags of one part as it unpacks, without keeping it."""
    a_sheet = part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml")
    if not a_sheet and "sharedStrings" not in part.filename and part.file_size > _MOST_OTHER_PART:
        raise ReaderError(_BOMB)
    n_values = n_tags = 0
    found = _Look()
    tail = b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            if _FORBIDDEN.search(tail + chunk):
                raise ReaderError(BROKEN)
            if a_sheet:
                n_values += chunk.count(b"</v>") + chunk.count(b"</is>") + chunk.count(b":v>") // 2
                n_tags += chunk.count(b"<c ") + chunk.count(b"<c>") + chunk.count(b"<row")
                n_tags += chunk.count(b"<c/") + chunk.count(b":c ") + chunk.count(b":row ")
                found.merged += [m.decode() for m in _MERGED.findall(tail + chunk)]
                found.hidden |= _hidden_rows(tail + chunk)
            else:
                found.has_struck = found.has_struck or b"strike" in tail + chunk
                n_tags += chunk.count(b"<si") + chunk.count(b":si>")
            if n_values > MOST_CELLS or n_tags > _MOST_TAGS or len(found.merged) > MOST_CELLS:
                raise ReaderError(TOO_MANY_CELLS)
            tail = chunk[-_OVERLAP:]
    found.merged = list(dict.fromkeys(found.merged))
    return n_values, n_tags, found


def _hidden_rows(piece: bytes) -> set[int]:
    if b"hidden=" not in piece and b'ht="0' not in piece:
        return set()
    return {
        int(number[1])
        for match in _ROW_TAG.finditer(piece)
        if _HIDDEN.search(match[1]) and (number := _ROW_NUMBER.search(match[1]))
    }


def _read(data: bytes, looks: _Looks) -> list[MarkedSheet]:
    # parts of texts that are struck out are only kept when there are any: it costs memory
    is_rich = any(look.has_struck for name, look in looks.items() if "sharedStrings" in name)
    book = openpyxl.load_workbook(
        io.BytesIO(data), read_only=True, data_only=True, keep_links=False, rich_text=is_rich
    )
    sheets: list[MarkedSheet] = []
    left = MOST_CELLS
    try:
        for sheet in book.worksheets:
            if sheet.sheet_state != "visible":
                continue
            look = looks.get(getattr(sheet, "_worksheet_path", ""), _Look())
            rows = _rows(sheet, left)
            # only after the rows have kept within their limits
            struck, partly = _struck(sheet, _struck_styles(book), is_rich=is_rich)
            left -= sum(len(row) - row.count(None) for row in rows)
            _fill_down(rows, look.merged)
            marks = Marks(struck, partly, frozenset(look.hidden), book.epoch == CALENDAR_MAC_1904)
            sheets.append(MarkedSheet(sheet.title, tuple(map(tuple, rows)), marks))
    finally:
        book.close()
    return sheets


def _struck_styles(book: Any) -> frozenset[int]:  # noqa: ANN401 - stubs hide the styles of a book
    """Return the styles of cells whose font has a line through it."""
    fonts = [bool(font.strike) for font in book._fonts]  # noqa: SLF001 - there is no public way
    return frozenset(
        number
        for number, style in enumerate(book._cell_styles)  # noqa: SLF001 - as above
        if style.fontId < len(fonts) and fonts[style.fontId]
    )


_Places = frozenset[tuple[int, int]]


def _struck(sheet: Any, styles: frozenset[int], *, is_rich: bool) -> tuple[_Places, _Places]:  # noqa: ANN401 - as above
    """Return the cells struck out as a whole and those struck out in part, row from 1, column from 0."""
    whole: set[tuple[int, int]] = set()
    partly: set[tuple[int, int]] = set()
    if not styles and not is_rich:
        return frozenset(), frozenset()
    sheet.reset_dimensions()
    for cells in sheet.iter_rows():
        for cell in cells:
            if cell.value is None:
                continue
            place = (cell.row, cell.column - 1)
            kept = _without_struck(cell.value)
            # the style of a cell says nothing of a text that has its own
            has_style = cell._style_id in styles  # noqa: SLF001 - there is no public way
            if kept is None or (has_style and not isinstance(cell.value, CellRichText)):
                whole.add(place)
            elif kept != str(cell.value):
                partly.add(place)
    return frozenset(whole), frozenset(partly)


def _without_struck(value: object) -> str | None:
    """Return a text without what is struck out of it; None where nothing is left."""
    if not isinstance(value, CellRichText):
        return str(value)
    kept = "".join(
        str(piece) for piece in value if not (isinstance(piece, TextBlock) and piece.font.strike)
    )
    return kept if kept.strip() else None


def _rows(sheet: Any, left: int) -> list[list[Cell]]:  # noqa: ANN401 - stubs know no read-only sheet
    sheet.reset_dimensions()  # the file may lie about its size
    rows: list[list[Cell]] = []
    n_empty = n_padded = n_cells = 0
    for filled, run in itertools.groupby(_values(sheet), key=bool):
        if not filled:
            n_empty += len(list(run))  # a gap may be a million rows long
            continue
        for source in run:
            n_padded += len(source)
            if n_padded > _MOST_PADDED:
                raise ReaderError(TOO_MANY_CELLS)
            cells = _cells(source)
            if not cells:
                n_empty += 1
                continue
            n_cells += len(cells) - cells.count(None)
            if n_cells > left or len(rows) + n_empty > MOST_CELLS:
                raise ReaderError(TOO_MANY_CELLS)
            rows += [[] for _ in range(n_empty)]
            n_empty = 0
            rows.append(cells)
    return rows


def _cells(source: tuple[Any, ...]) -> list[Cell]:
    cells = [None if value is None else _cell(value) for value in source]
    while cells and cells[-1] is None:
        cells.pop()
    return cells


def _values(sheet: Any) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401 - as above
    yield from sheet.iter_rows(values_only=True)


def _cell(value: object) -> Cell:
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, dt.datetime):
        return value.date()
    if isinstance(value, dt.date | int):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return int(value) if value.is_integer() else value
    kept = _without_struck(value)
    line = str(value) if kept is None else kept
    return line if line.strip() else None


def _fill_down(rows: list[list[Cell]], merges: list[str]) -> None:
    budget = MOST_CELLS
    for ref in merges:
        left, top, _, bottom = (int(edge or 0) for edge in range_boundaries(ref))
        if top > len(rows) or left > len(rows[top - 1]):
            continue
        value = rows[top - 1][left - 1]
        if value is None:
            continue
        for row in rows[top:bottom]:
            row.extend([None] * (left - len(row)))
            row[left - 1] = value if row[left - 1] is None else row[left - 1]
            budget -= 1
            if budget < 0:
                raise ReaderError(TOO_MANY_CELLS)
