"""What is kept of an erasure."""

from nastavnik.core.hooks.holdings import Holding
from nastavnik.dossiers.models import Erasure

_ACT = "сведения о самом стирании"

HELD = (
    Holding(
        Erasure,
        "Стирание данных",
        ("person",),
        words={},
        stays=dict.fromkeys(("ground", "asked_on", "due_on", "kept_name", "kept_until"), _ACT),
    ),
)
