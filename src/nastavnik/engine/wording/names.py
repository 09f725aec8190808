"""Names in their cases, for orders and agreements (method.md §7.1, D14–D19).

No rule knows every family's tradition: a form the organisation keeps for a person goes before any
rule, and whatever was guessed without ground is marked as not sure.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from pytrovich.detector import PetrovichGenderDetector
from pytrovich.enums import Gender as PetrovichGender
from pytrovich.enums import NamePart

from nastavnik.engine.wording.cases import NBSP, Case, NameGender
from nastavnik.engine.wording.regular import WORD, is_name_word, n_syllables, regular
from nastavnik.engine.wording.surnames import decline_surname

Forms = tuple[str, str, str]

# «Алиев Гасан Мамед оглы»: son and daughter of, as they are written in Russian papers
_SONS = (
    "оглы", "оглу", "огли", "углы", "угли", "уғли", "ўғли", "ўгли", "оғли", "улы", "ұлы", "уулу", "ули",
)  # fmt: skip
_DAUGHTERS = ("кызы", "гызы", "кизи", "гизи", "қизи", "қызы", "ғызы")
_MALE_SURNAME = ("ов", "ев", "ёв", "ин", "ын", "ский", "цкий", "ской", "цкой", "ый")
_FEMALE_SURNAME = ("ова", "ева", "ёва", "ина", "ына", "ская", "цкая", "ая")
_FULL_PARTS = 3


@dataclass(frozen=True, slots=True)
class FullName:
    """A name in one case; ``sure`` is False where gender or ending could not be told."""

    last: str
    first: str
    patronymic: str
    case: Case
    gender: NameGender | None
    sure: bool

    def __str__(self) -> str:
        return " ".join(filter(None, (self.last, self.first, self.patronymic)))

    @property
    def initials(self) -> str:
        """«И. И.», with an unbreakable space between."""
        return NBSP.join(f"{part[0].upper()}." for part in (self.first, self.patronymic) if part)

    @property
    def last_and_initials(self) -> str:
        """«Иванову И. И.», as in a list."""
        return NBSP.join(filter(None, (self.last, self.initials)))

    @property
    def initials_and_last(self) -> str:
        """«И. И. Иванову», as under a signature."""
        return NBSP.join(filter(None, (self.initials, self.last)))


def split_name(text: str) -> Forms:
    """Split «Фамилия Имя Отчество»; «оглы» and «кызы» stay with the patronymic.

    A surname of several words («ван дер Образцов») comes before the last two words.
    """
    words = text.split()
    tail = _FULL_PARTS if len(words) > 1 and words[-1].lower() in _SONS + _DAUGHTERS else 2
    if len(words) <= tail:
        last, first, *rest = [*words, "", ""]
        return last, first, " ".join(filter(None, rest))
    return " ".join(words[:-tail]), words[-tail], " ".join(words[1 - tail :])


def guess_gender(last: str, first: str, patronymic: str) -> NameGender | None:
    """Guess by the patronymic, else the first name, else the surname's ending."""
    return _by_patronymic(patronymic) or _by_first_name(first) or _by_surname(last.lower().strip())


def _by_patronymic(patronymic: str) -> NameGender | None:
    ending = patronymic.lower().strip()
    if ending.endswith((*_SONS, "ич")):
        return NameGender.MALE
    if ending.endswith((*_DAUGHTERS, "вна", "чна", "шна")):
        return NameGender.FEMALE
    return None


def _by_first_name(first: str) -> NameGender | None:
    if not WORD.fullmatch(first.strip()):
        return None
    found: PetrovichGender = _detector().detect(firstname=first.strip())  # type: ignore[no-untyped-call]
    return {
        PetrovichGender.MALE: NameGender.MALE,
        PetrovichGender.FEMALE: NameGender.FEMALE,
    }.get(found)


def _by_surname(last: str) -> NameGender | None:
    if last.endswith(_MALE_SURNAME):
        return NameGender.MALE
    return NameGender.FEMALE if last.endswith(_FEMALE_SURNAME) else None


def decline_name(
    last: str,
    first: str,
    patronymic: str,
    *,
    case: Case,
    gender: NameGender | None = None,
    overrides: Mapping[Case, Forms] | None = None,
) -> FullName:
    """Put a name into a case.

    Args:
        last: surname in the nominative, each half of a double one is declined.
        first: first name; an initial stays as it is.
        patronymic: may be empty.
        case: the case wanted.
        gender: where known; otherwise guessed, and where nothing tells it, nothing is declined.
        overrides: forms (last, first, patronymic) kept for this person, used as they are.
    """
    gender = gender or guess_gender(last, first, patronymic)
    if overrides and case in overrides:
        return FullName(*overrides[case], case=case, gender=gender, sure=True)
    if case is Case.NOMINATIVE:
        return FullName(last, first, patronymic, case=case, gender=gender, sure=True)
    if gender is None:
        return FullName(last, first, patronymic, case=case, gender=None, sure=False)
    surname = decline_surname(last, gender, case)
    return FullName(
        last=surname.text,
        first=_declined(NamePart.FIRSTNAME, first, gender, case),
        patronymic=_patronymic(patronymic, gender, case),
        case=case,
        gender=gender,
        sure=surname.sure and _settled(first, patronymic, gender),
    )


def _settled(first: str, patronymic: str, gender: NameGender) -> bool:
    """Tell whether nothing about the first name and the patronymic is odd."""
    full = len(patronymic.strip().rstrip(".")) > 1
    if full and _by_patronymic(patronymic) is not gender:
        return False
    # «Захария», «Илия»: the stress decides between -ии and -ие
    odd = (
        gender is NameGender.MALE
        and first.lower().endswith("ия")
        and n_syllables(first) > len("Зи")
    )
    return not odd and all(map(_known, (first, patronymic)))


def _known(text: str) -> bool:
    return all(WORD.fullmatch(word.rstrip(".")) for word in re.split(r"[\s-]+", text) if word)


def _patronymic(text: str, gender: NameGender, case: Case) -> str:
    # «Алиеву Гасану Мамед оглы»: such a patronymic is not declined.
    if text.lower().strip().endswith(_SONS + _DAUGHTERS):
        return text
    return _declined(NamePart.MIDDLENAME, text, gender, case)


def _declined(part: NamePart, text: str, gender: NameGender, case: Case) -> str:
    pieces = re.split(r"([\s-]+)", text)
    return "".join(_piece(part, piece, gender, case) for piece in pieces)


def _piece(part: NamePart, word: str, gender: NameGender, case: Case) -> str:
    if not is_name_word(word):
        return word
    if case in {Case.DATIVE, Case.PREPOSITIONAL} and _is_short(word.lower()):
        # «Лие», «Мие»: after a stem of one syllable -е, not the -и of «Марии»
        return word[:-1] + ("Е" if word.isupper() else "е")
    return regular(part, word, gender, case)


def _is_short(low: str) -> bool:
    return low.endswith("ия") and n_syllables(low) == len("ия")


@cache
def _detector() -> PetrovichGenderDetector:
    return PetrovichGenderDetector()
