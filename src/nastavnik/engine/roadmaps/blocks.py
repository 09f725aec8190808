"""What a document is made of once its format is forgotten: paragraphs and tables, in order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MOST_LINES = 50_000


@dataclass(frozen=True)
class SourceLine:
    """One line of the document as a reader of it would point to it: number from 1, text."""

    line: int
    text: str


@dataclass(frozen=True)
class SourceParagraph:
    """A line outside tables."""

    source: SourceLine

    @property
    def text(self) -> str:
        """Return the text of the line."""
        return self.source.text


@dataclass(frozen=True)
class SourceRow:
    """A row of a table: its cells, paragraphs inside a cell parted by line feeds.

    A value merged across stands in its first column, one merged down in each of its rows.

    Attributes:
        cells: Texts, "" where there is nothing.
        sources: The lines of the document the row was read from.
        after_break: The end of a page, or an empty line, parts it from the row before.
    """

    cells: tuple[str, ...]
    sources: tuple[SourceLine, ...]
    after_break: bool = False


@dataclass(frozen=True)
class SourceTable:
    """Rows in order; their lengths may differ."""

    rows: tuple[SourceRow, ...]


Block = SourceParagraph | SourceTable


def sources_of(blocks: Sequence[Block]) -> Iterator[SourceLine]:
    """Return every line of the document that holds anything, in order."""
    for block in blocks:
        if isinstance(block, SourceParagraph):
            yield block.source
        else:
            for row in block.rows:
                yield from row.sources
