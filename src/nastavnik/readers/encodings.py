"""Which of the old Russian encodings a text is in, told by how Russian it looks."""

import re
from collections import Counter

# What Excel and old programs write: Windows first, it wins where two look the same.
_OLD = ("cp1251", "cp866", "koi8-r", "mac_cyrillic")
_SAMPLE = 60_000
# How often letters stand in Russian, in per cent, from the most frequent on.
_LETTERS = "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё"
_PERCENT = (
    10.97, 8.45, 8.01, 7.35, 6.7, 6.26, 5.47, 4.73, 4.54, 4.4, 3.49, 3.21, 2.98, 2.81, 2.62, 2.01, 1.9,
    1.74, 1.7, 1.65, 1.59, 1.44, 1.21, 0.97, 0.94, 0.73, 0.64, 0.48, 0.36, 0.32, 0.26, 0.04, 0.04,
)  # fmt: skip
_POINTS = {letter: per_cent / 6 for letter, per_cent in zip(_LETTERS, _PERCENT, strict=True)}
_POINTS |= dict.fromkeys("№«»–—", 0.3)
_ODD = re.compile(r"[^\s!-~А-Яа-яЁё№«»„“”‘’–—…°§ \u00a0]")
_CASE_SLIPS = re.compile(r"[а-яё][А-ЯЁ]")
_LEAST = 0.2  # of a point a letter


def decode_old(data: bytes) -> str | None:
    """Return the text in the encoding that reads as Russian best; None where none does.

    A text without Russian letters is taken as that of Windows.
    """
    best: tuple[float, str] | None = None
    for name in _OLD:
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        score = _russianness(text[:_SAMPLE])
        if best is None or score > best[0]:
            best = score, text
    return best[1] if best and best[0] > _LEAST else None


def _russianness(text: str) -> float:
    """Return points a letter beyond ASCII, from about 1 for Russian to far below zero for rubbish."""
    counts = Counter(text)
    beyond = sum(n for sign, n in counts.items() if sign > "\x7f")
    if not beyond:
        return 1.0
    points = sum(n * _POINTS.get(sign.lower(), 0) for sign, n in counts.items())
    points -= 3 * len(_ODD.findall(text)) + 2 * len(_CASE_SLIPS.findall(text))
    return points / beyond
