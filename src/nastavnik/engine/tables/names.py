"""Names of people: parts, ordinary case, slips of the keyboard."""

import re
from dataclasses import dataclass

from nastavnik.engine.tables.cells import fold_lookalikes, has_latin, value_of

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


class NameProblemError(ValueError):
    """A name that cannot be taken; the message is a Russian sentence for the person."""


@dataclass(frozen=True)
class Name:
    """The parts of a person's name; the patronymic may be empty."""

    last: str
    first: str
    patronymic: str = ""


def is_patronymic(word: str) -> bool:
    """Tell a patronymic by its ending."""
    return bool(_PATRONYMIC.fullmatch(word)) or word.lower().split(" ")[-1] in _SON_OR_DAUGHTER


def split_full_name(line: str) -> Name:
    """Split «Фамилия Имя Отчество» written in one cell.

    Two words are a last and a first name. «Иван Иванович Иванов» is turned round by the
    ending of its second word. «оглы» and «кызы» belong to the father's name before them,
    «фон» and «де» to the word after. Of four words the last one with the ending of a
    patronymic leaves two to the first name; otherwise the rest is the patronymic.

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
    return _arranged(words)


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


def _arranged(words: list[str]) -> Name:
    if len(words) == 2:  # noqa: PLR2004 - last and first
        if words[1].split()[-1] in _SON_OR_DAUGHTER:
            raise NameProblemError(f"Кажется, пропущено имя: «{' '.join(words)}». Допишите его.")
        return Name(words[0], words[1])
    if len(words) == 3:  # noqa: PLR2004 - all three parts
        if is_patronymic(words[1]) and not is_patronymic(words[2]):
            return Name(words[2], words[0], words[1])
        return Name(words[0], words[1], words[2])
    if is_patronymic(words[-1]):
        return Name(words[0], " ".join(words[1:-1]), words[-1])
    return Name(words[0], words[1], " ".join(words[2:]))


def _words_of(line: str, *, with_particle: int = 3) -> list[str]:
    """Return the clean words of a name, each in its ordinary case.

    A particle («фон») needs a name around it: at least `with_particle` words in all.
    """
    plain = _ORDINAL.sub("", _IN_BRACKETS.sub(" ", value_of(line)))
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
