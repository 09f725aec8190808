"""A date as people type it is read as that date or not at all, never as another."""

import datetime as dt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nastavnik.engine.periods.reading import read_term

D = dt.date
OF_MONTHS = [
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
SHORT = ["янв", "февр", "мар", "апр", "мая", "июн", "июл", "авг", "сент", "окт", "нояб", "дек"]
LATIN = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
ROMAN = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"]
ONES = [
    "первое",
    "второе",
    "третье",
    "четвёртое",
    "пятое",
    "шестое",
    "седьмое",
    "восьмое",
    "девятое",
    "десятое",
    "одиннадцатое",
    "двенадцатое",
    "тринадцатое",
    "четырнадцатое",
    "пятнадцатое",
    "шестнадцатое",
    "семнадцатое",
    "восемнадцатое",
    "девятнадцатое",
    "двадцатое",
]
SPELT = [
    *ONES,
    *[f"двадцать {one}" for one in ONES[:9]],
    "тридцатое",
    "тридцать первое",
]
QUOTES = ["«{}»", "“{}”", '"{}"', "„{}“", "<<{}>>", "&laquo;{}&raquo;", "« {} »", "'{}'", "{}»"]
BEFORE = {"": "on", "до": "by", "не позднее": "by", "с": "range", "к": "by", "Срок: до": "by"}
NOISE = [*" _-.,«»\"'/\u00a0\n()~:", "№"]


def meaning(text, year=2026):
    term = read_term(text, year=year)
    return term.kind.value, term.start, term.end


def of_day(kind, day):
    return kind, None if kind == "by" else day, None if kind == "range" else day


UNKNOWN = ("unknown", None, None)


@pytest.mark.parametrize(
    ("text", "kind", "start", "end"),
    [
        ("до «30» 09. 2026 г.", "by", None, D(2026, 9, 30)),
        ("«31» 08. 2027 г.", "on", D(2027, 8, 31), D(2027, 8, 31)),
        ("до «_24» марта 2027г.", "by", None, D(2027, 3, 24)),
        ("До15 октября", "by", None, D(2026, 10, 15)),
        ("до15.10.2026", "by", None, D(2026, 10, 15)),
        ("с15 октября", "range", D(2026, 10, 15), None),
        ("09-10.2026", "range", D(2026, 9, 1), D(2026, 10, 31)),
        ("09/2026", "range", D(2026, 9, 1), D(2026, 9, 30)),
        ("09–10 месяц", "range", D(2026, 9, 1), D(2026, 10, 31)),
        ("9-й месяц", "range", D(2026, 9, 1), D(2026, 9, 30)),
        ("в 10 месяце 2026 г.", "range", D(2026, 10, 1), D(2026, 10, 31)),
        ("2026.10", "range", D(2026, 10, 1), D(2026, 10, 31)),
        ("IX.2026", "range", D(2026, 9, 1), D(2026, 9, 30)),
        ("до 15.X.2026", "by", None, D(2026, 10, 15)),
        ("с01.09.2026по31.05.2027", "range", D(2026, 9, 1), D(2027, 5, 31)),
        ("с15октября по20октября2026г", "range", D(2026, 10, 15), D(2026, 10, 20)),
        ("15.10-2026", "on", D(2026, 10, 15), D(2026, 10, 15)),
        ("15,10,2026", "on", D(2026, 10, 15), D(2026, 10, 15)),
        ("15 10 2026", "on", D(2026, 10, 15), D(2026, 10, 15)),
        ("15..10.2026", "on", D(2026, 10, 15), D(2026, 10, 15)),
        ("2026.10.05", "on", D(2026, 10, 5), D(2026, 10, 5)),
        ("15.окт.26", "on", D(2026, 10, 15), D(2026, 10, 15)),
        ("«15» «октября» 20_26_ г.", "on", D(2026, 10, 15), D(2026, 10, 15)),
        ("до _15_ _октября_ 2026 г.", "by", None, D(2026, 10, 15)),
        ("до тридцатого сентября", "by", None, D(2026, 9, 30)),
        ("двадцать первое мая", "on", D(2027, 5, 21), D(2027, 5, 21)),
        ("не ранее 15.10.2026", "range", D(2026, 10, 15), None),
        ("от 15 октября до 20 октября", "range", D(2026, 10, 15), D(2026, 10, 20)),
        ("15.10.2026 в 14:00", "on", D(2026, 10, 15), D(2026, 10, 15)),
        ("неделя математики в октябре", "range", D(2026, 10, 1), D(2026, 10, 31)),
        ("октябрь (2 занятия)", "range", D(2026, 10, 1), D(2026, 10, 31)),
        ("май 2027, 9 класс", "range", D(2027, 5, 1), D(2027, 5, 31)),
        ("ежемесячно до 5 числа, с октября по май", "range", D(2026, 10, 1), D(2027, 5, 31)),
        ("ко Дню учителя, октябрь", "range", D(2026, 10, 1), D(2026, 10, 31)),
    ],
)
def test_typed(text, kind, start, end):
    assert meaning(text) == (kind, start, end)


@pytest.mark.parametrize(
    "text",
    [
        # nobody has set the day, the month or the year
        "«__» сентября 2026 г.",
        "до «___» ________ 20__ г.",
        "до «» октября 2026",
        "« » октября 2026",
        "___.09.2026",
        "15.__.2026",
        "сентябрь 20__ г.",
        "сентябрь 202_ г.",
        "в 20__/20__ учебном году",
        "до ... сентября",
        "до……… 2026 г.",
        "«...» сентября 2026 г.",
        "«--» сентября 2026 г.",
        # which day it is nobody can say
        "до 15-20 октября",
        "15.20 октября",
        "15/20.10.2026",
        "15-10.2026",
        "5.2 октября 2026 г.",
        "1510.2026",
        "15.10.226",
        "15.10.2O26",
        "15 октября 26",
        "15.10.95",
        "окт.26",
        "31.09.2026, 15.10.2026",
        "до 9 месяца",
        "9 месяцев",
        "9 мес.",
        "до 20 числа, октябрь",
        "13 месяц",
        "часть II 2026",
        "9, 10.2026",
        "2 5 марта",
        "2_5 марта",
        "пятая неделя мая",
        "5 квартал 2022",
        "до примерно 15 октября 26",
        "10/15/2026",
    ],
)
def test_not_to_be_told(text):
    term = read_term(text, year=2026)
    assert (term.kind.value, term.start, term.end) == UNKNOWN
    assert term.rest
    assert term.confidence == 0


def test_a_line_to_fill_beside_words_is_no_date():
    assert read_term("план работы (подпись ____)", year=2026).kind == "unknown"


@st.composite
def typed(draw):
    """Return a date typed by hand, in pieces, with what it is a date of."""
    day = draw(st.dates(D(2020, 1, 1), D(2039, 12, 31)))
    number = draw(st.sampled_from([f"{day.day}", f"{day.day:02}"]))
    blank = draw(st.sampled_from(["{}", "_{}", "{}_", "_{}_", "__{}__"]))
    quotes = draw(st.sampled_from(["{}", *QUOTES]))
    written = draw(st.sampled_from(["digits", "words", "short", "latin", "roman", "spelt"]))
    year = draw(st.sampled_from([f"{day.year}", f"20_{day.year % 100}_", f"20_{day.year % 100}"]))
    year += draw(st.sampled_from(["", "г", "г.", " г.", " года"]))
    if written == "digits":
        month = draw(st.sampled_from([f"{day.month}", f"{day.month:02}"]))
        gap = draw(st.sampled_from([".", ". ", " . ", "/", " ", "-", ",", ".."]))
        # 09-10.2026 are two months
        others = [gap] if gap == "-" else [gap, ".", ". ", " ", "-"]
        other = draw(st.sampled_from(others))
    elif written == "roman":
        month, gap = ROMAN[day.month - 1], draw(st.sampled_from([".", "/", "-", " "]))
        other = gap
    else:
        names = {"short": SHORT, "latin": LATIN}.get(written, OF_MONTHS)
        month = names[day.month - 1]
        month = draw(st.sampled_from(["{}", "_{}_", "«{}»", "«_{}_»"])).format(month)
        gap, other = (
            draw(st.sampled_from([" ", ".", "", "-"])),
            draw(st.sampled_from([" ", "", "."])),
        )
    if written == "spelt":
        number, gap = SPELT[day.day - 1], " "
    before = draw(st.sampled_from([*BEFORE]))
    stuck = draw(st.sampled_from([" " if written == "spelt" else "", " ", "  "]))
    stuck = stuck if before else ""
    pieces = [before, stuck, quotes.format(blank.format(number)), gap, month, other, year]
    return BEFORE[before], day, pieces


@given(typed())
def test_that_date_or_none(case):
    kind, day, pieces = case
    assert meaning("".join(pieces)) in [of_day(kind, day), UNKNOWN]


@given(typed(), st.data())
def test_a_stray_sign_makes_no_other_date(case, data):
    """A sign slipped in between makes the date unreadable at worst.

    Only a dash after the date, or one between a «с» and a «по», could say something else.
    """
    kind, day, pieces = case
    place = data.draw(st.integers(1, len(pieces)))
    noise = data.draw(st.sampled_from(NOISE))
    text = "".join([*pieces[:place], noise, *pieces[place:]])
    assert meaning(text) in [of_day(kind, day), UNKNOWN]


@given(typed())
@example(("on", D(2026, 10, 15), ["", "", "15", " ", "октября", " ", "2026"]))
def test_the_usual_forms_are_read(case):
    """Not everything is given up: the day in digits, the month in words, the year in full."""
    _kind, day, _pieces = case
    for before, kind in BEFORE.items():
        for quotes in ("{}", "«{}»", "«_{}_»", "«{}_»", "__{}__"):
            number = quotes.format(day.day)
            words = f"{before}{number} {OF_MONTHS[day.month - 1]} {day.year}г."
            digits = f"{before} {number} {day.month:02}. {day.year} г."
            assert meaning(words) == of_day(kind, day)
            assert meaning(digits) == of_day(kind, day)


@given(typed())
def test_two_dates_are_both_or_none(case):
    """«с … по …» typed with either form says these two days, or nothing."""
    _kind, day, pieces = case
    end = day + dt.timedelta(days=40)
    text = f"с{''.join(pieces[2:])} по{end.day} {OF_MONTHS[end.month - 1]} {end.year}г."
    assert meaning(text) in [("range", day, end), UNKNOWN]
