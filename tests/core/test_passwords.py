"""Which passwords are refused, in words; a phrase of ordinary words is not."""

import pytest
from django.contrib.auth.password_validation import (
    password_validators_help_texts,
    validate_password,
)
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from nastavnik.core.passwords import counted, one_time_password
from nastavnik.people.models import User

ANNA = User(login="anna.kuratorova@example.ru", full_name="Кураторова Анна Ивановна")


@pytest.mark.parametrize(
    "password",
    [
        "аааааааааа", "1111111111", "1234567890", "0987654321", "12345678901", "qwertyuiop", "йцукенгшщз",
        "qwerty12345", "Йцукен12345", "abcdefghijk", "абвгдеёжзи", "1212121212", "абабабабаб", "мама мама мама",
        "123123123123", "кот кот кот кот", "aaabbbccc111", "zxcvbnm,./", "fgfgfgfgfg", "9876543210!",
        "пароль2026!", "Пароль 12345", "gfhjkm12345", "Наставник2026", "qwerty!2026", "школа2026!!", "iloveyou12",
        "password1234", "anna.kuratorova1", "моя Кураторова 8", "KURATOROVA-1", "8916123456789", "корот1",
    ],
)  # fmt: skip
def test_what_is_tried_first_is_refused(password):
    with pytest.raises(ValidationError) as refused:
        validate_password(password, ANNA)
    assert all(refused.value.messages)


@pytest.mark.parametrize(
    "password",
    [
        "три слова и 7", "четыре слова 9", "новые слова 8", "зелёный чай утром", "correct horse battery",
        "Вишня-Комета-41", "на даче растут сливы", "k7mf-2xqh-9tbw", "Школа на горе 7", "мой пароль не скажу",
    ],
)  # fmt: skip
def test_a_phrase_of_ones_own_is_taken(password):
    validate_password(password, ANNA)


@pytest.mark.parametrize(
    ("password", "worth"),
    [("", 0), ("a", 1), ("ab", 2), ("abc", 3), ("abcd", 1), ("aab", 3), ("aaa", 1), ("aaab", 2), ("abcdxyx", 4), ("12344", 2)],
)  # fmt: skip
def test_a_run_counts_as_one_sign(password, worth):
    assert counted(password) == worth


@given(st.text(alphabet="абвгд12345 ", max_size=30))
def test_a_password_is_never_worth_more_than_its_length(password):
    assert 0 <= counted(password) <= len(password)


@given(st.text(min_size=1, max_size=9))
def test_a_piece_again_and_again_is_refused_whatever_the_piece(piece):
    with pytest.raises(ValidationError):
        validate_password(piece * 10, ANNA)


def test_one_time_passwords_pass_the_rule_almost_always():
    fresh = {one_time_password() for _n in range(200)}
    assert len(fresh) == 200
    assert sum(counted(one) >= 8 for one in fresh) > 190


def test_each_rule_says_what_it_asks():
    assert all(password_validators_help_texts())
