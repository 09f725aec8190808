"""Answers into what is kept: blank is not zero, hidden is not kept, wrong is said at its item."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nastavnik.engine.instruments import check_answers, parse_instrument, shown_items

OPTIONS = [
    {"code": "a", "text": "а"}, {"code": "b", "text": "б"}, {"code": "c", "text": "в"},
    {"code": "none", "text": "ничего", "exclusive": True},
]  # fmt: skip
INSTRUMENT = parse_instrument({
    "code": "all_kinds", "title": "Все виды", "role": "mentee", "stage": "after",
    "sections": [
        {"title": "Первый", "items": [
            {"code": "met", "kind": "yes_no", "text": "Был?"},
            {"code": "where", "kind": "text", "text": "Где?", "when": {"item": "met", "is": ["yes"]}},
            {"code": "liked", "kind": "scale", "min": 0, "max": 10, "text": "Как там?", "when": {"item": "met", "is": ["yes"]}},
            {"code": "why", "kind": "story", "text": "Почему?", "when": [{"item": "liked", "at_least": 0, "at_most": 3}]},
            {"code": "hint", "kind": "note", "text": "Дальше.", "when": {"item": "liked", "at_most": 3}},
        ]},
        {"title": "Второй", "items": [
            {"code": "what", "kind": "several", "text": "Что?", "options": OPTIONS, "most": 2},
            {"code": "more", "kind": "choice", "text": "Ещё?", "options": OPTIONS[:3], "when": {"item": "what", "is": ["a", "c"]}},
            {"code": "wish", "kind": "ranked_people", "of": "present", "most": 2, "text": "С кем?"},
            {"code": "without", "kind": "people", "of": "present", "text": "С кем нет?"},
            {"code": "day", "kind": "date", "text": "Когда?"},
            {"code": "must", "kind": "yes_no", "text": "Точно?", "required": True},
        ]},
    ],
})  # fmt: skip
PEOPLE = frozenset({"11", "12", "13"})


def checked(**raw):
    return check_answers(INSTRUMENT, {"must": "yes", **raw}, people=PEOPLE)


def kept(**raw):
    answers = checked(**raw)
    assert not answers.faults
    return {code: answer for code, answer in answers.kept.items() if code != "must"}


def test_answers_of_every_kind_are_kept_as_they_are_stored():
    assert kept(
        met=["yes"], where=" в  лагере\n", liked="3", why="так\r\nвышло", what=["c", "a"], more="b",
        wish=["12", "", "11"], without=11, day="5.9.2026",
    ) == {
        "met": "yes", "where": "в лагере", "liked": 3, "why": "так\nвышло", "what": ["a", "c"], "more": "b",
        "wish": ["12", "11"], "without": ["11"], "day": "2026-09-05",
    }  # fmt: skip


@pytest.mark.parametrize("blank", [None, "", "  \n", [], [""], [None, " "], "\x00"])
def test_a_blank_is_no_answer_and_no_zero(blank):
    assert kept(met="yes", liked=blank, what=blank, wish=blank, day=blank, where=blank) == {
        "met": "yes"
    }
    assert kept(met="yes", liked=0) == {"met": "yes", "liked": 0}
    assert checked(must=blank).faults == {"must": "Нет ответа. Ответьте на этот вопрос."}


@pytest.mark.parametrize(
    ("code", "value", "said"),
    [
        ("liked", "11", "от 0 до 10"),
        ("liked", "-1", "от 0 до 10"),
        ("liked", 3.5, "от 0 до 10"),
        ("liked", True, "от 0 до 10"),
        ("liked", "٣", "от 0 до 10"),
        ("liked", ["3", "4"], "несколько ответов"),
        ("met", "maybe", "Такого варианта"),
        ("met", ["yes", "no"], "несколько ответов"),
        ("where", "а" * 301, "301 знаков"),
        ("what", ["a", "z"], "Такого варианта"),
        ("what", ["a", "none"], "«ничего» не сочетается"),
        ("what", ["a", "b", "c"], "не больше 2"),
        ("wish", ["11", "11"], "на двух местах"),
        ("wish", ["99"], "нет в списке"),
        ("wish", ["11", "12", "13"], "не больше 2"),
        ("without", "99", "нет в списке"),
        ("day", "31.02.2026", "Такой даты нет"),
        ("day", "вчера", "Такой даты нет"),
        ("nobody", "1", "Такого вопроса"),
    ],
)
def test_a_wrong_answer_is_said_at_its_item_and_not_kept(code, value, said):
    answers = checked(**{"met": "yes", code: value})
    assert said in answers.faults[code]
    assert len(answers.faults) == 1
    assert code not in answers.kept


def test_answers_behind_a_condition_that_does_not_hold_are_not_kept():
    answers = checked(met="no", where="в лагере", liked=2, why="скучно")
    assert answers.kept == {"met": "no", "must": "yes"}
    assert answers.hidden == ("where", "liked", "why")
    assert kept(met="yes", liked=4, why="скучно") == {"met": "yes", "liked": 4}
    assert kept(what="b", more="a") == {"what": ["b"]}
    assert kept(what="c", more="a") == {"what": ["c"], "more": "a"}


def codes(answers):
    return [item.code for item in shown_items(INSTRUMENT, answers)]


def test_a_chain_of_conditions_ends_where_its_first_link_does():
    assert {"where", "liked", "why", "hint"} <= set(codes({"met": "yes", "liked": 0}))
    assert not {"where", "liked", "why", "hint"} & set(codes({"met": "no", "liked": 0}))
    assert not {"where", "why"} & set(codes({}))


VALUES = (
    st.none()
    | st.integers(-3, 12)
    | st.booleans()
    | st.sampled_from(
        ["yes", "no", "a", "b", "c", "none", "11", "12", "2026-09-05", "05.09.2026", " "]
    )
    | st.text(max_size=6)
)
RAW = st.dictionaries(
    st.sampled_from([*(item.code for item in INSTRUMENT.items), "stray"]),
    VALUES | st.lists(VALUES, max_size=4),
)


@given(RAW)
def test_whatever_comes_what_is_kept_is_kept_again(raw):
    answers = check_answers(INSTRUMENT, raw, people=PEOPLE)
    again = check_answers(INSTRUMENT, answers.kept, people=PEOPLE)
    assert again.kept == answers.kept
    assert set(again.faults) <= {"must"}
    assert again.hidden == ()
    shown = {item.code for item in shown_items(INSTRUMENT, answers.kept)}
    assert answers.kept.keys() <= shown
    assert not set(answers.hidden) & shown
    assert not any(value in (None, "", []) for value in answers.kept.values())
    assert not answers.kept.keys() & answers.faults.keys()


def says_nothing(value):
    """Tell whether nobody could read anything in what came."""
    many = value if isinstance(value, list) else [value]
    return not any(sign.isprintable() and sign != " " for one in many if one is not None for sign in str(one))  # fmt: skip


@given(RAW)
def test_nothing_that_came_is_lost_without_a_word(raw):
    answers = check_answers(INSTRUMENT, raw, people=PEOPLE)
    told = {*answers.kept, *answers.faults, *answers.hidden, "hint"}
    assert all(says_nothing(value) for code, value in raw.items() if code not in told)
