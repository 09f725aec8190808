"""Lists in: bytes to drafts, drafts to people, people to what loading them would do.

The only place of the app that calls the readers and the engine of tables; no database here.
"""

import datetime as dt
import itertools
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nastavnik.core.text import fold, plain
from nastavnik.engine.tables.cells import Cell, Kind, Marks, letter_of, text_of
from nastavnik.engine.tables.groups import LAST_GRADE
from nastavnik.engine.tables.layout import (
    Field,
    SheetLayout,
    group_of_title,
    guess_kind,
    guess_layout,
    header_text,
)
from nastavnik.engine.tables.names import gender_of
from nastavnik.engine.tables.parts import parts_of
from nastavnik.engine.tables.persons import waiting_of
from nastavnik.engine.tables.reading import (
    Answers,
    Doubt,
    PersonRow,
    RowError,
    SkippedRow,
    WaitingRow,
)
from nastavnik.engine.tables.roster import Roster, read_roster, roster_json
from nastavnik.people.choices import Gender, RosterKind, kind_said
from nastavnik.people.models import Person, RosterImport
from nastavnik.people.queries import Known
from nastavnik.readers.bounded import read_bounded
from nastavnik.readers.sheets import MOST_BYTES, ReaderError, Sheet

__all__ = [
    "LAST_GRADE",
    "MOST_BYTES",
    "Answers",
    "Doubt",
    "Field",
    "FieldChange",
    "FoundList",
    "PersonRow",
    "ReaderError",
    "Roster",
    "RosterComparison",
    "RowError",
    "RowOutcome",
    "RowVerdict",
    "SheetLayout",
    "SkippedRow",
    "Understanding",
    "WaitingRow",
    "answers_of",
    "compare",
    "gender_of",
    "lists_in",
    "lists_json",
    "lists_people",
    "read_list",
    "read_sheet",
    "restored",
    "rows_to_correct",
    "rows_to_keep",
    "shown_columns",
    "stored",
    "top_rows",
    "understand",
]

Rows = Sequence[Sequence[Cell]]
StoredCell = str | int | float | dict[str, str] | None
Leave = Callable[[PersonRow, str], None]


# --- a list on its way ------------------------------------------------------------------


@dataclass(frozen=True)
class Understanding:
    """How one sheet is read: guessed first, then as the curator changed it.

    Attributes:
        kind: pupils or staff.
        layout: the header and the meaning of each column.
        group: the class of pupils for whom the sheet names none; from the name of the sheet.
        sheet: the name of the sheet.
        place: where on the sheet the list stands; "" where it is the only one.
        marks: what is struck out or hidden.
    """

    kind: RosterKind
    layout: SheetLayout
    group: str = ""
    sheet: str = ""
    place: str = ""
    marks: Marks = field(default_factory=Marks)

    @property
    def columns(self) -> dict[str, Any]:
        """Return what `RosterImport.columns` keeps."""
        return {
            "fields": {str(column): str(field) for column, field in self.layout.columns.items()},
            "n_header_rows": self.layout.n_header_rows,
            "group": self.group,
            "sheet": self.sheet,
            "place": self.place,
            "marks": {
                "struck": sorted(self.marks.struck),
                "partly_struck": sorted(self.marks.partly_struck),
                "hidden": sorted(self.marks.hidden),
                "is_1904": self.marks.is_1904,
            },
        }

    @classmethod
    def of(cls, draft: RosterImport) -> "Understanding":
        """Return how a draft is understood now."""
        kept = draft.columns
        fields = {int(column): Field(field) for column, field in kept["fields"].items()}
        layout = SheetLayout(draft.header_row, fields, kept["n_header_rows"])
        # a draft of an older version has no place and no marks
        return cls(
            RosterKind(draft.kind),
            layout,
            kept["group"],
            kept["sheet"],
            kept.get("place", ""),
            _marks_of(kept.get("marks", {})),
        )


def _marks_of(kept: Mapping[str, Any]) -> Marks:
    return Marks(
        struck=frozenset((row, column) for row, column in kept.get("struck", ())),
        partly_struck=frozenset((row, column) for row, column in kept.get("partly_struck", ())),
        hidden=frozenset(kept.get("hidden", ())),
        is_1904=kept.get("is_1904", False),
    )


def answers_of(draft: RosterImport) -> Answers:
    """Return what was said about the rows of a draft that waited."""
    corrected = {
        int(row): {Field(name): str(text) for name, text in values.items()}
        for row, values in draft.answers.get("corrected", {}).items()
    }
    return Answers(frozenset(draft.answers.get("taken", ())), corrected)


@dataclass(frozen=True)
class FoundList:
    """One list of a sheet and how it is understood."""

    rows: Rows
    found: Understanding


def read_list(
    *,
    file_name: str,
    data: bytes | None = None,
    text: str = "",
    look: Callable[[], None] | None = None,
) -> tuple[Sheet, ...]:
    """Read the sheets of a file or the one of a pasted table, in a process with an end; not inside a transaction.

    What `look` raises meanwhile ends it.

    Raises:
        ReaderError: it cannot be read; says why and what to do.
    """
    if data is None:
        pasted: Sheet = read_bounded("pasted", text.encode(), "", look=look)
        return (pasted,)
    sheets: tuple[Sheet, ...] = read_bounded("sheets", data, file_name, look=look)
    return sheets


def lists_in(sheet: Sheet, *, kind: RosterKind | None = None) -> list[FoundList]:
    """Part a sheet into its lists and guess how each is to be read."""
    found = []
    for part in parts_of(sheet.rows):
        understood = understand(part.rows, kind=kind, sheet=sheet.name)
        found.append(FoundList(part.rows, replace(understood, place=part.place, marks=sheet.marks)))
    return found


def understand(rows: Rows, *, kind: RosterKind | None = None, sheet: str = "") -> Understanding:
    """Guess how a sheet is to be read; who is in the list may be known already."""
    guessed: Kind = "pupils" if kind is RosterKind.PUPILS else "staff"
    if kind is None:
        guessed = guess_kind(rows)
    group = "" if fold(sheet).startswith(("лист", "sheet")) else group_of_title([sheet])
    return Understanding(RosterKind(guessed), guess_layout(rows, kind=guessed), group or "", sheet)


def read_sheet(
    rows: Rows, found: Understanding, *, today: dt.date, answers: Answers | None = None
) -> Roster:
    """Read the people of a sheet."""
    return read_roster(
        rows,
        found.layout,
        kind=_kind_of(found),
        today=today,
        group=found.group,
        title=found.sheet,
        marks=found.marks,
        answers=answers,
    )


def _kind_of(found: Understanding) -> Kind:
    return "pupils" if found.kind is RosterKind.PUPILS else "staff"


def lists_json(lists: Sequence[tuple[Understanding, Roster]]) -> dict[str, Any]:
    """Return the lists of one sheet as `import-people --json` prints them.

    The columns are those of the list with most people; people, errors and doubts are of all.
    """
    found, first = max(lists, key=lambda pair: len(pair[1].people))
    every = [roster_json(roster, kind=_kind_of(one)) for one, roster in lists]
    whole = roster_json(first, kind=_kind_of(found))
    for key in ("people", "errors", "doubts"):
        whole[key] = [row for one in every for row in one[key]]
    whole["lists"] = [
        {
            "kind": said["kind"],
            "place": one.place,
            "header_row": said["header_row"],
            "columns": said["columns"],
            "n_people": len(said["people"]),
        }
        for (one, _roster), said in zip(lists, every, strict=True)
    ]
    return whole


def lists_people(rows: Rows, found: Understanding, *, today: dt.date) -> bool:
    """Tell a list from another sheet, such as rules of filling in: it has a header or people."""
    if found.layout.header_row is not None:
        return True
    roster = read_sheet(rows, found, today=today)
    return bool(roster.people or roster.doubts)


@dataclass(frozen=True)
class ShownColumn:
    """A column as the curator checks it: its letter in Excel, its header and a few of its values."""

    letter: str
    header: str
    examples: tuple[str, ...]


def shown_columns(rows: Rows, found: Understanding, n_columns: int) -> list[ShownColumn]:
    """Return the first columns with up to three values from below the header."""
    start = 0 if found.layout.header_row is None else found.layout.header_row + 1
    shown = []
    for column in range(n_columns):
        below = (text_of(row[column]) for row in rows[start:] if column < len(row))
        examples = tuple(itertools.islice((text for text in below if text), 3))
        letter = letter_of(column)
        shown.append(ShownColumn(letter, header_text(rows, found.layout, column), examples))
    return shown


def top_rows(rows: Rows, found: Understanding, n_columns: int) -> list[tuple[int, list[str]]]:
    """Return the first rows of the list with their numbers: five, or down to the third below the header."""
    first = next((index for index, row in enumerate(rows) if any(map(text_of, row))), 0)
    n_rows = min(max(first + 5, (found.layout.header_row or 0) + 4), first + 15)
    return [
        (number, [text_of(row[c]) if c < len(row) else "" for c in range(n_columns)])
        for number, row in enumerate(rows[first:n_rows], first + 1)
    ]


def rows_to_correct(rows: Rows, found: Understanding, numbers: Iterable[int]) -> list[int]:
    """Return the rows (from 1) a file of corrections needs: the top of the sheet and the named rows.

    Headings of classes stand with the rows below them, else these would lose their class.
    """
    layout = found.layout
    top = 0 if layout.header_row is None else layout.header_row + 1
    wanted, chosen = set(numbers), list(range(1, top + 1))
    heading: int | None = None
    for number, row in enumerate(rows[top:], top + 1):
        if number in wanted:
            chosen += [number] if heading is None else [heading, number]
            heading = None
        elif len({text for cell in row if (text := text_of(cell))}) == 1 and group_of_title(row):
            heading = number
    return chosen


def rows_to_keep(rows: Rows, found: Understanding, numbers: Iterable[int]) -> Rows:
    """Return what is kept of a list that is loaded: the rows that wait, where they stood, and only what is read of them.

    A column nobody uses (СНИЛС, a telephone) goes, and so does every row that is in the roster now. A line that only
    names the class stays as it is.
    """
    wanted = set(rows_to_correct(rows, found, chosen)) if (chosen := set(numbers)) else set()
    used = {column for column, field in found.layout.columns.items() if field is not Field.IGNORE}
    last = max(wanted, default=0)
    return [
        _used_cells(row, used) if number in wanted else []
        for number, row in enumerate(rows[:last], 1)
    ]


def _used_cells(row: Sequence[Cell], used: set[int]) -> list[Cell]:
    if len({text for cell in row if (text := text_of(cell))}) == 1 and group_of_title(row):
        return list(row)
    return [cell if column in used else None for column, cell in enumerate(row)]


# --- cells in JSON ----------------------------------------------------------------------


def stored(rows: Rows) -> list[list[StoredCell]]:
    """Return a grid for a JSON field; a date carries its type, so nothing is lost."""
    return [[_stored_cell(cell) for cell in row] for row in rows]


def _stored_cell(cell: Cell) -> StoredCell:
    if isinstance(cell, dt.datetime):
        return {"moment": cell.isoformat()}
    if isinstance(cell, dt.date):
        return {"date": cell.isoformat()}
    if isinstance(cell, str):
        return plain(cell)
    if isinstance(cell, float) and not math.isfinite(cell):
        return str(cell)
    return cell


def restored(rows: list[list[StoredCell]]) -> list[list[Cell]]:
    """Return the grid that `stored` was given."""
    return [[_restored_cell(cell) for cell in row] for row in rows]


def _restored_cell(cell: StoredCell) -> Cell:
    if not isinstance(cell, dict):
        return cell
    if "moment" in cell:
        return dt.datetime.fromisoformat(cell["moment"])
    return dt.date.fromisoformat(cell["date"])


# --- a list beside the roster -----------------------------------------------------------


class RowVerdict(StrEnum):
    """What loading a row does."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


_LABELS = {
    "patronymic": gettext_lazy("patronymic"),
    "birth_date": gettext_lazy("birth date"),
    "position": gettext_lazy("position"),
    "subject": gettext_lazy("subject"),
    "gender": gettext_lazy("gender in papers"),
    "left_on": gettext_lazy("left on"),
    "group": gettext_lazy("class"),
}


@dataclass(frozen=True)
class FieldChange:
    """A field of a card, or the class, that loading changes."""

    field: str
    old: str | dt.date | None
    new: str | dt.date | None

    @property
    def label(self) -> str:
        """Return the name of the field in the user's language."""
        return str(_LABELS[self.field])

    @property
    def old_text(self) -> str:
        """Return what stands on the card, "" for nothing."""
        return text_of(self.old)

    @property
    def new_text(self) -> str:
        """Return what the list says, "" for nothing."""
        return str(Gender(str(self.new)).label) if self.field == "gender" else text_of(self.new)


@dataclass(frozen=True)
class RowOutcome:
    """What loading one row does; `known` is the person of the roster, None for a new one."""

    row: PersonRow
    verdict: RowVerdict
    known: Known | None = None
    changes: tuple[FieldChange, ...] = ()


@dataclass(frozen=True)
class RosterComparison:
    """A whole list beside the roster.

    Attributes:
        outcomes: rows that will be loaded, in their order.
        errors: rows that wait for a correction, with reasons, in their order.
        doubts: rows that wait for an answer, in their order.
        waiting: what the rows that wait say so far, by row.
    """

    outcomes: tuple[RowOutcome, ...]
    errors: tuple[RowError, ...]
    doubts: tuple[Doubt, ...] = ()
    waiting: Mapping[int, WaitingRow] = field(default_factory=dict)

    def count(self, verdict: RowVerdict) -> int:
        """Return the number of rows with an outcome."""
        return sum(outcome.verdict is verdict for outcome in self.outcomes)

    @property
    def n_waiting(self) -> int:
        """Return the number of rows left out; one row may have several reasons."""
        return len({reason.row for reason in (*self.errors, *self.doubts)})

    @property
    def n_changing(self) -> int:
        """Return the number of rows that change the roster."""
        return self.count(RowVerdict.NEW) + self.count(RowVerdict.CHANGED)

    @property
    def reasons(self) -> list[RowError]:
        """Return why rows are left out, questions like errors, in the order of the rows."""
        asked = (RowError(doubt.row, doubt.column, doubt.reason) for doubt in self.doubts)
        return sorted([*self.errors, *asked], key=lambda error: error.row)


# how surely a row names a person of the roster
_STRANGER, _UNCLEAR, _BY_BIRTH_DATE, _BY_NAME, _EXACT = range(5)


def compare(roster: Roster, known: Iterable[Known], *, kind: RosterKind) -> RosterComparison:
    """Match the rows of a list to the people of the roster and say what loading would do.

    A row names a person when the folded names agree (ё as е) and the birth dates agree or one is unknown; a missing
    patronymic is made up for by equal birth dates. Anything less sure is an error, never a guess.
    """
    people: dict[tuple[str, str], list[Known]] = defaultdict(list)
    for one in known:
        people[_who_is_named(one.person, kind)].append(one)
    header = roster.columns.get(Field.FULL_NAME) or roster.columns.get(Field.LAST_NAME, "")
    errors: dict[int, RowError] = {}
    waiting = dict(roster.waiting)

    def leave(row: PersonRow, reason: str) -> None:
        waiting.setdefault(row.row, waiting_of(row))
        errors.setdefault(row.row, RowError(row.row, header, reason))

    rows = [row for row in roster.people if not _left_as_long(row, leave)]
    found = _matched(rows, people, kind, leave)
    _leave_repeated(found, leave)
    outcomes = tuple(_outcome(row, match, kind) for row, match in found if row.row not in errors)
    every = sorted([*roster.errors, *errors.values()], key=lambda error: error.row)
    return RosterComparison(outcomes, tuple(every), roster.doubts, waiting)


def _short_key(name: Person | PersonRow) -> str:
    return fold(f"{name.last_name} {name.first_name}")


def _who_is_named(name: Person | PersonRow, kind: RosterKind) -> tuple[str, str]:
    """Return by what a list finds a card: in one of grown-ups a parent is not the teacher of the same name."""
    if kind is RosterKind.PUPILS:
        return "", _short_key(name)
    who = name.kind if isinstance(name, Person) else kind_said(name.position).value
    return who, _short_key(name)


_LONGEST = {
    "last_name": 100,
    "first_name": 100,
    "patronymic": 100,
    "position": 200,
    "subject": 200,
    "group": 30,
}


def _left_as_long(row: PersonRow, leave: Leave) -> bool:
    for name, most in _LONGEST.items():
        if len(getattr(row, name)) > most:
            text = getattr(row, name)[:30]
            leave(
                row,
                _("“%(text)s…” is longer than %(n)s characters: shorten it.")
                % {"text": text, "n": most},
            )
            return True
    return False


def _sureness(row: PersonRow, person: Person) -> int:
    ours, theirs = fold(person.patronymic), fold(row.patronymic)
    dates_known = person.birth_date is not None and row.birth_date is not None
    if ours != theirs and ours and theirs:
        return _STRANGER
    if dates_known and person.birth_date != row.birth_date:
        return _STRANGER
    if ours == theirs:
        return _EXACT if dates_known else _BY_NAME
    return _BY_BIRTH_DATE if dates_known else _UNCLEAR


def _matched(
    rows: list[PersonRow],
    people: Mapping[tuple[str, str], list[Known]],
    kind: RosterKind,
    leave: Leave,
) -> list[tuple[PersonRow, Known | None]]:
    """Pair rows with people; two rows may not claim one person, the surer claim wins."""
    pairs: list[tuple[PersonRow, Known | None]] = []
    claims: dict[int, list[tuple[int, PersonRow]]] = defaultdict(list)
    for row in rows:
        fits = [
            (_sureness(row, one.person), one) for one in people.get(_who_is_named(row, kind), [])
        ]
        most = max((sureness for sureness, _one in fits), default=_STRANGER)
        best = [one for sureness, one in fits if sureness == most]
        if most == _STRANGER:
            pairs.append((row, None))
        elif len(best) > 1 or most == _UNCLEAR:
            leave(row, _unclear(len(best)))
        else:
            pairs.append((row, best[0]))
            claims[best[0].person.pk].append((most, row))
    for claimed in claims.values():
        _leave_rivals(claimed, leave)
    return pairs


def _leave_rivals(claimed: list[tuple[int, PersonRow]], leave: Leave) -> None:
    if len(claimed) == 1:
        return
    most = max(sureness for sureness, _row in claimed)
    surest = [row for sureness, row in claimed if sureness == most]
    winner = surest[0] if len(surest) == 1 else None
    numbers = ", ".join(str(row.row) for _sureness, row in claimed)
    for _its_sureness, row in claimed:
        if row is not winner:
            leave(
                row,
                _("Rows %(rows)s name one person of the roster: leave one of them.")
                % {"rows": numbers},
            )


def _unclear(n_people: int) -> str:
    if n_people > 1:
        return _(
            "Several people of this name are on the roster and it is not clear which one this is. Write the birth date "
            "and the patronymic here and on their cards."
        )
    return _(
        "A person of this name is on the roster, but without patronymic and birth date nobody can tell whether it is the "
        "same one. Complete this row or the card."
    )


def _leave_repeated(found: list[tuple[PersonRow, Known | None]], leave: Leave) -> None:
    """Set aside the second of two new rows that name one person."""
    seen: dict[str, list[PersonRow]] = defaultdict(list)
    for row, match in found:
        if match is not None:
            continue
        key = fold(f"{row.last_name} {row.first_name} {row.patronymic}")
        for other in seen[key]:
            if row.birth_date == other.birth_date or not (row.birth_date and other.birth_date):
                leave(
                    row,
                    _("Row %(row)s names the same person: leave one of them.") % {"row": other.row},
                )
                break
        else:
            seen[key].append(row)


def _outcome(row: PersonRow, known: Known | None, kind: RosterKind) -> RowOutcome:
    if known is None:
        return RowOutcome(row, RowVerdict.NEW)
    changes = tuple(_changes(row, known, kind))
    return RowOutcome(row, RowVerdict.CHANGED if changes else RowVerdict.SAME, known, changes)


def _changes(row: PersonRow, known: Known, kind: RosterKind) -> Iterable[FieldChange]:
    """Say what the list knows better than the card; what the list leaves blank stays."""
    person = known.person
    if row.patronymic and not person.patronymic:
        yield FieldChange("patronymic", "", row.patronymic)
    if row.birth_date and not person.birth_date:
        yield FieldChange("birth_date", None, row.birth_date)
    for name in ("position", "subject"):
        if getattr(row, name) and getattr(row, name) != getattr(person, name):
            yield FieldChange(name, getattr(person, name), getattr(row, name))
    if row.gender and not person.gender:
        yield FieldChange("gender", "", row.gender)
    if person.left_on is not None:
        yield FieldChange("left_on", person.left_on, None)
    if kind is RosterKind.PUPILS and row.group != known.group:
        yield FieldChange("group", known.group, row.group)
