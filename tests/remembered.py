"""What many tests begin with, built once a run through actions and laid down as rows for every further test.

Building the cast takes most of a second, and half of the suite asks for it; the rows are the same to the last byte.
So are those of a step that many tests take first (`remembered_step`).
"""

import datetime as dt
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction

from nastavnik.core.dates import today

if TYPE_CHECKING:
    from tests.cast import Cast

T = TypeVar("T")
# by builder, database and day: what is of today is another thing tomorrow
_kept: dict[tuple[str, str, dt.date], tuple[bytes, dict[str, tuple[list[str], list[tuple]]]]] = {}


@dataclass(frozen=True)
class Step:
    """What a step returned and what it did to the rows: table → columns and rows, new and changed ones and keys of gone ones."""

    frozen: bytes
    new: dict[str, tuple[list[str], list[tuple]]]
    changed: dict[str, tuple[list[str], list[tuple]]]
    gone: dict[str, tuple[str, list[object]]]


# by what was laid down and which steps were taken since, each with its day, and database
_steps: dict[tuple[object, ...], Step] = {}


class Stand:
    """What the database holds to the last row: what was laid down last, and how many rows SQLite had written by then."""

    known: tuple[object, ...] = ()
    file: object = None
    n_written = 0

    def is_at(self) -> bool:
        """Tell whether not a row has been written since, rolled back or not; never of PostgreSQL, which does not count."""
        counted = connection.connection
        return (
            bool(self.known)
            and connection.vendor == "sqlite"
            and counted is self.file
            and counted.total_changes == self.n_written
        )

    def note(self, *known: object) -> None:
        """Note what the database holds from now on."""
        if connection.vendor == "sqlite":
            self.known, self.file = known, connection.connection
            self.n_written = connection.connection.total_changes


_stand = Stand()


def remembered_step(name: str, do: Callable[[], T]) -> T:
    """Return what a step returns: taken where anything has been written since the cast, laid down as rows where nothing has.

    Args:
        name: of the step, the same only where it does the same to the same rows.
        do: takes it; what it returns can be pickled.
    """
    if not _stand.is_at():
        return do()
    # the day of the step: a test may have gone to another one since the cast was laid down
    key = *_stand.known, name, today()
    if key in _steps:
        step = _steps[key]
        _retrace(step)
        done = pickle.loads(step.frozen)
    else:
        before = _all_rows()
        done = do()
        _steps[key] = _between(before, _all_rows(), pickle.dumps(done))
    _stand.note(*key)
    return done


def _all_rows() -> dict[str, tuple[list[str], str, dict[object, tuple]]]:
    """Return table → columns, key and rows by key."""
    found = {}
    with connection.cursor() as cursor:
        for model in _models():
            table, key = model._meta.db_table, model._meta.pk.column
            cursor.execute(f'SELECT * FROM "{table}"')
            names = [column[0] for column in cursor.description]
            place = names.index(key)
            found[table] = names, key, {row[place]: row for row in cursor.fetchall()}
    return found


def _between(before, after, frozen: bytes) -> Step:
    step = Step(frozen, {}, {}, {})
    for table, (names, key, rows) in after.items():
        known = before[table][2]
        place = names.index(key)
        new = [row for pk, row in rows.items() if pk not in known]
        changed = [(*row, row[place]) for pk, row in rows.items() if known.get(pk, row) != row]
        gone = [pk for pk in known if pk not in rows]
        step.new.update({table: (names, new)} if new else {})
        step.changed.update({table: (names, changed)} if changed else {})
        step.gone.update({table: (key, gone)} if gone else {})
    return step


def _retrace(step: Step) -> None:
    keys = {model._meta.db_table: model._meta.pk.column for model in _models()}
    with transaction.atomic(), connection.cursor() as cursor:
        for table, (key, gone) in step.gone.items():
            cursor.executemany(f'DELETE FROM "{table}" WHERE "{key}" = %s', [(pk,) for pk in gone])
        for table, (names, changed) in step.changed.items():
            places = ", ".join(f'"{name}" = %s' for name in names)
            cursor.executemany(f'UPDATE "{table}" SET {places} WHERE "{keys[table]}" = %s', changed)
        _lay_down(step.new)


def remembered_cast() -> "Cast":
    """Return the cast: built the first time, from its rows afterwards."""
    from tests.cast import build_cast  # which takes steps that are remembered here

    return remembered(build_cast)


def remembered(build: Callable[[], T]) -> T:
    """Return what a function builds: built the first time, from its rows afterwards."""
    key = build.__qualname__, connection.vendor, today()
    if key not in _kept:
        before = _last_keys()
        built = build()
        _kept[key] = pickle.dumps(built), _rows_after(before)
        _stand.note(*key)
        return built
    frozen, rows = _kept[key]
    if _taken(rows):
        # a test before this one has flushed the tables, and the directory came back under these keys
        return build()
    _lay_down(rows)
    _stand.note(*key)
    return pickle.loads(frozen)


def _models():
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]


def _last_keys() -> dict[str, tuple[str, Any]]:
    """Return for each table its key and the last of it; of a table whose keys are words all that are there."""
    found = {}
    for model in _models():
        keys = model._default_manager.order_by("-pk").values_list("pk", flat=True)
        column = model._meta.pk.column
        if model._meta.pk.get_internal_type() == "BigAutoField":
            found[model._meta.db_table] = column, keys.first() or 0
        elif model._meta.pk.get_internal_type() == "CharField":
            found[model._meta.db_table] = column, list(keys)
    return found


def _rows_after(before):
    rows = {}
    with connection.cursor() as cursor:
        for table, (key, last) in before.items():
            cursor.execute(f'SELECT * FROM "{table}" ORDER BY "{key}"')
            names = [column[0] for column in cursor.description]
            place = names.index(key)
            known = set(last) if isinstance(last, list) else None
            found = [
                row
                for row in cursor.fetchall()
                if (row[place] > last if known is None else row[place] not in known)
            ]
            if found:
                rows[table] = names, found
    return rows


def _taken(rows):
    with connection.cursor() as cursor:
        for table, (names, found) in rows.items():
            if "id" not in names:
                continue
            place = names.index("id")
            cursor.execute(
                f'SELECT 1 FROM "{table}" WHERE id BETWEEN %s AND %s LIMIT 1',
                [found[0][place], found[-1][place]],
            )
            if cursor.fetchone():
                return True
    return False


@transaction.atomic  # a row may name one that is laid down after it
def _lay_down(rows):
    # in one transaction, since tables are filled in no order of their references
    with transaction.atomic(), connection.cursor() as cursor:
        for table, (names, found) in rows.items():
            columns = ", ".join(f'"{name}"' for name in names)
            places = ", ".join(["%s"] * len(names))
            cursor.executemany(f'INSERT INTO "{table}" ({columns}) VALUES ({places})', found)
        for statement in connection.ops.sequence_reset_sql(no_style(), _models()):
            cursor.execute(statement)
