"""Lists: columns are said once and serve the page, the .xlsx and the print.

The page shows a part of the rows; the file and the print hold every row the filter leaves, of all pages. Both are asked
for at the address of the page itself, with `as=xlsx` or `as=print`: so they pass the same right, the same scope and the
same filter, and hold nothing the page does not show this person. Each of them leaves a line in the trail: which list, as
what, how many rows; never whose.
"""

import datetime as dt
import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django import forms
from django.db import models, transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.text import get_valid_filename
from django_stubs_ext import StrOrPromise
from openpyxl import Workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from nastavnik.core import audit, looks
from nastavnik.core.dates import today
from nastavnik.core.http import Request
from nastavnik.core.text import plain
from nastavnik.core.ui.components import day, nodata
from nastavnik.core.ui.downloads import download

if TYPE_CHECKING:
    from django.core.paginator import Page

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
AS = "as"
FILE, PRINT = "xlsx", "print"
NARROWEST, WIDEST = 6, 60  # characters
TITLE_AT_MOST = 31  # characters of the name of a sheet
DAY = "DD.MM.YYYY"
_NOT_IN_TITLE = re.compile(r"[\[\]:*?/\\']")
_RUNS = ("=", "+", "-", "@", "\t", "\r")

Value = str | int | float | dt.date | None
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Column(Generic[R]):
    """One column of a list.

    Attributes:
        name: its name in the lines of a page.
        label: its heading.
        value: what the file and the print hold: words, a number or a day, never markup.
        cell: what the page shows instead, markup of `core.ui.components`; without it the value.
        sort: the name of the order it is sorted by, empty for none.
        on_page, in_file: where it stands.
        is_number: it stands to the right.
        is_quiet: what stands in it explains itself; the heading is only read aloud.
    """

    name: str
    label: StrOrPromise
    value: Callable[[R], Value]
    cell: Callable[[R], SafeString | str] | None = None
    sort: str = ""
    on_page: bool = True
    in_file: bool = True
    is_number: bool = False
    is_quiet: bool = False

    def shown(self, row: R) -> SafeString:
        """Return the cell of a page."""
        if self.cell is not None:
            return conditional_escape(self.cell(row))
        return conditional_escape(_drawn(self.value(row)))


def _drawn(value: Value) -> str:
    """Return a value as a page has it."""
    if isinstance(value, dt.date):
        return day(value)
    return nodata() if value is None else str(value) or "—"


@dataclass(frozen=True, slots=True)
class Table(Generic[R]):
    """A list with its rows.

    Attributes:
        name: what the trail calls it.
        title: what people call it, also the name of the file.
        columns: in their order.
        rows: of the page, or all of them where a file or a print is asked for.
        box: the box that ticks a row.
        narrowed: the words of the filter.
        people: a row → keys of the people it tells of, so that it can be said who took out whose.
    """

    name: str
    title: StrOrPromise
    columns: Sequence[Column[R]]
    rows: Sequence[R]
    box: Callable[[R], SafeString] | None = None
    narrowed: Sequence[tuple[StrOrPromise, str]] = field(default=())
    people: Callable[[R], Iterable[int]] | None = None

    @property
    def tells_of_people(self) -> bool:
        """Tell whether it is to be said what the list is taken out for."""
        return self.people is not None

    @property
    def has_boxes(self) -> bool:
        """Tell whether rows can be ticked."""
        return self.box is not None

    @property
    def heads(self) -> list[Column[R]]:
        """Return the columns of the page."""
        return [column for column in self.columns if column.on_page]

    @property
    def kept(self) -> list[Column[R]]:
        """Return the columns of the file and of the print."""
        return [column for column in self.columns if column.in_file]

    @property
    def lines(self) -> list[dict[str, object]]:
        """Return the rows as `{% rows %}` draws them."""
        heads = self.heads
        lines: list[dict[str, object]] = []
        for row in self.rows:
            line: dict[str, object] = {column.name: column.shown(row) for column in heads}
            if self.box is not None:
                line["pick"] = self.box(row)
            lines.append(line)
        return lines

    @property
    def words(self) -> list[list[str]]:
        """Return the rows as the print has them."""
        return [[_said(column.value(row)) for column in self.kept] for row in self.rows]


def _said(value: Value) -> str:
    if isinstance(value, dt.date):
        return f"{value:%d.%m.%Y}"
    return "" if value is None else str(value)


def is_whole(request: Request) -> bool:
    """Tell whether all rows are asked for, as a file or as a print."""
    return request.GET.get(AS) in {FILE, PRINT}


def rows_for(request: Request, page: "Page[Any]", rows: Iterable[R]) -> Sequence[R]:
    """Return the rows to make a table of: those of the page, or all of them."""
    return list(rows) if is_whole(request) else list(page.object_list)


def narrowed_by(filters: forms.Form) -> list[tuple[StrOrPromise, str]]:
    """Return what a valid filter was set to: the label of each field in use and its words."""
    said: list[tuple[StrOrPromise, str]] = []
    for name, given in filters.fields.items():
        value = filters.cleaned_data.get(name, "")
        if value in ("", None):
            continue
        words = dict(given.choices).get(value, value) if isinstance(given, forms.ChoiceField) else value  # type: ignore[arg-type]  # fmt: skip
        said.append((given.label or name, str(words)))
    return said


def given(request: Request, table: Table[Any]) -> HttpResponse | None:
    """Return a list as a file or as a page to print, as asked for; None where the page itself is asked for."""
    asked = request.GET.get(AS)
    if asked not in {FILE, PRINT}:
        return None
    note_export(table, asked, request.user.workplace, by=request.user)
    if table.people is not None:
        whose = {key for row in table.rows for key in table.people(row)}
        looks.note_taken_out(request, table.name, whose, as_file=asked == FILE)
    if asked == PRINT:
        context = {"table": table, "today": today(), "back": _back(request)}
        return render(request, "print.html", context)
    name = get_valid_filename(f"{table.title} {today():%Y-%m-%d}")
    return download(as_xlsx(table), f"{name}.xlsx", XLSX)


def _back(request: Request) -> str:
    query = request.GET.copy()
    query.pop(AS)
    return f"{request.path}?{query.urlencode()}" if query else request.path


@transaction.atomic
def note_export(table: Table[Any], kind: str, place: models.Model, *, by: models.Model) -> None:
    """Write into the trail of an organisation that somebody took a list out: which, as what, how many rows."""
    audit.record(
        "list-exported",
        place,
        by=by,
        fields=[column.name for column in table.kept],
        what=f"{table.name} {kind}",
        n_rows=len(table.rows),
    )


# ---------------------------------------------------------------- .xlsx


def as_xlsx(table: Table[Any]) -> bytes:
    """Return a list as an .xlsx: the head stays in sight and on every sheet of paper, A4 across."""
    book = Workbook()
    sheet = book.active or book.create_sheet()
    sheet.title = _NOT_IN_TITLE.sub(" ", plain(str(table.title)))[:TITLE_AT_MOST]
    columns = table.kept
    for place, column in enumerate(columns, 1):
        values = [column.value(row) for row in table.rows]
        head = sheet.cell(1, place)
        write_safely(head, str(column.label))
        head.font, head.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
        for line, value in enumerate(values, 2):
            cell = sheet.cell(line, place)
            write_safely(cell, value)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        longest = max((len(_said(value)) for value in (str(column.label), *values)), default=0)
        width = min(max(longest + 2, NARROWEST), WIDEST)
        sheet.column_dimensions[get_column_letter(place)].width = width
    _set_up_paper(sheet, table)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _set_up_paper(sheet: Worksheet, table: Table[Any]) -> None:
    last = get_column_letter(max(len(table.kept), 1))
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = f"A1:{last}{len(table.rows) + 1}"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.paperSize = int(sheet.PAPERSIZE_A4)
    sheet.page_setup.orientation = sheet.ORIENTATION_LANDSCAPE
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    filters = "; ".join(f"{label}: {words}" for label, words in table.narrowed)
    above, below = sheet.oddHeader, sheet.oddFooter
    if above is not None and below is not None:
        # an ampersand begins a code there
        above.left.text = plain(f"{table.title}. {filters}").replace("&", "&&")
        below.left.text = f"{today():%d.%m.%Y}"
        below.right.text = "&P / &N"


def write_safely(cell: Cell | MergedCell, value: Value) -> None:
    """Write a value so that a spreadsheet never runs it: what looks like a formula is text for good."""
    if not isinstance(value, str):
        cell.value = value
        if isinstance(value, dt.date):
            cell.number_format = DAY
        return
    cell.value = plain(value)
    cell.data_type = "s"
    if cell.value.startswith(_RUNS):
        cell.number_format = "@"
        cell.quotePrefix = True
