"""Terms written in Russian, and read back."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.periods.test_reading import WRITTEN

from nastavnik.engine.periods.reading import read_term
from nastavnik.engine.periods.terms import Recurrence, Term, TermKind
from nastavnik.engine.periods.writing import write_term

D = dt.date


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("31.03.2021", "31 марта 2021 г."),
        ("До 30.04.2021", "до 30 апреля 2021 г."),
        ("До сентября 2021 г", "до 31 августа 2021 г."),
        ("май", "май 2026 г."),
        ("сентябрь-октябрь 2022", "сентябрь – октябрь 2022 г."),
        ("декабрь 2022-август 2023", "декабрь 2022 г. – август 2023 г."),
        ("с 1 по 15 сентября 2021 г", "1–15 сентября 2021 г."),
        ("С 15.06.2021 по 30.12.2021", "с 15 июня по 30 декабря 2021 г."),
        ("15.12.2021-15.01.2022", "с 15 декабря 2021 г. по 15 января 2022 г."),
        ("с 01.09.2021", "с 1 сентября 2021 г."),
        ("2021 г.", "2021 г."),
        ("2021-2024", "2021–2024 гг."),
        ("в течение учебного года", "2025/2026 учебный год"),
        ("Сентябрь. Ежегодно", "сентябрь 2025 г., ежегодно"),
        ("ежегодно, на постоянной основе", "ежегодно"),
        ("на постоянной основе", "постоянно"),
        ("1 раз в квартал", "ежеквартально"),
        ("Ежегодно по плану ИРО КК", "ежегодно, по плану ИРО КК"),
        ("По мере необходимости", "По мере необходимости"),
        ("сентябрь (каникулы)", "сентябрь 2025 г., каникулы"),
        ("непонятно когда", "непонятно когда"),
        ("", ""),
        (
            "До 30.09.2021, далее в течение всего периода реализации",
            "до 30 сентября 2021 г.; в течение всего периода реализации",
        ),
        ("октябрь 2021, постоянно", "октябрь 2021 г.; постоянно"),
    ],
)
def test_good_russian(text, written):
    assert write_term(read_term(text, year=2025)) == written


def same(one, other):
    def meaning(term):
        parts = tuple(meaning(part) for part in term.parts)
        return term.kind, term.start, term.end, term.recurs, term.anchor, term.rest, parts

    return meaning(one) == meaning(other)


@pytest.mark.parametrize("text", [case[0] for case in WRITTEN])
def test_every_expression_comes_back(text):
    term = read_term(text, year=2025)
    assert same(read_term(write_term(term), year=2025), term)


days = st.dates(D(1995, 1, 1), D(2095, 12, 31))
firsts = days.map(lambda day: day.replace(day=1))


@st.composite
def terms(draw):
    kind = draw(st.sampled_from(TermKind))
    recurs = draw(st.none() | st.sampled_from(Recurrence))
    anchor = draw(st.sampled_from(["", "по плану ИРО КК", "по согласованию", "после педсовета"]))
    start, end = sorted([draw(days | firsts), draw(days)])
    if kind == "range":
        if draw(st.booleans()):  # to the end of a month
            end = end.replace(day=1) + dt.timedelta(days=31)
            end = end.replace(day=1) - dt.timedelta(days=1)
        return Term(kind, start, draw(st.sampled_from([end, end, None])), recurs, anchor)
    if kind == "on":
        return Term(kind, start, start, recurs, anchor)
    if kind == "by":
        return Term(kind, None, end, recurs, anchor)
    if kind == "unknown" and recurs:
        kind = TermKind.CONTINUOUS
    return Term(kind, None, None, recurs, anchor)


@given(terms(), st.sampled_from([None, 2021, 2025]))
def test_written_is_read_as_the_same(term, year):
    read = read_term(write_term(term), year=year)
    assert same(read, term)
    assert read.confidence == 1
