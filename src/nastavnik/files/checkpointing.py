"""One checkpointing process for the embedded database.

SQLite 3.7.0–3.51.2 can lose commits when a checkpoint starts right after another has finished
while a third connection commits and resets the log (the "WAL-reset bug"). So no connection
checkpoints by itself (`config.databases.SQLITE_PRAGMAS`), and whoever wants to checkpoint
holds a file lock first: there are never two at once, whatever the number of processes.
The closing of the very last connection also checkpoints, but under SQLite's exclusive lock,
when nobody else has the database open.
"""

import atexit
import fcntl
import logging
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.db import connection

logger = logging.getLogger(__name__)

FIXED = (3, 51, 3)
BACKPORTS = ((3, 50, 7), (3, 44, 6))
PAUSE_SECONDS = 0.5
LONG_LOG_BYTES = 16 * 1024 * 1024  # past this, readers and writers wait a moment


def is_affected(version: tuple[int, ...]) -> bool:
    """Tell whether this SQLite library has the WAL-reset bug (security notes of SQLite)."""
    if version < (3, 7, 0) or version >= FIXED:
        return False
    return not any(version[:2] == good[:2] and version >= good for good in BACKPORTS)


@contextmanager
def sole_checkpointer(database: Path) -> Iterator[bool]:
    """Hold the right to checkpoint `database`; yields False when another process holds it."""
    handle = os.open(
        database.with_name(database.name + "-checkpoint"), os.O_RDWR | os.O_CREAT, 0o600
    )
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)  # the lock goes with it, also when the process is killed


def open_for_checkpoints(database: Path) -> sqlite3.Connection:
    """Open a connection that waits little: a checkpoint can always be done later."""
    opened = sqlite3.connect(database, timeout=1, isolation_level=None, check_same_thread=False)
    for pragma in ("wal_autocheckpoint=0", "synchronous=FULL", "mmap_size=0"):
        opened.execute(f"PRAGMA {pragma}")
    return opened


def checkpoint(opened: sqlite3.Connection, *, truncate: bool = False) -> tuple[int, int]:
    """Copy the log into the database file.

    Args:
        opened: a connection of the process that holds `sole_checkpointer`.
        truncate: also wait for readers and cut the log to nothing.

    Returns:
        Pages in the log and pages copied; equal when everything is in the database file.
    """
    mode = "TRUNCATE" if truncate else "PASSIVE"
    _busy, n_pages, n_copied = opened.execute(f"PRAGMA wal_checkpoint({mode})").fetchone()
    return n_pages, n_copied


def ask_to_cut_log() -> None:
    """Ask the one process that checkpoints to cut the log to nothing: what was erased is in it still."""
    if (database := embedded_database()) is not None:
        _asked(database).touch()


def _asked(database: Path) -> Path:
    return database.with_name(f"{database.name}-cut-log")


class Checkpointer(threading.Thread):
    """Checkpoints while the site runs; of all processes only the holder of the lock works."""

    def __init__(self, database: Path, *, pause_seconds: float = PAUSE_SECONDS) -> None:
        super().__init__(name="sqlite-checkpointing", daemon=True)
        self.database = database
        self.pause_seconds = pause_seconds
        self.working = threading.Event()
        self._stopping = threading.Event()

    def run(self) -> None:
        """Wait for the lock, checkpoint while it is held, start over."""
        while not self._stopping.is_set():
            try:
                with sole_checkpointer(self.database) as mine:
                    if mine:
                        self._work()
            except OSError as error:  # a folder that is only read has no log to copy
                logger.debug("No checkpoint: %s", type(error).__name__)
            self._stopping.wait(self.pause_seconds)

    def stop(self) -> None:
        """Finish the checkpoint under way and let the lock go."""
        self._stopping.set()
        self.join()

    def _work(self) -> None:
        with closing(open_for_checkpoints(self.database)) as opened:
            self.working.set()
            last_seen: tuple[int, int] | None = None
            while not self._stopping.wait(self.pause_seconds):
                last_seen = self._step(opened, last_seen)

    def _step(
        self, opened: sqlite3.Connection, last_seen: tuple[int, int] | None
    ) -> tuple[int, int] | None:
        log = self.database.with_name(self.database.name + "-wal")
        try:
            stat = log.stat()
            now = (stat.st_size, stat.st_mtime_ns)
            is_asked = _asked(self.database).exists()
            if not stat.st_size or (now == last_seen and not is_asked):
                _asked(self.database).unlink(missing_ok=True)
                return now
            truncate = is_asked or stat.st_size > LONG_LOG_BYTES
            n_pages, n_copied = checkpoint(opened, truncate=truncate)
        except (OSError, sqlite3.Error) as error:
            logger.warning("Checkpoint put off: %s", type(error).__name__)
            return None
        return now if n_pages == n_copied else None


def embedded_database() -> Path | None:
    """Return the path of the SQLite database in use, None on PostgreSQL or in memory."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor != "sqlite" or ":memory:" in name or "mode=memory" in name:
        return None
    # a database that may only be read is named by an address (config.databases)
    return Path(unquote(urlsplit(name).path) if name.startswith("file:") else name)


def start() -> Checkpointer | None:
    """Start checkpointing in this process; None where there is nothing to checkpoint."""
    database = embedded_database()
    if database is None:
        return None
    thread = Checkpointer(database)
    thread.start()
    atexit.register(thread.stop)
    return thread
