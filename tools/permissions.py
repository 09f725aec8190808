"""The table of rights, printed from the code: `python tools/permissions.py > docs/permissions.md`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from nastavnik.core.access import GRANTS, Perm, Role

HEAD = """\
# Permissions

Printed from `GRANTS` in `src/nastavnik/core/access/permissions.py` by `python tools/permissions.py > docs/permissions.md`;
a guard compares. A view asks for one right (`@requires(Perm.…)`); without it the answer is 403.

A right says which pages, never which rows. Rows are those of the organisations in which a role of today carries the
right, and of other people's rows nothing is found (404). Narrower than the organisation:

* a class teacher sees the own classes, their pupils, consents, records and pairs; proposes mentees of them straight into
  «being prepared», writes requests, ticks papers (and takes back the own ticks), types in the slips of the group meeting of
  pupils who have not chosen themselves. What the person sees by another role is not written in by this one; mentors, the
  gate, matching and pairs stay with the curator;
* a curator of one направление sees and approves the bases, proposals, rulings and pairs of the own forms; the roster and
  the register of orders are the school's;
* a mentor and a mentee see the own open pairs;
* `answer_give` is about what the own person is asked, and nothing else; who holds a link of their own answers by it without an
  account (`@by_link`): it opens one questionnaire of one person, until it is answered or closed, and shows nobody's answers.
  `answer_guarded` are the answers a questionnaire marks as psychological;
* a municipal coordinator sees counts of the organisations below, how they stand with the lines the district has set, the
  roadmap of a school as it was sent, and no name.

Who gives a one-time password could sign in with it, so `account_edit` alone does not do. `RENEWS` says whose: a director
everybody's of the own organisation; a curator everybody's but the director's and the psychologist's; a curator of one
направление nobody's. Every role the other account holds must be among them, so an account with a role elsewhere stays
out of reach; one's own password one changes oneself, with the old one. On the server itself: `one_time_password LOGIN`.

`GIVES` says who gives and takes which role: a director all of the own school; a curator of all forms those of pairs,
class teachers, social teachers and deputies; a curator of one направление mentors and mentees. Nobody gives a role to
oneself. Where a role begins somebody begins it: the curator makes the first director, the coordinator the first curator
of a new school. `HALVED` says whose one-time password the giver sees only half of; the other half a second person shows
(`slip_witness`), neither the giver nor the owner ([0025](decisions/0025-roles-and-slips-of-two-people.md)).

A second step of the sign-in (`second_step`) its owner ends, or a director of the own school for an account whose roles are
all theirs to give; a curator none. On the server itself: `second_step_off LOGIN`
([0032](decisions/0032-a-second-step-of-our-own.md)).
"""


def table(grants: dict[Role, frozenset[Perm]]) -> str:
    """Return who may do what as a table: a row for each right, a column for each role."""
    roles = list(Role)
    lines = [
        "| | " + " | ".join(role.value.replace("_", " ") for role in roles) + " |",
        "| --- |" + " :-: |" * len(roles),
    ]
    for perm in Perm:
        marks = ["✓" if perm in grants[role] else "" for role in roles]
        lines.append(f"| `{perm.value}` | " + " | ".join(marks) + " |")
    return "\n".join(lines)


def page(grants: dict[Role, frozenset[Perm]] = GRANTS) -> str:
    """Return the whole page."""
    return f"{HEAD}\n{table(grants)}\n"


if __name__ == "__main__":
    sys.stdout.write(page())
