"""What stands before the table: the title, whose roadmap it is, when it was approved."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from nastavnik.engine.roadmaps.blocks import SourceLine
from nastavnik.engine.roadmaps.phrases import numbered, one_line

_NEAR = 40  # a title stands close before its table
_TITLE_LINES = 6
_APPROVAL_LINES = 7
_ROADMAP = re.compile(
    r"дорожн\w+\s+карт|план\w*\s+мероприяти|план\s+работы|план-график", re.IGNORECASE
)
_APPROVED = re.compile(r"^\W*(?:утвержд[её]?н[аоы]?\b|утверждаю\b|приложени[ея]\b)", re.IGNORECASE)
_MONTHS = (
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
_DIGITS = re.compile(r"(?<!\d)(\d{1,2})\.(\d{1,2})\.(20\d\d)(?!\d)")
_WORDS = re.compile(
    rf"[«\"“]?\s*(\d{{1,2}})\s*[»\"”]?\s+({'|'.join(_MONTHS)})\s+(20\d\d)", re.IGNORECASE
)
# nothing is tried twice: a line of underscores is met in one step from each of its places
_BLANK_DATE = re.compile(r"[«\"“_]\s*+(?=[_»\"”])[\s_»\"”]++[а-яё]*+[\s_]*+20\d\d", re.IGNORECASE)
_KINDS = r"(?:М|Г|К|Ч|ФГ|КО|МА|МБ|МК|ГА|ГБ|ГК|ОГ)[А-ЯЁ]{1,8}"
_SCHOOL = re.compile(rf"\b({_KINDS}\s+(?:[А-ЯЁ]{{2,4}}\s+)?[«\"№А-ЯЁ][^,;]*)")
_FULL_NAME = re.compile(
    r"\b(?:учреждени[ея]|университет|администраци[яи]|департамент|министерство|управлени[ея]\s+"
    r"образовани|отдел\w*\s+образовани|комитет\w*\s+(?:по\s+)?образовани)",
    re.IGNORECASE,
)
_ORDER = re.compile(r"приказ|распоряжение|постановление|решение|план\b|дорожн", re.IGNORECASE)
_DISTRICT = re.compile(
    r"муниципальн\w+\s+образовани\w+\s+[А-ЯЁ«][\w«»\-]+(?:\s+(?:район|округ|город)\w*)?|"
    r"[А-ЯЁ][\w-]+\s+(?:муниципальн\w+\s+)?(?:район|округ)\w*",
)


@dataclass(frozen=True)
class Preface:
    """What was found before the table; "" and None where nothing was.

    Attributes:
        title: The name of the roadmap.
        organisation: As it is written, whatever the case.
        approved_on: The date beside «Утверждена», if it is a whole date.
        lines: The lines it was read from, by kind.
        blank_date: The line where a date of approval was left to fill in.
    """

    title: str
    organisation: str
    approved_on: dt.date | None
    lines: dict[int, str]
    blank_date: int | None


def read_preface(before: Sequence[SourceLine]) -> Preface:
    """Read the lines before the table."""
    kinds: dict[int, str] = {}
    title_lines = _title_lines(before)
    title = " ".join(_plain(source.text) for source in title_lines)
    number, rest = numbered(title)
    title = rest if number and rest else title
    organisation, named_in = _organisation(title, before)
    approved_on, blank, dated_in = _approval(before)
    for source in named_in:
        kinds[source.line] = "organisation"
    for source in dated_in:
        kinds[source.line] = "approval"
    for source in title_lines:
        kinds[source.line] = "title"
    return Preface(title, organisation, approved_on, kinds, blank)


def _plain(text: str) -> str:
    return one_line(text).strip("*#_ ").strip()


def _title_lines(before: Sequence[SourceLine]) -> list[SourceLine]:
    """Return the lines from the last «дорожная карта» on, as far as they follow each other."""
    near = list(before[-_NEAR:])
    starts = [i for i, source in enumerate(near) if _ROADMAP.search(source.text)]
    if not starts:
        return near[-1:] if near and len(near[-1].text) < 200 else []  # noqa: PLR2004
    start = starts[-1]
    while start - 1 in starts and near[start].line == near[start - 1].line + 1:
        start -= 1
    found = [near[start]]
    for source in near[start + 1 : start + _TITLE_LINES]:
        if source.line != found[-1].line + 1 or _APPROVED.match(source.text):
            break
        if source.text.lstrip()[:4].casefold() == "цель":
            break
        found.append(source)
    return found


def _organisation(title: str, before: Sequence[SourceLine]) -> tuple[str, list[SourceLine]]:
    if match := _SCHOOL.search(title):
        return match[1].rstrip(" .*"), []
    named = _named(before)
    if named:
        return " ".join(_plain(source.text) for source in named), named
    match = _DISTRICT.search(title)
    return (match[0] if match else "", [])


def _named(before: Sequence[SourceLine]) -> list[SourceLine]:
    """Return the heading that names an organisation: a few lines at the very top."""
    for index, source in enumerate(before[:8]):
        line = _plain(source.text)
        if len(line) > 200 or not line[:1].isupper() or _APPROVED.match(line):  # noqa: PLR2004
            continue
        if _FULL_NAME.search(line) or _SCHOOL.match(line):
            found = [source]
            for after in before[index + 1 : index + 3]:
                text = _plain(after.text)
                adjacent = after.line == found[-1].line + 1 and line.isupper() and text.isupper()
                adjacent = adjacent and not _ORDER.match(text)
                if not (adjacent or text.startswith(("«", '"'))):
                    break
                found.append(after)
            return found
    return []


def _approval(before: Sequence[SourceLine]) -> tuple[dt.date | None, int | None, list[SourceLine]]:
    """Return the last date of approval, else the line where one was left blank."""
    blank = None
    for index in range(len(before) - 1, -1, -1):
        if not _APPROVED.match(before[index].text):
            continue
        for source in before[index : index + _APPROVAL_LINES]:
            if date := date_in(source.text):
                return date, None, [source]
            if _BLANK_DATE.search(source.text):
                blank = source.line
    return None, blank, []


def date_in(text: str) -> dt.date | None:
    """Return the first whole date in the text: 27.10.2020 or «27» октября 2020."""
    if match := _DIGITS.search(text):
        day, month, year = (int(part) for part in match.groups())
    elif match := _WORDS.search(text):
        day, year = int(match[1]), int(match[3])
        month = _MONTHS.index(match[2].lower()) + 1
    else:
        return None
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
