"""From rows as printed to rows as meant: page ends joined, sections told from activities."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from nastavnik.engine.roadmaps.blocks import SourceLine, SourceRow
from nastavnik.engine.roadmaps.columns import ColumnLayout, Meaning
from nastavnik.engine.roadmaps.phrases import (
    clean,
    code_of,
    depth,
    glue,
    hangs,
    number_of,
    numbered,
    one_line,
    starts_high,
    starts_low,
    term_breaks,
)

JOINED = "joined"
_FIELDS = (
    Meaning.TITLE,
    Meaning.TERM,
    Meaning.RESPONSIBLE,
    Meaning.RESULT,
    Meaning.DOCUMENT,
    Meaning.NOTES,
)


@dataclass
class RoadmapRow:
    """A row of a roadmap as its author meant it.

    Attributes:
        number: «1.4.1», or None.
        stage: What the stage column says.
        values: What each meaning says, line feeds between paragraphs; "" is nothing.
        sources: The lines of the document it was read from.
        alone: Only one cell of the row is filled.
        doubts: What a person should look over.
    """

    number: str | None
    stage: str
    values: dict[Meaning, str]
    sources: list[SourceLine]
    alone: bool
    doubts: list[str] = field(default_factory=list)

    @property
    def title(self) -> str:
        """Return the name of the activity or section."""
        return self.values[Meaning.TITLE]


def join_rows(layout: ColumnLayout, rows: Iterable[SourceRow]) -> list[RoadmapRow]:
    """Join what page ends have parted (method.md §10.1) and read the numbers."""
    lines: list[RoadmapRow] = []
    for row in rows:
        line = _line(layout, row)
        if lines and _goes_on(layout, row, lines[-1], line):
            _append(lines[-1], line)
        else:
            lines.append(line)
    return lines


def _line(layout: ColumnLayout, row: SourceRow) -> RoadmapRow:
    values = {meaning: clean(layout.value(row, meaning)) for meaning in _FIELDS}
    unknown = [
        clean(cell)
        for index, cell in enumerate(row.cells)
        if cell and (index >= len(layout.meanings) or layout.meanings[index] is None)
    ]
    if unknown:
        values[Meaning.NOTES] = "\n".join([values[Meaning.NOTES], *unknown]).strip()
    filled = {one_line(cell) for cell in row.cells if cell.strip()}
    printed = one_line(layout.value(row, Meaning.NUMBER))
    line = RoadmapRow(
        number_of(printed),
        one_line(layout.value(row, Meaning.SECTION)),
        values,
        list(row.sources),
        alone=len(filled) == 1,
    )
    if line.alone:
        return _lone(line, filled.pop())
    if printed and line.number is None:
        _read_number_cell(line, printed)
    elif line.number is None and not layout.has_numbers:
        line.number = _own_number(line)
    return line


def _lone(line: RoadmapRow, text: str) -> RoadmapRow:
    """Read a row with one filled cell: a title across, or the rest of the row before."""
    if line.number is None and line.values[Meaning.TITLE] != "":
        line.values = dict.fromkeys(_FIELDS, "") | {Meaning.TITLE: line.title}
    elif line.number is None and not any(line.values.values()):
        line.values[Meaning.TITLE] = text
    if line.number is None:
        number, rest = numbered(line.title)
        if number and rest:
            line.number, line.values[Meaning.TITLE] = number, rest
    return line


def _read_number_cell(line: RoadmapRow, printed: str) -> None:
    if code := code_of(printed):
        line.number = code
        return
    number, rest = numbered(printed)
    line.number = number
    line.values[Meaning.TITLE] = "\n".join(filter(None, (rest, line.title)))


def _own_number(line: RoadmapRow) -> str | None:
    """Take «1.1. Назначение» apart when there is no column for numbers."""
    first, _, others = line.title.partition("\n")
    number, rest = numbered(first)
    is_list = any(numbered(other)[0] for other in others.split("\n"))
    if number is None or is_list or not starts_high(rest):
        return None
    line.values[Meaning.TITLE] = "\n".join(filter(None, (rest, others)))
    return number


def _goes_on(layout: ColumnLayout, row: SourceRow, before: RoadmapRow, line: RoadmapRow) -> bool:
    """Tell whether a row only continues the one before it."""
    if line.number is not None:
        return _repeats(before, line)
    if line.stage and line.stage != before.stage:
        return False
    if not line.title:
        return True
    if line.alone:
        return _lone_goes_on(layout, row, before, line)
    return _was_cut(layout, row, before, line)


def _lone_goes_on(
    layout: ColumnLayout, row: SourceRow, before: RoadmapRow, line: RoadmapRow
) -> bool:
    if starts_low(line.title):
        return True
    apart = hangs(before.title) or _under_the_title(layout, row)
    return row.after_break and not before.alone and apart


def _under_the_title(layout: ColumnLayout, row: SourceRow) -> bool:
    """Tell whether the only filled cell stands beside the numbers, as no heading does."""
    return (
        layout.has_numbers
        and layout.index(Meaning.NUMBER) < layout.index(Meaning.TITLE)
        and bool(layout.value(row, Meaning.TITLE))
    )


def _repeats(before: RoadmapRow, line: RoadmapRow) -> bool:
    """Tell whether merged cells only repeat the number and the title of the row before."""
    return line.number == before.number and line.title == before.title and bool(line.title)


def _was_cut(layout: ColumnLayout, row: SourceRow, before: RoadmapRow, line: RoadmapRow) -> bool:
    """Tell whether a page end cut a row with nothing left empty (method.md §10.1, S0)."""
    low = starts_low(line.title)
    term = line.values[Meaning.TERM]
    # a number that only begins the text of one row says nothing of the next: «1. Собрать», «собрать»
    if low and ((layout.has_numbers and before.number is not None) or row.after_break):
        return True
    if low and not term and not _answers_apart(before, line):
        return True
    breaks = term_breaks(before.values[Meaning.TERM], term)
    if not row.after_break:
        return breaks and hangs(before.title)
    return breaks or hangs(before.title) or (not term and hangs(before.values[Meaning.RESPONSIBLE]))


def _answers_apart(before: RoadmapRow, line: RoadmapRow) -> bool:
    """Tell whether both rows name their own owners: «собрать согласия» of somebody is no rest of the row above."""
    owners = line.values[Meaning.RESPONSIBLE]
    above = before.values[Meaning.RESPONSIBLE]
    return bool(above) and starts_high(owners) and not hangs(above) and not hangs(before.title)


def _append(before: RoadmapRow, line: RoadmapRow) -> None:
    owners, above = line.values[Meaning.RESPONSIBLE], before.values[Meaning.RESPONSIBLE]
    own = bool(above) and starts_high(owners) and not hangs(above)
    full = bool(line.values[Meaning.TITLE]) and (bool(line.values[Meaning.TERM]) or own)
    if full and not _repeats(before, line):
        before.doubts.append(JOINED)
    for meaning in _FIELDS:
        if not _repeats(before, line):
            before.values[meaning] = glue(before.values[meaning], line.values[meaning])
        elif line.values[meaning] not in before.values[meaning]:
            before.values[meaning] = clean(f"{before.values[meaning]}\n{line.values[meaning]}")
    before.sources += line.sources
    before.alone = before.alone and line.alone


def are_sections(lines: Sequence[RoadmapRow]) -> list[bool]:
    """Tell for each line whether it is a section and no activity.

    A section is a line across the whole table, or a line numbered «N» with lines «N.1…» below.
    A line 1.4 beside 1.4.1 is an activity (method.md §7.2).
    """
    parents = {
        line.number.split(".")[0] for line in lines if line.number and depth(line.number) > 1
    }
    return [_is_section(line, parents) for line in lines]


def _is_section(line: RoadmapRow, parents: set[str]) -> bool:
    if line.number is None or line.alone:
        return line.alone
    return depth(line.number) == 1 and line.number in parents
