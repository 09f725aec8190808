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

# A password that begins with «!» is none: the person is given another slip.
END_ONE_TIME = "UPDATE people_user SET password = '!' WHERE one_time_until IS NOT NULL"


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
        _forget_ways_in(copy)


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
        _forget_ways_in(opened)  # a copy of an older version still has them
        opened.execute("PRAGMA journal_mode=WAL")


def _forget_ways_in(opened: sqlite3.Connection) -> None:
    """Take out what would let whoever has the copy in: sessions, and one-time passwords that nobody has changed yet."""
    opened.execute("PRAGMA secure_delete=ON")
    # the tables may be of an older version, or of an update that was killed
    if opened.execute("SELECT 1 FROM sqlite_master WHERE name = 'django_session'").fetchone():
        opened.execute("DELETE FROM django_session")
    if any(row[1] == "one_time_until" for row in opened.execute("PRAGMA table_info(people_user)")):
        opened.execute(END_ONE_TIME)
    opened.commit()


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
    """Dump the PostgreSQL database in use with the server's own tool, without the sessions.

    Raises:
        RefusedError: pg_dump is missing or fails, for instance being older than the server.
    """
    plain = ["--format=custom", "--no-owner", "--no-privileges"]
    _run(["pg_dump", *plain, "--exclude-table-data=*.django_session", f"--file={target}"])


def load_postgresql(source: Path, *, replace: bool, mark: str) -> None:
    """Load a dump into the PostgreSQL database in use, whole or not at all; end all sessions.

    Args:
        source: a dump of `dump_postgresql`.
        replace: drop all tables and functions first, also those that the dump does not know: a newer version may have added some.
        mark: what `is_loaded` is asked for afterwards.
    """
    tables = connection.introspection.table_names() if replace else []
    connection.close()
    drops = [f'DROP TABLE public."{table}" CASCADE;' for table in tables]
    first, last = source.with_name("first.sql"), source.with_name("last.sql")
    first.write_text("\n".join([*drops, DROP_FUNCTIONS] if replace else drops))
    last.write_text(AFTER_LOADING.format(mark=mark, end_one_time=END_ONE_TIME.replace("people", "public.people")))  # fmt: skip
    script = source.with_name("script.sql")
    _run(["pg_restore", "--no-owner", "--no-privileges", f"--file={script}", str(source)])
    files = [f"--file={path}" for path in (first, script, last)]
    _run(["psql", "--no-psqlrc", "--quiet", "--single-transaction", "-v", "ON_ERROR_STOP=1", *files])  # fmt: skip


# a function of a trigger outlives its table, and the dump makes it anew; those of extensions stay
DROP_FUNCTIONS = """
DO $$ DECLARE one regprocedure; BEGIN
  FOR one IN SELECT oid::regprocedure FROM pg_proc AS made
    WHERE pronamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = made.oid AND deptype = 'e')
  LOOP EXECUTE format('DROP ROUTINE %s CASCADE', one); END LOOP;
END $$;
"""
AFTER_LOADING = """
DO $$ BEGIN
  IF to_regclass('public.django_session') IS NOT NULL
  THEN DELETE FROM public.django_session; END IF;
  IF EXISTS (SELECT FROM information_schema.columns WHERE table_schema = 'public'
             AND table_name = 'people_user' AND column_name = 'one_time_until')
  THEN {end_one_time}; END IF;
END $$;
COMMENT ON TABLE public.django_migrations IS 'restored {mark}';
"""


def is_loaded(mark: str) -> bool:
    """Tell whether the PostgreSQL database in use is the one that was loaded with this mark."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT obj_description(to_regclass('public.django_migrations'))")
        return bool(cursor.fetchone() == (f"restored {mark}",))


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
