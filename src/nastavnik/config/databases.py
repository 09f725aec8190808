"""Which database an installation uses: SQLite beside the data, or PostgreSQL by address.

Why SQLite is opened as it is: docs/decisions/0010 and 0011.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

# One process checkpoints (nastavnik.files.checkpointing); every other connection must not.
# No mmap_size: a mapped file turns a passing inconsistency into a broken database.
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL;"
    "PRAGMA synchronous=FULL;"
    "PRAGMA wal_autocheckpoint=0;"
    "PRAGMA secure_delete=ON;"
    "PRAGMA cache_size=-20000;"
    "PRAGMA mmap_size=0"
)


def sqlite(path: Path) -> dict[str, Any]:
    """Return Django's description of the embedded database kept in `path`."""
    if is_only_read(path):
        return _sqlite_to_read(path)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            # Django's own default, DEFERRED, fails with "database is locked" when a transaction
            # that has read turns into a writer beside another writer.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": SQLITE_PRAGMAS,
        },
    }


def is_only_read(path: Path) -> bool:
    """Tell whether nobody can write to a database: its folder is on a disk that may only be read."""
    if not path.exists() or os.access(path.parent, os.W_OK):
        return False
    return bool(os.statvfs(path.parent).f_flag & os.ST_RDONLY) or not os.access(path, os.W_OK)


def _sqlite_to_read(path: Path) -> dict[str, Any]:
    """Return the description of a database that is only read.

    A log wants a file beside it, which cannot be made: without a log SQLite is told that nothing changes.
    """
    log = path.with_name(path.name + "-wal")
    has_log = log.exists() and log.stat().st_size > 0
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": f"file:{quote(str(path))}?{'mode=ro' if has_log else 'immutable=1'}",
        "OPTIONS": {"timeout": 20, "init_command": "PRAGMA cache_size=-20000;PRAGMA mmap_size=0"},
    }


def postgresql(url: str, *, pool_size: int = 10) -> dict[str, Any]:
    """Return Django's description of the PostgreSQL database at `url`.

    Args:
        url: ``postgresql://user:password@host:port/name?sslmode=verify-full``; percent-encoded
            where needed; ``?host=/run/postgresql`` names a directory of sockets; other
            parameters go to libpq as they are.
        pool_size: connections one server process may hold; 0 means no pool.

    Raises:
        ValueError: the address is of another kind or names no database.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError("NASTAVNIK_DATABASE_URL must begin with postgresql://")
    name = unquote(parts.path.removeprefix("/"))
    if not name:
        raise ValueError("NASTAVNIK_DATABASE_URL names no database: postgresql://host/NAME")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", "") or unquote(parts.hostname or "")
    if pool_size:
        options["pool"] = {"min_size": 1, "max_size": pool_size, "timeout": 10}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0,  # the pool keeps connections, not the thread
        "OPTIONS": options,
    }


def chosen(url: str, data: Path, *, pool_size: int = 10) -> dict[str, Any]:
    """Return the database at `url`, or the embedded one in the folder `data` when it is empty."""
    return postgresql(url, pool_size=pool_size) if url else sqlite(data / "nastavnik.sqlite3")
