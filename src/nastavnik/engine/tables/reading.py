"""What is known while a list is read, and what comes of each of its rows."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from nastavnik.engine.tables.cells import Cell, Grid, Kind, Marks, Row, value_of
from nastavnik.engine.tables.dateorder import DateOrder, order_of
from nastavnik.engine.tables.dates import date_inside
from nastavnik.engine.tables.departed import NoteColumn, note_column
from nastavnik.engine.tables.layout import Field, SheetLayout, header_text


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
    gender: str = ""

    @property
    def full_name(self) -> str:
        """Return the name in one line."""
        return f"{self.last_name} {self.first_name} {self.patronymic}".strip()


@dataclass(frozen=True)
class WaitingRow:
    """What a row that waits says so far: values as read or, where they cannot be, as written."""

    row: int
    last_name: str = ""
    first_name: str = ""
    patronymic: str = ""
    birth_date: str = ""
    group: str = ""
    position: str = ""
    subject: str = ""


@dataclass(frozen=True)
class Reason:
    """Why a row waits: the header of the column (or "") and a Russian sentence."""

    row: int
    column: str
    reason: str


@dataclass(frozen=True)
class RowError(Reason):
    """Why a row could not be taken."""


@dataclass(frozen=True)
class Doubt(Reason):
    """A question about a row that could be taken; it waits until somebody answers."""

    name: str = ""


@dataclass(frozen=True)
class SkippedRow:
    """A row that is no person: a title, a heading, a total, a signature."""

    row: int
    text: str
    reason: str


@dataclass(frozen=True)
class Answers:
    """What somebody said about the rows that wait.

    Attributes:
        taken: Rows to be taken in spite of a question.
        corrected: Row → what its cells should say, by field.
    """

    taken: frozenset[int] = frozenset()
    corrected: Mapping[int, Mapping[Field, str]] = field(default_factory=dict)


@dataclass
class ListReading:
    """A list, how it is read, and what has been read so far.

    `departed` and `others` are the heading above the row that is read, of those who left or of the other kind of people.
    """

    rows: Grid
    layout: SheetLayout
    kind: Kind
    today: dt.date
    group: str = ""
    departed: str = ""
    others: str = ""
    marks: Marks = field(default_factory=Marks)
    answers: Answers = field(default_factory=Answers)
    people: list[PersonRow] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    skipped: list[SkippedRow] = field(default_factory=list)
    waiting: dict[int, WaitingRow] = field(default_factory=dict)

    def cell(self, row: Row, wanted: Field) -> Cell:
        """Return the cell of a field, None where the list has no such column."""
        column = self.layout.column_of(wanted)
        return row[column] if column is not None and column < len(row) else None

    def value(self, row: Row, wanted: Field) -> str:
        """Return the clean text of a field."""
        return value_of(self.cell(row, wanted))

    def header(self, *wanted: Field) -> str:
        """Return the header of the first of the fields that has one."""
        for one in wanted:
            column = self.layout.column_of(one)
            if column is not None and (found := header_text(self.rows, self.layout, column)):
                return found
        return ""

    @property
    def name_header(self) -> str:
        """Return the header of the names."""
        return self.header(Field.FULL_NAME, Field.LAST_NAME)

    @cached_property
    def order(self) -> DateOrder:
        """Return what the dates of the list prove about the order of day and month."""
        return order_of(self._dates())

    def _dates(self) -> Iterator[Cell]:
        top = -1 if self.layout.header_row is None else self.layout.header_row
        for row in self.rows[top + 1 :]:
            cell = self.cell(row, Field.BIRTH_DATE)
            yield cell if cell is not None else date_inside(self.value(row, Field.FULL_NAME))[1]

    @cached_property
    def notes(self) -> tuple[NoteColumn, ...]:
        """Return the columns in which a sign of leaving may stand."""
        spoken = (Field.IGNORE, Field.POSITION, Field.SUBJECT, Field.GROUP)
        width = max((len(row) for row in self.rows), default=0)
        found = (
            note_column(column, header_text(self.rows, self.layout, column))
            for column in range(width)
            if self.layout.columns.get(column, Field.IGNORE) in spoken
        )
        return tuple(note for note in found if note is not None)

    @cached_property
    def form_column(self) -> int | None:
        """Return the column that names the form of mentoring, as official bases have it."""
        width = max((len(row) for row in self.rows), default=0)
        for column in range(width):
            if "форма наставнич" in header_text(self.rows, self.layout, column).lower():
                return column
        return None
