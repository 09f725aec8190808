"""Pairs as their lists show them."""

from collections.abc import Iterable, Mapping

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from nastavnik.core.components import CHECKED, NOTHING, address_of, chip, duo, few, link, state
from nastavnik.mentorships.choices import MeetingKind, MeetingStatus, MentorshipStatus
from nastavnik.mentorships.queries import Cell, MonthRow, PairRow, Risk
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


def pair_lines(
    rows: Iterable[tuple[PairRow, Risk]], groups: Mapping[int, str]
) -> list[dict[str, object]]:
    """Return pairs with what is risky about them; `groups` is person → class."""
    states = {
        status.value: state(_PAIR_STATES.get(status, "next"), str(status.label))
        for status in MentorshipStatus
    }

    group = _("group")

    def shown(person: Person, side: str, url: str = "") -> SafeString:
        return chip(person, side=side, url=url, note=groups.get(person.pk) or person.position)

    return [
        {
            "mentor": shown(row.mentor, "a", address_of("mentorships:card", row.pk)),
            "mentees": _mentees([shown(one, "b") for one in row.mentees]),
            "form": f"{row.form}, {group}" if row.is_group else row.form,
            "period": f"{row.starts_on:%d.%m.%Y}\u00a0– {row.ends_on:%d.%m.%Y}",
            "state": state(risk.state, risk.words) if risk.words else states[row.status],
        }
        for row, risk in rows
    ]


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
    cell: Cell, pair: PairRow, kinds: Mapping[str, str], asked: list[tuple[str, str]]
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


def _told(cell: Cell, kinds: Mapping[str, str]) -> SafeString:
    meeting = cell.meeting
    return format_html(
        '<span class="small">{} <small class="muted">{}</small></span><br>{}',
        f"{meeting.held_on or meeting.planned_on:%d.%m}",
        kinds[meeting.kind],
        state(_MEETING_STATES.get(MeetingStatus(meeting.status), "next"), cell.words),
    )
