"""A calendar file (RFC 5545) of all-day events: a roadmap, the own calendar of somebody."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_LONGEST = 75  # octets of a line, RFC 5545 §3.1


@dataclass(frozen=True, slots=True)
class Event:
    """An all-day event, both days inside; `key` is the same at every export.

    `remind_days`: so many days before the last one the calendar speaks up; None: it does not.
    """

    key: str
    first: dt.date
    last: dt.date
    title: str
    note: str
    remind_days: int | None = None


def render_calendar(name: str, events: Iterable[Event], *, made_at: dt.datetime) -> bytes:
    """Write a calendar; `made_at` is aware."""
    stamp = f"{made_at.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Nastavnik//Nastavnik//RU",
        "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{_escaped(name)}",
        *(line for event in events for line in _event(event, stamp)),
        "END:VCALENDAR",
    ]
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line)).encode()


def _event(event: Event, stamp: str) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{event.key}"
    yield f"DTSTAMP:{stamp}"
    yield f"DTSTART;VALUE=DATE:{event.first:%Y%m%d}"
    # the end of an all-day event is the day after it, RFC 5545 §3.6.1
    yield f"DTEND;VALUE=DATE:{event.last + dt.timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_escaped(event.title)}"
    if event.note:
        yield f"DESCRIPTION:{_escaped(event.note)}"
    yield "TRANSP:TRANSPARENT"
    if event.remind_days is not None:
        yield "BEGIN:VALARM"
        yield "ACTION:DISPLAY"
        yield f"DESCRIPTION:{_escaped(event.title)}"
        # counted from the end, which is the day after the last one
        yield f"TRIGGER;RELATED=END:-P{event.remind_days + 1}D"
        yield "END:VALARM"
    yield "END:VEVENT"


def _escaped(text: str) -> str:
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return "\\n".join(text.splitlines())


def _folded(line: str) -> Iterator[str]:
    """Yield a line in pieces of at most 75 octets, never inside a letter; all but the first begin with a space."""
    piece = ""
    for letter in line:
        if len((piece + letter).encode()) > _LONGEST:
            yield piece
            piece = " "
        piece += letter
    yield piece
