"""Whether the machine lets the site work: room on the disk, a folder that may be written to, a clock that does not lag."""

import datetime as dt
import errno
import os
import shutil
import sqlite3
from enum import StrEnum
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _

from nastavnik.core.models import AuditEntry

# Less than this, and the next upload or the next checkpoint may not fit.
FULL_BYTES = 8 * 1024 * 1024
LAG = dt.timedelta(hours=26)  # more than any difference of zones


class Trouble(StrEnum):
    """What is wrong with the machine."""

    DISK_FULL = "disk_full"
    READ_ONLY = "read_only"
    DISK_FAILS = "disk_fails"
    BUSY = "busy"
    DATABASE_AWAY = "database_away"
    CLOCK_LAGS = "clock_lags"
    TWO_SERVERS = "two_servers"


def sentence(trouble: Trouble) -> str:
    """Return what is wrong and what to do, for the person at a page or a console."""
    return {
        Trouble.DISK_FULL: _("The disk of the computer where the site works is full: what there is can be read, nothing new can be kept. Tell whoever looks after that computer to free some room."),
        Trouble.READ_ONLY: _("The data folder of the site may only be read: what there is can be looked at, nothing new can be kept. Tell whoever looks after the computer."),
        Trouble.DISK_FAILS: _("The disk of the computer where the site works does not answer. Tell whoever looks after it."),
        Trouble.BUSY: _("The site is busy with something long. Try again in a minute."),
        Trouble.DATABASE_AWAY: _("The database does not answer. Tell whoever looks after the computer."),
        Trouble.CLOCK_LAGS: _("The clock of the computer where the site works lags: the last entry is of a later day. Roles, terms and dates of papers may be wrong until the clock is set."),
        Trouble.TWO_SERVERS: _("Two servers of the site work on one data folder. That harms no data, but stop one of them: people come now to the one address, now to the other, and no copy can be restored while either works."),
    }[trouble]  # fmt: skip


def of_storage() -> Trouble | None:
    """Tell what is wrong with the data folder; asks the system, not the database."""
    data = Path(settings.DATA)
    try:
        if not os.access(data, os.W_OK):
            return Trouble.READ_ONLY
        return Trouble.DISK_FULL if shutil.disk_usage(data).free < FULL_BYTES else None
    except OSError:
        return Trouble.DISK_FAILS


def of_clock() -> Trouble | None:
    """Tell whether the newest entry of the trail lies in the future.

    Raises:
        DatabaseError: the database does not answer.
    """
    newest = AuditEntry.objects.order_by("-pk").values_list("at", flat=True).first()
    lags = newest is not None and newest > timezone.now() + LAG
    return Trouble.CLOCK_LAGS if lags else None


def everything() -> list[Trouble]:
    """Return all that is wrong."""
    try:
        clock = of_clock()
    except DatabaseError:
        clock = Trouble.DATABASE_AWAY
    return [one for one in (of_storage(), clock) if one is not None]


OF_ERRNO = {
    errno.ENOSPC: Trouble.DISK_FULL,
    errno.EDQUOT: Trouble.DISK_FULL,
    errno.EFBIG: Trouble.DISK_FULL,
    errno.EROFS: Trouble.READ_ONLY,
    errno.EIO: Trouble.DISK_FAILS,
}
OF_SQLITE = {
    sqlite3.SQLITE_FULL: Trouble.DISK_FULL,
    sqlite3.SQLITE_READONLY: Trouble.READ_ONLY,
    sqlite3.SQLITE_IOERR: Trouble.DISK_FAILS,
    sqlite3.SQLITE_CANTOPEN: Trouble.READ_ONLY,
    sqlite3.SQLITE_BUSY: Trouble.BUSY,
    sqlite3.SQLITE_LOCKED: Trouble.BUSY,
}
# SQLSTATE of PostgreSQL, by its beginning.
OF_SQLSTATE = {
    "53100": Trouble.DISK_FULL,
    "25006": Trouble.READ_ONLY,
    "58030": Trouble.DISK_FAILS,
    "55P03": Trouble.BUSY,
    "53300": Trouble.BUSY,
    "57P": Trouble.DATABASE_AWAY,
    "08": Trouble.DATABASE_AWAY,
}


def of_error(error: BaseException | None) -> Trouble | None:
    """Tell which trouble an exception is a sign of, it or what it came from; None for a fault of the program."""
    while error is not None:
        if (found := _of_one(error)) is not None:
            # a write that does not fit is often told as a failing disk
            return of_storage() or found if found == Trouble.DISK_FAILS else found
        error = error.__cause__ or error.__context__
    return None


def _of_one(error: BaseException) -> Trouble | None:
    if isinstance(error, sqlite3.Error):
        return OF_SQLITE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
    if isinstance(error, OSError):
        return OF_ERRNO.get(error.errno or 0)
    state = getattr(error, "sqlstate", None)
    if isinstance(state, str):
        return next(
            (found for start, found in OF_SQLSTATE.items() if state.startswith(start)), None
        )
    module = type(error).__module__
    if module.startswith("psycopg") and type(error).__name__ in {"OperationalError", "PoolTimeout"}:
        return Trouble.DATABASE_AWAY
    return None
