"""Kinds of events, shipped as data. Official words, Russian by nature."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class KindOfEvent:
    """A kind of event.

    Attributes:
        code: as `ProgrammeEvent.kind` keeps it.
        title: what people call it.
        stage: 1–7, of order Р-145.
        audience: whom it is for (`choices.EventAudience`).
        fact: what a held event tells the roadmap; empty for nothing.
        decides: it tells so only with a decision in its minutes.
        lines: which lines of the roadmap that ticks, in words.
    """

    code: str
    title: str
    stage: int
    audience: tuple[str, ...]
    fact: str = ""
    decides: bool = False
    lines: str = ""


@cache
def kinds() -> dict[str, KindOfEvent]:
    """Return the kinds by code, in the order of the year."""
    rows = yaml.safe_load((DATA / "kinds.yaml").read_text(encoding="utf-8"))
    return {row["code"]: KindOfEvent(**row | {"audience": tuple(row["audience"])}) for row in rows}


def kind_choices() -> list[tuple[str, str]]:
    """Return the kinds as a form offers them."""
    return [(one.code, one.title) for one in kinds().values()]
