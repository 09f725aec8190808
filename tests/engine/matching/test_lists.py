"""Two tables into people: columns in any order, clear sentences where something cannot be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nastavnik.engine.matching.candidates import Mentee, Mentor, standard_rules
from nastavnik.engine.matching.lists import (
    HEADINGS,
    ListProblemError,
    read_pairs,
    read_people,
    refuse_unknown_forms,
    tell_sides_apart,
    with_forms,
)
from nastavnik.engine.matching.payload import match_json

MENTORS = (
    ("Наставники школы", None, None),
    ("Мест", "Класс", "ФИО", "Чем может помочь", "Интересы"),
    (2, "10 «а»", "Указкина Нина", "Математика; физика", "шахматы"),
    ("", "", "", "", ""),
    ("", "9б", "Пеналов Пётр", "математика", ""),
)


def refusal(rows, **options):
    with pytest.raises(ListProblemError) as caught:
        read_people(rows, title="список.csv", **({"is_mentors": True} | options))
    return str(caught.value)


def test_columns_stand_in_any_order_under_any_title():
    nina, peter = read_people(MENTORS, title="m", is_mentors=True)
    assert nina == {
        "key": "Указкина Нина",
        "kind": "pupil",
        "group": "10А",
        "grade": 10,
        "age": None,
        "subject": "",
        "interests": ["шахматы"],
        "slots": [],
        "venues": [],
        "languages": [],
        "family": "",
        "organisation": "",
        "competences": ["математика", "физика"],
        "capacity": 2,
    }
    assert (peter["capacity"], peter["grade"]) == (1, 9)


@given(st.permutations(range(5)))
def test_the_order_of_columns_says_nothing(order):
    shuffled = [tuple(row[place] for place in order) for row in MENTORS[1:]]
    assert read_people(shuffled, title="m", is_mentors=True) == read_people(
        MENTORS, title="m", is_mentors=True
    )


def test_three_columns_of_a_name_and_words_for_kinds():
    rows = (
        ("Имя", "Фамилия", "Отчество", "Кто", "Возраст", "Форма", "Предмет", "Семья", "Школа"),
        ("Вера", "Мелкова", "Ильинична", "Педагог", "34", "teacher_teacher", "Физика", "", "№ 1"),
    )
    (vera,) = read_people(rows, title="m", is_mentors=False)
    assert vera["key"] == "Мелкова Вера Ильинична"
    assert (vera["kind"], vera["age"], vera["forms"]) == ("teacher", 34, ["teacher_teacher"])
    assert (vera["subject"], vera["organisation"], vera["areas"]) == ("физика", "1", [])


@pytest.mark.parametrize(
    "header",
    [
        ("ФИО", "Когда удобно", "Где встречаться", "Языки"),
        ("Name", "Schedule", "Venue", "Languages"),
    ],
)
def test_when_where_and_in_which_language_may_stand_in_columns(header):
    row = ("Аня", "Среда вечером; суббота", "онлайн, школа", "Русский, татарский")
    (anya,) = read_people((header, row), title="m", is_mentors=False)
    assert anya["slots"] == ["среда вечером", "суббота"]
    assert anya["venues"] == ["онлайн", "школа"]
    assert anya["languages"] == ["татарский"]  # Russian joins everybody and so nobody


def test_a_cell_of_several_lines_lists_as_many_things():
    rows = (("ФИО", "Интересы", "Форма"), ("Аня", "шахматы\nфутбол\r\n- ; нет\n", "a\nb, c"))
    (anya,) = read_people(rows, title="m", is_mentors=True)
    assert anya["interests"] == ["футбол", "шахматы"]
    assert anya["forms"] == ["a", "b", "c"]


def test_letters_of_any_language_and_signs_make_words_of_their_own():
    rows = (("ФИО", "Запрос"), ("Гөлнара", "C++, C#, C, җыр"), ("Гүлнара", "1С: Школа; 数学"))
    one, other = read_people(rows, title="m", is_mentors=False)
    assert one["areas"] == ["c", "c#", "c++", "җыр"]
    assert other["areas"] == ["1с школа", "数学"]
    assert (one["key"], other["key"]) == ("Гөлнара", "Гүлнара")


def test_an_unknown_form_is_refused_with_those_there_are():
    people = [{"key": "Аня", "kind": "pupil"}, {"key": "Оля", "forms": ["a", "ученик – ученик"]}]
    refuse_unknown_forms(people, ["a", "ученик – ученик"], title="m.csv")
    with pytest.raises(
        ListProblemError, match=r"m\.csv: у «Оля» форма «ученик – ученик» незнакома\. Есть: a, b"
    ):
        refuse_unknown_forms(people, ["a", "b"], title="m.csv")


def test_one_name_in_both_lists_is_one_person_unless_the_classes_differ():
    def keys(mentor_group, mentee_group):
        sides = [
            [{"key": "Пеналов Пётр", "group": mentor_group}],
            [{"key": "пеналов петр", "group": mentee_group}],
        ]
        tell_sides_apart(*sides)
        return [side[0]["key"] for side in sides]

    assert keys("10А", "5Б") == ["Пеналов Пётр (10А)", "пеналов петр (5Б)"]
    for groups in (("8А", "8А"), (None, "5Б"), ("10А", None)):
        assert keys(*groups) == ["Пеналов Пётр", "пеналов петр"]


def test_who_names_no_form_gets_those_of_the_kind():
    people = with_forms(
        [{"kind": "pupil"}, {"kind": "teacher", "forms": ["mine"]}],
        standard_rules().forms.values(),
        is_mentors=True,
    )
    assert people == [
        {"kind": "pupil", "forms": ["pupil_pupil"]},
        {"kind": "teacher", "forms": ["mine"]},
    ]


def test_namesakes_are_told_apart_by_the_class_and_only_so():
    rows = (("ФИО", "Класс"), ("Пеналов Пётр", "5А"), ("Пеналов Петр", "6Б"))
    assert [one["key"] for one in read_people(rows, title="m", is_mentors=False)] == [
        "Пеналов Пётр (5А)",
        "Пеналов Петр (6Б)",
    ]
    same = (("ФИО", "Класс"), ("Пеналов Пётр", "5А"), ("Пеналов Пётр", "5А"))
    assert "строки 2, 3" in refusal(same)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ((("Список",), ("Аня",)), "«ФИО»"),
        ((), "«ФИО»"),
        ((("ФИО",),), "ни одной строки"),
        ((("ФИО", "Класс"), ("", "5А")), "строка 2: нет имени"),
        ((("ФИО", "Класс"), ("Аня", "сто")), "«сто» не похоже на класс"),
        ((("ФИО", "Кто"), ("Аня", "космонавт")), "«космонавт»"),
        ((("ФИО", "Мест"), ("Аня", "много")), "число мест «много»"),
        ((("ФИО", "Мест"), ("Аня", "101")), "целое число до 100"),
        ((("ФИО", "Возраст"), ("Аня", "-3")), "возраст «-3»"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place(rows, words):
    assert words in refusal(rows)


def test_pairs_that_stay_are_read_whatever_the_case():
    rows = (("Наставляемый", "Наставник"), ("АНЯ", "пётр"), ("", ""))
    kept = read_pairs(rows, title="p", mentors=["Пётр"], mentees=["Аня"])
    assert kept == {"Аня": "Пётр"}


def test_in_pairs_a_name_needs_its_class_only_beside_namesakes():
    def kept(name):
        rows = (("Наставник", "Наставляемый"), ("Пётр", name))
        return read_pairs(rows, title="p", mentors=["Пётр (10А)"], mentees=["Аня (5А)", "Аня (6Б)"])

    assert kept("Аня 6б") == {"Аня (6Б)": "Пётр (10А)"}
    with pytest.raises(
        ListProblemError, match=r"не один: «Аня \(5А\)», «Аня \(6Б\)»\. Допишите класс"
    ):
        kept("аня")


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ((("Наставник", "Наставляемый"), ("", "Аня")), "строка 2: нет имени наставника"),
        ((("Наставник", "Наставляемый"), ("Пётр", None)), "строка 2: нет имени наставляемого"),
        ((("Наставник", "Кто"), ("Пётр", "Аня")), "два столбца"),
        ((("Наставник", "Наставляемый"), ("Пётр", "Оля")), "«Оля» нет в списке наставляемых"),
        ((("Наставник", "Наставляемый"), ("Оля", "Аня")), "«Оля» нет в списке наставников"),
        (
            (("Наставник", "Наставляемый"), ("Пётр", "Аня"), ("Пётр", "Аня")),
            "второй наставник",
        ),
    ],
)
def test_pairs_that_cannot_be_kept_are_refused(rows, words):
    with pytest.raises(ListProblemError, match=words):
        read_pairs(rows, title="p", mentors=["Пётр"], mentees=["Аня"])


CELLS = st.one_of(st.none(), st.integers(-5, 200), st.text(max_size=8), st.floats(allow_nan=False))
WORDS = [word for words in HEADINGS.values() for word in words]


@given(
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=5),
    st.lists(st.lists(CELLS, max_size=5), max_size=6),
    st.booleans(),
)
def test_any_table_gives_people_the_engine_takes_or_a_sentence(header, rows, is_mentors):
    try:
        people = read_people([header, *rows], title="t", is_mentors=is_mentors)
    except ListProblemError:
        return
    kind, side = (Mentor, "mentors") if is_mentors else (Mentee, "mentees")
    assert len({one["key"] for one in people}) == len(people)
    filled = with_forms(people, standard_rules().forms.values(), is_mentors=is_mentors)
    assert all(kind(**{**one, **_sets(one)}) for one in filled)
    assert match_json({side: filled})["n_matched"] == 0


def _sets(one):
    return {name: frozenset(value) for name, value in one.items() if isinstance(value, list)}
