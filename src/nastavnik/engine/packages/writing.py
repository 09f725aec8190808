"""Values → the csv of a package. Cells hold exactly what is kept: a program reads them, not a spreadsheet."""

import csv
import datetime as dt
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any


def cell_of(value: Any) -> str:  # noqa: ANN401 - any value of a column
    """Return the cell of a value; nothing known is an empty one."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return value if isinstance(value, str) else str(value)


def write_table(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return the csv of some rows: UTF-8 without BOM, commas, CRLF."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(header)
    writer.writerows([cell_of(value) for value in row] for row in rows)
    return stream.getvalue().encode()
