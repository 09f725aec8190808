"""Who seems to have left is asked about: never taken in silence, never lost."""

import datetime as dt

import pytest

from nastavnik.engine.tables.cells import Marks
from nastavnik.engine.tables.departed import is_leaving_heading, leaving_word
from nastavnik.engine.tables.layout import guess_layout
from nastavnik.engine.tables.reading import Answers
from nastavnik.engine.tables.roster import read_roster

TODAY = dt.date(2026, 9, 1)
HEADER = ["ФИО", "Класс", "Дата рождения", "Примечание"]
ANNA = ["Примерова Анна Ивановна", "5А", "12.03.2014", ""]
BORIS = ["Образцов Борис Петрович", "5А", "01.11.2013", ""]


def read(rows, *, kind="pupils", taken=(), **known):
    answers = Answers(frozenset(taken))
    layout = guess_layout(rows, kind=kind)
    return read_roster(rows, layout, kind=kind, today=TODAY, answers=answers, **known)


def asked(roster):
    """Return the rows that wait, each once, having checked that nobody else is lost."""
    assert roster.errors == ()
    return sorted({doubt.row for doubt in roster.doubts})


@pytest.mark.parametrize(
    "note",
    [
        "выбыл",
        "Выбыла 12.10.2026",
        "отчислена",
        "уволен с 01.09",
        "переведён в СОШ № 3",
        "перевелась в другую школу",
        "в декрете",
        "декретный отпуск",
        "отпуск по уходу за ребёнком",
        "академ. отпуск",
        "не учится",
        "ушёл в колледж",
        "УБЫЛ",
    ],
)
def test_a_word_in_a_note_is_asked_about(note):
    rows = [HEADER, [*ANNA[:3], note], BORIS]
    roster = read(rows)
    assert [person.last_name for person in roster.people] == ["Образцов"]
    assert asked(roster) == [2]
    assert roster.doubts[0].name == "Примерова Анна Ивановна"
    assert roster.doubts[0].column == "Примечание"
    assert [person.row for person in read(rows, taken=[2]).people] == [2, 3]


@pytest.mark.parametrize(
    "note",
    [
        "",
        "прибыл из СОШ № 3",
        "переведена из 5Б",
        "переведён в 6 класс",
        "переведена в следующий класс",
        "не выбыл",
        "вышла из декрета",
        "олимпиада",
        "переведена на домашнее обучение",
    ],
)
def test_other_notes_ask_nothing(note):
    roster = read([HEADER, [*ANNA[:3], note], BORIS])
    assert (asked(roster), len(roster.people)) == ([], 2)


@pytest.mark.parametrize(
    ("header", "value", "is_asked"),
    [
        ("Дата выбытия", "01.09.2026", True),
        ("Дата выбытия", "", False),
        ("Выбыл", "да", True),
        ("Выбыл", "нет", False),
        ("Куда выбыл", "СОШ № 3", True),
        ("Прибыл/выбыл", "прибыл", False),
        ("Прибыл/выбыл", "выбыл", True),
        ("Дата увольнения", dt.date(2026, 6, 30), True),
        ("Откуда прибыл", "выбыл из СОШ № 3", False),
        ("Работа родителей", "мать уволена", False),
        ("Статус", "обучается", False),
        ("Статус", "отчислен", True),
    ],
)
def test_a_column_that_speaks_of_leaving(header, value, is_asked):
    roster = read([[*HEADER[:3], header], [*ANNA[:3], value], BORIS])
    assert asked(roster) == ([2] if is_asked else [])
    assert len(roster.people) == 2 - is_asked


@pytest.mark.parametrize(
    "name",
    ["(Примерова Анна Ивановна)", "[Примерова Анна Ивановна]", "Примерова Анна Ивановна (выбыла)",
     "Примерова Анна Ивановна – выбыла 03.09.2026"],
)  # fmt: skip
def test_brackets_and_words_in_the_name(name):
    roster = read([HEADER, [name, *ANNA[1:]], BORIS])
    assert asked(roster) == [2]
    assert roster.doubts[0].name == "Примерова Анна Ивановна"
    assert roster.waiting[2].birth_date == "12.03.2014"


def test_a_line_through_the_name_or_a_hidden_row():
    rows = [HEADER, ANNA, BORIS]
    assert asked(read(rows, marks=Marks(struck=frozenset({(2, 0)})))) == [2]
    assert asked(read(rows, marks=Marks(hidden=frozenset({3})))) == [3]
    assert asked(read(rows, marks=Marks(partly_struck=frozenset({(3, 0)})))) == [3]
    # a line through another cell is a slip corrected, not a person gone
    assert asked(read(rows, marks=Marks(struck=frozenset({(2, 1)})))) == []


@pytest.mark.parametrize(
    "heading", ["Выбывшие", "Выбывшие обучающиеся:", "Отчислены", "ВЫБЫЛИ В 2026 ГОДУ"]
)
def test_rows_under_a_heading_of_those_who_left(heading):
    rows = [
        HEADER,
        ANNA,
        [heading],
        BORIS,
        ["6Б класс"],
        ["Учебная Клара Львовна", "", "30.09.2012"],
    ]
    roster = read(rows)
    assert asked(roster) == [4]
    assert [person.row for person in roster.people] == [2, 6]


def test_a_whole_list_of_those_who_left():
    assert asked(read([["Список выбывших обучающихся"], HEADER, ANNA, BORIS])) == [3, 4]
    assert asked(read([HEADER, ANNA, BORIS], title="Выбывшие")) == [2, 3]
    both = [["Сведения о детях, прибывших — выбывших"], HEADER, ANNA]
    assert asked(read(both)) == []


def test_staff_on_leave_are_asked_about():
    rows = [["ФИО", "Должность"], ["Учителева Мария Петровна", "учитель (в декрете)"]]
    rows.append(["Методов Олег Ильич", "психолог"])
    roster = read(rows, kind="staff")
    assert (asked(roster), [person.row for person in roster.people]) == ([2], [3])


@pytest.mark.parametrize(
    "text",
    ["Выборнов Иван", "Уволенский", "перевод с английского", "Отчисленко Вера", "Выпускников Лев"],
)
def test_words_that_only_look_alike(text):
    assert not is_leaving_heading(text)
    assert leaving_word(text) == ""
