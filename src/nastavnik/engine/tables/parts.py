"""More than one list on a sheet: side by side, or one under another with headers of their own."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from nastavnik.engine.tables.cells import Cell, Grid, Kind, Row, letter_of, text_of
from nastavnik.engine.tables.groups import group_heading
from nastavnik.engine.tables.layout import (
    NAME_FIELDS,
    Field,
    fields_of_header,
    guess_kind,
    guess_layout,
    header_texts,
    holds_names,
    names_fields,
)

_KINDS: tuple[Kind, Kind] = ("pupils", "staff")
_MOST_LISTS = 30
_ENDS_LIST = re.compile(r"всего|итого|директор|руководител|подпись|__", re.IGNORECASE)


@dataclass(frozen=True)
class SheetPart:
    """One list of a sheet: its cells where they stand on the sheet, all others empty.

    `place` says in Russian where it stands; "" for a whole sheet.
    """

    rows: tuple[tuple[Cell, ...], ...]
    place: str = ""


def parts_of(rows: Grid) -> tuple[SheetPart, ...]:
    """Part a sheet into its lists; a sheet with one is returned as it is.

    A list under another begins with a header that names other columns, or those of another kind of
    people; titles right above belong to it. Lists side by side repeat their first column and a
    column of names in one header, or stand under classes as headers.
    """
    found: list[SheetPart] = []
    bands = _bands(rows)
    for first, last in bands:
        band = _cut(rows, first, last)
        place = f"строки {first + 1}–{last + 1}" if len(bands) > 1 else ""
        stripes = _stripes(band)
        for left, right in stripes:
            beside = f"столбцы {letter_of(left)}–{letter_of(right)}" if len(stripes) > 1 else ""
            part = _cut(band, 0, len(band) - 1, left, right) if beside else band
            found.append(SheetPart(part, ", ".join(filter(None, (beside, place)))))
    # more of them than any school keeps on a sheet are no lists
    is_parted = 1 < len(found) <= _MOST_LISTS
    return tuple(found) if is_parted else (SheetPart(tuple(map(tuple, rows))),)


def _cut(
    rows: Grid, first: int, last: int, left: int = 0, right: int | None = None
) -> tuple[tuple[Cell, ...], ...]:
    """Keep some rows and columns where they stand."""
    kept: list[tuple[Cell, ...]] = []
    for index, row in enumerate(rows):
        cells = tuple(row[: None if right is None else right + 1])
        cells = (*(None for _ in cells[:left]), *cells[left:]) if first <= index <= last else ()
        kept.append(cells if any(cell is not None for cell in cells) else ())
    return tuple(kept)


# --- one under another --------------------------------------------------------------------


def _bands(rows: Grid) -> list[tuple[int, int]]:
    """Return first and last rows of lists that stand one under another."""
    starts: list[int] = []
    header: Row | None = None
    seen: list[list[str]] = []
    n_people = 0
    for index, row in enumerate(rows):
        texts = [text_of(cell) for cell in row]
        if not _is_header(row):
            n_people += sum(bool(text) for text in texts) > 1 and not _is_numbering(texts)
            continue
        if header is not None and n_people and texts not in seen and not _same(header, row):
            starts.append(_with_titles(rows, index))
            seen = []
        if header is None or n_people:
            header, n_people = row, 0
        seen.append(texts)
    edges = [0, *starts, len(rows)]
    return [(first, last - 1) for first, last in itertools.pairwise(edges)]


def _is_header(row: Row) -> bool:
    return any(names_fields(row, kind=kind) > 1 for kind in _KINDS)


def _is_numbering(texts: list[str]) -> bool:
    filled = [text for text in texts if text]
    return filled == [str(n) for n in range(1, len(filled) + 1)]


def _same(one: Row, other: Row) -> bool:
    """Tell whether two headers name the same columns for both kinds of people."""
    return all(
        fields_of_header([text_of(cell) for cell in one], kind)
        == fields_of_header([text_of(cell) for cell in other], kind)
        for kind in _KINDS
    )


def _with_titles(rows: Grid, header: int) -> int:
    """Return the first of the titles that stand right above a header, or above its upper line."""
    start = header = header - (header > 0 and _is_upper_line(rows[header - 1]))
    while start and not _is_numbered(rows[start - 1]):
        filled = [text for cell in rows[start - 1] if (text := text_of(cell))]
        has_title = any(text_of(cell) for row in rows[start:header] for cell in row)
        if len(filled) > 1 or (has_title and not filled) or _ENDS_LIST.search("".join(filled)):
            break
        start -= 1
    return start


def _is_upper_line(row: Row) -> bool:
    """Tell the upper line of a header of two: words without figures, one of them a known column."""
    texts = [text_of(cell) for cell in row]
    filled = [text for text in texts if text]
    return (
        len(filled) > 1
        and not any(re.search(r"\d", text) for text in filled)
        and any(fields_of_header(texts, kind) for kind in _KINDS)
    )


def _is_numbered(row: Row) -> bool:
    """Tell a row that begins with its number: a person whose other cells are empty."""
    filled = [text for cell in row if (text := text_of(cell))]
    return (
        bool(filled)
        and bool(re.match(r"\d{1,4}[.)]?(\s|$)", filled[0]))
        and not group_heading(filled[0])
    )


# --- side by side -------------------------------------------------------------------------


def _stripes(rows: Grid) -> list[tuple[int, int]]:
    """Return first and last columns of lists that stand side by side."""
    width = max((len(row) for row in rows), default=0)
    kind = guess_kind(rows)
    layout = guess_layout(rows, kind=kind)
    if layout.header_row is None:
        starts, top = _under_classes(rows)
    else:
        starts = _repeated(header_texts(rows, layout, width, kind=kind), kind)
        top = layout.header_row
    if len(starts) < 2:  # noqa: PLR2004 - one list
        return [(0, max(width - 1, 0))]
    edges = [0, *(_after_gap(rows, top, start) for start in starts[1:]), width]
    return [(left, right - 1) for left, right in itertools.pairwise(edges)]


def _repeated(texts: Sequence[str], kind: Kind) -> list[int]:
    """Return the columns where lists begin: each begins as the first does and names people."""
    raw = [_meaning(text, [kind]) for text in texts]
    head = next((field for field in raw if field is not None), None)
    if head is Field.NUMBER:
        # each list is numbered, so they may be of different people
        raw = [_meaning(text, _KINDS) for text in texts]
    starts = [column for column, field in enumerate(raw) if field is head and head is not None]
    if head not in {Field.NUMBER, *NAME_FIELDS, Field.GROUP, Field.BIRTH_DATE, Field.FIRST_NAME}:
        return []
    edges = [*starts, len(raw)]
    named = [
        any(field in NAME_FIELDS for field in raw[left:right])
        for left, right in itertools.pairwise(edges)
    ]
    return starts if all(named) else []


def _meaning(text: str, kinds: Sequence[Kind]) -> Field | None:
    """Return what a header by itself names for people of one of the kinds."""
    if not text:
        return None
    for kind in kinds:
        # beside a number also «Ученик» is a column of names
        field = fields_of_header(["№", text], kind).get(1)
        if field is not None and field is not Field.IGNORE:
            return field
    return None


def _under_classes(rows: Grid) -> tuple[list[int], int]:
    """Find columns of names, each under its class: «5А | 5Б | 5В»."""
    for index, row in enumerate(rows):
        classes = [c for c, cell in enumerate(row) if group_heading(text_of(cell))]
        if len(classes) > 1 and all(holds_names(rows, c, index + 1) for c in classes):
            return classes, index
    return [], 0


def _after_gap(rows: Grid, top: int, start: int) -> int:
    """Return where a list begins with the empty columns before it, over which a title may stand."""
    while start and not any(text_of(row[start - 1]) for row in rows[top:] if start - 1 < len(row)):
        start -= 1
    return start
