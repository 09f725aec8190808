"""A questionnaire as it is stored: one form, one order of bytes, one digest."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from nastavnik.engine.instruments.model import Condition, Instrument, Item, ItemKind, Option


def canonical_json(body: Mapping[str, Any]) -> bytes:
    """Return the one spelling of a body: keys sorted, no spaces, UTF-8.

    Raises:
        TypeError: the body holds what JSON does not, or a key that is no text.
        ValueError: a number is not finite, or a text is not Unicode.
    """
    _only_texts_as_keys(body)
    text = json.dumps(
        body, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )
    return text.encode("utf-8")


def digest(body: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the one spelling, in hexadecimal digits."""
    return hashlib.sha256(canonical_json(body)).hexdigest()


def body_of(instrument: Instrument) -> dict[str, Any]:
    """Return the body that parses into this questionnaire: what is as usual is left out."""
    return {
        "code": instrument.code,
        "title": instrument.title,
        "forms": list(instrument.forms),
        "role": instrument.role.value,
        "stage": instrument.stage.value,
        "source": instrument.source,
        "sections": [
            {"title": section.title, "items": [_item(item) for item in section.items]}
            for section in instrument.sections
        ],
    }


def _item(item: Item) -> dict[str, Any]:
    said: dict[str, Any] = {
        "code": item.code,
        "kind": item.kind.value,
        "text": item.text,
        "options": [_option(one) for one in item.options if item.kind != ItemKind.YES_NO],
        "min": item.minimum,
        "max": item.maximum,
        "ends": list(item.ends),
        "construct": item.construct,
        "class": item.privacy.value if item.asks else "",
        "feeds": item.feeds,
        "when": [_condition(one) for one in item.when],
        "required": item.required or None,
        "of": item.of.value if item.of else "",
        "most": item.most,
        "seen_by": item.seen_by.value if item.seen_by else "",
    }
    return {key: value for key, value in said.items() if value not in (None, "", [])}


def _option(option: Option) -> dict[str, Any]:
    said: dict[str, Any] = {"code": option.code, "text": option.text}
    return said | ({"exclusive": True} if option.exclusive else {})


def _condition(condition: Condition) -> dict[str, Any]:
    said: dict[str, Any] = {
        "item": condition.item,
        "is": list(condition.is_) or None,
        "at_least": condition.at_least,
        "at_most": condition.at_most,
    }
    return {key: value for key, value in said.items() if value is not None}


def _only_texts_as_keys(value: object) -> None:
    """Refuse keys JSON would quietly turn into texts."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise TypeError(f"not a text: {key!r}")
            _only_texts_as_keys(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _only_texts_as_keys(inner)
