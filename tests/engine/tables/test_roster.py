"""Lists as schools print them, and people read back from every layout of them."""

import datetime as dt
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nastavnik.engine.tables.cells import text_of
from nastavnik.engine.tables.layout import Field, SheetLayout, guess_kind, guess_layout
from nastavnik.engine.tables.reading import Answers
from nastavnik.engine.tables.roster import Roster, read_roster, roster_json
from nastavnik.readers.sheets import read_pasted, read_sheets

TODAY = dt.date(2026, 11, 21)
ANNA = ("Примерова", "Анна", "Ивановна", dt.date(2014, 3, 12), "5А")
BORIS = ("Образцов", "Борис", "Петрович", dt.date(2013, 11, 1), "5А")
CLARA = ("Учебная", "Клара", "", dt.date(2012, 9, 30), "6Б")


def read(rows, kind=None, taken=(), **known):
    kind = kind or guess_kind(rows)
    answers = Answers(frozenset(taken))
    layout = guess_layout(rows, kind=kind)
    return read_roster(rows, layout, kind=kind, today=TODAY, answers=answers, **known)


def pupils(roster: Roster):
    return [(p.last_name, p.first_name, p.patronymic, p.birth_date, p.group) for p in roster.people]


def staff(roster: Roster):
    return [(p.last_name, p.first_name, p.patronymic, p.position, p.subject) for p in roster.people]


def accounted(rows, roster: Roster) -> bool:
    """Every filled row is in exactly one of the four lists."""
    filled = {n for n, row in enumerate(rows, 1) if any(str(c or "").strip() for c in row)}
    people = [p.row for p in roster.people]
    errors = {one.row for one in (*roster.errors, *roster.doubts)}
    skipped = [s.row for s in roster.skipped]
    together = sorted([*people, *errors, *skipped])
    return together == sorted(filled) and len(people) == len(set(people))


PUPIL_LAYOUTS = {
    "three columns, a title with the class": [
        ["Список обучающихся 5А класса МБОУ «СОШ № 1» г. Примерск"],
        [],
        ["№ п/п", "Фамилия", "Имя", "Отчество", "Дата рожд."],
        [1, "Примерова", "Анна", "Ивановна", "12.03.2014"],
        [2, "Образцов", "Борис", "Петрович", dt.date(2013, 11, 1)],
        ["Всего: 2 человека"],
        ["Директор ______________ И.И. Примеров"],
    ],
    "a quoted class in the title": [
        ["Список 5 «А» класса на 2026/2027 учебный год"],
        ["Ф.И.О. ученика", "Д.р."],
        ["ПРИМЕРОВА АННА ИВАНОВНА", "12.3.14"],
        ["образцов борис петрович", "1 ноября 2013 г."],
    ],
    "one cell, latin letter in the class": [
        ["№", "Обучающийся", "Класс/литера", "Дата рождения"],
        ["1.", "Примерова  Анна\u00a0Ивановна.", "5A", "2014-03-12"],
        ["2.", "2. Образцов Борис Петрович", "5 «а»", "01-11-2013"],
    ],
    "class in two columns": [
        ["Фамилия, имя, отчество", "Параллель", "Литера", "Дата рождения"],
        ["Примерова Анна Ивановна", 5, "А", 41710],
        ["Образцов Борис Петрович", "5", "«а»", "41579"],
    ],
    "class and letter of the class": [
        ["Фамилия", "Имя", "Отчество", "Класс", "Литера класса", "День рождения"],
        ["Примерова", "Анна", "Ивановна", 5.0, "A", "12 марта 2014 года"],
        ["Образцов", "Борис", "Петрович", "5А", "А", "01.11.13 г.р."],
    ],
    "merged header of two lines": [
        ["№ п/п", "ФИО", None, None, "Класс", None, "Дата рождения"],
        [None, "Фамилия", "Имя", "Отчество", "Параллель", "Литера", None],
        [1, 2, 3, 4, 5, 6, 7],
        [1, "Примерова", "Анна", "Ивановна", 5, "А", "12.03.2014"],
        [2, "Образцов", "Борис", "Петрович", 5, "А", "01.11.2013"],
    ],
    "header merged down": [
        ["№ п/п", "Сведения о ребенке", None, "Класс"],
        ["№ п/п", "ФИО", "Дата рождения", "Класс"],
        [1, "Примерова Анна Ивановна", "12.03.2014", "5-а"],
        [2, "Образцов Борис Петрович", "01.11.2013", "5.а"],
    ],
    "one header over three columns": [
        ["ФИО обучающегося", None, None, "Дата рождения", "Класс"],
        ["Примерова", "Анна", "Ивановна", "12.03.2014", "5 А"],
        ["Образцов", "Борис", "Петрович", "01.11.2013", "5а класс"],
    ],
    "headings between the rows": [
        ["ФИО", "Дата рождения"],
        ["5А класс"],
        ["Примерова Анна Ивановна", "12.03.2014"],
        ["Образцов Борис Петрович", "01.11.2013"],
        ["Итого", "2"],
        ["6 «Б»"],
        ["Учебная Клара", "30.09.2012"],
    ],
    "parents beside pupils": [
        ["Ученик", "Класс", "Дата рождения", "ФИО родителя", "Дата рождения матери", "Телефон"],
        ["Примерова Анна Ивановна", "5А", "12.03.2014", "Примерова Ольга Петровна", "1.1.85", "1"],
        ["Образцов Борис Петрович", "5А", "01.11.2013", "Образцов Пётр", "2.2.1984", "нет"],
    ],
    "an export with class in its own line and a repeated header": [
        ["МБОУ СОШ № 1 г. Образцово"],
        ["Учебный год:", "2026/2027"],
        ["Класс:", "5А"],
        ["№", "ФИО обучающегося", "Пол", "Дата рождения"],
        [1, "Примерова Анна Ивановна", "Ж", "12.03.2014"],
        ["№", "ФИО обучающегося", "Пол", "Дата рождения"],
        [2, "Образцов Борис Петрович", "М", "01.11.2013"],
        ["Класс:", "6Б"],
        ["№", "ФИО обучающегося", "Пол", "Дата рождения"],
        [1, "Учебная Клара", "Ж", "30.09.2012"],
    ],
    "no header": [
        [1, "Примерова Анна Ивановна", "5А", "12.03.2014"],
        [2, "Образцов Борис Петрович", "5А", "01.11.2013"],
        [3, "Учебная Клара", "6Б", "30.09.2012"],
    ],
    "no header, names in three": [
        ["Список школы"],
        ["Примерова", "Анна", "Ивановна", dt.date(2014, 3, 12), 5, "А"],
        ["Образцов", "Борис", "Петрович", dt.date(2013, 11, 1), 5, "А"],
        ["Учебная", "Клара", "-", dt.date(2012, 9, 30), 6, "Б"],
    ],
    "no header, first name first": [
        ["Анна", "Ивановна", "Примерова", "12.03.2014", "5А"],
        ["Борис", "Петрович", "Образцов", "01.11.2013", "5А"],
    ],
    "dashes, surname holding all, class merged down": [
        ["Класс", "Фамилия", "Имя", "Отчество", "Дата рождения"],
        ["5А", "Примерова", "Анна", "Ивановна", "12.03.2014"],
        ["5А", "Образцов Борис Петрович", None, None, "01.11.2013"],
        ["6Б", "Учебная", "Клара", "нет", "30.09.2012"],
    ],
    "last name by itself is the whole name": [
        ["Фамилия ученика", "Класс", "Дата рождения"],
        ["Примерова Анна Ивановна", "5А", "12.03.2014"],
        ["Образцов Борис Петрович", "5А", "01.11.2013"],
    ],
    "first name with patronymic": [
        ["Класс", "Фамилия", "Имя, отчество", "Дата рождения", "Место рождения"],
        ["5А", "Примерова", "Анна Ивановна", "12.03.2014", "Примерск"],
        ["5А", "Образцов", "Борис Петрович", "01.11.2013", "Образцово"],
    ],
    "name in one, patronymic apart": [
        ["Фамилия, имя", "Отчество", "Класс", "Дата рождения"],
        ["Примерова Анна", "Ивановна", "5А", "12.03.2014"],
        ["Образцов Борис", "Петрович", "5А", "01.11.2013"],
    ],
    "health group and class teacher are not the class": [
        ["ФИО", "Группа здоровья", "Классный руководитель", "Класс", "Дата рождения"],
        ["Примерова Анна Ивановна", 1, "Учителева Ольга Петровна", "5А", "12.03.2014"],
        ["Образцов Борис Петрович", 2, "Учителева Ольга Петровна", "5А", "01.11.2013"],
    ],
    "an unnamed column of classes": [
        ["ФИО", None, "Дата рождения"],
        ["Примерова Анна Ивановна", "5А", "12.03.2014"],
        ["Образцов Борис Петрович", "5А", "01.11.2013"],
    ],
    "number of the class in its own header": [
        ["ФИО учащегося", "Класс", None, "Дата рождения"],
        [None, "№", "Литера", None],
        ["Примерова Анна Ивановна", 5, "А", "12.03.2014"],
        ["Образцов Борис Петрович", 5, "А", "01.11.2013"],
    ],
}


@pytest.mark.parametrize("case", PUPIL_LAYOUTS)
def test_pupils_of_real_layouts(case):
    rows = PUPIL_LAYOUTS[case]
    assert guess_kind(rows) == "pupils"
    roster = read(rows)
    assert roster.errors == ()
    assert pupils(roster) in ([ANNA, BORIS], [ANNA, BORIS, CLARA])
    assert accounted(rows, roster)
    said = " ".join(str(cell) for row in rows for cell in row)
    assert len(roster.people) == (3 if "Учебная" in said else 2)


MARIA = ("Учителева", "Мария", "Петровна", "Учитель", "Математика")
OLEG = ("Методов", "Олег", "Ильич", "Педагог-психолог", "")

STAFF_LAYOUTS = {
    "five columns": [
        ["Педагогические работники МБОУ СОШ № 1 г. Примерск"],
        ["№ п/п", "Ф.И.О.", "Должность", "Преподаваемый предмет", "Категория"],
        [1, "Учителева Мария Петровна", "Учитель", "Математика", "высшая"],
        [2, "Методов Олег Ильич", "Педагог-психолог", "-", "первая"],
    ],
    "headings that are no classes": [
        ["Фамилия", "Имя", "Отчество", "Должность", "Предмет"],
        ["Учителя 5–11 классов"],
        ["Учителева", "Мария", "Петровна", "Учитель", "Математика"],
        ["Начальное звено"],
        ["Учителя начальных классов"],
        ["Методов", "Олег", "Ильич", "Педагог-психолог", None],
        ["Администрация Школы"],
    ],
    "no header": [
        ["Учитель", "Учителева Мария Петровна", "Математика"],
        ["Педагог-психолог", "Методов Олег Ильич", ""],
    ],
    "with dates of birth": [
        ["Сотрудник", "Дата рождения", "Должность", "Дисциплина"],
        ["УЧИТЕЛЕВА МАРИЯ ПЕТРОВНА", "05.06.75", "Учитель", "Математика"],
        ["Методов Олег Ильич", None, "Педагог-психолог", "нет"],
        ["Директор", "", "", ""],
    ],
    "the weak word alone": [
        ["Учитель", "Предмет", "Должность"],
        ["Учителева Мария Петровна", "Математика", "Учитель"],
        ["Методов Олег Ильич", "", "Педагог-психолог"],
    ],
}


@pytest.mark.parametrize("case", STAFF_LAYOUTS)
def test_staff_of_real_layouts(case):
    rows = STAFF_LAYOUTS[case]
    assert guess_kind(rows) == "staff"
    roster = read(rows)
    assert roster.errors == ()
    assert staff(roster) == [MARIA, OLEG]
    assert accounted(rows, roster)


def test_a_table_pasted_from_word():
    text = "№\tФИО студента\tГруппа\tДата рождения\n1\tПримеров Иван\tис-21\t12.03.2008\n"
    roster = read(read_pasted(text).rows)
    assert pupils(roster) == [("Примеров", "Иван", "", dt.date(2008, 3, 12), "ИС-21")]


def test_college_headings():
    rows = [["ФИО", "Дата рождения"], ["Группа ТО-3-22"], ["Примеров Иван", "12.03.2008"]]
    rows += [["ИС-21"], ["Образцов Пётр", "13.03.2008"]]
    assert [p.group for p in read(rows, "pupils").people] == ["ТО-3-22", "ИС-21"]


def test_a_bare_list_of_names():
    rows = [["Учителева Мария Петровна"], ["Методов Олег Ильич"]]
    assert [p.last_name for p in read(rows, "staff").people] == ["Учителева", "Методов"]


ERRORS = [
    (["Примеров И.И.", "5А", "12.03.2014"], "ФИО", "инициалы"),
    (["Примеров", "5А", "12.03.2014"], "ФИО", "одно слово"),
    (["", "5А", "12.03.2014"], "ФИО", "Нет фамилии"),
    (["Примеров Иван", "", "12.03.2014"], "Класс", "Не указан класс"),
    (["Примеров Иван", "пятый", "12.03.2014"], "Класс", "не читается"),
    (["Примеров Иван", "5А", ""], "Дата рождения", "согласие"),
    (["Примеров Иван", "5А", "31.02.2014"], "Дата рождения", "нет в календаре"),
    (["Примеров Иван", "5А", "12.03.2030"], "Дата рождения", "не наступила"),
    (["Анна", "5А", "12.03.1914"], "Дата рождения", "полных лет"),
]


@pytest.mark.parametrize(("row", "column", "reason"), ERRORS)
def test_an_error_names_its_column_and_what_to_do(row, column, reason):
    rows = [["ФИО", "Класс", "Дата рождения"], row, ["Верный Пётр", "5А", "12.03.2014"]]
    roster = read(rows, "pupils")
    assert [p.row for p in roster.people] == [3]
    assert [(e.row, e.column) for e in roster.errors if reason in e.reason] == [(2, column)]


def test_several_errors_of_one_row_are_all_named():
    rows = [["ФИО", "Класс", "Дата рождения"], ["Примеров И.", "", "когда-то"]]
    assert [e.row for e in read(rows, "pupils").errors] == [2, 2, 2]


def test_without_any_class_every_row_says_so_once():
    rows = [["ФИО", "Дата рождения"], ["Примеров Иван", "12.03.2014"], ["А", "12.03.2014"]]
    errors = [e for e in read(rows, "pupils").errors if "класс" in e.reason]
    assert [(e.row, e.column) for e in errors] == [(2, ""), (3, "")]


def test_a_repeat_names_the_first_row():
    row = ["Примерёв Иван", "5А", "12.03.2014"]
    rows = [["ФИО", "Класс", "Дата рождения"], row, ["ПРИМЕРЕВ ИВАН", "5-а", "12.3.14"]]
    roster = read(rows, "pupils")
    assert [p.row for p in roster.people] == [2]
    (error,) = roster.errors
    assert error.row == 3
    assert "строке 2" in error.reason


def test_a_pupil_in_two_classes_waits_in_both_rows():
    rows = [["ФИО", "Класс", "Дата рождения"], ["Примеров Иван", "5А", "12.03.2014"]]
    rows.append(["Примеров Иван", "5Б", "12.03.2014"])
    roster = read(rows, "pupils")
    assert roster.people == ()
    assert [(doubt.row, doubt.name) for doubt in roster.doubts] == [
        (2, "Примеров Иван"),
        (3, "Примеров Иван"),
    ]
    assert [p.group for p in read(rows, "pupils", taken=[3]).people] == ["5Б"]
    assert [p.group for p in read(rows, "pupils", taken=[2, 3]).people] == ["5А", "5Б"]


def test_json_has_exactly_the_promised_shape():
    rows = [["Список"], ["ФИО", "Должность"], ["Учителева Мария", "Учитель"], ["Один", "Учитель"]]
    assert roster_json(read(rows, "staff"), kind="staff") == {
        "kind": "staff",
        "header_row": 2,
        "columns": {"full_name": "ФИО", "position": "Должность"},
        "people": [
            {
                "last_name": "Учителева",
                "first_name": "Мария",
                "patronymic": "",
                "birth_date": None,
                "group": "",
                "position": "Учитель",
                "subject": "",
                "gender": "",
            }
        ],
        "doubts": [],
        "errors": [
            {
                "row": 4,
                "column": "ФИО",
                "reason": "В ФИО одно слово («Один»), а нужны хотя бы фамилия и имя. Допишите.",
            }
        ],
    }
    bare = roster_json(read([["Примеров Иван", "5А", "12.03.2014"]], "pupils"), kind="pupils")
    assert bare["header_row"] is None
    assert bare["people"][0]["birth_date"] == "2014-03-12"


@pytest.mark.parametrize("last", ["Директоров", "Секретарёв", "Всеволодов", "Итогов", "Школьников"])
def test_a_surname_like_a_word_of_the_school_is_a_person(last):
    rows = [["ФИО", "Класс", "Дата рождения"], [f"{last} Иван", "5А", "12.03.2014"]]
    assert [p.last_name for p in read(rows, "pupils").people] == [last]


@pytest.mark.parametrize(
    "row",
    [
        ["Классный руководитель: Учителева М.П."],
        ["Дата печати 01.09.2026"],
        ["", "", "М.П."],
        ["Мальчиков - 1, девочек - 1"],
        ["1", "2", "3"],
        ["Директор", "", "_____ И. Примеров"],
        ["ФИО", "Класс", "Дата рождения"],
        ["Начальное звено"],
        ["И.о. директора школы"],
        ["7"],
    ],
)
def test_rows_that_are_no_people_are_set_aside(row):
    rows = [["ФИО", "Класс", "Дата рождения"], ["Примеров Иван", "5А", "12.03.2014"], row]
    roster = read(rows, "pupils")
    assert [p.row for p in roster.people] == [2]
    assert roster.errors == ()
    assert [s.row for s in roster.skipped] == [1, 3]


def test_a_signature_under_the_numbers_is_no_person():
    rows = [["№", "ФИО", "Класс", "Дата рождения"], [1, "Примеров Иван", "5А", "12.03.2014"]]
    rows += [["Классный руководитель", "Учителева В.И."], ["Директор", "Начальникова Н.Н."]]
    roster = read(rows, "pupils")
    assert ([p.row for p in roster.people], roster.errors) == ([2], ())
    assert [s.row for s in roster.skipped] == [1, 3, 4]


def test_a_layout_changed_by_hand_is_obeyed():
    rows = [["a", "b", "c"], ["12.03.2014", "5А", "Примеров Иван"]]
    columns = {0: Field.BIRTH_DATE, 1: Field.GROUP, 2: Field.FULL_NAME}
    roster = read_roster(rows, SheetLayout(0, columns), kind="pupils", today=TODAY)
    assert [p.last_name for p in roster.people] == ["Примеров"]
    assert roster.columns == {Field.BIRTH_DATE: "a", Field.GROUP: "b", Field.FULL_NAME: "c"}


# --- nothing is lost, whatever the sheet holds ---

WORDS = st.sampled_from(
    [
        "ФИО",
        "Класс",
        "Дата рождения",
        "Примеров Иван",
        "5А",
        "5 «Б»",
        "12.03.2014",
        "Итого",
        "№",
        "-",
        "Директор ___",
        "Учитель",
        "5",
        "А",
        "Иванович",
        "Фамилия",
        "Имя",
        "Литера",
        "6Б класс",
        "1",
    ]
)
CELLS = st.one_of(
    st.none(), WORDS, WORDS, st.text(max_size=12), st.integers(-9, 10**7), st.floats(), st.dates()
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(CELLS, max_size=5), max_size=8), st.sampled_from(["pupils", "staff"]))
def test_every_filled_row_is_accounted_for(rows, kind):
    guess_kind(rows)
    roster = read_roster(rows, guess_layout(rows, kind=kind), kind=kind, today=TODAY)
    filled = [n for n, row in enumerate(rows, 1) if any(text_of(cell) for cell in row)]
    parts = [p.row for p in roster.people] + [s.row for s in roster.skipped]
    waiting = {one.row for one in (*roster.errors, *roster.doubts)}
    assert waiting == set(roster.waiting)
    assert sorted(parts + list(waiting)) == filled


# --- a known set of people comes back from any layout of it ---

LAST = ["Примеров", "Образцов-Учебный", "Иванова", "Ким", "Ёлкин", "Петренко", "Школьников"]
FIRST = ["Иван", "Анна", "Пётр", "Оксана", "Эльдар"]
PATRONYMICS = ["", "Иванович", "Петровна", "Али оглы", "Ильич", "Юрьевич"]
PEOPLE = st.lists(
    st.tuples(
        st.sampled_from(LAST),
        st.sampled_from(FIRST),
        st.sampled_from(PATRONYMICS),
        st.dates(dt.date(2009, 1, 1), dt.date(2019, 12, 31)),
        st.sampled_from(["5А", "5Б", "10В", "7К", "ИС-21"]),
    ),
    min_size=1,
    max_size=8,
    unique=True,
)
MONTHS = [
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
DATES = [
    lambda d: f"{d:%d.%m.%Y}",
    lambda d: f"{d.day}.{d.month}.{d:%y}",
    lambda d: d.isoformat(),
    lambda d: f"{d:%d/%m/%Y}",
    lambda d: f"{d.day} {MONTHS[d.month - 1]} {d.year} г.",
    lambda d: str((d - dt.date(1899, 12, 30)).days),
]
GROUPS = [
    lambda g: g,
    lambda g: g if "-" in g else f"{g[:-1]} «{g[-1]}»",
    lambda g: g if "-" in g else f"{g[:-1]}-{g[-1].lower()}",
    lambda g: g.translate(str.maketrans("АВК", "ABK")),
]
CASES = [str, str.upper, str.lower]


@settings(max_examples=120, deadline=None)
@given(PEOPLE, st.data())
def test_round_trip_of_any_layout(people, data):
    draw = data.draw
    shown_date, shown_group = draw(st.sampled_from(DATES)), draw(st.sampled_from(GROUPS))
    case, split = draw(st.sampled_from(CASES)), draw(st.booleans())
    headings = draw(st.booleans())
    names = ["Фамилия", "Имя", "Отчество"] if split else ["Ф.И.О. обучающегося"]
    columns = draw(st.permutations([names, ["Д.р."], ["№ п/п"], [] if headings else ["Класс"]]))
    header = [name for part in columns for name in part]
    rows = [["Список обучающихся МБОУ СОШ г. Примерск"]] if draw(st.booleans()) else []
    rows.append(header)
    if headings:
        people = sorted(people, key=lambda p: p[4])
    group = None
    for number, (last, first, patronymic, born_on, own) in enumerate(people, 1):
        if headings and own != group:
            group = own
            rows.append([f"Группа {own}" if "-" in own else f"{own} класс"])
        whole = f"{last} {first} {patronymic}".strip()
        values = {
            "Фамилия": case(last),
            "Имя": case(first),
            "Отчество": case(patronymic) or "-",
            "Ф.И.О. обучающегося": case(whole),
            "Д.р.": shown_date(born_on),
            "№ п/п": str(number),
            "Класс": shown_group(own),
        }
        rows.append([values[name] for name in header])
    if draw(st.booleans()):
        rows += [[f"Итого: {len(people)}"], ["Директор", "", "_________"]]
    delimiter = draw(st.sampled_from([";", ",", "\t"]))
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "cp1251", "utf-16"]))
    text = "\n".join(delimiter.join(row) for row in rows)
    (sheet,) = read_sheets(text.encode(encoding), "список.csv")
    roster = read(sheet.rows)
    assert roster.errors == ()
    assert accounted(sheet.rows, roster)
    names = Counter(f"{last} {first}" for last, first, *_rest in people)
    for doubt in roster.doubts:
        # strokes prove nothing by themselves; one name twice may be one person
        assert "/" in doubt.reason or names[" ".join(doubt.name.split()[:2])] > 1
    taken = {doubt.row for doubt in roster.doubts}
    assert pupils(read(sheet.rows, taken=taken)) == people
