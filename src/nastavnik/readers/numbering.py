"""Automatic numbers of Word lists: the № a person sees and the file does not hold."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from nastavnik.readers.archives import parse, whole_number

_PLACE = re.compile(r"%([1-9])")
_LEVELS = 9


@dataclass
class NumberingLevel:
    """One level of a list: how its label is written and where it starts."""

    text: str = ""
    start: int = 1
    kind: str = "decimal"


Levels = dict[int, NumberingLevel]


@dataclass
class Numbering:
    """Counts the paragraphs of every list as they come."""

    lists: dict[str, str] = field(default_factory=dict)  # list: what it is an instance of
    abstract: dict[str, Levels] = field(default_factory=dict)
    _counts: dict[str, list[int | None]] = field(default_factory=dict)

    def next_label(self, list_id: str, depth: int) -> str:
        """Return the label of the next paragraph of a list: «1.2», «-» for a bullet, or ""."""
        levels = self.abstract.get(self.lists.get(list_id, ""), {})
        if depth not in levels or depth >= _LEVELS:
            return ""
        own = levels[depth]
        if own.kind == "bullet":
            return "-"
        counts = self._counts.setdefault(self.lists[list_id], [None] * _LEVELS)
        now = counts[depth]
        counts[depth] = own.start if now is None else now + 1
        counts[depth + 1 :] = [None] * (_LEVELS - depth - 1)
        if own.kind != "decimal":
            return ""
        return _PLACE.sub(lambda place: str(_count(counts, levels, int(place[1]) - 1)), own.text)


def _count(counts: list[int | None], levels: Levels, depth: int) -> int:
    now = counts[depth]
    return levels.get(depth, NumberingLevel()).start if now is None else now


def read_numbering(xml: bytes) -> Numbering:
    """Read the part `word/numbering.xml`."""
    reader = _NumberingReader()
    parse(xml, reader)
    return reader.numbering


class _NumberingReader:
    def __init__(self) -> None:
        self.numbering = Numbering()
        self._levels: Levels = {}
        self._level = NumberingLevel()
        self._list_id = ""

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        value = attributes.get("val", "")
        if name == "abstractNum":
            self._levels = {}
            self.numbering.abstract[attributes.get("abstractNumId", "")] = self._levels
        elif name == "lvl":
            self._level = NumberingLevel()
            self._levels[whole_number(attributes.get("ilvl"), 0)] = self._level
        elif name == "num":
            self._list_id = attributes.get("numId", "")
            self._levels = {}  # overrides inside are not read
        elif name == "abstractNumId":
            self.numbering.lists[self._list_id] = value
        else:
            self._set_level(name, value)

    def _set_level(self, name: str, value: str) -> None:
        if name == "lvlText":
            self._level.text = value
        elif name == "start":
            self._level.start = whole_number(value)
        elif name == "numFmt":
            self._level.kind = value

    def end(self, name: str) -> None:
        """Nothing ends here."""

    def data(self, text: str) -> None:
        """No text here."""
