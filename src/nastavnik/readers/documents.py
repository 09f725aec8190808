"""Any document a roadmap comes in, read into paragraphs and tables."""

import re
from collections.abc import Iterable
from pathlib import PurePath

from nastavnik.engine.roadmaps.blocks import Block, SourceLine, SourceRow, SourceTable
from nastavnik.engine.tables.cells import Cell, text_of
from nastavnik.readers import delimited, opendocument, pasted, webpages, wordfiles
from nastavnik.readers.archives import BROKEN, LOCKED, part_names
from nastavnik.readers.refusals import NOT_A_TABLE, ReaderError

__all__ = ["MOST_BYTES", "ReaderError", "read_document"]

MOST_BYTES = 10 * 1024 * 1024

_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"II*\x00", b"MM\x00*")
_DELIMITED_NAMES = frozenset({".csv"})

_OLD = (
    "Это документ в старом виде (.doc, .xls или .rtf). Откройте его, выберите «Сохранить как» "
    "и тип «Документ Word (.docx)», затем загрузите новый файл."
)
_TOO_BIG = "Файл больше 10 МБ. Оставьте в нём только дорожную карту и загрузите ещё раз."
_EMPTY = "В файле нет текста. Проверьте, тот ли это файл."
_FOREIGN = (
    "Это не документ с дорожной картой. Подойдут Word (.docx), Excel (.xlsx), OpenDocument "
    "(.odt, .ods), PDF с текстом, страница сайта (.html) или простой текст."
)


def read_document(data: bytes, filename: str) -> tuple[Block, ...]:
    """Read a document into blocks, in the order they stand in it.

    What the file is is judged by its bytes; the name only tells .csv from plain text.
    Reads .docx, .xlsx, .odt, .ods, .pdf, .html, .csv, .tsv and plain text, at most 10 MB.
    Lines are numbered from 1: those of a text as they stand, elsewhere each paragraph, each
    line inside it and each row of a table is one.

    Raises:
        ReaderError: The file cannot be read; says why and what to do.
    """
    if len(data) > MOST_BYTES:
        raise ReaderError(_TOO_BIG)
    if not data.strip():
        raise ReaderError(_EMPTY)
    _refuse_foreign(data)
    blocks = _read(data, PurePath(filename).suffix.lower())
    if not blocks:
        raise ReaderError(_EMPTY)
    return blocks


def _refuse_foreign(data: bytes) -> None:
    if data.startswith(_OLE):
        raise ReaderError(LOCKED if _ENCRYPTED in data else _OLD)
    if data.lstrip().startswith(b"{\\rtf"):
        raise ReaderError(_OLD)
    if data.startswith(_PICTURES):
        raise ReaderError(_FOREIGN)


def _read(data: bytes, suffix: str) -> tuple[Block, ...]:
    if data.startswith(_ZIP):
        return _read_archive(data)
    if b"%PDF-" in data[:1024]:
        from nastavnik.readers import pdfs  # noqa: PLC0415 - half a second of loading that a text must not pay

        return pdfs.read_pdf(data)
    if webpages.looks_like_page(data):
        return webpages.read_page(data)
    text = _text(data)
    if re.match(r"\s*<\?xml", text):
        raise ReaderError(_FOREIGN)
    if suffix in _DELIMITED_NAMES:
        return _table(delimited.read_delimited(text))
    return pasted.read_pasted_document(text)


def _text(data: bytes) -> str:
    try:
        return delimited.decode(data.replace(b"\x0c", b" "))
    except ReaderError as error:
        message = _FOREIGN if str(error) == NOT_A_TABLE else str(error)
        raise ReaderError(message) from error


def _read_archive(data: bytes) -> tuple[Block, ...]:
    names = part_names(data)
    if wordfiles.MAIN_PART in names:
        return wordfiles.read_word(data, names)
    if "xl/workbook.xml" in names:
        from nastavnik.readers import workbook  # noqa: PLC0415 - as above

        sheets = workbook.read_workbook(data)
        return tuple(block for _, rows in sheets for block in _table(rows))
    if opendocument.MAIN_PART in names:
        return opendocument.read_opendocument(data)
    raise ReaderError(_FOREIGN if names else BROKEN)


def _table(rows: Iterable[Iterable[Cell]]) -> tuple[Block, ...]:
    """Return one table of a grid; a row of it is a line."""
    found = []
    for at, row in enumerate(rows):
        cells = tuple(_cell(cell) for cell in row)
        if any(cells):
            line = "\t".join(cell.replace("\n", " ") for cell in cells)
            found.append(SourceRow(cells, (SourceLine(at + 1, line),)))
    return (SourceTable(tuple(found)),) if found else ()


def _cell(cell: Cell) -> str:
    if isinstance(cell, str) and "\n" in cell:
        return "\n".join(filter(None, (text_of(line) for line in cell.split("\n"))))
    return text_of(cell)
