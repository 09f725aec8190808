"""What printed sheets may be about: an app above says its kind in one place."""

from dataclasses import dataclass

from nastavnik.core.access import Perm


@dataclass(frozen=True, slots=True)
class BlankKind:
    """What the sheets of a print are about.

    Attributes:
        code: «app.thing», kept with each print.
        perm: who may print them, take in their pictures and see these.
    """

    code: str
    perm: Perm


_kinds: dict[str, BlankKind] = {}


def register(kind: BlankKind) -> None:
    """Add a kind; registering the code again replaces it."""
    _kinds[kind.code] = kind


def all_kinds() -> tuple[BlankKind, ...]:
    """Return every kind there is."""
    return tuple(_kinds.values())
