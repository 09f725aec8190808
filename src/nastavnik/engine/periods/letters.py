"""Text of a cell made even for reading, every letter still knowing where it stood."""

import re
import unicodedata
from dataclasses import dataclass

# Latin (and Ukrainian) letters that look like Russian ones; i, v stay Latin for Roman numbers.
_LOOK_ALIKES = str.maketrans("abcehkmoptxyruёі", "авсенкмортхугиеi")
_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d\u2500~"
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff\u0301"
_MARKUP = re.compile(r"<[^<>]{1,80}>|&nbsp;|&[nm]dash;")


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
    return EvenText("".join(letters), source, tuple(places))


def _blank(found: re.Match[str]) -> str:
    filler = "-" if "dash" in found[0] else " "
    return filler.ljust(len(found[0]))


def _even_letter(letter: str) -> str:
    if letter in _DASHES:
        return "-"
    if letter.isspace():
        return " "
    lower = letter.lower()
    return lower.translate(_LOOK_ALIKES) if len(lower) == 1 else letter
