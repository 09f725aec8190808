"""Bodies into questionnaires: what is read, what is refused and in which words, one digest for one body."""

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nastavnik.engine.instruments import (
    InstrumentError,
    ItemKind,
    body_of,
    breaks,
    canonical_json,
    digest,
    forbidden_words,
    pairings,
    parse_instrument,
)

BODY = {
    "code": "mentee_after",
    "title": "В конце года",
    "forms": ["pupil_pupil"],
    "role": "mentee",
    "stage": "after",
    "source": "method.md 4.1.3",
    "sections": [
        {
            "title": "О встречах",
            "items": [
                {"code": "hello", "kind": "note", "text": "Это не контрольная."},
                {"code": "comfort", "kind": "scale", "min": 1, "max": 10, "text": "Было ли спокойно?", "ends": ["нет", "да"]},
                {"code": "why", "kind": "story", "text": "Почему?", "when": {"item": "comfort", "at_most": 4}},
                {"code": "met", "kind": "yes_no", "text": "Встречались?", "construct": "experience"},
                {"code": "where", "kind": "text", "text": "Где?", "when": [{"item": "met", "is": ["yes"]}]},
                {"code": "how", "kind": "several", "text": "Как?", "options": [
                    {"code": "talk", "text": "говорили"}, {"code": "none", "text": "никак", "exclusive": True}]},
                {"code": "wish", "kind": "ranked_people", "of": "present", "most": 3, "text": "С кем?"},
                {"code": "not_with", "kind": "people", "of": "present", "class": "psychological", "seen_by": "curator", "text": "С кем нет?"},
            ],
        }
    ],
}  # fmt: skip


def body(**of_comfort):
    """Return the body with fields of its scale changed; None takes a field out."""
    made = copy.deepcopy(BODY)
    item = made["sections"][0]["items"][1]
    item.update(of_comfort)
    for key in [key for key, value in item.items() if value is None]:
        del item[key]
    return made


def faults_of(made):
    with pytest.raises(InstrumentError) as caught:
        parse_instrument(made)
    assert caught.value.faults
    return "\n".join(caught.value.faults)


def test_a_body_is_read_whole():
    instrument = parse_instrument(BODY)
    assert [item.code for item in instrument.items][:3] == ["hello", "comfort", "why"]
    comfort = instrument.item("comfort")
    assert (comfort.kind, comfort.minimum, comfort.maximum) == (ItemKind.SCALE, 1, 10)
    assert comfort.construct == "comfort"
    assert not comfort.required
    assert instrument.item("met").construct == "experience"
    assert [option.code for option in instrument.item("met").options] == ["yes", "no"]
    assert "hello" not in [item.code for item in instrument.asked]
    with pytest.raises(KeyError):
        instrument.item("nobody")


def test_what_a_questionnaire_says_of_itself_is_read_the_same():
    instrument = parse_instrument(BODY)
    again = body_of(instrument)
    assert parse_instrument(again) == instrument
    assert json.loads(canonical_json(again)) == again


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"kind": "slider"}, "«slider» в поле kind не годится"),
        ({"kind": None}, "поле kind пусто"),
        ({"text": " "}, "поле text пусто"),
        ({"text": 7}, "не текст"),
        ({"text": "Было\x00?"}, "непечатный знак"),
        ({"text": "а" * 301}, "301 знаков"),
        ({"min": None}, "границы шкалы"),
        ({"min": 10}, "границы шкалы"),
        ({"max": 100}, "границы шкалы"),
        ({"max": True}, "целое число"),
        ({"max": 10**9}, "целое число"),
        ({"ends": ["нет"]}, "два слова"),
        ({"ends": "нет"}, "нужен список"),
        ({"code": "Комфорт"}, "не код"),
        ({"code": "met"}, "код вопроса «met» повторяется"),
        ({"construct": "experience"}, "construct «experience» повторяется"),
        ({"class": "health"}, "«health» в поле class"),
        ({"feeds": "всё"}, "в поле feeds не годится"),
        ({"required": "yes"}, "true или false"),
        ({"of": "present"}, "только у вопросов о людях"),
        ({"most": 2}, "поле most"),
        ({"options": [{"code": "a", "text": "а"}]}, "бывают только у choice"),
        ({"kind": "choice", "min": None, "max": None, "ends": None}, "вариантов меньше двух"),
        ({"kind": "yes_no", "min": None, "max": None, "ends": None, "options": [{"code": "a", "text": "а"}]}, "всегда «да» и «нет»"),
        ({"kind": "people", "min": None, "max": None, "ends": None}, "кого предлагать"),
        ({"kind": "ranked_people", "of": "present", "min": None, "max": None, "ends": None}, "сколько мест"),
        ({"kind": "note", "construct": "x", "min": None, "max": None, "ends": None}, "не отвечают"),
        ({"colour": "red"}, "поле «colour» неизвестно"),
        ({"when": {"item": "met", "is": ["yes"]}}, "«met», которого нет выше"),
        ({"when": {"item": "comfort", "at_least": 3}}, "«comfort», которого нет выше"),
        ({"when": {"item": "hello", "at_least": 3}}, "нет шкалы"),
        ({"when": {"item": "hello", "is": ["yes"]}}, "нет варианта yes"),
        ({"when": {"item": "hello", "is": [True]}}, "в кавычки"),
        ({"when": {"item": "hello"}}, "либо is, либо"),
        ({"when": ["met"]}, "не набор полей"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(change, said):
    parse_instrument(body())
    faults = faults_of(body(**change))
    assert said in faults


def test_a_bound_nobody_can_reach_is_refused():
    made = body()
    made["sections"][0]["items"][2]["when"] = {"item": "comfort", "at_least": 11}
    assert "такого ответа нет" in faults_of(made)


def test_all_faults_come_at_once():
    faults = faults_of(body(kind="slider", text="") | {"title": "", "role": "king", "sheet": 1})
    for said in ("slider", "поле text пусто", "поле title пусто", "«king»", "«sheet» неизвестно"):
        assert said in faults


@pytest.mark.parametrize(
    "made", [[], {}, {"sections": {}}, {"sections": [{}]}, {"sections": [3]}, BODY | {"forms": "x"}]
)
def test_what_is_no_questionnaire_is_refused(made):
    faults_of(made)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
PLACES = [("sections",), ("title",), ("forms",), ("sections", 0), ("sections", 0, "items"), ("sections", 0, "items", 1),
          *(("sections", 0, "items", 1, key) for key in ("code", "kind", "text", "options", "min", "max", "ends", "when", "class", "of", "most"))]  # fmt: skip


@given(st.sampled_from(PLACES), JSON)
def test_any_nonsense_anywhere_is_read_or_refused_in_words(place, nonsense):
    made = copy.deepcopy(BODY)
    inner = made
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = nonsense
    faults = ()
    try:
        instrument = parse_instrument(made)
    except InstrumentError as error:
        faults = error.faults
    else:
        assert parse_instrument(body_of(instrument)) == instrument
    assert all(": " in fault and fault.endswith(".") for fault in faults)


@given(st.permutations(list(BODY)))
def test_the_order_of_keys_changes_no_digest(keys):
    assert digest({key: BODY[key] for key in keys}) == digest(BODY)


def test_a_changed_word_changes_the_digest():
    assert digest(body(text="Было ли тепло?")) != digest(body()) == digest(BODY)
    assert len(digest(BODY)) == 64


@pytest.mark.parametrize("made", [{1: "a"}, {"a": [{2: "b"}]}, {"a": {1}}])
def test_what_json_would_change_in_silence_has_no_digest(made):
    with pytest.raises(TypeError):
        canonical_json(made)


def test_no_number_beyond_json_has_a_digest():
    with pytest.raises(ValueError, match="JSON"):
        canonical_json({"a": float("nan")})


def broken(**change):
    found = breaks(parse_instrument(BODY), parse_instrument(body(**change)))
    return [(one.construct, one.cause) for one in found]


def test_what_no_longer_pairs_is_named_with_its_cause():
    assert broken() == broken(text="Иначе?", ends=None, required=True) == []
    assert broken(max=5) == [("comfort", "scale")]
    assert broken(construct="calm") == [("comfort", "gone")]
    changed = copy.deepcopy(BODY)
    items = changed["sections"][0]["items"]
    items[4]["kind"] = "story"
    items[5]["options"][0]["code"] = "speak"
    found = breaks(parse_instrument(BODY), parse_instrument(changed))
    assert [(one.construct, one.cause) for one in found] == [("where", "kind"), ("how", "options")]


def test_only_what_is_measured_alike_is_paired():
    other = body(code="calm", construct="comfort", text="Будет ли спокойно?")
    other["sections"][0]["items"][2]["when"]["item"] = "calm"
    other["sections"][0]["items"][4]["construct"] = "place"
    found = pairings(parse_instrument(other), parse_instrument(BODY))
    assert [one.construct for one in found] == ["comfort", "why", "experience", "how", "wish", "not_with"]  # fmt: skip
    assert (found[0].before.code, found[0].after.code) == ("calm", "comfort")


def test_words_the_law_keeps_apart_are_found():
    asked = body(text="Есть ли у тебя диагноз или инвалидность?", ends=["здоровье", "да"])
    found = forbidden_words(parse_instrument(asked))
    assert {code for code, _word in found} == {"comfort"}
    assert [word.casefold() for _code, word in found] == ["диагноз", "инвалидность", "здоровье"]
    assert forbidden_words(parse_instrument(BODY)) == ()
