"""The regular form of a part of a name: what pytrovich's rules make of one word."""

import re
from functools import cache

from pytrovich.enums import Case as PetrovichCase
from pytrovich.enums import Gender as PetrovichGender
from pytrovich.enums import NamePart
from pytrovich.maker import PetrovichDeclinationMaker

from nastavnik.engine.wording.cases import Case, NameGender, like

CONSONANTS = tuple("бвгджзйклмнпрстфхцчшщ")
WORD = re.compile(r"[А-Яа-яЁё'’]+")
_SHORTEST = len("Ян")


def is_name_word(word: str) -> bool:
    """Tell whether a word can be declined at all: Cyrillic and no initial."""
    return len(word) >= _SHORTEST and WORD.fullmatch(word) is not None


def regular(part: NamePart, word: str, gender: NameGender, case: Case) -> str:
    """Return the form of one word; a woman's in a consonant has one form only."""
    if gender is NameGender.FEMALE and word.lower().endswith(CONSONANTS):
        return word
    made: str = _maker().make(
        part,
        PetrovichGender.FEMALE if gender is NameGender.FEMALE else PetrovichGender.MALE,
        PetrovichCase[case.name],
        word,
    )
    return like(word, made) if word.isupper() else made


def n_syllables(word: str) -> int:
    """Count the vowels of a word."""
    return sum(letter in "аеёиоуыэюя" for letter in word.lower())


@cache
def _maker() -> PetrovichDeclinationMaker:
    return PetrovichDeclinationMaker()
