"""Writes of people, accounts, classes and lists."""

from nastavnik.people.actions.accounts import (
    Slip,
    give_one_time_password,
    give_slips,
    invite,
)
from nastavnik.people.actions.family import join_family, leave_family
from nastavnik.people.actions.lists import (
    accept_import,
    answer_rows,
    change_columns,
    discard_import,
    forget_old_lists,
    start_import,
)
from nastavnik.people.actions.roster import (
    add_account,
    add_person,
    appoint_class_teacher,
    change_password,
    change_person,
    correct_person,
    end_role,
    enrol,
    grade_of,
    grant_role,
    mark_left,
    open_group,
    register_person,
    take_back,
)

__all__ = [
    "Slip",
    "accept_import",
    "add_account",
    "add_person",
    "answer_rows",
    "appoint_class_teacher",
    "change_columns",
    "change_password",
    "change_person",
    "correct_person",
    "discard_import",
    "end_role",
    "enrol",
    "forget_old_lists",
    "give_one_time_password",
    "give_slips",
    "grade_of",
    "grant_role",
    "invite",
    "join_family",
    "leave_family",
    "mark_left",
    "open_group",
    "register_person",
    "start_import",
    "take_back",
]
