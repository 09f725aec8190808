"""Small pieces of Russian documents: dates, counts, classes, lists, quotes, numbers."""

import re
from collections.abc import Sequence
from datetime import date

from nastavnik.engine.wording.cases import NBSP, Case, NameGender

MONTHS = (
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
)

_PUPIL = {
    NameGender.MALE: ("ученик", "ученика", "ученику", "ученика", "учеником", "ученике"),
    NameGender.FEMALE: ("ученица", "ученицы", "ученице", "ученицу", "ученицей", "ученице"),
    None: (
        "обучающийся",
        "обучающегося",
        "обучающемуся",
        "обучающегося",
        "обучающимся",
        "обучающемся",
    ),
}


def date_in_words(day: date) -> str:
    """Return «21 ноября 2026 г.»."""
    return f"{day.day}{NBSP}{MONTHS[day.month - 1]} {day.year}{NBSP}г."


def period_in_words(starts_on: date, ends_on: date | None = None) -> str:
    """Return «с 1 декабря 2026 г. по 25 мая 2027 г.», or only its beginning."""
    begin = f"с{NBSP}{date_in_words(starts_on)}"
    return begin if ends_on is None else f"{begin} по{NBSP}{date_in_words(ends_on)}"


def plural(n: int, one: str, few: str, many: str) -> str:
    """Choose the form of a noun after a number: 1 пара, 2 пары, 5 пар, 11 пар, 21 пара."""
    tens, units = abs(n) % 100, abs(n) % 10
    if units == 1 and tens != 11:  # noqa: PLR2004 - the grammar of Russian
        return one
    if units in {2, 3, 4} and tens not in {12, 13, 14}:
        return few
    return many


def counted(n: int, one: str, few: str, many: str) -> str:
    """Return the number with its noun: «5 пар»."""
    return f"{n}{NBSP}{plural(n, one, few, many)}"


def class_phrase(
    group: str, *, case: Case = Case.NOMINATIVE, gender: NameGender | None = None
) -> str:
    """Return «ученика 5А класса», «ученицы 5А класса» or «обучающегося 5А класса».

    Without a class only the first word is left.
    """
    pupil = _PUPIL[gender][list(Case).index(case)]
    name = re.sub(r"\s+", NBSP, group.strip())
    return f"{pupil} {name}{NBSP}класса" if name else pupil


def enumeration(items: Sequence[str]) -> str:
    """Return «а, б и в»."""
    if len(items) < len("аб"):
        return "".join(items)
    return f"{', '.join(items[:-1])} и {items[-1]}"


def quoted(text: str) -> str:
    """Put a text between «ёлочки»; quotes inside become „лапки“."""
    inner = guillemets(text.strip())
    if inner.startswith("«") and inner.endswith("»") and inner.count("«") == 1:
        return inner
    return f"«{inner.replace('«', '„').replace('»', '“')}»"


def guillemets(text: str) -> str:
    """Replace straight and English quotes by «ёлочки»; an odd one at the end is left alone.

    >>> guillemets('МБОУ "Школа № 7"')
    'МБОУ «Школа № 7»'
    """
    return re.sub(r'["“”]([^"“”]*)["“”]', r"«\1»", text)


def numero(text: str) -> str:
    """Write «№ 7» with one unbreakable space, whatever stood between."""
    return re.sub(r"№\s*(?=\w)", f"№{NBSP}", text)
