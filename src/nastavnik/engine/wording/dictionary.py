"""What the dictionary of Russian (pymorphy3) knows of a word in the nominative singular."""

from functools import cache
from typing import Any

from pymorphy3 import MorphAnalyzer

from nastavnik.engine.wording.cases import Case

GRAMMEMES = {
    Case.GENITIVE: "gent",
    Case.DATIVE: "datv",
    Case.ACCUSATIVE: "accs",
    Case.INSTRUMENTAL: "ablt",
    Case.PREPOSITIONAL: "loct",
}
_NAMES = {"Surn", "Name", "Patr", "Geox", "Abbr", "Fixd"}


def readings(word: str) -> list[Any]:
    """Return all readings of a word."""
    found: list[Any] = morph().parse(word)
    return found


def is_known(word: str) -> bool:
    """Tell whether the dictionary has the word; otherwise its readings are guesses."""
    return bool(morph().word_is_known(word))


def common_noun(word: str, genders: set[str]) -> Any | None:  # noqa: ANN401 - no types
    """Return a word as a common noun of the dictionary: «ткач», «груша»; never as a name."""
    if not is_known(word):
        return None
    for one in readings(word):
        tag = one.tag
        noun = {"NOUN", "nomn", "sing"} in tag and not _NAMES & tag.grammemes
        if noun and genders & tag.grammemes:
            return one
    return None


def adjective(word: str) -> Any | None:  # noqa: ANN401 - no types
    """Return a word as an adjective of the dictionary: «хорошая», «третий»."""
    if not is_known(word):
        return None
    return next(
        (one for one in readings(word) if {"ADJF", "nomn", "sing"} in one.tag),
        None,
    )


@cache
def morph() -> MorphAnalyzer:
    """Load the dictionary at the first use; it takes a third of a second."""
    return MorphAnalyzer(lang="ru")
