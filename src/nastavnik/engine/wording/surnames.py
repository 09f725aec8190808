"""Surnames in their cases, where the regular rules go wrong without a word.

The library declines by endings alone. An ending does not tell where the stress falls («Ткачом», but «Янковичем»), whether
a vowel runs away («Орла», «Бобра») or whether the first half of a double surname is one that stands («Бонч-Бруевича»).
A surname that is a common noun takes the forms of that noun; of the others those that nobody can know are marked.
"""

import re
from collections.abc import Callable

from pytrovich.enums import NamePart

from nastavnik.engine.wording.cases import Case, NameGender, Wording, like
from nastavnik.engine.wording.dictionary import GRAMMEMES, adjective, common_noun
from nastavnik.engine.wording.regular import CONSONANTS, is_name_word, n_syllables, regular

Rule = Callable[[str, NameGender, Case], Wording | None]

_APART = re.compile(r"([\s\u2010-\u2014-]+)")
_INDECLINABLE = ("ых", "их", "иа", "уа", "о", "е", "ё", "э", "и", "ы", "у", "ю")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_STRESSED_VOWEL = frozenset({"золя", "дюма", "дега", "петипа", "труайя", "моруа", "тома"})
# «ван дер Образцов»: such words are written small and stand
_PARTICLES = _words(
    "ван фон дер ден де да ди дю до дос ла ле лос дель аль эль ас аш бен бин ибн тер тен ап"
)
# first halves that are no surnames of their own and stand in every case
_FROZEN = _words(
    "абд абдул абу аль ата ахун бадма бар бей бек бен бин бонч бурчак ван гулак гран грум дар де дель демут дер дон дю "
    "ибн кара ла ле мак мелик нор нур о пан рам сан санкт санта сен сент тан тер тёр тор тян фон хан ходжа шах ших эль эн"
)
_OWN_HALF = re.compile(r".+([оеё]в|[иы]н|ий|ый|ой|ич|ко|ук|юк|чик|ян|дзе|швили|[ыи]х)$|.{5,}а$")
_SUFFIXES = ("ин", "ын", "ов", "ев")
_RUSSIAN = re.compile(r".+([оеё]в|[иы]н|ск(ий|ой)|ович|евич)$")
# «-ов» and «-ин» of foreign surnames: «Дарвином», «Вирховом»
_FOREIGN = _words(
    "чаплин дарвин кронин франклин гершвин грин болдуин кельвин бюлов флотов вирхов гутцков зюдов"
)
# Families differ here (Зайца or Заяца, Соловья or Соловея): a person should look.
_DOUBTFUL = ("ец", "яц", "ей", "ок", "ек", "ёк", "ень", "ёл")
_HARD_END = re.compile(rf"[{''.join(CONSONANTS)}ь]{{2}}ец$")
_HARD_ENDINGS = {
    Case.GENITIVE: "а",
    Case.DATIVE: "у",
    Case.ACCUSATIVE: "а",
    Case.INSTRUMENTAL: "ом",
    Case.PREPOSITIONAL: "е",
}
_MOVED_STRESS = frozenset({"чужая", "большая", "меньшая"})
_STRESSED_END = _words("деркач кныш кузьмич фомич лукич ильич рогач сикач")
_ONE_SYLLABLE_IY = {
    Case.GENITIVE: "ия",
    Case.DATIVE: "ию",
    Case.ACCUSATIVE: "ия",
    Case.INSTRUMENTAL: "ием",
    Case.PREPOSITIONAL: "ие",
}


def decline_surname(text: str, gender: NameGender, case: Case) -> Wording:
    """Put a surname into a case, each half of a double one by itself."""
    pieces = _APART.split(text)
    words = pieces[::2]
    made = [_word(word, words[place + 1 :], gender, case) for place, word in enumerate(words)]
    n_apart = sum(" " in apart for apart in pieces[1::2])
    n_small = sum(word in _PARTICLES for word in words)
    said = [one.text for one in made]
    joined = "".join(a + b for a, b in zip(said, [*pieces[1::2], ""], strict=True))
    return Wording(joined, sure=all(one.sure for one in made) and n_apart <= n_small)


def _word(word: str, after: list[str], gender: NameGender, case: Case) -> Wording:
    low = word.lower()
    if not is_name_word(word):
        return Wording(word, sure=len(word) < len("Ян"))
    if low in _FROZEN and after:
        return Wording(word, sure=True)
    if word in _PARTICLES or _stays(low, gender):
        return Wording(word, sure=not _contradicts(low, gender))
    for rule in _RULES:
        if (found := rule(word, gender, case)) is not None:
            break
    else:
        found = Wording(_by_library(word, gender, case), sure=True)
    whole = not after or _OWN_HALF.match(low) is not None
    return Wording(found.text, sure=found.sure and whole and not _contradicts(low, gender))


def _stays(low: str, gender: NameGender) -> bool:
    """Tell whether the word has one form in all cases."""
    if low in _STRESSED_VOWEL or low.endswith(_INDECLINABLE):
        return True
    return gender is NameGender.FEMALE and low.endswith((*CONSONANTS, "ь"))


def _contradicts(low: str, gender: NameGender) -> bool:
    """Tell whether the ending is the other gender's: a mistyped name or a wrong box ticked."""
    if gender is NameGender.FEMALE:
        return low.endswith(("ов", "ев", "ёв", "ский", "цкий"))
    return low.endswith(("ова", "ева", "ёва", "ская", "цкая"))


def _ended(word: str, cut: int, ending: str) -> str:
    """Change the ending of a word, in capitals where the word is."""
    return word[: len(word) - cut] + (ending.upper() if word.isupper() else ending)


def _by_library(word: str, gender: NameGender, case: Case) -> str:
    return regular(NamePart.LASTNAME, word, gender, case)


def _womans_adjective(word: str, gender: NameGender, case: Case) -> Wording | None:
    """«Непомнящей», «Хорошей», but «Чужой»: after a sibilant the stress decides."""
    low = word.lower()
    if gender is NameGender.MALE or not low.endswith(("ая", "ья")):
        return None
    known = adjective(low)
    if low.endswith("ья"):
        return None if known is None else _inflected(known, word, case)
    if len(low) <= len("Гая") and known is None:
        return Wording(_by_library(word, gender, case), sure=False)
    if not low.endswith(("жая", "шая", "чая", "щая")):
        return None
    if case is Case.ACCUSATIVE:
        return Wording(_ended(word, 2, "ую"), sure=True)
    ending = "ой" if low in _MOVED_STRESS else "ей"
    sure = low != "меньшая" and (known is not None or low.endswith("щая"))
    return Wording(_ended(word, 2, ending), sure=sure)


def _mans_adjective(word: str, gender: NameGender, case: Case) -> Wording | None:
    """«Третьего»; and «Кия», «Вия», which only look like adjectives."""
    low = word.lower()
    if gender is NameGender.FEMALE or not low.endswith("ий"):
        return None
    if len(low) <= len("Кий"):
        return Wording(_ended(word, 2, _ONE_SYLLABLE_IY[case]), sure=False)
    known = adjective(low)
    if known is not None and "ь" in known.inflect({"gent"}).word[-4:]:
        return _inflected(known, word, _living(case))
    return None


def _hard_ec(word: str, gender: NameGender, case: Case) -> Wording | None:
    """«Кузнец»: without its vowel there would be three consonants in a row."""
    if gender is NameGender.FEMALE or not _HARD_END.search(word.lower()):
        return None
    return Wording(_ended(word, 0, _HARD_ENDINGS[case]), sure=False)


def _mans_noun(word: str, gender: NameGender, case: Case) -> Wording | None:
    """«Орла», «Ткачом»: a common noun keeps its forms; where a vowel runs away, the family decides."""
    low = word.lower()
    if gender is NameGender.FEMALE or not low.endswith((*CONSONANTS, "ь")) or _is_russian(low):
        return None
    noun = common_noun(low, {"masc"})
    genitive = "" if noun is None else str(noun.inflect({"gent"}).word)
    if noun is None or genitive.endswith(("ого", "его")):
        return None
    made = _inflected(noun, word, _living(case))
    stem = low.rstrip("ьй").replace("ё", "е")
    kept = genitive.replace("ё", "е").startswith(stem)
    return Wording(made.text, sure=kept and not low.endswith(_DOUBTFUL))


def _is_russian(low: str) -> bool:
    return n_syllables(low) > 1 and _RUSSIAN.match(low) is not None


def _mans_sibilant(word: str, gender: NameGender, case: Case) -> Wording | None:
    """Instrumental after ж, ш, щ, ч: «Деркачом», «Янковичем»; the stress is not written."""
    low = word.lower()
    if gender is NameGender.FEMALE or case is not Case.INSTRUMENTAL or low[-1] not in "жшщч":
        return None
    if low in _STRESSED_END:
        return Wording(_ended(word, 0, "ом"), sure=True)
    short = n_syllables(low) == 1
    if low.endswith("ич") and not short:
        return Wording(_ended(word, 0, "ем"), sure=True)
    stressed = low.endswith(("ач", "яч", "ыш", "щ")) or (short and low[-1] != "ш")
    return Wording(_ended(word, 0, "ом" if stressed else "ем"), sure=False)


def _a_after_sibilant(word: str, _gender: NameGender, case: Case) -> Wording | None:
    """Instrumental of «Груша», «Левша», «Кваша»: -ей or, stressed, -ой."""
    low = word.lower()
    if case is not Case.INSTRUMENTAL or not low.endswith(("жа", "ша", "ча", "ща", "ца")):
        return None
    noun = common_noun(low, {"femn", "ms-f"})
    if noun is not None:
        return _inflected(noun, word, case)
    return Wording(_ended(word, 1, "ей"), sure=low.endswith("ица"))


def _in_or_ov(word: str, gender: NameGender, case: Case) -> Wording | None:
    """Instrumental of «Дарвин», «Лин», «Павлин»: -ин and -ов that are no Russian suffixes take -ом."""
    low = word.lower()
    if gender is NameGender.FEMALE or case is not Case.INSTRUMENTAL or not low.endswith(_SUFFIXES):
        return None
    if low in _FOREIGN:
        return Wording(_ended(word, 0, "ом"), sure=True)
    if n_syllables(low) == 1 or common_noun(low, {"masc"}) is not None:
        return Wording(_ended(word, 0, "ом"), sure=False)
    return None


def _families_differ(word: str, gender: NameGender, case: Case) -> Wording | None:
    low = word.lower()
    doubtful = gender is NameGender.MALE and low.endswith(_DOUBTFUL)
    if doubtful or low.endswith("зода"):
        return Wording(_by_library(word, gender, case), sure=False)
    return None


def _living(case: Case) -> Case:
    """A man is a living one, whatever the noun is: his accusative is the genitive."""
    return Case.GENITIVE if case is Case.ACCUSATIVE else case


def _inflected(parse: object, word: str, case: Case) -> Wording:
    made = parse.inflect({GRAMMEMES[case]})  # type: ignore[attr-defined]
    return Wording(like(word, str(made.word)), sure=True)


_RULES: tuple[Rule, ...] = (
    _womans_adjective,
    _mans_adjective,
    _hard_ec,
    _mans_noun,
    _in_or_ov,
    _mans_sibilant,
    _a_after_sibilant,
    _families_differ,
)
