"""The texts of consents shipped with the program (method.md §9): `data/texts.yaml`."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from nastavnik.consents.choices import Purpose

FILE = Path(__file__).parent / "data" / "texts.yaml"


@dataclass(frozen=True, slots=True)
class PurposeRecord:
    """What the catalogue says of one purpose.

    Attributes:
        title: of its paper.
        act: what the person, and what the representative agrees to.
        body: the text a school may change.
        marks: what is allowed one by one, each with a cross of its own.
        is_paper_only: the law wants it signed on paper.
    """

    title: str
    act: dict[str, str]
    body: str
    marks: tuple[str, ...] = ()
    is_paper_only: bool = False


@cache
def frame() -> dict[str, Any]:
    """Return the shipped file: its version, and what stands over and under every text."""
    found: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return found


@cache
def purposes() -> dict[Purpose, PurposeRecord]:
    """Return purpose → what the catalogue says of it, in the order of the purposes.

    Raises:
        KeyError: the catalogue lacks a purpose.
    """
    records = frame()["purposes"]
    return {
        purpose: PurposeRecord(
            title=records[purpose]["title"],
            act=records[purpose]["act"],
            body=_unwrapped(records[purpose]["body"]),
            marks=tuple(records[purpose].get("marks", ())),
            is_paper_only=records[purpose].get("is_paper_only", False),
        )
        for purpose in Purpose
    }


def _unwrapped(text: str) -> str:
    """Join the lines of each paragraph; a row of underscores keeps its own line."""
    paragraphs = []
    for paragraph in text.strip().split("\n\n"):
        said = ""
        for line in paragraph.split("\n"):
            said += ("\n" if line.startswith("_") else " ") * bool(said) + line.strip()
        paragraphs.append(said)
    return "\n\n".join(paragraphs)
