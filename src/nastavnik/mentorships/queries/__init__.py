"""Reads of pairs and of their meetings."""

from nastavnik.mentorships.queries.meetings import (
    Chain,
    Link,
    Node,
    Tap,
    can_undo,
    chain_of,
    meetings_of,
    moods_of,
    own_due_meetings,
    own_side,
    tap_of,
    timeline_events,
)
from nastavnik.mentorships.queries.month import Cell, MonthRow, month_bounds, month_rows
from nastavnik.mentorships.queries.pairs import (
    PAIR_ORDERS,
    ordered,
    pairs_for,
    pairs_of_order,
    people_of_pairs,
    running_pairs_of,
    with_people,
)
from nastavnik.mentorships.queries.risk import LEVELS, Risk, readable_by, risk_of, risks_of

__all__ = [
    "LEVELS",
    "PAIR_ORDERS",
    "Cell",
    "Chain",
    "Link",
    "MonthRow",
    "Node",
    "Risk",
    "Tap",
    "can_undo",
    "chain_of",
    "meetings_of",
    "month_bounds",
    "month_rows",
    "moods_of",
    "ordered",
    "own_due_meetings",
    "own_side",
    "pairs_for",
    "pairs_of_order",
    "people_of_pairs",
    "readable_by",
    "risk_of",
    "risks_of",
    "running_pairs_of",
    "tap_of",
    "timeline_events",
    "with_people",
]
