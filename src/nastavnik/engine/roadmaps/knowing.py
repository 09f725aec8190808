"""Which activities of a catalogue a line means, by the stems of its words.

A title of another school is never word for word ours, and one line often holds several activities
(method.md §8: «Дорожная карта», «положение», «программы» are one line of source 001).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_WORD = re.compile(r"[а-яa-z0-9]+")


@dataclass(frozen=True, slots=True)
class Sign:
    """Stems that a title must hold, in any order, and stems it must not.

    A stem is the beginning of a word, or with «=» after it the whole of it.
    """

    wanted: tuple[tuple[str, ...], ...]
    unwanted: tuple[str, ...] = ()


def sign_of(text: str) -> Sign:
    """Read a sign as data has it: «формирован пар=|пары -перечн»; of stems joined with «|» one is enough."""
    stems = text.split()
    return Sign(
        wanted=tuple(tuple(stem.split("|")) for stem in stems if not stem.startswith("-")),
        unwanted=tuple(stem[1:] for stem in stems if stem.startswith("-")),
    )


def known_codes(title: str, signs: Mapping[str, Iterable[Sign]]) -> tuple[str, ...]:
    """Return the codes of all activities that a title means, in the order of the catalogue."""
    words = _WORD.findall(title.casefold().replace("ё", "е"))
    return tuple(
        code for code, several in signs.items() if any(_fits(one, words) for one in several)
    )


def _fits(sign: Sign, words: list[str]) -> bool:
    return all(any(_has(words, stem) for stem in stems) for stems in sign.wanted) and not any(
        _has(words, stem) for stem in sign.unwanted
    )


def _has(words: list[str], stem: str) -> bool:
    if stem.endswith("="):
        return stem[:-1] in words
    return any(word.startswith(stem) for word in words)
