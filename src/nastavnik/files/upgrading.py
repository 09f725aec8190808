"""Bring the database to the version of the program: with a copy made first, and whole or not at all.

A process may be killed at any moment, and the next start goes on. On SQLite all missing migrations are one transaction.
On PostgreSQL each is one, and what says that it is applied is written inside it: Django writes that afterwards when a
migration leaves statements for its end, and one killed between the two stops every later start.
"""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.migration import Migration
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState
from django.utils import timezone
from django.utils.translation import gettext as _

from nastavnik.core.errors import RefusedError
from nastavnik.files import archive, backups

FOLDER = "before-update"
N_KEPT = 3
UNDER_WAY = "under-way.json"
LOCK = "update.lock"
RULE_KEYS = ("columns", "primary_key", "unique", "foreign_key", "check", "index")
ADVISORY_LOCK = 0x6E617374  # one update at a time also where several machines share a PostgreSQL


class _Executor(MigrationExecutor):
    """Django's, but a migration and the record of it are one transaction."""

    def apply_migration(
        self,
        state: ProjectState,
        migration: Migration,
        fake: bool = False,  # noqa: ARG002, FBT001, FBT002 - the signature is Django's
        fake_initial: bool = False,  # noqa: ARG002, FBT001, FBT002
    ) -> ProjectState:
        """Apply a migration with all its statements, and record it before anything is committed."""
        with self.connection.schema_editor(atomic=migration.atomic) as editor:
            state = migration.apply(state, editor)
            for statement in editor.deferred_sql:
                editor.execute(statement)
            editor.deferred_sql.clear()
            self.record(migration)
        return state

    def record(self, migration: Migration) -> None:
        """Write down that a migration is applied, with those it replaces."""
        self.record_migration(migration)  # type: ignore[call-arg, arg-type] # the stubs are of an older Django


def missing() -> list[Migration]:
    """Return the migrations the database has not got; nothing is written."""
    return _plan(_Executor(connection))


def upgrade() -> None:
    """Apply the missing migrations; a database with accounts is copied first.

    Raises:
        RefusedError: the copy could not be made, or a migration does not fit the database; nothing has changed then,
            or, on PostgreSQL, the migrations before it are applied.
    """
    with _alone():
        plan = missing()
        if not plan:
            return
        copy = _copy_before() if _is_in_use() else None
        try:
            _apply_or_record(plan[0])
        except DatabaseError as error:
            raise RefusedError(_stopped(copy)) from error
        (_folder() / UNDER_WAY).unlink(missing_ok=True)


def _plan(executor: MigrationExecutor) -> list[Migration]:
    return [one for one, _back in executor.migration_plan(executor.loader.graph.leaf_nodes())]


def _stopped(copy: Path | None) -> str:
    said = _("The database could not be brought to this version of the program; it is left as it was.")  # fmt: skip
    if copy is None:
        return said
    way = _(
        "The copy made before is %(path)s. Start the previous version, or bring the copy back:"
        " run.py restore %(path)s --replace."
    )
    return f"{said} {way % {'path': copy}}"


def _apply_or_record(first: Migration) -> None:
    try:
        _apply()
    except DatabaseError:
        if not _is_half_recorded(first):
            raise
        _Executor(connection).record(first)
        _apply()


def _apply() -> None:
    with _whole():
        executor = _Executor(connection)
        executor.loader.check_consistent_history(connection)
        plan = [(one, False) for one in _plan(executor)]
        emit_pre_migrate_signal(verbosity=0, interactive=False, db=connection.alias, plan=plan)
        executor.migrate(executor.loader.graph.leaf_nodes(), plan)
        emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias, plan=plan)


@contextlib.contextmanager
def _whole() -> Iterator[None]:
    """Make everything inside one transaction on SQLite; PostgreSQL cannot alter a table it has just filled."""
    if connection.vendor == "sqlite":
        with _constraints_aside(), transaction.atomic():
            yield
    else:
        yield


@contextlib.contextmanager
def _constraints_aside() -> Iterator[None]:
    """Leave foreign keys unchecked on SQLite: the schema editor wants it, and inside a transaction it cannot be said.

    The editor itself asks `foreign_key_check` at the end of each migration.
    """
    if connection.vendor == "sqlite":
        with connection.constraint_checks_disabled():
            yield
    else:
        yield


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    handle = os.open(Path(settings.DATA) / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with _advisory_lock():
            yield
    finally:
        os.close(handle)


@contextlib.contextmanager
def _advisory_lock() -> Iterator[None]:
    if connection.vendor == "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [ADVISORY_LOCK])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [ADVISORY_LOCK])


# ---------------------------------------------------------------- the copy before


def _is_in_use() -> bool:
    """Tell whether there is anything to lose: the set-up makes an account first of all."""
    table = "people_user"
    with connection.cursor() as cursor:
        if table not in connection.introspection.table_names(cursor):
            return False
        cursor.execute("SELECT 1 FROM people_user LIMIT 1")
        return cursor.fetchone() is not None


def _folder() -> Path:
    return Path(settings.DATA) / FOLDER


def _copy_before() -> Path | None:
    """Copy everything as it is before the update; of the copies the newest three are kept."""
    if os.environ.get("NASTAVNIK_UPDATE_WITHOUT_BACKUP"):
        return None
    folder = _folder()
    folder.mkdir(mode=0o700, exist_ok=True)
    applied = sorted(map(list, MigrationRecorder(connection).applied_migrations()))
    if (begun := _begun(applied)) is not None:
        return begun
    target = folder / f"{timezone.now():%Y-%m-%d-%H%M%S}.tar.gz"
    backups.copy_as_it_is(target)
    with archive.replacing(folder / UNDER_WAY) as stream:
        stream.write(json.dumps({"copy": target.name, "applied": applied}).encode())
    for old in sorted(folder.glob("*.tar.gz"))[:-N_KEPT]:
        old.unlink()
    return target


def _begun(applied: list[list[str]]) -> Path | None:
    """Return the copy an update under way began with: killed in the middle it leaves PostgreSQL half-way."""
    with contextlib.suppress(OSError, ValueError, KeyError):
        known = json.loads((_folder() / UNDER_WAY).read_text())
        copy: Path = _folder() / known["copy"]
        has_moved = len(applied) > len(known["applied"])
        if has_moved and all(one in applied for one in known["applied"]) and copy.exists():
            return copy
    return None


# ---------------------------------------------------------------- what older versions left


def _is_half_recorded(migration: Migration) -> bool:
    """Tell whether a migration is applied and only the record of it is missing.

    It is taken back and applied again, inside a transaction that is then rolled back: the tables are the same as
    they are now only if they were what the migration makes.
    """
    shapes = []
    try:
        with _constraints_aside(), transaction.atomic():
            executor = _Executor(connection)
            state = executor._create_project_state(with_applied_migrations=True)  # type: ignore[attr-defined] # noqa: SLF001
            shapes.append(_shape())
            executor.unapply_migration(state, migration)
            shapes.append(_shape())
            executor.apply_migration(state.clone(), migration)
            shapes.append(_shape())
            transaction.set_rollback(True)
    except (DatabaseError, LookupError, ValueError):
        return False  # it could not be taken back: it is not there
    now, without, again = shapes
    return now == again != without


def _shape() -> dict[str, Any]:
    """Return the tables with their columns, indexes and constraints; the names of these are a machine's."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            columns = connection.introspection.get_table_description(cursor, table)
            rules = connection.introspection.get_constraints(cursor, table).values()
            found[table] = (
                sorted((one.name, bool(one.null_ok)) for one in columns),
                sorted(repr([rule.get(key) for key in RULE_KEYS]) for rule in rules),
            )
    return found
