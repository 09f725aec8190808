"""Which column of a table means what, by the words of its header (method.md §7.2)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from nastavnik.engine.roadmaps.blocks import Row
from nastavnik.engine.roadmaps.phrases import is_rule, one_line

_LONGEST_HEADER = 120


class Meaning(StrEnum):
    """What a column holds."""

    NUMBER = "number"
    SECTION = "section"
    TITLE = "title"
    TERM = "term"
    RESPONSIBLE = "responsible"
    RESULT = "result"
    DOCUMENT = "document"
    NOTES = "notes"


_WORDS = {
    Meaning.NUMBER: r"^(?:№|n[o°]?\b|номер|п\s*/\s*п)",
    Meaning.TITLE: r"мероприят|\bсобыти[ея]\b|содержание (?:работ|деятельност)|вид(?:ы)? (?:работ|"
    r"деятельности)|^наименование (?:работ|этап|действ)|^(?:действи[ея]|задач[аи]|дела?|шаги?)$",
    Meaning.TERM: r"\bсрок|\bдат[аы]\b|период|\bвремя\b|когда|месяц",
    Meaning.RESPONSIBLE: r"ответствен|исполнител|кто (?:делает|проводит|отвечает)",
    Meaning.RESULT: r"результат|эффект|\bитог|\bпродукт",
    Meaning.DOCUMENT: r"документ|подтвержд",
    Meaning.SECTION: r"^(?:этап|раздел|блок|направлени|стади)",
    Meaning.NOTES: r"примечан|отметка|комментари|содержание|форма|выполнени|участник|целевая ауд|"
    r"ресурс|финансир|место",
}
_PATTERNS = [(meaning, re.compile(words, re.IGNORECASE)) for meaning, words in _WORDS.items()]
_NUMBER_TAIL = re.compile(r"п\s*/?\s*п\.?", re.IGNORECASE)


@dataclass(frozen=True)
class Layout:
    """The columns of a roadmap table.

    Attributes:
        meanings: One for each column; None is a column whose header says nothing.
        header: The header as texts, to know it again when a page repeats it.
    """

    meanings: tuple[Meaning | None, ...]
    header: tuple[str, ...]

    @property
    def has_numbers(self) -> bool:
        """Tell whether rows are numbered."""
        return Meaning.NUMBER in self.meanings

    def index(self, meaning: Meaning) -> int:
        """Return the first column with this meaning."""
        return self.meanings.index(meaning)

    def value(self, row: Row, meaning: Meaning) -> str:
        """Return what a row says in the columns of this meaning."""
        said = [
            cell
            for cell, column in zip(row.cells, self.meanings, strict=False)
            if column is meaning and cell
        ]
        return "\n".join(dict.fromkeys(said))


def meaning_of(header: str) -> Meaning | None:
    """Return what a header means: the earliest word decides («Документы, … результат»)."""
    line = one_line(header).strip("*").strip()
    if not line or len(line) > _LONGEST_HEADER:
        return None
    found = [
        (match.start(), meaning) for meaning, words in _PATTERNS if (match := words.search(line))
    ]
    if not found:
        return None
    first = min(start for start, _ in found)
    return next(meaning for start, meaning in found if start == first)


def is_roadmap_header(meanings: Sequence[Meaning | None]) -> bool:
    """Tell whether a table with these columns says what is done, and when or by whom."""
    return Meaning.TITLE in meanings and (
        Meaning.TERM in meanings or Meaning.RESPONSIBLE in meanings
    )


def read_layout(row: Row) -> Layout | None:
    """Return the columns if this row is the header of a roadmap."""
    meanings = [meaning_of(cell) for cell in row.cells]
    if not is_roadmap_header(meanings):
        return None
    texts = [one_line(cell) for cell in row.cells]
    if len(set(texts)) < len([text for text in texts if text]) and len(set(texts)) == 1:
        return None
    return Layout(tuple(_settled(meanings, texts)), tuple(texts))


def _settled(meanings: list[Meaning | None], texts: Sequence[str]) -> list[Meaning | None]:
    """Leave one title column, and give a header over several columns to all of them."""
    seen_title = False
    settled: list[Meaning | None] = []
    for meaning, text in zip(meanings, texts, strict=True):
        if meaning is Meaning.TITLE and seen_title:
            settled.append(Meaning.NOTES)
        elif not text and settled and settled[-1] is Meaning.RESPONSIBLE:
            settled.append(Meaning.RESPONSIBLE)
        else:
            settled.append(meaning)
        seen_title = seen_title or meaning is Meaning.TITLE
    return settled


def continues_header(layout: Layout, row: Row) -> bool:
    """Tell whether a row still belongs to the header it follows, or repeats it.

    So do a row of dashes, «1 2 3 4», «п/п» alone, and names of sub-columns.
    """
    cells = [one_line(cell) for cell in row.cells]
    filled = [cell for cell in cells if cell]
    if not filled or all(is_rule(cell) for cell in filled):
        return True
    if all(_NUMBER_TAIL.fullmatch(cell) for cell in filled):
        return True
    own = [
        cell
        for cell, name in zip(cells, layout.header, strict=False)
        if cell and cell.casefold() != name.casefold()
    ]
    if not own:
        return True
    return filled == [str(index + 1) for index in range(len(filled))] and len(filled) > 2  # noqa: PLR2004


def is_subheader(layout: Layout, row: Row) -> bool:
    """Tell whether a row names the sub-columns of a spanning header: муниципальные, ОО."""
    new = []
    for index, (cell, meaning) in enumerate(zip(row.cells, layout.meanings, strict=False)):
        line = one_line(cell)
        if line and line.casefold() != layout.header[index].casefold():
            new.append((line, meaning))
    spans = sum(meaning is Meaning.RESPONSIBLE for meaning in layout.meanings) > 1
    return spans and bool(new) and all(meaning is Meaning.RESPONSIBLE for _, meaning in new)
