"""Tables that stand in one grid, as sheets of Excel have them, parted at their headers."""

from collections.abc import Sequence

from nastavnik.engine.roadmaps.blocks import Block, SourceParagraph, SourceRow, SourceTable
from nastavnik.engine.roadmaps.columns import (
    ColumnLayout,
    Meaning,
    continues_header,
    is_subheader,
    meaning_of,
    read_layout,
)
from nastavnik.engine.roadmaps.indicators import years_in


def part_tables(blocks: Sequence[Block], *, lenient: bool = False) -> list[Block]:
    """Start a new table at every row that is a header of its own."""
    parted: list[Block] = []
    for block in blocks:
        if isinstance(block, SourceParagraph):
            parted.append(block)
        else:
            parted += [SourceTable(tuple(rows)) for rows in _parts(_padded(block), lenient=lenient)]
    return parted


def is_foreign_header(row: SourceRow) -> bool:
    """Tell whether a row is the header of a table that is no roadmap."""
    if read_layout(row) is not None:
        return False
    filled = [cell for cell in row.cells if cell.strip()]
    numbered = len(filled) > 1 and meaning_of(filled[0]) is Meaning.NUMBER
    return numbered or bool(years_in(row))


def _padded(table: SourceTable) -> list[SourceRow]:
    width = max((len(row.cells) for row in table.rows), default=0)
    return [
        SourceRow(row.cells + ("",) * (width - len(row.cells)), row.sources, row.after_break)
        for row in table.rows
    ]


def _parts(rows: Sequence[SourceRow], *, lenient: bool) -> list[list[SourceRow]]:
    parts: list[list[SourceRow]] = [[]]
    layout: ColumnLayout | None = None
    for row in rows:
        here = read_layout(row, lenient=lenient)
        known = layout is not None and (
            continues_header(layout, row) or (is_subheader(layout, row) and len(parts[-1]) == 1)
        )
        if not known and (here is not None or is_foreign_header(row)):
            layout = here
            parts.append([])
        parts[-1].append(row)
    return [part for part in parts if part]
