"""A consistent copy of the database out and back: SQLite by its backup API, PostgreSQL by pg_dump."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from nastavnik.core.errors import RefusedError


def dump_sqlite(source: Path, target: Path) -> None:
    """Copy a SQLite database while others write to it; the copy is one moment and one file.

    Raises:
        RefusedError: the copy fails SQLite's own check.
    """
    with closing(sqlite3.connect(source, timeout=20)) as live, closing(_open(target)) as copy:
        live.execute("PRAGMA wal_autocheckpoint=0")
        live.backup(copy)  # all pages in one read transaction: in WAL mode it stops nobody
        copy.execute("PRAGMA journal_mode=DELETE")
        require_sound(copy)


def require_sound(opened: sqlite3.Connection) -> None:
    """Refuse a database that fails SQLite's check of pages, indexes and foreign keys."""
    try:
        answer = opened.execute("PRAGMA integrity_check").fetchone()[0]
        orphan = opened.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.DatabaseError as error:
        raise RefusedError(_("The database in the copy is damaged.")) from error
    if answer != "ok" or orphan:
        raise RefusedError(_("The database in the copy is damaged."))


def finish_sqlite(database: Path) -> None:
    """Check an unpacked database and end all sessions in it."""
    with closing(_open(database)) as opened:
        require_sound(opened)
        opened.execute("PRAGMA secure_delete=ON")
        opened.execute("DELETE FROM django_session")
        opened.commit()
        opened.execute("PRAGMA journal_mode=WAL")


def applied_in(database: Path) -> dict[str, list[str]]:
    """Return the migrations recorded in an SQLite file."""
    with closing(_open(database)) as opened:
        rows = opened.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
        return group(rows)


def group(rows: Any) -> dict[str, list[str]]:  # noqa: ANN401 - rows of any cursor
    """Gather ``(app, name)`` rows by app."""
    found: dict[str, list[str]] = {}
    for app, name in rows:
        found.setdefault(app, []).append(name)
    return found


def dump_postgresql(target: Path) -> None:
    """Dump the PostgreSQL database in use with the server's own tool.

    Raises:
        RefusedError: pg_dump is missing or fails, for instance being older than the server.
    """
    _run(["pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}"])


def load_postgresql(source: Path, *, replace: bool) -> None:
    """Load a dump into the PostgreSQL database in use, whole or not at all; end all sessions."""
    connection.close()
    cleaning = ["--clean", "--if-exists"] if replace else []
    common = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
    name = str(connection.settings_dict["NAME"])
    _run(["pg_restore", *cleaning, *common, f"--dbname={name}", str(source)])
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_session")


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=20)


def _run(command: list[str]) -> None:
    tool = shutil.which(command[0])
    if tool is None:
        raise RefusedError(
            _("%(tool)s was not found. Install the client tools of your PostgreSQL and try again.")
            % {"tool": command[0]}
        )
    done = subprocess.run(  # noqa: S603 - a fixed tool with our own words
        [tool, *command[1:]], env=os.environ | _address(), capture_output=True, check=False
    )
    if done.returncode:
        # The last line only: others may quote rows.
        said = done.stderr.decode(errors="replace").strip().splitlines() or [""]
        raise RefusedError(
            _("%(tool)s did not manage: %(said)s") % {"tool": command[0], "said": said[0][:200]}
        )


def _address() -> dict[str, str]:
    """Return where the database is, for libpq; the password stays out of the list of processes."""
    settings = connection.settings_dict
    names = {"PGDATABASE": "NAME", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    names |= {"PGHOST": "HOST", "PGPORT": "PORT"}
    found = {variable: str(settings[name]) for variable, name in names.items() if settings[name]}
    if mode := settings["OPTIONS"].get("sslmode"):
        found["PGSSLMODE"] = mode
    return found
