"""The words of the journal, shipped as data: Russian, as the school reads it."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist

DATA = Path(__file__).parent / "data"


@cache
def trail_words() -> dict[str, dict[str, Any]]:
    """Return the tables of words by their names."""
    read: dict[str, dict[str, Any]] = yaml.safe_load((DATA / "trail.yaml").read_text("utf-8"))
    return read


def act_in_words(action: str) -> str:
    """Return what was done."""
    return str(trail_words()["acts"].get(action, action))


def thing_in_words(label: str) -> str:
    """Return what it was done to, in general."""
    return str(trail_words()["things"].get(label, label))


def list_in_words(what: str) -> str:
    """Return which list was taken out and as what."""
    words = trail_words()["lists"]
    return ", ".join(str(words.get(word, word)) for word in what.split())


def field_in_words(label: str, name: str) -> str:
    """Return how people call a field: by the table, else by the model's own word; the name itself for one that is gone."""
    if word := trail_words()["fields"].get(name):
        return str(word)
    try:
        return str(apps.get_model(label)._meta.get_field(name).verbose_name)
    except (LookupError, FieldDoesNotExist, AttributeError, ValueError):
        return name


def page_in_words(page: str) -> str:
    """Return where somebody looked, or which list was taken out."""
    return str(trail_words()["pages"].get(page, page))


def look_in_words(kind: str) -> str:
    """Return how somebody came to know."""
    return str(trail_words()["looks"][kind])


def purpose_in_words(purpose: str) -> str:
    """Return what for, or on whose word, something was taken out."""
    return str(trail_words()["purposes"].get(purpose, purpose))
