"""Names in their cases, for orders and agreements (method.md §7.1, D14–D19).

No rule knows every family's tradition: a form the organisation keeps for a person goes before any
rule, and whatever was guessed without ground is marked as not sure.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from pytrovich.detector import PetrovichGenderDetector
from pytrovich.enums import Case as PetrovichCase
from pytrovich.enums import Gender as PetrovichGender
from pytrovich.enums import NamePart
from pytrovich.maker import PetrovichDeclinationMaker

from nastavnik.engine.wording.cases import NBSP, Case, Gender, like

Forms = tuple[str, str, str]

_WORD = re.compile(r"[А-Яа-яЁё'’]+")
_INDECLINABLE = ("ых", "их", "иа", "уа", "о", "е", "ё", "э", "и", "ы", "у", "ю")
_CONSONANTS = tuple("бвгджзйклмнпрстфхцчшщ")
_SONS = ("оглы", "улы", "уулу")
_DAUGHTERS = ("кызы", "гызы", "кизи")
_MALE_SURNAME = ("ов", "ев", "ёв", "ин", "ын", "ский", "цкий", "ской", "цкой", "ый")
_FEMALE_SURNAME = ("ова", "ева", "ёва", "ина", "ына", "ская", "цкая", "ая")
# Families differ here (Зайца or Заяца, Соловья or Соловея): a person should look.
_DOUBTFUL = ("ец", "яц", "ей", "ок", "ек", "ёк", "ень", "ёл")
_HARD_END = re.compile(rf"[{''.join(_CONSONANTS)}ь]{{2}}ец")
_HARD_ENDINGS = {
    Case.GENITIVE: "а",
    Case.DATIVE: "у",
    Case.ACCUSATIVE: "а",
    Case.INSTRUMENTAL: "ом",
    Case.PREPOSITIONAL: "е",
}
_FULL_PARTS = 3


@dataclass(frozen=True, slots=True)
class FullName:
    """A name in one case; ``sure`` is False where gender or ending could not be told."""

    last: str
    first: str
    patronymic: str
    case: Case
    gender: Gender | None
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


def guess_gender(last: str, first: str, patronymic: str) -> Gender | None:
    """Guess by the patronymic, else the first name, else the surname's ending."""
    ending = patronymic.lower().strip()
    if ending.endswith((*_SONS, "ич")):
        return Gender.MALE
    if ending.endswith((*_DAUGHTERS, "вна", "чна", "шна")):
        return Gender.FEMALE
    return _by_first_name(first) or _by_surname(last.lower().strip())


def _by_first_name(first: str) -> Gender | None:
    if not _WORD.fullmatch(first.strip()):
        return None
    found: PetrovichGender = _detector().detect(firstname=first.strip())  # type: ignore[no-untyped-call]
    return {
        PetrovichGender.MALE: Gender.MALE,
        PetrovichGender.FEMALE: Gender.FEMALE,
    }.get(found)


def _by_surname(last: str) -> Gender | None:
    if last.endswith(_MALE_SURNAME):
        return Gender.MALE
    return Gender.FEMALE if last.endswith(_FEMALE_SURNAME) else None


def decline_name(
    last: str,
    first: str,
    patronymic: str,
    *,
    case: Case,
    gender: Gender | None = None,
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
    return FullName(
        last=_declined(NamePart.LASTNAME, last, gender, case),
        first=_declined(NamePart.FIRSTNAME, first, gender, case),
        patronymic=_patronymic(patronymic, gender, case),
        case=case,
        gender=gender,
        sure=_settled(last, gender) and all(map(_known, (last, first, patronymic))),
    )


def _settled(last: str, gender: Gender) -> bool:
    return gender is Gender.FEMALE or not last.lower().endswith(_DOUBTFUL)


def _known(text: str) -> bool:
    return all(_WORD.fullmatch(word.rstrip(".")) for word in re.split(r"[\s-]+", text) if word)


def _patronymic(text: str, gender: Gender, case: Case) -> str:
    # «Алиеву Гасану Мамед оглы»: such a patronymic is not declined.
    if text.lower().strip().endswith(_SONS + _DAUGHTERS):
        return text
    return _declined(NamePart.MIDDLENAME, text, gender, case)


def _declined(part: NamePart, text: str, gender: Gender, case: Case) -> str:
    pieces = re.split(r"([\s-]+)", text)
    return "".join(_piece(part, piece, gender, case) for piece in pieces)


def _piece(part: NamePart, word: str, gender: Gender, case: Case) -> str:
    if len(word) < len("Ян") or not _WORD.fullmatch(word) or _stays(part, word.lower(), gender):
        return word
    if part is NamePart.LASTNAME and _HARD_END.search(word.lower()[-len("знец") :]):
        # «Кузнец»: without its vowel there would be three consonants in a row.
        return like(word, word + _HARD_ENDINGS[case])
    made: str = _maker().make(
        part,
        PetrovichGender.FEMALE if gender is Gender.FEMALE else PetrovichGender.MALE,
        PetrovichCase[case.name],
        word,
    )
    return like(word, made) if word.isupper() else made


def _stays(part: NamePart, word: str, gender: Gender) -> bool:
    """Tell whether the word has one form in all cases."""
    if gender is Gender.FEMALE and word.endswith(_CONSONANTS):
        return True
    if part is not NamePart.LASTNAME:
        return False
    return word.endswith(_INDECLINABLE) or (gender is Gender.FEMALE and word.endswith("ь"))


@cache
def _maker() -> PetrovichDeclinationMaker:
    return PetrovichDeclinationMaker()


@cache
def _detector() -> PetrovichGenderDetector:
    return PetrovichGenderDetector()
