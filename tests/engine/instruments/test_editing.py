"""A questionnaire changed by a form: codes stay, what is taken out is out, what is added has a code of its own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.instruments.bodies import ALL_KINDS

from nastavnik.engine.instruments import InstrumentError, body_of, breaks, edited, parse_instrument

INSTRUMENT = parse_instrument(ALL_KINDS)


def changed(**changes):
    return parse_instrument(edited(INSTRUMENT, {name.replace("__", "-"): value for name, value in changes.items()}))  # fmt: skip


def broken(**changes):
    return {one.construct: one.cause for one in breaks(INSTRUMENT, changed(**changes))}


def test_an_empty_form_changes_nothing():
    assert edited(INSTRUMENT, {}) == body_of(INSTRUMENT)


def test_words_change_and_codes_and_pairs_stay():
    new = changed(
        title="Своя", section__1="Начало", text__liked="Как вам?\r\n", low__liked="плохо", option__one__a="иное",
    )  # fmt: skip
    assert (new.title, new.sections[0].title) == ("Своя", "Начало")
    assert (new.item("liked").text, new.item("liked").ends) == ("Как вам?", ("плохо", "да"))
    assert [option.text for option in new.item("one").options] == ["иное", "б"]
    assert breaks(INSTRUMENT, new) == ()


def test_what_no_longer_pairs_is_seen():
    assert broken(max__liked="5") == {"liking": "scale"}
    assert broken(drop__wish="on") == {"wish": "gone"}
    assert broken(option__what__none="") == {"what": "options"}
    assert broken(more__what="в\n\n г ") == {"what": "options"}


def test_a_fresh_question_stands_last_in_its_section_with_a_code_of_its_own():
    new = changed(new__kind__1="several", new__text__1="Что ещё?", new__options__1="раз\nдва")
    assert len({item.code for item in new.items}) == len(INSTRUMENT.items) + 1
    item = new.sections[0].items[-1]
    assert item.text == "Что ещё?"
    assert item.construct == item.code
    assert [option.text for option in item.options[:2]] == ["раз", "два"]
    assert breaks(INSTRUMENT, new) == ()
    again = parse_instrument(edited(new, {"new-kind-2": "scale", "new-text-2": "Что ещё?"}))
    assert (again.items[-1].minimum, again.items[-1].maximum) == (1, 10)
    assert again.items[-1].code != item.code


def test_an_option_written_twice_and_a_condition_left_alone_are_refused():
    for changes in ({"new-kind-1": "choice", "new-text-1": "Что?", "new-options-1": "раз\nраз"}, {"drop-met": "on"},
                    {"min-liked": "много"}, {"text-liked": " "}, {"option-what-a": "", "option-what-b": ""},
                    {"new-kind-1": "slider", "new-text-1": "Что?"}):  # fmt: skip
        with pytest.raises(InstrumentError):
            parse_instrument(edited(INSTRUMENT, changes))


NAMES = [*("title", "role", "section-1", "new-kind-1", "new-text-1", "new-options-2"),
         *(f"{what}-{item.code}" for item in INSTRUMENT.items for what in ("text", "drop", "low", "min", "more", "option"))]  # fmt: skip


@given(st.dictionaries(st.sampled_from(NAMES), st.text(max_size=8) | st.sampled_from(["scale", "choice", "3"])))  # fmt: skip
def test_any_form_gives_a_questionnaire_or_a_refusal_and_no_code_changes_its_owner(changes):
    body = edited(INSTRUMENT, changes)
    kinds = {item["code"]: item["kind"] for section in body["sections"] for item in section["items"]}  # fmt: skip
    before = {item.code: item.kind for item in INSTRUMENT.items}
    assert all(kinds[code] == before[code] for code in kinds.keys() & before.keys())
    try:
        parse_instrument(body)
    except InstrumentError as error:
        faults = error.faults
    else:
        faults = ()
    assert all(isinstance(fault, str) for fault in faults)
