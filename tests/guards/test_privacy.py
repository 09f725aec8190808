"""Every stored field is said to be of one class; nothing is left unsaid, nothing said twice."""

import pytest
from django.apps import apps
from django.db import connection, models
from django.test.utils import isolate_apps

from nastavnik.core.privacy import DataClass, classification, unclassified

OURS = [model for model in apps.get_models() if model.__module__.startswith("nastavnik.")]
# What is open in a model of people needs a second look; so does a field whose name sounds personal.
SOUNDS_PERSONAL = ("name", "birth", "phone", "mail", "address", "diagnos", "health", "password")
PUBLIC_NAMES = {
    "organisations.Organisation": {"full_name", "short_name", "head_name"},  # stand on the school's own site
    "organisations.Partner": {"name"},
    "roadmaps.IndicatorTarget": {"name"},  # of an indicator, printed in the document
    "people.StudyGroup": {"name"},
}  # fmt: skip


def faults(model):
    """Return what is wrong with the declaration of a model."""
    try:
        known = classification(model)
    except ValueError as error:
        return [str(error)]
    own = {name for name in dir(getattr(model, "Privacy", None)) if name[0] != "_"}
    said = [f"no such class: {name}" for name in own - {one.value for one in DataClass}]
    said += [f"not classified: {name}" for name in unclassified(model)]
    allowed = PUBLIC_NAMES.get(model._meta.label, set())
    said += [
        f"{name} sounds personal and is {known[name]}"
        for name in known
        if known[name] in {DataClass.PUBLIC, DataClass.TECHNICAL}
        and any(word in name for word in SOUNDS_PERSONAL)
        and name not in allowed
    ]
    return said


def test_the_models_are_found():
    assert len(OURS) >= 18


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_every_field_is_classified_once(model):
    assert faults(model) == []


@pytest.mark.both
@pytest.mark.django_db
def test_every_table_of_ours_belongs_to_a_model_or_its_many_to_many():
    ours = {model._meta.db_table for model in OURS}
    ours |= {field.m2m_db_table() for model in OURS for field in model._meta.many_to_many}
    labels = {model._meta.app_label for model in OURS}
    tables = {t for t in connection.introspection.table_names() if t.partition("_")[0] in labels}
    assert tables == ours


# ---------------------------------------------------------------- planted violations


def planted(**privacy):
    class Planted(models.Model):
        title = models.CharField(max_length=10)
        friends = models.ManyToManyField("self")
        Privacy = type("Privacy", (), privacy)

        class Meta:
            app_label = "planted"

    return Planted


@pytest.mark.parametrize(
    ("privacy", "said"),
    [
        ({}, "not classified"),
        ({"technical": ["id"], "public": ["title"]}, "not classified: friends"),
        ({"technical": ["id", "title"], "public": ["title", "friends"]}, "Planted.title"),
        ({"technical": ["id", "gone"], "public": ["title", "friends"]}, "Planted.gone"),
        (
            {"technical": ["id"], "public": ["title", "friends"], "open": ["title"]},
            "no such class: open",
        ),
    ],
)
@isolate_apps("nastavnik.core")
def test_a_model_that_leaves_a_field_unsaid_is_seen(privacy, said):
    assert any(said in one for one in faults(planted(**privacy)))


@isolate_apps("nastavnik.core")
def test_a_model_that_says_everything_passes():
    assert faults(planted(technical=["id"], public=["title"], personal=["friends"])) == []


@isolate_apps("nastavnik.core")
def test_a_birth_date_called_technical_is_seen():
    class Child(models.Model):
        birth_date = models.DateField()

        class Meta:
            app_label = "planted"

        class Privacy:
            technical = ["id", "birth_date"]

    assert faults(Child) == ["birth_date sounds personal and is technical"]
