"""The worker: one process of an installation that does the jobs, however many are started.

It holds a lock that the kernel or the database frees when it is killed; so whoever gets the lock knows that nobody else
works, and what is still `running` is lost. A second worker waits for the lock and takes over.
"""

import contextlib
import fcntl
import os
import threading
from collections.abc import Iterator
from pathlib import Path

from django.db import connection, connections

from nastavnik.jobs.actions import lose_jobs
from nastavnik.jobs.kinds import all_kinds
from nastavnik.jobs.models import Job
from nastavnik.jobs.queries import next_jobs
from nastavnik.jobs.tasks.attempts import work_on

#: How often the worker looks for what waits: a read of an index, no lock.
LOOK_SECONDS = 0.1
#: How often one that is not needed looks whether the other is gone.
STAND_BY_SECONDS = 1.0
#: Somebody waits at the screen for a short one; a long one takes a core.
PLACES = {True: 2, False: 1}
ADVISORY_LOCK = 0x6E617374  # of PostgreSQL; «nast», one a database


@contextlib.contextmanager
def _sole() -> Iterator[bool]:
    """Hold the right to work; yields False when another process holds it."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        with _file_lock(Path(f"{name}-jobs")) as mine:
            yield mine
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [ADVISORY_LOCK])
        (mine,) = cursor.fetchone()
    try:
        yield bool(mine)
    finally:
        if mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [ADVISORY_LOCK])


@contextlib.contextmanager
def _file_lock(path: Path) -> Iterator[bool]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)  # the lock goes with it, also when the process is killed


def is_worked() -> bool:
    """Tell whether a worker works."""
    with _sole() as mine:
        return not mine


class Worker:
    """Takes what waits and does it in threads: long ones one by one, short ones beside them."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self._busy: dict[bool, list[threading.Thread]] = {True: [], False: []}

    def stop(self) -> None:
        """Let what runs be put back to wait, and end."""
        self.stopping.set()

    def run(self) -> None:
        """Wait for the right to work, then work until stopped."""
        while not self.stopping.is_set():
            with _sole() as mine:
                if mine:
                    self._work()
            self.stopping.wait(STAND_BY_SECONDS)

    def _work(self) -> None:
        lose_jobs(by=None)
        while not self.stopping.wait(LOOK_SECONDS):
            for is_short in (True, False):
                self._fill(is_short=is_short)
        for thread in [*self._busy[True], *self._busy[False]]:
            thread.join()

    def _fill(self, *, is_short: bool) -> None:
        busy = self._busy[is_short] = [one for one in self._busy[is_short] if one.is_alive()]
        if (room := PLACES[is_short] - len(busy)) <= 0:
            return
        codes = [kind.code for kind in all_kinds() if kind.is_short == is_short]
        taken = {thread.name for thread in busy}
        for job in next_jobs(codes, room):
            # begun a moment ago and not yet said so
            if str(job.pk) not in taken:
                thread = threading.Thread(target=self._do, args=(job,), name=str(job.pk))
                thread.start()
                busy.append(thread)

    def _do(self, job: Job) -> None:
        try:
            work_on(job, stopping=self.stopping)
        finally:
            connections.close_all()
