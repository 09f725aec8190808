"""A whole document read: its roadmap, its indicators, and everything that is neither."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from nastavnik.engine.roadmaps.blocks import (
    Block,
    SourceLine,
    SourceParagraph,
    SourceRow,
    SourceTable,
    sources_of,
)
from nastavnik.engine.roadmaps.columns import (
    ColumnLayout,
    Meaning,
    continues_header,
    is_subheader,
    read_layout,
)
from nastavnik.engine.roadmaps.indicators import Indicator, read_indicators, years_in
from nastavnik.engine.roadmaps.owners import split_responsible
from nastavnik.engine.roadmaps.pairs import PARTED, part_line
from nastavnik.engine.roadmaps.parting import is_foreign_header, part_tables
from nastavnik.engine.roadmaps.phrases import (
    first_year,
    is_when,
    looks_like_term,
    number_of,
    one_line,
)
from nastavnik.engine.roadmaps.preface import Preface, read_preface
from nastavnik.engine.roadmaps.rows import JOINED, RoadmapRow, are_sections, join_rows

_HEADING = 300
MISSED = "missed"
NO_ACTIVITIES = (
    "Мероприятий мы не нашли. Нужна таблица, где названо, что делают, и рядом стоит срок или "
    "ответственный; каждое мероприятие в своей строке."
)
_DOUBTS = {
    PARTED: "в одной строке несколько мероприятий, мы разделили их. Проверьте, "
    "чьи сроки и ответственные.",
    JOINED: "похоже, строку разорвал конец страницы, мы соединили её части. Проверьте, "
    "не два ли это мероприятия.",
}


@dataclass(frozen=True)
class ParsedActivity:
    """One activity as the document has it.

    Attributes:
        number: «1.4.1», or None when the document does not number it.
        section: «1. Подготовка условий», "" when there are no sections.
        term_text: The term as written; "" when the cell is empty.
        responsible: People, posts and bodies in the order written.
        notes: What stands in columns of no known meaning.
        doubts: What a person should look over, as codes.
    """

    number: str | None
    section: str
    title: str
    term_text: str
    responsible: tuple[str, ...]
    result: str
    document: str
    notes: str
    sources: tuple[SourceLine, ...]
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class ParsedSection:
    """A row that names the activities below; it keeps its own term and owners."""

    number: str | None
    title: str
    term_text: str
    responsible: tuple[str, ...]
    result: str
    document: str
    sources: tuple[SourceLine, ...]

    @property
    def heading(self) -> str:
        """Return «1. Подготовка условий»."""
        return f"{self.number}. {self.title}" if self.number else self.title


@dataclass(frozen=True)
class LeftOver:
    """A line that is in no activity; its kind says whether it was understood otherwise."""

    source: SourceLine
    kind: str


@dataclass(frozen=True)
class ParsedRoadmap:
    """A document as read. Every line of it is in an activity or in `left_over`."""

    title: str
    organisation: str
    approved_on: dt.date | None
    first_year: int | None
    sections: tuple[ParsedSection, ...]
    activities: tuple[ParsedActivity, ...]
    indicators: tuple[Indicator, ...]
    left_over: tuple[LeftOver, ...]
    warnings: tuple[str, ...]


@dataclass
class _Found:
    layout: ColumnLayout
    rows: list[SourceRow]
    headers: list[SourceRow]
    heading: str


def read_roadmap(blocks: Sequence[Block]) -> ParsedRoadmap:
    """Read the roadmap of a document; a document without one gives no activities, and says so.

    Only where no table is a roadmap for sure, one that may be is taken for it.
    """
    read = _read(blocks, lenient=False)
    return read if read.activities else _read(blocks, lenient=True)


def _read(blocks: Sequence[Block], *, lenient: bool) -> ParsedRoadmap:
    blocks = part_tables(blocks, lenient=lenient)
    tables, before = _find(blocks, lenient=lenient)
    kinds: dict[int, str] = {}
    sections: list[ParsedSection] = []
    activities: list[ParsedActivity] = []
    for table in tables:
        kinds |= {source.line: "header" for row in table.headers for source in row.sources}
        _read_table(table, sections, activities)
    activities = _doubted(activities)
    preface = read_preface(before) if tables else Preface("", "", None, {}, None)
    indicators = read_indicators(blocks)
    for indicator in indicators:
        kinds |= {source.line: "indicator" for source in indicator.sources}
    for section in sections:
        kinds |= {source.line: "section" for source in section.sources}
    kinds = preface.lines | kinds
    taken = {source for activity in activities for source in activity.sources}
    kinds = dict.fromkeys(_missed(blocks, {source.line for source in taken}), MISSED) | kinds
    left_over = tuple(
        LeftOver(source, kinds.get(source.line, "other"))
        for source in dict.fromkeys(sources_of(blocks))
        if source not in taken
    )
    return ParsedRoadmap(
        preface.title,
        preface.organisation,
        preface.approved_on,
        _year(preface.title, activities),
        tuple(sections),
        tuple(activities),
        indicators,
        left_over,
        (*_warnings(preface, activities, indicators), *_not_taken(left_over if tables else ())),
    )


def _missed(blocks: Sequence[Block], taken: Collection[int]) -> Iterator[int]:
    """Yield the lines of rows that look like activities and are in none: words, and a term in a cell of its own."""
    for block in blocks:
        for row in block.rows if isinstance(block, SourceTable) else ():
            if not any(source.line in taken for source in row.sources) and _is_like_activity(row):
                yield from (source.line for source in row.sources)


def _is_like_activity(row: SourceRow) -> bool:
    if years_in(row):
        return False
    terms = [cell for cell in row.cells if looks_like_term(cell) or is_when(cell)]
    words = [
        cell
        for cell in row.cells
        if cell not in terms and len(re.findall(r"[А-Яа-яЁё]{3,}", cell)) > 1
    ]
    return bool(terms and words)


def _not_taken(left_over: Sequence[LeftOver]) -> Iterator[str]:
    lines = sorted({one.source.line for one in left_over if one.kind == MISSED})
    runs: list[list[int]] = []
    for line in lines:
        if runs and line == runs[-1][1] + 1:
            runs[-1][1] = line
        else:
            runs.append([line, line])
    for first, last in runs:
        where = f"Строка {first}" if first == last else f"Строки {first}–{last}"
        yield f"{where}: похоже на мероприятия, но столбцы этой таблицы мы не узнали и её не взяли."


def _find(blocks: Sequence[Block], *, lenient: bool) -> tuple[list[_Found], list[SourceLine]]:
    """Return the roadmap tables and the lines before the first of them.

    A table without a header right after a roadmap table, as wide, is its next page.
    """
    found: list[_Found] = []
    before: list[SourceLine] = []
    open_table: _Found | None = None
    heading: list[str] = []
    for block in blocks:
        if isinstance(block, SourceParagraph):
            if number_of(block.text) is None:  # the number of a page parts nothing
                open_table = None
                heading = [block.text]
            _extend(before, [block.source], found)
            continue
        rows = list(block.rows)
        layout = read_layout(rows[0], lenient=lenient)
        if layout is not None:
            same = open_table is not None and open_table.layout.header == layout.header
            open_table = _start(layout, rows, open_table if same else None)
            if not same:
                open_table.heading = heading[0] if heading and found else ""
                found.append(open_table)
        elif open_table is not None and _is_next_page(open_table, rows[0]):
            _take_rows(open_table, rows, new_page=True)
        else:
            open_table = None
            _extend(before, [source for row in rows for source in row.sources], found)
        heading = []
    return found, before


def _extend(before: list[SourceLine], sources: list[SourceLine], found: Sequence[_Found]) -> None:
    if not found:
        before += sources


def _is_next_page(table: _Found, row: SourceRow) -> bool:
    return len(row.cells) == len(table.layout.meanings) and not is_foreign_header(row)


def _start(layout: ColumnLayout, rows: Sequence[SourceRow], open_table: _Found | None) -> _Found:
    if open_table is not None:
        _take_rows(open_table, rows, new_page=True)
        return open_table
    table = _Found(layout, [], [rows[0]], "")
    rest = list(rows[1:])
    while rest and (continues_header(layout, rest[0]) or is_subheader(layout, rest[0])):
        table.headers.append(rest.pop(0))
    _take_rows(table, rest, new_page=False)
    return table


def _take_rows(table: _Found, rows: Sequence[SourceRow], *, new_page: bool) -> None:
    """Add the rows of one table; a header repeated on a page is put aside."""
    parted = new_page
    for row in rows:
        known = any(row.cells == header.cells for header in table.headers)
        if known or continues_header(table.layout, row):
            table.headers.append(row)
            parted = parted or (known and any(row.cells))
            continue
        table.rows.append(SourceRow(row.cells, row.sources, row.after_break or parted))
        parted = False


def _read_table(
    table: _Found, sections: list[ParsedSection], activities: list[ParsedActivity]
) -> None:
    lines = join_rows(table.layout, table.rows)
    heading = table.heading if len(table.heading) < _HEADING else ""
    for line, is_section in zip(lines, are_sections(lines), strict=True):
        if is_section:
            sections.append(_section(line))
            heading = sections[-1].heading
            continue
        heading = line.stage or heading
        if not line.title:
            continue  # its lines stay left over
        activities += [_activity(part, heading) for part in part_line(_dated(line, heading))]


def _dated(line: RoadmapRow, heading: str) -> RoadmapRow:
    """Give a line without a term that of its heading, where months stand as headings."""
    if not line.values[Meaning.TERM] and is_when(heading):
        line.values[Meaning.TERM] = heading
    return line


def _doubted(activities: list[ParsedActivity]) -> list[ParsedActivity]:
    """Doubt what came out of one line with others: its parts may be mixed up."""
    shared = Counter(one.sources[0] for one in activities if one.sources)
    return [
        replace(one, doubts=(*one.doubts, PARTED))
        if one.sources and shared[one.sources[0]] > 1 and PARTED not in one.doubts
        else one
        for one in activities
    ]


def _section(line: RoadmapRow) -> ParsedSection:
    return ParsedSection(
        line.number,
        one_line(line.title),
        one_line(line.values[Meaning.TERM]),
        split_responsible(line.values[Meaning.RESPONSIBLE]),
        one_line(line.values[Meaning.RESULT]),
        one_line(line.values[Meaning.DOCUMENT]),
        tuple(line.sources),
    )


def _activity(line: RoadmapRow, section: str) -> ParsedActivity:
    values = line.values
    return ParsedActivity(
        line.number,
        section,
        one_line(line.title),
        one_line(values[Meaning.TERM]),
        split_responsible(values[Meaning.RESPONSIBLE]),
        one_line(values[Meaning.RESULT]),
        one_line(values[Meaning.DOCUMENT]),
        one_line(values[Meaning.NOTES]),
        tuple(line.sources),
        tuple(dict.fromkeys(line.doubts)),
    )


def _year(title: str, activities: Sequence[ParsedActivity]) -> int | None:
    """Return the year the document starts with: the title's, else the first of the terms."""
    years = (first_year(text) for text in (title, *(one.term_text for one in activities)))
    return next((year for year in years if year is not None), None)


def _warnings(
    preface: Preface, activities: Sequence[ParsedActivity], indicators: Sequence[Indicator]
) -> Iterator[str]:
    if preface.blank_date is not None:
        yield f"Строка {preface.blank_date}: дата утверждения не вписана до конца."
    yield from dict.fromkeys(
        f"Строка {activity.sources[0].line}: {said}"
        for activity in activities
        for said in _doubts(activity)
    )
    for indicator in indicators:
        for text in indicator.unread:
            line = indicator.sources[0].line
            yield f"Строка {line}: значение показателя «{text}» — не число, мы его не взяли."
    if not activities:
        yield NO_ACTIVITIES


def _doubts(activity: ParsedActivity) -> Iterator[str]:
    yield from (_DOUBTS[doubt] for doubt in activity.doubts)
    if not activity.term_text:
        yield "у мероприятия не указан срок."
    if not activity.responsible:
        yield "у мероприятия не указан ответственный."
