"""What the tables of a package are: fields, types, references, and `datapackage.json` of them.

The description is a Frictionless Data Package, version 1: `tabular-data-resource`, one table schema each.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class ColumnType(StrEnum):
    """The types of a table schema that are used."""

    STRING = "string"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    ARRAY = "array"
    OBJECT = "object"


@dataclass(frozen=True, slots=True)
class PackageField:
    """A column.

    Attributes:
        name: its heading.
        type: how a cell is read.
        title: what it is called for people.
        required: whether a cell may not be empty.
        most: the length of a text, or the largest number; None: no bound.
        least: the smallest number.
        members: the values that may stand there; empty: any.
    """

    name: str
    type: ColumnType = ColumnType.STRING
    title: str = ""
    required: bool = False
    most: int | None = None
    least: int | None = None
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableReference:
    """Columns of this table name a row of another by its columns."""

    fields: tuple[str, ...]
    table: str
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableSchema:
    """A table of the package; `key` names a row, and no two rows share one."""

    name: str
    fields: tuple[PackageField, ...]
    title: str = ""
    key: tuple[str, ...] = ()
    references: tuple[TableReference, ...] = ()

    @property
    def header(self) -> list[str]:
        """Return the names of the columns."""
        return [field.name for field in self.fields]


def descriptor(
    tables: Iterable[TableSchema], *, name: str, title: str, description: str, created: str
) -> dict[str, Any]:
    """Return `datapackage.json` of some tables, each kept as NAME.csv; `created` is an ISO moment."""
    return {
        "profile": "tabular-data-package",
        "name": name,
        "title": title,
        "description": description,
        "created": created,
        "resources": [_resource(table) for table in tables],
    }


def _resource(table: TableSchema) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [_field(field) for field in table.fields],
        "missingValues": [""],
    }
    if table.key:
        schema["primaryKey"] = list(table.key)
    if table.references:
        schema["foreignKeys"] = [_reference(one, table.name) for one in table.references]
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": f"{table.name}.csv",
        "title": table.title,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema,
    }


def _field(field: PackageField) -> dict[str, Any]:
    constraints: dict[str, Any] = {}
    if field.required:
        constraints["required"] = True
    if field.most is not None:
        constraints["maxLength" if field.type == ColumnType.STRING else "maximum"] = field.most
    if field.least is not None:
        constraints["minimum"] = field.least
    if field.members:
        constraints["enum"] = list(field.members)
    said: dict[str, Any] = {"name": field.name, "type": field.type.value}
    if field.title:
        said["title"] = field.title
    return said | ({"constraints": constraints} if constraints else {})


def _reference(one: TableReference, own: str) -> Mapping[str, Any]:
    # the standard writes a reference within a table as one to the empty name
    resource = "" if one.table == own else one.table
    return {
        "fields": list(one.fields),
        "reference": {"resource": resource, "fields": list(one.to)},
    }
