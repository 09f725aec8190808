"""Reads of matching: proposals with their reasons in sentences, the difference to the run before."""

from nastavnik.matching.queries.comparing import (
    MenteeMove,
    RunComparison,
    changes_since,
    compare_runs,
    moves,
)
from nastavnik.matching.queries.opinions import (
    advised_against,
    open_questions,
    opinions_of,
    opinions_seen,
    outcomes_open,
)
from nastavnik.matching.queries.people import WhoIsMatched, n_pairs_to_look_at, who_is_matched
from nastavnik.matching.queries.points import ScorePoints
from nastavnik.matching.queries.replacing import Candidate, candidates
from nastavnik.matching.queries.rules import rules_in_force
from nastavnik.matching.queries.rulings import (
    Rulings,
    all_rulings,
    ruled_otherwise,
    rulings_of,
    timeline_events,
)
from nastavnik.matching.queries.runs import (
    Runs,
    forms_to_match,
    latest_run,
    past_runs,
    proposal_of,
    proposed_now,
    replaced_by,
    runs_of,
    why_approval_stays,
)
from nastavnik.matching.queries.shortages import KeptShortage, shortage_words
from nastavnik.matching.queries.since import changed_since
from nastavnik.matching.queries.workspace import (
    LINE_ORDERS,
    LeftOut,
    MentorGroup,
    PairCard,
    RunLine,
    RunView,
    lines_of,
    run_view,
)

__all__ = [
    "LINE_ORDERS",
    "Candidate",
    "KeptShortage",
    "LeftOut",
    "MenteeMove",
    "MentorGroup",
    "PairCard",
    "Rulings",
    "RunComparison",
    "RunLine",
    "RunView",
    "Runs",
    "ScorePoints",
    "WhoIsMatched",
    "advised_against",
    "all_rulings",
    "candidates",
    "changed_since",
    "changes_since",
    "compare_runs",
    "forms_to_match",
    "latest_run",
    "lines_of",
    "moves",
    "n_pairs_to_look_at",
    "open_questions",
    "opinions_of",
    "opinions_seen",
    "outcomes_open",
    "past_runs",
    "proposal_of",
    "proposed_now",
    "replaced_by",
    "ruled_otherwise",
    "rules_in_force",
    "rulings_of",
    "run_view",
    "runs_of",
    "shortage_words",
    "timeline_events",
    "who_is_matched",
    "why_approval_stays",
]
