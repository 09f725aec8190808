"""A plan moved to another academic year."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nastavnik.engine.periods.calendars import Calendar
from nastavnik.engine.periods.reading import read_term
from nastavnik.engine.periods.shifting import shift_plan, shift_term
from nastavnik.engine.periods.terms import Term, TermKind

D = dt.date
DAYS = Calendar()


def shifted(text, from_year, to_year, calendar=DAYS):
    term = read_term(text, year=from_year)
    return shift_term(term, from_year=from_year, to_year=to_year, calendar=calendar)


@pytest.mark.parametrize(
    ("text", "from_year", "to_year", "start", "end"),
    [
        ("30.09.2021", 2021, 2025, D(2025, 9, 30), D(2025, 9, 30)),
        ("1 ноября 2021 г.", 2021, 2025, D(2025, 11, 3), D(2025, 11, 3)),  # Saturday
        ("до 1 ноября 2021 г.", 2021, 2025, None, D(2025, 10, 31)),
        ("3 января 2022 г.", 2021, 2025, D(2026, 1, 12), D(2026, 1, 12)),  # 9 January: moved
        ("до 8 января 2022 г.", 2021, 2024, None, D(2024, 12, 31)),
        ("до 09.03.2025", 2024, 2025, None, D(2026, 3, 6)),  # Monday, moved from a Sunday
        ("29.02.2024", 2023, 2022, D(2023, 2, 28), D(2023, 2, 28)),
        ("февраль 2023", 2022, 2023, D(2024, 2, 1), D(2024, 2, 29)),
        ("1-15 ноября 2021", 2021, 2025, D(2025, 11, 1), D(2025, 11, 15)),  # stays
        ("с 1 ноября 2021", 2021, 2025, D(2025, 11, 1), None),
        ("сентябрь 2021 – май 2022", 2021, 2025, D(2025, 9, 1), D(2026, 5, 31)),
        ("2021-2024 гг.", 2021, 2025, D(2025, 1, 1), D(2028, 12, 31)),
        ("до 1 ноября 2021 г.", 2021, 2021, None, D(2021, 11, 1)),
        ("постоянно", 2021, 2025, None, None),
    ],
)
def test_a_term(text, from_year, to_year, start, end):
    term = shifted(text, from_year, to_year)
    assert (term.start, term.end) == (start, end)


def test_parts_and_the_rest_move_along():
    term = shifted("до 30.09.2021, 1 ноября 2021 (актовый зал), ежегодно", 2021, 2025)
    assert [part.end for part in term.parts] == [D(2025, 9, 30), D(2025, 11, 3)]
    assert (term.recurs, term.rest) == ("yearly", "актовый зал")


def test_the_calendar_is_data():
    worked = Calendar(worked=frozenset([D(2025, 11, 1)]))
    assert shifted("1 ноября 2021", 2021, 2025, worked).start == D(2025, 11, 1)
    off = Calendar(days_off=frozenset([D(2025, 9, 30)]), holidays=frozenset())
    assert shifted("до 30.09.2021", 2021, 2025, off).end == D(2025, 9, 29)
    assert shifted("09.01.2022", 2021, 2025, off).start == D(2026, 1, 9)
    never = Calendar(holidays=frozenset((m, d) for m in range(1, 13) for d in range(1, 32)))
    assert shifted("до 30.09.2021", 2021, 2025, never).end == D(2025, 9, 30)


@given(
    st.dates(D(2000, 1, 1), D(2090, 1, 1)),
    st.sampled_from([TermKind.ON, TermKind.BY]),
    st.integers(-5, 5).filter(bool),
)
def test_days_become_worked_days(day, kind, n_years):
    term = Term(kind, day if kind == "on" else None, day)
    (moved,) = shift_plan([term], from_year=2021, to_year=2021 + n_years, calendar=DAYS)
    assert moved.end is not None
    assert DAYS.is_worked(moved.end)
    plain = D(day.year + n_years, day.month, min(day.day, 28))
    gap = (moved.end - plain).days
    assert 0 <= gap <= 14 if kind == "on" else -12 <= gap <= 3
    assert (moved.kind, moved.start) == (kind, moved.end if kind == "on" else None)
