"""A plan of one academic year made into a plan of another."""

import calendar as months
import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

from nastavnik.engine.periods.calendars import Calendar
from nastavnik.engine.periods.terms import Term, TermKind


def shift_plan(
    terms: Iterable[Term], *, from_year: int, to_year: int, calendar: Calendar
) -> list[Term]:
    """Shift all terms of a plan; see `shift_term`."""
    return [
        shift_term(term, from_year=from_year, to_year=to_year, calendar=calendar) for term in terms
    ]


def shift_term(term: Term, *, from_year: int, to_year: int, calendar: Calendar) -> Term:
    """Move a term to another academic year, keeping day and month.

    A day that would fall on a day without work goes to the next worked one, a deadline to the one
    before: what is due must not be late. Ranges keep their days: «сентябрь» stays the whole of
    September. 29 February becomes the 28th where there is none; a range to the end of February
    stays one.

    Args:
        term: The term; ongoing and unknown ones come back as they are.
        from_year: Calendar year in which the academic year of the plan begins.
        to_year: That of the new plan.
        calendar: Working days of the new year.
    """
    n_years = to_year - from_year
    if n_years == 0:
        return term
    start = term.start and _moved(term.start, n_years)
    end = term.end and _moved(term.end, n_years)
    if term.kind is TermKind.ON and start:
        start = end = calendar.worked_from(start)
    elif term.kind is TermKind.BY and end:
        end = calendar.worked_until(end)
    elif term.kind is TermKind.RANGE and term.end and end and _is_last(term.end):
        end = end.replace(day=months.monthrange(end.year, end.month)[1])
    parts = shift_plan(term.parts, from_year=from_year, to_year=to_year, calendar=calendar)
    return replace(term, start=start, end=end, parts=tuple(parts))


def _moved(day: dt.date, n_years: int) -> dt.date:
    last = months.monthrange(day.year + n_years, day.month)[1]
    return dt.date(day.year + n_years, day.month, min(day.day, last))


def _is_last(day: dt.date) -> bool:
    return day.day == months.monthrange(day.year, day.month)[1]
