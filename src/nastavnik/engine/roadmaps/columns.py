"""Which column of a table means what, by the words of its header (method.md §7.2)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from nastavnik.engine.roadmaps.blocks import SourceRow
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
    DERIVED = "derived"  # what the program itself put into a table it gave out


_WORDS = {
    Meaning.NUMBER: r"^(?:№|n[o°]?\b|номер|п\s*/\s*п)",
    Meaning.TITLE: r"мероприят|\bсобыти[ея]\b|содержание (?:работ|деятельност)|вид(?:ы)? (?:работ|"
    r"деятельности)|^наименование (?:работ|этап|действ)|^(?:действи[ея]|дела?|шаги?)$|^задач[аи]",
    Meaning.TERM: r"\bсрок|\bдат[аы]\b|период|\bвремя\b|когда|месяц",
    Meaning.RESPONSIBLE: r"ответствен|исполнител|отвеча[ею]т|кто (?:делает|проводит)",
    Meaning.RESULT: r"результат|эффект|\bитог|\bпродукт",
    Meaning.DOCUMENT: r"документ|подтвержд",
    Meaning.SECTION: r"^(?:(?:наименование|название) )?(?:этап|раздел|блок|направлени|стади|модул)",
    Meaning.NOTES: r"примечан|отметка|комментари|содержание|форма|выполнени|участник|целевая ауд|"
    r"ресурс|финансир|место",
}
OWN_COLUMNS = frozenset({"С", "По", "Состояние", "Подтверждение"})
_PATTERNS = [(meaning, re.compile(words, re.IGNORECASE)) for meaning, words in _WORDS.items()]
# Of several columns that may name the activity the surest does; what groups stands left of it.
_SURE = re.compile(r"мероприят|содержание (?:работ|деятельност)", re.IGNORECASE)
_GROUPS = re.compile(r"^(?:задач[аи]|(?:наименование|название) этап)", re.IGNORECASE)
# A header in words nobody foresaw: a column of terms and one of owners make the table a roadmap.
_TERM_FIRST = re.compile(
    r"(?:планируем\w+ )?(?:срок|дат[аы]\b|период|когда\b|месяц|время)", re.IGNORECASE
)
_OWNER_FIRST = re.compile(r"ответствен|исполнител|кто (?:делает|проводит|отвечает)", re.IGNORECASE)
_LONGEST_NAME = 60
_STANDS_FOR_TITLE = (None, Meaning.NOTES, Meaning.SECTION, Meaning.RESULT, Meaning.DOCUMENT)
_NUMBER_TAIL = re.compile(r"п\s*/?\s*п\.?", re.IGNORECASE)


@dataclass(frozen=True)
class ColumnLayout:
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

    def value(self, row: SourceRow, meaning: Meaning) -> str:
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


def read_layout(row: SourceRow, *, lenient: bool = False) -> ColumnLayout | None:
    """Return the columns if this row is the header of a roadmap.

    Lenient, for a document that has no sure one: the main column has a name nobody foresaw, or
    stages and activities stand without terms and owners.
    """
    texts = [one_line(cell) for cell in row.cells]
    meanings = _own(_grouped([meaning_of(text) for text in texts], texts), texts)
    if lenient and Meaning.TITLE not in meanings:
        meanings = _with_title(meanings, texts)
    if not (is_roadmap_header(meanings) or (lenient and _is_plan_of_stages(meanings))):
        return None
    if len(set(texts)) < len([text for text in texts if text]) and len(set(texts)) == 1:
        return None
    return ColumnLayout(tuple(_settled(meanings, texts)), tuple(texts))


def _own(meanings: list[Meaning | None], texts: Sequence[str]) -> list[Meaning | None]:
    """Know a table the program gave out: days, states and proofs are not told of any line."""
    if not set(texts) >= OWN_COLUMNS:
        return meanings
    return [
        Meaning.DERIVED if text in OWN_COLUMNS else meaning
        for meaning, text in zip(meanings, texts, strict=True)
    ]


def _is_plan_of_stages(meanings: Sequence[Meaning | None]) -> bool:
    return {Meaning.NUMBER, Meaning.TITLE} <= set(meanings)


def _grouped(meanings: list[Meaning | None], texts: Sequence[str]) -> list[Meaning | None]:
    """Choose the column of activities; one of tasks or stages left of it groups them."""
    titles = [at for at, meaning in enumerate(meanings) if meaning is Meaning.TITLE]
    if len({texts[at] for at in titles}) < 2:  # noqa: PLR2004 - one, maybe over several columns
        return meanings
    chosen = min(
        titles, key=lambda at: (_GROUPS.search(texts[at]) is not None, not _SURE.search(texts[at]))
    )
    made = list(meanings)
    for at in titles:
        if at < chosen and texts[at] != texts[chosen]:
            made[at] = Meaning.SECTION
    return made


def _with_title(meanings: list[Meaning | None], texts: Sequence[str]) -> list[Meaning | None]:
    """Find the activity in a table of terms and owners whose main column has its own name."""
    names = [text.strip("* ") for text in texts]
    is_header = (
        any(_TERM_FIRST.match(name) for name in names)
        and any(_OWNER_FIRST.match(name) for name in names)
        and all(len(name) < _LONGEST_NAME and not name[:1].isdecimal() for name in names)
    )
    if not is_header:
        return meanings
    ends = [meanings.index(one) for one in (Meaning.TERM, Meaning.RESPONSIBLE) if one in meanings]
    others = [at for at, one in enumerate(meanings) if names[at] and one in _STANDS_FOR_TITLE]
    if not others:
        return meanings
    # left of terms and owners, rather one whose name says nothing, the nearest to them
    chosen = max(others, key=lambda at: (at < min(ends), meanings[at] is None, at))
    return [*meanings[:chosen], Meaning.TITLE, *meanings[chosen + 1 :]]


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


def continues_header(layout: ColumnLayout, row: SourceRow) -> bool:
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


def is_subheader(layout: ColumnLayout, row: SourceRow) -> bool:
    """Tell whether a row names the sub-columns of a spanning header: муниципальные, ОО."""
    new = []
    for index, (cell, meaning) in enumerate(zip(row.cells, layout.meanings, strict=False)):
        line = one_line(cell)
        if line and line.casefold() != layout.header[index].casefold():
            new.append((line, meaning))
    spans = sum(meaning is Meaning.RESPONSIBLE for meaning in layout.meanings) > 1
    return spans and bool(new) and all(meaning is Meaning.RESPONSIBLE for _, meaning in new)
