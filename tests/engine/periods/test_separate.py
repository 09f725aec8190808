"""«Октябрь, апрель» is two times; what touches is one."""

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nastavnik.engine.periods.reading import read_term
from nastavnik.engine.periods.separate import separate_times
from nastavnik.engine.periods.terms import Term, TermKind


def said(text):
    times = separate_times(read_term(text, year=2026))
    return [f"{first or ''}/{last}" for first, last in times]


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("октябрь, апрель", ["2026-10-01/2026-10-31", "2027-04-01/2027-04-30"]),
        ("в октябре и в апреле", ["2026-10-01/2026-10-31", "2027-04-01/2027-04-30"]),
        ("апрель 2027, октябрь 2026", ["2026-10-01/2026-10-31", "2027-04-01/2027-04-30"]),
        ("15 октября; 20 апреля", ["2026-10-15/2026-10-15", "2027-04-20/2027-04-20"]),
        ("до 1 октября, до 15 мая", ["/2026-10-01", "/2027-05-15"]),
        (
            "октябрь, апрель, до 20 мая",
            ["2026-10-01/2026-10-31", "2027-04-01/2027-04-30", "/2027-05-20"],
        ),
        ("сентябрь, октябрь, март", ["2026-09-01/2026-10-31", "2027-03-01/2027-03-31"]),
        ("сентябрь, октябрь", []),
        ("октябрь", []),
        ("до 30 сентября, далее в течение всего периода", []),
        ("октябрь, с 1 апреля", []),
        ("постоянно", []),
        ("", []),
    ],
)
def test_what_lies_apart_is_told_apart(text, times):
    assert said(text) == times


DAYS = st.dates(dt.date(2026, 9, 1), dt.date(2027, 8, 31))


@given(st.lists(st.tuples(DAYS, DAYS).map(sorted), min_size=1, max_size=6))
def test_times_cover_the_same_days_and_never_touch(parts):
    terms = tuple(Term(TermKind.RANGE, first, last) for first, last in parts)
    times = separate_times(Term(TermKind.RANGE, parts=terms))
    days = {
        first + dt.timedelta(n) for first, last in parts for n in range((last - first).days + 1)
    }
    if not times:
        assert len(days) == (max(days) - min(days)).days + 1
        return
    assert days == {
        first + dt.timedelta(n) for first, last in times for n in range((last - first).days + 1)
    }
    gaps = itertools.pairwise(times)
    assert all(after[0] - before[1] > dt.timedelta(1) for before, after in gaps)
