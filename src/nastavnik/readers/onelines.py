"""A roadmap whose rows all came into one line: pasted from a message, or its line ends lost."""

import itertools
import re

from nastavnik.engine.roadmaps.blocks import SourceLine, SourceRow
from nastavnik.engine.roadmaps.columns import read_layout
from nastavnik.engine.roadmaps.phrases import find_term, number_of

_MOST_COLUMNS = 9
_HEADER = re.compile(
    r"(?P<before>.*?)(?P<number>№(?:\s*п\s*/\s*п)?\.?)\s+(?P<title>(?:Наименование\s+)?Мероприяти[еяй])\s+"
    r"(?P<term>Сроки?(?:\s+(?:ис|вы|реали|про)[а-яё]+)?)\s+"
    r"(?P<owner>Ответственн[а-яё]+(?:\s+(?:исполнител|лиц)[а-яё]+)?)\s+(?=1[.)]?\s)",
    re.IGNORECASE | re.DOTALL,
)
_OWNER = re.compile(r"\s(?=[А-ЯЁ])")


def folded_row(row: SourceRow) -> list[SourceRow]:
    """Return the rows of a header that has all the cells of its table behind it, else nothing."""
    for width in range(2, min(_MOST_COLUMNS, len(row.cells) // 2) + 1):
        rows = [
            SourceRow(row.cells[at : at + width], row.sources)
            for at in range(0, len(row.cells), width)
        ]
        numbers = [number_of(one.cells[0]) for one in rows[1:]]
        counts = numbers == [str(n + 1) for n in range(len(numbers))]
        if counts and read_layout(rows[0]) is not None:
            return rows
    return []


def rows_of_one_line(source: SourceLine) -> list[SourceRow]:
    """Part «№ Мероприятие Срок Ответственный 1 … 2 …» at its numbers, terms and owners.

    Nothing where one of its activities shows no term or no owner: better none than mixed up.
    """
    header = _HEADER.match(source.text) if "\t" not in source.text else None
    if header is None:
        return []
    cells = tuple(header[name] for name in ("number", "title", "term", "owner"))
    rows = [_cells_of(text) for text in _activities(source.text[header.end() :])]
    if not rows or not all(rows):
        return []
    numbered = [(str(at), *cells) for at, cells in enumerate(rows, 1)]
    return [SourceRow(texts, (source,)) for texts in (cells, *numbered)]


def _activities(text: str) -> list[str]:
    starts: list[tuple[int, int]] = []
    at = 0
    for number in itertools.count(1):
        found = re.compile(rf"(?:^|\s){number}[.)]?\s+(?=[А-ЯЁ«])").search(text, at)
        if found is None:
            break
        starts.append(found.span())
        at = found.end()
    ends = [start for start, _ in starts[1:]] + [len(text)]
    return [text[start:end].strip() for (_, start), end in zip(starts, ends, strict=True)]


def _cells_of(text: str) -> tuple[str, ...]:
    at = find_term(text)
    owner = _OWNER.search(text, at + 1) if at > 0 else None
    if owner is None:
        return ()
    return text[:at].strip(), text[at : owner.start()].strip(), text[owner.end() :].strip()
