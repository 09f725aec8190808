"""What a web page shows of a table by other means than text: lines through cells, rows that are hidden.

The tags are marked before the page is read, in signs every encoding shares, and the marks are taken out
of the cells again: so the page itself is read in one place only.
"""

import re

from nastavnik.engine.tables.cells import Cell, Marks

_STRUCK, _ROW_STRUCK, _HIDDEN = "~#s~", "~#r~", "~#h~"
_ANY = re.compile("~#[srh]~")
_ATTRIBUTES = rb"[^<>]{0,600}"
_STRUCK_TAG = re.compile(rb"<(?:s|strike|del)(?:\s[^<>]{0,300})?>", re.IGNORECASE)
_TAG = re.compile(rb"<(?:td|th|span|font|p|div)\b" + _ATTRIBUTES + rb">", re.IGNORECASE)
_ROW = re.compile(
    rb"(<tr\b(" + _ATTRIBUTES + rb")>\s{0,200}<t[dh]\b" + _ATTRIBUTES + rb">)", re.IGNORECASE
)
_LINE_THROUGH = re.compile(rb"line-through", re.IGNORECASE)
_NOT_SHOWN = re.compile(rb"display\s{0,9}:\s{0,9}none|\bhidden\b", re.IGNORECASE)
_STRUCK_CLASS = re.compile(rb"\.([\w-]{1,60})\s{0,20}\{[^{}]{0,2000}line-through", re.IGNORECASE)

Rows = tuple[tuple[Cell, ...], ...]


def mark(data: bytes) -> bytes:
    """Return the page with marks behind the tags that strike out or hide."""
    classes = {found.lower() for found in _STRUCK_CLASS.findall(data[:200_000])}

    def is_struck(tag: bytes) -> bool:
        if _LINE_THROUGH.search(tag):
            return True
        words = set(re.findall(rb"[\w-]+", tag.lower())) if classes else set()
        return bool(words & classes)

    def row(match: re.Match[bytes]) -> bytes:
        marks = _HIDDEN.encode() if _NOT_SHOWN.search(match[2]) else b""
        return match[1] + marks + (_ROW_STRUCK.encode() if is_struck(match[2]) else b"")

    def tag(match: re.Match[bytes]) -> bytes:
        return match[0] + (_STRUCK.encode() if is_struck(match[0]) else b"")

    marked = _STRUCK_TAG.sub(lambda match: match[0] + _STRUCK.encode(), _ROW.sub(row, data))
    return _TAG.sub(tag, marked)


def take_out(rows: Rows) -> tuple[Rows, Marks]:
    """Return the cells without the marks and what the marks said, rows from 1, columns from 0."""
    struck: set[tuple[int, int]] = set()
    hidden: set[int] = set()
    clean: list[tuple[Cell, ...]] = []
    for number, row in enumerate(rows, 1):
        joined = "".join(cell for cell in row if isinstance(cell, str))
        if _HIDDEN in joined:
            hidden.add(number)
        for column, cell in enumerate(row):
            if _ROW_STRUCK in joined or (isinstance(cell, str) and _STRUCK in cell):
                struck.add((number, column))
        clean.append(tuple(_without(cell) for cell in row))
    return tuple(clean), Marks(struck=frozenset(struck), hidden=frozenset(hidden))


def _without(cell: Cell) -> Cell:
    return (_ANY.sub("", cell).strip() or None) if isinstance(cell, str) else cell
