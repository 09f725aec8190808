"""What monitoring keeps of a person: who scored what, and names in words."""

from nastavnik.core.hooks.holdings import NAMELESS, Holding, Mention
from nastavnik.monitoring.models import (
    HandCount,
    ProcessSnapshot,
    Scorecard,
    ScoreMark,
    ScoreSheet,
    SwotNote,
)

HELD = (
    Holding(
        ScoreSheet,
        "Листы оценки программы",
        ("scorer__person",),
        left_out={"scorer": "сам человек"},
        words={"handed_in_on": "сдан"},
        stays={"handed_in_on": NAMELESS, "scorer": "уходит вместе с учётной записью"},
    ),
    Holding(
        ScoreMark,
        "Оценки показателей программы",
        ("sheet__scorer__person",),
        words={"points": "баллы", "why": "почему"},
        stays={"points": NAMELESS, "why": NAMELESS},
    ),
    Mention(Scorecard, "выводы оценки программы", ("conclusion",)),
    Mention(ProcessSnapshot, "оценка хода программы куратором", ("assessment",)),
    Mention(HandCount, "знаменатели показателей: кем подписаны", ("signed_by",)),
    Mention(SwotNote, "сильные и слабые стороны программы", ("words",)),
)
