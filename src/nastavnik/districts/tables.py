"""The district's table as .xlsx."""

import io

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from nastavnik.core.ui.listing import write_safely
from nastavnik.districts.queries import DistrictTable, SchoolRow, words_of

N_COUNTS = 6  # columns before the lines
WIDE, NARROW = 34, 14


def schools_table(table: DistrictTable) -> bytes:
    """Return an .xlsx: a row for each school with its counts, then a column for each line."""
    head: list[str | int] = [
        _("School"), _("Agreement"), _("Done"), _("Late"), _("Most days late"), _("Not taken over"),
    ]  # fmt: skip
    titles = [f"{line.activity.number} {line.activity.title}".strip() for line in table.lines]
    terms = [line.activity.term_text for line in table.lines]
    rows: list[list[str | int]] = [
        [*head, *titles],
        [_("Term"), *[""] * (N_COUNTS - 1), *terms],
        *(_row(row) for row in table.rows),
    ]
    book = Workbook()
    sheet = book.active or book.create_sheet()
    sheet.title = _("Schools")
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(number, column)
            write_safely(cell, value)
            if number <= 2:  # noqa: PLR2004 - titles and terms
                cell.alignment = Alignment(wrap_text=True, vertical="top")
                cell.font = Font(bold=number == 1)
    for column in range(1, N_COUNTS + len(titles) + 1):
        width = WIDE if column == 1 or column > N_COUNTS else NARROW
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "B3"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _row(row: SchoolRow) -> list[str | int]:
    counts = [row.n_done, row.n_late, row.worst_days, row.n_absent]
    return [row.name, row.status_words, *counts, *(words_of(cell) for cell in row.cells)]
