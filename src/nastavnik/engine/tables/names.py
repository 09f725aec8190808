"""Names of people: parts, ordinary case, slips of the keyboard."""

import re
from dataclasses import dataclass, field

from nastavnik.engine.tables.cells import fold_lookalikes, has_latin, value_of
from nastavnik.engine.tables.firstnames import is_first_name

_ORDINAL = re.compile(r"^[№#]?\s?\d{1,4}(\s?[.)]\s?|\s+)")
_IN_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_HYPHENS = re.compile("[‐‑‒–—−]")
_APOSTROPHES = re.compile("[’‘ʼ`´]")
_WORD = re.compile(r"[А-ЯЁІЇЄҐа-яёіїєґ]+(['-][А-ЯЁІЇЄҐа-яёіїєґ]+)*")
_PATRONYMIC = re.compile(r".+(вич|вна|чна|ьич|мич|кич|фич)", re.IGNORECASE)

# «сын» and «дочь» after the father's name, in the spellings of passports
_SON_OR_DAUGHTER = frozenset(
    {"оглы", "оглу", "углы", "угли", "улы", "уулу", "кызы", "кизи", "гызы", "гизи"}
)
_PARTICLES = frozenset({"фон", "ван", "де", "дер", "ден", "ла", "ле", "дель", "ибн"})
_MOST_WORDS = 6
_SURNAME = re.compile(
    r".+(ов|ев|ёв|ин|ын|ова|ева|ёва|ина|ына|ск(ий|ая|ой)|цк(ий|ая|ой)|ый|ая|ых|их|ко|ук|юк|ак|як|чик|"
    r"дзе|швили|ян|янц|ман|берг|штейн)",
    re.IGNORECASE,
)
# «нет», «б/о» where the patronymic would stand
_NO_PATRONYMIC = re.compile(
    r"(?<=\w)[\s,;.]*[\s,(\[](нет( отч\w*\.?)?|без отч\w*\.?|отсутствует|не имеет(ся)?|не указано?|"
    r"б\s?[/.]\s?о\.?|отч\w*\.?:? ?(нет|отсутствует))[)\]\s.]*$",
    re.IGNORECASE,
)
_WHOLE_IN_BRACKETS = re.compile(r"\s*(?:\d{1,4}[.)]?\s+)?[(\[]([^()\[\]]+)[)\]]?[\s.,;*]*")


class NameProblemError(ValueError):
    """A name that cannot be taken; the message is a Russian sentence for the person."""


@dataclass(frozen=True)
class Name:
    """The parts of a person's name; the patronymic may be empty.

    `doubt` is a Russian sentence where the parts could be told another way.
    """

    last: str
    first: str
    patronymic: str = ""
    doubt: str = field(default="", compare=False)


def is_patronymic(word: str) -> bool:
    """Tell a patronymic by its ending."""
    return bool(_PATRONYMIC.fullmatch(word)) or word.lower().split(" ")[-1] in _SON_OR_DAUGHTER


def is_in_brackets(line: str) -> bool:
    """Tell a name that stands in brackets as a whole, as those who have left are shown."""
    return bool(_WHOLE_IN_BRACKETS.fullmatch(value_of(line)))


def is_first_before_last(header: str) -> bool:
    """Tell whether a header says that the surname stands last: «Имя, отчество, фамилия», «И.О. Фамилия»."""
    plain = re.sub(r"[\W_]+", " ", header.lower()).strip()
    return bool(re.search(r"\b(имя|и о)\b.*\bфамили", plain))


_FEMALE = re.compile(r".+(вна|чна|шна)|.*\b(кызы|гызы|кизи|гизи)", re.IGNORECASE)
_MALE = re.compile(r".+(вич|ич)|.*\b(оглы|оглу|углы|угли|улы|уулу)", re.IGNORECASE)


def gender_of(patronymic: str) -> str:
    """Return the grammatical gender a patronymic shows, «male» or «female»; "" where it does not."""
    if _FEMALE.fullmatch(patronymic):
        return "female"
    return "male" if _MALE.fullmatch(patronymic) else ""


_MEN = re.compile(r"м(уж(ской|чина|\.)?|альчик)?\.?|юноша|m(ale)?", re.IGNORECASE)
_WOMEN = re.compile(r"ж(ен(ский|щина|\.)?)?\.?|девочка|девушка|f(emale)?", re.IGNORECASE)


def gender_of_word(word: str) -> str:
    """Return what a cell of a column «Пол» says: «male», «female» or ""."""
    if _MEN.fullmatch(word):
        return "male"
    return "female" if _WOMEN.fullmatch(word) else ""


def split_full_name(line: str, *, first_before_last: bool = False) -> Name:
    """Split «Фамилия Имя Отчество» written in one cell.

    Two words are a last and a first name, the other way round where the header says so. «Иван
    Иванович Иванов» is turned round by the ending of its second word. «оглы» and «кызы» belong to
    the father's name before them, «фон» and «де» to the word after. Of four words the last one
    with the ending of a patronymic leaves two to the surname («Мусин Пушкин») or to the first
    name, as their endings and the list of first names tell; what they do not tell is doubted.

    Raises:
        NameProblemError: Initials, a single word, digits or Latin letters.
    """
    words = _with_neighbours(_words_of(line))
    if not words:
        raise NameProblemError("Нет фамилии и имени. Впишите их полностью.")
    if len(words) == 1:
        raise NameProblemError(
            f"В ФИО одно слово («{words[0]}»), а нужны хотя бы фамилия и имя. Допишите."
        )
    if len(words) > _MOST_WORDS - 1:
        raise NameProblemError("В ФИО слишком много слов. Оставьте в ячейке одного человека.")
    return _arranged(words, first_before_last=first_before_last)


def join_name(last: str, first: str, patronymic: str) -> Name:
    """Build a name of its parts kept in separate cells, cleaning each.

    Raises:
        NameProblemError: A part is missing, is an initial, or has digits or Latin letters.
    """
    if last and not first:
        return split_full_name(f"{last} {patronymic}" if patronymic else last)
    lasts, firsts = _words_of(last, with_particle=2), _with_neighbours(_words_of(first))
    if not lasts or not firsts:
        raise NameProblemError("Не хватает фамилии. Впишите фамилию и имя полностью.")
    rest = _with_neighbours(_words_of(patronymic))
    if not rest and len(firsts) > 1:
        firsts, rest = firsts[:1], firsts[1:]
    return Name(" ".join(_with_neighbours(lasts)), " ".join(firsts), " ".join(rest))


def _arranged(words: list[str], *, first_before_last: bool) -> Name:
    if len(words) == 2:  # noqa: PLR2004 - last and first
        return _of_two(*words, first_before_last=first_before_last)
    at = next((i for i, word in enumerate(words) if i and is_patronymic(word)), 0)
    at = len(words) - 1 if is_patronymic(words[-1]) else at
    if at == 1 and len(words) == 3:  # noqa: PLR2004 - «Иван Иванович Иванов»
        return Name(words[2], words[0], words[1])
    if at and at == len(words) - 1:
        return _before_patronymic(words[:-1], words[-1])
    if first_before_last and at:
        return Name(" ".join(words[at + 1 :]), " ".join(words[:at]), words[at])
    return _without_patronymic(words)


def _of_two(one: str, other: str, *, first_before_last: bool) -> Name:
    if other.rsplit(maxsplit=1)[-1] in _SON_OR_DAUGHTER:
        raise NameProblemError(f"Кажется, пропущено имя: «{one} {other}». Допишите его.")
    looks_turned = is_first_name(one) and not is_first_name(other)
    looks_straight = is_first_name(other) and not is_first_name(one)
    if first_before_last:
        if looks_straight:
            return Name(one, other, "", _OTHER_WAY.format(one, other))
        return Name(other, one)
    if is_patronymic(other) and not is_first_name(other):
        return Name(
            one, other, "", f"Похоже, «{other}» — отчество, а фамилии или имени нет. Проверьте."
        )
    if looks_turned and _SURNAME.fullmatch(other):
        return Name(other, one, "", _OTHER_WAY.format(other, one))
    return Name(one, other)


def _before_patronymic(words: list[str], patronymic: str) -> Name:
    """Part a surname and first names that stand before a patronymic."""
    last, *firsts = words
    if not firsts:
        raise NameProblemError(f"Кажется, пропущено имя: «{last} {patronymic}». Допишите его.")
    if len(firsts) == 1:
        return Name(last, firsts[0], patronymic)
    rest = " ".join(firsts[1:])
    if last.lower() in _PARTICLES:
        return Name(f"{last} {firsts[0]}", rest, patronymic)
    if not is_first_name(firsts[0]) and is_first_name(firsts[-1]):
        doubt = "" if _SURNAME.fullmatch(firsts[0]) and len(firsts) == 2 else _UNSURE  # noqa: PLR2004
        name = Name(" ".join(words[:-1]), firsts[-1], patronymic)
    else:
        doubt = "" if all(map(is_first_name, firsts)) else _UNSURE
        name = Name(last, " ".join(firsts), patronymic)
    return _doubted(name, doubt)


def _without_patronymic(words: list[str]) -> Name:
    last, first, *rest = words
    if last.lower() in _PARTICLES:
        return Name(f"{last} {first}", rest[0], " ".join(rest[1:]))
    if len(rest) == 1 and not is_first_name(first) and is_first_name(rest[0]):
        sure = _SURNAME.fullmatch(first) and not is_first_name(last)
        return _doubted(Name(f"{last} {first}", rest[0]), "" if sure else _UNSURE)
    return _doubted(Name(last, first, " ".join(rest)), _UNSURE)


_OTHER_WAY = "Похоже, здесь фамилия «{}», имя «{}». Проверьте."
_UNSURE = (
    "Неясно, где фамилия, имя и отчество: прочитано «фамилия {}, имя {}, отчество {}». Проверьте."
)


def _doubted(name: Name, doubt: str) -> Name:
    said = doubt.format(name.last, name.first, name.patronymic or "нет")
    return Name(name.last, name.first, name.patronymic, said)


def _words_of(line: str, *, with_particle: int = 3) -> list[str]:
    """Return the clean words of a name, each in its ordinary case.

    A particle («фон») needs a name around it: at least `with_particle` words in all.
    """
    plain = _NO_PATRONYMIC.sub("", value_of(line))
    if inside := _WHOLE_IN_BRACKETS.fullmatch(plain):
        plain = inside[1]
    plain = _ORDINAL.sub("", _IN_BRACKETS.sub(" ", plain))
    plain = _APOSTROPHES.sub("'", _HYPHENS.sub("-", plain)).replace("*", " ")
    plain = re.sub(r"[.,;:]", ". ", plain)
    # a dash of its own is an absent patronymic; one between two words with a space is a slip
    plain = re.sub(r"(^|\s)-+(?=\s|$)(?=[\s.-]*$)", " ", plain)
    plain = re.sub(r"(?<=\w)(\s-\s?|-\s)(?=\w)", "-", plain)
    words = [word.strip(".'-\"«»_") for word in plain.split()]
    words = [word for word in words if word]
    if any(re.search("[А-Яа-яЁё]", word) for word in words):
        words = [fold_lookalikes(word) for word in words]
    _check_words(words, line)
    return [_ordinary(word, alone=len(words) < with_particle) for word in words]


def _check_words(words: list[str], line: str) -> None:
    shown = value_of(line)[:60]
    if any(len(word) == 1 for word in words):
        raise NameProblemError(
            f"«{shown}»: вместо имени инициалы. Впишите имя и отчество полностью: "
            "они понадобятся в приказе."
        )
    if any(c.isdigit() for word in words for c in word):
        raise NameProblemError(f"В ФИО «{shown}» есть цифры. Уберите их.")
    if any(has_latin(word) for word in words):
        raise NameProblemError(
            f"В ФИО «{shown}» есть латинские буквы. Запишите имя по-русски, как в документах."
        )
    if not all(_WORD.fullmatch(word) for word in words):
        raise NameProblemError(
            f"«{shown}» не похоже на ФИО. Оставьте только фамилию, имя и отчество."
        )


def _ordinary(word: str, *, alone: bool) -> str:
    lower = word.lower()
    if lower in _SON_OR_DAUGHTER:
        return lower
    if lower in _PARTICLES and not alone and not word.istitle():
        return lower
    return "-".join(_capital(part) for part in word.split("-"))


def _capital(part: str) -> str:
    if part.lower() in _SON_OR_DAUGHTER:
        return part.lower()
    if "'" in part:
        return "'".join(_capital(piece) for piece in part.split("'"))
    # «МакКартни» is meant; «ИВАНОВ», «ИВанов» and «иВАНОВ» are keys held too long
    meant = part[:1].isupper() and part[1:2].islower() and part[-1:].islower()
    return part if meant else part.capitalize()


def _with_neighbours(words: list[str]) -> list[str]:
    """Join «оглы» to the word before it and «фон» to the word after it."""
    joined: list[str] = []
    pending = ""
    for word in words:
        if word in _SON_OR_DAUGHTER and joined:
            joined[-1] = f"{joined[-1]} {word}"
        elif word.lower() in _PARTICLES and word is not words[-1] and (word.islower()):
            pending = f"{pending}{word} "
        else:
            joined.append(pending + word)
            pending = ""
    return joined if not pending else [*joined, pending.strip()]
