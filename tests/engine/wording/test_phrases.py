from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nastavnik.engine.wording.cases import Case, NameGender
from nastavnik.engine.wording.payload import decline_json
from nastavnik.engine.wording.phrases import (
    class_phrase,
    counted,
    date_in_words,
    enumeration,
    guillemets,
    numero,
    period_in_words,
    plural,
    quoted,
)


def spaced(text):
    """Show unbreakable spaces as underscores."""
    return text.replace("\u00a0", "_")


def test_dates_and_periods_are_written_out():
    assert spaced(date_in_words(date(2026, 11, 21))) == "21_ноября 2026_г."
    assert spaced(period_in_words(date(2026, 12, 1), date(2027, 5, 25))) == (
        "с_1_декабря 2026_г. по_25_мая 2027_г."
    )
    assert spaced(period_in_words(date(2026, 1, 9))) == "с_9_января 2026_г."


@pytest.mark.parametrize(
    ("n", "word"),
    [
        (0, "пар"), (1, "пара"), (2, "пары"), (4, "пары"), (5, "пар"), (11, "пар"), (12, "пар"),
        (14, "пар"), (21, "пара"), (22, "пары"), (25, "пар"), (101, "пара"), (111, "пар"),
        (112, "пар"), (-1, "пара"),
    ],
)  # fmt: skip
def test_counted_nouns_agree(n, word):
    assert plural(n, "пара", "пары", "пар") == word
    assert spaced(counted(n, "пара", "пары", "пар")) == f"{n}_{word}"


@pytest.mark.parametrize(
    ("case", "gender", "text"),
    [
        (Case.NOMINATIVE, NameGender.MALE, "ученик 5А_класса"),
        (Case.GENITIVE, NameGender.MALE, "ученика 5А_класса"),
        (Case.DATIVE, NameGender.MALE, "ученику 5А_класса"),
        (Case.INSTRUMENTAL, NameGender.MALE, "учеником 5А_класса"),
        (Case.GENITIVE, NameGender.FEMALE, "ученицы 5А_класса"),
        (Case.ACCUSATIVE, NameGender.FEMALE, "ученицу 5А_класса"),
        (Case.GENITIVE, None, "обучающегося 5А_класса"),
        (Case.PREPOSITIONAL, None, "обучающемся 5А_класса"),
    ],
)
def test_a_pupil_of_a_class_agrees(case, gender, text):
    assert spaced(class_phrase("5А", case=case, gender=gender)) == text


def test_a_class_may_be_missing_or_have_a_space():
    assert class_phrase(" ", gender=NameGender.MALE) == "ученик"
    assert spaced(class_phrase("5 А")) == "обучающийся 5_А_класса"


@pytest.mark.parametrize(
    ("items", "text"),
    [([], ""), (["а"], "а"), (["а", "б"], "а и б"), (["а", "б", "в"], "а, б и в")],
)
def test_lists_end_with_and(items, text):
    assert enumeration(items) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Наставник", "«Наставник»"),
        ("«Наставник»", "«Наставник»"),
        ('"Наставник"', "«Наставник»"),
        ('МБОУ "Школа"', "«МБОУ „Школа“»"),
        ("«Шаг» и «Вместе»", "«„Шаг“ и „Вместе“»"),
        ("", "«»"),
    ],
)
def test_quotes_become_russian(text, expected):
    assert quoted(text) == expected


def test_an_odd_quote_is_left():
    assert guillemets('"Школа" и 5"') == '«Школа» и 5"'


@pytest.mark.parametrize(
    ("text", "expected"),
    [("№7", "№_7"), ("№  7", "№_7"), ("Школа №7, №\u00a08", "Школа №_7, №_8"), ("№", "№")],
)
def test_numbers_have_one_unbreakable_space(text, expected):
    assert spaced(numero(text)) == expected


@given(st.text(max_size=30))
def test_no_text_breaks_them(text):
    assert numero(numero(text)) == numero(text)
    assert guillemets(guillemets(text)) == guillemets(text)
    assert quoted(text).startswith("«")
    assert quoted(text).endswith("»")


def test_plain_data_is_declined():
    name = {"text": "Иванова Мария Петровна", "kind": "name", "case": "dative"}
    assert decline_json(name) == {"text": "Ивановой Марии Петровне", "sure": True}
    position = {"text": "тьютор", "kind": "position", "case": "genitive"}
    assert decline_json(position) == {"text": "тьютора", "sure": True}
    lone = {"text": "Ким Саша", "kind": "name", "case": "dative"}
    assert decline_json(lone) == {"text": "Ким Саша", "sure": False}
    assert decline_json({**lone, "gender": "female"}) == {"text": "Ким Саше", "sure": True}
    assert decline_json({"kind": "name", "case": "dative"})["sure"] is False


@pytest.mark.parametrize(
    ("change", "field"),
    [({"case": "vocative"}, "case"), ({"kind": None}, "kind"), ({"gender": "x"}, "gender")],
)
def test_an_unknown_choice_is_named(change, field):
    payload = {"text": "Ким Саша", "kind": "name", "case": "dative", **change}
    with pytest.raises(ValueError, match=f"Поле «{field}»: выберите одно из"):
        decline_json(payload)
