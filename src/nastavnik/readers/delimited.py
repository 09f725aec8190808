"""Delimited text: which encoding, which delimiter, which cells."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator

from nastavnik.readers.encodings import decode_old
from nastavnik.readers.refusals import (
    BROKEN,
    NOT_A_TABLE,
    TOO_MANY_CELLS,
    WRONG_ENCODING,
    ReaderError,
)

MOST_CELLS = 200_000
_MOST_MARKS = 2_000_000  # delimiters and line ends, empty cells included
_SAMPLE = 200
_DELIMITERS = (";", "\t", ",", "|")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
_GAPS = re.compile(r"[ \u00a0]{2,}")

Rows = tuple[tuple[str | None, ...], ...]


def decode(data: bytes) -> str:
    """Return the text of a file in utf-8, utf-16 with a mark, or an old Russian encoding.

    Raises:
        ReaderError: The bytes are no text, or a text in an encoding nobody can tell.
    """
    try:
        text = _decoded(data)
    except UnicodeDecodeError as error:
        raise ReaderError(NOT_A_TABLE) from error
    if _CONTROL.search(text):
        raise ReaderError(NOT_A_TABLE)
    return text


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    text = decode_old(data)
    if text is None:
        raise ReaderError(WRONG_ENCODING if _is_text(data) else NOT_A_TABLE)
    return text


def _is_text(data: bytes) -> bool:
    return not any(sign in data for sign in (b"\x00", b"\x01", b"\x02", b"\x03", b"\x04"))


def read_delimited(text: str, *, spaces: bool = False) -> Rows:
    """Split text into cells.

    The delimiter is the one that gives most rows the same number of cells, the wider the
    better. A line `sep=;`, which Excel obeys and does not show, is obeyed and not shown.

    Args:
        text: The whole text.
        spaces: Two spaces or more part cells too, when nothing else does.

    Raises:
        ReaderError: More than 200 000 cells, or text that cannot be split.
    """
    text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").rstrip()
    if not text.strip():
        return ()
    if text.count("\n") + max(text.count(mark) for mark in _DELIMITERS) > _MOST_MARKS:
        raise ReaderError(TOO_MANY_CELLS)
    delimiter = None
    if match := re.match(r"sep=(.)\n", text, re.IGNORECASE):
        delimiter, text = match[1], text[match.end() :]
    quoted = text.count('"') % 2 == 0
    if delimiter is None:
        delimiter = _best_delimiter(text, quoted=quoted)
    try:
        if delimiter is None and spaces:
            return _collect(_GAPS.split(line.strip()) for line in text.split("\n"))
        return _collect(_split(text, delimiter or "\x1f", quoted=quoted))
    except csv.Error as error:
        raise ReaderError(BROKEN) from error


def _split(text: str, delimiter: str, *, quoted: bool) -> Iterator[list[str]]:
    if quoted:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        return
    # an odd quote would swallow the rest of the file
    for row in csv.reader(io.StringIO(text), delimiter=delimiter, quoting=csv.QUOTE_NONE):
        yield [_unquoted(cell) for cell in row]


def _unquoted(cell: str) -> str:
    whole = len(cell) > 1 and cell.startswith('"') and cell.endswith('"')
    return cell[1:-1].replace('""', '"') if whole else cell


def _best_delimiter(text: str, *, quoted: bool) -> str | None:
    lines = text[:100_000].split("\n")
    sample = "\n".join(lines[:_SAMPLE])
    best, most = None, (0, 0)
    for delimiter in _DELIMITERS:
        try:
            widths = _widths(sample, delimiter, quoted=quoted)
        except csv.Error:
            continue
        if not widths:
            continue
        width, n_rows = max(widths.items(), key=lambda item: (item[1], item[0]))
        if (n_rows, width) > most:
            best, most = delimiter, (n_rows, width)
    return best


def _widths(sample: str, delimiter: str, *, quoted: bool) -> Counter[int]:
    """Count the rows of each width above one."""
    rows = _split(sample, delimiter, quoted=quoted)
    return Counter(len(row) for row in rows if len(row) > 1 and any(row))


def _collect(lines: Iterable[list[str]]) -> Rows:
    rows: list[tuple[str | None, ...]] = []
    n_cells = n_filled_rows = 0
    for line in lines:
        cells = [cell if cell.strip() else None for cell in line]
        while cells and cells[-1] is None:
            cells.pop()
        rows.append(tuple(cells))
        n_cells += len(cells) - cells.count(None)
        n_filled_rows = len(rows) if cells else n_filled_rows
        if n_cells > MOST_CELLS or len(rows) > MOST_CELLS:
            raise ReaderError(TOO_MANY_CELLS)
    return tuple(rows[:n_filled_rows])
