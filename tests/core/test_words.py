"""Dates, search keys, refusals, passwords, privacy: the small rules everything stands on."""

import datetime as dt
import unicodedata
from importlib import import_module

import pytest
from django.contrib.auth.hashers import check_password, make_password
from django.db import models
from hypothesis import given
from hypothesis import strategies as st

from nastavnik.core.dates import age_on
from nastavnik.core.errors import RefusedError
from nastavnik.core.privacy import DataClass, classification, unclassified
from nastavnik.core.text import fold
from nastavnik.people.models import Person, User


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        ("2012-05-10", "2026-05-09", 13),
        ("2012-05-10", "2026-05-10", 14),
        ("2012-02-29", "2026-02-28", 13),  # on 1 March, as the Civil Code counts
        ("2012-02-29", "2026-03-01", 14),
        ("2012-02-29", "2028-02-29", 16),
        ("2026-01-01", "2026-01-01", 0),
    ],
)
def test_age_in_full_years(born, day, age):
    assert age_on(dt.date.fromisoformat(born), dt.date.fromisoformat(day)) == age


@given(st.dates(dt.date(1940, 1, 1), dt.date(2020, 1, 1)), st.integers(0, 30_000))
def test_age_never_falls_as_days_pass(born, days):
    day = born + dt.timedelta(days=days)
    step = age_on(born, day + dt.timedelta(days=1)) - age_on(born, day)
    assert step in (0, 1)
    assert age_on(born, day) >= 0


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("ЁЛКИНА", "Елкина"),
        ("алёна", "АЛЕНА"),
        ("  Петров\tИван ", "петров иван"),
        (unicodedata.normalize("NFD", "Йодова Зоя"), "йодова зоя"),
        ("Иван\x00ов", "иванов"),
    ],
)
def test_names_meet_however_they_are_typed(typed, stored):
    assert fold(typed) == fold(stored)


def test_different_names_stay_different():
    assert fold("Иванов") != fold("Иваново")
    assert fold("Мила") != fold("Мина")


@given(st.text())
def test_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


def test_a_refusal_keeps_every_reason_in_order():
    assert RefusedError("одна").reasons == ("одна",)
    both = RefusedError(["первая.", "вторая."])
    assert both.reasons == ("первая.", "вторая.")
    assert str(both) == "первая. вторая."


def test_passwords_are_argon2id_with_the_chosen_cost(settings):
    settings.PASSWORD_HASHERS = import_module("nastavnik.config.settings").PASSWORD_HASHERS
    encoded = make_password("три слова и 7")
    assert encoded.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert check_password("три слова и 7", encoded)
    assert not check_password("три слова и 8", encoded)


def test_every_field_of_a_model_has_its_class():
    found = classification(User)
    assert found["password"] == DataClass.SECRET
    assert found["login"] == DataClass.CONTACT
    assert unclassified(User) == set()
    assert unclassified(Person) == set()


def _model(name, privacy):
    body = {
        "__module__": __name__,
        "a": models.CharField(max_length=1),
        "Meta": type("Meta", (), {"app_label": "core", "managed": False}),
        "Privacy": type("Privacy", (), privacy),
    }
    from django.apps import apps

    made = type(name, (models.Model,), body)
    del apps.all_models["core"][name.lower()]
    return made


def test_a_field_in_two_classes_is_refused():
    model = _model("Twice", {"public": ["a"], "personal": ["a"]})
    with pytest.raises(ValueError, match=r"Twice\.a"):
        classification(model)


def test_a_field_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match=r"Ghost\.b"):
        classification(_model("Ghost", {"public": ["a", "b"]}))


def test_a_forgotten_field_is_named():
    assert unclassified(_model("Forgotten", {"technical": ["id"]})) == {"a"}
