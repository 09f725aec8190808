"""XLSForm out and in again: nothing is lost of ours, nothing is guessed of theirs."""

import pytest
from tests.engine.instruments.bodies import ALL_KINDS

from nastavnik.engine.instruments import (
    InstrumentError,
    from_xlsform,
    parse_instrument,
    to_xlsform,
)

CHOICES = [["list_name", "name", "label"], ["yn", "yes", "да"], ["yn", "no", "нет"], ["Где", 1, "дома"], ["Где", 2, "в школе"]]  # fmt: skip
SETTINGS = [["form_title", "form_id", "nastavnik_role", "nastavnik_stage"], ["Чужая", "alien", "mentor", "after"]]  # fmt: skip


def read(*rows, header=("type", "name", "label", "relevant", "parameters")):
    return from_xlsform({"Survey": [list(header), *rows], "choices": CHOICES, "settings": SETTINGS})


def items_of(form):
    return [item for section in form.body["sections"] for item in section["items"]]


def test_all_kinds_go_out_and_come_in_the_same():
    instrument = parse_instrument(ALL_KINDS)
    form = from_xlsform(to_xlsform(instrument, 3))
    assert form.remarks == ()
    assert parse_instrument(form.body) == instrument


def test_the_conditions_of_the_closed_grammar_are_read():
    form = read(
        ["range", "r", "Сколько?", "", "start=0 end=10 step=1"],
        ["select_one yn", "met", "Был?", "${r} >= 3 and ${r} < 9"],
        ["select_multiple Где", "where", "Где?", "${met} = 'yes'"],
        ["text", "more", "Ещё?", "(selected(${where}, '1') or selected(${where}, '2'))"],
        ["text", "ten", "Почему 10?", "${r} = 10"],
    )
    assert form.remarks == ()
    parse_instrument(form.body)
    whens = [item.get("when") for item in items_of(form)]
    assert whens == [
        None,
        [{"item": "r", "at_least": 3, "at_most": 8}],
        [{"item": "met", "is": ["yes"]}],
        [{"item": "where", "is": ["q_1", "q_2"]}],
        [{"item": "r", "at_least": 10, "at_most": 10}],
    ]
    assert [item["kind"] for item in items_of(form)][:3] == ["scale", "yes_no", "several"]


@pytest.mark.parametrize(
    "condition",
    [
        "${r} + 1 > 3", "not(${r} = 3)", "${r} = 3 or ${met} = 'yes'", "regex(${t}, 'a*')", "${nobody} = 'yes'",
        "${t} = 'да'", "count-selected(${met}) > 1", "__import__('os')", "${r} >= 3 and position(..) = 2", "${r} > 3; 1",
    ],
)  # fmt: skip
def test_other_conditions_are_named_with_their_row_and_the_question_only_kept_as_a_note(condition):
    form = read(
        ["range", "r", "Сколько?", "", "start=1 end=5 step=1"],
        ["select_one yn", "met", "Был?", ""],
        ["text", "t", "Что?", ""],
        ["text", "last", "Ещё?", condition],
    )
    assert len(form.remarks) == 1
    assert form.remarks[0].startswith("Строка 5: условие")
    assert items_of(form)[-1] == {"code": "last", "kind": "note", "text": "Ещё?"}
    parse_instrument(form.body)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["geopoint", "a", "Где?"], "вид «geopoint» не поддерживается"),
        (["integer", "a", "Сколько?"], "вид «integer» не поддерживается"),
        (["range", "a", "Сколько?", "", "start=0 end=1 step=0.1"], "шкала без целых границ"),
        (["select_one nowhere", "a", "Что?"], "нет списка ответов «nowhere»"),
        (["begin_repeat", "a", "Дети"], "повторяющаяся группа"),
        (["calculate", "a", ""], "вид «calculate» не переносится"),
        (["rank Где", "a", "Кто?"], "участники общей встречи"),
    ],
)
def test_what_is_not_taken_is_said_with_its_row(row, said):
    form = read(["text", "first", "Первый?"], row, ["text", "z", "Последний?"])
    assert [remark for remark in form.remarks if said in remark and remark.startswith("Строка 3:")]
    assert items_of(form)[-1]["code"] == "z"
    parse_instrument(form.body)


def test_foreign_names_become_codes_and_conditions_follow_them():
    form = read(
        ["begin group", "G", "Раздел", "", ""],
        ["select one Где", "1-Место.Встречи", "Где?", ""],
        ["text", "Почему", "Почему?", "${1-Место.Встречи} = '2'"],
        ["end group", "", "", "", ""],
    )
    first, _second = items_of(form)
    assert first["code"] == "q_1"
    assert [option["code"] for option in first["options"]] == ["q_1", "q_2"]
    # a name that begins with a digit is none of XLSForm: its condition is not taken
    assert len(form.remarks) == 1
    parse_instrument(form.body)


def test_a_condition_of_a_group_holds_for_all_in_it_and_not_after_it():
    form = read(
        ["select_one yn", "met", "Был?", ""],
        ["begin_group", "g", "Подробнее", "${met} = 'yes'"],
        ["text", "a", "Где?", ""],
        ["end_group", "", "", ""],
        ["text", "b", "Ещё?", ""],
    )
    assert [item.get("when") for item in items_of(form)] == [None, [{"item": "met", "is": ["yes"]}], None]  # fmt: skip
    assert [section["title"] for section in form.body["sections"]] == ["", "Подробнее", ""]


def test_the_russian_label_of_several_is_taken():
    form = read(
        ["text", "a", "Where?", "Где?"],
        header=("type", "name", "label::English (en)", "label::Русский (ru)"),
    )
    assert items_of(form)[0]["text"] == "Где?"


def test_who_and_when_are_asked_for_where_the_form_does_not_say():
    form = from_xlsform({"survey": [["type", "name", "label"], ["text", "a", "Где?"]]})
    assert len(form.remarks) == 2
    parse_instrument(form.body)


@pytest.mark.parametrize("sheets", [{}, {"survey": []}, {"survey": [["a", "b"]]}, {"list": [["type", "name"]]}])  # fmt: skip
def test_what_is_no_form_is_refused(sheets):
    with pytest.raises(InstrumentError, match="нет листа survey"):
        from_xlsform(sheets)
