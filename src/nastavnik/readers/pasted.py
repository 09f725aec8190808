"""Plain text with tables in it, as it comes out of Word, a site or a converter.

Tables are told by tabs, by pipes, by one cell a line after a tab, or by one cell a line under
headers that stand one a line (method.md §10.1). `<p>`, `<ul>`, `<li>`, `<br>` inside cells become
line ends.
"""

import html
import itertools
import re
from collections.abc import Callable, Iterator, Sequence

from nastavnik.engine.roadmaps.blocks import (
    Block,
    SourceLine,
    SourceParagraph,
    SourceRow,
    SourceTable,
)
from nastavnik.engine.roadmaps.columns import Meaning, is_roadmap_header, meaning_of
from nastavnik.engine.roadmaps.phrases import looks_like_term, number_of
from nastavnik.readers.onelines import folded_row, rows_of_one_line
from nastavnik.readers.refusals import ReaderError

MOST_LINES = 50_000
MOST_LINE_CHARS = 100_000
TOO_LONG = "В тексте больше 50 000 строк. Оставьте только дорожную карту и загрузите ещё раз."

_TAGS = re.compile(
    r"</?(?:p|ul|ol|li|br|div|tr|td|b|i|u|strong|em|span|sup|sub|font)(?:\s[^<>]{0,300})?/?>",
    re.IGNORECASE,
)
_PARTING_TAGS = re.compile(r"</?(?:p|ul|ol|li|br|div)\b", re.IGNORECASE)
_MOST_QUOTED = 30
_Rows = list[SourceRow]


def read_pasted_document(text: str) -> tuple[Block, ...]:
    """Read plain text into paragraphs and tables; the numbers of lines are those of the text.

    Raises:
        ReaderError: More than 50 000 lines.
    """
    plain = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\f", "")
    lines = plain.split("\n")
    if len(lines) > MOST_LINES or any(len(line) > MOST_LINE_CHARS for line in lines):
        raise ReaderError(TOO_LONG)
    sources = [SourceLine(at + 1, line) for at, line in enumerate(lines)]
    blocks: list[Block] = []
    at = 0
    while at < len(sources):
        reader = _reader_at(sources, at)
        if rows := rows_of_one_line(sources[at]):
            blocks.append(SourceTable(tuple(rows)))
            at += 1
            continue
        if reader is None:
            if sources[at].text.strip():
                tidy = SourceLine(sources[at].line, without_tags(sources[at].text).strip())
                blocks.append(SourceParagraph(tidy if tidy.text else sources[at]))
            at += 1
            continue
        rows, at = reader(sources, at)
        blocks.append(SourceTable(tuple(rows)))
    return _with_stacked(blocks)


def without_tags(cell: str) -> str:
    """Return a cell as text: its paragraphs and list items on lines of their own."""
    if "<" not in cell and "&" not in cell:
        return cell
    return html.unescape(_TAGS.sub(_as_line_end, cell))


def _as_line_end(match: re.Match[str]) -> str:
    return "\n" if _PARTING_TAGS.match(match[0]) else ""


_Reader = Callable[[Sequence[SourceLine], int], tuple[_Rows, int]]


def _reader_at(sources: Sequence[SourceLine], at: int) -> _Reader | None:
    line = sources[at].text
    if _is_lead_cell(line):
        return _read_led
    if "\t" in line.strip("\n ") and line.strip():
        return _read_tabbed
    if _is_piped(line) and any(_is_piped(after.text) for after in sources[at + 1 : at + 3]):
        return _read_piped
    return None


def _is_lead_cell(line: str) -> bool:
    return line.startswith("\t") and line.count("\t") == 1


def _is_piped(line: str) -> bool:
    return line.count("|") > 1


def _next_filled(sources: Sequence[SourceLine], at: int) -> int:
    while at < len(sources) and not sources[at].text.strip():
        at += 1
    return at


def _read_tabbed(sources: Sequence[SourceLine], at: int) -> tuple[_Rows, int]:
    """Read rows of cells parted by tabs; an empty line inside is the end of a page."""
    rows: _Rows = []
    width = 0
    after_break = False
    while at < len(sources) and "\t" in sources[at].text:
        if rows and _starts_narrower(sources, at, rows[-1], width):
            break
        row, at = _tabbed_row(sources, at, width)
        if not rows and (folded := folded_row(row)):
            return folded, at
        width = width or len(row.cells)
        rows.append(SourceRow(row.cells, row.sources, after_break))
        filled = _next_filled(sources, at)
        after_break, at = filled > at, filled
    return rows, at


def _starts_narrower(sources: Sequence[SourceLine], at: int, before: SourceRow, width: int) -> bool:
    """Tell whether a table of fewer columns begins, two rows of which would fill one of the table above.

    A row torn in two has its number in its first half, and its halves come in pairs after whole rows.
    """
    first = sources[at].text.split("\t")
    if len(before.cells) != width or not first[0].strip() or at + 1 == len(sources):
        return False
    if not _more(sources, at + 1, len(first), width) or sources[at + 1].text.count("\t") + 1 != len(
        first
    ):
        return False  # nothing would be joined
    if number_of(before.cells[0]) is not None:
        return number_of(first[0]) is None
    like = (len(source.text.split("\t")) == len(first) for source in _filled(sources, at))
    return len(list(itertools.islice(itertools.takewhile(bool, like), 3))) > 2  # noqa: PLR2004 - more than a pair


def _filled(sources: Sequence[SourceLine], at: int) -> Iterator[SourceLine]:
    return (source for source in itertools.islice(sources, at, None) if source.text.strip())


def _tabbed_row(sources: Sequence[SourceLine], at: int, width: int) -> tuple[SourceRow, int]:
    """Read one row, with the lines that belong to a cell of several paragraphs."""
    line, end = _quoted(sources, at)
    cells = [_unquoted(cell) for cell in line.split("\t")]
    while end < len(sources) and _more(sources, end, len(cells), width):
        first, *others = sources[end].text.split("\t")
        cells = [*cells[:-1], f"{cells[-1]}\n{first}", *others]
        end += 1
    texts = tuple(without_tags(cell).strip() for cell in cells)
    told = tuple(source for source in sources[at:end] if source.text.strip())
    return SourceRow(texts, told), end


def _more(sources: Sequence[SourceLine], at: int, n_cells: int, width: int) -> bool:
    """Tell whether the line goes on with the row above it."""
    line = sources[at].text
    if not line.strip():
        return False
    if n_cells >= width:
        # the last cell may have more paragraphs, if the table goes on right after them
        after = at
        while (
            after < len(sources) and sources[after].text.strip() and "\t" not in sources[after].text
        ):
            after += 1
        return (
            width > 0
            and "\t" not in line
            and after < len(sources)
            and "\t" in sources[after].text
            and not _is_lead_cell(sources[after].text)
        )
    if "\t" not in line:
        return any("\t" in later.text for later in sources[at + 1 : at + _MOST_QUOTED])
    return n_cells + line.count("\t") == width and number_of(line.split("\t")[0]) is None


def _quoted(sources: Sequence[SourceLine], at: int) -> tuple[str, int]:
    """Return the line at `at` with the lines its quoted cell runs over."""
    line = sources[at].text
    if not re.search(r'(?:^|\t)"[^"\t]*$', line):
        return line, at + 1
    for end in range(at + 1, min(at + _MOST_QUOTED, len(sources))):
        if re.search(r'^[^"\t]*"(?:\t|$)', sources[end].text):
            return "\n".join(source.text for source in sources[at : end + 1]), end + 1
    return line, at + 1


def _unquoted(cell: str) -> str:
    whole = len(cell) > 1 and cell.startswith('"') and cell.endswith('"') and "\n" in cell
    return cell[1:-1].replace('""', '"') if whole else cell


def _read_piped(sources: Sequence[SourceLine], at: int) -> tuple[_Rows, int]:
    rows: _Rows = []
    after_break = False
    while at < len(sources) and _is_piped(sources[at].text):
        line = sources[at].text.strip()
        cells = line.removeprefix("|").removesuffix("|").split("|")
        texts = tuple(without_tags(cell).strip(" \t*") for cell in cells)
        rows.append(SourceRow(texts, (sources[at],), after_break))
        filled = _next_filled(sources, at + 1)
        after_break, at = filled > at + 1, filled
    return rows, at


def _read_led(sources: Sequence[SourceLine], at: int) -> tuple[_Rows, int]:
    """Read a table printed one cell a line, a tab before each, an empty line between rows."""
    rows: _Rows = []
    while at < len(sources) and _is_lead_cell(sources[at].text):
        start = at
        cells: list[str] = []
        while at < len(sources) and sources[at].text:
            line = sources[at].text
            if "\t" in line and not _is_lead_cell(line):
                break
            if _is_lead_cell(line):
                cells.append(line.strip())
            else:
                cells[-1] = f"{cells[-1]}\n{line.strip()}".strip()
            at += 1
        texts = tuple(without_tags(cell).strip() for cell in cells)
        rows.append(SourceRow(texts, tuple(s for s in sources[start:at] if s.text.strip())))
        after = _next_filled(sources, at)
        if after < len(sources) and not _is_lead_cell(sources[after].text):
            return rows, at
        at = after
    return rows, at


def _with_stacked(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Find a table whose headers and cells stand one a line, without any mark."""
    for at in range(len(blocks)):
        n_columns = _stacked_header(blocks, at)
        if n_columns:
            end = at
            while end < len(blocks) and isinstance(blocks[end], SourceParagraph):
                end += 1
            lines = [block.source for block in blocks[at:end] if isinstance(block, SourceParagraph)]
            rows = _stacked_rows(lines, n_columns)
            return (*blocks[:at], SourceTable(tuple(rows)), *_with_stacked(blocks[end:]))
    return tuple(blocks)


def _stacked_header(blocks: Sequence[Block], at: int) -> int:
    """Return how many lines from here are headers of a roadmap, 0 if these are none."""
    meanings = []
    for block in blocks[at : at + 8]:
        meaning = meaning_of(block.text) if isinstance(block, SourceParagraph) else None
        if meaning is None or meaning in meanings or not _is_short(block):
            break
        meanings.append(meaning)
    numbered = bool(meanings) and meanings[0] is Meaning.NUMBER
    return len(meanings) if numbered and is_roadmap_header(meanings) else 0


def _is_short(block: Block) -> bool:
    return isinstance(block, SourceParagraph) and len(block.text) < 60  # noqa: PLR2004


def _stacked_rows(lines: Sequence[SourceLine], n_columns: int) -> list[SourceRow]:
    """Start a row at every line that is a number alone."""
    meanings = [meaning_of(line.text) for line in lines[:n_columns]]
    rows = [SourceRow(tuple(line.text for line in lines[:n_columns]), tuple(lines[:n_columns]))]
    starts = [
        at for at in range(n_columns, len(lines)) if number_of(lines[at].text) is not None
    ] + [len(lines)]
    rows += [SourceRow((line.text,), (line,)) for line in lines[n_columns : starts[0]]]
    for start, end in itertools.pairwise(starts):
        group = lines[start:end]
        cells = _placed([line.text for line in group[1:]], meanings[1:])
        rows.append(SourceRow((group[0].text, *cells), tuple(group)))
    return rows


def _placed(texts: Sequence[str], meanings: Sequence[Meaning | None]) -> tuple[str, ...]:
    """Put the lines of a row under its columns; the term is known by its look."""
    term = meanings.index(Meaning.TERM) if Meaning.TERM in meanings else -1
    at = next((i for i, text in enumerate(texts) if i >= term > 0 and looks_like_term(text)), -1)
    if len(texts) == len(meanings) or at < 0:
        cells = list(texts)
    else:
        before = ["\n".join(texts[: at - term + 1]), *texts[at - term + 1 : at]]
        cells = [*before, *texts[at:]]
    room = len(meanings)
    if len(cells) > room:
        cells = [*cells[: room - 1], "\n".join(cells[room - 1 :])]
    return tuple(cells)
