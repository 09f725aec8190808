"""Writes of matching: run, count, put together or apart, advise."""

from nastavnik.matching.actions.inputs import PairChange, engine_input, review_input
from nastavnik.matching.actions.opinions import give_opinion, mark_discussed
from nastavnik.matching.actions.replacing import check_substitute, least_disturbance, substitutes
from nastavnik.matching.actions.rules import set_rules
from nastavnik.matching.actions.rulings import is_override, lift_locks, lift_ruling, rule_pair
from nastavnik.matching.actions.runs import (
    mark_run_approved,
    mark_run_proposed,
    run_matching,
    save_run,
)

__all__ = [
    "PairChange",
    "check_substitute",
    "engine_input",
    "give_opinion",
    "is_override",
    "least_disturbance",
    "lift_locks",
    "lift_ruling",
    "mark_discussed",
    "mark_run_approved",
    "mark_run_proposed",
    "review_input",
    "rule_pair",
    "run_matching",
    "save_run",
    "set_rules",
    "substitutes",
]
