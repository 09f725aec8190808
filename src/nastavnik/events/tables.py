"""Events and their guests as lists: on the page, as .xlsx, to print."""

from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from nastavnik.core.ui.components import address_of, day, link, small, state
from nastavnik.core.ui.listing import Column, Table
from nastavnik.events.models import ProgrammeEvent
from nastavnik.events.queries import CANCELLED, HELD, PLANNED, UNNOTED, EventRow, GuestList, Invited


def events_table(rows: Sequence[EventRow]) -> Table[EventRow]:
    """Return the events as a list."""

    def title(row: EventRow) -> SafeString:
        page = "programmes:meeting" if row.is_group_meeting else "events:event"
        said = row.title or row.kind
        return format_html(
            "{}{}",
            link(address_of(page, row.pk), said),
            small("" if said == row.kind else row.kind),
        )

    return Table(
        "programme-events",
        _("Events"),
        (
            Column("title", _("Event"), lambda row: row.title or row.kind, title),
            Column("kind", _("Kind of event"), lambda row: row.kind, on_page=False),
            Column("day", _("Day"), lambda row: row.held_on, lambda row: day(row.held_on)),
            Column("place", _("Place"), lambda row: row.place),
            Column("invited", _("Invited"), lambda row: row.n_invited, is_number=True),
            Column("came", _("Came"), lambda row: row.n_came, is_number=True),
            Column("state", _("State"), lambda row: state_words(row)[1], lambda row: state(*state_words(row))),
        ),
        rows,
    )  # fmt: skip


def state_words(row: EventRow) -> tuple[str, str]:
    """Return the state of an event and its words."""
    return {
        PLANNED: ("next", _("ahead: it has a day")),
        HELD: ("done", _("it took place")),
        UNNOTED: ("wait", _("who came is not noted")),
        CANCELLED: ("stop", _("it is cancelled")),
    }[row.state]


def guests_table(event: ProgrammeEvent, guests: GuestList) -> Table[Invited]:
    """Return the attendance list: what is noted, and blank places to sign where nothing is."""
    was, was_not = _("was there"), _("was not there")

    def came(row: Invited) -> str:
        noted = row.guest.came
        return "" if noted is None else was if noted else was_not

    return Table(
        "event-guests",
        _("Attendance: %(title)s") % {"title": f"{event.title}, {event.held_on:%d.%m.%Y}"},
        (
            Column("name", _("Full name"), lambda row: row.guest.person.full_name),
            Column("note", _("Class, position"), lambda row: row.note),
            Column(
                "who",
                _("Who is invited"),
                lambda row: _("the family") if row.guest.is_family else _("in person"),
            ),
            Column("answer", _("Answer"), answer_words),
            Column("came", _("Attendance, signature"), came),
        ),
        guests.rows,
        people=lambda row: [row.guest.person_id],
    )


def answer_words(row: Invited) -> str:
    """Return what somebody answered; empty without an answer."""
    said = row.guest.will_come
    return "" if said is None else _("will come") if said else _("will not come")
