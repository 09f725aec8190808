"""Layouts (.xlsx) of somebody else: looked at for the preview, and filled by cutting single cells into the bytes of their sheet.

Nothing but the cells that are named, the kept results of formulas and the word «compute on opening» changes: every other byte of
every part stays, whatever it means (ADR 0058). Formulas are neither run nor written: a text is an inline string.
"""

import datetime as dt
import io
import math
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat
from xml.sax.saxutils import escape

from openpyxl.utils.cell import coordinate_to_tuple, get_column_letter, range_boundaries

from nastavnik.readers import archives
from nastavnik.readers.bounded import unheaded
from nastavnik.readers.refusals import BROKEN, ReaderError

MOST_ROWS, MOST_COLUMNS = 200, 60  # of the preview
MOST_BYTES = 10 * 1024 * 1024
_MOST_PARTS = 2_000
_MOST_UNPACKED = 50 * 1024 * 1024
_MOST_TEXT = 32_767  # characters of a cell
_ROWS, _COLUMNS = 1_048_576, 16_384  # of a sheet

_NOT_A_LAYOUT = (
    "Это не файл .xlsx. Откройте форму в Excel, сохраните её как .xlsx и загрузите ещё раз."
)
_MACROS = "В форме есть макросы, такие мы не открываем. Сохраните её в Excel как .xlsx и загрузите."
_TOO_LARGE = "Форма слишком велика: больше 50 МБ внутри. Оставьте в ней только то, что сдают."
_LOCKED = "Форма закрыта паролем на открытие. Снимите его и загрузите форму ещё раз."

_TAG = re.compile(rb"""<[^<"'>]*(?:"[^<"]*"[^<"'>]*|'[^<']*'[^<"'>]*)*>""")
_CELL = re.compile(r"[A-Z]{1,3}[1-9][0-9]{0,6}")
_SPANS = re.compile(rb"""\sspans\s*=\s*(?:"[^"]*"|'[^']*')""")
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_PERCENT_FORMATS, _DATE_FORMATS = {9, 10}, {14, 15, 16, 17, 22}


@dataclass(frozen=True, slots=True)
class PreviewCell:
    """A cell as the preview shows it; of a merged area its upper left one."""

    ref: str
    text: str
    rowspan: int
    colspan: int
    is_formula: bool


@dataclass(frozen=True, slots=True)
class PreviewSheet:
    """A visible sheet; `is_cut` tells that it goes on beyond what is shown."""

    name: str
    n_columns: int
    rows: tuple[tuple[PreviewCell, ...], ...]
    is_cut: bool


@dataclass(frozen=True, slots=True)
class ReadLayout:
    """A layout as it is looked at; `remarks` are sentences for who has uploaded it."""

    sheets: tuple[PreviewSheet, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FilledLayout:
    """A layout with its cells filled."""

    data: bytes


def read_layout(data: bytes, filename: str) -> ReadLayout:  # noqa: ARG001 - as every reader
    """Look at a layout.

    Raises:
        ReaderError: no .xlsx, broken, too large, with macros or made to harm.
    """
    book = _Book(data)
    strings = book.strings()
    sheets = [
        _preview(name, book.scan(part), strings)
        for name, part in book.sheets.items()
        if name not in book.hidden
    ]
    remarks = []
    if any(name.startswith("xl/externalLinks/") for name in book.names):
        remarks.append(
            "Форма ссылается на другие файлы: эти ссылки останутся, здесь они не открываются."
        )
    if any(name.startswith("_xmlsignatures/") for name in book.names):
        remarks.append("Форма подписана электронной подписью: у заполненной подпись не сойдётся.")
    return ReadLayout(tuple(sheets), tuple(remarks))


def fill_layout(data: bytes, filename: str) -> FilledLayout:  # noqa: ARG001 - as every reader
    """Fill the cells of a layout; the results of formulas that were kept go, the office program computes them on opening.

    Args:
        data: the .xlsx, headed (`readers.bounded`) by its cells: of each `sheet`, `ref`, `kind` (number, percent, text, day or blank)
            and `value`; a percent is given in per cent, a day as 2026-09-01.
        filename: its name.

    Raises:
        ReaderError: as `read_layout`; or a sheet is not there, or a cell holds a formula.
    """
    cells: list[dict[str, Any]]
    cells, layout = unheaded(data)
    book = _Book(layout)
    by_sheet: dict[str, dict[tuple[int, int], dict[str, Any]]] = {}
    for cell in cells:
        if cell["sheet"] not in book.sheets:
            raise ReaderError(f"В форме нет листа «{cell['sheet']}».")
        by_sheet.setdefault(cell["sheet"], {})[_place(cell["ref"])] = cell
    changed = {"xl/workbook.xml": book.computing_on_opening()}
    for name, part in book.sheets.items():
        sheet = book.scan(part)
        edits = [*_without_results(sheet), *_filled(sheet, name, by_sheet.get(name, {}), book)]
        changed[part] = _spliced(book.part(part), edits)
    return FilledLayout(book.written(changed))


# ---------------------------------------------------------------- the workbook


class _Book:
    """A workbook by its parts, each unpacked when it is asked for."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._parts: dict[str, bytes] = {}
        self.names = _names(data)
        targets = {
            one["Id"]: one.get("Target", "")
            for name, one in self._elements("xl/_rels/workbook.xml.rels")
            if name == "Relationship" and "Id" in one
        }
        self.sheets: dict[str, str] = {}
        self.hidden: set[str] = set()
        self.is_1904 = False
        for name, one in self._elements("xl/workbook.xml"):
            if name == "workbookPr":
                self.is_1904 = one.get("date1904") in {"1", "true"}
            if name == "sheet" and (target := targets.get(_by_local(one, "id"))):
                part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
                # a sheet that is a chart or a dialogue has no cells
                if part.startswith("xl/worksheets/") and part in self.names:
                    self.sheets[one.get("name", "")] = part
                    if one.get("state", "visible") != "visible":
                        self.hidden.add(one.get("name", ""))
        if not self.sheets:
            raise ReaderError(BROKEN)
        self.percents, self.days = self._formats()

    def part(self, name: str) -> bytes:
        """Return a part, unpacked once.

        Raises:
            ReaderError: broken, too large, with entities.
        """
        if name not in self._parts:
            try:
                self._parts[name] = archives.unpack(self._data, name)
            except ReaderError as error:
                raise ReaderError(_TOO_LARGE if str(error) == archives.BOMB else BROKEN) from error
        return self._parts[name]

    def scan(self, part: str) -> "_ScannedSheet":
        """Return where in the bytes of a sheet its cells lie."""
        return _ScannedSheet(self.part(part))

    def strings(self) -> list[str]:
        """Return the shared strings, without the pronunciation some have."""
        if "xl/sharedStrings.xml" not in self.names:
            return []
        found: list[list[str]] = []
        path: list[str] = []

        def start(name: str, _attributes: dict[str, str]) -> None:
            path.append(_local(name))
            if path[-1] == "si":
                found.append([])

        def text(said: str) -> None:
            if path and path[-1] == "t" and "rPh" not in path and found:
                found[-1].append(said)

        _parse(self.part("xl/sharedStrings.xml"), start, lambda _name: path.pop(), text)
        return ["".join(pieces) for pieces in found]

    def computing_on_opening(self) -> bytes:
        """Return the workbook with the word that all formulas are to be computed when it is opened."""
        data = self.part("xl/workbook.xml")
        spans = _spans(data)
        if "calcPr" in spans:
            start, tag_end, _end, _name = spans["calcPr"]
            tag = re.sub(
                rb"""\sfullCalcOnLoad\s*=\s*(?:"[^"]*"|'[^']*')""", b"", data[start:tag_end]
            )
            cut = len(tag) - (2 if tag.endswith(b"/>") else 1)
            return data[:start] + tag[:cut] + b' fullCalcOnLoad="1"' + tag[cut:] + data[tag_end:]
        before = [
            spans[name]
            for name in ("definedNames", "externalReferences", "functionGroups", "sheets")
            if name in spans
        ]
        if not before:
            raise ReaderError(BROKEN)
        _start, _tag_end, end, name = before[0]
        prefix = name.rpartition(":")[0]
        word = f'<{prefix + ":" if prefix else ""}calcPr fullCalcOnLoad="1"/>'.encode()
        return data[:end] + word + data[end:]

    def written(self, changed: Mapping[str, bytes]) -> bytes:
        """Return the file anew, with some parts changed."""
        out = io.BytesIO()
        with (
            zipfile.ZipFile(io.BytesIO(self._data)) as source,
            zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
        ):
            for info in source.infolist():
                data = changed.get(info.filename)
                kept = zipfile.ZipInfo(info.filename, info.date_time)
                kept.compress_type, kept.external_attr = info.compress_type, info.external_attr
                target.writestr(kept, source.read(info) if data is None else data)
        return out.getvalue()

    def _elements(self, part: str) -> Iterator[tuple[str, dict[str, str]]]:
        if part not in self.names:
            raise ReaderError(BROKEN)
        found: list[tuple[str, dict[str, str]]] = []
        _parse(self.part(part), lambda name, one: found.append((_local(name), one)))
        yield from found

    def _formats(self) -> tuple[set[int], set[int]]:
        """Return the styles that show per cent, and those that show a day."""
        codes: dict[int, str] = {}
        styles: list[int] = []
        is_own = False
        if "xl/styles.xml" not in self.names:
            return set(), set()
        for name, one in self._elements("xl/styles.xml"):
            if name == "numFmt":
                code = _QUOTED.sub("", one.get("formatCode", "")).lower()
                codes[archives.whole_number(one.get("numFmtId"), 0)] = code
            if name in {"cellXfs", "cellStyles", "dxfs"}:
                is_own = name == "cellXfs"
            if name == "xf" and is_own:
                styles.append(archives.whole_number(one.get("numFmtId"), 0))
        percents = {n for n, code in codes.items() if "%" in code} | _PERCENT_FORMATS
        days = {n for n, code in codes.items() if "y" in code or "d" in code} | _DATE_FORMATS
        return (
            {number for number, one in enumerate(styles) if one in percents},
            {number for number, one in enumerate(styles) if one in days},
        )


def _names(data: bytes) -> frozenset[str]:
    """Return the names of the parts of what is a workbook, and safe to open."""
    if (
        data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    ):  # the old office format, also of what is closed by a password
        raise ReaderError(_NOT_A_LAYOUT)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise ReaderError(_NOT_A_LAYOUT) from error
    names = [part.filename for part in parts]
    if "xl/workbook.xml" not in names:
        raise ReaderError(_NOT_A_LAYOUT)
    if any(re.search(r"vbaProject|macrosheets/", name, re.IGNORECASE) for name in names):
        raise ReaderError(_MACROS)
    if any(part.flag_bits & 1 for part in parts):
        raise ReaderError(_LOCKED)
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNPACKED:
        raise ReaderError(_TOO_LARGE)
    if len(set(names)) < len(names):
        raise ReaderError(BROKEN)
    return frozenset(names)


# ---------------------------------------------------------------- a sheet


@dataclass(slots=True)
class _ScannedCell:
    """A cell by its bytes: from `start` up to `end`; `result` are those of a kept value."""

    start: int
    style: str
    kind: str
    end: int = 0
    result: tuple[int, int] | None = None
    text: str = ""
    is_formula: bool = False


@dataclass(slots=True)
class _ScannedRow:
    """A row by its bytes; `inside` is where the end of its last cell may stand: before the closing tag."""

    start: int
    tag_end: int
    is_empty: bool
    style: str
    inside: int = 0
    cells: dict[int, _ScannedCell] = field(default_factory=dict)


class _ScannedSheet:
    """Where in the bytes of a sheet its cells lie."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.rows: dict[int, _ScannedRow] = {}
        self.prefix = ""
        self.body: tuple[int, int, int] | None = None
        self.merged: list[tuple[int, int, int, int]] = []
        self._spilled: list[tuple[int, int, int, int]] = []
        self._columns: list[tuple[int, int, str]] = []
        self._path: list[str] = []
        self._open: list[tuple[int, int]] = []
        self._row = self._column = 0
        self._cell: _ScannedCell | None = None
        self._parser = _parser(self._start, self._end, self._text)
        _run(self._parser, data)
        if self.body is None:
            raise ReaderError(BROKEN)

    def anchor(self, row: int, column: int) -> tuple[int, int]:
        """Return the upper left cell of the merged area a cell lies in."""
        for left, top, right, bottom in self.merged:
            if left <= column <= right and top <= row <= bottom:
                return top, left
        return row, column

    def is_formula(self, row: int, column: int) -> bool:
        """Tell whether a cell shows what a formula gives."""
        known = self.rows[row].cells.get(column) if row in self.rows else None
        spilled = any(
            left <= column <= right and top <= row <= bottom
            for left, top, right, bottom in self._spilled
        )
        return spilled or (known is not None and known.is_formula)

    def style_of(self, row: int, column: int) -> str:
        """Return the style a cell that is not there would have: that of its row, else of its column."""
        if row in self.rows and self.rows[row].style:
            return self.rows[row].style
        return next((s for first, last, s in self._columns if first <= column <= last), "")

    def _start(self, name: str, one: dict[str, str]) -> None:
        at = self._parser.CurrentByteIndex
        tag_end = _tag_end(self.data, at)
        local = _local(name)
        self._path.append(local)
        self._open.append((at, tag_end))
        match self._path[1:]:
            case ["sheetData"]:
                self.prefix = name[: -len(local)]
            case ["sheetData", "row"]:
                self._row = archives.whole_number(one.get("r"), self._row + 1)
                self._column = 0
                is_own = one.get("customFormat") in {"1", "true"}
                style = _digits(one.get("s")) if is_own else ""
                is_empty = self.data[tag_end - 2 : tag_end] == b"/>"
                self.rows[self._row] = _ScannedRow(at, tag_end, is_empty, style)
            case ["sheetData", "row", "c"]:
                ref = one.get("r", "")
                self._column = _place(ref)[1] if ref else self._column + 1
                self._cell = _ScannedCell(at, _digits(one.get("s")), one.get("t", "n"))
                self.rows[self._row].cells[self._column] = self._cell
            case ["sheetData", "row", "c", "f"] if self._cell:
                self._cell.is_formula = True
                if one.get("t") in {"array", "dataTable"} and one.get("ref"):
                    self._spilled.append(_area(one["ref"]))
            case ["mergeCells", "mergeCell"]:
                self.merged.append(_area(one.get("ref", "")))
            case ["cols", "col"]:
                first, last = (archives.whole_number(one.get(edge)) for edge in ("min", "max"))
                self._columns.append((first, last, _digits(one.get("style"))))

    def _end(self, _name: str) -> None:
        start, tag_end = self._open.pop()
        is_empty = self.data[tag_end - 2 : tag_end] == b"/>"
        close = tag_end if is_empty else self._parser.CurrentByteIndex
        end = tag_end if is_empty else _tag_end(self.data, close)
        match self._path[1:]:
            case ["sheetData"]:
                self.body = (start, tag_end, close)
            case ["sheetData", "row"]:
                self.rows[self._row].inside = close
            case ["sheetData", "row", "c"] if self._cell:
                self._cell.end = end
                self._cell = None
            case ["sheetData", "row", "c", "v"] if self._cell:
                self._cell.result = (start, end)
        self._path.pop()

    def _text(self, said: str) -> None:
        if self._cell and self._path[-1] in {"v", "t"} and "rPh" not in self._path:
            self._cell.text += said


def _without_results(sheet: _ScannedSheet) -> Iterator[tuple[int, int, bytes]]:
    """Yield the cuts that take kept results of formulas away: an old number must not be shown as a new one."""
    for number, row in sheet.rows.items():
        for column, cell in row.cells.items():
            if cell.result and sheet.is_formula(number, column):
                yield (*cell.result, b"")


def _filled(
    sheet: _ScannedSheet,
    name: str,
    cells: Mapping[tuple[int, int], Mapping[str, Any]],
    book: _Book,
) -> Iterator[tuple[int, int, bytes]]:
    """Yield the cuts that put values into cells, in the order of the sheet.

    Raises:
        ReaderError: a cell holds a formula.
    """
    wanted: dict[int, dict[int, Mapping[str, Any]]] = {}
    for place, said in cells.items():
        row, column = sheet.anchor(*place)
        if sheet.is_formula(row, column):
            ref = f"{get_column_letter(column)}{row}"
            raise ReaderError(f"Лист «{name}», ячейка {ref}: в ней формула, её мы не меняем.")
        wanted.setdefault(row, {})[column] = said
    fresh: list[tuple[int, bytes]] = []
    for number in sorted(wanted):
        known = sheet.rows.get(number)
        written = {
            column: _cell(sheet, number, column, said, book)
            for column, said in sorted(wanted[number].items())
        }
        if known is None:
            inside = b"".join(written.values())
            tag = f"{sheet.prefix}row"
            fresh.append((number, f'<{tag} r="{number}">'.encode() + inside + f"</{tag}>".encode()))
        else:
            yield from _into_row(sheet, known, written)
    yield from _new_rows(sheet, fresh)


def _into_row(
    sheet: _ScannedSheet, row: _ScannedRow, written: Mapping[int, bytes]
) -> Iterator[tuple[int, int, bytes]]:
    """Yield the cuts that put cells into a row that is there."""
    missing = {column: data for column, data in written.items() if column not in row.cells}
    for column, data in written.items():
        if column in row.cells:
            yield row.cells[column].start, row.cells[column].end, data
    if not missing:
        return
    tag = sheet.data[row.start : row.tag_end]
    plain = _SPANS.sub(b"", tag)
    if row.is_empty:
        closing = f"</{sheet.prefix}row>".encode()
        inside = b"".join(missing.values())
        yield row.start, row.tag_end, plain[:-2].rstrip() + b">" + inside + closing
        return
    if plain != tag:
        yield row.start, row.tag_end, plain
    for column, data in missing.items():
        after = [cell.start for other, cell in row.cells.items() if other > column]
        at = min(after, default=row.inside)
        yield at, at, data


def _new_rows(
    sheet: _ScannedSheet, fresh: list[tuple[int, bytes]]
) -> Iterator[tuple[int, int, bytes]]:
    """Yield the cuts that put rows in where they belong."""
    assert sheet.body is not None  # noqa: S101 - a sheet without one is refused
    start, tag_end, close = sheet.body
    if fresh and sheet.data[tag_end - 2 : tag_end] == b"/>":
        inside = b"".join(data for _number, data in fresh)
        closing = f"</{sheet.prefix}sheetData>".encode()
        yield start, tag_end, sheet.data[start : tag_end - 2] + b">" + inside + closing
        return
    for number, data in fresh:
        at = min((row.start for other, row in sheet.rows.items() if other > number), default=close)
        yield at, at, data


def _cell(
    sheet: _ScannedSheet, row: int, column: int, said: Mapping[str, Any], book: _Book
) -> bytes:
    """Return a cell with a value, in the style that is there."""
    known = sheet.rows[row].cells.get(column) if row in sheet.rows else None
    style = known.style if known else sheet.style_of(row, column)
    tag, head = f"{sheet.prefix}c", f' r="{get_column_letter(column)}{row}"'
    if style:
        head += f' s="{style}"'
    number = int(style) if style else 0
    inner = _number(said, is_percent=number in book.percents, is_day=number in book.days, book=book)
    if inner is not None:
        v = f"{sheet.prefix}v"
        return f"<{tag}{head}><{v}>{inner}</{v}></{tag}>".encode()
    text = _text(said)
    if not text:
        return f"<{tag}{head}/>".encode()
    i, t = f"{sheet.prefix}is", f"{sheet.prefix}t"
    inside = f'<{i}><{t} xml:space="preserve">{escape(text)}</{t}></{i}>'
    return f'<{tag}{head} t="inlineStr">{inside}</{tag}>'.encode()


def _number(said: Mapping[str, Any], *, is_percent: bool, is_day: bool, book: _Book) -> str | None:
    """Return what stands in the cell as a number; None where it is none.

    A percent in a cell that shows per cent is a share: 12,5 % is kept as 0.125. A day is a number only in a cell that shows days.
    """
    kind, value = said["kind"], said["value"]
    if kind == "day" and is_day:
        day_before = dt.date(1904, 1, 1) if book.is_1904 else dt.date(1899, 12, 30)
        return str((dt.date.fromisoformat(value) - day_before).days)
    if kind not in {"number", "percent"} or value is None:
        return None
    if not isinstance(value, int | float) or not math.isfinite(value):
        raise ReaderError(BROKEN)
    return repr(value / 100 if kind == "percent" and is_percent else value)


def _text(said: Mapping[str, Any]) -> str:
    """Return a text as it may stand in a part: no control characters, and nothing that would be read as one."""
    if said["kind"] not in {"text", "day"} or said["value"] is None:
        return ""
    text = str(said["value"])
    if said["kind"] == "day":
        text = ".".join(reversed(text.split("-")))
    return _ESCAPE.sub("_x005F_", _NO_XML.sub("", text))[:_MOST_TEXT]


# ---------------------------------------------------------------- bytes


def _spliced(data: bytes, edits: Iterable[tuple[int, int, bytes]]) -> bytes:
    """Return bytes with some cut out and others put in; of two put in at one place the one said first stands first."""
    pieces: list[bytes] = []
    at = 0
    for start, end, fresh in sorted(edits, key=lambda edit: (edit[0], edit[1])):
        if start < at:
            raise ReaderError(BROKEN)
        pieces += [data[at:start], fresh]
        at = end
    pieces.append(data[at:])
    return b"".join(pieces)


def _parser(
    start: Callable[[str, dict[str, str]], Any],
    end: Callable[[str], Any] | None = None,
    text: Callable[[str], Any] | None = None,
) -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refused
    parser.EntityDeclHandler = _refused
    return parser


def _refused(*_words: object) -> None:
    raise ReaderError(BROKEN)


def _run(parser: expat.XMLParserType, data: bytes) -> None:
    try:
        parser.Parse(data, True)  # noqa: FBT003 - that it is all
    except expat.ExpatError as error:
        raise ReaderError(BROKEN) from error


def _parse(
    data: bytes,
    start: Callable[[str, dict[str, str]], Any],
    end: Callable[[str], Any] | None = None,
    text: Callable[[str], Any] | None = None,
) -> None:
    _run(_parser(start, end, text), data)


def _spans(data: bytes) -> dict[str, tuple[int, int, int, str]]:
    """Return of each child of the root where it begins, where its tag and where it ends, and its full name."""
    found: dict[str, tuple[int, int, int, str]] = {}
    path: list[tuple[int, int, str]] = []

    def start(name: str, _one: dict[str, str]) -> None:
        at = parser.CurrentByteIndex
        path.append((at, _tag_end(data, at), name))

    def end(_name: str) -> None:
        at, tag_end, name = path.pop()
        is_empty = data[tag_end - 2 : tag_end] == b"/>"
        close = tag_end if is_empty else _tag_end(data, parser.CurrentByteIndex)
        if len(path) == 1:
            found[_local(name)] = (at, tag_end, close, name)

    parser = _parser(start, end)
    _run(parser, data)
    return found


def _tag_end(data: bytes, at: int) -> int:
    """Return the place after the tag that begins at a place."""
    found = _TAG.match(data, at)
    if found is None:
        raise ReaderError(BROKEN)
    return found.end()


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _by_local(one: Mapping[str, str], wanted: str) -> str:
    """Return an attribute with a prefix, whatever the prefix is."""
    return next(
        (value for name, value in one.items() if ":" in name and _local(name) == wanted), ""
    )


def _digits(text: str | None) -> str:
    return text if text and text.isascii() and text.isdecimal() and len(text) < 7 else ""  # noqa: PLR2004


def _place(ref: str) -> tuple[int, int]:
    """Return row and column of an address.

    Raises:
        ReaderError: it is none.
    """
    plain = ref.replace("$", "").upper()
    if _CELL.fullmatch(plain):
        row, column = coordinate_to_tuple(plain)
        if row <= _ROWS and column <= _COLUMNS:
            return row, column
    raise ReaderError(f"«{ref[:20]}» – не адрес ячейки.")


def _area(ref: str) -> tuple[int, int, int, int]:
    try:
        left, top, right, bottom = range_boundaries(ref)
    except ValueError as error:
        raise ReaderError(BROKEN) from error
    return left or 1, top or 1, right or _COLUMNS, bottom or _ROWS


# ---------------------------------------------------------------- preview


def _preview(name: str, sheet: _ScannedSheet, strings: list[str]) -> PreviewSheet:
    last_row = max(sheet.rows, default=0)
    last_column = max((column for row in sheet.rows.values() for column in row.cells), default=0)
    for _left, _top, right, bottom in sheet.merged:
        last_row, last_column = max(last_row, bottom), max(last_column, right)
    n_rows, n_columns = min(last_row, MOST_ROWS), min(last_column, MOST_COLUMNS)
    sizes = {
        (top, left): (min(bottom, n_rows) - top + 1, min(right, n_columns) - left + 1)
        for left, top, right, bottom in sheet.merged
        if top <= n_rows and left <= n_columns
    }
    covered = {
        (row, column)
        for (top, left), (height, width) in sizes.items()
        for row in range(top, top + height)
        for column in range(left, left + width)
    } - sizes.keys()

    def shown(row: int, column: int) -> PreviewCell:
        height, width = sizes.get((row, column), (1, 1))
        known = sheet.rows[row].cells.get(column) if row in sheet.rows else None
        ref = f"{get_column_letter(column)}{row}"
        said = _said(known, strings) if known else ""
        return PreviewCell(ref, said, height, width, sheet.is_formula(row, column))

    rows = tuple(
        tuple(
            shown(row, column) for column in range(1, n_columns + 1) if (row, column) not in covered
        )
        for row in range(1, n_rows + 1)
    )
    return PreviewSheet(name, n_columns, rows, last_row > n_rows or last_column > n_columns)


def _said(cell: _ScannedCell, strings: list[str]) -> str:
    if cell.is_formula:
        return ""
    if cell.kind == "s":
        number = archives.whole_number(cell.text.strip(), -1)
        return strings[number][:200] if 0 <= number < len(strings) else ""
    if cell.kind == "b":
        return "да" if cell.text.strip() == "1" else "нет"
    return cell.text[:200]
