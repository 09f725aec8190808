"""Lists shipped as data: areas of help and interests, official words and Russian by nature; rules of pairs, in both languages."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import get_language

from nastavnik.core.hooks.attention import Urgency
from nastavnik.engine.wording.phrases import plural

DATA = Path(__file__).parent / "data"
_ENGLISH_FORMS = 2  # one and many


@dataclass(frozen=True, slots=True)
class ListEntry:
    """One line of a list; `audience` is learner, staff or both."""

    code: str
    title: str
    audience: str


@dataclass(frozen=True, slots=True)
class PairRule:
    """What of a pair somebody should look at (`data/pair_rules.yaml` says each field).

    Attributes:
        code: its name in addresses and in the settings of a form.
        urgency, state: how soon, and how it is drawn.
        title, words, step: what it is, the reason with the number in it, and what to do next.
        label: what the limit says, empty for a rule without one.
        unit: one, few and many of what is counted; in English one and many.
        limit, least, most: from when on it is told, and between what a school may set that.
        quiet_days: how long it leaves the list after somebody has spoken with them; 0: it stays.
        place: the smaller, the further up among what is equally urgent.
        marks: told only to those who read the marks of both sides.
        worsens: a bigger number brings it back before that.
        counts_down: the number is days left: the smaller, the worse.
        like: it is off the lists also while this other one is.
    """

    code: str
    urgency: Urgency
    state: str
    title: str
    words: str
    step: str
    quiet_days: int
    place: int
    label: str = ""
    unit: tuple[str, ...] = ("", "", "")
    limit: int = 0
    least: int = 0
    most: int = 0
    marks: bool = False
    worsens: bool = False
    counts_down: bool = False
    like: str = ""

    @property
    def has_limit(self) -> bool:
        """Tell whether a school sets from when on it is told."""
        return bool(self.label)

    def reason(self, n: int) -> str:
        """Return the reason with its number."""
        return self.words.format(n=f"{n}\u00a0{self._counted(n)}")

    def _counted(self, n: int) -> str:
        if len(self.unit) == _ENGLISH_FORMS:
            return self.unit[n != 1]
        one, few, many = self.unit
        return plural(n, one, few, many)


def read(name: str) -> list[dict[str, Any]]:
    """Return the records of a shipped file."""
    records: list[dict[str, Any]] = yaml.safe_load((DATA / name).read_text(encoding="utf-8"))
    return records


def pair_rules() -> dict[str, PairRule]:
    """Return the rules of pairs by code, the most important first, in the words of the language of the page."""
    return _pair_rules((get_language() or "").startswith("en"))


@cache
def _pair_rules(is_english: bool) -> dict[str, PairRule]:  # noqa: FBT001 - the key of the cache
    found = {}
    for row in read("pair_rules.yaml"):
        english = row.pop("en")
        words = {**row, **english} if is_english else row
        found[row["code"]] = PairRule(
            **{
                **words,
                "urgency": Urgency[row["urgency"].upper()],
                "unit": tuple(words.get("unit", ("", "", ""))),
            }
        )
    return found


@cache
def areas() -> dict[str, ListEntry]:
    """Return what may be asked for and offered, by code."""
    return {
        row["code"]: ListEntry(row["code"], row["title"], row["for"]) for row in read("areas.yaml")
    }


@cache
def interests() -> dict[str, ListEntry]:
    """Return interests, by code."""
    return _of_both("interests.yaml")


@cache
def time_slots() -> dict[str, ListEntry]:
    """Return the times of a week when people may meet, by code."""
    return _of_both("time_slots.yaml")


@cache
def meeting_places() -> dict[str, ListEntry]:
    """Return where and how people may meet, by code."""
    return _of_both("meeting_places.yaml")


@cache
def languages() -> dict[str, ListEntry]:
    """Return languages besides Russian, by code."""
    return _of_both("languages.yaml")


def _of_both(name: str) -> dict[str, ListEntry]:
    return {row["code"]: ListEntry(row["code"], row["title"], "both") for row in read(name)}


def area_choices(*, learner: bool) -> list[tuple[str, str]]:
    """Return the areas for learners or for staff as choices of a form."""
    wanted = "learner" if learner else "staff"
    return [(e.code, e.title) for e in areas().values() if e.audience in (wanted, "both")]
