"""One row of a list into a person, an error with a reason or a question."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from nastavnik.engine.tables.cells import Cell, Row, text_of, value_of
from nastavnik.engine.tables.dates import (
    DateProblemError,
    date_inside,
    full_years,
    parse_birth_date,
)
from nastavnik.engine.tables.departed import leaving_word, sign_in
from nastavnik.engine.tables.groups import join_group, parse_group, part_class
from nastavnik.engine.tables.layout import BIRTH_PARTS, Field
from nastavnik.engine.tables.names import (
    Name,
    NameProblemError,
    gender_of,
    gender_of_word,
    is_first_before_last,
    is_in_brackets,
    join_name,
    split_full_name,
)
from nastavnik.engine.tables.reading import Doubt, ListReading, PersonRow, RowError, WaitingRow

_NO_CLASS = "Не указан класс. Впишите его, например 5А."
_NO_BIRTH_DATE = "Нет даты рождения. Впишите её: от возраста зависит, кто подписывает согласие, ученик или родитель."
_IN_CASES = (Field.FULL_NAME, Field.GRADE, Field.LETTER, *BIRTH_PARTS)


@dataclass
class _Finding:
    """What one row says: its cells by field, as corrected, and what was found wrong or doubtful."""

    reading: ListReading
    number: int
    row: Row
    cells: dict[Field, Cell]
    errors: list[RowError] = field(default_factory=list)
    doubts: list[tuple[str, str]] = field(default_factory=list)
    is_month_first: bool = False

    def value(self, wanted: Field) -> str:
        return value_of(self.cells.get(wanted))

    def refuse(self, column: str, reason: str) -> None:
        self.errors.append(RowError(self.number, column, reason))


def read_person(reading: ListReading, number: int, row: Row) -> None:
    """Read a row (from 1) into the people, the errors or the questions."""
    cells = {one: reading.cell(row, one) for one in reading.layout.columns.values()}
    corrected = reading.answers.corrected.get(number)
    finding = _Finding(reading, number, row, cells)
    if corrected is None:
        _part_name_cell(finding)
    else:
        _correct(cells, corrected)
    name = _read_name(finding)
    birth_date = _read_birth_date(finding)
    group = _read_group(finding)
    _ask_if_left(finding)
    _ask_if_of_others(finding, birth_date, group)
    gender = _read_gender(finding, name)
    if name is None or finding.errors:
        reading.errors.extend(finding.errors)
        said = finding.value(Field.FULL_NAME) or finding.value(Field.LAST_NAME)
        _wait(finding, name, birth_date, group, said)
        return
    person = PersonRow(
        number,
        name.last,
        name.first,
        name.patronymic,
        birth_date,
        group,
        finding.value(Field.POSITION),
        finding.value(Field.SUBJECT),
        gender,
    )
    if not finding.doubts or number in reading.answers.taken:
        reading.people.append(person)
    else:
        _wait(finding, name, birth_date, group, person.full_name)


def _correct(cells: dict[Field, Cell], corrected: Mapping[Field, str]) -> None:
    for one in _IN_CASES:
        cells.pop(one, None)
    cells.update(corrected)


def waiting_of(person: PersonRow) -> WaitingRow:
    """Return a person as a row that waits."""
    return WaitingRow(
        person.row,
        person.last_name,
        person.first_name,
        person.patronymic,
        text_of(person.birth_date),
        person.group,
        person.position,
        person.subject,
    )


def _wait(
    finding: _Finding, name: Name | None, birth_date: dt.date | None, group: str, said: str
) -> None:
    """Keep what the row says and what is asked of it; an answer given stays given."""
    if finding.number not in finding.reading.answers.taken:
        for column, reason in finding.doubts:
            finding.reading.doubts.append(Doubt(finding.number, column, reason, said))
    parts = (
        (
            finding.value(Field.LAST_NAME),
            finding.value(Field.FIRST_NAME),
            finding.value(Field.PATRONYMIC),
        )
        if name is None
        else (name.last, name.first, name.patronymic)
    )
    last, first, patronymic = parts
    grade_and_letter = f"{finding.value(Field.GRADE)}{finding.value(Field.LETTER)}"
    finding.reading.waiting[finding.number] = WaitingRow(
        finding.number,
        last or finding.value(Field.FULL_NAME),
        first,
        patronymic,
        text_of(birth_date) or text_of(_birth_cell(finding)),
        group or finding.value(Field.GROUP) or grade_and_letter,
        finding.value(Field.POSITION),
        finding.value(Field.SUBJECT),
    )


# --- the name ---------------------------------------------------------------------------


def _part_name_cell(finding: _Finding) -> None:
    """Take a note of leaving, a birth date and a class out of the cell of the name."""
    where = Field.FULL_NAME if finding.value(Field.FULL_NAME) else Field.LAST_NAME
    line = finding.value(where)
    if word := leaving_word(line):
        header = finding.reading.header(where)
        finding.doubts.append((header, _LEFT.format(f"в ячейке написано «{word}»")))
        kept = line[: line.find(word)].rstrip(" ([,;.–—-")
        line = kept if len(kept.split()) > 1 else line
    if re.search(r"\d", line):
        line = _without_date(finding, line, finding.reading.header(where))
        line = _without_class(finding, line)
    if line != finding.value(where):
        finding.cells[where] = line


def _without_date(finding: _Finding, line: str, header: str) -> str:
    rest, date = date_inside(line)
    if not date:
        return line
    if finding.value(Field.BIRTH_DATE):
        finding.doubts.append(
            (header, f"Рядом с именем ещё одна дата: {date}. Взята дата из столбца.")
        )
    else:
        finding.cells[Field.BIRTH_DATE] = date
    return rest


def _without_class(finding: _Finding, line: str) -> str:
    rest, group = part_class(line)
    if group and not (finding.value(Field.GROUP) or finding.value(Field.GRADE)):
        finding.cells[Field.GROUP] = group
    return rest


def _read_name(finding: _Finding) -> Name | None:
    last, first = finding.value(Field.LAST_NAME), finding.value(Field.FIRST_NAME)
    full, patronymic = finding.value(Field.FULL_NAME), finding.value(Field.PATRONYMIC)
    reading = finding.reading
    try:
        if last or first:
            name = join_name(last, first, patronymic)
        else:
            turned = is_first_before_last(reading.header(Field.FULL_NAME))
            name = split_full_name(f"{full} {patronymic}", first_before_last=turned)
    except NameProblemError as problem:
        finding.refuse(reading.name_header, str(problem))
        return None
    if name.doubt:
        finding.doubts.append((reading.name_header, name.doubt))
    return name


def _read_gender(finding: _Finding, name: Name | None) -> str:
    """Return what the column says, asking where the patronymic says another thing."""
    said = gender_of_word(finding.value(Field.GENDER))
    shown = gender_of(name.patronymic) if name else ""
    if said and shown and said != shown and name:
        word = finding.value(Field.GENDER)
        reason = f"Пол «{word}», а отчество «{name.patronymic}»: проверьте, что верно."
        finding.doubts.append((finding.reading.header(Field.GENDER), reason))
        return ""
    return said


# --- birth date and class ---------------------------------------------------------------


def _birth_cell(finding: _Finding) -> Cell:
    """Return the cell of the birth date, put together where it stands in three columns."""
    parts = [finding.value(one) for one in BIRTH_PARTS]
    if Field.BIRTH_DATE in finding.cells and (finding.value(Field.BIRTH_DATE) or not all(parts)):
        return finding.cells[Field.BIRTH_DATE]
    day, month, year = parts
    sign = "." if month.isdecimal() else " "
    return sign.join((day, month.rstrip("."), year)) if any(parts) else None


def _read_birth_date(finding: _Finding) -> dt.date | None:
    reading = finding.reading
    header = reading.header(Field.BIRTH_DATE, *BIRTH_PARTS)
    if Field.BIRTH_DATE in finding.cells and reading.layout.column_of(Field.BIRTH_DATE) is None:
        header = header or reading.name_header
    cell = _birth_cell(finding)
    if not value_of(cell):
        if reading.kind == "pupils":
            finding.refuse(header, _NO_BIRTH_DATE)
        return None
    is_corrected = finding.number in reading.answers.corrected
    order = reading.order
    try:
        found = parse_birth_date(
            cell,
            kind=reading.kind,
            today=reading.today,
            is_month_first=not is_corrected and order.reads_month_first(cell),
            is_1904=reading.marks.is_1904,
        )
    except DateProblemError as problem:
        finding.refuse(header, str(problem))
        return None
    if not is_corrected and order.is_open(cell):
        finding.doubts.append(
            (header, _OPEN_DATE.format(text_of(cell), found.day, _MONTHS[found.month - 1]))
        )
    return found


_MONTHS = (
    "января", "февраля", "марта", "апреля", "мая", "июня",
    "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip
_OPEN_DATE = (
    "Дата «{}»: по столбцу не видно, что впереди, день или месяц. Прочитано как {} {}. Проверьте."
)


def _read_group(finding: _Finding) -> str:
    reading = finding.reading
    cell = finding.cells.get(Field.GROUP)
    grade, letter = finding.cells.get(Field.GRADE), finding.cells.get(Field.LETTER)
    written = f"{value_of(grade)} {value_of(letter)}".strip() or value_of(cell)
    header = reading.header(Field.GROUP, Field.GRADE, Field.LETTER)
    is_group = "групп" in reading.header(Field.GROUP).lower()
    if reading.kind == "staff":
        return parse_group(cell) or written
    if not written:
        if not reading.group:
            finding.refuse(header, _NO_CLASS)
        return reading.group
    if value_of(grade) or value_of(letter):
        found = join_group(grade, letter)
    else:
        found = parse_group(cell, is_group=is_group)
    if found is None:
        reason = f"Класс «{written[:40]}» не читается. Запишите его так: 5А, для группы так: ИС-21."
        finding.refuse(header, reason)
        return ""
    return found


# --- questions --------------------------------------------------------------------------

_LEFT = "Похоже, человек выбыл: {}. Взять его в список?"


def _ask_if_left(finding: _Finding) -> None:
    reading, number = finding.reading, finding.number
    cells = (
        (note, text_of(finding.row[note.column]))
        for note in reading.notes
        if note.column < len(finding.row)
    )
    header, words = sign_in(cells)
    if words:
        where = f"«{header}»: " if header else ""
        finding.doubts.append((header, _LEFT.format(f"{where}{words[:60]}")))
    if reading.departed:
        finding.doubts.append(
            ("", _LEFT.format(f"строка под заголовком «{reading.departed[:60]}»"))
        )
    for sign in _signs_of_look(reading, number, finding.row):
        finding.doubts.append((reading.name_header, sign))


def _signs_of_look(reading: ListReading, number: int, row: Row) -> list[str]:
    """Return what a line through a cell, brackets and a hidden row say."""
    names = (Field.FULL_NAME, Field.LAST_NAME, Field.FIRST_NAME)
    columns = {c for c, field_ in reading.layout.columns.items() if field_ in names}
    signs = []
    if any((number, column) in reading.marks.struck for column in columns):
        signs.append(_LEFT.format("имя зачёркнуто"))
    if any((number, column) in reading.marks.partly_struck for column in columns):
        signs.append("В ячейке часть зачёркнута: прочитано только то, что осталось. Проверьте.")
    if number in reading.marks.hidden:
        signs.append("Строка в файле скрыта (вручную или фильтром). Взять её в список?")
    name = " ".join(value for one in names if (value := reading.value(row, one)))
    if is_in_brackets(name):
        signs.append(_LEFT.format("имя в скобках"))
    return signs


def _ask_if_of_others(finding: _Finding, birth_date: dt.date | None, group: str) -> None:
    """Ask where a pupil stands among staff or a grown-up among pupils."""
    reading = finding.reading
    listed = "список учеников" if reading.kind == "pupils" else "список сотрудников"
    if reading.others:
        reason = (
            f"Строка стоит под заголовком «{reading.others[:60]}», а читается {listed}. Взять её?"
        )
        finding.doubts.append(("", reason))
    if reading.kind == "staff":
        _ask_if_pupil(finding)
    elif birth_date and _SCHOOL_CLASS.fullmatch(group):
        age = full_years(birth_date, reading.today)
        if age > _OLDEST_AT_SCHOOL:
            header = reading.header(Field.BIRTH_DATE, *BIRTH_PARTS)
            finding.doubts.append(
                (header, f"Полных лет: {age}. Для класса {group} это много. Взять?")
            )


# a twelfth class is of an evening school, where anybody may learn
_SCHOOL_CLASS = re.compile(r"(\d|1[01])[А-ЯЁ]{0,3}")
_OLDEST_AT_SCHOOL = 21


def _ask_if_pupil(finding: _Finding) -> None:
    """Ask of a mentor whom the form of mentoring shows to be a pupil."""
    column = finding.reading.form_column
    if column is None or column >= len(finding.row):
        return
    form = text_of(finding.row[column])
    if re.match(r"(ученик|студент|обучающ)", form, re.IGNORECASE):
        header = text_of(finding.reading.header(Field.FULL_NAME, Field.LAST_NAME))
        reason = (
            f"Форма «{form[:40]}»: похоже, это ученик, а список читается как список сотрудников."
        )
        finding.doubts.append((header, reason))
