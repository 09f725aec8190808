"""Pages of programmes, of the bases and of group meetings."""

from nastavnik.programmes.views.bases import (
    add,
    add_to_base,
    after,
    edit,
    edit_record,
    leave_base,
    limits,
    make_ready,
    mentees,
    mentors,
    overview,
)
from nastavnik.programmes.views.closing import closing
from nastavnik.programmes.views.continuing import go_on
from nastavnik.programmes.views.describing import describe
from nastavnik.programmes.views.grids import collect, grid
from nastavnik.programmes.views.group_meetings import (
    add_meeting,
    attendance,
    choose,
    invite,
    meeting,
    meetings,
    minutes,
    minutes_file,
    own,
    reopen,
)

__all__ = [
    "add",
    "add_meeting",
    "add_to_base",
    "after",
    "attendance",
    "choose",
    "closing",
    "collect",
    "describe",
    "edit",
    "edit_record",
    "go_on",
    "grid",
    "invite",
    "leave_base",
    "limits",
    "make_ready",
    "meeting",
    "meetings",
    "mentees",
    "mentors",
    "minutes",
    "minutes_file",
    "overview",
    "own",
    "reopen",
]
