"""Writes of pairs and of their meetings."""

from nastavnik.mentorships.actions.bases import (
    discard_base_draft,
    forget_old_base_drafts,
    keep_base_draft,
    take_base_draft,
)
from nastavnik.mentorships.actions.closing import complete_pairs
from nastavnik.mentorships.actions.contacts import note_contact, wake_concern
from nastavnik.mentorships.actions.groups import (
    leave_group,
    pause_mentee,
    resume_mentee,
    seat_mentee,
)
from nastavnik.mentorships.actions.meetings import (
    Note,
    answer_help,
    enter_month,
    note_meeting,
    plan_meetings,
    postpone_meeting,
    restore_meetings,
    shorten_meetings,
    stretch_meetings,
    strike_meetings,
    undo_note,
)
from nastavnik.mentorships.actions.orders import (
    draft_ending_order,
    drop_drafts_on,
    drop_order_line,
    extend_pair,
    give_time,
    take_time_back,
)
from nastavnik.mentorships.actions.pairs import (
    NEXT,
    approve_run,
    replace_mentor,
    set_pair_status,
    start_pairs,
)
from nastavnik.mentorships.actions.papers import (
    attach_anew,
    draft_order,
    join_pairs,
    leave_out_of_order,
    part_staff_pairs,
)
from nastavnik.mentorships.actions.pauses import (
    begin_pauses,
    end_pause,
    pause_pair,
    resume_pause,
    take_pauses_back,
)
from nastavnik.mentorships.actions.reopening import reopen_pair
from nastavnik.mentorships.actions.requests import (
    answer_replacement,
    ask_replacement,
    withdraw_replacement,
)
from nastavnik.mentorships.actions.taking_back import halt_pairs, take_back_run

__all__ = [
    "NEXT",
    "Note",
    "answer_help",
    "answer_replacement",
    "approve_run",
    "ask_replacement",
    "attach_anew",
    "begin_pauses",
    "complete_pairs",
    "discard_base_draft",
    "draft_ending_order",
    "draft_order",
    "drop_drafts_on",
    "drop_order_line",
    "end_pause",
    "enter_month",
    "extend_pair",
    "forget_old_base_drafts",
    "give_time",
    "halt_pairs",
    "join_pairs",
    "keep_base_draft",
    "leave_group",
    "leave_out_of_order",
    "note_contact",
    "note_meeting",
    "part_staff_pairs",
    "pause_mentee",
    "pause_pair",
    "plan_meetings",
    "postpone_meeting",
    "reopen_pair",
    "replace_mentor",
    "restore_meetings",
    "resume_mentee",
    "resume_pause",
    "seat_mentee",
    "set_pair_status",
    "shorten_meetings",
    "start_pairs",
    "stretch_meetings",
    "strike_meetings",
    "take_back_run",
    "take_base_draft",
    "take_pauses_back",
    "take_time_back",
    "undo_note",
    "wake_concern",
    "withdraw_replacement",
]
