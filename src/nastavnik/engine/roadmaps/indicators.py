"""Planned values of indicators by year (method.md §6, §10.1)."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from nastavnik.engine.roadmaps.blocks import (
    Block,
    SourceLine,
    SourceParagraph,
    SourceRow,
    SourceTable,
)
from nastavnik.engine.roadmaps.columns import read_layout
from nastavnik.engine.roadmaps.phrases import glue, hangs, is_rule, one_line, starts_low

_NAME = re.compile(r"показател|индикатор", re.IGNORECASE)
_YEAR = re.compile(r"(20\d\d)\s*(?:г\.?|год[а]?)?(?:\s*\(?план\)?)?", re.IGNORECASE)
# a goal in a sentence: «к концу 2024 года не менее 70% обучающихся вовлечены»
_BY_YEAR = re.compile(
    r"(?:к\s+концу|до\s+конца|к)\s+(20\d\d)\s*(?:г\.|год[ау]?\b|-?го\s+года)?,?", re.IGNORECASE
)
_SHARE = re.compile(
    r"(?:не\s+менее(?:\s+чем)?\s+|не\s+ниже\s+)?(?<![\d.,])(\d{1,3}(?:[.,]\d+)?)\s*(?:%|процент\w*)",
    re.IGNORECASE,
)
_AT_MOST = re.compile(r"не\s+(?:более|выше|больше)|(?<!не\s)менее", re.IGNORECASE)
_LABEL = re.compile(r"^\W*(?:цел[ьи](?:\s+\w+){0,2}|задач[аи])\s*[:–—-]\s*", re.IGNORECASE)
_VALUE = re.compile(r"(?:не\s+менее\s+|до\s+)?(\d+(?:[.,]\d+)?)\s*%?", re.IGNORECASE)


@dataclass(frozen=True)
class Indicator:
    """One indicator and its planned values.

    Attributes:
        name: With the definition that stands beside it.
        targets: Year to value in the units of the source; None where the cell is blank.
        sources: The lines of the document it was read from.
        unread: Cells that hold something else than a number.
        unit: «%» where the number itself says so; "" where only the name may.
    """

    name: str
    targets: dict[int, float | None]
    sources: tuple[SourceLine, ...]
    unread: tuple[str, ...] = ()
    unit: str = ""


@dataclass
class _Growing:
    name: str
    values: list[str]
    sources: list[SourceLine]


def read_indicators(blocks: Sequence[Block]) -> tuple[Indicator, ...]:
    """Read every table of indicators by year, and goals in sentences that name a year and a share.

    A row that a page end has parted is joined, lines that fell out of the table too.
    """
    found: list[Indicator] = []
    for index, block in enumerate(blocks):
        for at, row in enumerate(block.rows if isinstance(block, SourceTable) else ()):
            if years := years_in(row):
                after = list(blocks[index + 1 :])
                rows = _rows_of(block, at + 1) + _next_pages(after, len(row.cells))
                read = _read_rows(rows, years)
                _add_fallen_out(read, after)
                found += [_indicator(one, years) for one in read]
                break
    return (*found, *_goals(_lone_lines(blocks)))


def _lone_lines(blocks: Sequence[Block]) -> Iterator[tuple[str, tuple[SourceLine, ...]]]:
    """Yield what stands outside of tables with several columns filled: of a sheet, rows with one filled cell."""
    for block in blocks:
        if isinstance(block, SourceParagraph):
            yield block.text, (block.source,)
        elif read_layout(block.rows[0]) is None:
            for row in block.rows:
                filled = [cell for cell in row.cells if cell.strip()]
                if len(filled) == 1:
                    yield filled[0], row.sources


def _goals(lines: Iterable[tuple[str, tuple[SourceLine, ...]]]) -> tuple[Indicator, ...]:
    """Read «к концу 2024 года не менее 70% …»; the same words with other years are one indicator.

    A sentence with several years or shares is left alone: which belongs to which would be a guess.
    """
    found: dict[str, Indicator] = {}
    for line, sources in lines:
        text = _LABEL.sub("", one_line(line))
        years, shares = list(_BY_YEAR.finditer(text)), list(_SHARE.finditer(text))
        if len(years) != 1 or len(shares) != 1 or _AT_MOST.search(text):
            continue
        name = one_line(_SHARE.sub(" ", _BY_YEAR.sub(" ", text))).strip(" ,.;:–—-")
        if not name:
            continue
        target: dict[int, float | None] = {int(years[0][1]): float(shares[0][1].replace(",", "."))}
        known = found.get(name.casefold(), Indicator(name, {}, (), unit="%"))
        found[name.casefold()] = replace(
            known, targets=known.targets | target, sources=(*known.sources, *sources)
        )
    return tuple(found.values())


def _rows_of(block: Block, start: int = 0) -> list[SourceRow]:
    return list(block.rows[start:]) if isinstance(block, SourceTable) else []


def _next_pages(after: list[Block], width: int) -> list[SourceRow]:
    """Take the tables right after that are as wide and have no header: the next pages."""
    rows: list[SourceRow] = []
    while after and isinstance(after[0], SourceTable):
        page = _rows_of(after[0])
        if len(page[0].cells) != width or read_layout(page[0]) or years_in(page[0]):
            break
        rows += page
        after.pop(0)
    return rows


def years_in(row: SourceRow) -> dict[int, int]:
    """Return column to year if the row is a header of indicators."""
    if not any(_NAME.search(cell) for cell in row.cells):
        return {}
    return {
        index: int(match[1])
        for index, cell in enumerate(row.cells)
        if (match := _YEAR.fullmatch(one_line(cell)))
    }


def _read_rows(rows: Sequence[SourceRow], years: dict[int, int]) -> list[_Growing]:
    first = min(years)
    growing: list[_Growing] = []
    for row in rows:
        names = [one_line(cell) for cell in row.cells[:first]]
        name = max(names, key=len, default="")
        values = [one_line(row.cells[at]) if at < len(row.cells) else "" for at in years]
        if all(is_rule(text) for text in (name, *values) if text):
            continue
        if growing and not any(values) and (starts_low(name) or hangs(growing[-1].name)):
            growing[-1].name = glue(growing[-1].name, name)
            growing[-1].sources += row.sources
        elif name:
            growing.append(_Growing(name, values, list(row.sources)))
    return growing


def _add_fallen_out(rows: list[_Growing], after: Sequence[Block]) -> None:
    """Take lines right after the table while its last name is not finished."""
    for block in after:
        if not rows or not isinstance(block, SourceParagraph) or not hangs(rows[-1].name):
            return
        if not starts_low(block.text):
            return
        rows[-1].name = glue(rows[-1].name, one_line(block.text))
        rows[-1].sources.append(block.source)


def _indicator(row: _Growing, years: dict[int, int]) -> Indicator:
    targets: dict[int, float | None] = {}
    unread = []
    for year, text in zip(years.values(), row.values, strict=True):
        match = _VALUE.fullmatch(text)
        targets[year] = float(match[1].replace(",", ".")) if match else None
        if text and not match and not is_rule(text):
            unread.append(text)
    return Indicator(row.name, targets, tuple(row.sources), tuple(unread))
