"""Text of a cell made even for reading, every letter still knowing where it stood."""

import re
import unicodedata
from dataclasses import dataclass

# Latin (and Ukrainian) letters that look like Russian ones; i, v stay Latin for Roman numbers.
LOOK_ALIKES = str.maketrans("abcehkmoptxyruёі", "авсенкмортхугиеi")
_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d\u2500~"
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff\u0301"
_MARKUP = re.compile(r"</?[a-zA-Z!][^<>]{0,80}>|&nbsp;|&[nm]dash;|&(?:[lr]aquo|[lrb]dquo|quot);")
_QUOTES = "«»\u2039\u203a\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u2033'`´<>"

# Forms are typed over: «_24_» марта 20_27_ г. What is left of the line around a number means
# nothing; a line with nothing on it is a date nobody has set.
_TYPED_YEAR = re.compile(r"(?<!\d)20(?:_+(?=\d\d(?!\d))|\d_+(?=\d(?!\d)))")
_NO_YEAR = re.compile(r"(?<![\d_\"])20\d? ?\Z")
_LINE = re.compile(r"_+")
_EMPTY = re.compile(r'"+([-_. …]*)"+|"+[^"]*"+')
_BESIDE_A_NUMBER = re.compile(r'(?<=\d)[ _]*"+|"+(?=[ _]*\d)')
_QUOTED_MONTH = re.compile(
    r'"+[ _]*(?:янв|февр?|мар|апр|ма[йя]|ию[нл]|авг|сен|окт|ноя|дек)[а-я]*[ _.]*"+'
)


@dataclass(frozen=True, slots=True)
class EvenText:
    """Lower-case text with one kind of dash and of space.

    Attributes:
        text: The text to read.
        source: The text as it was written (in composed form).
        places: For every letter of `text`, its place in `source`.
    """

    text: str
    source: str
    places: tuple[int, ...]

    def slice(self, start: int, end: int) -> str:
        """Return the written words between two places of the even text."""
        if start >= end:
            return ""
        return " ".join(self.source[self.places[start] : self.places[end - 1] + 1].split())


def even(text: str) -> EvenText:
    """Make a text even: look-alike letters, case, dashes, spaces, markup of a page."""
    source = unicodedata.normalize("NFC", text)
    plain = _MARKUP.sub(_blank, source)
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(plain):
        if letter not in _INVISIBLE:
            letters.append(_even_letter(letter))
            places.append(place)
    line = "".join(letters)
    dropped = {
        n for year in _TYPED_YEAR.finditer(line) for n in range(*year.span()) if line[n] == "_"
    }
    line = _unquoted(_LINE.sub(_unlined, line))
    kept = [n for n in range(len(line)) if n not in dropped]
    return EvenText("".join(line[n] for n in kept), source, tuple(places[n] for n in kept))


def _unquoted(line: str) -> str:
    """Take quotes from numbers and months; make a line to fill of quotes with nothing inside."""
    line = _EMPTY.sub(lambda found: found[0] if found[1] is None else "_" * len(found[0]), line)
    for quoted in (_QUOTED_MONTH, _BESIDE_A_NUMBER):
        line = quoted.sub(lambda found: found[0].replace('"', " "), line)
    return line


def _unlined(found: re.Match[str]) -> str:
    """Return spaces for the rest of a line that is filled in; a line to fill stays one."""
    before, after = found.string[: found.start()], found.string[found.end() :]
    around = f"{before[-1:]}{after[:1]}"
    if _NO_YEAR.search(before[-5:]) and not after[:1].isdecimal():
        return found[0]
    is_filled = any(sign.isdecimal() for sign in around)
    is_underlined = len(found[0]) == 1 and any(sign.isalpha() for sign in around)
    return " " * len(found[0]) if is_filled or is_underlined else found[0]


def _blank(found: re.Match[str]) -> str:
    word = found[0]
    filler = "-" if "dash" in word else '"' if "quo" in word else " "
    return filler.ljust(len(word))


def _even_letter(letter: str) -> str:
    if letter in _DASHES:
        return "-"
    if letter.isspace():
        return " "
    if letter in _QUOTES:
        return '"'
    lower = letter.lower()
    return lower.translate(LOOK_ALIKES) if len(lower) == 1 else letter
