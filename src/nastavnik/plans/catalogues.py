"""The shipped library of items of individual plans. Official words, Russian by nature."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

LIBRARY = Path(__file__).parent / "data" / "library.yaml"


@dataclass(frozen=True, slots=True)
class ShippedItem:
    """An item one may take; `at` is the share 0…1 of the pair's time by which it is due."""

    code: str
    kind: str
    at: float
    title: str
    result: str
    default: bool = False
    variants: tuple[str, ...] = ()


@cache
def shipped_items(form_code: str) -> tuple[ShippedItem, ...]:
    """Return the items of a form; those of a form the library does not know (a local one) are the general ones."""
    groups = yaml.safe_load(LIBRARY.read_text(encoding="utf-8"))
    own = [one for one in groups if form_code in one.get("forms", ())]
    chosen = own or [one for one in groups if "forms" not in one]
    return tuple(
        ShippedItem(**item, variants=tuple(group.get("variants", ())))
        for group in chosen
        for item in group["items"]
    )
