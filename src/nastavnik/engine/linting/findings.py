"""What a rule says of a document, and how that reads as a sentence."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from nastavnik.engine.linting.model import Place


class LintRule(StrEnum):
    """What is wrong; in brackets the clause of method.md §10."""

    FORM_COUNT = "form-count"  # two numbers of one thing, or another number than is listed (C1)
    STAGE_MISSING = "stage-missing"  # (C2)
    STAGE_MIXED = "stage-mixed"  # a stage is described by the words of another (C2)
    STAGE_ORDER = "stage-order"  # stages in another order than they go (C2, C14)
    FOREIGN_ORGANISATION = "foreign-organisation"  # (C3)
    EMPTY_TARGET = "empty-target"  # (C5)
    PAST_TARGET = "past-target"  # (C10)
    BEFORE_APPROVAL = "before-approval"  # (C11)
    TWO_DATES = "two-dates"  # (C12)
    TERM_REVERSED = "term-reversed"  # a term ends before it begins (C12)
    ANNEX_MISSING = "annex-missing"  # (C13)
    ANNEX_NUMBER = "annex-number"  # (C13)
    OUT_OF_ORDER = "out-of-order"  # (C14, C15)
    TWO_NAMES = "two-names"  # an office or a school under two names (C13, C22)
    TWO_APPROVERS = "two-approvers"  # (C22)
    ACT_MISQUOTED = "act-misquoted"  # (C23)
    ACT_REPEALED = "act-repealed"  # (C23)
    REGISTER_COUNT = "register-count"  # (C27)
    NO_OWNER = "no-owner"
    TWO_TITLES = "two-titles"  # one paper under two titles (C13)
    OTHER_PAIR = "other-pair"  # the paper names another pair than the base


@dataclass(frozen=True, slots=True)
class LintFinding:
    """One thing that does not fit.

    Attributes:
        rule: which rule says so.
        line: the line of the document, from 1.
        text: the words it is about, as they stand there.
        why: what is wrong, a Russian sentence.
        why_en: the same in English.
        advice: what to do, a Russian sentence.
        advice_en: the same in English.
        sure: False where it may be right as it is: then it is said as a question.
        against: the line it is compared with; 0 if none.
    """

    rule: LintRule
    line: int
    text: str
    why: str
    why_en: str
    advice: str
    advice_en: str
    sure: bool = True
    against: int = 0


def found_at(
    place: Place,
    rule: LintRule,
    why: tuple[str, str],
    advice: tuple[str, str],
    *,
    sure: bool = True,
    against: Place | None = None,
) -> LintFinding:
    """Return a finding about some words; `why` and `advice` in Russian and English."""
    return LintFinding(
        rule,
        place.line,
        place.shown,
        *why,
        *advice,
        sure=sure,
        against=against.line if against else 0,
    )


def said_day(day: dt.date) -> str:
    """Return 27.10.2020."""
    return f"{day:%d.%m.%Y}"
