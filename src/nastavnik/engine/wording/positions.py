"""Positions in their cases: «заместителю директора по УВР», «педагога-психолога».

The adjectives up to the first noun and that noun are declined, the rest stands. Where a second person's post follows after
a comma, a dash, «и» or a bracket, it is declined as well («учителю физики, классному руководителю»).
"""

import re
from itertools import pairwise
from typing import Any

from nastavnik.engine.wording.cases import Case, Wording, like
from nastavnik.engine.wording.dictionary import GRAMMEMES, is_known, readings

_ACTING = re.compile(r"\s*(и\s*\.\s*о\s*\.|врио\b)", re.IGNORECASE)
_FOR_A_TIME = re.compile(r"\s*временно\s+", re.IGNORECASE)
#: What may begin a second post; a hyphen with a space on either side is a dash as people type it.
_SECOND = re.compile(r"(\s*[,;/()\u2010-\u2014]\s*|\s+-\s*|-\s+|\s+и\s+)")
#: Words of schools that the dictionary lacks and the analyser declines rightly.
_SCHOOL_WORDS = frozenset({"тьютор"})
#: Participles that are a post by themselves: «и заведующий кабинетом».
_POSTS = re.compile(r"(заведующ|исполняющ|управляющ|дежурн|ответственн)(ий|ая|ый)$", re.IGNORECASE)
_NAMES = {"Surn", "Name", "Patr"}
_WORD = re.compile(r"[А-Яа-яЁё]+(?:-[А-Яа-яЁё]+)*")


def decline_position(title: str, *, case: Case) -> Wording:
    """Put a position into a case; ``sure`` is False where no noun of a person was found.

    «и. о. директора» stands as it is: what is shortened has no case, the rest has its own.
    """
    if case is Case.NOMINATIVE:
        return Wording(title, sure=True)
    pieces = _SECOND.split(title)
    said: list[Wording] = [_first(pieces[0], case)]
    for apart, phrase in zip(pieces[1::2], pieces[2::2], strict=True):
        said += [Wording(apart, sure=True), _further(phrase, apart, case)]
    return Wording("".join(one.text for one in said), sure=all(one.sure for one in said))


def _first(phrase: str, case: Case) -> Wording:
    if _ACTING.match(phrase):
        return Wording(phrase, sure=True)
    lead = found[0] if (found := _FOR_A_TIME.match(phrase)) else ""
    text, sure = _phrase(phrase[len(lead) :], case, first=True)
    return Wording(lead + text, sure=sure)


def _further(phrase: str, apart: str, case: Case) -> Wording:
    """Decline what follows, if a person is the head; after a dash whatever is not declined is doubted."""
    if _ACTING.match(phrase) or not _starts_a_post(phrase):
        dash = apart.strip(" ,;/()и") != ""
        return Wording(phrase, sure=not dash or not _in_nominative(phrase))
    text, sure = _phrase(phrase, case, first=True)
    return Wording(text, sure=sure)


def _starts_a_post(phrase: str) -> bool:
    """Tell whether a phrase begins with a living noun in the nominative, its adjectives before it."""
    words = phrase.split()
    if words and _POSTS.match(words[0]):
        return True
    for word, after in pairwise([*words, ""]):
        if _adjective(word) is None or not _head_ahead(after):
            return _is_living(word)
    return False


def _is_living(word: str) -> bool:
    """Tell whether a word is a person before all: «язык» is one only in a tale of war."""
    last = word.rsplit("-", 1)[-1]
    found = [one for one in _parses(last) if one.tag.POS == "NOUN"]
    if not is_known(last.lower()):
        found.sort(key=lambda one: "anim" not in one.tag)
    return bool(found) and "anim" in found[0].tag and not _NAMES & found[0].tag.grammemes


def _in_nominative(phrase: str) -> bool:
    return bool(words := phrase.split()) and _head_ahead(words[0])


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
            return "".join([*done, _noun(word, case), *_beside(words[place + 1 :], case)]), known
        elif word.strip():
            break
        else:
            done.append(word)
    found = any(_adjective(word) for word in words[: len(done)])
    if not found or not first:
        return phrase, False
    return "".join([*done, *words[len(done) :]]), True


def _beside(words: list[str], case: Case) -> list[str]:
    """«педагог психолог», typed without its hyphen: the second person is the same one."""
    if len(words) < len(" п") or not _is_living(words[1]) or not _is_known(words[1].lower()):
        return words
    return [words[0], _noun(words[1], case), *words[2:]]


def _head_ahead(word: str) -> bool:
    return _person(word) is not None or _adjective(word) is not None


def _parses(word: str) -> list[Any]:
    if not _WORD.fullmatch(word):
        return []
    found = readings(word)
    if any(one.tag.POS in {"PREP", "CONJ"} for one in found):
        return []
    return [one for one in found if {"nomn", "sing"} in one.tag]


def _is_known(word: str) -> bool:
    return word in _SCHOOL_WORDS or is_known(word)


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
    grammemes = {GRAMMEMES[case]}
    if case is Case.ACCUSATIVE and parse.tag.POS in {"ADJF", "PRTF"} and "masc" in parse.tag:
        grammemes.add("anim")
    made = parse.inflect(grammemes)
    return word if made is None else like(word, str(made.word))
