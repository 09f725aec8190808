"""A list of pupils or staff: every row becomes a person, an error or a row set aside."""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nastavnik.engine.tables.cells import Grid, Kind, Marks, Row, letter_of, text_of
from nastavnik.engine.tables.departed import is_leaving_heading
from nastavnik.engine.tables.groups import group_heading
from nastavnik.engine.tables.layout import (
    BIRTH_PARTS,
    Field,
    SheetLayout,
    bare_name,
    group_of_title,
    header_text,
    names_fields,
    reads_as_role,
    speaks_of_others,
    unread_names,
)
from nastavnik.engine.tables.names import is_patronymic
from nastavnik.engine.tables.persons import read_person, waiting_of
from nastavnik.engine.tables.reading import (
    Answers,
    Doubt,
    ListReading,
    PersonRow,
    RowError,
    SkippedRow,
    WaitingRow,
)


@dataclass(frozen=True)
class Roster:
    """A list as read.

    Attributes:
        header_row: 0-based index of the last header line, None without a header.
        columns: Field → header of its column as written.
        people: Rows taken.
        errors: Rows not taken, with reasons; a row may have several.
        skipped: Rows set aside as no people.
        doubts: Rows that could be taken but wait for an answer; a row may have several.
        waiting: Row → what it says so far, for each row with an error or a doubt.
        questions: What is uncertain about the sheet and not about a row of it.
    """

    header_row: int | None
    columns: Mapping[Field, str]
    people: tuple[PersonRow, ...]
    errors: tuple[RowError, ...]
    skipped: tuple[SkippedRow, ...]
    doubts: tuple[Doubt, ...] = ()
    waiting: Mapping[int, WaitingRow] = field(default_factory=dict)
    questions: tuple[Doubt, ...] = ()


_TOTAL = re.compile(
    r"(всего|итого?|мальчиков|девочек|юношей|девушек|количество|кол-во|из них|в том числе|"
    r"в т\.\s?ч|на начало|на конец|по списку|(вы|при|у)было(?=\W*\d))(?![а-яё])",
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
    *BIRTH_PARTS,
)


def read_roster(
    rows: Grid,
    layout: SheetLayout,
    *,
    kind: Kind,
    today: dt.date,
    group: str = "",
    title: str = "",
    marks: Marks | None = None,
    answers: Answers | None = None,
) -> Roster:
    """Read the people of a list.

    Every row that is not empty ends among the people, the errors, the doubts or the rows set aside.

    Args:
        rows: The sheet.
        layout: Its header and columns, guessed or set by hand.
        kind: Pupils need a class and a date of birth, staff do not.
        today: The day against which ages are judged.
        group: The class of pupils for whom neither a cell nor a heading names one.
        title: What stands over the whole sheet, such as its name.
        marks: What is struck out or hidden.
        answers: What somebody said about rows that waited.
    """
    reading = ListReading(
        rows,
        layout,
        kind,
        today,
        group,
        departed=title if is_leaving_heading(title) else "",
        marks=marks or Marks(),
        answers=answers or Answers(),
    )
    for index, row in enumerate(rows):
        if not any(text_of(cell) for cell in row):
            continue
        if layout.header_row is not None and index <= layout.header_row:
            _read_top(reading, index, row)
        elif reason := _why_no_person(reading, row):
            _set_aside(reading, index, row, reason)
        else:
            read_person(reading, index + 1, row)
    _leave_repeated(reading)
    return Roster(
        layout.header_row,
        _columns(reading),
        tuple(reading.people),
        tuple(reading.errors),
        tuple(reading.skipped),
        tuple(sorted(reading.doubts, key=lambda doubt: doubt.row)),
        reading.waiting,
        tuple(_questions(reading)),
    )


def roster_json(roster: Roster, *, kind: Kind) -> dict[str, Any]:
    """Return the list as `import-people --json` prints it; rows count from 1."""
    header = roster.header_row
    return {
        "kind": kind,
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
                "gender": person.gender,
            }
            for person in roster.people
        ],
        "errors": [
            {"row": error.row, "column": error.column, "reason": error.reason}
            for error in roster.errors
        ],
        "doubts": [
            {"row": doubt.row, "column": doubt.column, "reason": doubt.reason, "name": doubt.name}
            for doubt in (*roster.questions, *roster.doubts)
        ],
    }


def _columns(reading: ListReading) -> dict[Field, str]:
    unused = {Field.NUMBER, Field.IGNORE}
    return {
        found: header_text(reading.rows, reading.layout, column)
        for column, found in sorted(reading.layout.columns.items())
        if found not in unused
    }


def _line(row: Row) -> str:
    return " ".join(text for cell in row if (text := text_of(cell)))


def _set_aside(reading: ListReading, index: int, row: Row, reason: str) -> None:
    reading.skipped.append(SkippedRow(index + 1, _line(row)[:200], reason))


def _read_top(reading: ListReading, index: int, row: Row) -> None:
    """Set aside a title or a line of the header, keeping the class the title speaks of."""
    last = reading.layout.header_row
    assert last is not None  # noqa: S101 - the caller has compared with it
    if index > last - reading.layout.n_header_rows:
        _set_aside(reading, index, row, "Шапка таблицы.")
        return
    if found := _group_of(reading, row):
        reading.group = found
    if is_leaving_heading(_line(row)):
        reading.departed = _line(row)
    _set_aside(reading, index, row, "Заголовок над таблицей.")


def _group_of(reading: ListReading, row: Row) -> str | None:
    found = group_of_title(row)
    return found if reading.kind == "pupils" else None


# --- rows that are no people ------------------------------------------------------------


def _why_no_person(reading: ListReading, row: Row) -> str:
    """Return why a row is no person, or "" for one; headings of classes are remembered."""
    texts = [text for cell in row if (text := text_of(cell))]
    lettered = [text for text in texts if _LETTERS.search(text)]
    name = _name_text(reading, row)
    if _is_header_again(reading, row, texts):
        return "Повтор шапки."
    if lettered and _TOTAL.match(lettered[0]):
        return "Итоги, не человек."
    if _is_signature(texts, name) or _signs_in_number(reading, row):
        return "Подпись или примечание, не человек."
    if not lettered and (_are_column_numbers(texts) or not _has_data(reading, row)):
        return "В строке нет ФИО."
    return _why_heading(reading, row, texts, name)


def _are_column_numbers(texts: list[str]) -> bool:
    """Tell the line «1 2 3 4» that official forms print under their header."""
    return len(texts) > 1 and texts == [str(n) for n in range(1, len(texts) + 1)]


def _why_heading(reading: ListReading, row: Row, texts: list[str], name: str) -> str:
    if not _is_lone(reading, row, texts, name):
        return "" if name or _has_data(reading, row) else "В строке нет ФИО."
    if is_leaving_heading(_line(row)):
        reading.departed = _line(row)
        return "Заголовок выбывших, не человек."
    if found := _heading_class(reading, row):
        reading.group, reading.departed, reading.others = found, "", ""
        return f"Заголовок класса {found}."
    if not (name and _could_be_person(name)):
        reading.departed = ""
        reading.others = _line(row) if speaks_of_others(_line(row), kind=reading.kind) else ""
        return "Заголовок между строками, не человек."
    return ""


def _heading_class(reading: ListReading, row: Row) -> str | None:
    line = _line(row)
    if group_heading(line) or re.search(r"\d", line):
        return _group_of(reading, row)
    return None


def _is_header_again(reading: ListReading, row: Row, texts: list[str]) -> bool:
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


def _signs_in_number(reading: ListReading, row: Row) -> bool:
    """Tell a signature that begins where the numbers of the rows stand: «Директор | Иванов И.И.»."""
    column = reading.layout.column_of(Field.NUMBER)
    return (
        column is not None
        and column < len(row)
        and bool(_SIGNATURE.match(text_of(row[column])))
        and not any(reading.value(row, one) for one in (Field.BIRTH_DATE, Field.POSITION))
    )


def _has_patronymic_last(name: str) -> bool:
    words = name.split()
    return len(words) == 3 and is_patronymic(words[2])  # noqa: PLR2004 - a full name


def _is_lone(reading: ListReading, row: Row, texts: list[str], name: str) -> bool:
    """Tell whether the row says one thing only, as headings do."""
    if len(set(texts)) == 1:
        # the only column of a bare list holds people, one a row
        return len(reading.layout.columns) > 1 or not name or not _could_be_person(name)
    return group_heading(_line(row)) is not None


def _could_be_person(name: str) -> bool:
    """Tell a name standing alone in its row from a heading such as «Начальное звено»."""
    name = bare_name(name)
    if _NO_NAME_WORD.search(name) or re.search(r"\d{2}|[:№]", name):
        return False
    words = re.sub(r"^\d+[.)\s]+", "", name).split()
    if len(words) < 2 or reads_as_role(name):  # noqa: PLR2004 - a name has two words
        return False
    if any(is_patronymic(word.strip(".,")) for word in words) or _SON_OR_DAUGHTER.search(name):
        return True
    return all(word[0].isupper() and not word.isupper() for word in words)


def _has_data(reading: ListReading, row: Row) -> bool:
    """Tell whether any column of a person's facts is filled."""
    return any(reading.value(row, one) for one in _FACTS)


def _name_text(reading: ListReading, row: Row) -> str:
    parts = (Field.FULL_NAME, Field.LAST_NAME, Field.FIRST_NAME, Field.PATRONYMIC)
    return " ".join(value for part in parts if (value := reading.value(row, part)))


# --- after the last row -----------------------------------------------------------------


def _leave_repeated(reading: ListReading) -> None:
    """Set aside who stands in the list twice, and ask about who may do so."""
    seen: dict[str, list[PersonRow]] = defaultdict(list)
    for person in reading.people:
        seen[_plain(f"{person.last_name} {person.first_name}")].append(person)
    for people in seen.values():
        for person in people:
            others = [one for one in people if one is not person and _may_be_one(person, one)]
            if others:
                _leave_or_ask(reading, person, others)
    left = {error.row for error in reading.errors} | {doubt.row for doubt in reading.doubts}
    reading.people = [person for person in reading.people if person.row not in left]


def _plain(text: str) -> str:
    return text.lower().replace("ё", "е")


def _may_be_one(one: PersonRow, other: PersonRow) -> bool:
    """Tell whether two rows of one last and first name may name one person."""
    fathers = {_plain(one.patronymic), _plain(other.patronymic)} - {""}
    dates = {one.birth_date, other.birth_date} - {None}
    return len(fathers) < 2 and len(dates) < 2  # noqa: PLR2004 - they do not differ


def _leave_or_ask(reading: ListReading, person: PersonRow, others: list[PersonRow]) -> None:
    header = reading.name_header
    for other in others:
        if other.row < person.row and _is_same(person, other):
            reason = f"Этот человек уже есть в строке {other.row}. Уберите повтор."
            reading.errors.append(RowError(person.row, header, reason))
            reading.waiting[person.row] = waiting_of(person)
            return
    doubtful = [one for one in others if not _is_same(person, one) and _waits(reading, person, one)]
    if doubtful and person.row not in reading.answers.taken:
        reason = f"Похоже, этот же человек записан в строке {doubtful[0].row}. Взять обоих?"
        reading.doubts.append(Doubt(person.row, header, reason, person.full_name))
        reading.waiting[person.row] = waiting_of(person)


def _is_same(one: PersonRow, other: PersonRow) -> bool:
    return (
        _plain(one.patronymic) == _plain(other.patronymic)
        and one.birth_date == other.birth_date
        and one.group == other.group
    )


def _waits(reading: ListReading, one: PersonRow, other: PersonRow) -> bool:
    """Tell which of two rows waits: the one that says less or, where both say as much, the later.

    A pupil in two classes waits in both rows: nobody can tell which is the old one.
    """
    as_much = _plain(one.patronymic) == _plain(other.patronymic)
    if reading.kind == "pupils" and as_much and one.birth_date == other.birth_date:
        return one.group != other.group
    ours = bool(one.patronymic) + bool(one.birth_date)
    theirs = bool(other.patronymic) + bool(other.birth_date)
    return ours < theirs or (ours == theirs and one.row > other.row)


def _questions(reading: ListReading) -> list[Doubt]:
    """Ask about columns of names that are not read."""
    header = reading.layout.header_row
    found = []
    for column in unread_names(reading.rows, reading.layout, kind=reading.kind):
        said = header_text(reading.rows, reading.layout, column)
        letter = letter_of(column)
        words = f"В столбце {letter} («{said}»)" if said else f"В столбце {letter}"
        reason = f"{words} тоже стоят имена, они не прочитаны. Если это ещё один список, загрузите его отдельно."
        found.append(Doubt(1 if header is None else header + 1, said, reason))
    return found
