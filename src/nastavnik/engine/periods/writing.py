"""`write_term`: a term in good Russian, made from its days."""

import calendar
import datetime as dt

from nastavnik.engine.periods.reading import read_term
from nastavnik.engine.periods.terms import Recurrence, Term, TermKind

_MONTHS = [
    "январь",
    "февраль",
    "март",
    "апрель",
    "май",
    "июнь",
    "июль",
    "август",
    "сентябрь",
    "октябрь",
    "ноябрь",
    "декабрь",
]
_OF_MONTHS = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
]
_RECURS = {
    Recurrence.WEEKLY: "еженедельно",
    Recurrence.MONTHLY: "ежемесячно",
    Recurrence.QUARTERLY: "ежеквартально",
    Recurrence.YEARLY: "ежегодно",
}


def write_term(term: Term) -> str:
    """Write a term; reading what is written gives the same kind, days, recurrence and anchor.

    Whole months, years and academic years are named; other days are written out. What was not
    understood follows as it was written. A term that no year has placed has no days to write:
    only its recurrence, anchor and rest are.
    """
    said = [_anchorless(term)] if not term.parts else [_part(part) for part in term.parts]
    joined = "; ".join(filter(None, said))
    recurs = _RECURS[term.recurs] if term.recurs else ""
    own = {part.anchor for part in term.parts}
    anchor = "" if term.anchor in own else term.anchor
    if term.kind is TermKind.CONTINUOUS and not term.parts:
        joined = "" if recurs or _is_lasting(anchor) else "постоянно"
    return ", ".join(filter(None, [joined, recurs, anchor, term.rest]))


def _part(part: Term) -> str:
    if part.kind is not TermKind.CONTINUOUS:
        return _anchorless(part)
    return part.anchor or "постоянно"


def _is_lasting(anchor: str) -> bool:
    return read_term(anchor, year=None).kind is TermKind.CONTINUOUS


def _anchorless(term: Term) -> str:
    if term.kind is TermKind.ON and term.start:
        return f"{_day(term.start)} г."
    if term.kind is TermKind.BY and term.end:
        return f"до {_day(term.end)} г."
    if term.kind is TermKind.RANGE and term.start:
        return _range(term.start, term.end) if term.end else f"с {_day(term.start)} г."
    return ""


def _day(day: dt.date) -> str:
    return f"{day.day} {_OF_MONTHS[day.month - 1]} {day.year}"


def _range(start: dt.date, end: dt.date) -> str:
    is_whole = start.day == 1 and end.day == calendar.monthrange(end.year, end.month)[1]
    if is_whole:
        return _whole_months(start, end)
    if start.year != end.year:
        return f"с {_day(start)} г. по {_day(end)} г."
    if start.month == end.month:
        return (
            f"{start.day}–{_day(end)} г."
            if start != end
            else f"с {_day(start)} г. по {_day(end)} г."
        )
    return f"с {start.day} {_OF_MONTHS[start.month - 1]} по {_day(end)} г."


def _whole_months(start: dt.date, end: dt.date) -> str:
    first, last = _MONTHS[start.month - 1], _MONTHS[end.month - 1]
    if (start.month, end.month) == (1, 12):
        return f"{start.year}–{end.year} гг." if start.year != end.year else f"{start.year} г."
    if (start.month, end.month, end.year) == (9, 8, start.year + 1):
        return f"{start.year}/{end.year} учебный год"
    if start.year != end.year:
        return f"{first} {start.year} г. – {last} {end.year} г."
    return f"{first} {end.year} г." if first == last else f"{first} – {last} {end.year} г."
