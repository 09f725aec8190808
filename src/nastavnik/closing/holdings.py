"""What the close of a year keeps of a person."""

from nastavnik.closing.models import ClosingTalk, Thanks
from nastavnik.core.access import Perm
from nastavnik.core.hooks.holdings import NAMELESS, Holding

HELD = (
    Holding(
        ClosingTalk,
        "Разговор руководителя в конце года",
        ("record__person",),
        perm=Perm.TALK_NOTE,
        left_out={"record": "сам человек"},
        clears=("words",),
        stays=dict.fromkeys(("held_on", "held_by"), NAMELESS),
    ),
    Holding(
        Thanks,
        "Благодарности",
        ("record__person",),
        left_out={"record": "сам человек"},
        words={"kind": "чем", "given_on": "когда"},
        stays=dict.fromkeys(("kind", "given_on"), NAMELESS),
    ),
)
