"""From facts to the cells of a layout and back: the mapping of a file, and filling by the other process."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _

from nastavnik.core.errors import RefusedError
from nastavnik.monitoring.choices import EmptyCell
from nastavnik.monitoring.queries.layout_facts import LayoutFact, facts_of, values_of
from nastavnik.organisations.models import Organisation
from nastavnik.readers.bounded import headed, read_bounded
from nastavnik.readers.layouts import MOST_BYTES, FilledLayout, ReadLayout
from nastavnik.readers.refusals import ReaderError

MAPPING_VERSION = 1
MOST_CELLS = 2_000
NO_DATA = "нет данных"


@dataclass(frozen=True, slots=True)
class MappedCell:
    """A cell pointed at a fact.

    Attributes:
        sheet, ref: where.
        fact: code of the fact.
        year_offset: of which year, counted from the one that is reported: -1 is the year before.
        empty: what stands there when the fact is not known.
    """

    sheet: str
    ref: str
    fact: str
    year_offset: int = 0
    empty: str = EmptyCell.BLANK


def read_mapping(text: bytes) -> list[MappedCell]:
    """Return the cells of a mapping file; its format is in docs/layouts.md.

    Raises:
        RefusedError: it is no mapping, with the place.
    """
    try:
        said: Any = json.loads(text)
        cells = said["cells"]
        if said.get("version", MAPPING_VERSION) != MAPPING_VERSION or not isinstance(cells, list):
            raise ValueError(text)  # noqa: TRY301 - said below with the others
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise RefusedError(
            _("This is no mapping of a layout: JSON with «version» 1 and a list «cells».")
        ) from error
    if len(cells) > MOST_CELLS:
        raise RefusedError(_("A mapping has at most %(n)s cells.") % {"n": MOST_CELLS})
    return [_cell(place, one) for place, one in enumerate(cells, 1)]


def _cell(place: int, one: Any) -> MappedCell:  # noqa: ANN401 - what stands in a file
    names = {"sheet": str, "cell": str, "fact": str}
    if not isinstance(one, dict) or not all(
        isinstance(one.get(name), kind) and one[name] for name, kind in names.items()
    ):
        raise RefusedError(
            _("Cell %(n)s of the mapping: it must have «sheet», «cell» and «fact».") % {"n": place}
        )
    offset, empty = one.get("year", 0), one.get("empty", EmptyCell.BLANK.value)
    if type(offset) is not int or not -10 <= offset <= 10 or empty not in EmptyCell.values:  # noqa: PLR2004 - years
        raise RefusedError(
            _("Cell %(n)s of the mapping: «year» is from -10 to 10, «empty» is blank or nodata.")
            % {"n": place}
        )
    return MappedCell(one["sheet"], one["cell"], one["fact"], offset, empty)


def written_mapping(title: str, cells: Iterable[MappedCell]) -> bytes:
    """Return a mapping as a file."""
    rows = []
    for cell in cells:
        row = asdict(cell)
        said = {"sheet": row["sheet"], "cell": row["ref"], "fact": row["fact"]}
        rows.append(said | {"year": row["year_offset"], "empty": str(row["empty"])})
    body = {"version": MAPPING_VERSION, "title": title, "cells": rows}
    return json.dumps(body, ensure_ascii=False, indent=1).encode()


def look_at(data: bytes, filename: str) -> ReadLayout:
    """Return a layout for the preview.

    Raises:
        RefusedError: it cannot be read, or is too large.
    """
    if len(data) > MOST_BYTES:
        raise RefusedError(_("The file is larger than 10 MB."))
    try:
        found: ReadLayout = read_bounded("layout", data, filename)
    except ReaderError as error:
        raise RefusedError(str(error)) from error
    return found


@dataclass(frozen=True, slots=True)
class FilledCell:
    """A cell of a layout with what stands in it; `value` None: the fact is not known."""

    cell: MappedCell
    fact: LayoutFact
    year: int
    value: int | float | str | None


def cells_filled(
    organisation: Organisation, cells: Iterable[MappedCell], year: int
) -> list[FilledCell]:
    """Return what stands in the cells of a layout for a school and a year.

    Raises:
        RefusedError: a cell names a fact nobody knows; says which.
    """
    known = facts_of(organisation)
    values: dict[int, Mapping[str, int | float | str | None]] = {}
    found = []
    for cell in cells:
        fact = known.get(cell.fact)
        if fact is None:
            raise RefusedError(
                _("Sheet «%(sheet)s», cell %(ref)s: there is no fact «%(fact)s».")
                % {"sheet": cell.sheet, "ref": cell.ref, "fact": cell.fact[:60]}
            )
        of = year + cell.year_offset
        if of not in values:
            values[of] = values_of(organisation, of)
        found.append(FilledCell(cell, fact, of, values[of][cell.fact]))
    return found


def filled_layout(data: bytes, filename: str, cells: Iterable[FilledCell]) -> bytes:
    """Return a layout filled.

    Raises:
        RefusedError: it cannot be read, a sheet is not there, a cell holds a formula.
    """
    said = [_said(one) for one in cells]
    try:
        filled: FilledLayout = read_bounded("layout-fill", headed(said, data), filename)
    except ReaderError as error:
        raise RefusedError(str(error)) from error
    return filled.data


def _said(one: FilledCell) -> dict[str, Any]:
    kind, value = one.fact.kind, one.value
    if value is None:
        kind, value = ("text", NO_DATA) if one.cell.empty == EmptyCell.NO_DATA else ("blank", None)
    return {"sheet": one.cell.sheet, "ref": one.cell.ref, "kind": kind, "value": value}
