"""Even text in, atoms out: the smallest pieces of a term that mean something."""

import difflib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto

from nastavnik.engine.periods.letters import LOOK_ALIKES, EvenText
from nastavnik.engine.periods.stretches import Stretch, academic_year, months, one_day
from nastavnik.engine.periods.terms import Recurrence


class Piece(Enum):
    """What an atom is."""

    STRETCH = auto()  # a date, a year, an academic year: whole by itself
    MONTH = auto()
    YEAR = auto()
    NUMBER = auto()
    ORDINAL = auto()
    UNIT = auto()  # quarter, half-year, …: needs an ordinal
    PART = auto()  # decade, week, half of a month: needs an ordinal and a month
    EDGE = auto()  # beginning, middle, end
    SEASON = auto()
    BY = auto()
    FROM = auto()
    TO = auto()
    DASH = auto()
    COMMA = auto()  # also «и», «;»
    STOP = auto()  # a dot, a bracket, a slash
    RECURRENCE = auto()
    ONGOING = auto()
    ANCHOR = auto()
    BLANK = auto()  # a line to fill: «__» сентября 20__ г.
    FILLER = auto()  # «в», «года»: means something only beside others
    WORD = auto()


@dataclass(frozen=True, slots=True)
class Atom:
    """A piece of text with its meaning.

    Attributes:
        piece: What it is.
        start: Its place in the even text.
        end: The place after it.
        number: Of a month, a day, an ordinal (-1: the last one), a year.
        stretch: The days, where it is whole by itself.
        name: Which edge or unit; which deadline word.
        recurs: How often.
        is_guess: Whether something had to be guessed.
    """

    piece: Piece
    start: int
    end: int
    number: int = 0
    stretch: Stretch | None = None
    name: str = ""
    recurs: Recurrence | None = None
    is_guess: bool = False


DAY_OF_MONTH = "day of month"  # «5 числа»
_E = r"(?![а-яa-z0-9])"  # the end of a word
_N = r"(?![а-яa-z])"  # the end of a word a number may be stuck to: «до15»
_DAY_WORDS = r"понедельник\w*|вторник\w*|сред[аыу]м?|четверг\w*|пятниц\w*|суббот\w*"
_COUNT = r"(?:\d{1,2}(?:-\w{1,3})?|одно\w*|одн[ау]|один|два|две|двух|три|трех|четыр\w*|пар[уа])"
_TIMES = rf"(?:не\s(?:реже|менее)\s(?:чем\s)?)?(?P<count>{_COUNT}\s?)?(?:раз[ау]?|р\.)\sв\s"
_OF_PERIOD = (
    r"(?:\s(?:реализаци[ия]|внедрени[ея]|действия|работы|наставничества|программы?|методологии"
    r"|проекта|модели|целевой|дорожной\sкарты|обучения|и(?=\s(?:реализаци|внедрени))))*"
)
_YEAR_WORD = r"(?:\s?-?\s?(?:гг|г|годах|годов|годам|годы|года|году|годом|год)(?![а-я]))"
_STUDY = r"\s?(?:уч(?:ебн\w+|\.|ебн\.)?\s?(?:годах|годов|годы|года|году|год|гг|г)(?![а-я])\.?)"

_LATIN_MONTHS = [  # as a sheet in English shows them
    name.translate(LOOK_ALIKES)
    for name in ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
]
_ROMAN_MONTHS = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "iх", "х", "хi", "хii"]
_ROMAN = "|".join(sorted(_ROMAN_MONTHS, key=len, reverse=True))
_SPELT = {
    stem: number
    for number, stem in enumerate(
        [
            "перв",
            "втор",
            "трет",
            "четверт",
            "пят",
            "шест",
            "седьм",
            "восьм",
            "девят",
            "десят",
            "одиннадцат",
            "двенадцат",
            "тринадцат",
            "четырнадцат",
            "пятнадцат",
            "шестнадцат",
            "семнадцат",
            "восемнадцат",
            "девятнадцат",
            "двадцат",
        ],
        1,
    )
} | {"тридцат": 30}
_SPELT_ENDS = r"(?:ое|ого|ому|ым|ье|ьего|ьему|ьим)"

_MONTHS = (
    r"январ(?:ь|я|ю|е|ем)|янв",
    r"феврал(?:ь|я|ю|е|ем)|февр?",
    r"март(?:а|у|е|ом)?|мар",
    r"апрел(?:ь|я|ю|е|ем)|апр",
    r"ма(?:й|я|ю|е|ем)",
    r"июн(?:ь|я|ю|е|ем)?",
    r"июл(?:ь|я|ю|е|ем)?",
    r"август(?:а|у|е|ом)?|авг",
    r"сентябр(?:ь|я|ю|е|ем)|сент?",
    r"октябр(?:ь|я|ю|е|ем)|окт",
    r"ноябр(?:ь|я|ю|е|ем)|нояб|ноя",
    r"декабр(?:ь|я|ю|е|ем)|дек",
)
_MONTH_NAMES = {
    name: number
    for number, stem in enumerate(
        (
            "январ",
            "феврал",
            "",
            "апрел",
            "",
            "",
            "",
            "август",
            "сентябр",
            "октябр",
            "ноябр",
            "декабр",
        ),
        1,
    )
    for name in (stem, f"{stem}ь", f"{stem}я", f"{stem}е")
    if len(name) > 5  # noqa: PLR2004 - a slip in a short word makes another word
}
_LONGEST_YEARS = 30  # of a plan
_ALIKE = 0.83  # one letter of six wrong, lost or added

_STEMS = {"перв": 1, "втор": 2, "трет": 3, "четверт": 4, "последн": -1}
_ORDINALS = {
    "i": 1,
    "ii": 2,
    "iii": 3,
    "iv": 4,
    # what a Russian keyboard makes of Roman numbers
    "п": 2,
    "ш": 3,
    "iу": 4,
    "1у": 4,
}
_UNITS = {"кварт": "quarter", "полуг": "half", "четве": "term", "тримес": "trimester"}
_PARTS = {"дека": "decade", "неде": "week", "поло": "half"}
_EDGES = {"нач": "start", "пер": "start", "сер": "middle", "кон": "end", "пос": "end", "око": "end"}
_SEASONS = {"осен": (9, 11), "зим": (12, 2), "весн": (3, 5), "лет": (6, 8)}
_ONCE = {
    "недел": Recurrence.WEEKLY,
    "месяц": Recurrence.MONTHLY,
    "кварт": Recurrence.QUARTERLY,
    "четве": Recurrence.QUARTERLY,
    "год": Recurrence.YEARLY,
    "учебн": Recurrence.YEARLY,
}
_OFTEN = {
    "год": Recurrence.YEARLY,
    "месяч": Recurrence.MONTHLY,
    "кварт": Recurrence.QUARTERLY,
    "недел": Recurrence.WEEKLY,
}

Found = re.Match[str]
Maker = Callable[[Found], "Atom | None"]


def scan(text: EvenText) -> list[Atom]:
    """Cut even text into atoms; spaces and stray signs are left out."""
    return list(_atoms(text.text))


def _atoms(text: str) -> Iterator[Atom]:
    place = 0
    while place < len(text):
        atom = _atom_at(text, place)
        if atom is not None:
            yield atom
            place = atom.end
        else:
            place += 1


def _atom_at(text: str, place: int) -> Atom | None:
    if text[place] == " ":
        return None
    for pattern, make in _RULES:
        if (found := pattern.match(text, place)) and (atom := make(found)) is not None:
            return atom
    return None


def _plain(piece: Piece, name: str = "") -> Maker:
    return lambda found: Atom(piece, found.start(), found.end(), name=name)


def _whole(found: Found, stretch: Stretch, *, is_guess: bool = False) -> Atom:
    return Atom(Piece.STRETCH, found.start(), found.end(), stretch=stretch, is_guess=is_guess)


def _full_year(digits: str) -> int:
    return int(digits) + (2000 if len(digits) == 2 else 0)  # noqa: PLR2004 - «21» is 2021


def _date(found: Found) -> Atom | None:
    digits = found["m"]
    month = int(digits) if digits.isdecimal() else _ROMAN_MONTHS.index(digits) + 1
    day = int(found["d"])
    if not (1 <= month <= 12 and 1 <= day <= 31):  # noqa: PLR2004 - the calendar
        return None
    year = found.groupdict().get("y")
    return _whole(found, one_day(day, month, _full_year(year) if year else None))


def _month_in_digits(found: Found) -> Atom | None:
    month = int(found["m"])
    if not 1 <= month <= 12:  # noqa: PLR2004 - the calendar
        return None
    return _whole(found, months(month, month, int(found["y"])))


def _months_in_digits(found: Found) -> Atom | None:
    first, last = int(found["m"]), int(found["last"])
    if not 1 <= first < last <= 12:  # noqa: PLR2004 - the calendar
        return None
    year = found.groupdict().get("y")
    return _whole(found, months(first, last, int(year) if year else None))


def _named_date(found: Found) -> Atom:
    names = enumerate(_MONTHS, 1)
    month = next(n for n, pattern in names if re.fullmatch(pattern, found["m"]))
    return _whole(found, one_day(int(found["d"]), month, _full_year(found["y"])))


def _roman_month(found: Found) -> Atom:
    month = _ROMAN_MONTHS.index(found["m"]) + 1
    return _whole(found, months(month, month, int(found["y"])))


def _numbered_month(found: Found) -> Atom | None:
    number = int(found["m"])
    if not 1 <= number <= 12:  # noqa: PLR2004 - the calendar
        return None
    return Atom(Piece.MONTH, found.start(), found.end(), number=number)


def _spelt_day(found: Found) -> Atom | None:
    tens = {"двадцать": 20, "тридцать": 30}.get(found["tens"] or "", 0)
    number = tens + _SPELT[found["stem"]]
    if not tens < number <= min(tens + 9 if tens else 31, 31):
        return None
    return Atom(Piece.NUMBER, found.start(), found.end(), number=number)


def _years(found: Found) -> Atom | None:
    first, last = int(found["first"]), found["last"]
    final = first // 100 * 100 + int(last) if len(last) == 2 else int(last)  # noqa: PLR2004
    if not first < final <= first + _LONGEST_YEARS:
        return None
    if found["study"] or (found["sign"] == "/" and final == first + 1):
        return _whole(found, academic_year(first, final - first - 1))
    stretch = Stretch(1, 1, 12, year=first, more_years=final - first)
    return _whole(found, stretch, is_guess=not found["word"] and final == first + 1)


def _academic_year(found: Found) -> Atom:
    return _whole(found, academic_year(None))


def _year_round(found: Found) -> Atom:
    return _whole(found, academic_year(None), is_guess=True)


def _this_year(found: Found) -> Atom:
    shift = int(found[0].startswith("след"))
    return _whole(found, Stretch(1, 1, 12, shift=shift), is_guess=not shift)


def _year(found: Found) -> Atom:
    number = _full_year(found["y"])
    if found["study"]:
        return _whole(found, replace(academic_year(number - 1), is_either=True))
    return Atom(Piece.YEAR, found.start(), found.end(), number=number)


def _month(number: int) -> Maker:
    return lambda found: Atom(Piece.MONTH, found.start(), found.end(), number=number)


def _misspelt_month(found: Found) -> Atom | None:
    near = difflib.get_close_matches(found[0], _MONTH_NAMES, n=1, cutoff=_ALIKE)
    if not near:
        return None
    number = _MONTH_NAMES[near[0]]
    return Atom(Piece.MONTH, found.start(), found.end(), number=number, is_guess=True)


def _number(found: Found) -> Atom:
    name = DAY_OF_MONTH if "числ" in found[0] else ""
    return Atom(Piece.NUMBER, found.start(), found.end(), number=int(found["n"]), name=name)


def _ordinal(found: Found) -> Atom:
    word = found[0]
    number = _ORDINALS.get(word) or next(n for stem, n in _STEMS.items() if word.startswith(stem))
    return Atom(Piece.ORDINAL, found.start(), found.end(), number=number)


def _named(piece: Piece, names: dict[str, str]) -> Maker:
    def make(found: Found) -> Atom:
        name = next(name for stem, name in names.items() if found[0].startswith(stem))
        return Atom(piece, found.start(), found.end(), name=name)

    return make


def _season(found: Found) -> Atom:
    first, last = next(m for stem, m in _SEASONS.items() if found[0].startswith(stem))
    return Atom(Piece.SEASON, found.start(), found.end(), stretch=months(first, last))


def _times(found: Found) -> Atom | None:
    count, unit = (found["count"] or "1").split("-")[0].strip(), found["unit"]
    recurs = next(often for stem, often in _ONCE.items() if unit.startswith(stem))
    once = (count.isdecimal() and int(count) == 1) or count.startswith("од")
    if count in {"4", "четыре"} and recurs is Recurrence.YEARLY:
        recurs, once = Recurrence.QUARTERLY, True
    return Atom(Piece.RECURRENCE, found.start(), found.end(), recurs=recurs, is_guess=not once)


def _often(found: Found) -> Atom:
    recurs = next(often for stem, often in _OFTEN.items() if found["unit"].startswith(stem))
    return Atom(Piece.RECURRENCE, found.start(), found.end(), recurs=recurs)


def _each(found: Found) -> Atom:
    recurs = next(often for stem, often in _ONCE.items() if found["unit"].startswith(stem))
    return Atom(Piece.RECURRENCE, found.start(), found.end(), recurs=recurs)


def _recurrence(recurs: Recurrence) -> Maker:
    return lambda found: Atom(Piece.RECURRENCE, found.start(), found.end(), recurs=recurs)


def _rule(pattern: str, make: Maker) -> tuple[re.Pattern[str], Maker]:
    return re.compile(pattern.replace(r"\s", " +").replace(" +?", " *")), make


_RULES: list[tuple[re.Pattern[str], Maker]] = [
    # how often
    _rule(rf"{_TIMES}(?P<unit>неделю|месяц|квартал|четверть|год|учебный\sгод){_E}", _times),
    _rule(rf"(?:(?:1|один)\s)?раз\sв\s(?:три|3)\sмесяца{_E}", _recurrence(Recurrence.QUARTERLY)),
    _rule(r"еже(?P<unit>годн|месячн|квартальн|недельн)\w*", _often),
    _rule(
        rf"кажд\w+\s(?P<unit>недел\w+|месяц\w*|квартал\w*|четверт\w+|год\w*|учебн\w+\sгод\w*){_E}",
        _each,
    ),
    _rule(
        rf"{_TIMES}(?:полугодие|полгода|триместр|день|{_COUNT}\s(?:недел|месяц|год|лет|дн)\w*){_E}"
        rf"|(?:кажд\w+|по)\sполугоди\w+|кажд\w+\s(?:полгода|{_COUNT}\s(?:недел|месяц|год|лет|дн)\w*){_E}",
        _plain(Piece.RECURRENCE, "other"),
    ),
    _rule(rf"по\sчетвертям{_E}", _recurrence(Recurrence.QUARTERLY)),
    _rule(rf"(?:из\sгода\sв\sгод){_E}", _recurrence(Recurrence.YEARLY)),
    _rule(
        rf"кажд\w+(?=\s(?:{'|'.join(_MONTHS)}){_E})",
        _recurrence(Recurrence.YEARLY),
    ),
    _rule(rf"(?:кажд\w+|по)\s(?:{_DAY_WORDS}){_E}", _recurrence(Recurrence.WEEKLY)),
    # all the time
    _rule(
        rf"(?:на\sпостоянной\sоснове|постоянно|систематическ\w+|регулярно|непрерывно|бессрочно"
        rf"|ежедневно|каждый\sдень){_E}",
        _plain(Piece.ONGOING),
    ),
    _rule(
        rf"(?:(?:в\sтечени[еи]|на\sпротяжении)\s)?(?:(?:всего|весь)\s(?:период|срок)а?"
        rf"|(?:период|срок)а(?=\s(?:реализаци|внедрени|действи))){_E}{_OF_PERIOD}",
        _plain(Piece.ONGOING, "anchor"),
    ),
    _rule(
        rf"(?:в\sходе|в\sтечени[еи]|на\sпротяжении|(?:в|на)\sпериод)"
        rf"\s(?:реализации|внедрения|действия|работы){_E}{_OF_PERIOD}",
        _plain(Piece.ONGOING, "anchor"),
    ),
    _rule(
        rf"(?:в\sсоответствии\sсо?|согласно|по)\sсрок(?:ами|ам|и){_E}",
        _plain(Piece.ANCHOR, "ongoing"),
    ),
    _rule(
        rf"(?:по\sмере|по\sнеобходимости|по\sзапрос\w*|по\sтребованию|при\sнеобходимости){_E}",
        _plain(Piece.ANCHOR, "ongoing"),
    ),
    # whole dates and years
    _rule(
        rf"(?:в\s)?\d{{1,2}}(?::\d\d|\.00){_E}(?:\sч(?:ас\w*)?{_E}\.?)?",
        _plain(Piece.WORD, "time"),
    ),
    _rule(r"(?P<y>(?:19|20)\d\d)([-./])(?P<m>\d{1,2})\2(?P<d>\d{1,2})(?!\d)", _date),
    _rule(
        # the year in full: any signs between, «30» 09. 2026 has lost its quotes
        rf"(?P<d>\d{{1,2}})(?:\s?[./]{{1,2}}\s?|\s)(?P<m>\d{{1,2}}|{_ROMAN})"
        rf"(?:\s?[./]{{1,2}}\s?|\s?-\s?|\s)(?P<y>(?:19|20)\d\d)(?!\d){_YEAR_WORD}?",
        _date,
    ),
    _rule(
        rf"(?P<d>\d{{1,2}})\s?[./]\s?(?P<m>\d{{1,2}})\s?[./](?P<y>[0-4]\d)(?!\d|[./]\d)"
        rf"{_YEAR_WORD}?",
        _date,
    ),
    _rule(
        rf"(?P<d>\d{{1,2}})\s?[./]\s?(?P<m>\d{{1,2}})\s?[./]\s(?P<y>[0-4]\d){_YEAR_WORD}",
        _date,
    ),
    _rule(
        rf"(?P<d>\d{{1,2}})\s?-\s?(?P<m>\d{{1,2}}|{_ROMAN})\s?-\s?(?P<y>(?:19|20)\d\d)(?!\d)"
        rf"{_YEAR_WORD}?",
        _date,
    ),
    _rule(rf"(?P<d>\d{{1,2}}),(?P<m>\d{{1,2}}),(?P<y>(?:19|20)\d\d)(?!\d){_YEAR_WORD}?", _date),
    _rule(
        rf"(?P<d>\d{{1,2}})[.\s-]+(?P<m>{'|'.join(_MONTHS)})[.-]+(?P<y>[0-4]\d)(?!\d){_YEAR_WORD}?",
        _named_date,
    ),
    _rule(
        rf"(?P<m>\d\d)\s?-\s?(?P<last>\d\d)\s?[./]\s?(?P<y>(?:19|20)\d\d)(?!\d)"
        rf"{_YEAR_WORD}?",
        _months_in_digits,
    ),
    _rule(
        rf"(?P<m>\d{{1,2}})\s?-\s?(?P<last>\d{{1,2}})\s?(?:-?(?:й|ый|ой|ий)\s)?"
        rf"мес(?:яц(?:ы|ах|е)?|\.){_E}",
        _months_in_digits,
    ),
    _rule(
        rf"(?P<m>\d{{1,2}})\s?(?:-?(?:й|ый|ой|ий|м|ом|ем)\s)?месяце?{_E}",
        _numbered_month,
    ),
    _rule(
        rf"(?P<first>(?:19|20)\d\d){_YEAR_WORD}?\.?\s?(?P<sign>[-/])\s?"
        rf"(?P<last>(?:19|20)\d\d|\d\d)(?!\d|\.\d)(?:(?P<study>{_STUDY})|(?P<word>{_YEAR_WORD}\.?))?",
        _years,
    ),
    _rule(rf"(?P<m>\d{{1,2}})\s?[./-]\s?(?P<y>(?:19|20)\d\d)(?!\d){_YEAR_WORD}?", _month_in_digits),
    _rule(r"(?P<y>(?:19|20)\d\d)[-./](?P<m>0[1-9]|1[0-2])(?![\d./-])", _month_in_digits),
    _rule(
        rf"(?P<m>{_ROMAN})\s?[./-]\s?(?P<y>(?:19|20)\d\d)(?!\d){_YEAR_WORD}?",
        _roman_month,
    ),
    _rule(
        rf"(?P<d>\d{{1,2}})[.](?P<m>\d{{1,2}})(?!\d|\s?(?:{'|'.join(_MONTHS)}){_N})",
        _date,
    ),
    _rule(
        rf"(?P<y>(?:19|20)\d\d)(?!\d)(?:(?P<study>{_STUDY})|{_YEAR_WORD}\.?)?",
        _year,
    ),
    _rule(rf"(?P<y>[1-4]\d)(?P<study>(?!))?{_YEAR_WORD}\.?", _year),
    _rule(
        rf"(?:в\sтечени[еи]\s|на\sпротяжении\s|весь\s|за\s)(?:всего\s|весь\s)?"
        rf"(?:текущего\s|этого\s)?год[а]?{_E}|круглый\sгод|круглогодично",
        _year_round,
    ),
    _rule(
        r"(?:(?:текущ|эт|наст)\w+\s)?уч(?:ебн\w+|ебн\.|\.)\s?(?:год(?:а|у|ом|ы)?|г)(?![а-я])\.?",
        _academic_year,
    ),
    _rule(
        rf"(?:(?<=конца )|(?<=концу )|(?<=конец )|(?<=конце ))года{_E}",
        _this_year,
    ),
    _rule(
        rf"(?:(?<=начала )|(?<=началу )|(?<=начало )|(?<=начале )|(?<=середина )|(?<=середине )"
        rf"|(?<=половина )|(?<=половине )|(?<=половину ))года{_E}",
        _year_round,
    ),
    _rule(rf"(?:(?:следующ|текущ|эт|календарн)\w+\s)+год[ау]?{_E}", _this_year),
    # what it hangs on
    _rule(
        rf"(?:(?:по|после)\s(?:окончани|завершени|итог)\w+|после|перед|за\sнеделю"
        rf"|не\sпозднее\sчем\sчерез|через"
        rf"|(?:в\sтечени[еи]|в\s\w+дневный\sсрок|за|не\s(?:позднее|позже))(?=\s(?:{_COUNT}\s)?"
        rf"(?:рабочих\s|календарных\s|учебных\s)?(?:дн|недел|месяц|суток|час)\w*)){_E}",
        _plain(Piece.ANCHOR, "after"),
    ),
    _rule(
        r"(?:согласно|в\sсоответствии\sсо?"
        r"|по(?=(?:\s[а-я]+){0,2}\s(?:план|график|расписани|положени|согласован|договор|программ"
        rf"|распоряжени|приказ|результат))){_E}",
        _plain(Piece.ANCHOR),
    ),
    # parts
    *(
        _rule(rf"(?:{pattern}|{_LATIN_MONTHS[number - 1]}){_N}\.?", _month(number))
        for number, pattern in enumerate(_MONTHS, 1)
    ),
    _rule(
        rf"квартал(?:а|е|у|ы|ов|ом)?{_E}|кв\.|полугоди[еяюи]м?{_E}|четверт(?:ь|и|ью|ей){_E}"
        rf"|триместр(?:а|е|у)?{_E}",
        _named(Piece.UNIT, {**_UNITS, "кв.": "quarter", "трим": "trimester"}),
    ),
    _rule(rf"декад[аыуе]{_E}|недел[яиюе]{_E}|половин[аыуе]{_E}", _named(Piece.PART, _PARTS)),
    _rule(
        rf"(?:перв|последн)\w+\s(?:числ|дн)\w*|(?:начал[оаеу]|середин[аыуе]|конец|конц[аеу]м?"
        rf"|окончани[яюе]){_E}",
        _named(Piece.EDGE, _EDGES),
    ),
    _rule(
        rf"(?:осень|осенью|осени|зим[аыуе]|зимой|весн[аыуе]|весной|лет[оау]|летом|лете){_E}",
        _season,
    ),
    _rule(
        rf"(?:(?P<tens>двадцать|тридцать)\s)?(?P<stem>{'|'.join(_SPELT)}){_SPELT_ENDS}"
        rf"(?:\sчисла)?(?=\s(?:{'|'.join(_MONTHS)}){_N})",
        _spelt_day,
    ),
    _rule(
        rf"(?:позднее|до|по|со?|к)?(?:(?:{'|'.join(_SPELT)}){_SPELT_ENDS}|двадцать|тридцать)"
        rf"{_E}(?!\s(?:кв|полу|четверт[ьи]|декад|нед|поло|три|чис|дн))",
        _plain(Piece.WORD, "number"),
    ),
    _rule(
        rf"(?:(?:перв|втор|трет|четверт|последн)(?:ый|ая|ое|ого|ой|ом|ую|ий|ья|ье|ьего|ьей|ьем|ью"
        rf"|яя|ее|его|ей|ем|юю)|i{{1,3}}|iv|iу|1у|п(?=\s?(?:кв|пол|чет|дек))"
        rf"|ш(?=\s?(?:кв|чет|дек))){_E}",
        _ordinal,
    ),
    _rule(
        r"(?P<n>\d{1,2})(?:\s?-?\s?(?:ого|его|го|ое|ая|ый|ой|ья|ье|яя|е|я|й)(?![а-я])"
        r"|(?![\d%]))(?:\sчисл[оау])?",
        _number,
    ),
    # how they are tied
    _rule(rf"(?:в\s)?(?:срок\s)?не\s(?:позднее|позже)(?:\sчем)?{_N}", _plain(Piece.BY, "through")),
    _rule(rf"(?:в\s)?(?:срок\s)?до{_N}", _plain(Piece.BY, "before")),
    _rule(rf"ко?{_N}", _plain(Piece.BY, "before")),
    _rule(rf"(?:начиная\s)?со?{_N}|не\s(?:ранее|раньше)(?:\sчем)?{_N}", _plain(Piece.FROM)),
    _rule(rf"от{_N}(?=.*\sдо{_N})", _plain(Piece.FROM)),
    _rule(rf"по{_N}", _plain(Piece.TO)),
    _rule(
        r"_+|\.{4,}|…[.…]+|(?:\A|(?<=до)|(?<=до )|(?<=по )|(?<=с )|(?<=к ))(?:\.{2,}|…|-{2,})",
        _plain(Piece.BLANK),
    ),
    _rule(r"-|\.{2,3}|…", _plain(Piece.DASH)),
    _rule(rf"[,;+]|(?:и|или|либо){_E}", _plain(Piece.COMMA)),
    _rule(
        rf"(?:в\sтечени[еи]|на\sпротяжении|в\sпериод|в\sсрок|во?|на|срок|сроки|гг|г|год|года|году"
        rf"|годы|весь|вс[ея]|всего|всей|но|а|также|месяц|месяца|месяце|далее|затем|период|текущ\w+){_N}",
        _plain(Piece.FILLER),
    ),
    _rule(rf"включительно{_E}", _plain(Piece.FILLER, "inclusive")),
    _rule(r"[а-я]{6,10}", _misspelt_month),
    _rule(rf"[a-zа-я]*\d[^\W_]*|(?:{_ROMAN}){_E}", _plain(Piece.WORD, "number")),
    _rule(r"[^\W_]+", _plain(Piece.WORD)),
    _rule(r"[()\[\]{}]", _plain(Piece.STOP, "bracket")),
    _rule(r"[^\s\w]", _plain(Piece.STOP)),
]
