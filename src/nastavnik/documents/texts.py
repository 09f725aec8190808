"""Texts of papers: shipped YAML with a closed list of placeholders; nothing in a text is ever executed."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

DATA = Path(__file__).parent / "data"
_PLACEHOLDER = re.compile(r"\{(\??)([a-z_]+)\}")
BLANK = "____________"


@cache
def template(name: str) -> dict[str, Any]:
    """Return a shipped template."""
    text: dict[str, Any] = yaml.safe_load((DATA / f"{name}.yaml").read_text(encoding="utf-8"))
    return text


def fill(text: str, facts: Mapping[str, str]) -> str:
    """Put facts in the places of placeholders.

    An empty fact leaves a line to write on; `{?name}` marks one that may be left out without a trace. Facts are plain
    text: braces inside them stay as they are.
    """

    def fact(found: re.Match[str]) -> str:
        return facts.get(found[2], "") or ("" if found[1] else BLANK)

    return _PLACEHOLDER.sub(fact, text)


def points(records: list[dict[str, Any]], facts: Mapping[str, str]) -> list[str]:
    """Return the filled points whose `when` facts all hold."""
    return [
        fill(record["text"], facts)
        for record in records
        if all(facts.get(name) for name in record.get("when", ()))
    ]
