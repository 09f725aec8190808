"""Writes of matching: run, count, put together or apart, advise."""

from nastavnik.matching.actions.counting import (
    LONGEST,
    cancel_counting,
    fail_counting,
    fail_interrupted,
    finish_counting,
    read_counting,
    start_counting,
)
from nastavnik.matching.actions.inputs import PairChange, engine_input
from nastavnik.matching.actions.opinions import give_opinion, mark_discussed
from nastavnik.matching.actions.replacing import check_substitute, least_disturbance, substitutes
from nastavnik.matching.actions.rules import set_rules
from nastavnik.matching.actions.rulings import is_override, lift_locks, lift_ruling, rule_pair
from nastavnik.matching.actions.runs import mark_run_approved, mark_run_proposed, run_matching

__all__ = [
    "LONGEST",
    "PairChange",
    "cancel_counting",
    "check_substitute",
    "engine_input",
    "fail_counting",
    "fail_interrupted",
    "finish_counting",
    "give_opinion",
    "is_override",
    "least_disturbance",
    "lift_locks",
    "lift_ruling",
    "mark_discussed",
    "mark_run_approved",
    "mark_run_proposed",
    "read_counting",
    "rule_pair",
    "run_matching",
    "set_rules",
    "start_counting",
    "substitutes",
]
