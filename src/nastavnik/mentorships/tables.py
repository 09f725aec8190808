"""Pairs as their lists show them."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from nastavnik.core.hooks.pair_notes import PairNote
from nastavnik.core.ui.components import (
    BREAK,
    CHECKED,
    NOTHING,
    address_of,
    chip,
    duo,
    few,
    link,
    state,
)
from nastavnik.core.ui.listing import Column, Table
from nastavnik.mentorships.catalogues import BaseColumn
from nastavnik.mentorships.choices import MeetingKind, MeetingStatus, MentorshipStatus, SpokenWith
from nastavnik.mentorships.models import Contact
from nastavnik.mentorships.queries import BaseEntry, MonthMeeting, MonthRow, PairRow, Risk, WeekRow
from nastavnik.people.models import Person

_PAIR_STATES = {
    MentorshipStatus.APPROVED: "wait",
    MentorshipStatus.ACTIVE: "go",
    MentorshipStatus.SUSPENDED: "stop",
    MentorshipStatus.COMPLETED: "done",
}
_MEETING_STATES = {
    MeetingStatus.HELD: "done",
    MeetingStatus.MISSED: "risk",
    MeetingStatus.POSTPONED: "wait",
}


Row = tuple[PairRow, Risk]


def pair_table(
    rows: Sequence[Row],
    groups: Mapping[int, str],
    day: dt.date,
    narrowed: Sequence[tuple[StrOrPromise, str]] = (),
    *,
    notes: Mapping[int, Sequence[PairNote]] | None = None,
    chains: Mapping[int, Sequence[str]] | None = None,
) -> Table[Row]:
    """Return pairs as a list on a day, with what is risky about them.

    `groups` is person → class, `notes` pair → what apps above say beside it.
    """
    beside = notes or {}
    states = {
        status.value: state(_PAIR_STATES.get(status, "next"), str(status.label))
        for status in MentorshipStatus
    }
    words = {status.value: str(status.label) for status in MentorshipStatus}
    group = _("group")

    def note(person: Person) -> str:
        return groups.get(person.pk) or person.position

    def shown(person: Person, side: str, url: str = "") -> SafeString:
        return chip(person, side=side, url=url, note=note(person))

    def form_of(pair: PairRow) -> str:
        return f"{pair.form}, {group}" if pair.is_group else pair.form

    return Table(
        "pairs",
        _("Pairs"),
        (
            Column(
                "mentor",
                _("Mentor"),
                lambda row: row[0].mentor.full_name,
                lambda row: shown(row[0].mentor, "a", address_of("mentorships:card", row[0].pk)),
                sort="mentor",
            ),
            Column(
                "mentor_is",
                _("Mentor's class or post"),
                lambda row: note(row[0].mentor),
                on_page=False,
            ),
            Column(
                "mentees",
                _("Mentee"),
                lambda row: ", ".join(one.full_name for one in row[0].mentees),
                lambda row: _mentees([shown(one, "b") for one in row[0].mentees]),
            ),
            Column(
                "mentee_is",
                _("Mentee's class or post"),
                lambda row: ", ".join(filter(None, map(note, row[0].mentees))),
                on_page=False,
            ),
            Column(
                "form",
                _("Form"),
                lambda row: form_of(row[0]),
                lambda row: format_html("<small>{}</small>", form_of(row[0])),
                sort="form",
            ),
            Column("since", _("Since"), lambda row: row[0].starts_on, on_page=False),
            Column("until", _("Until"), lambda row: row[0].ends_on, on_page=False),
            Column(
                "period",
                _("Period"),
                lambda _row: "",
                lambda row: _period(row[0]),
                sort="until",
                in_file=False,
            ),
            Column("last", _("Last meeting"), lambda row: row[0].last_on, on_page=False),
            Column("next", _("Next meeting"), lambda row: row[0].next_on, on_page=False),
            Column(
                "meetings",
                _("Meetings"),
                lambda _row: "",
                lambda row: _meetings(
                    row[0], day, beside.get(row[0].pk, ()), (chains or {}).get(row[0].pk, ())
                ),
                in_file=False,
            ),
            Column(
                "plan",
                _("Plan"),
                lambda row: "; ".join(one.words for one in beside.get(row[0].pk, ())),
                on_page=False,
            ),
            Column(
                "state",
                _("State"),
                lambda row: row[1].words or words[row[0].status],
                lambda row: (
                    state(row[1].state, row[1].words) if row[1].words else states[row[0].status]
                ),
                sort="state",
            ),
        ),
        rows,
        narrowed=narrowed,
        people=lambda row: [row[0].mentor.pk, *(one.pk for one in row[0].mentees)],
    )


def week_table(rows: Sequence[WeekRow], n_more: int) -> Table[WeekRow]:
    """Return the list of the week as a sheet to take along, with room to write on; `n_more` are not on it."""
    more = [(_("Not on this sheet"), str(n_more))] if n_more else []
    return Table(
        "week",
        _("The week of the pairs"),
        (
            Column("mentor", _("Mentor"), lambda row: row.pair.mentor.short_name),
            Column(
                "mentees",
                _("Mentee"),
                lambda row: ", ".join(few([one.short_name for one in row.pair.mentees])),
            ),
            Column(
                "why",
                _("Why"),
                lambda row: "; ".join(one.words for one in row.risk.concerns),
            ),
            Column("step", _("What to do"), lambda row: row.concern.rule.step),
            Column("said", _("The last conversation"), lambda row: contact_words(row.contact)),
            Column("done", _("Done"), lambda _row: ""),
        ),
        rows,
        narrowed=more,
        people=lambda row: [row.pair.mentor.pk, *(one.pk for one in row.pair.mentees)],
    )


def contact_words(contact: Contact | None) -> str:
    """Return a conversation in a line: the day, with whom and what was agreed."""
    if contact is None:
        return ""
    who = SpokenWith(contact.spoken_with).label
    return f"{contact.spoken_on:%d.%m}, {who}: {contact.words}"


def _period(pair: PairRow) -> SafeString:
    days = f"{pair.starts_on:%d.%m.%y}\u00a0– {pair.ends_on:%d.%m.%y}"
    return format_html("<small>{}</small>", days)


def _meetings(
    pair: PairRow, day: dt.date, notes: Sequence[PairNote], shapes: Sequence[str]
) -> SafeString:
    """Return the chain, the last meeting held, the next one planned and, of a pair, what is said beside it."""
    last = _("was %(day)s") % {"day": f"{pair.last_on:%d.%m}"} if pair.last_on else _("none yet")
    lines = [last]
    if pair.next_on and pair.next_on >= day:
        lines.append(_("next %(day)s") % {"day": f"{pair.next_on:%d.%m}"})
    elif pair.next_on:
        lines.append(_("not noted %(day)s") % {"day": f"{pair.next_on:%d.%m}"})
    if len(notes) == 1 and notes[0].short:
        lines.append(link(notes[0].url, notes[0].short))
    return format_html(
        "{}<small>{}</small>",
        _chain(shapes),
        format_html_join(BREAK, "{}", ((one,) for one in lines)),
    )


_SHAPES = {
    "held": '<circle class="held" cx="{x}" cy="{y}" r="3.5"/>',
    "missed": '<path class="no" d="M{x} {y}m-3-3l6 6m0-6l-6 6"/>',
    "wait": '<circle class="wait" cx="{x}" cy="{y}" r="3"/>',
    "moved": '<circle class="moved" cx="{x}" cy="{y}" r="3"/>',
    "ahead": '<circle cx="{x}" cy="{y}" r="2"/>',
}
_IN_A_ROW, _STEP = 12, 10  # circles, units of the picture


def _chain(shapes: Sequence[str]) -> SafeString:
    """Return the chain of a pair as a small picture that says in words what it shows; nothing without meetings."""
    if not shapes:
        return NOTHING
    drawn = format_html_join(
        "",
        "{}",
        (
            (
                format_html(
                    _SHAPES[shape],
                    x=place % _IN_A_ROW * _STEP + _STEP // 2,
                    y=place // _IN_A_ROW * _STEP + _STEP // 2,
                ),
            )
            for place, shape in enumerate(shapes)
        ),
    )
    width = min(len(shapes), _IN_A_ROW) * _STEP
    height = (len(shapes) + _IN_A_ROW - 1) // _IN_A_ROW * _STEP
    return format_html(
        '<svg class="row-chain" viewBox="0 0 {} {}" width="{}" height="{}" role="img" aria-label="{}">{}</svg>',
        width, height, width, height, _chain_words(shapes), drawn,
    )  # fmt: skip


def _chain_words(shapes: Sequence[str]) -> str:
    n = Counter(shapes)
    words = (
        (_("held: %(n)s"), n["held"]),
        (_("did not take place: %(n)s"), n["missed"]),
        (_("not noted: %(n)s"), n["wait"]),
        (_("ahead: %(n)s"), n["ahead"] + n["moved"]),
    )
    return ", ".join(text % {"n": number} for text, number in words if number)


def _mentees(chips: list[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((one,) for one in few(chips)))


def month_lines(rows: Iterable[MonthRow]) -> list[dict[str, object]]:
    """Return pairs with the cells of their month: what became of a meeting, or the question about it."""
    kinds = {kind.value: str(kind.label).lower() for kind in MeetingKind}
    asked = [
        ("", _("not noted")),
        (MeetingStatus.HELD.value, _("yes")),
        (MeetingStatus.POSTPONED.value, _("postponed")),
        (MeetingStatus.MISSED.value, _("no")),
    ]
    return [
        {
            "pair": _names(row.pair),
            "cells": format_html_join(
                "",
                "<td>{}</td>",
                (
                    (
                        _question(cell, row.pair, kinds, asked)
                        if cell.is_open
                        else _told(cell, kinds),
                    )
                    if cell
                    else (NOTHING,)
                    for cell in row.cells
                ),
            ),
        }
        for row in rows
    ]


def _names(pair: PairRow) -> SafeString:
    return format_html(
        '<span class="chip">{}<span>{}<small>{}</small></span></span>',
        duo(pair.mentor, pair.mentees),
        link(address_of("mentorships:card", pair.pk), pair.mentor.short_name),
        ", ".join(few([mentee.short_name for mentee in pair.mentees])),
    )


def _question(
    cell: MonthMeeting, pair: PairRow, kinds: Mapping[str, str], asked: list[tuple[str, str]]
) -> SafeString:
    name = cell.name
    boxes = format_html_join(
        "",
        '<label><input class="form-check-input" type="radio" name="{}" value="{}"{}><span>{}</span></label>',
        (
            (name, value, CHECKED if cell.chosen == value else NOTHING, words)
            for value, words in asked
        ),
    )
    return format_html(
        '<fieldset class="ask"><legend>{} <small class="muted">{}</small><span class="visually-hidden">, {}</span></legend>\n    {}</fieldset>',
        f"{cell.meeting.planned_on:%d.%m}",
        kinds[cell.meeting.kind],
        pair.mentor.short_name,
        boxes,
    )


def _told(cell: MonthMeeting, kinds: Mapping[str, str]) -> SafeString:
    meeting = cell.meeting
    return format_html(
        '<span class="small">{} <small class="muted">{}</small></span><br>{}',
        f"{meeting.held_on or meeting.planned_on:%d.%m}",
        kinds[meeting.kind],
        state(_MEETING_STATES.get(MeetingStatus(meeting.status), "next"), cell.words),
    )


def base_entries_table(
    name: str,
    title: str,
    columns: Sequence[BaseColumn],
    entries: Sequence[BaseEntry],
    narrowed: Sequence[tuple[StrOrPromise, str]] = (),
) -> Table[BaseEntry]:
    """Return a base in the columns of its file; all of them are words, so that they come back as they went out."""

    def column_of(column: BaseColumn) -> Column[BaseEntry]:
        return Column(column.name, column.title, lambda row: row.cell(column.name))

    return Table(
        name,
        title,
        [column_of(column) for column in columns],
        entries,
        narrowed=narrowed,
        people=lambda row: [row.record.person_id],
    )
