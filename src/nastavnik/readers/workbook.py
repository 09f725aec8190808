"""Excel workbooks (.xlsx): checked as an archive first, opened only then."""

import datetime as dt
import io
import itertools
import math
import re
import warnings
import zipfile
from collections.abc import Iterator
from typing import Any

import openpyxl
from openpyxl.utils.cell import range_boundaries

from nastavnik.engine.tables.cells import Cell
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
_FORBIDDEN = re.compile(rb"<!(DOCTYPE|ENTITY)|^\xff\xfe|^\xfe\xff|^<\x00|^\x00<")

_BOMB = (
    "Внутри файла слишком много данных для списка людей. Скопируйте список в новый файл Excel "
    "и загрузите его."
)
_OTHER_OFFICE = "Это не файл Excel. Откройте его, сохраните таблицу как .xlsx и загрузите ещё раз."

Rows = tuple[tuple[Cell, ...], ...]
_Merges = dict[str, list[str]]


def read_workbook(data: bytes) -> list[tuple[str, Rows]]:
    """Read the visible sheets: names and rows, cells as values, formulas as last computed.

    A value merged down over several rows is repeated in each of them (a class printed once
    beside its pupils); one merged across stays in its first column.

    Raises:
        ReaderError: Not a workbook, broken, too large, or made to harm.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            merges = _inspect(archive)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of styles and validations it drops
            return _read(data, merges)
    except ReaderError:
        raise
    except Exception as error:
        raise ReaderError(BROKEN) from error


def _inspect(archive: zipfile.ZipFile) -> _Merges:
    """Refuse what is no workbook or unpacks too large; return merged ranges by part."""
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
    merges: _Merges = {}
    n_values = n_tags = 0
    for part in parts:
        if part.filename.lower().endswith((".xml", ".rels")):
            values, tags, merges[part.filename] = _scan(archive, part)
            n_values, n_tags = n_values + values, n_tags + tags
        if n_values > MOST_CELLS or n_tags > _MOST_TAGS:
            raise ReaderError(TOO_MANY_CELLS)
    return merges


def _scan(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> tuple[int, int, list[str]]:
    """Count values and tags of one part as it unpacks, without keeping it."""
    a_sheet = part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml")
    if not a_sheet and "sharedStrings" not in part.filename and part.file_size > _MOST_OTHER_PART:
        raise ReaderError(_BOMB)
    n_values = n_tags = 0
    found: list[str] = []
    tail = b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            if _FORBIDDEN.search(tail + chunk):
                raise ReaderError(BROKEN)
            if a_sheet:
                n_values += chunk.count(b"</v>") + chunk.count(b"</is>") + chunk.count(b":v>") // 2
                n_tags += chunk.count(b"<c ") + chunk.count(b"<c>") + chunk.count(b"<row")
                n_tags += chunk.count(b"<c/") + chunk.count(b":c ") + chunk.count(b":row ")
                found += [m.decode() for m in _MERGED.findall(tail + chunk)]
            else:
                n_tags += chunk.count(b"<si") + chunk.count(b":si>")
            if n_values > MOST_CELLS or n_tags > _MOST_TAGS or len(found) > MOST_CELLS:
                raise ReaderError(TOO_MANY_CELLS)
            tail = chunk[-_OVERLAP:]
    return n_values, n_tags, list(dict.fromkeys(found))


def _read(data: bytes, merges: _Merges) -> list[tuple[str, Rows]]:
    book = openpyxl.load_workbook(
        io.BytesIO(data), read_only=True, data_only=True, keep_links=False
    )
    sheets: list[tuple[str, Rows]] = []
    left = MOST_CELLS
    try:
        for sheet in book.worksheets:
            if sheet.sheet_state != "visible":
                continue
            rows = _rows(sheet, left)
            left -= sum(len(row) - row.count(None) for row in rows)
            part = getattr(sheet, "_worksheet_path", "")
            _fill_down(rows, merges.get(part, []))
            sheets.append((sheet.title, tuple(map(tuple, rows))))
    finally:
        book.close()
    return sheets


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
    line = str(value)
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
