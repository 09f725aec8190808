"""What the papers of pairs say."""

from nastavnik.mentorships.documents.bases import base_paper, base_title
from nastavnik.mentorships.documents.changes import (
    compose_ending_order,
    compose_extension_order,
    compose_pause_order,
    findings_of_change_order,
)
from nastavnik.mentorships.documents.common import is_of_staff
from nastavnik.mentorships.documents.pairs import (
    compose_pair_order,
    findings_of_pair_order,
    pair_order,
)

__all__ = [
    "base_paper",
    "base_title",
    "compose_ending_order",
    "compose_extension_order",
    "compose_pair_order",
    "compose_pause_order",
    "findings_of_change_order",
    "findings_of_pair_order",
    "is_of_staff",
    "pair_order",
]
