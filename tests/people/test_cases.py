"""Lists as people have them: each file is one kind of list, with what a person reads in it."""

import datetime as dt
from pathlib import Path

import pytest

from nastavnik.people import adapter
from nastavnik.people.choices import RosterKind

CASES = Path(__file__).parent / "cases"
TODAY = dt.date(2026, 9, 1)


def read(name):
    """Return the one list of a file as the command prints it."""
    sheets = adapter.read_list(file_name=name, data=(CASES / name).read_bytes())
    lists = [
        (one.found, adapter.read_sheet(one.rows, one.found, today=TODAY))
        for sheet in sheets
        for one in adapter.lists_in(sheet)
    ]
    return adapter.lists_json(lists)


def names(said):
    return [
        " ".join(filter(None, (one["last_name"], one["first_name"], one["patronymic"])))
        for one in said["people"]
    ]


def births(said):
    return [one["birth_date"] for one in said["people"]]


def groups(said):
    return [one["group"] for one in said["people"]]


def test_the_official_base_of_mentors_lists_mentors():
    said = read("05-base-of-mentors.xlsx")
    assert said["kind"] == RosterKind.STAFF
    assert said["columns"] == {"full_name": "ФИО наставника"}
    assert names(said) == [
        "Ясенева Ольга Петровна",
        "Осинцева Вера Ильинична",
        "Кедров Пётр Львович",
    ]
    assert (said["errors"], said["doubts"]) == ([], [])


def test_name_and_birth_date_in_one_cell():
    said = read("06-name-and-birth-in-one-cell.xlsx")
    assert names(said) == ["Ольхин Артём Сергеевич", "Тополев Марк Андреевич"]
    assert births(said) == ["2013-04-12", "2012-12-30"]
    assert groups(said) == ["7А", "7Б"]
    [doubt] = said["doubts"]
    assert (doubt["row"], doubt["column"], doubt["name"]) == (
        4,
        "Прибыл/выбыл",
        "Берёзкина Дарья Ильинична",
    )


def test_groups_that_are_numbers():
    assert groups(read("07-numeric-groups.xlsx")) == ["215", "215", "31", "ПД-1"]


def test_a_column_that_proves_the_month_first():
    said = read("08-month-day-year.xlsx")
    assert births(said) == ["2013-04-12", "2013-09-25", "2012-12-30", "2013-01-05"]
    assert said["doubts"] == []


def test_words_for_no_patronymic():
    said = read("10-no-patronymic-words.xlsx")
    assert {one["patronymic"] for one in said["people"]} == {""}
    assert {one["first_name"] for one in said["people"]} == {"Юрий", "Олег", "Лев", "Глеб", "Ян"}
    # without their words the first and the fifth are one person
    assert [(error["row"], "строке 2" in error["reason"]) for error in said["errors"]] == [
        (6, True)
    ]


def test_ordinal_classes():
    assert groups(read("11-ordinal-classes.xlsx")) == ["5А", "5А", "7Б", "10", *["5А"] * 5]


def test_a_file_of_msdos():
    said = read("14-msdos.csv")
    assert names(said) == [
        "Ольхин Артём Сергеевич",
        "Берёзкина Дарья Ильинична",
        "Тополев Марк Андреевич",
    ]
    assert births(said) == ["2013-04-12", "2013-09-03", "2012-12-30"]


@pytest.mark.parametrize("name", ["15-date1904-numbers.xlsx", "16-date-in-three-columns.xlsx"])
def test_days_of_1904_and_dates_in_three_columns(name):
    assert births(read(name)) == ["2013-04-12", "2013-09-03", "2012-12-30", "2013-01-05"]


def test_one_person_twice_and_surnames_of_two_words():
    said = read("21-double-name-no-patronymic.xlsx")
    assert [doubt["row"] for doubt in said["doubts"]] == [3]
    assert [(one["last_name"], one["first_name"]) for one in said["people"]] == [
        ("Ольхин", "Артём"),
        ("Мусин Пушкин", "Иван"),
        ("Фон Берг", "Карл"),
    ]
