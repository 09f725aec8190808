"""The tables of a package, typed and joined, with all that is wrong with them."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from nastavnik.core.dates import today
from nastavnik.core.text import fold
from nastavnik.documents import paper_kinds
from nastavnik.documents.rendering import blocks_of
from nastavnik.engine.packages import rules
from nastavnik.engine.packages.reading import (
    MOST_FAULTS,
    PackageFault,
    PackageRow,
    TableRead,
    key_faults,
    read_table,
    reference_faults,
)
from nastavnik.engine.packages.rules import KnownCodes
from nastavnik.interchange.adapter.asking import asking_faults
from nastavnik.interchange.catalogues import SHEETS, PackageSheet, details_table, tables
from nastavnik.organisations.choices import OrganisationKind
from nastavnik.people.choices import PersonKind
from nastavnik.programmes import catalogues as lists
from nastavnik.programmes.models import MentoringForm


@dataclass(slots=True)
class PackageReading:
    """A package as read.

    Attributes:
        rows: of every table, those of its details joined to them; none of a table that is not there.
        faults: everything that is wrong, in the order of tables and lines.
        ignored: what is in the package and not read: tables, columns as TABLE.COLUMN.
        by_person: whether pairs name people, where the package has no other names.
    """

    rows: dict[str, list[PackageRow]] = field(default_factory=dict)
    faults: list[PackageFault] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    by_person: bool = False


def read_package(files: Mapping[str, bytes]) -> PackageReading:
    """Read the tables of a package and look whether they hold together."""
    found = PackageReading()
    schemas = {table.name: table for _sheet, table in tables()}
    read = {name: read_table(table, files.get(name, b"")) for name, table in schemas.items()}
    found.ignored = [name for name in sorted(files) if name not in schemas]
    for name, one in read.items():
        found.faults += one.faults
        found.ignored += [f"{name}.{column}" for column in one.ignored]
    found.by_person = _name_records(read)
    for name, table in schemas.items():
        found.faults += key_faults(table, read[name].rows)
        targets = {one.table: read[one.table].rows for one in table.references}
        found.faults += reference_faults(table, read[name].rows, targets)
    for sheet in SHEETS:
        found.rows[sheet.name] = list(_joined(sheet, read, found.faults))
    # a row that could not be read is missing where others would meet it
    found.faults += rules.faults(found.rows, _known())
    found.faults += _papers(found.rows["documents"])
    found.faults += asking_faults(found.rows)
    order = {name: place for place, name in enumerate(schemas)}
    found.faults.sort(key=lambda one: (order.get(one.table, len(order)), one.line))
    del found.faults[MOST_FAULTS:]
    return found


def _known() -> KnownCodes:
    directory = MentoringForm.objects.directory().values_list("code", flat=True)
    named: dict[str, Callable[[], Mapping[str, Any]]] = {
        "areas": lists.areas,
        "interests": lists.interests,
        "time_slots": lists.time_slots,
        "meeting_places": lists.meeting_places,
        "languages": lists.languages,
    }
    members = {("participations", name): frozenset(codes()) for name, codes in named.items()}
    kinds = frozenset(PersonKind.values)
    members |= {("forms", "mentor_kinds"): kinds, ("forms", "mentee_kinds"): kinds}
    members[("forms", "organisation_kinds")] = frozenset(OrganisationKind.values)
    return KnownCodes(today(), fold, frozenset(directory), members)


def _papers(rows: list[PackageRow]) -> Iterator[PackageFault]:
    """Yield papers nobody could open: of no kind that is known, or made of what is no block."""
    kinds = {kind.code for kind in paper_kinds.kinds()}
    for row in rows:
        if row["kind"] not in kinds:
            yield PackageFault("documents", row.line, f"kind: вида «{row['kind']}» нет.")
        try:
            blocks_of(row["content"] or {})
        except (KeyError, TypeError, ValueError, AttributeError):
            yield PackageFault("documents", row.line, "content: это не содержание документа.")


# ---------------------------------------------------------------- joining


def _joined(
    sheet: PackageSheet, read: Mapping[str, TableRead], faults: list[PackageFault]
) -> Iterator[PackageRow]:
    """Yield the rows of a sheet with what its details say of them; of rows alike each takes the next line."""
    rows = read[sheet.name].rows
    if details_table(sheet) is None:
        yield from rows
        return
    more: dict[tuple[Any, ...], deque[PackageRow]] = defaultdict(deque)
    for row in read[sheet.details].rows:
        more[_name(sheet, row)].append(row)
    for row in rows:
        waiting = more.get(_name(sheet, row))
        if waiting:
            said = waiting.popleft()
            yield PackageRow(row.line, said.values | row.values)
        else:
            yield row
    if sheet.key:
        return  # a reference: told already
    faults += [
        PackageFault(sheet.details, row.line, f"Такой строки нет в {sheet.name}.")
        for waiting in more.values()
        for row in waiting
    ]


def _name(sheet: PackageSheet, row: PackageRow) -> tuple[Any, ...]:
    return tuple(row[name] for name in sheet.named_by)


# ---------------------------------------------------------------- who is in a pair


def _name_records(read: Mapping[str, TableRead]) -> bool:
    """Let pairs and ties that name people name their records; return whether they did.

    `mentor` and `mentee` are keys of `participations`. A package of another system may name people there: it is read so
    only where not all of them are keys of records on that side and all are people with one record of that side and programme.
    """
    records = {row["id"]: row for row in read["participations"].rows}
    of_person: dict[tuple[Any, ...], str] = {
        (row["programme"], row["person"], row["side"]): row["id"] for row in records.values()
    }
    programmes = {row["id"]: row["programme"] for row in read["pairs"].rows}
    named = [
        (row, side, programmes.get(row["id" if side == "mentor" else "pair"]))
        for table, side in (("pairs", "mentor"), ("ties", "mentee"))
        for row in read[table].rows
    ]
    if all(row[side] in records and records[row[side]]["side"] == side for row, side, _of in named):
        return False
    found = [(row, side, of_person.get((of, row[side], side))) for row, side, of in named]
    if any(key is None for _row, _side, key in found):
        return False
    for row, side, key in found:
        row.values[side] = key
    for row in read["ties_details"].rows:
        key = of_person.get((programmes.get(row["pair"]), row["mentee"], "mentee"))
        row.values["mentee"] = key or row["mentee"]
    return True
