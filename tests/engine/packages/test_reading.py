"""Typed cells of csv: what is written is read again, and nothing else is taken for it."""

import csv
import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nastavnik.engine.packages.reading import cell_reader, read_table
from nastavnik.engine.packages.schema import ColumnType, PackageField, TableSchema
from nastavnik.engine.packages.writing import cell_of, write_table

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**50), 2**50) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
VALUES = {
    ColumnType.STRING: TEXTS,
    ColumnType.INTEGER: st.integers(-(10**17), 10**17),
    ColumnType.NUMBER: st.floats(allow_nan=False, allow_infinity=False),
    ColumnType.BOOLEAN: st.booleans(),
    ColumnType.DATE: st.dates(),
    ColumnType.DATETIME: st.datetimes(timezones=st.just(dt.UTC)),
    ColumnType.ARRAY: st.lists(PLAIN, max_size=4),
    ColumnType.OBJECT: st.dictionaries(TEXTS, PLAIN, max_size=4),
}
TABLE = TableSchema("t", tuple(PackageField(kind.value, kind) for kind in ColumnType))
ROWS = st.lists(st.tuples(*(st.none() | VALUES[kind] for kind in ColumnType)), max_size=6)


@given(ROWS)
def test_what_is_written_is_read_again(rows):
    read = read_table(TABLE, write_table(TABLE.header, rows))
    assert read.faults == []
    # an empty text is an empty cell, and a row of empty cells is no row
    known = [[None if value == "" else value for value in row] for row in rows]
    assert [[row[name] for name in TABLE.header] for row in read.rows] == [
        row for row in known if any(cell_of(value) for value in row)
    ]


@given(
    st.sampled_from([kind for kind in ColumnType if kind != ColumnType.STRING]),
    st.text(max_size=12),
)
def test_a_cell_is_of_its_type_or_a_fault_and_never_a_crash(kind, text):
    try:
        value = cell_reader(PackageField("x", kind))(text)
    except ValueError:
        return
    expected = {
        ColumnType.INTEGER: int, ColumnType.NUMBER: float, ColumnType.BOOLEAN: bool, ColumnType.DATE: dt.date,
        ColumnType.DATETIME: dt.datetime, ColumnType.ARRAY: list, ColumnType.OBJECT: dict,
    }  # fmt: skip
    assert value is None or type(value) is expected[kind]


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_told(data):
    read = read_table(TABLE, data)
    assert all(fault.reason and fault.line >= 0 for fault in read.faults)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (ColumnType.DATE, "20260901"), (ColumnType.DATE, "2026-9-1"), (ColumnType.DATE, "2026-02-30"),
        (ColumnType.DATE, "2026-W01-1"), (ColumnType.DATETIME, "2026-09-01T09:00:00"), (ColumnType.INTEGER, "1.0"),
        (ColumnType.INTEGER, "１２"), (ColumnType.INTEGER, "1_000"), (ColumnType.NUMBER, "nan"), (ColumnType.NUMBER, "1e999"),
        (ColumnType.NUMBER, "1,5"), (ColumnType.BOOLEAN, "да"), (ColumnType.ARRAY, "{}"), (ColumnType.OBJECT, "[]"),
        (ColumnType.ARRAY, '["\\u0000"]'), (ColumnType.ARRAY, '["\\ud800"]'), (ColumnType.ARRAY, "[NaN]"),
        (ColumnType.ARRAY, "[" * 100_000), (ColumnType.OBJECT, json.dumps({"a": 1})[:-1]),
    ],
)  # fmt: skip
def test_what_only_looks_like_it_is_a_fault(kind, text):
    with pytest.raises(ValueError, match=r"\."):
        cell_reader(PackageField("x", kind))(text)


def test_bounds_and_members_are_kept():
    number = cell_reader(PackageField("x", ColumnType.INTEGER, least=0, most=10))
    assert (number("0"), number("10"), number("")) == (0, 10, None)
    for text in ("-1", "11"):
        with pytest.raises(ValueError, match=r"10|0"):
            number(text)
    code = cell_reader(PackageField("x", members=("a", "b"), required=True))
    assert code("a") == "a"
    for text in ("", "c", "A"):
        with pytest.raises(ValueError, match=r"Пусто|не из списка"):
            code(text)


def test_semicolons_of_a_russian_spreadsheet_are_read():
    table = TableSchema("t", (PackageField("a"), PackageField("b")))
    assert read_table(table, "\ufeffa;b\r\n1,5;x\r\n".encode()).rows[0].values == {
        "a": "1,5",
        "b": "x",
    }


def test_long_cells_of_a_package_let_no_long_cell_into_a_list():
    usual = csv.field_size_limit()
    long = b"string\n" + b"a" * (usual + 1) + b"\n"
    (row,) = read_table(TableSchema("t", (PackageField("string", ColumnType.STRING),)), long).rows
    assert "a" * (usual + 1) in str(row)
    assert csv.field_size_limit() == usual
