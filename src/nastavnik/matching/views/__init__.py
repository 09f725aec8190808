"""The matching workspace."""

from nastavnik.matching.views.deciding import discussed, lift, opine, rule
from nastavnik.matching.views.results import history, past_run, recount, workspace
from nastavnik.matching.views.running import let_in, people, run
from nastavnik.matching.views.weights import rules, shipped

__all__ = [
    "discussed",
    "history",
    "let_in",
    "lift",
    "opine",
    "past_run",
    "people",
    "recount",
    "rule",
    "rules",
    "run",
    "shipped",
    "workspace",
]
