"""Nothing is kept that nobody needs: each app registers its own in `AppConfig.ready`; the terms are data.

A rule must bear being killed in the middle and being done twice: what is left is found again the next day.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from django.utils import timezone

TERMS = Path(__file__).parent.parent / "data" / "retention.yaml"


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """One sort of thing that is forgotten at its term.

    Attributes:
        name: of its term in `data/retention.yaml`.
        label: what it is, in Russian.
        count: how many are older than a moment.
        forget: forgets them; returns how many.
    """

    name: str
    label: str
    count: Callable[[dt.datetime], int]
    forget: Callable[[dt.datetime], int]


_rules: dict[str, RetentionRule] = {}


def register(rule: RetentionRule) -> None:
    """Add a rule; a second one of the same name replaces the first."""
    _rules[rule.name] = rule


@cache
def terms() -> dict[str, int]:
    """Return name of a rule → days."""
    read: dict[str, int] = yaml.safe_load(TERMS.read_text(encoding="utf-8"))
    return read


def due() -> list[tuple[RetentionRule, int]]:
    """Return every rule with how much of it is past its term now; nothing is forgotten."""
    return [(rule, rule.count(_before(rule))) for rule in _rules.values()]


def forget_all() -> list[tuple[RetentionRule, int]]:
    """Forget what is past its term; return every rule with how much that was."""
    return [(rule, rule.forget(_before(rule))) for rule in _rules.values()]


def _before(rule: RetentionRule) -> dt.datetime:
    return timezone.now() - dt.timedelta(days=terms()[rule.name])
