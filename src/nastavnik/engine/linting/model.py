"""A document as the rules see it: running text with its lines, annexes, requisites, the plan in it."""

import datetime as dt
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from nastavnik.engine.roadmaps.blocks import Block, SourceParagraph, SourceRow, SourceTable
from nastavnik.engine.roadmaps.indicators import Indicator
from nastavnik.engine.roadmaps.phrases import hangs
from nastavnik.engine.roadmaps.preface import date_in
from nastavnik.engine.roadmaps.reading import ParsedRoadmap, read_roadmap

HEAD_LINES = 30  # requisites stand at the beginning
_SPACES = re.compile(r"[\s\u00a0\u2007\u202f]+")
_UNSEEN = re.compile(r"[\u00ad\u200b-\u200d\ufeff]")
_DASHES = str.maketrans("–—‑−‐", "-----")
_END = re.compile(r"[.!?:;]\W*$")
# the stop of «ст. 351», «п. 3», «ч. 2», «гл. 49» ends no sentence
_STOP = re.compile(
    r"(?:(?<!\b[Сс]т)(?<!\b[Пп])(?<!\b[Пп]п)(?<!\b[Чч])(?<!\b[Гг]л)\.|[!?;])(?=\s+[А-ЯЁ«\d-])"
)
_ITEM = re.compile(r"^\s*(?:[-•*➤□]|\d+(?:\.\d+)*[.)]|[а-яa-z]\))\s")
_YEAR = re.compile(r"(?<![\d.])(20[0-3]\d)(?:\s?-\s?20\d\d)?\s*(?:г\b|год|уч)")
_QUOTED = 140  # characters of a document shown with a finding


@dataclass(frozen=True, slots=True)
class Passage:
    """Words that belong together: a paragraph whatever lines it is broken into, or a cell.

    Attributes:
        text: as written, spaces made single.
        plain: the same, letter for letter, dashes made hyphens and ё made е.
        starts: where in the text each line of the document begins.
        lines: the numbers of those lines.
        row: all words of the row for a cell, "" outside of tables.
    """

    text: str
    plain: str
    starts: tuple[int, ...]
    lines: tuple[int, ...]
    row: str = ""

    def line_at(self, place: int) -> int:
        """Return the number of the line in which a place of the text is."""
        return self.lines[max(0, bisect_right(self.starts, place) - 1)]

    def around(self, start: int, end: int) -> str:
        """Return the words of a place with some before and after, whole words only."""
        room = max(0, _QUOTED - (end - start)) // 2
        left, right = max(0, start - room), min(len(self.text), end + room)
        while 0 < left < start and self.text[left - 1] != " ":
            left += 1
        while end < right < len(self.text) and self.text[right] != " ":
            right -= 1
        shown = self.text[left:right].strip()
        return f"{'…' if left else ''}{shown}{'…' if right < len(self.text) else ''}"

    def sentence(self, place: int) -> str:
        """Return the sentence a place stands in, plain."""
        begins = max((one.end() for one in _STOP.finditer(self.plain, 0, place)), default=0)
        ends = _STOP.search(self.plain, place)
        return self.plain[begins : ends.start() if ends else len(self.plain)]


@dataclass(frozen=True, slots=True)
class Place:
    """Some words of a passage."""

    passage: Passage
    start: int
    end: int

    @property
    def line(self) -> int:
        """Return the line they begin in."""
        return self.passage.line_at(self.start)

    @property
    def words(self) -> str:
        """Return them without quotes around."""
        return self.passage.text[self.start : self.end].strip(' «"')

    @property
    def shown(self) -> str:
        """Return them with some before and after."""
        return self.passage.around(self.start, self.end)


def plain(text: str) -> str:
    """Return a text with hyphens for all dashes and without ё; no letter moves."""
    return text.translate(_DASHES).replace("ё", "е").replace("Ё", "Е")


def passage_of(parts: Sequence[tuple[int, str]], row: str = "") -> Passage:
    """Return the passage of lines (number, text)."""
    text, starts, lines = "", [], []
    for number, words in parts:
        text += " " if text else ""
        starts.append(len(text))
        lines.append(number)
        text += words
    return Passage(text, plain(text), tuple(starts), tuple(lines), row)


@dataclass(frozen=True, slots=True)
class Part:
    """The paper itself, number "", or one of its annexes.

    Attributes:
        number: «2» of «Приложение 2».
        owner: what it is an annex to, in its first letters: «приказ»; "" where that is not said.
        line: where it begins.
        passages: what is said in it.
    """

    number: str
    owner: str
    line: int
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class CheckedPaper:
    """A document to check.

    Attributes:
        blocks: as a reader gives them.
        passages: all its words in order.
    """

    blocks: tuple[Block, ...]
    passages: tuple[Passage, ...] = field(default=())

    @cached_property
    def roadmap(self) -> ParsedRoadmap:
        """Return the plan of a year in it; without activities where it has none."""
        return read_roadmap(self.blocks)

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        """Return its indicators."""
        return self.roadmap.indicators

    @cached_property
    def tables(self) -> tuple[SourceTable, ...]:
        """Return its tables."""
        return tuple(block for block in self.blocks if isinstance(block, SourceTable))

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """Return the paper and its annexes, in order."""
        return tuple(_parts(self.passages))

    @cached_property
    def dated_on(self) -> dt.date | None:
        """Return the day of the order itself, else of its approval; None where none is written."""
        return _ordered_on(self.passages) or self.roadmap.approved_on

    @cached_property
    def written_by(self) -> dt.date | None:
        """Return a day by which the paper was surely not yet old: its own, else the last one it names."""
        years = [int(year) for one in self.passages for year in _YEAR.findall(one.plain)]
        return self.dated_on or (dt.date(max(years), 1, 1) if years else None)

    def annexes(self) -> Iterator[Part]:
        """Yield the annexes."""
        return (part for part in self.parts if part.number)


def paper_of(blocks: Sequence[Block]) -> CheckedPaper:
    """Return the model of a document."""
    return CheckedPaper(tuple(blocks), tuple(_passages(blocks)))


# ---------------------------------------------------------------- running text


def _clean(text: str) -> str:
    return _SPACES.sub(" ", _UNSEEN.sub("", text)).strip(" *_#")


def _passages(blocks: Sequence[Block]) -> Iterator[Passage]:
    open_lines: list[tuple[int, str]] = []
    for block in blocks:
        if isinstance(block, SourceParagraph):
            text = _clean(block.text)
            if open_lines and not _goes_on(open_lines[-1], (block.source.line, text)):
                yield passage_of(open_lines)
                open_lines = []
            if text:
                open_lines.append((block.source.line, text))
            continue
        if open_lines:
            yield passage_of(open_lines)
            open_lines = []
        yield from _cells(block.rows)
    if open_lines:
        yield passage_of(open_lines)


def _goes_on(before: tuple[int, str], after: tuple[int, str]) -> bool:
    """Tell whether a line goes on with the one above: that of a file that is wrapped."""
    number, above = before
    below = after[1]
    if not below or after[0] != number + 1 or _ITEM.match(below) or _END.search(above):
        return False
    return below[0].islower() or hangs(above) or above.endswith((",", "№", " от", "-", "–"))


def _cells(rows: Sequence[SourceRow]) -> Iterator[Passage]:
    """Yield the cells of a table; one that the end of a page parted is one."""
    growing: dict[int, list[tuple[int, str]]] = {}
    said: dict[int, str] = {}
    for row in rows:
        words = " ".join(_clean(cell) for cell in row.cells)
        starts_anew = bool(row.cells) and bool(row.cells[0].strip()) and not row.after_break
        for column, cell in enumerate(row.cells):
            text = _clean(cell)
            if not text:
                continue
            goes_on = column in growing and text[0].islower() and not starts_anew
            if column in growing and not goes_on:
                yield passage_of(growing.pop(column), said[column])
            growing.setdefault(column, []).append((_line_of(row, cell), text))
            said[column] = words
        if starts_anew:
            kept = {column for column, cell in enumerate(row.cells) if cell.strip()}
            for column in [one for one in growing if one not in kept]:
                yield passage_of(growing.pop(column), said[column])
    for column in sorted(growing):
        yield passage_of(growing[column], said[column])


def _line_of(row: SourceRow, cell: str) -> int:
    """Return the line of a row in which a cell begins."""
    begins = _clean(cell.split("\n", 1)[0])[:30]
    for source in row.sources:
        if begins in _clean(source.text):
            return source.line
    return row.sources[0].line if row.sources else 0


# ---------------------------------------------------------------- parts and requisites

ANNEX_HEAD = re.compile(
    r"^приложение\s*(?:№\s*)?(\d{1,2})?\s*(?:$|\.|к\s+(\w{4,6}))(?!\S*\s*\))", re.IGNORECASE
)
_TO_WHAT = re.compile(r"^к\s+(\w{4,6})", re.IGNORECASE)
_ORDER_WORD = re.compile(r"^(?:приказ|распоряжение|постановление)\b(?!ыва)", re.IGNORECASE)
_GROUNDS = re.compile(r"на основании|в соответствии|во исполнение|утвержд", re.IGNORECASE)
_HEAD_LENGTH = 160
_WORD_LENGTH = 80


def _parts(passages: Sequence[Passage]) -> Iterator[Part]:
    number, owner, line = "", "", passages[0].lines[0] if passages else 1
    inside: list[Passage] = []
    for at, one in enumerate(passages):
        head = ANNEX_HEAD.match(one.plain) if len(one.text) <= _HEAD_LENGTH else None
        if head and not one.row and one.text[0] in "ПП":
            yield Part(number, owner, line, tuple(inside))
            number, owner, line, inside = head[1] or "0", "", one.lines[0], []
            to_what = head[2] or next(
                (
                    found[1]
                    for after in passages[at + 1 : at + 3]
                    if (found := _TO_WHAT.match(after.plain))
                ),
                "",
            )
            owner = to_what.lower()[:5]
        inside.append(one)
    yield Part(number, owner, line, tuple(inside))


def _ordered_on(passages: Sequence[Passage]) -> dt.date | None:
    """Return the day of an order: it stands close to the word, not in what the order is founded on."""
    head = passages[:HEAD_LINES]
    words = [at for at, one in enumerate(head) if _is_order(one)]
    if not words:
        return None
    at = words[0]
    for one in [*head[at : at + 7], *reversed(head[max(0, at - 3) : at])]:
        if _GROUNDS.search(one.plain):
            break
        if day := date_in(one.text):
            return day
    return None


def _is_order(one: Passage) -> bool:
    return not one.row and len(one.text) < _WORD_LENGTH and bool(_ORDER_WORD.match(one.plain))
