"""Positions in their cases: «заместителю директора по УВР», «педагога-психолога».

The adjectives up to the first noun and that noun are declined, the rest stands. After a comma a
second person's noun is declined as well («учителю физики, классному руководителю»).
"""

import re
from functools import cache
from typing import Any

from pymorphy3 import MorphAnalyzer

from nastavnik.engine.wording.cases import Case, Wording, like

_GRAMMEMES = {
    Case.GENITIVE: "gent",
    Case.DATIVE: "datv",
    Case.ACCUSATIVE: "accs",
    Case.INSTRUMENTAL: "ablt",
    Case.PREPOSITIONAL: "loct",
}
_ACTING = re.compile(r"\s*(и\s*\.\s*о\s*\.|врио\b)", re.IGNORECASE)
#: Words of schools that the dictionary lacks and the analyser declines rightly.
_SCHOOL_WORDS = frozenset({"тьютор"})
_WORD = re.compile(r"[А-Яа-яЁё]+(?:-[А-Яа-яЁё]+)*")


def decline_position(title: str, *, case: Case) -> Wording:
    """Put a position into a case; ``sure`` is False where no noun of a person was found.

    «и. о. директора» stands as it is: what is shortened has no case, the rest has its own.
    """
    if case is Case.NOMINATIVE or _ACTING.match(title):
        return Wording(title, sure=True)
    pieces = re.split(r"(,\s*)", title)
    declined, sure = _phrase(pieces[0], case, first=True)
    text = declined + "".join(_phrase(piece, case, first=False)[0] for piece in pieces[1:])
    return Wording(text, sure=sure)


def _phrase(phrase: str, case: Case, *, first: bool) -> tuple[str, bool]:
    """Decline the words up to the head; after a comma only if a person is the head."""
    words = re.split(r"(\s+)", phrase)
    done: list[str] = []
    for place, word in enumerate(words):
        rest = [other for other in words[place + 1 :] if other.strip()]
        adjective, noun = _adjective(word), _person(word)
        if adjective is not None and (noun is None or (rest and _head_ahead(rest[0]))):
            done.append(_inflected(adjective, word, case))
        elif noun is not None and (first or "anim" in noun.tag):
            known = all(_is_known(part) for part in word.lower().split("-"))
            return "".join([*done, _noun(word, case), *words[place + 1 :]]), known
        elif word.strip():
            break
        else:
            done.append(word)
    found = any(_adjective(word) for word in words[: len(done)])
    if not found or not first:
        return phrase, False
    return "".join([*done, *words[len(done) :]]), True


def _head_ahead(word: str) -> bool:
    return _person(word) is not None or _adjective(word) is not None


def _parses(word: str) -> list[Any]:
    if not _WORD.fullmatch(word):
        return []
    found = _morph().parse(word)
    if any(one.tag.POS in {"PREP", "CONJ"} for one in found):
        return []
    return [one for one in found if {"nomn", "sing"} in one.tag]


def _is_known(word: str) -> bool:
    return word in _SCHOOL_WORDS or bool(_morph().word_is_known(word))


def _adjective(word: str) -> Any | None:  # noqa: ANN401 - the analyser has no types
    found = [one for one in _parses(word) if one.tag.POS in {"ADJF", "PRTF"}]
    return found[0] if found else None


def _person(word: str) -> Any | None:  # noqa: ANN401 - the analyser has no types
    """Return the reading as a noun; a living one first, for its accusative is the genitive."""
    last = word.rsplit("-", 1)[-1]
    found = [one for one in _parses(last) if one.tag.POS == "NOUN"]
    living = [one for one in found if "anim" in one.tag]
    return next(iter(living or found), None)


def _noun(word: str, case: Case) -> str:
    """Decline both halves of «педагог-психолог», but not the first of «пресс-секретарь»."""
    *heads, last = word.split("-")
    parts = []
    for head in heads:
        found = _person(head)
        living = found is not None and "anim" in found.tag
        parts.append(_inflected(found, head, case) if living else head)
    return "-".join([*parts, _inflected(_person(last), last, case)])


def _inflected(parse: Any, word: str, case: Case) -> str:  # noqa: ANN401 - no types
    grammemes = {_GRAMMEMES[case]}
    if case is Case.ACCUSATIVE and parse.tag.POS in {"ADJF", "PRTF"} and "masc" in parse.tag:
        grammemes.add("anim")
    made = parse.inflect(grammemes)
    return word if made is None else like(word, str(made.word))


@cache
def _morph() -> MorphAnalyzer:
    """Load the dictionary at the first use; it takes a third of a second."""
    return MorphAnalyzer(lang="ru")
