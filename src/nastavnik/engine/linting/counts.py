"""Numbers: of forms, stages and roles (C1), and of children in registers (C27)."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from nastavnik.engine.linting.findings import LintFinding, LintRule, found_at
from nastavnik.engine.linting.lexicon import Counted, Lexicon, number_of
from nastavnik.engine.linting.model import CheckedPaper, Passage, Place

_BOUND = re.compile(
    r"(?:\bиз|\bдо|более|менее|\bминимум|\bпо|одновременно в|\bили|одна из|[-/.,№])\s*$",
    re.IGNORECASE,
)
_ELSEWHERE = re.compile(r"методологи|целев\w+ модел|Р-145|минпросвещ|мониторинг", re.IGNORECASE)
_LISTED = re.compile(r"^[^.:;]{0,40}:\s*(.+)$")
_CORRECT = ("Исправьте число или перечень.", "Correct the number or the list.")


def find_counts(document: CheckedPaper, lexicon: Lexicon) -> Iterator[LintFinding]:
    """Yield two numbers of one thing, and a number of forms other than are listed after it."""
    for counted in lexicon.counted:
        met = [one for passage in document.passages for one in _numbers(passage, counted)]
        yield from _two_counts(met, counted)
        if counted.is_forms:
            yield from _listed(met, lexicon)


def _numbers(one: Passage, counted: Counted) -> Iterator[tuple[int, Place]]:
    for found in counted.pattern.finditer(one.plain):
        sentence = one.sentence(found.start())
        before = sentence[: max(0, sentence.find(found[0]))]
        # what the methodology has and what a school may choose at most is not what it chose
        if not _BOUND.search(one.plain[: found.start()]) and not _ELSEWHERE.search(before):
            yield number_of(found), Place(one, *found.span())


def _listed(met: Sequence[tuple[int, Place]], lexicon: Lexicon) -> Iterator[LintFinding]:
    side = rf"(?:{'|'.join(lexicon.sides)})"
    form = re.compile(rf"\b{side}\s?-\s?{side}", re.IGNORECASE)
    for number, place in met:
        after = _LISTED.match(place.passage.plain[place.end :])
        names = (
            {re.sub(r"\s", "", one.lower()) for one in form.findall(after[1])} if after else set()
        )
        if len(names) > 1 and len(names) != number:
            why = (
                f"Названо форм наставничества: {number}, а перечислено: {len(names)}.",
                f"Forms of mentoring announced: {number}, listed: {len(names)}.",
            )
            yield found_at(place, LintRule.FORM_COUNT, why, _CORRECT)


def _two_counts(met: Sequence[tuple[int, Place]], counted: Counted) -> Iterator[LintFinding]:
    if not met:
        return
    usual = Counter(number for number, _ in met).most_common(1)[0][0]
    known = next(place for number, place in met if number == usual)
    told = {usual}
    for number, place in met:
        if number not in told:
            told.add(number)
            why = (
                f"Разное число {counted.title}: здесь {number}, а в строке {known.line} – {usual}.",
                f"Different numbers of {counted.title_en}: {number} here, {usual} in line {known.line}.",
            )
            advice = (
                "Сверьте с тем, что на самом деле описано, и оставьте одно число.",
                "Hold it against what is described and keep one number.",
            )
            yield found_at(place, LintRule.FORM_COUNT, why, advice, against=known)


def find_registers(document: CheckedPaper, lexicon: Lexicon) -> Iterator[LintFinding]:
    """Yield results that count children in registers of the police or of dispensaries."""
    for one in document.passages:
        found = lexicon.registers.search(one.plain)
        if found and lexicon.register_counts.search(one.sentence(found.start())):
            yield found_at(
                Place(one, *found.span()),
                LintRule.REGISTER_COUNT,
                (
                    "Результатом названо число состоящих на учёте: это не итог наставничества, частью – врачебная тайна.",
                    "A count of children in a register is named as a result; part of that is a medical secret.",
                ),
                (
                    "Уберите строку или скажите о том же без учётов: поведение, посещаемость, участие.",
                    "Drop the line or say it without registers: behaviour, attendance, taking part.",
                ),
            )
