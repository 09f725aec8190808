"""The bases as their pages show them."""

from collections.abc import Collection, Mapping, Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_stubs_ext import StrOrPromise

from nastavnik.core.ui.components import (
    BREAK,
    NOTHING,
    address_of,
    link,
    load,
    nodata,
    pick,
    small,
    state,
)
from nastavnik.core.ui.listing import Column, Table
from nastavnik.core.ui.ticks import Ticks
from nastavnik.programmes.choices import GOES_ON, AfterEnd, ParticipationStatus, Side
from nastavnik.programmes.models import GroupMeeting, Participation
from nastavnik.programmes.queries import BaseRow

_STATES = {
    ParticipationStatus.READY: "done",
    ParticipationStatus.PAIRED: "go",
    ParticipationStatus.CANDIDATE: "wait",
}


def base_table(
    rows: Sequence[BaseRow],
    side: Side,
    ticks: Ticks | None,
    narrowed: Sequence[tuple[StrOrPromise, str]] = (),
    writable: Collection[int] = (),
) -> Table[BaseRow]:
    """Return a base as a list; who may edit, and so has ticks, gets boxes.

    `writable` are the records that lead to a page where something is written.
    """
    is_mentors = side == Side.MENTOR
    states = {status.value: str(status.label) for status in ParticipationStatus}
    drawn = {
        status.value: state(_STATES.get(status, "next"), str(status.label))
        for status in ParticipationStatus
    }
    wanted = _("Can help with") if is_mentors else _("Request")
    loaded, complete = _("%(n)s of %(total)s"), _("Everything is there: may go to matching.")

    def name(row: BaseRow) -> SafeString:
        url = address_of("programmes:record", row.record.pk) if row.record.pk in writable else ""
        person = row.record.person
        return format_html("{}{}", link(url, person.full_name), small(row.group or person.position))

    columns: list[Column[BaseRow]] = [
        Column("name", _("Full name"), lambda row: row.record.person.full_name, name, sort="name"),
        Column("group", _("Class"), lambda row: row.group, on_page=False),
        Column("position", _("Position"), lambda row: row.record.person.position, on_page=False),
        Column("wanted", wanted, lambda row: row.record.request, _areas, in_file=not is_mentors),
        Column("areas", wanted if is_mentors else _("Areas of the request"), lambda row: ", ".join(row.areas), on_page=False),
        Column("forms", _("Forms"), lambda row: "; ".join(row.forms), lambda row: format_html("<small>{}</small>", "; ".join(row.forms))),
        Column("state", _("State"), lambda row: states[row.record.status], lambda row: format_html("{}{}", drawn[row.record.status], _reasons(row, complete) + _warnings(row)), sort="state"),
        Column("interview", _("Interview"), _interview, on_page=False, in_file=is_mentors),
        Column("trained", _("Trained on"), lambda row: row.record.trained_on, on_page=False, in_file=is_mentors),
        Column("reasons", _("Still missing"), lambda row: " ".join((*(row.verdict.reasons if has_box(row) else ()), *row.warnings)), on_page=False),
    ]  # fmt: skip
    if is_mentors:
        columns[6:6] = [
            Column("load", _("Mentees"), lambda row: row.record.active_count, lambda row: format_html("{} {}", load(row.record.active_count, row.record.capacity), loaded % {"n": row.record.active_count, "total": row.record.capacity}), sort="load", is_number=True),
            Column("capacity", _("Places"), lambda row: row.record.capacity, on_page=False),
        ]  # fmt: skip
    return Table(
        f"base-of-{side.value}s",
        _("Base of mentors") if is_mentors else _("Base of mentees"),
        columns,
        rows,
        box=(lambda row: _box(row, ticks)) if ticks else None,
        narrowed=narrowed,
        people=lambda row: [row.record.person_id],
    )


def closing_table(
    records: Sequence[Participation],
    side: Side,
    groups: Mapping[int, str],
    ticks: Ticks,
    narrowed: Sequence[tuple[StrOrPromise, str]] = (),
) -> Table[Participation]:
    """Return who is in no pair at the close of a year, and what is said of the next one."""
    states = {status.value: str(status.label) for status in ParticipationStatus}
    said = {goes_on: str(AfterEnd(answer).label) for answer, goes_on in GOES_ON.items()}

    def word(record: Participation) -> str:
        return said[record.goes_on] if record.status == ParticipationStatus.FINISHED else ""

    def name(record: Participation) -> SafeString:
        person = record.person
        return format_html(
            "{}{}",
            link(address_of("programmes:record", record.pk), person.full_name),
            small(groups.get(person.pk, "") or person.position),
        )

    return Table(
        f"closing-of-{side.value}s",
        _("Closing the year: mentors") if side == Side.MENTOR else _("Closing the year: mentees"),
        (
            Column("name", _("Full name"), lambda row: row.person.full_name, name),
            Column("group", _("Class"), lambda row: groups.get(row.person_id, ""), on_page=False),
            Column("state", _("State"), lambda row: states[row.status], lambda row: state(_STATES.get(ParticipationStatus(row.status), "next"), states[row.status])),
            Column("ended", _("Ended on"), lambda row: row.ends_on, lambda row: f"{row.ends_on:%d.%m.%Y}" if row.ends_on else "—"),
            Column("said", _("Next year"), word),
        ),
        records,
        box=lambda row: pick("records", row.pk, row.person.full_name, is_checked=row.pk in ticks.keys),
        narrowed=narrowed,
    )  # fmt: skip


def meetings_table(rows: Sequence[GroupMeeting]) -> Table[GroupMeeting]:
    """Return group meetings as a list; the rows come from `queries.group_meetings`, which counts."""
    of = _("%(n)s of %(total)s")

    def day_of(row: GroupMeeting) -> SafeString:
        return format_html(
            "{}{}",
            link(address_of("programmes:meeting", row.pk), f"{row.held_on:%d.%m.%Y}"),
            small(row.place),
        )

    def state_of(row: GroupMeeting) -> tuple[str, str]:
        if row.closed_at:
            return "done", _("used by a matching")
        return ("go", _("choices are open")) if _n(row, "noted") else ("next", _("planned"))

    return Table(
        "group-meetings",
        _("Group meetings"),
        (
            Column("day", _("Day"), lambda row: row.held_on, day_of),
            Column("place", _("Place"), lambda row: row.place, on_page=False),
            Column("invited", _("Invited"), lambda row: _n(row, "invited"), is_number=True),
            Column(
                "came",
                _("Came"),
                lambda row: _n(row, "came") if _n(row, "noted") else None,
                is_number=True,
            ),
            Column(
                "chose",
                _("Chose"),
                lambda row: (
                    of % {"n": _n(row, "chose"), "total": _n(row, "came")}
                    if _n(row, "came")
                    else None
                ),
                is_number=True,
            ),
            Column(
                "state", _("State"), lambda row: state_of(row)[1], lambda row: state(*state_of(row))
            ),
        ),
        rows,
    )


def _n(row: GroupMeeting, what: str) -> int:
    """Return one of the numbers the query has counted of a meeting."""
    return int(getattr(row, f"n_{what}"))


def _interview(row: BaseRow) -> str:
    record = row.record
    if record.interviewed_on is None:
        return ""
    said = (
        f"{record.interviewed_on:%d.%m.%Y}",
        record.get_interview_outcome_display(),
        record.interviewer,
    )
    return ", ".join(part for part in said if part)


def _box(row: BaseRow, ticks: Ticks) -> SafeString:
    if not has_box(row):
        return NOTHING
    key, name = row.record.pk, row.record.person.full_name
    return pick("records", key, name, is_checked=key in ticks.keys)


def has_box(row: BaseRow) -> bool:
    """Tell whether a row can be ticked: only who is being prepared goes on from here."""
    return row.record.status == ParticipationStatus.CANDIDATE


def _areas(row: BaseRow) -> SafeString:
    asked, areas = row.record.request, ", ".join(row.areas)
    if not asked and not areas:
        return format_html('<small class="muted"></small>{}', nodata())
    between = BREAK if asked and areas else NOTHING
    return format_html('{}{}<small class="muted">{}</small>', asked, between, areas)


def _reasons(row: BaseRow, complete: str) -> SafeString:
    """Return one line of what is missing, the weightiest; the others unfold."""
    if not has_box(row):
        return NOTHING
    first, *others = row.verdict.reasons or (complete,)
    if not others:
        return format_html('<br><small class="muted">{}</small>', first)
    more = ngettext("and %(n)s more", "and %(n)s more", len(others)) % {"n": len(others)}
    return format_html(
        '<details class="small muted"><summary>{} {}</summary>{}</details>',
        first,
        more,
        format_html_join("", "<p>{}</p>", ((one,) for one in others)),
    )


def _warnings(row: BaseRow) -> SafeString:
    """Return in one line what stops nothing and should be known."""
    if not row.warnings:
        return NOTHING
    return format_html('<br><small class="muted">{}</small>', " ".join(row.warnings))
