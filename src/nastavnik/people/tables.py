"""Tables on pages and tables out."""

import datetime as dt
import io
import re
from collections.abc import Iterable, Mapping

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from nastavnik.core.access import Verdict
from nastavnik.core.components import address_of, day, link, pick
from nastavnik.people import adapter
from nastavnik.people.choices import ROLE_CHOICES, PersonKind
from nastavnik.people.models import Membership, Person, RosterImport
from nastavnik.people.queries import Entrant, group_names

# what the format cannot hold
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
WIDEST = 60  # characters
_RUNS = ("=", "+", "-", "@", "\t", "\r")


def roster_lines(people: Iterable[Person], groups: Mapping[int, str]) -> list[dict[str, object]]:
    """Return people as the roster shows them; `groups` is person → class."""
    kinds = {kind.value: str(kind.label) for kind in PersonKind}
    return [
        {
            "name": link(address_of("people:card", person.pk), person.full_name),
            "group": groups.get(person.pk) or "—",
            "who": person.position or kinds[person.kind],
            "birth": day(person.birth_date),
        }
        for person in people
    ]


def account_lines(
    rows: Iterable[Membership], may_renew: Mapping[int, Verdict], *, own: int
) -> list[dict[str, object]]:
    """Return the roles of today (users fetched); the own role is ended by somebody else."""
    roles = {value: str(words) for value, words in ROLE_CHOICES}
    end, slip = _("End the role"), _("New password")
    slips = reverse("people:slips")
    return [
        {
            "name": row.user.full_name,
            "role": roles[row.role],
            "login": row.user.login,
            "since": f"{row.starts_on:%d.%m.%Y}",
            "slip": _button(f"{slips}?account={row.user_id}", slip, row.user.full_name)
            if may_renew[row.user_id]
            else "",
            "end": ""
            if row.user_id == own
            else _button(address_of("people:end-role", row.pk), end, row.user.full_name),
        }
        for row in rows
    ]


def _button(url: str, words: str, whom: str) -> SafeString:
    return format_html(
        '<a class="btn btn-sm" href="{}">{}<span class="visually-hidden"> {}</span></a>',
        url,
        words,
        whom,
    )


def slip_lines(rows: Iterable[Entrant], *, is_picked: bool) -> list[dict[str, object]]:
    """Return who can be given a slip; without a box where this user may not."""
    rows = list(rows)
    groups = group_names([row.person for row in rows if row.person])
    return [
        {
            "box": "" if row.why_not else pick("who", row.key, row.name, is_checked=is_picked),
            "name": row.name,
            "group": groups.get(row.person.pk, "") if row.person else "",
            "login": row.user.login if row.user else _("no account yet"),
            "why_not": row.why_not,
        }
        for row in rows
    ]


def list_to_correct(draft: RosterImport, errors: Iterable[adapter.RowError]) -> bytes:
    """Return an .xlsx of the rows that wait: the cells where they stood, the reason in a last column.

    The top of the sheet stands above them, so the corrected file loads as the first one did.
    """
    reasons: dict[int, list[str]] = {}
    for error in errors:
        reasons.setdefault(error.row, []).append(error.reason)
    rows = adapter.restored(draft.rows)
    found = adapter.Understanding.of(draft)
    width = max((len(row) for row in rows), default=0)
    book = Workbook()
    sheet = book.active or book.create_sheet()
    sheet.title = _("To correct")
    for line, number in enumerate(adapter.rows_to_correct(rows, found, reasons), 1):
        for column, value in enumerate(rows[number - 1], 1):
            write_safely(sheet.cell(line, column), value)
        if found.layout.header_row is not None and number == found.layout.header_row + 1:
            sheet.cell(line, width + 1, _("What to correct")).font = Font(bold=True)
        elif number in reasons:
            write_safely(sheet.cell(line, width + 1), " ".join(reasons[number]))
    for column in range(1, width + 2):
        texts = (str(sheet.cell(line, column).value or "") for line in range(1, sheet.max_row + 1))
        letter = get_column_letter(column)
        sheet.column_dimensions[letter].width = min(max(map(len, texts)) + 2, WIDEST)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def write_safely(cell: Cell | MergedCell, value: str | float | dt.date | None) -> None:
    """Write a value so that a spreadsheet never runs it: what looks like a formula is text for good."""
    if not isinstance(value, str):
        cell.value = value
        if isinstance(value, dt.date):
            cell.number_format = "DD.MM.YYYY"
        return
    cell.value = _CONTROL.sub("", value)
    cell.data_type = "s"
    if cell.value.startswith(_RUNS):
        cell.number_format = "@"
        cell.quotePrefix = True
