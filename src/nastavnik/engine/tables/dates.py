"""Dates of birth in the ways people write them."""

import datetime as dt
import re

from nastavnik.engine.tables.cells import Cell, Kind, text_of

# By the sense of a two-digit year: full years of age.
_LIKELY_AGES: dict[Kind, tuple[int, int]] = {"pupils": (4, 25), "staff": (16, 90)}
# Outside these a date is a slip of the pen; wide, since colleges teach grown-ups too.
_POSSIBLE_AGES: dict[Kind, tuple[int, int]] = {"pupils": (4, 60), "staff": (14, 100)}

# Excel counts days from here (its day 60 is the 29 February 1900 that never was).
_EXCEL_ZERO = dt.date(1899, 12, 30)
_MAC_ZERO = dt.date(1904, 1, 1)
_LAST_SERIAL = 73_050

# without the last letter of «марта»; short forms such as «сент» are their beginnings
_MONTHS = (
    "январ",
    "феврал",
    "март",
    "апрел",
    "ма",
    "июн",
    "июл",
    "август",
    "сентябр",
    "октябр",
    "ноябр",
    "декабр",
)
_TWO_FIRST = re.compile(r"(\d{1,2})[\s.,/-]+(\d{1,2})[\s.,/-]+(\d{4}|\d{2})")
_YEAR_FIRST = re.compile(r"(\d{4})[.,/-](\d{1,2})[.,/-](\d{1,2})")
_IN_WORDS = re.compile(r"[«\"]?(\d{1,2})[»\"]?[\s.-]*([а-яё]{3,8})[\s.,-]*(\d{4}|\d{2})")
_INSIDE = re.compile(
    r"(?<![\d.,/-])(?:\d{1,2}\s?[.,/-]\s?\d{1,2}\s?[.,/-]\s?(?:\d{4}|\d{2})|\d{4}-\d{1,2}-\d{1,2}|"
    r"[«\"]?\d{1,2}[»\"]?\s?(?:января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|"
    r"ноября|декабря)\s?\d{4})(?!\d)(?:\s?(?:г\.?\s?р\.?|года рождения|год[а]?|г\.?)(?![а-яё]))?",
    re.IGNORECASE,
)
_YEAR_INSIDE = re.compile(
    r"(?<![\d.,/-])(?:19|20)\d\d(?![\d.,/-]*\d)\s?(?:г\.?\s?р\.?|года рождения|год[а]?|г\.?)?(?![а-яё])",
    re.IGNORECASE,
)
_AROUND = re.compile(
    r"[\s,;(\[-]*+(?:дата рождения|род\.|родил(?:ся|ась)|д\.?\s?р\.?)?[\s:,;(\[-]*+$",
    re.IGNORECASE,
)
_RUN_TOGETHER = re.compile(r"(\d{2})(\d{2})(\d{4})")
_SERIAL = re.compile(r"(\d{4,6})([.,]\d+)?")
_TAIL = re.compile(
    r"([\sT]++\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?Z?)?[\s,.]*+(г\.?\s?р\.?|год[а]?|г)?[\s,.]*+$"
)


class DateProblemError(ValueError):
    """A date that cannot be taken; the message is a Russian sentence for the person."""


def full_years(born_on: dt.date, today: dt.date) -> int:
    """Return the age in full years on a day."""
    return today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day))


def parse_birth_date(
    cell: Cell,
    *,
    kind: Kind,
    today: dt.date,
    is_month_first: bool = False,
    is_1904: bool = False,
) -> dt.date:
    """Read a date of birth.

    Args:
        cell: A date, an Excel serial number (also as text), or a date written out:
            ``12.03.2012``, ``2012-03-12``, ``12/03/12``, ``12 марта 2012 г.``
        kind: Whose date it is: decides the century of a two-digit year.
        today: The day against which ages are counted.
        is_month_first: The column it stands in proves «month/day/year».
        is_1904: Serial numbers count from 1904.

    Raises:
        DateProblemError: There is no such day, it lies in the future or gives an impossible age.
    """
    if isinstance(cell, dt.datetime):
        found = cell.date()
    elif isinstance(cell, dt.date):
        found = cell
    else:
        line = text_of(cell)
        line = _turned(line) if is_month_first else line
        found = _from_text(line, kind, today, _MAC_ZERO if is_1904 else _EXCEL_ZERO)
    _check_age(found, kind, today)
    return found


def parts_of_two(cell: Cell) -> tuple[int, int, str] | None:
    """Return the first two numbers of «12/03/2012» and the sign between them; None for other cells."""
    if isinstance(cell, dt.date) or not (match := _TWO_FIRST.fullmatch(_trimmed(text_of(cell)))):
        return None
    sign = text_of(cell)[match.end(1) : match.end(1) + 1]
    return int(match[1]), int(match[2]), sign


def date_inside(line: str) -> tuple[str, str]:
    """Part «Иванов Иван, 12.03.2012 г.р.» into what is no date and the date; "" without one."""
    if not (match := _INSIDE.search(line) or _YEAR_INSIDE.search(line)):
        return line, ""
    before = _AROUND.sub("", line[: match.start()])
    after = re.sub(r"^[\s,;)\].]+", "", line[match.end() :])
    return f"{before} {after}".strip(), match[0]


def _turned(line: str) -> str:
    """Write «month/day/year» as «day/month/year»; other ways of writing stay."""
    if match := _TWO_FIRST.match(line):
        return f"{match[2]}.{match[1]}.{match[3]}{line[match.end() :]}"
    return line


def looks_like_date(cell: Cell) -> bool:
    """Tell whether the cell is written as a full date; a bare number is not."""
    if isinstance(cell, dt.date):
        return True
    line = _trimmed(text_of(cell))
    return bool(
        _TWO_FIRST.fullmatch(line) or _YEAR_FIRST.fullmatch(line) or _month_match(line) is not None
    )


def _trimmed(line: str) -> str:
    return _TAIL.sub("", line.lower()[:60]).strip()


def _month_match(line: str) -> tuple[int, int, str] | None:
    if not (match := _IN_WORDS.fullmatch(line)):
        return None
    day, word, year = match.groups()
    for number, stem in enumerate(_MONTHS, 1):
        if word[:-1] == stem or stem.startswith(word):
            return int(day), number, year
    return None


def _from_text(line: str, kind: Kind, today: dt.date, zero: dt.date) -> dt.date:
    short = _trimmed(line)
    if match := _TWO_FIRST.fullmatch(short):
        day, month, year = match.groups()
        return _build(line, year, int(month), int(day), kind, today)
    if match := _YEAR_FIRST.fullmatch(short):
        year, month, day = match.groups()
        return _build(line, year, int(month), int(day), kind, today)
    if (words := _month_match(short)) is not None:
        return _build(line, words[2], words[1], words[0], kind, today)
    return _from_digits(line, short, kind, today, zero)


def _from_digits(line: str, short: str, kind: Kind, today: dt.date, zero: dt.date) -> dt.date:
    if match := _RUN_TOGETHER.fullmatch(short):
        day, month, year = match.groups()
        return _build(line, year, int(month), int(day), kind, today)
    if not (match := _SERIAL.fullmatch(short)):
        raise DateProblemError(
            f"Дата рождения «{_cut(line)}» не читается. Запишите её так: 12.03.2012."
        )
    number = int(match[1])
    if 1900 <= number <= 2100:  # noqa: PLR2004 - a year by itself
        raise DateProblemError(
            f"Указан только год рождения ({number}). Нужна полная дата, например 12.03.{number}."
        )
    if number > _LAST_SERIAL:
        raise DateProblemError(
            f"Дата рождения «{_cut(line)}» не читается. Запишите её так: 12.03.2012."
        )
    return zero + dt.timedelta(days=number)


def _build(line: str, year: str, month: int, day: int, kind: Kind, today: dt.date) -> dt.date:
    try:
        if len(year) > 2:  # noqa: PLR2004 - all four digits
            return dt.date(int(year), month, day)
        return _by_sense([dt.date(c + int(year), month, day) for c in (2000, 1900)], kind, today)
    except ValueError:
        pass
    if len(year) == 2:  # noqa: PLR2004 - 29 February exists in one century of the two (1900)
        for century in (2000, 1900):
            try:
                return dt.date(century + int(year), month, day)
            except ValueError:
                continue
    raise DateProblemError(
        f"Даты «{_cut(line)}» нет в календаре. Проверьте день и месяц: порядок — день, месяц, год."
    )


def _by_sense(candidates: list[dt.date], kind: Kind, today: dt.date) -> dt.date:
    youngest, oldest = _LIKELY_AGES[kind]
    for found in candidates:
        if youngest <= full_years(found, today) <= oldest:
            return found
    return next((found for found in candidates if found <= today), candidates[-1])


def _check_age(found: dt.date, kind: Kind, today: dt.date) -> None:
    shown = f"{found.day:02}.{found.month:02}.{found.year:04}"
    if found > today:
        raise DateProblemError(f"Дата рождения {shown} ещё не наступила. Проверьте год.")
    youngest, oldest = _POSSIBLE_AGES[kind]
    age = full_years(found, today)
    if not youngest <= age <= oldest:
        who = "ученика" if kind == "pupils" else "сотрудника"
        raise DateProblemError(
            f"По дате рождения {shown} полных лет: {age}; для {who} так не бывает. Проверьте год."
        )


def _cut(line: str) -> str:
    return line if len(line) <= 40 else line[:39] + "…"  # noqa: PLR2004 - fits a line
