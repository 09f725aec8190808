"""Readings that are not sure become questions; those that are proven do not."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nastavnik.engine.tables.dateorder import order_of
from nastavnik.engine.tables.groups import parse_group
from nastavnik.engine.tables.layout import group_of_title, guess_kind, guess_layout
from nastavnik.engine.tables.names import Name, split_full_name
from nastavnik.engine.tables.reading import Answers
from nastavnik.engine.tables.roster import read_roster

TODAY = dt.date(2026, 9, 1)
HEADER = ["ФИО", "Класс", "Дата рождения"]
LETTERS = "абвгдежзиклмнопрст"


def read(rows, *, kind="pupils", corrected=None, taken=()):
    answers = Answers(frozenset(taken), corrected or {})
    layout = guess_layout(rows, kind=kind)
    return read_roster(rows, layout, kind=kind, today=TODAY, answers=answers)


# --- which number is the day ---


def births(cells):
    """Return birth dates of a column: those taken and those asked about, by row."""
    rows = [HEADER, *([f"Пример{LETTERS[n]}ов Иван", "5А", cell] for n, cell in enumerate(cells))]
    roster = read(rows)
    taken = {person.row: person.birth_date for person in roster.people}
    waiting = {one.row for one in (*roster.errors, *roster.doubts)}
    assert set(taken) | waiting == set(range(2, len(rows) + 1))
    return taken, waiting


DAYS = st.lists(st.dates(dt.date(2008, 1, 1), dt.date(2018, 12, 31)), min_size=1, max_size=12)
SIGNS = st.sampled_from(["/", "-", "."])


@settings(max_examples=200, deadline=None)
@given(DAYS, st.booleans())
def test_with_strokes_the_order_is_proven_or_all_wait(days, is_month_first):
    cells = [
        f"{day.month}/{day.day}/{day.year}"
        if is_month_first
        else f"{day.day}/{day.month}/{day.year}"
        for day in days
    ]
    taken, waiting = births(cells)
    # whatever is taken is the day that was meant
    assert all(found == days[row - 2] for row, found in taken.items())
    if any(day.day > 12 for day in days):
        assert not waiting
    else:
        assert waiting == {row for row, day in enumerate(days, 2) if day.day != day.month}


@settings(max_examples=200, deadline=None)
@given(DAYS, SIGNS)
def test_days_first_are_never_read_as_months(days, sign):
    cells = [sign.join((f"{day.day:02}", f"{day.month:02}", str(day.year))) for day in days]
    taken, _waiting = births(cells)
    assert all(found == days[row - 2] for row, found in taken.items())


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(st.dates(dt.date(2008, 1, 1), dt.date(2018, 12, 31)), st.booleans()),
        min_size=2,
        max_size=12,
    )
)
def test_a_column_of_both_orders_leaves_what_can_be_either(days):
    """Whatever order each cell was written in, none is read wrongly where both orders are proven."""
    cells = [
        f"{day.month}/{day.day}/{day.year}" if turned else f"{day.day}/{day.month}/{day.year}"
        for day, turned in days
    ]
    proven = {turned for day, turned in days if day.day > 12}
    taken, _waiting = births(cells)
    if len(proven) == 2:
        assert all(found == days[row - 2][0] for row, found in taken.items())


def test_points_prove_no_american_order():
    taken, waiting = births(["04.25.2013", "05.06.2013"])
    assert (taken, waiting) == ({}, {2, 3})


def test_dates_turned_round_by_excel_are_asked_about():
    turned = [dt.date(2013, 4, 12), dt.date(2013, 1, 5)]
    assert births([*turned, "25.05.2013", "13/06/2013"])[1] == {2, 3}
    # one day above 12 shows that the cells were not turned
    assert births([*turned, dt.date(2013, 1, 25), "25.05.2013"])[1] == set()
    assert not order_of(turned).are_dates_turned


# --- names ---


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Мусин Пушкин Иван Ильич", Name("Мусин Пушкин", "Иван", "Ильич")),
        ("Фон Берг Карл Иванович", Name("Фон Берг", "Карл", "Иванович")),
        ("Салтыкова Щедрина Вера", Name("Салтыкова Щедрина", "Вера")),
        ("Иванова Анна Мария Ильинична", Name("Иванова", "Анна Мария", "Ильинична")),
        ("Смирнов Юрий нет", Name("Смирнов", "Юрий")),
        ("Смирнов Юрий б/о", Name("Смирнов", "Юрий")),
        ("Смирнов Юрий (нет отчества)", Name("Смирнов", "Юрий")),
        ("Смирнов Юрий, без отчества", Name("Смирнов", "Юрий")),
        ("(Смирнов Юрий Ильич)", Name("Смирнов", "Юрий", "Ильич")),
    ],
)
def test_names_told_by_their_parts(line, name):
    found = split_full_name(line)
    assert (found, found.doubt) == (name, "")


@pytest.mark.parametrize(
    "line",
    [
        "Мамедов Рашид Али",
        "Нгуен Тхи Тхань Хоа",
        "Анна Иванова",
        "Иван Абрамович",
        "Гарсия Лопес Хуан Карлос",
    ],
)
def test_names_that_could_be_parted_otherwise_are_doubted(line):
    assert "Проверьте" in split_full_name(line).doubt


@pytest.mark.parametrize(
    ("header", "cell", "name"),
    [
        ("Имя Отчество Фамилия", "Иван Ильич Мусин Пушкин", "Мусин Пушкин Иван Ильич"),
        ("Имя, отчество, фамилия", "Анна Образцова", "Образцова Анна"),
        ("Имя и фамилия", "Лев Толстой", "Толстой Лев"),
        ("Фамилия Имя Отчество", "Иван Ильич Петров", "Петров Иван Ильич"),
        ("Фамилия, имя", "Образцова Анна", "Образцова Анна"),
        ("ФИО", "Ли Ван", "Ли Ван"),
    ],
)
def test_a_header_states_the_order(header, cell, name):
    [person] = read([[header, *HEADER[1:]], [cell, "5А", "12.04.2013"]]).people
    assert person.full_name == name


@pytest.mark.parametrize("header", ["Фамилия И.О.", "И.О. Фамилия"])
def test_a_header_of_initials_is_a_header_of_names(header):
    roster = read([[header, *HEADER[1:]], ["Петров И.И.", "5А", "12.04.2013"]])
    assert [(error.row, error.column) for error in roster.errors] == [(2, header)]
    assert roster.waiting[2].last_name == "Петров И.И."


# --- one cell for all ---


@pytest.mark.parametrize(
    "cell",
    [
        "Примерова Анна Ивановна, 12.03.2014 г.р.",
        "Примерова Анна Ивановна (12.03.2014)",
        "Примерова Анна Ивановна\n12 марта 2014 г.",
        "1. Примерова Анна Ивановна 2014-03-12",
        "Примерова Анна Ивановна, д.р. 12.03.2014",
    ],
)
def test_a_birth_date_beside_the_name(cell):
    [person] = read([["ФИО, дата рождения", "Класс"], [cell, "5А"]]).people
    assert (person.full_name, person.birth_date) == (
        "Примерова Анна Ивановна",
        dt.date(2014, 3, 12),
    )


def test_name_class_and_date_in_the_only_column():
    rows = [
        ["Ученики"],
        ["Примеров Иван Ильич, 7А, 12.04.2013"],
        ["Учебная Клара, 13.04.2013, 7 «Б»"],
    ]
    people = [(one.full_name, one.group, one.birth_date.day) for one in read(rows).people]
    assert people == [("Примеров Иван Ильич", "7А", 12), ("Учебная Клара", "7Б", 13)]


def test_a_year_beside_the_name_is_no_initial():
    [error] = read([["ФИО и год рождения", "Класс"], ["Учебная Клара 2013 г.р.", "5А"]]).errors
    assert "Указан только год" in error.reason


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        (["Дата рождения", None, None], [12, 4, 2013]),
        (["День", "Месяц", "Год"], ["12", "апр.", "2013 г."]),
        (["День рождения", "Месяц рождения", "Год рождения"], [12, "апреля", 13]),
        (["Год", "Месяц", "Число"], [2013, 4, 12]),
    ],
)
def test_a_date_in_three_columns(header, cells):
    [person] = read([["ФИО", "Класс", *header], ["Примеров Иван", "5А", *cells]]).people
    assert person.birth_date == dt.date(2013, 4, 12)


# --- classes ---


@pytest.mark.parametrize(
    ("cell", "group"),
    [
        ("5-ый А", "5А"), ("5-й «А»", "5А"), ("7-го Б", "7Б"), ("10-ый", "10"), ("5ый а", "5А"),
        ("5 класс А", "5А"), ("5-а класс", "5А"), ("5-м А", "5А"), ("5-е", "5Е"), ("5М", "5М"),
        ("11ФМ", "11ФМ"), ("Гр. 215", "215"), ("Группа 31", "31"), ("1-й курс, ПД-1", "ПД-1"),
        ("ИС-21 (2 курс)", "ИС-21"), ("215", None), ("5Ы", None), ("5 классы", None), ("1 курс", None),
        ("2 смена", None), ("5 параллель", None),
    ],
)  # fmt: skip
def test_classes_as_they_are_written(cell, group):
    assert parse_group(cell) == group


def test_a_header_group_lets_a_number_be_one():
    assert (parse_group(215, is_group=True), parse_group("5", is_group=True)) == ("215", "5")
    rows = [["ФИО", "Группа", "Дата рождения"], ["Примеров Иван", 215, "12.03.2008"]]
    assert [person.group for person in read(rows).people] == ["215"]
    rows[0][1] = "Класс"
    assert [error.column for error in read(rows).errors] == ["Класс"]


def test_a_group_of_lessons_beside_the_class_is_no_class():
    rows = [["ФИО", "Группа", "Класс", "Дата рождения"], ["Примеров Иван", 1, "7А", "12.03.2014"]]
    assert [person.group for person in read(rows).people] == ["7А"]


@pytest.mark.parametrize(
    "title",
    [
        "5 классы", "5-6 классы", "Параллель 5", "5 параллель", "9 выпуск", "2 смена", "1 корпус", "3 отряд",
        "1 четверть", "10 января", "10 янв", "5 пар", "1 полугодие", "12 чел", "5-ых классов", "5-е классы",
        "Классы 5", "Группа 2 смена", "30 сентября", "дети 5 лет",
    ],
)  # fmt: skip
def test_titles_and_sheets_that_are_no_class(title):
    assert group_of_title([title]) is None


@pytest.mark.parametrize(
    ("title", "group"),
    [("5-й «А» класс", "5А"), ("Список 5-го «А» класса", "5А"), ("10 ФМ", "10ФМ"), ("Список группы 215", "215")],
)  # fmt: skip
def test_titles_that_are_a_class(title, group):
    assert group_of_title([title]) == group


# --- who is listed ---


def test_whose_names_stand_first_says_who_is_listed():
    mentors = [
        "№",
        "ФИО наставника",
        "Место работы",
        "ФИО наставляемого",
        "Дата вхождения в программу",
    ]
    mentees = ["№", "ФИО наставляемого", "Запрос", "ФИО наставника", "Дата вхождения в программу"]
    row = [1, "Примерова Анна Ивановна", "x", "Образцов Борис Петрович", "01.10.2026"]
    assert guess_kind([["База"], mentors, row]) == "staff"
    assert guess_kind([["База"], mentees, row]) == "pupils"


def test_a_mentor_who_is_a_pupil_is_asked_about():
    rows = [
        ["№", "ФИО наставника", "Форма наставничества"],
        [1, "Примеров Иван Ильич", "ученик – ученик"],
    ]
    assert [doubt.row for doubt in read(rows, kind="staff").doubts] == [2]


@pytest.mark.parametrize(
    ("word", "patronymic", "gender", "is_asked"),
    [("ж", "", "female", False), ("муж.", "", "male", False), ("М", "Ильич", "male", False),
     ("Ж", "Ильич", "", True), ("1", "", "", False)],
)  # fmt: skip
def test_gender_fills_or_is_asked_about(word, patronymic, gender, is_asked):
    rows = [["ФИО", "Пол", "Класс", "Дата рождения"]]
    rows.append([f"Ли Саша {patronymic}", word, "5А", "12.04.2013"])
    roster = read(rows)
    assert bool(roster.doubts) == is_asked
    assert [person.gender for person in read(rows, taken=[2]).people] == [gender]


def test_staff_under_a_heading_of_their_own_are_asked_about():
    header = ["№", "ФИО", "Дата рождения"]
    rows = [["Ученики 7А класса"], header, [1, "Примеров Иван Ильич", "12.04.2013"]]
    rows += [["Педагоги"], header, [1, "Учителева Вера Ильинична", "12.04.2004"]]
    rows += [["7Б класс"], [1, "Образцова Анна Львовна", "12.05.2013"]]
    roster = read(rows)
    # by the heading and by the age
    assert [doubt.row for doubt in roster.doubts] == [6, 6]
    assert [(person.row, person.group) for person in roster.people] == [(3, "7А"), (8, "7Б")]
    staff = [["ФИО", "Должность"], ["Учителева Вера Ильинична", "учитель"], ["Наши ученики"]]
    staff.append(["Примеров Иван Ильич", ""])
    assert [doubt.row for doubt in read(staff, kind="staff").doubts] == [4]


@pytest.mark.parametrize(
    ("born", "group", "is_asked"),
    [("12.04.1985", "7А", True), ("12.04.2006", "11А", False), ("12.04.1985", "12А", False),
     ("12.04.1985", "ИС-21", False)],
)  # fmt: skip
def test_a_grown_up_in_a_class_of_a_school_is_asked_about(born, group, is_asked):
    roster = read([HEADER, ["Примеров Иван", group, born]])
    assert (len(roster.doubts), len(roster.people)) == (is_asked, not is_asked)


# --- one person twice ---


@pytest.mark.parametrize(
    ("other", "waiting"),
    [
        (["Примеров Иван", "5А", "12.04.2013"], [3]),
        (["Примеров Иван Ильич", "5Б", "12.04.2013"], [2, 3]),
        (["Примеров Иван Львович", "5А", "12.04.2013"], []),
        (["Примеров Иван", "5А", "13.04.2013"], []),
    ],
)
def test_who_may_stand_in_the_list_twice(other, waiting):
    for rows in ([["Примеров Иван Ильич", "5А", "12.04.2013"], other],):
        assert [doubt.row for doubt in read([HEADER, *rows]).doubts] == waiting
    turned = read([HEADER, other, ["Примеров Иван Ильич", "5А", "12.04.2013"]])
    # the row that says less waits, wherever it stands
    assert len(turned.doubts) == len(waiting)
    assert waiting != [3] or turned.doubts[0].row == 2


def test_a_corrected_row_is_read_as_it_was_corrected():
    rows = [HEADER, ["Примеров И.", "", "31.02.2014"]]
    values = {
        "last_name": "Примеров",
        "first_name": "Иван",
        "birth_date": "28.02.2014",
        "group": "5-й А",
    }
    [person] = read(rows, corrected={2: values}).people
    assert (person.full_name, person.birth_date, person.group) == (
        "Примеров Иван", dt.date(2014, 2, 28), "5А",
    )  # fmt: skip
    [error] = read(rows, corrected={2: {**values, "group": "пятый"}}).errors
    assert error.column == "Класс"
