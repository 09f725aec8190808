"""The rules of matching as shipped."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class RuleValues:
    """What a school may set of the rules, in whole points.

    Attributes:
        weights: part of the score → points.
        load_cost: what each further mentee of one mentor costs more than the one before.
        rank_weight: what one step away from a first choice costs.
        version: kept with every run.
    """

    weights: Mapping[str, int]
    load_cost: int
    rank_weight: int
    version: str


@cache
def shipped_rules() -> RuleValues:
    """Return the rules as shipped."""
    rules: dict[str, Any] = yaml.safe_load((DATA / "rules.yaml").read_text(encoding="utf-8"))
    return RuleValues(
        weights=MappingProxyType(rules["weights"]),
        load_cost=rules["load_cost"],
        rank_weight=rules["rank_weight"],
        version=rules["version"],
    )
