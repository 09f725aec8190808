"""What the killed process does: a copy takes the place of the data there are.

Beside the data folder lie the archive, the number of the step before which the process is killed, the kinds of steps,
and `without-a-journal` where the control plants the fault that the sweep has to find.
"""

import os
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from django.conf import settings
from django.db import connection

from nastavnik.config import launch
from nastavnik.files import backups, swapping

DATA = Path(settings.DATA)
BESIDE = DATA.parent


def prepare():
    """The test has laid everything out."""


def work():
    nth = int((BESIDE / "nth").read_text())
    kinds = set((BESIDE / "kinds").read_text().split())
    seen = 0

    def kill_at_nth_step(event, _arguments):
        nonlocal seen
        if event in kinds:
            seen += 1
            if seen == nth:
                os.kill(os.getpid(), signal.SIGKILL)

    if (BESIDE / "without-a-journal").exists():
        swapping.begin = lambda _data, _swap: None
    sys.addaudithook(kill_at_nth_step)
    backups.restore_backup(BESIDE / "copy.tar.gz", replace=True)


def look():
    """What the next start finds."""
    launch.open_data()
    left = {path.name for path in DATA.glob(f"{swapping.PREFIX}*")} | {
        path.name for path in DATA.glob(swapping.JOURNAL)
    }
    connection.close()
    with closing(sqlite3.connect(DATA / "nastavnik.sqlite3")) as opened:
        tables = opened.execute("SELECT count(*) FROM sqlite_master WHERE type = 'table'")
        if not tables.fetchone()[0]:
            return "an empty database"
        rows = opened.execute("SELECT action FROM core_auditentry WHERE subject = 'x'").fetchall()
        sound = opened.execute("PRAGMA integrity_check").fetchone()[0]
    files = sorted(path.read_text() for path in (DATA / "files").rglob("*") if path.is_file())
    return f"{[row[0] for row in rows]} {files} {sound} {sorted(left)}"
