"""Any table a school keeps, read into sheets of cells."""

from dataclasses import dataclass, field, replace
from pathlib import PurePath

from nastavnik.engine.roadmaps.blocks import Block, SourceTable
from nastavnik.engine.tables.cells import Cell, Marks
from nastavnik.readers import delimited, pagemarks, webpages
from nastavnik.readers.refusals import EMPTY, NOT_A_TABLE, ReaderError

__all__ = ["MOST_BYTES", "ReaderError", "Sheet", "read_pasted", "read_pasted_bytes", "read_sheets"]

MOST_BYTES = 10 * 1024 * 1024

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OTHER_BINARY = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf", b"Rar!", b"7z\xbc\xaf")
_EXCEL_NAMES = frozenset({".xlsx", ".xlsm", ".xls", ".xltx", ".xlsb"})

_SAVE_AS_XLSX = (
    "Это таблица в старом виде (.xls). Откройте её в Excel, выберите «Сохранить как» и тип "
    "«Книга Excel (.xlsx)», затем загрузите новый файл."
)
_LOCKED = (
    "Файл закрыт паролем. Откройте его в Excel, снимите пароль (Файл → Сведения → Защита книги), "
    "сохраните и загрузите ещё раз."
)
_NOT_XLSX = (
    "По названию это файл Excel, а внутри другое. Откройте его в Excel, сохраните как .xlsx "
    "и загрузите новый файл."
)
MOST_COLUMNS = 300
LONGEST_CELL = (
    1_900  # characters, as long as patterns are proven for (tests/guards/test_patterns.py)
)
_TOO_WIDE = (
    "В таблице что-то стоит далеко справа, в столбце {column}. Удалите лишние столбцы "
    "и загрузите файл ещё раз."
)
_PAGE_TOO_BIG = "Страница слишком большая для списка людей. Скопируйте таблицу в новый файл Excel и загрузите его."
_TOO_BIG = "Файл больше 10 МБ. Оставьте в нём только список людей и загрузите ещё раз."


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name and its cells, row by row as Excel numbers them.

    The first row is row 1; empty rows between filled ones are kept as empty tuples.
    """

    name: str
    rows: tuple[tuple[Cell, ...], ...]
    marks: Marks = field(default_factory=Marks)


def read_sheets(data: bytes, filename: str) -> tuple[Sheet, ...]:
    """Read the visible sheets of a file that hold anything, in their order.

    What the file is is judged by its bytes, the name only helps to explain a refusal.
    Reads .xlsx (and the cells of .xlsm, never its macros), web pages with a table, which
    journals export under the name .xls, and delimited text: utf-8, utf-16 with a mark, cp1251,
    cp866, koi8-r, Mac; `;`, `,` or tab. At most 10 MB and 200 000 cells.

    Raises:
        ReaderError: The file cannot be read; says why and what to do.
    """
    if len(data) > MOST_BYTES:
        raise ReaderError(_TOO_BIG)
    if not data.strip():
        raise ReaderError(EMPTY)
    path = PurePath(filename)
    _refuse_foreign(data, path.suffix.lower())
    if data.startswith(_ZIP):
        from nastavnik.readers import workbook  # noqa: PLC0415 - a second of loading that a text must not pay

        sheets = tuple(Sheet(*sheet) for sheet in workbook.read_marked_workbook(data))
    elif _is_page(data):
        sheets = (Sheet(path.stem, *pagemarks.take_out(_rows_of(_page(data)))),)
    else:
        sheets = (Sheet(path.stem, delimited.read_delimited(delimited.decode(data))),)
    filled = tuple(_in_bounds(sheet) for sheet in sheets if sheet.rows)
    if not filled:
        raise ReaderError(EMPTY)
    return filled


def _in_bounds(sheet: Sheet) -> Sheet:
    """Return a sheet whose cells are no longer than a note on a person is.

    Raises:
        ReaderError: something stands far to the right of where a list can end.
    """
    widest = max(map(len, sheet.rows))
    if widest > MOST_COLUMNS:
        from openpyxl.utils import get_column_letter  # noqa: PLC0415 - as above

        raise ReaderError(_TOO_WIDE.format(column=get_column_letter(widest)))
    rows = tuple(tuple(_short(cell) for cell in row) for row in sheet.rows)
    return replace(sheet, rows=rows)


def _short(cell: Cell) -> Cell:
    if isinstance(cell, str) and len(cell) > LONGEST_CELL:
        return f"{cell[:LONGEST_CELL]}…"
    return cell


def read_pasted(text: str) -> Sheet:
    """Read a table pasted from Excel, Word or a letter: tabs, `;` or several spaces.

    Raises:
        ReaderError: There is nothing to read or too much of it.
    """
    if len(text) > MOST_BYTES:
        raise ReaderError(_TOO_BIG)
    rows = delimited.read_delimited(text, spaces=True)
    if not rows:
        raise ReaderError("Здесь пока пусто. Вставьте таблицу из Excel или Word.")
    return Sheet("", rows)


def read_pasted_bytes(data: bytes, _filename: str) -> Sheet:
    """Read a pasted table that comes as UTF-8, as `read_pasted`."""
    return read_pasted(data.decode())


def _refuse_foreign(data: bytes, suffix: str) -> None:
    if data.startswith(_OLE):
        raise ReaderError(_LOCKED if _ENCRYPTED in data else _SAVE_AS_XLSX)
    if data.startswith(_OTHER_BINARY):
        raise ReaderError(NOT_A_TABLE)
    if data.startswith(_ZIP) or _is_page(data):
        return
    if suffix in _EXCEL_NAMES or data[:200].lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        raise ReaderError(_NOT_XLSX)


def _is_page(data: bytes) -> bool:
    """Tell a web page with a table by its first sign and its tags."""
    start = data[:2000].lstrip(b"\xef\xbb\xbf \r\n\t")
    return start.startswith(b"<") and not start.startswith(b"<?xml") and b"<table" in data.lower()


def _page(data: bytes) -> tuple[Block, ...]:
    try:
        return webpages.read_page(pagemarks.mark(data))
    except ReaderError as error:
        # its other refusals speak of documents
        is_table = str(error) != NOT_A_TABLE
        raise ReaderError(_PAGE_TOO_BIG if is_table else NOT_A_TABLE) from error


def _rows_of(blocks: tuple[Block, ...]) -> tuple[tuple[Cell, ...], ...]:
    """Put the texts and tables of a page one under another, an empty row before each table but the first."""
    rows: list[tuple[Cell, ...]] = []
    for block in blocks:
        if isinstance(block, SourceTable):
            rows += [()] if any(len(row) > 1 for row in rows) else []
            rows += [tuple(cell or None for cell in row.cells) for row in block.rows]
        else:
            rows.append((block.source.text,))
    return tuple(rows)
