"""Small judgements about Russian text in a cell: does it go on, is it a term, is it a number."""

import re

MONTHS = "январ|феврал|март|апрел|ма[йяе]|июн|июл|август|сентябр|октябр|ноябр|декабр"  # stems
_SPACES = re.compile(r"[ \t\u00a0\u2007\u202f\u200b\ufeff]+")
_DASHES = re.compile(r"[\s|:+_=—–‒-]*")
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_NUMBER = re.compile(r"(?:п\.?\s*)?(\d{1,3}(?:\.\d{1,3}){0,4})[.)]?")
_CODE = re.compile(r"((?=[^\d]*\d|[IVX]+\b)[A-Za-zА-Яа-яЁё№]{0,3}[\s-]?[\dIVX][\w./-]{0,15}?)[.)]?")
_NUMBERED = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,3})(?:[.)]\s*|\s+)(?=\S)(.*)", re.DOTALL)
_HANGING = re.compile(
    r"(?:[,:(«]|\s[-–—]|(?:^|\s)(?:в|во|на|и|или|с|со|для|по|из|от|до|о|об|к|ко|при|за|через|под|"
    r"над|без|между|среди|не|а|но|либо|также|том числе))$",
    re.IGNORECASE,
)
_OPEN_TERM = re.compile(
    r"(?:^|\s)(?:в\s+течение|в\s+соответствии(?:\s+со?)?|не\s+позднее|до|с|со|по|на|в|"
    r"в\s+срок|и|[-–—]|согласно)$",
    re.IGNORECASE,
)
_TERM_GOES_ON = re.compile(
    r"(?:учебн|календарн|всего|период|год[ау]?\b|г\.|реализац|внедрен|срок|(?:19|20)\d\d)"
)
_WHOLE_YEARS = re.compile(r"20\d\d\s*[-–—]\s*20\d\d")
_TERM = re.compile(
    rf"(?:\d{{1,2}}\.\d{{1,2}}\.\d{{2,4}}|(?:{MONTHS})[а-яё]*\b|20\d\d|"
    r"(?:до|с|со|по|к|не\s+позднее|начиная)\s+(?:\d|конца|начала|"
    rf"(?:{MONTHS}))|в\s+течение|постоянно|на\s+постоянной|ежегодно|ежемесячно|ежеквартально|"
    r"еженедельно|каждый|каждую|\d+\s+раза?\s|(?:[1-4]|I{1,3}|IV)\s*(?:-?[йя]\s+)?(?:кв|полуг|чет)|"
    r"по\s+(?:плану|мере|согласованию|графику|запросу|отдельному)|весь\s+период|"
    r"в\s+соответствии|согласно|один\s+раз|раз\s+в|(?:перв|втор)[а-я]+\s+(?:полуг|половин|недел))",
    re.IGNORECASE,
)


_MONTH = rf"(?:{MONTHS})[а-яё]*"
_YEAR_SAID = r"(?:\s*,?\s*20\d\d(?:\s*[-–—/]\s*20\d\d)?\s*(?:г(?:г|од[а]?)?\.?)?)?"
_WHEN = re.compile(
    rf"(?:в\s+|на\s+)?(?:{_MONTH}{_YEAR_SAID}(?:\s*(?:[-–—/,]|и)\s*{_MONTH}{_YEAR_SAID})*(?:\s+месяц)?"
    r"|(?:[1-4]|I{1,3}|IV|перв\w+|втор\w+|треть\w+|четв[её]рт\w+)(?:\s*-?\s*[йяе])?\s+"
    rf"(?:четверть|квартал|полугодие|триместр|декада|неделя)(?:\s+{_MONTH})?{_YEAR_SAID}"
    rf"|(?:осень|зима|весна|лето){_YEAR_SAID}|в\s+течение\s+(?:всего\s+)?(?:учебного\s+)?года)[.:]?",
    re.IGNORECASE,
)


def clean(text: str) -> str:
    """Return the text with single spaces; its line feeds stay, empty lines go."""
    lines = (_SPACES.sub(" ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def one_line(text: str) -> str:
    """Return the text as one line."""
    return clean(text).replace("\n", " ")


def is_rule(text: str) -> bool:
    """Tell whether the text only draws a line: dashes and pipes."""
    return bool(text.strip()) and _DASHES.fullmatch(text) is not None


def number_of(text: str) -> str | None:
    """Return «1.4.1» of «1.4.1.», and None when the text is more than a number."""
    match = _NUMBER.fullmatch(text.strip())
    return match[1] if match else None


def code_of(text: str) -> str | None:
    """Return the «Р1.1», «2а» or «I.3» of a cell for numbers that holds nothing else."""
    match = _CODE.fullmatch(text.strip())
    return match[1] if match else None


def numbered(text: str) -> tuple[str | None, str]:
    """Part «1. Подготовка» into its number and the rest."""
    match = _NUMBERED.fullmatch(text.strip())
    return (match[1], match[2].strip()) if match else (None, text.strip())


def depth(number: str) -> int:
    """Return how deep a number lies: 1 for «2», 2 for «2.1»."""
    return number.count(".") + 1


def starts_low(text: str) -> bool:
    """Tell whether the text starts as the middle of a sentence does."""
    head = text.lstrip('«"( ')
    return bool(head) and head[0].islower()


def starts_high(text: str) -> bool:
    """Tell whether the text starts with a capital letter."""
    head = text.lstrip('«"( ')
    return bool(head) and head[0].isupper()


def hangs(text: str) -> bool:
    """Tell whether the text stops where a sentence cannot: at a comma, a colon, a preposition."""
    line = one_line(text)
    return bool(_HANGING.search(line)) or line.count("(") > line.count(")")


def term_breaks(before: str, after: str) -> bool:
    """Tell whether a term was cut in two: «В течение» and «учебного года»."""
    if not before or not after:
        return False
    return bool(_OPEN_TERM.search(before)) or (
        bool(_TERM_GOES_ON.match(after)) and not _WHOLE_YEARS.search(before + after)
    )


def looks_like_term(text: str) -> bool:
    """Tell whether the text starts as terms do: a date, a month, «до …», «ежегодно»."""
    return bool(_TERM.match(one_line(text)))


def is_when(text: str) -> bool:
    """Tell whether the text says a month, a term or a year and nothing else."""
    return bool(_WHEN.fullmatch(one_line(text).strip("*# ")))


def find_term(text: str) -> int:
    """Return where the first term starts, -1 if there is none."""
    places = (found.end() for found in re.finditer(r"\s", text))
    return next((at for at in places if _TERM.match(text, at)), -1)


def first_year(text: str) -> int | None:
    """Return the first year named, 2000 to 2099."""
    match = _YEAR.search(text)
    return int(match[1]) if match else None


def glue(before: str, after: str) -> str:
    """Join the halves of a cell that a page end parted."""
    if not before or not after:
        return before or after
    if before[-1] == "-" and before[-2:-1].isalpha() and after[0].islower():
        return before + after
    return f"{before} {after}"
