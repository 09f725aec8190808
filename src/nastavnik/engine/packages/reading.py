"""A csv file of a package → typed rows, and every fault with the line it stands in. Sentences are Russian."""

import csv
import datetime as dt
import io
import json
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nastavnik.engine.packages.schema import ColumnType, PackageField, TableSchema

MOST_CELL = 4_000_000  # characters: the text of a long paper
MOST_ROWS = 500_000
MOST_FAULTS = 10_000  # of one table; who has more is told so
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})")
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")
_TRUE, _FALSE = {"true", "True", "TRUE", "1"}, {"false", "False", "FALSE", "0"}
_SHOWN = 40  # characters of a wrong value


@dataclass(frozen=True, slots=True)
class PackageFault:
    """A reason to refuse the package: in which table, in which line of its file (0: the file as a whole)."""

    table: str
    line: int
    reason: str

    def __str__(self) -> str:
        where = f"{self.table}.csv" + (f", строка {self.line}" if self.line else "")
        return f"{where}: {self.reason}"


@dataclass(slots=True)
class PackageRow:
    """A row as read: its line in the file and its values by column; None where a cell is empty."""

    line: int
    values: dict[str, Any]

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - what the type of the column says
        return self.values.get(name)


@dataclass(slots=True)
class TableRead:
    """A table as read."""

    rows: list[PackageRow] = field(default_factory=list)
    faults: list[PackageFault] = field(default_factory=list)
    ignored: tuple[str, ...] = ()


def read_table(table: TableSchema, data: bytes) -> TableRead:
    """Read the csv of a table: UTF-8 with or without BOM, any ends of lines; columns it has not are ignored and named."""
    found = TableRead()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found.faults.append(
            PackageFault(table.name, line, "Это не UTF-8. Сохраните файл как CSV UTF-8.")
        )
        return found
    # the limit is one for the whole process: the readers of lists have a smaller one
    usual = csv.field_size_limit(MOST_CELL)
    try:
        _read_lines(table, text, found)
    finally:
        csv.field_size_limit(usual)
    return found


def _read_lines(table: TableSchema, text: str, found: TableRead) -> None:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    lines = _lines(reader, table, found)
    header = next(lines, None)
    if header is None:
        return
    columns = _columns(table, header[1], found)
    if columns is not None:
        _read_rows(table, columns, lines, found)


def _delimiter(text: str) -> str:
    """Return what parts the cells: a comma, or where the headings have none the semicolon of a Russian spreadsheet."""
    head = text.partition("\n")[0]
    return ";" if ";" in head and "," not in head else ","


def _lines(reader: Any, table: TableSchema, found: TableRead) -> Iterator[tuple[int, list[str]]]:  # noqa: ANN401 - csv has no public type
    """Yield the line in which each row begins and its cells; blank lines are none."""
    begins = 1
    try:
        for cells in reader:
            if any(cells):
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        found.faults.append(
            PackageFault(
                table.name, begins, f"Строка не читается как CSV ({error}): проверьте кавычки."
            )
        )


def _columns(
    table: TableSchema, header: list[str], found: TableRead
) -> list[PackageField | None] | None:
    """Return the column of each heading, None for those ignored; None where the table cannot be read."""
    known = {one.name: one for one in table.fields}
    names = [name.strip() for name in header]
    twice = sorted({name for name in names if name in known and names.count(name) > 1})
    lacking = [one.name for one in table.fields if one.required and one.name not in names]
    for reason in (
        *(f"Столбец {name} стоит дважды." for name in twice),
        *(f"Нет столбца {name}." for name in lacking),
    ):
        found.faults.append(PackageFault(table.name, 1, reason))
    found.ignored = tuple(name for name in names if name and name not in known)
    return None if twice or lacking else [known.get(name) for name in names]


def _read_rows(
    table: TableSchema,
    columns: Sequence[PackageField | None],
    lines: Iterator[tuple[int, list[str]]],
    found: TableRead,
) -> None:
    readers = [None if one is None else (one.name, cell_reader(one)) for one in columns]
    for line, cells in lines:
        if len(found.rows) >= MOST_ROWS or len(found.faults) >= MOST_FAULTS:
            reason = "Дальше файл не читался: слишком много строк или ошибок."
            found.faults.append(PackageFault(table.name, line, reason))
            return
        if any(cells[len(readers) :]):
            reason = f"В строке {len(cells)} ячеек, а столбцов {len(readers)}."
            found.faults.append(PackageFault(table.name, line, reason))
            continue
        row, is_sound = PackageRow(line, {}), True
        for place, one in enumerate(readers):
            if one is None:
                continue
            name, read = one
            try:
                row.values[name] = read(cells[place] if place < len(cells) else "")
            except ValueError as error:
                found.faults.append(PackageFault(table.name, line, f"{name}: {error}"))
                is_sound = False
        if is_sound:
            found.rows.append(row)


# ---------------------------------------------------------------- cells


def cell_reader(field: PackageField) -> Callable[[str], Any]:
    """Return how a cell of a column is read; it raises `ValueError` with the reason."""
    convert = _READERS[field.type]

    def read(cell: str) -> Any:  # noqa: ANN401 - what the type of the column says
        if not cell or (field.type != ColumnType.STRING and not cell.strip()):
            if field.required:
                raise ValueError("Пусто, а значение нужно.")
            return None
        value = convert(cell if field.type == ColumnType.STRING else cell.strip())
        if field.members and value not in field.members:
            raise ValueError(f"{_shown(cell)} — не из списка: {', '.join(field.members)}.")
        _check_bounds(field, value)
        return value

    return read


def _check_bounds(field: PackageField, value: Any) -> None:  # noqa: ANN401 - as above
    if field.type == ColumnType.STRING:
        if field.most is not None and len(value) > field.most:
            raise ValueError(f"Длиннее {field.most} знаков.")
        return
    if field.least is not None and value < field.least:
        raise ValueError(f"Меньше {field.least}.")
    if field.most is not None and value > field.most:
        raise ValueError(f"Больше {field.most}.")


def _shown(cell: str) -> str:
    return f"«{cell if len(cell) <= _SHOWN else cell[:_SHOWN] + '…'}»"


def _text(cell: str) -> str:
    if "\x00" in cell:
        raise ValueError("В тексте нулевой знак.")
    return cell


def _integer(cell: str) -> int:
    if not _INTEGER.fullmatch(cell):
        raise ValueError(f"{_shown(cell)} — не целое число.")
    return int(cell)


def _number(cell: str) -> float:
    if not _NUMBER.fullmatch(cell) or not math.isfinite(value := float(cell)):
        raise ValueError(f"{_shown(cell)} — не число.")
    return value


def _boolean(cell: str) -> bool:
    if cell in _TRUE:
        return True
    if cell in _FALSE:
        return False
    raise ValueError(f"{_shown(cell)} — не true и не false.")


def _date(cell: str) -> dt.date:
    try:
        if _DATE.fullmatch(cell):
            return dt.date.fromisoformat(cell)
    except ValueError:
        pass
    raise ValueError(f"{_shown(cell)} — не дата вида 2026-09-01.")


def _moment(cell: str) -> dt.datetime:
    try:
        if _MOMENT.fullmatch(cell):
            return dt.datetime.fromisoformat(cell).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        pass
    raise ValueError(f"{_shown(cell)} — не момент вида 2026-09-01T09:00:00Z.")


def _json(kind: type) -> Callable[[str], Any]:
    word = "массив" if kind is list else "объект"

    def read(cell: str) -> Any:  # noqa: ANN401 - whatever JSON holds
        try:
            value = json.loads(cell)
            # what no database keeps: halves of letters and the zero
            plain = json.dumps(value, ensure_ascii=False, allow_nan=False)
            plain.encode()
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, kind) or "\\u0000" in plain:
            raise ValueError(f"{_shown(cell)} — не {word} JSON.")
        return value

    return read


_READERS: dict[ColumnType, Callable[[str], Any]] = {
    ColumnType.STRING: _text,
    ColumnType.INTEGER: _integer,
    ColumnType.NUMBER: _number,
    ColumnType.BOOLEAN: _boolean,
    ColumnType.DATE: _date,
    ColumnType.DATETIME: _moment,
    ColumnType.ARRAY: _json(list),
    ColumnType.OBJECT: _json(dict),
}


# ---------------------------------------------------------------- between the tables


def key_faults(table: TableSchema, rows: Sequence[PackageRow]) -> Iterator[PackageFault]:
    """Yield the rows whose key another row has already."""
    seen: dict[tuple[Any, ...], int] = {}
    for row in rows if table.key else ():
        key = tuple(row[name] for name in table.key)
        if (first := seen.setdefault(key, row.line)) != row.line:
            said = ", ".join(_shown(str(part)) for part in key)
            yield PackageFault(table.name, row.line, f"{said} есть уже в строке {first}.")


def reference_faults(
    table: TableSchema,
    rows: Sequence[PackageRow],
    targets: Mapping[str, Sequence[PackageRow]],
) -> Iterator[PackageFault]:
    """Yield the rows that name a row which is not there; an empty cell names none."""
    for one in table.references:
        others = targets[one.table]
        known = {tuple(row[name] for name in one.to) for row in others}
        for row in rows:
            key = tuple(row[name] for name in one.fields)
            if None not in key and key not in known:
                said = ", ".join(_shown(str(part)) for part in key)
                names = ", ".join(one.fields)
                yield PackageFault(
                    table.name, row.line, f"{names}: {said} нет в таблице {one.table}."
                )
