"""Which answers of two questionnaires may be set side by side: equal construct and equal measure."""

from dataclasses import dataclass
from enum import StrEnum

from nastavnik.engine.instruments.model import Instrument, Item


class Cause(StrEnum):
    """Why a construct can no longer be paired."""

    GONE = "gone"  # no item names it any more: taken out, or its code changed
    KIND = "kind"  # it is answered in another way
    SCALE = "scale"  # the bounds of its scale changed
    OPTIONS = "options"  # options were added, taken out or got other codes


@dataclass(frozen=True, slots=True)
class Break:
    """A construct that can no longer be paired."""

    construct: str
    cause: Cause


@dataclass(frozen=True, slots=True)
class Pairing:
    """Two items that measure the same in the same way."""

    construct: str
    before: Item
    after: Item


def breaks(old: Instrument, new: Instrument) -> tuple[Break, ...]:
    """Return what the old version measured and the new one does not measure in the same way, in the old order."""
    now = {item.construct: item for item in new.asked}
    return tuple(
        Break(item.construct, cause)
        for item in old.asked
        if (cause := _cause(item, now.get(item.construct)))
    )


def pairings(before: Instrument, after: Instrument) -> tuple[Pairing, ...]:
    """Return the items that may be compared before and after, in the order of the second sheet."""
    then = {item.construct: item for item in before.asked}
    return tuple(
        Pairing(item.construct, first, item)
        for item in after.asked
        if (first := then.get(item.construct)) is not None and first.measure == item.measure
    )


def _cause(old: Item, new: Item | None) -> Cause | None:
    if new is None:
        return Cause.GONE
    if new.kind != old.kind:
        return Cause.KIND
    if (new.minimum, new.maximum) != (old.minimum, old.maximum):
        return Cause.SCALE
    return None if new.measure == old.measure else Cause.OPTIONS
