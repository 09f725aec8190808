"""One year named beside what belongs to a school's year, which has two: never days that nobody asks about."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nastavnik.engine.periods.reading import read_term

ASKED = 0.8  # a term understood with less is shown to a person
SCHOOL = [
    "зима {} года", "зимой {}", "зима {} г.", "начало зимы {}", "до конца зимы {} г.", "к концу зимы {}", "до зимы {}",
    "с зимы {}", "{} учебный год", "в {} уч. году", "конец {} учебного года", "до конца {} учебного года",
    "май {} учебного года", "сентябрь – май {} уч. года", "первое полугодие {} учебного года",
    "вторая половина {} учебного года", "I четверть {} года", "III четверть {} г.", "1-2 четверть {}",
    "конец 3 четверти {}", "2 триместр {}", "3-й триместр {} года",
]  # fmt: skip
BOTH = [
    "I полугодие {} г.",
    "второе полугодие {} года",
    "конец 1 полугодия {}",
    "до 2 полугодия {}",
]
IN_A_ROW = ["осень {0}, зима {0}", "осень {0} – зима {0}", "осень – зима {0}", "осень, зима {0}"]
OF_THE_CALENDAR = [
    "весна {}",
    "лето {} года",
    "осень {} г.",
    "I квартал {}",
    "первая половина {} года",
    "май {}",
]
TWO_YEARS = [
    "зима {0}/{1}",
    "зима {0}–{1} учебного года",
    "I полугодие {0}/{1} учебного года",
    "{0}-{1} учебный год",
]


def faults(text, base):
    """Return what is wrong with how a term of a school's year is read: days outside of the plan's, or sure ones."""
    term = read_term(text, year=base)
    days = [day for day in (term.start, term.end) if day]
    if not days:
        return []
    found = ["sure"] if term.confidence >= ASKED else []
    if base is None or not all(
        dt.date(base, 8, 1) <= day <= dt.date(base + 1, 8, 31) for day in days
    ):
        found.append("outside")
    return found  # fmt: skip


@given(st.sampled_from(SCHOOL), st.integers(2015, 2040), st.sampled_from([None, -2, -1, 0, 1]))
def test_days_lie_in_the_year_of_the_plan_and_are_asked_about(shape, named, more):
    assert faults(shape.format(named), None if more is None else named + more) == []


@given(st.sampled_from(BOTH), st.integers(2015, 2040), st.sampled_from([None, -2, -1, 0, 1]))
def test_a_half_year_of_the_school_or_of_the_calendar(shape, named, more):
    base = None if more is None else named + more
    term = read_term(shape.format(named), year=base)
    assert term.confidence < ASKED
    school = named if "I " in shape or "1 " in shape else named - 1
    assert (base == school) == (term.end is None)


def test_the_sweep_finds_a_confident_reading():
    """«декабрь 2025 – февраль 2026» is what «зима 2026» was read as, whatever the year of the plan."""
    assert faults("декабрь 2025 – февраль 2026", 2026) == ["sure", "outside"]
    assert faults("декабрь 2025 – февраль 2026", 2025) == ["sure"]


@pytest.mark.parametrize("base", [None, 2024, 2025, 2026])
@pytest.mark.parametrize("shape", IN_A_ROW)
def test_the_winter_comes_after_the_autumn_it_stands_by(shape, base):
    term = read_term(shape.format(2026), year=base)
    assert (term.start, term.end) == (dt.date(2026, 9, 1), dt.date(2027, 2, 28))
    assert term.confidence < ASKED


def test_the_winter_comes_before_the_spring_it_stands_by():
    for text in ("зима 2026 – весна 2026", "зима 2026, весна 2026"):
        term = read_term(text, year=2026)
        assert (term.start, term.end) == (dt.date(2025, 12, 1), dt.date(2026, 5, 31))
        assert term.confidence < ASKED


@pytest.mark.parametrize("base", [None, 2025, 2026])
def test_what_can_be_meant_one_way_stays_sure(base):
    for shape in OF_THE_CALENDAR:
        term = read_term(shape.format(2026), year=base)
        assert (term.start.year, term.end.year, term.confidence) == (2026, 2026, 1.0)
    for shape in TWO_YEARS:
        term = read_term(shape.format(2026, 2027), year=base)
        assert dt.date(2026, 9, 1) <= term.start <= term.end <= dt.date(2027, 8, 31)
        assert term.confidence == 1.0


def test_a_year_bent_to_the_beginning_is_asked_about():
    """«ноябрь – февраль 2026» in the plan of 2026/27 is taken as beginning in the year that is named."""
    for text in ("ноябрь – февраль 2026", "декабрь, январь 2026", "зима – весна 2026"):
        assert read_term(text, year=2026).start.year == 2026
        assert read_term(text, year=2026).confidence < ASKED
        assert read_term(text, year=2025).start.year == 2025


@pytest.mark.parametrize(
    "text", ["зимние каникулы 2026", "осенние каникулы 2026 года", "2026 год, каникулы"]
)
def test_words_that_would_say_when_in_the_year_leave_no_whole_year(text):
    term = read_term(text, year=2026)
    assert (term.kind.value, term.start, term.end) == ("unknown", None, None)
