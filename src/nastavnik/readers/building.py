"""Puts blocks together while a format is read tag by tag, with limits."""

from dataclasses import dataclass, field

from nastavnik.engine.roadmaps.blocks import (
    Block,
    SourceLine,
    SourceParagraph,
    SourceRow,
    SourceTable,
)
from nastavnik.engine.roadmaps.phrases import clean, one_line
from nastavnik.readers.refusals import ReaderError

MOST_CELLS = 20_000
MOST_CHARS = 5_000_000
MOST_COLUMNS = 500
_USUAL_COLUMNS = 30
_MOST_BLOCKS = 20_000

TOO_MANY_CELLS = (
    "В документе больше 20 000 ячеек таблиц. Оставьте только дорожную карту, сохраните "
    "и загрузите ещё раз."
)
TOO_LONG = (
    "В документе слишком много текста. Оставьте только дорожную карту, сохраните "
    "и загрузите ещё раз."
)


@dataclass
class _OpenTable:
    rows: list[SourceRow] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    blanks: int = 0  # empty cells that matter only if a filled one follows
    above: list[str] = field(default_factory=list)
    held: dict[int, tuple[str, int]] = field(default_factory=dict)  # column: text, rows left


class BlockBuilder:
    """Takes what a document opens and closes, gives its blocks.

    A table inside a cell becomes text of that cell. A value merged down is repeated in each
    row, one merged across stands in its first column.
    """

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._text: list[str] = []
        self._cell: list[str] | None = None
        self._table: _OpenTable | None = None
        self._depth = 0
        self._n_lines = self._n_cells = self._n_chars = 0

    def text(self, text: str) -> None:
        """Add text to the paragraph or cell that is open."""
        self._n_chars += len(text)
        if self._n_chars > MOST_CHARS:
            raise ReaderError(TOO_LONG)
        if self._cell is not None:
            self._cell.append(text)
        elif self._table is None:
            self._text.append(text)

    def end_line(self) -> None:
        """End a paragraph."""
        self.text("\n")
        if self._table is None:
            self._flush()

    def end_block(self) -> None:
        """End a paragraph if anything was said since the last one ended."""
        said = self._text if self._cell is None else self._cell
        if said and said[-1] != "\n":
            self.end_line()

    def open_table(self) -> None:
        """Start a table; one inside a cell only adds to its text."""
        self._depth += 1
        if self._depth == 1:
            self._flush()
            self._table = _OpenTable()
        elif self._cell is not None:
            self.end_block()

    def open_cell(self) -> None:
        """Start a cell."""
        if self._depth == 1:
            self._cell = []

    def close_cell(
        self, *, across: int = 1, down: int = 1, times: int = 1, same_as_above: bool = False
    ) -> None:
        """End a cell.

        Args:
            across: Columns it takes.
            down: Rows it takes.
            times: How often it stands, one beside the other.
            same_as_above: It goes on with the cell above it.
        """
        if self._table is None:
            return
        if self._depth > 1 or self._cell is None:
            self.text(" ")
            return
        text, self._cell = clean("".join(self._cell)), None
        table = self._table
        self._count(1)
        self._skip_held(table)
        if same_as_above and not text:
            at = len(table.cells) + table.blanks
            text = table.above[at] if at < len(table.above) else ""
        if not text:
            table.blanks += max(across, 1) * max(times, 1)
            return
        for _ in range(max(times, 1)):
            self._put(table, text, min(max(across, 1), MOST_COLUMNS), down)

    def _put(self, table: _OpenTable, text: str, across: int, down: int) -> None:
        width = len(table.cells) + table.blanks + across
        if width > MOST_COLUMNS:
            raise ReaderError(TOO_MANY_CELLS)
        self._count(1)
        table.cells += [""] * table.blanks
        table.blanks = 0
        if down > 1:
            at = len(table.cells)
            table.held |= {at + beside: ("", down) for beside in range(across)}
            table.held[at] = (text, down)
        table.cells += [text, *[""] * (across - 1)]

    def _skip_held(self, table: _OpenTable) -> None:
        """Fill the columns that cells merged down from above take in this row."""
        while held := table.held.get(len(table.cells) + table.blanks):
            if not held[0]:
                table.blanks += 1
            else:
                table.cells += [*[""] * table.blanks, held[0]]
                table.blanks = 0

    def close_row(self, *, times: int = 1) -> None:
        """End a row that stands so many times."""
        if self._table is None:
            return
        if self._depth > 1:
            self.text("\n")
            return
        table = self._table
        self._skip_held(table)
        self._fill_to_last_held(table)
        if len(table.cells) + table.blanks <= _USUAL_COLUMNS:
            table.cells += [""] * table.blanks  # the width tells a next page from another table
        cells, table.cells, table.blanks = table.cells, [], 0
        table.above = cells
        table.held = {at: (text, left - 1) for at, (text, left) in table.held.items() if left > 1}
        if not any(cells):
            return
        line = "\t".join(one_line(cell) for cell in cells)
        for _ in range(times):
            self._count(len(cells))
            table.rows.append(SourceRow(tuple(cells), (self._source(line),)))

    def _fill_to_last_held(self, table: _OpenTable) -> None:
        for at in sorted(table.held):
            text = table.held[at][0]
            if text and at >= len(table.cells):
                table.cells += [*[""] * (at - len(table.cells)), text]

    def close_table(self) -> None:
        """End a table."""
        self._depth = max(0, self._depth - 1)
        if self._depth == 0 and self._table is not None:
            if self._table.rows:
                self.blocks.append(SourceTable(tuple(self._table.rows)))
            self._table = self._cell = None

    def add_row(self, cells: list[str]) -> None:
        """Add a whole row to the open table."""
        for cell in cells:
            self.open_cell()
            self.text(cell)
            self.close_cell()
        self.close_row()

    def finish(self) -> tuple[Block, ...]:
        """Return the blocks; what was left open is closed."""
        if self._table is not None:
            self._depth = 1
            self.close_cell()
            self.close_row()
            self.close_table()
        self._flush()
        return tuple(self.blocks)

    def _flush(self) -> None:
        text, self._text = "".join(self._text), []
        if not text:
            return
        for raw in text.removesuffix("\n").split("\n"):
            line = one_line(raw)
            if line:
                self.blocks.append(SourceParagraph(self._source(line)))
            else:
                self._n_lines += 1  # so that an empty line parts what stands around it
        if len(self.blocks) > _MOST_BLOCKS:
            raise ReaderError(TOO_LONG)

    def _source(self, line: str) -> SourceLine:
        self._n_lines += 1
        return SourceLine(self._n_lines, line)

    def _count(self, n: int) -> None:
        self._n_cells += n
        if self._n_cells > 3 * MOST_CELLS:
            raise ReaderError(TOO_MANY_CELLS)
