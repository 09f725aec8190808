"""A roadmap as a table."""

import datetime as dt
import io
from collections.abc import Sequence

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from nastavnik.people.tables import write_safely
from nastavnik.roadmaps.models import Roadmap
from nastavnik.roadmaps.queries import Line

WIDTHS = (6, 60, 24, 12, 12, 36, 30, 24, 34)


def roadmap_table(roadmap: Roadmap, lines: Sequence[Line]) -> bytes:
    """Return an .xlsx with the lines, their days and states; titles of sections stand in the first column."""
    head = (
        "№", _("Activity"), _("Term"), _("From"), _("Until"), _("Who answers"), _("Result"), _("State"), _("Proof"),
    )  # fmt: skip
    book = Workbook()
    sheet = book.active or book.create_sheet()
    sheet.title = _("Roadmap")
    rows: list[tuple[str | dt.date | None, ...]] = [
        (roadmap.organisation.short_name,),
        (roadmap.title,),
        head,
        *(_row(line) for line in lines),
    ]
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(number, column)
            write_safely(cell, value)
            cell.alignment = Alignment(wrap_text=number > 2, vertical="top")  # noqa: PLR2004 - the two titles
            if number <= 3:  # noqa: PLR2004 - titles and head
                cell.font = Font(bold=True)
    for column, width in enumerate(WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "C4"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _row(line: Line) -> tuple[str | dt.date | None, ...]:
    one = line.activity
    said = line.fact.words if line.fact else ""
    proof = "; ".join(
        filter(None, [said, *(str(e.document or e.link or e.note) for e in line.evidence)])
    )
    return (
        one.number, one.title, one.term_text, one.starts_on, one.ends_on, one.responsible, one.result, line.words,
        proof or one.document_text,
    )  # fmt: skip
