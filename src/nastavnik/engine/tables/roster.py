"""A list of pupils or staff: every row becomes a person, an error or a row set aside."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nastavnik.engine.tables.cells import Cell, Grid, Kind, Row, text_of, value_of
from nastavnik.engine.tables.dates import DateProblemError, parse_birth_date
from nastavnik.engine.tables.groups import group_heading, join_group, parse_group
from nastavnik.engine.tables.layout import (
    Field,
    Layout,
    group_of_title,
    header_text,
    names_fields,
    reads_as_role,
)
from nastavnik.engine.tables.names import (
    Name,
    NameProblemError,
    is_patronymic,
    join_name,
    split_full_name,
)


@dataclass(frozen=True)
class PersonRow:
    """One person of a list; `row` counts from 1, as Excel shows it."""

    row: int
    last_name: str
    first_name: str
    patronymic: str = ""
    birth_date: dt.date | None = None
    group: str = ""
    position: str = ""
    subject: str = ""


@dataclass(frozen=True)
class RowError:
    """Why a row could not be taken: the header of the column (or "") and a Russian sentence."""

    row: int
    column: str
    reason: str


@dataclass(frozen=True)
class SkippedRow:
    """A row that is no person: a title, a heading, a total, a signature."""

    row: int
    text: str
    reason: str


@dataclass(frozen=True)
class Roster:
    """A list as read.

    Attributes:
        header_row: 0-based index of the last header line, None without a header.
        columns: Field → header of its column as written.
        people: Rows taken.
        errors: Rows not taken, with reasons; a row may have several.
        skipped: Rows set aside as no people.
    """

    header_row: int | None
    columns: Mapping[Field, str]
    people: tuple[PersonRow, ...]
    errors: tuple[RowError, ...]
    skipped: tuple[SkippedRow, ...]


_TOTAL = re.compile(
    r"(всего|итого?|мальчиков|девочек|юношей|девушек|количество|кол-во|из них|в том числе|"
    r"в т\.\s?ч|на начало|на конец|по списку)(?![а-яё])",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(
    r"(и\.?\s?о\.?\s|вр\.?\s?и\.?\s?о\.?\s)?(директор|зам|заместитель|завуч|классный руководитель|"
    r"кл\.\s?рук|секретарь|исполнитель|исп|подпись|дата|ответственн(ый|ая)|м\.?\s?п|составила?|"
    r"верно|утвержда(ю|ем)|согласовано|руководитель|примечани[ея]|приказ|основание|телефон|"
    r"председатель)(?![а-яё])",
    re.IGNORECASE,
)
_RULED_LINE = re.compile(r"_{3,}|\.{6,}|(?<!:)/\s*/")  # «/ /», but not «https://»
_NO_NAME_WORD = re.compile(
    r"(?<!\w)(учител[ьяией]+|класс(а|ы|ов|ах)?|классн\w+|школ(а|ы|е|у)|администраци\w|педагог\w*|"
    r"работник\w*|персонал|отделени\w|объединени\w|кафедр[аы]|список|групп[аы]|состав|мальчики|девочки|"
    r"преподаватели|специалисты|начальн(ые|ых|ая|ое)|основн(ые|ых|ая|ой|ое)|старш(ие|их|ая|ее)|"
    r"средн(ие|их|яя|ее)|звено|совместители|обучающи(е|х)ся|ученики|учащи(е|х)ся|муниципальн\w+|"
    r"учебный|год|сотрудники|цикл\w*|гуманитар\w+|естественн\w+|совет|курс|блок|корпус)(?!\w)",
    re.IGNORECASE,
)
_LETTERS = re.compile("[A-Za-zА-Яа-яЁё]")
_SON_OR_DAUGHTER = re.compile(r"\b(оглы|кызы|оглу|углы|гызы)\b", re.IGNORECASE)

_FACTS = (
    Field.BIRTH_DATE,
    Field.POSITION,
    Field.SUBJECT,
    Field.FIRST_NAME,
    Field.PATRONYMIC,
    Field.GROUP,
    Field.GRADE,
)

_NO_CLASS = "Не указан класс. Впишите его, например 5А."
_NO_BIRTH_DATE = "Нет даты рождения. Впишите её: от возраста зависит, кто подписывает согласие, ученик или родитель."


@dataclass
class _Reading:
    """What has been read so far."""

    rows: Grid
    layout: Layout
    kind: Kind
    today: dt.date
    group: str = ""
    people: list[PersonRow] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    skipped: list[SkippedRow] = field(default_factory=list)
    seen: dict[tuple[object, ...], int] = field(default_factory=dict)

    def cell(self, row: Row, wanted: Field) -> Cell:
        column = self.layout.column_of(wanted)
        return row[column] if column is not None and column < len(row) else None

    def value(self, row: Row, wanted: Field) -> str:
        return value_of(self.cell(row, wanted))

    def header(self, *wanted: Field) -> str:
        for one in wanted:
            column = self.layout.column_of(one)
            if column is not None and (found := header_text(self.rows, self.layout, column)):
                return found
        return ""


def read_roster(
    rows: Grid, layout: Layout, *, kind: Kind, today: dt.date, group: str = ""
) -> Roster:
    """Read the people of a list.

    Every row that is not empty ends among the people, the errors or the rows set aside.

    Args:
        rows: The sheet.
        layout: Its header and columns, guessed or set by hand.
        kind: Pupils need a class and a date of birth, staff do not.
        today: The day against which ages are judged.
        group: The class of pupils for whom neither a cell nor a heading names one.
    """
    reading = _Reading(rows, layout, kind, today, group)
    for index, row in enumerate(rows):
        if not any(text_of(cell) for cell in row):
            continue
        if layout.header_row is not None and index <= layout.header_row:
            _read_top(reading, index, row)
        elif reason := _why_no_person(reading, row):
            _set_aside(reading, index, row, reason)
        else:
            _read_person(reading, index + 1, row)
    return Roster(
        layout.header_row,
        _columns(reading),
        tuple(reading.people),
        tuple(reading.errors),
        tuple(reading.skipped),
    )


def roster_json(roster: Roster) -> dict[str, Any]:
    """Return the list as `import-people --json` prints it; rows count from 1."""
    header = roster.header_row
    return {
        "header_row": None if header is None else header + 1,
        "columns": {str(key): text for key, text in roster.columns.items()},
        "people": [
            {
                "last_name": person.last_name,
                "first_name": person.first_name,
                "patronymic": person.patronymic,
                "birth_date": person.birth_date.isoformat() if person.birth_date else None,
                "group": person.group,
                "position": person.position,
                "subject": person.subject,
            }
            for person in roster.people
        ],
        "errors": [
            {"row": error.row, "column": error.column, "reason": error.reason}
            for error in roster.errors
        ],
    }


def _columns(reading: _Reading) -> dict[Field, str]:
    unused = {Field.NUMBER, Field.IGNORE}
    return {
        found: header_text(reading.rows, reading.layout, column)
        for column, found in sorted(reading.layout.columns.items())
        if found not in unused
    }


def _line(row: Row) -> str:
    return " ".join(text for cell in row if (text := text_of(cell)))


def _set_aside(reading: _Reading, index: int, row: Row, reason: str) -> None:
    reading.skipped.append(SkippedRow(index + 1, _line(row)[:200], reason))


def _read_top(reading: _Reading, index: int, row: Row) -> None:
    """Set aside a title or a line of the header, keeping the class the title speaks of."""
    last = reading.layout.header_row
    assert last is not None  # noqa: S101 - the caller has compared with it
    if index > last - reading.layout.n_header_rows:
        _set_aside(reading, index, row, "Шапка таблицы.")
        return
    if found := _group_of(reading, row):
        reading.group = found
    _set_aside(reading, index, row, "Заголовок над таблицей.")


def _group_of(reading: _Reading, row: Row) -> str | None:
    found = group_of_title(row)
    return found if reading.kind == "pupils" else None


# --- rows that are no people ------------------------------------------------------------


def _why_no_person(reading: _Reading, row: Row) -> str:
    """Return why a row is no person, or "" for one; headings of classes are remembered."""
    texts = [text for cell in row if (text := text_of(cell))]
    lettered = [text for text in texts if _LETTERS.search(text)]
    name = _name_text(reading, row)
    if _is_header_again(reading, row, texts):
        return "Повтор шапки."
    if lettered and _TOTAL.match(lettered[0]):
        return "Итоги, не человек."
    if _is_signature(texts, name):
        return "Подпись или примечание, не человек."
    if not lettered and (_are_column_numbers(texts) or not _has_data(reading, row)):
        return "В строке нет ФИО."
    return _why_heading(reading, row, texts, name)


def _are_column_numbers(texts: list[str]) -> bool:
    """Tell the line «1 2 3 4» that official forms print under their header."""
    return len(texts) > 1 and texts == [str(n) for n in range(1, len(texts) + 1)]


def _why_heading(reading: _Reading, row: Row, texts: list[str], name: str) -> str:
    if not _is_lone(reading, row, texts, name):
        return "" if name or _has_data(reading, row) else "В строке нет ФИО."
    if found := _heading_class(reading, row):
        reading.group = found
        return f"Заголовок класса {found}."
    if not (name and _could_be_person(name)):
        return "Заголовок между строками, не человек."
    return ""


def _heading_class(reading: _Reading, row: Row) -> str | None:
    line = _line(row)
    if group_heading(line) or re.search(r"\d", line):
        return _group_of(reading, row)
    return None


def _is_header_again(reading: _Reading, row: Row, texts: list[str]) -> bool:
    if names_fields(row, kind=reading.kind) > 1:
        return True
    last = reading.layout.header_row
    if last is None:
        return False
    above = [text for cell in reading.rows[last] if (text := text_of(cell))]
    return texts == above


def _is_signature(texts: list[str], name: str) -> bool:
    if any(_RULED_LINE.search(text) for text in texts):
        return True
    if name:
        return bool(_SIGNATURE.match(name)) and not _has_patronymic_last(name)
    return bool(_SIGNATURE.match(texts[0]))


def _has_patronymic_last(name: str) -> bool:
    words = name.split()
    return len(words) == 3 and is_patronymic(words[2])  # noqa: PLR2004 - a full name


def _is_lone(reading: _Reading, row: Row, texts: list[str], name: str) -> bool:
    """Tell whether the row says one thing only, as headings do."""
    if len(set(texts)) == 1:
        # the only column of a bare list holds people, one a row
        return len(reading.layout.columns) > 1 or not name or not _could_be_person(name)
    return group_heading(_line(row)) is not None


def _could_be_person(name: str) -> bool:
    """Tell a name standing alone in its row from a heading such as «Начальное звено»."""
    if _NO_NAME_WORD.search(name) or re.search(r"\d{2}|[:№]", name):
        return False
    words = re.sub(r"^\d+[.)\s]+", "", name).split()
    if len(words) < 2 or reads_as_role(name):  # noqa: PLR2004 - a name has two words
        return False
    if any(is_patronymic(word.strip(".,")) for word in words) or _SON_OR_DAUGHTER.search(name):
        return True
    return all(word[0].isupper() and not word.isupper() for word in words)


def _has_data(reading: _Reading, row: Row) -> bool:
    """Tell whether any column of a person's facts is filled."""
    return any(reading.value(row, one) for one in _FACTS)


def _name_text(reading: _Reading, row: Row) -> str:
    parts = (Field.FULL_NAME, Field.LAST_NAME, Field.FIRST_NAME, Field.PATRONYMIC)
    return " ".join(value for part in parts if (value := reading.value(row, part)))


# --- people -----------------------------------------------------------------------------


def _read_person(reading: _Reading, number: int, row: Row) -> None:
    errors: list[RowError] = []
    name = _read_name(reading, number, row, errors)
    birth_date = _read_birth_date(reading, number, row, errors)
    group = _read_group(reading, number, row, errors)
    if name is None or errors:
        reading.errors.extend(errors)
        return
    person = PersonRow(
        number,
        name.last,
        name.first,
        name.patronymic,
        birth_date,
        group,
        reading.value(row, Field.POSITION),
        reading.value(row, Field.SUBJECT),
    )
    key = _key(person)
    if (first := reading.seen.setdefault(key, number)) != number:
        reason = f"Этот человек уже есть в строке {first}. Уберите повтор."
        reading.errors.append(RowError(number, _name_header(reading), reason))
        return
    reading.people.append(person)


def _key(person: PersonRow) -> tuple[object, ...]:
    parts = (person.last_name, person.first_name, person.patronymic)
    plain = tuple(part.lower().replace("ё", "е") for part in parts)
    return (*plain, person.birth_date, person.group)


def _name_header(reading: _Reading) -> str:
    return reading.header(Field.FULL_NAME, Field.LAST_NAME)


def _read_name(reading: _Reading, number: int, row: Row, errors: list[RowError]) -> Name | None:
    full = reading.value(row, Field.FULL_NAME)
    last = reading.value(row, Field.LAST_NAME)
    first = reading.value(row, Field.FIRST_NAME)
    patronymic = reading.value(row, Field.PATRONYMIC)
    try:
        if last or first:
            return join_name(last, first, patronymic)
        return split_full_name(f"{full} {patronymic}")
    except NameProblemError as problem:
        errors.append(RowError(number, _name_header(reading), str(problem)))
        return None


def _read_birth_date(
    reading: _Reading, number: int, row: Row, errors: list[RowError]
) -> dt.date | None:
    header = reading.header(Field.BIRTH_DATE)
    if not reading.value(row, Field.BIRTH_DATE):
        if reading.kind == "pupils":
            errors.append(RowError(number, header, _NO_BIRTH_DATE))
        return None
    cell = reading.cell(row, Field.BIRTH_DATE)
    try:
        return parse_birth_date(cell, kind=reading.kind, today=reading.today)
    except DateProblemError as problem:
        errors.append(RowError(number, header, str(problem)))
        return None


def _read_group(reading: _Reading, number: int, row: Row, errors: list[RowError]) -> str:
    cell = reading.cell(row, Field.GROUP)
    grade, letter = reading.cell(row, Field.GRADE), reading.cell(row, Field.LETTER)
    written = f"{value_of(grade)} {value_of(letter)}".strip() or value_of(cell)
    if reading.kind == "staff":
        return parse_group(cell) or written
    if not written:
        if not reading.group:
            errors.append(RowError(number, _group_header(reading), _NO_CLASS))
        return reading.group
    found = join_group(grade, letter) if value_of(grade) or value_of(letter) else parse_group(cell)
    if found is None:
        reason = f"Класс «{written[:40]}» не читается. Запишите его так: 5А, для группы так: ИС-21."
        errors.append(RowError(number, _group_header(reading), reason))
        return ""
    return found


def _group_header(reading: _Reading) -> str:
    return reading.header(Field.GROUP, Field.GRADE, Field.LETTER)
