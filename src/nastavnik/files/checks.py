"""Refuse to work on a database in a way that is known to lose data."""

import sqlite3
from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from nastavnik.files.checkpointing import is_affected

REQUIRED = {"journal_mode": "wal", "wal_autocheckpoint": 0, "synchronous": 2, "secure_delete": 1}


@register(Tags.database)
def check_sqlite_connections(
    *,
    databases: Sequence[str] | None = None,
    **_kwargs: Any,
) -> list[CheckMessage]:
    """Ask each SQLite connection how it is really set, on a library with the WAL-reset bug."""
    found: list[CheckMessage] = []
    for alias in databases or []:
        connection = connections[alias]
        if str(connection.settings_dict["NAME"]).startswith("file:"):
            continue  # nobody writes to it
        if connection.vendor != "sqlite" or not is_affected(sqlite3.sqlite_version_info):
            continue
        found += _unguarded(alias)
    return found


def _unguarded(alias: str) -> list[CheckMessage]:
    connection = connections[alias]
    in_memory = connection.is_in_memory_db()  # type: ignore[attr-defined]
    found: list[CheckMessage] = []
    with connection.cursor() as cursor:
        for pragma, wanted in REQUIRED.items():
            if in_memory and pragma == "journal_mode":
                continue
            actual = cursor.execute(f"PRAGMA {pragma}").fetchone()[0]
            if actual != wanted:
                found.append(
                    Error(
                        f"SQLite {sqlite3.sqlite_version} can lose commits when several connections"
                        f" checkpoint, and {pragma} is {actual} instead of {wanted}.",
                        hint="Leave the pragmas of config.databases as they are (ADR 0011).",
                        obj=alias,
                        id="files.E001",
                    )
                )
        mapped = cursor.execute("PRAGMA mmap_size").fetchone()
        if mapped and mapped[0]:
            found.append(
                Error("SQLite must not map its file into memory.", obj=alias, id="files.E002")
            )
    return found
