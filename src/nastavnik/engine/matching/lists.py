"""Two tables and a few lines of rules into people for the pairing: for anyone, without the site.

Columns stand in any order and are known by their headings, in Russian or English. Only the name is needed;
what has no column is taken as open: every form that fits the two kinds, one place, no wishes.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nastavnik.engine.matching.candidates import FormRule
from nastavnik.engine.matching.phrases import fold_phrase, phrases_of
from nastavnik.engine.tables.cells import Cell, Grid, Row, text_of, value_of
from nastavnik.engine.tables.groups import parse_group

#: Meaning of a column → the headings it goes by, folded.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "last_name": ("фамилия", "last name", "surname"),
    "first_name": ("имя", "first name"),
    "patronymic": ("отчество", "patronymic"),
    "name": ("фио", "ф и о", "фамилия имя", "фамилия имя отчество", "участник", "name", "full name"),
    "kind": ("кто", "вид", "роль", "kind", "role"),
    "group": ("класс", "группа", "класс группа", "class", "group", "grade"),
    "age": ("возраст", "лет", "полных лет", "age"),
    "subject": ("предмет", "дисциплина", "subject"),
    "forms": ("форма", "формы", "форма наставничества", "формы наставничества", "form", "forms"),
    "areas": (
        "запрос", "область", "области", "нужна помощь", "в чём нужна помощь", "чем может помочь", "компетенции",
        "навыки", "темы", "areas", "competences", "skills", "request",
    ),
    "interests": ("интересы", "увлечения", "хобби", "interests", "hobbies"),
    "capacity": (
        "мест", "места", "сколько наставляемых", "число наставляемых", "количество наставляемых", "capacity", "places",
    ),
    "slots": (
        "время", "удобное время", "когда может", "когда удобно", "расписание", "свободное время", "time", "times",
        "schedule", "when", "free time",
    ),
    "venues": (
        "где", "место встреч", "место встречи", "где встречаться", "где удобно", "формат", "формат встреч", "where",
        "venue", "venues", "meeting place",
    ),
    "languages": ("язык", "языки", "язык общения", "языки общения", "language", "languages"),
    "family": ("семья", "family", "household"),
    "organisation": ("организация", "школа", "organisation", "organization", "school"),
}  # fmt: skip

#: What a list calls a kind of person → the engine's word.
KINDS: Mapping[str, str] = {
    "ученик": "pupil", "ученица": "pupil", "школьник": "pupil", "обучающийся": "pupil", "pupil": "pupil",
    "студент": "student", "студентка": "student", "student": "student",
    "учитель": "teacher", "педагог": "teacher", "преподаватель": "teacher", "teacher": "teacher",
    "работодатель": "employer", "специалист предприятия": "employer", "employer": "employer",
    "выпускник": "alumnus", "выпускница": "alumnus", "alumnus": "alumnus",
    "родитель": "parent", "parent": "parent",
    "ветеран": "veteran", "ветеран педагогического труда": "veteran", "veteran": "veteran",
    "волонтёр": "volunteer", "волонтер": "volunteer", "volunteer": "volunteer",
    "сотрудник иро": "institute", "institute": "institute",
}  # fmt: skip

#: Who has this language in common with somebody has it with everybody.
EVERYBODY_SPEAKS = frozenset({"русский", "русский язык", "russian", "ru", "rus"})

_BETWEEN = re.compile(r"[;,/\n\r\v]")
_CLASS_AFTER = re.compile(r" \([^()]*\)$")
_HEADER_WITHIN = 15  # rows of titles there may be above the headings
_MOST_PLACES = 100


class ListProblemError(ValueError):
    """A table cannot be read; the message says which row, what and what to do, in Russian."""


@dataclass(frozen=True, slots=True)
class _Table:
    title: str
    columns: Mapping[str, int]
    rows: tuple[tuple[int, Row], ...]  # the number as Excel shows it, the cells

    def value(self, row: Row, wanted: str) -> str:
        place = self.columns.get(wanted)
        return value_of(row[place]) if place is not None and place < len(row) else ""

    def values(self, row: Row, wanted: str) -> list[str]:
        """Return what a cell lists, in one line or with a line for each, as Alt+Enter makes them in Excel."""
        if not self.value(row, wanted):
            return []
        cell = row[self.columns[wanted]]
        parts = _BETWEEN.split(cell) if isinstance(cell, str) else [cell]
        return [value for part in parts if (value := value_of(part))]

    def things(self, row: Row, wanted: str) -> list[str]:
        """Return what a cell lists in whatever way people write lists, folded to be compared."""
        if not self.value(row, wanted):
            return []
        cell = row[self.columns[wanted]]
        return sorted(phrases_of(cell if isinstance(cell, str) else value_of(cell)))


def read_people(rows: Grid, *, title: str, is_mentors: bool) -> list[dict[str, Any]]:
    """Read a table of mentors or of mentees.

    Args:
        rows: the cells, as a reader gives them.
        title: how the table is called in messages, for instance the name of its file.
        is_mentors: mentors have ``competences`` and ``capacity``, mentees ``areas``.

    Returns:
        One object a person with the fields of `Mentor` or `Mentee`, ``key`` being the name (and the class where two
        have one name), without ``forms`` where the table names none.

    Raises:
        ListProblemError: no column of names, a cell that says nothing, two people that cannot be told apart.
    """
    table = _table(rows, title)
    people = [_person(table, number, row, is_mentors=is_mentors) for number, row in table.rows]
    if not people:
        raise ListProblemError(f"{title}: под заголовками нет ни одной строки с именем.")
    _tell_apart(people, table)
    return people


def with_forms(
    people: Iterable[dict[str, Any]], forms: Iterable[FormRule], *, is_mentors: bool
) -> list[dict[str, Any]]:
    """Give those who name no form all that fit their kind."""
    listed = list(forms)
    filled = []
    for person in people:
        fitting = [
            form.code
            for form in listed
            if person["kind"] in (form.mentor_kinds if is_mentors else form.mentee_kinds)
        ]
        filled.append({"forms": fitting, **person})
    return filled


def refuse_unknown_forms(
    people: Iterable[Mapping[str, Any]], forms: Iterable[str], *, title: str
) -> None:
    """Refuse a form that the rules do not have: whoever named it would silently be paired with nobody.

    Raises:
        ListProblemError: names the person, the form and those there are.
    """
    known = list(forms)
    for person in people:
        for code in person.get("forms", ()):
            if code not in known:
                raise ListProblemError(
                    f"{title}: у «{person['key']}» форма «{code}» незнакома. Есть: {', '.join(known)}."
                )


def tell_sides_apart(mentors: list[dict[str, Any]], mentees: list[dict[str, Any]]) -> None:
    """Add the class to the names of a mentor and a mentee of one name who are in different classes.

    One name in both lists is otherwise one person, who is never paired with oneself.
    """
    by_name = {fold_phrase(person["key"]): person for person in mentors}
    for mentee in mentees:
        mentor = by_name.get(fold_phrase(mentee["key"]))
        if mentor and mentor["group"] and mentee["group"] and mentor["group"] != mentee["group"]:
            for person in (mentor, mentee):
                person["key"] += f" ({person['group']})"


def read_pairs(
    rows: Grid, *, title: str, mentors: Iterable[str], mentees: Iterable[str]
) -> dict[str, str]:
    """Read pairs that stay together: mentee key → mentor key.

    Raises:
        ListProblemError: the columns «Наставник» and «Наставляемый» are not there, or a name is in neither list.
    """
    known = {"mentor": _by_name(mentors), "mentee": _by_name(mentees)}
    headings = {"mentor": ("наставник", "mentor"), "mentee": ("наставляемый", "mentee")}
    table = _found(rows, headings, title, needed=lambda columns: len(columns) == len(headings))
    if table is None:
        raise ListProblemError(f"{title}: нужны два столбца, «Наставник» и «Наставляемый».")
    kept: dict[str, str] = {}
    for number, row in table.rows:
        names = {side: table.value(row, side) for side in headings}
        if not any(names.values()):
            continue
        for side, name in names.items():
            if len(known[side].get(fold_phrase(name), ())) != 1:
                where = f"{title}, строка {number}"
                raise ListProblemError(
                    _not_one(name, side, known[side].get(fold_phrase(name), ()), where)
                )
        (mentee,), (mentor,) = (
            known[side][fold_phrase(names[side])] for side in ("mentee", "mentor")
        )
        if mentee in kept:
            raise ListProblemError(
                f"{title}, строка {number}: у «{mentee}» второй наставник. Оставьте одну строку."
            )
        kept[mentee] = mentor
    return kept


def _by_name(keys: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return who goes by each name, with the class that tells namesakes apart and without."""
    found: dict[str, tuple[str, ...]] = {}
    for key in keys:
        for name in {fold_phrase(key), fold_phrase(_CLASS_AFTER.sub("", key))}:
            found[name] = (*found.get(name, ()), key)
    return found


def _not_one(name: str, side: str, found: Sequence[str], where: str) -> str:
    whom = "наставников" if side == "mentor" else "наставляемых"
    if not name:
        whose = "наставника" if side == "mentor" else "наставляемого"
        return f"{where}: нет имени {whose}. Впишите его или удалите строку."
    if found:
        names = ", ".join(f"«{key}»" for key in found)
        return f"{where}: «{name}» в списке {whom} не один: {names}. Допишите класс."
    return f"{where}: «{name}» нет в списке {whom}. Напишите имя так же, как там."


def _table(rows: Grid, title: str) -> _Table:
    found = _found(
        rows, HEADINGS, title, needed=lambda columns: "name" in columns or "last_name" in columns
    )
    if found is None:
        raise ListProblemError(
            f"{title}: не нашлось строки с заголовками. Назовите столбец с именами «ФИО»."
        )
    return found


def _found(
    rows: Grid,
    headings: Mapping[str, Sequence[str]],
    title: str,
    *,
    needed: Callable[[Mapping[str, int]], bool],
) -> _Table | None:
    meaning = {fold_phrase(word): field for field, words in headings.items() for word in words}
    for place, row in enumerate(rows[:_HEADER_WITHIN]):
        columns: dict[str, int] = {}
        for number, cell in enumerate(row):
            if (field := meaning.get(fold_phrase(text_of(cell)))) and field not in columns:
                columns[field] = number
        if needed(columns):
            below = tuple(enumerate(rows[place + 1 :], start=place + 2))
            return _Table(title, columns, tuple(one for one in below if any(map(_filled, one[1]))))
    return None


def _filled(cell: Cell) -> bool:
    return bool(value_of(cell))


def _person(table: _Table, number: int, row: Row, *, is_mentors: bool) -> dict[str, Any]:
    where = f"{table.title}, строка {number}"
    name = table.value(row, "name") or " ".join(
        filter(None, (table.value(row, part) for part in ("last_name", "first_name", "patronymic")))
    )
    if not name:
        raise ListProblemError(f"{where}: нет имени. Впишите его или удалите строку.")
    group = _group(table.value(row, "group"), where)
    person: dict[str, Any] = {
        "key": name,
        "kind": _kind(table.value(row, "kind"), group, where),
        "group": group,
        "grade": int(found[0]) if group and (found := re.match(r"\d+", group)) else None,
        "age": _whole(table.value(row, "age"), f"{where}: возраст"),
        "subject": fold_phrase(table.value(row, "subject")),
        "interests": table.things(row, "interests"),
        "slots": _words(table.values(row, "slots")),
        "venues": table.things(row, "venues"),
        "languages": [
            word for word in table.things(row, "languages") if word not in EVERYBODY_SPEAKS
        ],
        "family": fold_phrase(table.value(row, "family")),
        "organisation": fold_phrase(table.value(row, "organisation")),
        "competences" if is_mentors else "areas": table.things(row, "areas"),
    }
    if codes := table.values(row, "forms"):
        person["forms"] = codes
    if is_mentors:
        places = _whole(table.value(row, "capacity"), f"{where}: число мест")
        person["capacity"] = 1 if places is None else places
    return person


def _kind(word: str, group: str | None, where: str) -> str:
    if not word:
        return "pupil" if group else "teacher"
    kind = KINDS.get(fold_phrase(word))
    if kind is None:
        raise ListProblemError(
            f"{where}: «{word}» — не понимаю, кто это. Подходит: ученик, студент, учитель, работодатель, выпускник."
        )
    return kind


def _group(word: str, where: str) -> str | None:
    if not word:
        return None
    group = parse_group(word)
    if group is None:
        raise ListProblemError(f"{where}: «{word}» не похоже на класс. Напишите, например, 5А.")
    return group


def _whole(word: str, where: str) -> int | None:
    if not word:
        return None
    if not re.fullmatch(r"\d{1,3}", word) or int(word) > _MOST_PLACES:
        raise ListProblemError(f"{where} «{word}» — нужно целое число до {_MOST_PLACES}.")
    return int(word)


def _words(listed: Iterable[str]) -> list[str]:
    return sorted({folded for word in listed if (folded := fold_phrase(word))})


def _tell_apart(people: list[dict[str, Any]], table: _Table) -> None:
    """Add the class to the names that occur twice."""
    seen: dict[str, list[int]] = {}
    for place, person in enumerate(people):
        seen.setdefault(fold_phrase(person["key"]), []).append(place)
    for places in seen.values():
        if len(places) == 1:
            continue
        groups = [people[place]["group"] for place in places]
        if None in groups or len(set(groups)) < len(groups):
            rows = ", ".join(str(table.rows[place][0]) for place in places)
            raise ListProblemError(
                f"{table.title}, строки {rows}: «{people[places[0]]['key']}» повторяется. Допишите класс или отчество, "
                "чтобы их различать."
            )
        for place in places:
            people[place]["key"] += f" ({people[place]['group']})"
