"""Where the header of a list is and what each column holds."""

import itertools
import re
import statistics
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from nastavnik.engine.tables.cells import Cell, Grid, Kind, Row, fold_lookalikes, text_of, value_of
from nastavnik.engine.tables.dates import date_inside, looks_like_date
from nastavnik.engine.tables.firstnames import is_first_name
from nastavnik.engine.tables.groups import (
    group_heading,
    group_in_title,
    parse_group,
    part_class,
)
from nastavnik.engine.tables.names import is_patronymic


class Field(StrEnum):
    """What a column of a list holds."""

    FULL_NAME = "full_name"
    LAST_NAME = "last_name"
    FIRST_NAME = "first_name"
    PATRONYMIC = "patronymic"
    BIRTH_DATE = "birth_date"
    BIRTH_DAY = "birth_day"
    BIRTH_MONTH = "birth_month"
    BIRTH_YEAR = "birth_year"
    GENDER = "gender"
    GROUP = "group"
    GRADE = "grade"
    LETTER = "letter"
    POSITION = "position"
    SUBJECT = "subject"
    NUMBER = "number"
    IGNORE = "ignore"


@dataclass(frozen=True)
class SheetLayout:
    """The header and the columns of one sheet.

    Attributes:
        header_row: 0-based index of the last line of the header; None where there is none.
        columns: 0-based column → what it holds.
        n_header_rows: 2 where one header line stands over another.
    """

    header_row: int | None
    columns: Mapping[int, Field]
    n_header_rows: int = 1

    def column_of(self, field: Field) -> int | None:
        """Return the column of a field, or None."""
        return next((c for c, f in sorted(self.columns.items()) if f is field), None)


_KINDS: tuple[Kind, Kind] = ("pupils", "staff")
NAME_FIELDS = frozenset({Field.FULL_NAME, Field.LAST_NAME})
BIRTH_PARTS = (Field.BIRTH_DAY, Field.BIRTH_MONTH, Field.BIRTH_YEAR)
_UNUSED = frozenset({Field.NUMBER, Field.IGNORE})
_SEARCHED_ROWS = 60
_SAMPLED_ROWS = 200
_LONGEST_HEADER = 80

_RELATIVES = r"родител|законн|\bмат(ь|ери)\b|\bот(ец|ца)\b|\bмам[аы]|\bпап[аы]|представител|опекун"
_STRANGERS: dict[Kind, re.Pattern[str]] = {
    "pupils": re.compile(
        rf"{_RELATIVES}|учител|педагог|преподавател|руководител|наставник|куратор|сотрудник|псих"
    ),
    "staff": re.compile(
        rf"{_RELATIVES}|ребенк|учени|обучающ|учащ|наставляем|супруг|руководител|директор"
    ),
}
_NOT_WANTED = re.compile(
    r"место рожд|свидетельств|групп\w* (здоров|крови|инвалид)|здоровь|физкультур|подгрупп|"
    r"классн\w* руковод|класс чин|классность|дата (зачис|поступ|прием|прибыт|выбыт|выдач|увольн)"
)
_NUMBER = re.compile(r"(n )?(п п|пп|номер( п п)?|порядковый номер|n|no|id|ид)")
_HEADER_RULES: tuple[tuple[Field, re.Pattern[str]], ...] = (
    (Field.LAST_NAME, re.compile(r"фамили[яи]( (?!имя|и имя|и о|отч).*)?")),
    (
        Field.FULL_NAME,
        re.compile(
            r"(.* )?(ф ?и ?о|фамилия (и )?имя.*|фамилия и о|и о фамилия|"
            r"имя (и )?(отчество (и )?)?фамилия)( .*)?"
        ),
    ),
    (Field.PATRONYMIC, re.compile(r"отчество?.*|отч")),
    (Field.FIRST_NAME, re.compile(r"имя.*")),
    (
        Field.GENDER,
        re.compile(r"пол|пол (ребенка|учени\w+|обучающ\w+|учащ\w+|сотрудника)|м ж|муж жен"),
    ),
    (Field.BIRTH_DATE, re.compile(r".*(дата рожд|день рожд|дата р\b|рожден|год рожд).*|д ?р|дата")),
    (Field.SUBJECT, re.compile(r".*(предмет|дисциплин).*|что ведет")),
    (Field.POSITION, re.compile(r".*должност.*|кем работает|профессия")),
    (Field.GRADE, re.compile(r"(.* )?(параллель|цифра)( .*)?|(номер|n) класса|класс (номер|n)")),
    (Field.GROUP, re.compile(r"(.* )?(класс\w?|кл|группа|групп[ыа]|учебный коллектив)( .*)?")),
    (Field.LETTER, re.compile(r"(.* )?(литер\w?|буква)( .*)?")),
)
_BIRTH_PARTS = (
    (Field.BIRTH_DAY, re.compile(r"(день|число)( рожд\w*)?")),
    (Field.BIRTH_MONTH, re.compile(r"месяц( рожд\w*)?")),
    (Field.BIRTH_YEAR, re.compile(r"год( рожд\w*)?")),
)
_MONTH_VALUE = re.compile(
    r"(0?[1-9]|1[0-2])|(янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек)[а-я]*\.?"
)
_DAY_VALUE = re.compile(r"0?[1-9]|[12]\d|3[01]")
_YEAR_VALUE = re.compile(r"(19|20)\d\d(\s?г\.?)?|\d{2}")
_CLASS_LETTER = re.compile(r"(литер\w?|буква) класса")
_PERSON_WORDS: dict[Kind, re.Pattern[str]] = {
    "pupils": re.compile(
        r"(список )?(обучающ(ий|ая|ие)ся|учащ(ий|ая|ие)ся|учени(к|ца|ки)|воспитанник\w*|студент\w*|"
        r"ребенок|дети|наставляем\w+)( \w+)?"
    ),
    "staff": re.compile(
        r"(сотрудник\w?|работник\w?|педагог\w*|учител[ья]|преподавател[ьи]|физическое лицо|физлицо|"
        r"наставник\w?|педагогический работник)"
    ),
}

_ROLE = re.compile(
    r"\b(учител[ья]|педагог\w*|преподавател\w+|директор\w*|зам(еститель)?\b|психолог\w*|логопед|"
    r"воспитател\w+|библиотекарь|завуч|методист|вожат\w+|мастер|социальн\w+|тьютор|секретарь|"
    r"инженер|лаборант|специалист|медсестра|бухгалтер|заведующ\w+)",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"\b(математик|алгебр|геометри|физик|хими|биологи|географи|истори|обществознани|информатик|"
    r"русск|литератур|английск|немецк|французск|иностранн|физкультур|физическ|музык|изо\b|технологи|"
    r"обж|обзр|начальн|черчени|астрономи|экономик|право)",
    re.IGNORECASE,
)
_PUPIL_TITLE = re.compile(
    r"обучающ|учащ|ученик|учениц|студент|воспитан|школьник|\bдет[ией]\b|наставляем"
)
_STAFF_TITLE = re.compile(
    r"наставник(ов|и|ах)\b|сотрудник|педагог|педагогич|учител|работник|кадр|персонал|преподавател|штат"
)
_ONE_WORD = re.compile(r"[А-ЯЁа-яёA-Za-z'’-]{2,}( (оглы|кызы|оглу|углы))?", re.IGNORECASE)
_SEVERAL_WORDS = re.compile(
    r"(\d{1,4}[.)]?\s*)?[А-ЯЁа-яёA-Za-z'’-]{2,}( [А-ЯЁа-яёA-Za-z'’.-]{2,}){1,4}[.,]?"
)


def guess_kind(rows: Grid) -> Kind:
    """Guess whether a sheet lists pupils or staff, by its header, titles and content."""
    sample = list(rows[:_SAMPLED_ROWS])
    score = 0
    for row in sample[:_SEARCHED_ROWS]:
        score += _kind_of_row(row)
    may_be_birth = _birth_columns(sample)
    years = [
        year
        for row in sample
        for column, cell in enumerate(row)
        if may_be_birth(column) and looks_like_date(cell) and (year := _year_of(cell)) is not None
    ]
    if years:
        # a school changes slowly: pupils of these years were born well after 2000
        score += 3 if statistics.median(years) > 2003 else -3  # noqa: PLR2004
    return "pupils" if score >= 0 else "staff"


def _birth_columns(rows: Grid) -> Callable[[int], bool]:
    """Tell which columns may hold birth dates: other dates say nothing about who is listed."""
    for row in rows[:_SEARCHED_ROWS]:
        for kind in _KINDS:
            if names_fields(row, kind=kind) > 1:
                texts = [text_of(cell) for cell in row]
                fields = _fields_of(texts, kind)
                said = {c for c, text in enumerate(texts) if text}
                births = {c for c, field in fields.items() if field is Field.BIRTH_DATE}
                return lambda column: column in births or column not in said
    return lambda _column: True


def guess_layout(rows: Grid, *, kind: Kind) -> SheetLayout:
    """Find the header among titles and guess the columns.

    A header is the line (or two lines, one over the other) that names most fields, a name
    among them. Without one the columns are judged by what they hold.
    """
    best: SheetLayout | None = None
    most = 0
    for index in range(min(len(rows), _SEARCHED_ROWS)):
        for n_lines in (1, 2):
            found = _header_at(rows, index, n_lines, kind)
            n_fields = len(set(found.columns.values()) - {Field.IGNORE}) if found else 0
            if found and n_fields > most:
                best, most = found, n_fields
    if best is None:
        return SheetLayout(None, _settled(_by_content(rows, range(_width(rows)), 0)))
    return _completed(rows, best)


def header_text(rows: Grid, layout: SheetLayout, column: int) -> str:
    """Return the header of a column as it is written; empty where there is no header."""
    if layout.header_row is None:
        return ""
    for back in range(layout.n_header_rows):
        index = layout.header_row - back
        if 0 <= index < len(rows) and (found := _cell_text(rows[index], column)):
            return found
    return ""


def header_texts(rows: Grid, layout: SheetLayout, width: int, *, kind: Kind) -> list[str]:
    """Return one text a column of the header, that of two lines put together."""
    if layout.header_row is None:
        return [""] * width
    lower = [_cell_text(rows[layout.header_row], c) for c in range(width)]
    if layout.n_header_rows == 1:
        return lower
    return _stacked([_cell_text(rows[layout.header_row - 1], c) for c in range(width)], lower, kind)


def fields_of_header(texts: list[str], kind: Kind) -> dict[int, Field]:
    """Return what the columns of a header line hold, for those it names."""
    return _fields_of(texts, kind)


def holds_names(rows: Grid, column: int, start: int) -> bool:
    """Tell whether a column holds full names from a row on."""
    return (
        len(_sample(rows, column, start)) > 1
        and _is_mostly(rows, column, start, _is_full_name)
        and _is_mostly(rows, column, start, _has_patronymic_or_first_name)
    )


def names_fields(row: Row, *, kind: Kind) -> int:
    """Count the different fields this row would name as a header; 0 without a name field."""
    found = _fields_of([text_of(cell) for cell in row], kind)
    known = set(found.values()) - {Field.IGNORE}
    return len(known) if known & NAME_FIELDS else 0


def speaks_of_others(line: str, *, kind: Kind) -> bool:
    """Tell whether a heading between the rows speaks of people of the other kind."""
    pupils, staff = (bool(title.search(line.lower())) for title in (_PUPIL_TITLE, _STAFF_TITLE))
    return (staff and not pupils) if kind == "pupils" else (pupils and not staff)


def reads_as_role(line: str) -> bool:
    """Tell whether the text speaks of a position in a school."""
    return bool(_ROLE.search(line))


def _kind_of_row(row: Row) -> int:
    """Points for pupils (above zero) or staff (below)."""
    texts = [text_of(cell) for cell in row]
    filled = [t for t in texts if t]
    joined = " ".join(filled).lower()
    score = 0
    if names_fields(row, kind="pupils") or names_fields(row, kind="staff"):
        fields = {_field_of(t, "pupils") for t in filled}
        score += 3 * bool(fields & {Field.GROUP, Field.LETTER, Field.GRADE})
        score -= 6 * bool(fields & {Field.POSITION, Field.SUBJECT})
        if first := _who_is_first(texts):
            return score + (6 if first == "pupils" else -6)
    elif len(filled) > 2:  # noqa: PLR2004 - an ordinary row of data
        return -1 if any(_ROLE.search(t) for t in filled) else 0
    elif any(group_heading(t) for t in filled):
        return 3
    score += 3 * bool(_PUPIL_TITLE.search(joined))
    return score - 2 * bool(_STAFF_TITLE.search(joined))


def _who_is_first(texts: list[str]) -> Kind | None:
    """Of mentors and mentees in one header, say whose names stand first; None where it names one side."""
    at: dict[Kind, int] = {}
    for kind in _KINDS:
        fields = _fields_of(texts, kind)
        found = [column for column, field in fields.items() if field in NAME_FIELDS]
        if not found:
            return None
        at[kind] = min(found)
    if at["pupils"] == at["staff"]:
        return None
    return "pupils" if at["pupils"] < at["staff"] else "staff"


def _year_of(cell: Cell) -> int | None:
    if not isinstance(cell, (str, int, float)) and cell is not None:
        return cell.year
    found = re.search(r"(?:19|20)\d\d", text_of(cell))
    return int(found[0]) if found else None


def _cell_text(row: Row, column: int) -> str:
    return text_of(row[column]) if column < len(row) else ""


def _width(rows: Grid) -> int:
    return max((len(row) for row in rows[:_SAMPLED_ROWS]), default=0)


# --- the header -------------------------------------------------------------------------


def _plain(line: str) -> str:
    line = line.lower().replace("ё", "е").replace("№", " n ")
    line = re.sub(r"[\W_]+", " ", line).strip()
    return fold_lookalikes(line) if re.search("[а-я]", line) else line


def _field_of(line: str, kind: Kind) -> Field | None:
    """Return the field a header names, IGNORE for one we know and do not want, else None."""
    plain = _plain(line)
    if not plain and "№" not in line:
        return None
    if len(plain) > _LONGEST_HEADER:
        return None
    if _NOT_WANTED.search(plain):
        return Field.IGNORE
    if _NUMBER.fullmatch(plain):
        return Field.NUMBER
    if _CLASS_LETTER.fullmatch(plain):
        return Field.LETTER
    return _ruled(plain, kind)


def _ruled(plain: str, kind: Kind) -> Field | None:
    for field, pattern in _HEADER_RULES:
        if pattern.fullmatch(plain):
            a_name = field in NAME_FIELDS or field in {Field.FIRST_NAME, Field.PATRONYMIC}
            if (a_name or field is Field.BIRTH_DATE) and _STRANGERS[kind].search(plain):
                return Field.IGNORE
            return field
    return None


def _fields_of(texts: list[str], kind: Kind) -> dict[int, Field]:
    """Return the fields of the columns that a header line names."""
    found: dict[int, Field] = _parts_of_birth(texts)
    for column, line in enumerate(texts):
        if column in found or not line or (field := _field_of(line, kind)) is None:
            continue
        first = next((c for c, known in found.items() if known is field), None)
        if field is Field.GROUP and first is not None and _names_class(line, texts[first]):
            found[first], first = Field.IGNORE, None  # a column «Группа» beside it is no class
        found[column] = field if first is None or field is Field.NUMBER else Field.IGNORE
    if not NAME_FIELDS & set(found.values()) and set(found.values()) - _UNUSED | {
        f for f in found.values() if f is Field.NUMBER
    }:
        for column, line in enumerate(texts):
            if column not in found and _PERSON_WORDS[kind].fullmatch(_plain(line)):
                found[column] = Field.FULL_NAME
                break
    return found


def _names_class(line: str, other: str) -> bool:
    return "класс" in _plain(line) and "класс" not in _plain(other)


def _parts_of_birth(texts: list[str]) -> dict[int, Field]:
    """Find day, month and year in three columns; one of them without the others is none."""
    found: dict[int, Field] = {}
    for column, line in enumerate(texts):
        plain = _plain(line)
        for field, pattern in _BIRTH_PARTS:
            if field not in found.values() and pattern.fullmatch(plain):
                found[column] = field
    return found if set(found.values()) == set(BIRTH_PARTS) else {}


def _header_at(rows: Grid, index: int, n_lines: int, kind: Kind) -> SheetLayout | None:
    width = max((len(row) for row in rows[index : index + n_lines]), default=0)
    upper = [_cell_text(rows[index], c) for c in range(width)]
    if n_lines == 1:
        return _layout_of(_fields_of(upper, kind), index, 1)
    if index + 1 >= len(rows):
        return None
    lower = [_cell_text(rows[index + 1], c) for c in range(width)]
    own = set(_fields_of(lower, kind).values()) - _UNUSED
    if own == set(BIRTH_PARTS) and not names_fields(rows[index], kind=kind):
        return None
    if not own or any(re.search(r"\d", line) for line in [*upper, *lower]):
        return None
    if len({line for line in upper if line}) < 2:  # noqa: PLR2004 - a title, not a header
        return None
    return _layout_of(_fields_of(_stacked(upper, lower, kind), kind), index + 1, 2)


def _stacked(upper: list[str], lower: list[str], kind: Kind) -> list[str]:
    """Return one text a column for a header of two lines."""
    texts: list[str] = []
    parts = _parts_of_birth(lower)
    over = ""
    for above, below in zip(upper, lower, strict=True):
        over = above or (over if below else "")
        own = parts.get(len(texts)) or _field_of(below, kind)
        if own is None or own in _UNUSED:
            texts.append(f"{over} {below}" if below and below != over else over)
        elif _STRANGERS[kind].search(_plain(over)):
            texts.append(f"{below} {over}")
        else:
            texts.append(below)
    return texts


def _layout_of(columns: dict[int, Field], index: int, n_lines: int) -> SheetLayout | None:
    if not NAME_FIELDS & set(columns.values()):
        return None
    return SheetLayout(index, _settled(columns), n_lines)


def _settled(columns: Mapping[int, Field]) -> dict[int, Field]:
    """Make the fields agree: what «Фамилия» or «Класс» means depends on its neighbours."""
    fields = set(columns.values())
    change: dict[Field, Field] = {}
    if set(BIRTH_PARTS) <= fields:
        change[Field.BIRTH_DATE] = Field.IGNORE
    if Field.LAST_NAME in fields and Field.FIRST_NAME in fields:
        change[Field.FULL_NAME] = Field.IGNORE
    elif Field.LAST_NAME in fields:
        keep = Field.FULL_NAME in fields
        change[Field.LAST_NAME] = Field.IGNORE if keep else Field.FULL_NAME
    if Field.GRADE in fields and Field.LETTER in fields and Field.GROUP in fields:
        change[Field.GROUP] = Field.IGNORE
    elif Field.LETTER in fields and Field.GROUP in fields:
        change[Field.GROUP] = Field.GRADE
    elif Field.GRADE in fields and Field.LETTER not in fields:
        change[Field.GRADE] = Field.IGNORE if Field.GROUP in fields else Field.GROUP
    return {c: change.get(f, f) for c, f in sorted(columns.items())}


# --- the content ------------------------------------------------------------------------


def _completed(rows: Grid, layout: SheetLayout) -> SheetLayout:
    """Judge the columns without a header by what they hold."""
    assert layout.header_row is not None  # noqa: S101 - the caller found one
    columns = dict(layout.columns)
    start = layout.header_row + 1
    named = {c for c in range(_width(rows)) if header_text(rows, layout, c)} | set(columns)
    bare = [c for c in range(_width(rows)) if c not in named]
    birth = layout.column_of(Field.BIRTH_DATE)
    if birth is not None and {birth + 1, birth + 2} <= set(bare) and _is_parted(rows, birth, start):
        columns |= dict(zip(range(birth, birth + 3), BIRTH_PARTS, strict=True))
        bare = [c for c in bare if c not in columns]
    full = layout.column_of(Field.FULL_NAME)
    if full is not None and full + 1 in bare and _is_mostly(rows, full, start, _is_one_word):
        columns |= {full: Field.LAST_NAME, full + 1: Field.FIRST_NAME}
        if full + 2 in bare:
            columns[full + 2] = Field.PATRONYMIC
    elif bare:
        present = set(columns.values())
        guessed = _by_content(rows, bare, start)
        names = {Field.LAST_NAME, Field.FIRST_NAME, Field.PATRONYMIC, Field.FULL_NAME}
        guessed = {c: f for c, f in guessed.items() if f not in present | names}
        if {Field.GRADE, Field.LETTER, Field.GROUP} & present:
            guessed = {c: f for c, f in guessed.items() if f is not Field.GROUP}
        columns |= guessed
    rest = {c: Field.IGNORE for c in range(_width(rows)) if c not in columns}
    return SheetLayout(layout.header_row, _settled(columns | rest), layout.n_header_rows)


def _is_parted(rows: Grid, column: int, start: int) -> bool:
    """Tell a day, a month and a year in three neighbouring columns."""
    return (
        _is_mostly(rows, column, start, lambda cell: bool(_DAY_VALUE.fullmatch(text_of(cell))))
        and _is_mostly(
            rows,
            column + 1,
            start,
            lambda cell: bool(_MONTH_VALUE.fullmatch(text_of(cell).lower())),
        )
        and _is_mostly(
            rows, column + 2, start, lambda cell: bool(_YEAR_VALUE.fullmatch(text_of(cell)))
        )
    )


def unread_names(rows: Grid, layout: SheetLayout, *, kind: Kind) -> list[int]:
    """Return the columns that hold full names and are not read, though no header says whose they are."""
    start = 0 if layout.header_row is None else layout.header_row + 1
    used = {c for c, field in layout.columns.items() if field not in _UNUSED}
    return [
        column
        for column in range(_width(rows))
        if column not in used
        and not _STRANGERS[kind].search(_plain(header_text(rows, layout, column)))
        and not _NOT_WANTED.search(_plain(header_text(rows, layout, column)))
        and holds_names(rows, column, start)
    ]


def _has_patronymic_or_first_name(cell: Cell) -> bool:
    words = bare_name(value_of(cell)).split()
    return any(is_patronymic(word) or is_first_name(word) for word in words[1:])


def _sample(rows: Grid, column: int, start: int) -> list[Cell]:
    cells = (row[column] for row in rows[start : start + _SAMPLED_ROWS] if column < len(row))
    return [cell for cell in cells if value_of(cell)]


def _is_mostly(rows: Grid, column: int, start: int, test: Callable[[Cell], bool]) -> bool:
    sample = _sample(rows, column, start)
    return bool(sample) and 2 * sum(map(test, sample)) >= len(sample)


def _is_one_word(cell: Cell) -> bool:
    return bool(_ONE_WORD.fullmatch(value_of(cell)))


def _is_patronymic(cell: Cell) -> bool:
    return is_patronymic(value_of(cell)) and " " not in value_of(cell).replace(" оглы", "")


def bare_name(line: str) -> str:
    """Return a name without the birth date and the class that stand beside it in its cell."""
    rest = part_class(date_inside(line)[0])[0] if re.search(r"\d", line) else line
    return re.sub(r"[\s,;(]+$", "", rest)


def _is_full_name(cell: Cell) -> bool:
    line = bare_name(value_of(cell))
    return bool(_SEVERAL_WORDS.fullmatch(line)) and not _ROLE.search(line)


def _is_group(cell: Cell) -> bool:
    found = None if looks_like_date(cell) else parse_group(cell)
    return found is not None and not found.isdigit()


def _is_grade(cell: Cell) -> bool:
    found = parse_group(cell)
    return found is not None and found.isdigit()


def _is_letter(cell: Cell) -> bool:
    return bool(re.fullmatch('[«"]?[А-ЯЁа-яёA-Za-z][»"]?', value_of(cell)))


def _is_serial_date(cell: Cell) -> bool:
    # born between 1927 and 2064
    return bool(re.fullmatch(r"[1-5]\d{4}(\.0+)?", text_of(cell)))


def _is_birth_date(cell: Cell) -> bool:
    return looks_like_date(cell) or _is_serial_date(cell)


def _has_subject(cell: Cell) -> bool:
    return bool(_SUBJECT.search(text_of(cell)))


def _has_role(cell: Cell) -> bool:
    return bool(_ROLE.search(text_of(cell)))


def _counts_up(rows: Grid, column: int, start: int) -> bool:
    numbers = [
        int(t) for c in _sample(rows, column, start) if (t := text_of(c).strip(".")).isdecimal()
    ]
    steps = [b - a for a, b in itertools.pairwise(numbers)]
    return len(steps) > 0 and 2 * sum(step == 1 for step in steps) > len(steps)


def _by_content(rows: Grid, columns: Iterable[int], start: int) -> dict[int, Field]:
    """Guess the fields of columns without headers; each field at most once."""
    free = [c for c in columns if _sample(rows, c, start)]
    found: dict[int, Field] = {c: Field.NUMBER for c in free if _counts_up(rows, c, start)}
    tests: tuple[tuple[Field, Callable[[Cell], bool]], ...] = (
        (Field.BIRTH_DATE, _is_birth_date),
        (Field.GROUP, _is_group),
        (Field.FULL_NAME, _is_full_name),
        (Field.POSITION, _has_role),
        (Field.SUBJECT, _has_subject),
    )
    for field, test in tests:
        fits = (c for c in free if c not in found and _is_mostly(rows, c, start, test))
        if (column := next(fits, None)) is not None:
            found[column] = field
    if Field.FULL_NAME not in found.values():
        found |= _names_by_content(rows, [c for c in free if c not in found], start)
    if Field.GROUP not in found.values():
        found |= _grades_by_content(rows, [c for c in free if c not in found], start)
    return found | {c: Field.IGNORE for c in free if c not in found}


def _names_by_content(rows: Grid, free: list[int], start: int) -> dict[int, Field]:
    words = [
        c
        for c in free
        if _is_mostly(rows, c, start, _is_one_word) and not _is_mostly(rows, c, start, _is_letter)
    ]
    fathers = [c for c in words if _is_mostly(rows, c, start, _is_patronymic)]
    if not fathers:
        return dict(zip(words, (Field.LAST_NAME, Field.FIRST_NAME), strict=False))
    at = words.index(fathers[0])
    if at >= 2:  # noqa: PLR2004 - «Фамилия, Имя, Отчество»
        return {
            words[at - 2]: Field.LAST_NAME,
            words[at - 1]: Field.FIRST_NAME,
            words[at]: Field.PATRONYMIC,
        }
    after = dict(zip(words[at:], (Field.PATRONYMIC, Field.LAST_NAME), strict=False))
    return after | ({words[at - 1]: Field.FIRST_NAME} if at else {})


def _grades_by_content(rows: Grid, free: list[int], start: int) -> dict[int, Field]:
    for column in free:
        if not _is_mostly(rows, column, start, _is_grade):
            continue
        if column + 1 in free and _is_mostly(rows, column + 1, start, _is_letter):
            return {column: Field.GRADE, column + 1: Field.LETTER}
        return {column: Field.GROUP}
    return {}


def group_of_title(row: Row) -> str | None:
    """Return the class that a title or a heading between the rows speaks of."""
    line = " ".join(filled for cell in row if (filled := text_of(cell)))
    return group_heading(line) or group_in_title(line)
