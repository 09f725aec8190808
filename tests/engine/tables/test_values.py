"""Cells, dates, classes and names by themselves."""

import datetime as dt

import pytest

from nastavnik.engine.tables.cells import text_of, value_of
from nastavnik.engine.tables.dates import DateProblemError, looks_like_date, parse_birth_date
from nastavnik.engine.tables.groups import group_heading, group_in_title, join_group, parse_group
from nastavnik.engine.tables.names import Name, NameProblemError, join_name, split_full_name

TODAY = dt.date(2026, 11, 21)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, ""),
        (5.0, "5"),
        (2.5, "2.5"),
        (dt.date(2014, 3, 2), "02.03.2014"),
        (" а\xa0 б\nв\u200b ", "а б в"),
        ("й", "й"),
    ],
)
def test_text_of_a_cell(cell, text):
    assert text_of(cell) == text


@pytest.mark.parametrize("cell", ["-", "—", " – ", "нет", "Нет данных", "___", "#N/A", "", None])
def test_what_stands_for_nothing(cell):
    assert value_of(cell) == ""


TWELFTH = dt.date(2012, 3, 12)


@pytest.mark.parametrize(
    "cell",
    [
        "12.03.2012",
        "12.3.12",
        "12,03,2012",
        "12/03/2012",
        "12-03-2012",
        "2012-03-12",
        "12 03 2012",
        "12 марта 2012 г.",
        "«12» марта 2012 года",
        "12 мар. 12",
        "12032012",
        "12.03.2012г.р.",
        "2012-03-12 00:00:00",
        "2012.03.12",
        40980,
        40980.0,
        "40980",
        "40980.5",
        TWELFTH,
        dt.datetime.fromisoformat("2012-03-12T10:00:00"),
    ],
)
def test_one_day_in_many_ways(cell):
    assert parse_birth_date(cell, kind="pupils", today=TODAY) == TWELFTH


@pytest.mark.parametrize(
    ("cell", "kind", "year"),
    [
        ("1.2.12", "pupils", 2012),
        ("1.2.22", "pupils", 2022),
        ("1.2.75", "staff", 1975),
        ("1.2.05", "staff", 2005),
        ("1.2.36", "staff", 1936),
        ("29.02.00", "staff", 2000),
    ],
)
def test_century_by_sense(cell, kind, year):
    assert parse_birth_date(cell, kind=kind, today=TODAY).year == year


@pytest.mark.parametrize(
    ("cell", "part"),
    [
        ("31.02.2012", "нет в календаре"),
        ("29.02.13", "нет в календаре"),
        ("12.13.2012", "нет в"),
        ("2012-02-30", "нет в"),
        ("00.01.2012", "нет в"),
        ("31 июня 2012", "нет в"),
        ("весной", "не читается"),
        ("12 мартобря 2012", "не читается"),
        ("999999", "не читается"),
        ("а" * 90, "…"),
        (2012, "только год"),
        ("2012 г.", "только год"),
        ("12.03.2027", "не наступила"),
        ("12.03.1912", "полных лет"),
        ("1.2.25", "полных лет"),
    ],
)
def test_dates_that_cannot_be(cell, part):
    with pytest.raises(DateProblemError, match=part):
        parse_birth_date(cell, kind="pupils", today=TODAY)


def test_the_leap_day_of_1900_is_no_trap_for_staff():
    with pytest.raises(DateProblemError, match="нет в календаре"):
        parse_birth_date("30.02.00", kind="staff", today=TODAY)


def test_a_bare_number_does_not_look_like_a_date():
    assert not looks_like_date(40980)
    assert not looks_like_date("5А")
    assert looks_like_date("12 марта 2012")


@pytest.mark.parametrize(
    ("cell", "group"),
    [
        ("5А", "5А"),
        ("5 «А»", "5А"),
        ("5-а", "5А"),
        ("5 А", "5А"),
        ("5.а", "5А"),
        ("5A", "5А"),
        ("5 'а' класс", "5А"),
        ("класс 5а", "5А"),
        ("10-В", "10В"),
        ("7/к", "7К"),
        ("5", "5"),
        (5.0, "5"),
        ("11ФМ", "11ФМ"),
        ("5-1", "5-1"),
        ("ис-21", "ИС-21"),
        ("ТО-3-22", "ТО-3-22"),
        ("ИС – 21", "ИС-21"),
        ("IT-21", "IT-21"),
        ("TO-3-22", "ТО-3-22"),
        ("ИC-21", "ИС-21"),
        ("2ИСиП-1", "2ИСИП-1"),
        ("гр. ИС-21", "ИС-21"),
        ("пятый", None),
        ("0А", None),
        ("13А", None),
        ("99", None),
        ("-", None),
        ("45-1", None),
    ],
)
def test_classes_and_groups(cell, group):
    assert parse_group(cell) == group


@pytest.mark.parametrize(
    ("grade", "letter", "group"),
    [
        (5, "а", "5А"),
        ("5А", "А", "5А"),
        ("5", None, "5"),
        (None, "А", None),
        ("5 класс", "«б»", "5Б"),
    ],
)
def test_class_in_two_cells(grade, letter, group):
    assert join_group(grade, letter) == group


@pytest.mark.parametrize(
    ("line", "group"),
    [
        ("5А класс", "5А"),
        ("5 «Б»", "5Б"),
        ("5 класс", "5"),
        ("ИС-21", "ИС-21"),
        ("5", None),
        ("6Б класс (25 чел.)", "6Б"),
        ("Класс: 7В", "7В"),
        ("Учителя начальных классов", None),
        ("1 5А", None),
        ("Группа 21-ИС", "21-ИС"),
        ("5А - 25 учеников", "5А"),
        ("Список 5А класса", "5А"),
        ("Список группы ИС-21", "ИС-21"),
    ],
)
def test_headings(line, group):
    assert group_heading(line) == group


@pytest.mark.parametrize(
    ("line", "group"),
    [
        ("Список обучающихся 5А класса МБОУ СОШ № 1", "5А"),
        ("Список 7 «В» класса", "7В"),
        ("Список учащихся 5-А", "5А"),
        ("Список класса 8Б", "8Б"),
        ("Список группы ИС-21", "ИС-21"),
        ("Учителя 5–11 классов", None),
        ("МБОУ СОШ № 5 г. Примерск", None),
        ("2026/2027", None),
        ("Сведения о 9 «Г»", "9Г"),
        ("Список группы продлённого дня", None),
        ("№5А", None),
        ("Ученики 10 класса", "10"),
        ("1-4 класса", None),
    ],
)
def test_class_in_a_title(line, group):
    assert group_in_title(line) == group


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("ИВАНОВА-ПЕТРОВА АННА ИВАНОВНА", Name("Иванова-Петрова", "Анна", "Ивановна")),
        ("иванов иван", Name("Иванов", "Иван")),
        ("1. Иванов Иван Иванович.", Name("Иванов", "Иван", "Иванович")),
        ("12) Иванов  Иван\u00a0Иванович", Name("Иванов", "Иван", "Иванович")),
        ("Иван Иванович Иванов", Name("Иванов", "Иван", "Иванович")),
        ("Рабинович Анна Петровна", Name("Рабинович", "Анна", "Петровна")),
        ("Мамедов Рашид АЛИ ОГЛЫ", Name("Мамедов", "Рашид", "Али оглы")),
        ("Мамедова Лейла Али-кызы", Name("Мамедова", "Лейла", "Али-кызы")),
        ("фон Примеров Карл", Name("фон Примеров", "Карл")),
        ("ДЕ ПРИМЕРОВ КАРЛ ИВАНОВИЧ", Name("де Примеров", "Карл", "Иванович")),
        ("Примерова Анна Мария Ивановна", Name("Примерова", "Анна Мария", "Ивановна")),
        ("Нгуен Тхи Тхань Хоа", Name("Нгуен", "Тхи", "Тхань Хоа")),
        ("Ёлкин Пётр", Name("Ёлкин", "Пётр")),
        ("Ивaнoв Петp", Name("Иванов", "Петр")),
        ("ИВАНОв иВАН", Name("Иванов", "Иван")),
        ("МакПримеров Иван", Name("МакПримеров", "Иван")),
        ("д'примеров иван", Name("Д'Примеров", "Иван")),
        ("Петрова - Примерова Анна", Name("Петрова-Примерова", "Анна")),
        ("Петрова (Примерова) Анна", Name("Петрова", "Анна")),
        ("Иванов Иван -", Name("Иванов", "Иван")),
        ("Иванов, Иван*", Name("Иванов", "Иван")),
        ("Ли Ван", Name("Ли", "Ван")),
    ],
)
def test_names(line, name):
    assert split_full_name(line) == name


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ("", "Нет фамилии"),
        ("Иванов", "одно слово"),
        ("Иванов И.И.", "инициалы"),
        ("И. И. Иванов", "инициалы"),
        ("Иванов.И.И", "инициалы"),
        ("Smith John", "латинск"),
        ("Иванов Jan", "латинск"),
        ("Иванов Иван2", "цифры"),
        ("Иванов @Иван", "не похоже"),
        ("а" * 3 + " бб вв гг дд ее жж", "слишком много"),
        ("Мамедов Али оглы", "пропущено имя"),
    ],
)
def test_names_that_cannot_be_taken(line, part):
    with pytest.raises(NameProblemError, match=part):
        split_full_name(line)


def test_name_of_three_cells():
    assert join_name("ИВАНОВА", "анна", "Ивановна") == Name("Иванова", "Анна", "Ивановна")
    assert join_name("фон Примеров", "Карл", "") == Name("фон Примеров", "Карл")
    assert join_name("Мамедов", "Али", "Гасан оглы") == Name("Мамедов", "Али", "Гасан оглы")
    with pytest.raises(NameProblemError, match="Не хватает фамилии"):
        join_name("", "Анна", "")
    with pytest.raises(NameProblemError, match="инициалы"):
        join_name("Иванов", "И.", "И.")
