"""Pages of pairs and of their meetings."""

from nastavnik.mentorships.views.bases import base_draft, base_files
from nastavnik.mentorships.views.changing import approve, replace, take_back
from nastavnik.mentorships.views.ending import complete, end, reopen
from nastavnik.mentorships.views.meetings import answer_help, month, note, this_month, undo
from nastavnik.mentorships.views.orders import ending_order, extend, leave_order
from nastavnik.mentorships.views.pairs import (
    keep,
    mentee,
    own,
    pair_card,
    pair_list,
    set_status,
)
from nastavnik.mentorships.views.pauses import end_pause, pause
from nastavnik.mentorships.views.requests import (
    answer_replacement,
    ask_replacement,
    withdraw_replacement,
)
from nastavnik.mentorships.views.week import contact, wake, week

__all__ = [
    "answer_help",
    "answer_replacement",
    "approve",
    "ask_replacement",
    "base_draft",
    "base_files",
    "complete",
    "contact",
    "end",
    "end_pause",
    "ending_order",
    "extend",
    "keep",
    "leave_order",
    "mentee",
    "month",
    "note",
    "own",
    "pair_card",
    "pair_list",
    "pause",
    "reopen",
    "replace",
    "set_status",
    "take_back",
    "this_month",
    "undo",
    "wake",
    "week",
    "withdraw_replacement",
]
