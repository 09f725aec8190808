"""More than one list on a sheet: each is read by its own columns, nobody is dropped in silence."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nastavnik.engine.tables.cells import text_of
from nastavnik.engine.tables.layout import guess_kind, guess_layout
from nastavnik.engine.tables.parts import parts_of
from nastavnik.engine.tables.roster import read_roster

TODAY = dt.date(2026, 9, 1)
ANNA = ("Примерова Анна Ивановна", "12.03.2014")
BORIS = ("Образцов Борис Петрович", "01.11.2013")
CLARA = ("Учебная Клара Львовна", "30.09.2012")
MARIA = ("Учителева Мария Петровна", "учитель математики")
OLEG = ("Методов Олег Ильич", "педагог-психолог")


def read(rows):
    """Return kind, surnames, classes and positions of each list, and the rows that wait."""
    found, waiting = [], set()
    for part in parts_of(rows):
        kind = guess_kind(part.rows)
        roster = read_roster(part.rows, guess_layout(part.rows, kind=kind), kind=kind, today=TODAY)
        people = [(p.last_name, p.position or p.group) for p in roster.people]
        found.append((kind, people))
        waiting |= {one.row for one in (*roster.errors, *roster.doubts)}
    return found, waiting


def test_pupils_and_staff_one_under_another():
    rows = [
        ["Ученики"],
        ["№", "ФИО", "Класс", "Дата рождения"],
        [1, ANNA[0], "5А", ANNA[1]],
        [2, BORIS[0], "5А", BORIS[1]],
        [],
        ["Педагоги"],
        ["№", "ФИО", "Должность", "Предмет"],
        [1, *MARIA, "математика"],
        [2, *OLEG, ""],
    ]
    assert read(rows) == (
        [
            ("pupils", [("Примерова", "5А"), ("Образцов", "5А")]),
            ("staff", [("Учителева", MARIA[1]), ("Методов", OLEG[1])]),
        ],
        set(),
    )
    assert [part.place for part in parts_of(rows)] == ["строки 1–5", "строки 6–9"]


def test_two_classes_side_by_side():
    rows = [
        ["5А класс", None, None, None, "6Б класс"],
        ["№", "ФИО", "Дата рождения", None, "№", "ФИО", "Дата рождения"],
        [1, *ANNA, None, 1, *CLARA],
        [2, *BORIS],
    ]
    assert read(rows) == (
        [
            ("pupils", [("Примерова", "5А"), ("Образцов", "5А")]),
            ("pupils", [("Учебная", "6Б")]),
        ],
        set(),
    )
    assert [part.place for part in parts_of(rows)] == ["столбцы A–C", "столбцы D–G"]


def test_names_side_by_side_without_numbers():
    rows = [["ФИО", "Класс", "Д.р.", "ФИО", "Класс", "Д.р."]]
    rows.append([ANNA[0], "5А", ANNA[1], CLARA[0], "6Б", CLARA[1]])
    assert read(rows)[0] == [("pupils", [("Примерова", "5А")]), ("pupils", [("Учебная", "6Б")])]


def test_pupils_and_staff_side_by_side():
    rows = [
        ["№", "ФИО ученика", "Класс", "Дата рождения", None, "№", "ФИО педагога", "Должность"],
        [1, ANNA[0], "5А", ANNA[1], None, 1, *MARIA],
        [2, BORIS[0], "5А", BORIS[1], None, 2, *OLEG],
    ]
    assert [kind for kind, _people in read(rows)[0]] == ["pupils", "staff"]


def test_classes_as_headers_over_columns_of_names():
    rows = [["5А", "6Б"], [ANNA[0], CLARA[0]], [BORIS[0], "Тестова Вера Ильинична"]]
    (left, right), waiting = read(rows)
    # nobody can be taken without a birth date, and nobody is lost
    assert (left, right, waiting) == (("pupils", []), ("pupils", []), {2, 3})
    assert len(parts_of(rows)) == 2


def test_columns_in_another_order_under_a_header_of_their_own():
    rows = [
        ["ФИО", "Класс", "Дата рождения"],
        [ANNA[0], "5А", ANNA[1]],
        ["Дата рождения", "ФИО", "Класс"],
        [CLARA[1], CLARA[0], "6Б"],
    ]
    assert read(rows) == (
        [("pupils", [("Примерова", "5А")]), ("pupils", [("Учебная", "6Б")])],
        set(),
    )


def test_a_second_list_under_a_header_of_two_lines():
    rows = [
        ["ФИО", "Класс", "Дата рождения"],
        [ANNA[0], "5А", ANNA[1]],
        [],
        ["Педагоги"],
        ["№", "Сведения о педагоге", None, None, "Должность"],
        [None, "Фамилия", "Имя", "Отчество", None],
        [1, "Учителева", "Мария", "Петровна", MARIA[1]],
    ]
    assert read(rows) == (
        [("pupils", [("Примерова", "5А")]), ("staff", [("Учителева", MARIA[1])])],
        set(),
    )


ONE_LIST = {
    "a header again on the next page": [
        ["ФИО", "Класс", "Дата рождения"],
        [ANNA[0], "5А", ANNA[1]],
        ["ФИО", "Класс", "Дата рождения"],
        [CLARA[0], "6Б", CLARA[1]],
    ],
    "classes under one another with the same columns": [
        ["5А"],
        ["№", "ФИО", "Дата рождения"],
        [1, *ANNA],
        ["6Б"],
        ["№", "ФИО", "Дата рождения"],
        [1, *CLARA],
    ],
    "a header of two lines": [
        ["№ п/п", "ФИО", None, None, "Класс", "Дата рождения"],
        [None, "Фамилия", "Имя", "Отчество", None, None],
        [1, "Примерова", "Анна", "Ивановна", "5А", ANNA[1]],
        [2, "Учебная", "Клара", "Львовна", "6Б", CLARA[1]],
    ],
    "parents beside": [
        ["№", "ФИО ребёнка", "Класс", "Дата рождения", "ФИО родителя", "Телефон"],
        [1, ANNA[0], "5А", ANNA[1], "Примерова Ольга Ивановна", "1"],
        [2, CLARA[0], "6Б", CLARA[1], "Учебный Лев Львович", "2"],
    ],
}


@pytest.mark.parametrize("case", ONE_LIST)
def test_one_list_stays_one(case):
    rows = ONE_LIST[case]
    assert read(rows) == ([("pupils", [("Примерова", "5А"), ("Учебная", "6Б")])], set())
    assert [part.place for part in parts_of(rows)] == [""]


def test_a_mentee_beside_the_mentor_is_no_second_list():
    rows = [
        ["ФИО наставника", "Должность", "ФИО наставляемого", "Класс"],
        [*MARIA, ANNA[0], "5А"],
        [*OLEG, BORIS[0], "5А"],
    ]
    assert read(rows)[0] == [("staff", [("Учителева", MARIA[1]), ("Методов", OLEG[1])])]


def test_names_that_are_not_read_are_asked_about():
    rows = [["ФИО", "Класс", "Дата рождения", "Пара"], [ANNA[0], "5А", ANNA[1], CLARA[0]]]
    rows.append([BORIS[0], "5А", BORIS[1], "Тестова Вера Ильинична"])
    roster = read_roster(rows, guess_layout(rows, kind="pupils"), kind="pupils", today=TODAY)
    assert [(one.row, one.column) for one in roster.questions] == [(1, "Пара")]


CELLS = st.sampled_from(
    [
        "ФИО",
        "Класс",
        "Дата рождения",
        "Должность",
        "№",
        "5А",
        ANNA[0],
        CLARA[0],
        ANNA[1],
        "",
        None,
        1,
        "Итого",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(CELLS, max_size=8), max_size=10))
def test_every_cell_is_in_exactly_one_part(rows):
    parts = parts_of(rows)
    for index, row in enumerate(rows):
        for column, cell in enumerate(row):
            if text_of(cell):
                holding = [
                    part
                    for part in parts
                    if column < len(part.rows[index]) and part.rows[index][column] == cell
                ]
                assert len(holding) == 1
