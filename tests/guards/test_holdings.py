"""Every model with a personal field is said in `core.hooks.holdings`: given out, found by name, or aside with a reason."""

import re

import pytest
from django.apps import apps
from django.utils import translation

from nastavnik.core.hooks import holdings
from nastavnik.core.hooks.holdings import Aside, Holding
from nastavnik.core.privacy import DataClass, classification
from nastavnik.dossiers.choices import GIVERS
from nastavnik.people.models import Enrolment, Person

OURS = [model for model in apps.get_models() if model.__module__.startswith("nastavnik.")]
OPEN = {DataClass.PUBLIC, DataClass.TECHNICAL}


def said():
    return {one.model for one in (*holdings.holdings(), *holdings.mentions(), *holdings.asides())}


def unsaid(models, known):
    """Return the models that keep something personal and are said nowhere."""
    return [
        model._meta.label
        for model in models
        if set(classification(model).values()) - OPEN and model not in known
    ]


def faults(one):
    """Return what is wrong with a holding: a field that is neither told nor left out with a reason, words not Russian."""
    known = classification(one.model)
    personal = {name for name, kind in known.items() if kind not in {*OPEN, DataClass.SECRET}}
    heads = {path.partition("__")[0] for path in one.paths} & set(one.paths)
    named = set(one.fields) | set(one.left_out) | heads | {f"{path}_id" for path in heads}
    wrong = [f"neither given nor left out: {name}" for name in sorted(personal - named)]
    wrong += [f"left out without a reason: {name}" for name, why in one.left_out.items() if not why]
    for name in one.fields:
        if not re.search("[а-яё]", one.word(name).lower()):
            wrong.append(f"no Russian word: {name}")
        field = next((f for f in one.model._meta.get_fields() if f.name == name), None)
        if field is not None and field.is_relation and name not in one.told:
            wrong.append(f"a key is given as it is: {name}")
    if one.narrow and not one.narrow_why:
        wrong.append("rows are left out without a reason")
    if one.perm and one.perm not in GIVERS:
        wrong.append(f"nobody is said to give it: {one.perm}")
    return wrong


def unerased(one):
    """Return the personal fields of a holding of which erasing says nothing; keys lead to somebody without a name."""
    if one.deletes and one.owned is None:
        return []
    known = classification(one.model)
    said = {*one.clears, *one.wiped, *one.stays, *one.paths}
    return sorted(
        name
        for name, kind in known.items()
        if kind not in OPEN
        and not one.deletes
        and not one.model._meta.get_field(name).is_relation
        and name not in said
    )


@pytest.mark.parametrize("one", holdings.holdings(), ids=lambda one: one.model._meta.label)
def test_erasing_says_of_every_field_what_becomes_of_it(one):
    assert unerased(one) == []
    assert all(one.stays.values())
    assert bool(one.wiped) <= bool(one.wipe) or one.model._meta.label == "questionnaires.Response"


def test_a_field_erasing_forgets_is_caught():
    assert unerased(Holding(Enrolment, "Классы", ("person",))) == ["ends_on", "starts_on"]


def test_nothing_personal_is_kept_unsaid():
    assert len(holdings.holdings()) > 25
    assert unsaid(OURS, said()) == []


@pytest.mark.parametrize("one", holdings.holdings(), ids=lambda one: one.model._meta.label)
def test_every_field_of_a_holding_is_given_or_left_out_with_a_reason(one):
    with translation.override("ru"):
        assert faults(one) == []


def test_every_table_aside_says_why():
    assert [one.model for one in holdings.asides() if len(one.why) < len("потому")] == []


@pytest.mark.django_db
@pytest.mark.parametrize("one", holdings.holdings(), ids=lambda one: one.model._meta.label)
def test_every_holding_can_be_asked(one):
    assert list(one.rows(0)) == []


# ---------------------------------------------------------------- planted violations


def test_a_model_said_nowhere_is_caught():
    assert unsaid(OURS, said() - {Person}) == ["people.Person"]


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({}, "a key is given as it is: study_group"),
        ({"told": {"study_group": str}}, "no Russian word: study_group"),
        ({"narrow": lambda rows, _asking: rows}, "rows are left out without a reason"),
        ({"left_out": {"study_group": ""}}, "left out without a reason: study_group"),
    ],
)
def test_a_field_of_no_kind_is_caught(given, found):
    planted = Holding(Enrolment, "Классы", ("person",), **given)
    with translation.override("ru"):
        assert found in faults(planted)


def test_what_is_aside_is_no_holding():
    both = {one.model for one in holdings.holdings()} & {one.model for one in holdings.asides()}
    assert both == set(), Aside
