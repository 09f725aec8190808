"""The only place that asks engines: of wording, for people and days in Russian papers; of linting, for what a checker finds."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.translation import get_language

from nastavnik.core.access import SignedIn
from nastavnik.core.errors import RefusedError
from nastavnik.core.hooks.known_pairs import pairs_seen_by
from nastavnik.engine.linting.checking import LintedPaper, lint
from nastavnik.engine.linting.findings import LintFinding
from nastavnik.engine.linting.pairs import find_other_pairs
from nastavnik.engine.roadmaps.blocks import (
    Block,
    SourceLine,
    SourceParagraph,
    SourceRow,
    SourceTable,
)
from nastavnik.engine.wording.cases import Case, NameGender, Wording
from nastavnik.engine.wording.names import FullName, decline_name, guess_gender, split_name
from nastavnik.engine.wording.phrases import (
    class_phrase,
    counted,
    date_in_words,
    enumeration,
    period_in_words,
)
from nastavnik.engine.wording.positions import decline_position
from nastavnik.people.models import Person
from nastavnik.readers.bounded import read_bounded
from nastavnik.readers.linting import shipped_lexicon
from nastavnik.readers.refusals import ReaderError
from nastavnik.writers import blocks as written

__all__ = [
    "Case",
    "counted",
    "date_in_words",
    "enumeration",
    "period_in_words",
]  # passed on to those who write papers


def _gender(person: Person) -> NameGender | None:
    if person.gender:
        return NameGender(person.gender)
    return guess_gender(person.last_name, person.first_name, person.patronymic)


def full_name(person: Person, case: Case) -> str:
    """Return a name in a case; a form kept on the card wins over the engine's."""
    return _kept(person, case) or str(_declined(person, case))


def is_sure(person: Person, case: Case) -> bool:
    """Tell whether a name's form is certain: kept on the card, or known to the engine."""
    return bool(_kept(person, case)) or _declined(person, case).sure


def _kept(person: Person, case: Case) -> str:
    return {
        Case.GENITIVE: person.genitive,
        Case.DATIVE: person.dative,
        Case.INSTRUMENTAL: person.instrumental,
    }.get(case, "")


def _declined(person: Person, case: Case) -> FullName:
    return decline_name(
        person.last_name,
        person.first_name,
        person.patronymic,
        case=case,
        gender=_gender(person),
    )


def name_of_text(text: str, case: Case) -> FullName:
    """Return a name typed in one line in a case."""
    return decline_name(*split_name(text), case=case)


@dataclass
class Words:
    """Names and positions in their cases, as a paper wants them; what nobody can know is kept as a doubt.

    Attributes:
        kept: forms a person has settled for this paper, by `case|text`.
        doubts: the forms to ask about: `key`, `given`, `case` and `made`, plain texts.
    """

    kept: Mapping[str, str]
    doubts: list[dict[str, str]] = field(default_factory=list)

    def person(self, person: Person, case: Case) -> str:
        """Return the name of a person of the roster; a form kept on the card wins."""
        made = Wording(full_name(person, case), is_sure(person, case))
        return self._settled(person.full_name, case, made)

    def name(self, text: str, case: Case) -> str:
        """Return a name typed in one line."""
        made = name_of_text(text, case)
        return self._settled(text, case, Wording(str(made), made.sure))

    def position(self, title: str, case: Case) -> str:
        """Return a position."""
        return self._settled(title, case, decline_position(title, case=case))

    def _settled(self, given: str, case: Case, made: Wording) -> str:
        key = f"{case.value}|{given}"
        said = self.kept.get(key) or made.text
        if not made.sure and all(one["key"] != key for one in self.doubts):
            self.doubts.append({"key": key, "given": given, "case": case.value, "made": said})
        return said


def what(person: Person, group: str) -> str:
    """Return what a person is, as a column of a table says it: «5А класс», «учитель физики», «инженер, АО «Завод»»."""
    if person.is_learner:
        return f"{group} класс" if group else class_phrase("", gender=_gender(person))
    place = person.partner.name if person.partner else ""
    return ", ".join(part for part in (person.position, place) if part)


def day_or_blank(day: dt.date | None) -> str:
    """Return a day in words, or the line to write it on."""
    return date_in_words(day) if day else "«____» ______________ 20___ г."


# ---------------------------------------------------------------- what a checker would find


@dataclass(frozen=True, slots=True)
class PaperRemark:
    """A finding in the language of the page.

    Attributes:
        line: the line of the file; 0 where lines mean nothing to a reader.
        words: what stands there.
        why: what does not fit.
        advice: what to do.
        is_sure: False where it may be right as it is.
    """

    line: int
    words: str
    why: str
    advice: str
    is_sure: bool


def check_upload(data: bytes, file_name: str, *, user: SignedIn) -> list[PaperRemark]:
    """Return what a checker would find in a file, read by a process of its own; nothing of it is kept.

    Raises:
        RefusedError: it cannot be read, in words for a person.
    """
    try:
        linted: LintedPaper = read_bounded("lint", data, file_name)
    except ReaderError as error:
        raise RefusedError(str(error)) from error
    return _remarks(linted, user, has_lines=True)


def check_paper(blocks: Iterable[written.Block], *, user: SignedIn) -> list[PaperRemark]:
    """Return what a checker would find in a paper of the register."""
    return _remarks(lint(source_blocks(blocks), shipped_lexicon()), user, has_lines=False)


def _remarks(linted: LintedPaper, user: SignedIn, *, has_lines: bool) -> list[PaperRemark]:
    others = find_other_pairs(linted.rows, pairs_seen_by(user))
    found = sorted([*linted.findings, *others], key=lambda one: one.line)
    return [_remark(one, has_lines=has_lines) for one in found]


def _remark(one: LintFinding, *, has_lines: bool) -> PaperRemark:
    is_russian = (get_language() or "ru").startswith("ru")
    said = (one.why, one.advice) if is_russian else (one.why_en, one.advice_en)
    return PaperRemark(one.line if has_lines else 0, one.text, *said, one.sure)


def source_blocks(blocks: Iterable[written.Block]) -> list[Block]:
    """Return a paper of ours as a reader would read its file: each text a line, each table a table."""
    found: list[Block] = []
    n = 0
    for block in blocks:
        if isinstance(block, written.PaperTable):
            heading = [block.heading] if block.heading else []
            n += len(heading)
            found += [SourceParagraph(SourceLine(n, text)) for text in heading]
            rows = [[column.title for column in block.columns]]
            rows += [[cell.text for cell in row.cells] for row in block.rows]
            lines = [SourceLine(n + at, "\t".join(row)) for at, row in enumerate(rows, 1)]
            read = zip(rows, lines, strict=True)
            found.append(SourceTable(tuple(SourceRow(tuple(row), (line,)) for row, line in read)))
            n += len(rows)
            continue
        for text in _lines_of(block):
            n += 1
            found.append(SourceParagraph(SourceLine(n, text)))
    return found


def _lines_of(block: written.Block) -> list[str]:
    if isinstance(block, written.Signature):
        return [f"{block.position} {block.name}"]
    if isinstance(block, written.Requisites):
        return [f"{block.date} № {block.number}", block.town]
    return written.texts_of([block])
