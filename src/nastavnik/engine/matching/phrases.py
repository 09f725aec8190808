"""What people write into one cell, as single things that can be compared: «1) математика и физика 2) Чтение»."""

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from nastavnik.engine.tables.cells import fold_lookalikes, has_latin, text_of, value_of

_TO_LATIN = str.maketrans("Сс", "Cc")
# Letters of any language, Tatar as well as Russian; a sign makes another word of C++ and C#.
_NOT_LETTERS = re.compile(r"(?:[^\w+#]|_)+")
_LINES = re.compile(r"[\n\r\v]+")
_BETWEEN = re.compile(r"[;,/|&→⟶]|(?<=[^\W_])\+(?=[^\W_])")
_ASIDE = re.compile(r"[(\[{]([^()\[\]{}]*)[)\]}]")
# «1) », «2.без пробела», «№ 3 », «б)», a dash or a bullet at the beginning of a thing
_MARK = re.compile(
    r"(?<![^\s;,])(?:№?\s*\d{1,2}\s*\)\s*|№\s*\d{1,2}\s+|\d{1,2}\.\s*(?=[^\W\d_])|[а-еa-f]\)\s*|[-–—•·*▪●○‣+]\s+|[①-⑳])"
)
_AND = re.compile(r"(?<!\S)(?:а\s+также|также|и|и/или|или|плюс|and|or)(?!\S)", re.IGNORECASE)
# a full stop ends a thing before a capital, where a word stands before it and not a shortening («англ. язык»)
_STOP = re.compile(r"(?<=[^\W\d_]{4})[.!?]\s+(?=[А-ЯЁA-Z])")
#: What is said in brackets of how, not of what.
_MANNER = re.compile(
    r"\b(баз(а|овый|овая)|профиль(ный|ная)?|углубл[её]нн(о|ый|ая)|уровень|класс(ы|а)?|кл|желательно|можно|срочно|очень|немного|"
    r"начальн(ый|ая)|онлайн|очно|огэ|егэ|впр|все|весь|вся|люб(ой|ая))\b"
)


def fold_phrase(line: str) -> str:
    """Return a phrase to compare: small letters, no signs, letters of a mistyped layout as those they look like."""
    words = _NOT_LETTERS.sub(" ", text_of(line)).split()
    if len(words) == 1 and len(words[0]) == 1:
        return _in_latin(words[0]).lower()
    return " ".join(_one_script(word) for word in words).lower().replace("ё", "е")


def _in_latin(word: str) -> str:
    """Write the name of a language for computers in Latin: С, С++ and С# are typed with either letter."""
    return word.translate(_TO_LATIN)


def _one_script(word: str) -> str:
    """Write a word of both alphabets, or of letters that are alike in both, in Cyrillic; «IT» stays."""
    if re.search("[+#]", word):
        return _in_latin(word)
    folded = fold_lookalikes(word)
    return word if has_latin(folded) and not re.search("[а-яё]", word, re.IGNORECASE) else folded


def phrases_of(line: str) -> list[str]:
    """Return the single things a cell lists, folded, each once, in the order they stand.

    They are told apart by commas, lines, numbers, dashes and «и»; what stands in brackets is a thing of its own, unless it
    says how («базовый уровень», «9 класс»).
    """
    asides: list[str] = []

    def aside(found: re.Match[str]) -> str:
        asides.append(found[1])
        return "; "

    text = _ASIDE.sub(aside, text_of(_LINES.sub(";", line)))
    things = [
        *_things(text),
        *(one for inside in asides for one in _things(inside) if _is_thing(one)),
    ]
    return list(dict.fromkeys(things))


def _things(text: str) -> Iterator[str]:
    for pattern in (_MARK, _AND, _STOP):
        text = pattern.sub(";", text)
    for part in _BETWEEN.split(text):
        folded = fold_phrase(value_of(part))
        if folded and not folded.replace(" ", "").isdigit():
            yield folded


def _is_thing(folded: str) -> bool:
    return not re.search(r"\d", folded) and not _MANNER.search(folded)


def nearest(phrase: str, known: Iterable[str]) -> str:
    """Return the phrase that looks most like one, empty where none does."""
    return next(iter(get_close_matches(phrase, sorted(known), n=1, cutoff=0.75)), "")
