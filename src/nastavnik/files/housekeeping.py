"""Does what `core.hooks.periodic` holds while the site runs; of all processes on a folder only the holder of a lock works."""

import atexit
import contextlib
import fcntl
import logging
import os
import threading
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from nastavnik.core.hooks import periodic

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 60.0
LOCK = "housekeeping-lock"


class Housekeeper(threading.Thread):
    """Looks once a minute whether something is due."""

    def __init__(self, folder: Path, *, pause_seconds: float = PAUSE_SECONDS) -> None:
        super().__init__(name="housekeeping", daemon=True)
        self.folder = folder
        self.pause_seconds = pause_seconds
        self._stopping = threading.Event()

    def run(self) -> None:
        """Wait first: a start has enough to do."""
        while not self._stopping.wait(self.pause_seconds):
            try:
                look(self.folder)
            except Exception as error:  # noqa: BLE001 - the next minute is another one
                logger.warning("Housekeeping put off: %s", type(error).__name__)
            finally:
                connection.close()

    def stop(self) -> None:
        """Finish what is under way."""
        self._stopping.set()
        self.join()


def look(folder: Path) -> list[str]:
    """Do what is due, unless another process is at it; return what was done."""
    handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return periodic.run_due(folder, timezone.now())
        return []
    finally:
        os.close(handle)  # the lock goes with it, also when the process is killed


def start() -> Housekeeper:
    """Start housekeeping in this process."""
    thread = Housekeeper(Path(settings.DATA))
    thread.start()
    atexit.register(thread.stop)
    return thread
