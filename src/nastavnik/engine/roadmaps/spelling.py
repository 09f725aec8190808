"""Words that a narrow column has cut, told from two words."""

import re
from functools import lru_cache

from pymorphy3 import MorphAnalyzer

_LETTERS = re.compile(r"[а-яё-]+", re.IGNORECASE)


@lru_cache(maxsize=1)
def _morph() -> MorphAnalyzer:
    return MorphAnalyzer(lang="ru")


def is_one_word(before: str, after: str) -> bool:
    """Tell whether two pieces make one known word: «реализац» and «ии», or «отдела» and «,».

    A piece that is no word by itself, «Примерског», belongs to what follows it.
    """
    rest = _LETTERS.match(after)
    if rest is None:
        return after[:1] in {",", ";", ".", ":", ")", "»"}
    head = _LETTERS.search(before[::-1])
    if head is None or not before[-1:].isalpha():
        return False
    whole = head[0][::-1] + rest[0]
    if _morph().word_is_known(whole.lower()):
        return True
    return rest[0].islower() and not _morph().word_is_known(head[0][::-1].lower())
