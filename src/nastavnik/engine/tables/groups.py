"""Classes and study groups: «5 "а"», «5-а», «5A» are all 5А."""

import re

from nastavnik.engine.tables.cells import Cell, fold_lookalikes, has_latin, text_of, value_of

LAST_GRADE = 12  # evening schools have a twelfth

_QUOTES = re.compile("[«»\"'“”„‟’‘`]")
_CLASS_WORD = re.compile(r"(?<!\w)(КЛАСС([АЕУ]|ОМ)?|КЛ|ГРУПП[АЫ]|ГР)(?!\w)\.?", re.IGNORECASE)
_GROUP_WORD = re.compile(r"(?<!\w)(ГРУПП[АЫ]|ГР)(?!\w)", re.IGNORECASE)
# «5-ый», «7-го»: an ending is no letter of a class; «5-е», «5М» may be one unless a letter follows
_ORDINAL = re.compile(
    r"(?<!\d)(\d{1,2})(?:\s?-\s?(?:ЫЙ|ОЙ|ИЙ|Й|ГО|ОГО|ЕГО|ОМУ|МУ|ОМ|ЫХ|ИХ)|(?:ЫЙ|ИЙ|Й)|"
    r"\s?-?\s?(?:ОЙ|ГО|ОГО|ЕГО|ОМУ|МУ|ОМ|ЕМ|ЫХ|ИХ|М|Е)(?=[\s-]+[А-ЯЁ](?![А-ЯЁ])))(?![А-ЯЁ])"
)
_COURSE = re.compile(
    r"(?<!\d)\d\s?(-?\s?(ЫЙ|ИЙ|Й))?\s?КУРСА?[\s,;:.]+(?=\S)|[\s,;:(]+\d\s?(-?\s?Й)?\s?КУРСА?\)?$"
)
_NUMBER_ONLY = re.compile(r"\d{2,4}")
# words that stand beside a number where a class would: «5 классы», «2 смена», «1 корпус»
_NO_CLASS = re.compile(
    r"(?<![А-ЯЁ])(КЛАСС(Ы|ОВ|АМ|АХ|АМИ)|СМЕН|КОРПУС|ЭТАЖ|ЧЕТВЕРТ|ПОЛУГОД|СЕМЕСТР|КУРС|ВЫПУСК|ПАРАЛЛЕЛ|ОТРЯД|"
    r"ПОТОК|УРОВН|СТУПЕН|МЕСЯЦ|ЛИСТ(?![А-ЯЁ])|ЧАСТЬ|ЧЕЛ(?![А-ЯЁ])|УЧЕНИК|УЧАЩ|ОБУЧ|ДЕТ(ЕЙ|И)(?![А-ЯЁ])|ГОДА?(?![А-ЯЁ])|"
    r"ШКОЛ|ЗВЕНО|НЕДЕЛ|КАБИНЕТ|ЗДАНИ|ПОДГРУПП|ЯНВ|ФЕВ|МАРТ|АПР|МАЙ|МАЯ|ИЮН|ИЮЛ|АВГ|СЕН|ОКТ|НОЯ|ДЕК)"
)
_SCHOOL = re.compile(r"(\d{1,2})(?:\s?[-.,_/\\]?\s?([А-ИК-ЩЭ-ЯЁ]?)|\s?([А-ЯЁ]{2,3}))")
_NUMBERED = re.compile(r"(\d{1,2})([-/])(\d{1,2})")
_COLLEGE = re.compile(r"(?=.*\d)(?=.*[A-ZА-ЯЁ])[\dA-ZА-ЯЁ][\dA-ZА-ЯЁ./-]{1,15}")
_BARE_HEADING = re.compile(r"\d{1,2}[А-ЯЁ]{1,3}|[A-ZА-ЯЁ]{1,6}-\d{1,4}(-\d{1,4})?[А-ЯЁ]{0,2}")
_TOO_HIGH = re.compile(r"\d+[-.]?[А-ЯЁ]?")

_Q = "[«»\"'“”„’‘]?"
_LETTER = r"([А-ЯЁа-яёA-Z]?)"
_NOT_A_RANGE = r"(?<![\d№-])(?<![–—№])(?<![-–—№]\s)"
_IN_TITLE = (
    re.compile(
        rf"{_NOT_A_RANGE}(\d{{1,2}})\s?[-–.]?\s?{_Q}\s?{_LETTER}\s?{_Q}[-–.\s]*"
        r"(?i:класс[аеу]?|кл)\b"
    ),
    re.compile(
        rf"(?i:\b(?:класс|кл\.?|класса))\s?:?\s?{_Q}(\d{{1,2}})\s?[-–.]?\s?{_Q}\s?{_LETTER}"
        rf"{_Q}(?=[\s.,;(]|$)"
    ),
    re.compile(rf"{_NOT_A_RANGE}\b(\d{{1,2}})\s?[«\"“„]\s?{_LETTER}\s?[»\"”“]"),
    re.compile(rf"{_NOT_A_RANGE}\b(\d{{1,2}})-?([А-ЯЁ])(?=[\s.,;(]|$)"),
)
_ORDINAL_IN_TITLE = re.compile(
    r"(?<!\d)(\d{1,2})\s?-\s?(?:(?:ый|ой|ий|й|го|ого|его|ых|их)(?=\s)|(?:м|ом|ем|е)(?=\s+[«\"]?[А-ЯЁа-яё][»\"]?\s))"
)
_GROUP_IN_TITLE = re.compile(r"(?i:\bгрупп[аы]\s?:?)\s?№?\s?[«\"“„]?([\w./-]{2,16})")
_CLASS_AT_END = re.compile(
    r"[\s,;(]+(\d{1,2}\s?[-«\"]?\s?[А-ЯЁа-яё]?[»\"]?(?:\s?(?:класс|кл\.?))?)[\s).,;]*$"
)
_AFTER_HEADING = re.compile(
    r"\s*+([(\[].*|[-–—,:;]?\s*+\d++\s*+(чел|уч|обуч).*|[-–—,:;.]?\s*+(кл\.?\s*+рук|классн).*)$",
    re.IGNORECASE,
)


def parse_group(cell: Cell, *, is_group: bool = False) -> str | None:
    """Return the canonical name of a class or a study group, or None if it is neither.

    A class is its number and letters in Cyrillic capitals without a space: ``5А``; without
    a letter just the number. Groups of a college keep their own spelling, in capitals; one that
    is a mere number is told by the word «группа» in the cell or, with `is_group`, in the header.
    """
    value = value_of(cell)
    line = _COURSE.sub("", _ORDINAL.sub(r"\1", _upper(value)))
    line = re.sub(r"\s+", " ", _CLASS_WORD.sub(" ", line)).strip(" -.:,;")
    if _NO_CLASS.search(line):
        return None
    match = _SCHOOL.fullmatch(line)
    if match and 1 <= int(match[1]) <= LAST_GRADE:
        return f"{int(match[1])}{match[2] or match[3] or ''}"
    if match := _NUMBERED.fullmatch(line):
        grade = int(match[1])
        return f"{grade}{match[2]}{int(match[3])}" if 1 <= grade <= LAST_GRADE else None
    if _NUMBER_ONLY.fullmatch(line) and (is_group or _GROUP_WORD.search(value)):
        return line
    joined = re.sub(r"\s?-\s?", "-", line).replace(" ", "-")
    if _COLLEGE.fullmatch(joined) and not _TOO_HIGH.fullmatch(joined):
        return joined
    return None


def join_group(grade: Cell, letter: Cell) -> str | None:
    """Return the class of a number and a letter kept in two columns."""
    number, letters = value_of(grade), value_of(letter)
    # «5А» in the first column and «А» in the second happens in exports
    if number and letters and (whole := parse_group(number)) and not whole.isdigit():
        return whole
    return parse_group(f"{number}{letters}") if number else None


def group_in_title(line: str) -> str | None:
    """Find the one class or group that a title speaks of: «Список 7 «В» класса …»."""
    line = _ORDINAL_IN_TITLE.sub(r"\1", line[:300])
    for pattern in _IN_TITLE:
        for match in pattern.finditer(line):
            if found := parse_group(f"{match[1]}{match[2]}"):
                return found
    named = _GROUP_IN_TITLE.search(line)
    return parse_group(named[1], is_group=True) if named and re.search(r"\d", named[1]) else None


def part_class(line: str) -> tuple[str, str]:
    """Part «Иванов Иван, 7А» into what stands before the class and the class as written; "" without one."""
    match = _CLASS_AT_END.search(line)
    if match is None or parse_group(match[1]) is None:
        return line, ""
    return line[: match.start()], match[1]


def group_heading(line: str) -> str | None:
    """Return the class when the line is nothing but its heading: «5А класс», «5 «Б»», «ИС-21»."""
    short = _AFTER_HEADING.sub("", text_of(line)).strip(" :.")
    bare = _CLASS_WORD.sub("", short)
    named = bare != short
    found = parse_group(short)
    if found is None or re.search(r"\d\s+[а-яё]{2,3}(?![а-яё])", bare):
        return None  # «10 янв», «5 пар»: letters of a profile are capitals
    if found.startswith("СПИСОК"):
        return group_in_title(
            line
        )  # «Список 5А класса»: a word before the class is no part of its name
    return found if named or _BARE_HEADING.fullmatch(found) else None


def _upper(line: str) -> str:
    plain = re.sub(r"\s+", " ", _QUOTES.sub(" ", line)).strip().upper()
    plain = re.sub("[‐‑‒–—−]", "-", plain).strip(" -.:,;")
    folded = fold_lookalikes(plain)
    # a purely Latin name such as IT-21 stays; what folds whole or is mixed was mistyped
    return plain if has_latin(folded) and not re.search("[А-ЯЁ]", plain) else folded
