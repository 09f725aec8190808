"""What a paper of the register says, for tests: its blocks, points and tables, and its .docx read again."""

from io import BytesIO

from docx import Document as read_docx  # noqa: N813 - a function, whatever its name

from nastavnik.documents.rendering import blocks_of
from nastavnik.writers import blocks
from nastavnik.writers.wordfiles import draw_docx


def of_kind(document, kind):
    """Return the blocks of a kind."""
    return [block for block in blocks_of(document.content) if isinstance(block, kind)]


def points_of(document):
    """Return the points of an order."""
    return [point for block in of_kind(document, blocks.Points) for point in block.items]


def title_of(document):
    """Return the heading of a paper."""
    return of_kind(document, blocks.Title)[0].text


def acquainted_with(document):
    """Return who signs that a paper was read."""
    return [name for block in of_kind(document, blocks.Acquainted) for name in block.names]


def tables_of(document):
    """Return the tables of the annex: heading → rows of texts, None where a cell goes on with the one above."""
    return {
        table.heading: [
            [cell.text if cell.n_rows else None for cell in row.cells] for row in table.rows
        ]
        for table in of_kind(document, blocks.PaperTable)
    }


def annex_of(document):
    """Return all rows of the annex."""
    return [row for rows in tables_of(document).values() for row in rows]


def docx_of(document):
    """Return the .docx of a paper, read again."""
    return read_docx(BytesIO(draw_docx(document.title, blocks_of(document.content))))
