"""Tables on pages and tables out."""

import io
from collections.abc import Callable, Container, Iterable, Mapping, Sequence

from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_stubs_ext import StrOrPromise
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from nastavnik.core.access import Role, Verdict
from nastavnik.core.signins import Summary
from nastavnik.core.ui.components import BREAK, NOTHING, address_of, day, link, pick
from nastavnik.core.ui.listing import Column, Table, write_safely
from nastavnik.people import adapter
from nastavnik.people.choices import ROLE_CHOICES, PersonKind
from nastavnik.people.models import Membership, Person, RosterImport, StudyGroup, User
from nastavnik.people.queries import Entrant, group_names

WIDEST = 60  # characters


def roster_table(
    people: Sequence[Person],
    groups: Mapping[int, str],
    narrowed: Sequence[tuple[StrOrPromise, str]],
) -> Table[Person]:
    """Return the roster as a list; `groups` is person → class."""
    kinds = {kind.value: str(kind.label) for kind in PersonKind}
    return Table(
        "people",
        _("People"),
        (
            Column(
                "name",
                _("Full name"),
                lambda person: person.full_name,
                lambda person: link(address_of("people:card", person.pk), person.full_name),
            ),
            Column("group", _("Class"), lambda person: groups.get(person.pk, "")),
            Column(
                "who", _("Who"), lambda person: person.position or kinds[person.kind], in_file=False
            ),
            Column("kind", _("Who"), lambda person: kinds[person.kind], on_page=False),
            Column("position", _("Position"), lambda person: person.position, on_page=False),
            Column("birth", _("Birth date"), lambda person: person.birth_date),
        ),
        people,
        narrowed=narrowed,
        people=lambda person: [person.pk],
    )


#: Kind of a person → how many of them, in words.
_COUNTED: dict[PersonKind, Callable[[int], str]] = {
    PersonKind.PUPIL: lambda n: ngettext("%(n)s pupil", "%(n)s pupils", n),
    PersonKind.STUDENT: lambda n: ngettext("%(n)s student", "%(n)s students", n),
    PersonKind.TEACHER: lambda n: ngettext("%(n)s member of staff", "%(n)s members of staff", n),
    PersonKind.EMPLOYER: lambda n: ngettext(
        "%(n)s partner's employee", "%(n)s partners' employees", n
    ),
    PersonKind.ALUMNUS: lambda n: ngettext("%(n)s alumnus", "%(n)s alumni", n),
    PersonKind.PARENT: lambda n: ngettext("%(n)s parent", "%(n)s parents", n),
    PersonKind.VETERAN: lambda n: ngettext("%(n)s veteran", "%(n)s veterans", n),
    PersonKind.VOLUNTEER: lambda n: ngettext("%(n)s volunteer", "%(n)s volunteers", n),
    PersonKind.INSTITUTE: lambda n: ngettext(
        "%(n)s person of the institute of teachers' training",
        "%(n)s people of the institute of teachers' training",
        n,
    ),
}


def kinds_counted(counts: Mapping[str, int]) -> str:
    """Return how many people of which kind there are, in the order of the kinds: «540 учеников, 60 сотрудников»."""
    return ", ".join(
        words(counts[kind]) % {"n": counts[kind]}
        for kind, words in _COUNTED.items()
        if counts.get(kind)
    )


def groups_table(groups: Sequence[StudyGroup], *, may_edit: bool) -> Table[StudyGroup]:
    """Return the classes with their teachers as a list; who may edit gets a link to say who leads one."""
    change = _("Change")
    columns: list[Column[StudyGroup]] = [
        Column("name", _("Class"), lambda group: group.name),
        Column(
            "teacher",
            _("Class teacher"),
            lambda group: group.class_teacher.full_name if group.class_teacher else None,
        ),
    ]
    if may_edit:
        columns.append(
            Column(
                "change",
                _("Action"),
                lambda _group: "",
                lambda group: format_html(
                    '<a href="{}">{}<span class="visually-hidden"> {}</span></a>',
                    address_of("people:group", group.pk),
                    change,
                    group.name,
                ),
                in_file=False,
                is_number=True,
                is_quiet=True,
            )
        )
    return Table("classes", _("Classes"), columns, groups)


def accounts_table(
    rows: Sequence[Membership],
    may_renew: Mapping[int, Verdict],
    user: User,
    *,
    with_step: Container[int] = (),
    sign_ins: Mapping[int, Summary] | None = None,
) -> Table[Membership]:
    """Return the roles of today (users fetched) as a list; a role is ended by who could give it, the own one by others.

    Args:
        rows: the roles.
        may_renew: account → whether this user gives it a new password.
        user: who looks.
        with_step: the accounts whose second step this user may end.
        sign_ins: account → its last sign-in and wrong tries; who is not there has never signed in.
    """
    told, never = sign_ins or {}, Summary()
    gives = user.viewer.gives
    roles = {value: str(words) for value, words in ROLE_CHOICES}
    end, slip, step = _("End the role"), _("New password"), _("End the second step")
    slips = reverse("people:slips")

    def acts(row: Membership) -> SafeString:
        name = row.user.full_name
        # on a line of its own: three beside each other are wider than the page
        has_step = row.user_id in with_step
        return format_html(
            "{}{}{} {}",
            _button(address_of("people:second-step-off", row.pk), step, name)
            if has_step
            else NOTHING,
            BREAK if has_step else NOTHING,
            _button(f"{slips}?account={row.user_id}", slip, name)
            if may_renew[row.user_id]
            else NOTHING,
            _button(address_of("people:end-role", row.pk), end, name)
            if row.user_id != user.pk and gives(Role(row.role), row.organisation_id)
            else NOTHING,
        )

    return Table(
        "accounts",
        _("Who signs in"),
        (
            Column("name", _("Full name"), lambda row: row.user.full_name),
            Column("role", _("Role"), lambda row: roles[row.role]),
            Column("login", _("Login"), lambda row: row.user.login),
            Column("since", _("since"), lambda row: row.starts_on, on_page=False),
            Column(
                "last", _("Last sign-in"), lambda row: told.get(row.user_id, never).last_on,
                lambda row: _last_sign_in(told.get(row.user_id, never)),
            ),
            Column(
                "wrong", _("Wrong tries in 30 days"), lambda row: told.get(row.user_id, never).n_wrong,
                on_page=False,
            ),
            Column(
                "acts", _("Action"), lambda _row: "", acts,
                in_file=False, is_number=True, is_quiet=True,
            ),
        ),
        rows,
    )  # fmt: skip


def _last_sign_in(told: Summary) -> SafeString:
    """Return when somebody signed in last, and below it the wrong tries where there were any: side by side they are too wide."""
    on = conditional_escape(_("never")) if told.last_on is None else day(told.last_on)
    if not told.n_wrong:
        return on
    wrong = _("wrong tries in 30 days: %(n)d") % {"n": told.n_wrong}
    return format_html("{}{}<small>{}</small>", on, BREAK, wrong)


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
            "group": (groups.get(row.person.pk, "") if row.person else "") or "—",
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
