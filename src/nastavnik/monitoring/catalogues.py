"""The scorecard, shipped as data. Official words, Russian by nature."""

import datetime as dt
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from nastavnik.core.text import fold
from nastavnik.engine.statistics.verdicts import EffectThresholds

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class ScoredIndicator:
    """One of the nine.

    Attributes:
        code: as `ScoreMark.indicator` keeps it.
        title: in the words of the method.
        criterion: under which it stands.
        evidence: what the site counts beside it, by code.
    """

    code: str
    title: str
    criterion: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ScoreLevel:
    """A level of the sum: from and to, both inside; only whole sums of all indicators have one (method.md §5.2)."""

    least: int
    most: int
    words: str


@dataclass(frozen=True, slots=True)
class ScorecardRules:
    """What a scorecard asks and how its sum is read.

    Attributes:
        version: which wording it is.
        indicators: in their order.
        points: points → words, the highest first.
        levels: the highest first.
        due_from, due_to: month and day between which the card of a year is filled in.
    """

    version: str
    indicators: tuple[ScoredIndicator, ...]
    points: dict[int, str]
    levels: tuple[ScoreLevel, ...]
    due_from: tuple[int, int]
    due_to: tuple[int, int]

    @property
    def most(self) -> int:
        """The sum of the highest points of all indicators."""
        return max(self.points) * len(self.indicators)

    def is_due(self, day: dt.date) -> bool:
        """Tell whether a day is one on which the card of the year is filled in."""
        return self.due_from <= (day.month, day.day) <= self.due_to

    def level_of(self, total: float) -> ScoreLevel:
        """Return the level a sum lies in; a mean between two levels counts for the lower one: nothing is rounded up."""
        return next(one for one in self.levels if total >= one.least)


@cache
def scorecard_rules() -> ScorecardRules:
    """Return the shipped scorecard."""
    said: dict[str, Any] = yaml.safe_load((DATA / "scorecard.yaml").read_text(encoding="utf-8"))
    return ScorecardRules(
        version=said["version"],
        indicators=tuple(
            ScoredIndicator(one["code"], one["title"], criterion["title"], tuple(one["evidence"]))
            for criterion in said["criteria"]
            for one in criterion["indicators"]
        ),
        points={one["points"]: one["words"] for one in said["points"]},
        levels=tuple(ScoreLevel(one["from"], one["to"], one["words"]) for one in said["levels"]),
        due_from=_month_and_day(said["due"]["from"]),
        due_to=_month_and_day(said["due"]["to"]),
    )


@dataclass(frozen=True, slots=True)
class ProcessNumber:
    """A number of the process: what it counts and where, in words that are frozen with it."""

    code: str
    words: str
    source: str
    is_quiet: bool = False


@dataclass(frozen=True, slots=True)
class ProcessRules:
    """The numbers of a snapshot in their order, and the spans of a year in which one is taken."""

    version: str
    numbers: tuple[ProcessNumber, ...]
    due: tuple[tuple[tuple[int, int], tuple[int, int]], ...]

    def due_since(self, day: dt.date) -> dt.date | None:
        """Return the first day of the span a day lies in; None where no snapshot is due. No span goes over a new year."""
        for first, last in self.due:
            if first <= (day.month, day.day) <= last:
                return dt.date(day.year, *first)
        return None


@cache
def process_rules() -> ProcessRules:
    """Return the shipped numbers of the process."""
    said: dict[str, Any] = yaml.safe_load((DATA / "process.yaml").read_text(encoding="utf-8"))
    return ProcessRules(
        version=said["version"],
        numbers=tuple(ProcessNumber(**one) for one in said["numbers"]),
        due=tuple((_month_and_day(one["from"]), _month_and_day(one["to"])) for one in said["due"]),
    )


@dataclass(frozen=True, slots=True)
class IndicatorRule:
    """The definition of an indicator (method.md §6.1).

    Attributes:
        code, title, source: what it is called, and where the definition stands.
        role: mentee, mentor or any.
        people: learners, staff, any, or partners: organisations and not people.
        counted, of: numerator and denominator in words.
        marks: what the name of a planned value holds, folded.
        age_from, age_to: full years, both inside; None: any age.
        work_years: years in the profession at most; None: any.
        constructs: of those who are asked whether they are satisfied, what the question measures, the most general first; none:
            nobody is asked.
        from_share: from which share of the scale on an answer is «satisfied».
        notes: what a reader of a value has to know of the definition.
    """

    code: str
    title: str
    source: str
    role: str
    people: str
    counted: str
    of: str
    marks: tuple[str, ...]
    age_from: int | None = None
    age_to: int | None = None
    work_years: int | None = None
    constructs: tuple[str, ...] = ()
    from_share: float = 1.0
    notes: tuple[str, ...] = ()

    @property
    def is_asked(self) -> bool:
        """Tell whether people are asked: then the site counts the denominator too."""
        return bool(self.constructs)


@cache
def indicator_rules() -> tuple[IndicatorRule, ...]:
    """Return the shipped indicators in their order."""
    said: dict[str, Any] = yaml.safe_load((DATA / "indicators.yaml").read_text(encoding="utf-8"))
    return tuple(
        IndicatorRule(
            **{name: one[name] for name in ("code", "title", "source", "counted", "of")},
            **one["who"],
            marks=tuple(map(fold, one["marks"])),
            constructs=tuple(one.get("satisfied", {}).get("constructs", ())),
            from_share=one.get("satisfied", {}).get("from_share", 1.0),
            notes=tuple(one.get("notes", ())),
        )
        for one in said["indicators"]
    )


def indicator_rule(code: str) -> IndicatorRule | None:
    """Return an indicator by its code."""
    return next((one for one in indicator_rules() if one.code == code), None)


@dataclass(frozen=True, slots=True)
class EffectRules:
    """How before and after are read.

    Attributes:
        thresholds: where verdicts end.
        fewest_told: a count of fewer people is told together with its neighbour.
        expected: constructs forecast at the entry and told at the exit.
        words: kind of comparison → verdict → words.
        satisfied_by: constructs that ask for satisfaction, the most general first.
        satisfied_from: the share of the scale from which somebody is satisfied.
    """

    thresholds: EffectThresholds
    fewest_told: int
    expected: frozenset[str]
    words: dict[str, dict[str, str]]
    satisfied_by: tuple[str, ...]
    satisfied_from: float

    def is_satisfied(self, value: int, highest: int) -> bool:
        """Tell whether an answer on a scale that ends at `highest` says «satisfied»."""
        return value >= self.satisfied_from * highest


@cache
def effect_rules() -> EffectRules:
    """Return the shipped reading of before and after."""
    said: dict[str, Any] = yaml.safe_load((DATA / "effects.yaml").read_text(encoding="utf-8"))
    return EffectRules(
        thresholds=EffectThresholds(**said["thresholds"]),
        fewest_told=said["fewest_told"],
        expected=frozenset(said["expected"]),
        words=said["verdicts"],
        satisfied_by=tuple(said["satisfaction"]["constructs"]),
        satisfied_from=said["satisfaction"]["from_share"],
    )


def _month_and_day(text: str) -> tuple[int, int]:
    month, day = text.split("-")
    return int(month), int(day)
