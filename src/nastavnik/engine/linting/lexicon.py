"""Words of the field and legal acts, as the rules of the linter take them."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from nastavnik.engine.roadmaps.checking import Usual
from nastavnik.engine.roadmaps.knowing import Sign


@dataclass(frozen=True, slots=True)
class Act:
    """A legal act.

    Attributes:
        kind: «распоряжение», «закон».
        issuer: key of `Lexicon.issuers`, "" where nobody has to be named.
        dated_on: its day.
        number: as it is written today.
        numbers: every way its number is met, even (`even_number`).
        approves: stems of what it approves; empty where that is not checked.
        never: stems of what it is wrongly said to approve.
        until: its last day; None in force.
        instead: what holds since then.
    """

    kind: str
    issuer: str
    dated_on: dt.date
    number: str
    numbers: frozenset[str]
    approves: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    until: dt.date | None = None
    instead: str = ""

    @property
    def is_known_by_number(self) -> bool:
        """Tell whether its number alone says which act is meant: any school has an order № 115."""
        return not self.number.isdigit()


@dataclass(frozen=True, slots=True)
class Counted:
    """A noun papers count: its pattern, titles in both languages."""

    pattern: re.Pattern[str]
    title: str
    title_en: str
    is_forms: bool


@dataclass(frozen=True, slots=True)
class KnownStage:
    """A stage of a programme, and how to know it; `other_base` is how its words are known that belong elsewhere."""

    title: str
    sign: re.Pattern[str]
    other_base: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class Article:
    """An article of a law that is about something of the field."""

    law: str
    number: str
    about: str


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All that is known of the field; `usual` and `signs` are those of the catalogue of activities."""

    acts: tuple[Act, ...]
    articles: tuple[Article, ...]
    issuers: Mapping[str, re.Pattern[str]]
    stages: tuple[KnownStage, ...]
    sides: tuple[str, ...]
    counted: tuple[Counted, ...]
    genres: Mapping[str, str]
    partners: re.Pattern[str]
    registers: re.Pattern[str]
    register_counts: re.Pattern[str]
    usual: Mapping[str, Usual]
    signs: Mapping[str, tuple[Sign, ...]]


_NUMERALS = {
    1: "одна|один|одну|одной",
    2: "две|два|двух|двум|двумя",
    3: "три|трех|трем|тремя",
    4: "четыре|четырех|четырем|четырьмя",
    5: "пять|пяти|пятью",
    6: "шесть|шести|шестью",
    7: "семь|семи|семью",
    8: "восемь|восьми|восемью",
    9: "девять|девяти|девятью",
    10: "десять|десяти|десятью",
}
NUMERAL = re.compile(
    r"\b(?:" + "|".join(f"(?P<n{n}>{words}|{n})" for n, words in _NUMERALS.items()) + r")\b",
    re.IGNORECASE,
)


def number_of(found: re.Match[str]) -> int:
    """Return the number a match of a pattern with `NUMERAL` names."""
    return next(n for n in _NUMERALS if found[f"n{n}"])


_LATIN = str.maketrans("ABCEHKMOPTXP", "АВСЕНКМОРТХР")


def even_number(number: str) -> str:
    """Return the number of an act without spaces, in Cyrillic capitals: «P-145» is «Р-145»."""
    return re.sub(r"[\s_]", "", number).upper().translate(_LATIN).strip("-/.")


def lexicon_of(
    words: Mapping[str, Any],
    law: Mapping[str, Any],
    usual: Mapping[str, Usual],
    signs: Mapping[str, tuple[Sign, ...]],
) -> Lexicon:
    """Return the lexicon of the shipped data (`data/lexicon.yaml`, `data/acts.yaml`)."""
    bases = words["bases"]
    return Lexicon(
        acts=tuple(map(_act, law["acts"])),
        articles=tuple(Article(**one) for one in law["articles"]),
        issuers={code: _any(several) for code, several in law["issuers"].items()},
        stages=tuple(
            KnownStage(
                one["title"], _pattern(one["sign"]), _pattern(bases[n]) if n in bases else None
            )
            for n, one in enumerate(words["stages"], 1)
        ),
        sides=tuple(words["forms"]["sides"]),
        counted=tuple(map(_counted, words["counted"])),
        genres=words["genres"],
        partners=_any(words["partners"]),
        registers=_any(words["registers"]["signs"]),
        register_counts=_any(words["registers"]["counted"]),
        usual=usual,
        signs=signs,
    )


def _act(record: Mapping[str, Any]) -> Act:
    numbers = [record["number"], *record.get("variants", ())]
    return Act(
        kind=record["kind"],
        issuer=record["issuer"],
        dated_on=record["date"],
        number=record["number"],
        numbers=frozenset(map(even_number, numbers)),
        approves=tuple(record.get("approves", ())),
        never=tuple(record.get("never", ())),
        until=record.get("until"),
        instead=record.get("instead", ""),
    )


def _counted(record: Mapping[str, str]) -> Counted:
    between = r"\s+(?:[а-я]+(?:ых|ые|ым|ими|ыми|их|ие|им)\s+){0,2}"
    after = rf"\s+(?:[а-я]+\s+)?{record['after']}" if record["after"] else ""
    pattern = rf"{NUMERAL.pattern}{between}(?:{record['noun']})\b{after}"
    return Counted(
        _pattern(pattern), record["title"], record["title_en"], record["noun"].startswith("форм")
    )


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


def _any(several: Iterable[str]) -> re.Pattern[str]:
    return _pattern("|".join(several))
