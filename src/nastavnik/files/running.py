"""Who works on a data folder now: the site and its start together, the restoring of a copy alone.

A lock of the operating system on a file of the folder says it. It goes with the process that holds it, however that
ends: nothing stays behind that somebody would have to judge, as a number of a process or a port would.
"""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LOCK = "in-use.lock"
#: The first server of a folder holds the one, a second server the other.
SEATS = ("server.lock", "second-server.lock")


def take_part(data: Path) -> int | None:
    """Work on `data` beside others; return what holds the place until the process ends, None while it is restored."""
    return _take(data, fcntl.LOCK_SH)


@contextmanager
def taking_part(data: Path) -> Iterator[bool]:
    """Work on `data` beside others for a while; yields False while it is being restored."""
    yield from _holding(take_part(data))


@contextmanager
def alone_on(data: Path) -> Iterator[bool]:
    """Have `data` for oneself; yields False while a site works on it."""
    yield from _holding(_take(data, fcntl.LOCK_EX))


def take_seat(data: Path) -> int | None:
    """Say that a server works on `data` from now on; return what holds that until the process ends."""
    for name in SEATS:
        if (handle := _try(data / name, os.O_RDWR | os.O_CREAT, fcntl.LOCK_EX)) is not None:
            return handle
    return None


def is_second_here(data: Path) -> bool:
    """Tell whether two servers work on `data`: each counts its tries and jobs as though it were alone."""
    seat = data / SEATS[1]
    if not seat.exists():
        return False
    handle = _try(seat, os.O_RDONLY, fcntl.LOCK_SH)
    if handle is None:
        return True
    os.close(handle)
    return False


def _try(path: Path, flags: int, how: int) -> int | None:
    """Lock a file of the folder; None where somebody else has it, or where nothing can be made."""
    try:
        handle = os.open(path, flags, 0o600)
    except OSError:
        return None
    try:
        fcntl.flock(handle, how | fcntl.LOCK_NB)
    except OSError:
        os.close(handle)
        return None
    return handle


def _take(data: Path, how: int) -> int | None:
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(data / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        if how == fcntl.LOCK_SH and error.errno in {errno.EROFS, errno.EACCES, errno.EPERM}:
            return os.open(data, os.O_RDONLY)  # nobody can restore where nobody can write
        raise
    try:
        fcntl.flock(handle, how | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle


def _holding(handle: int | None) -> Iterator[bool]:
    try:
        yield handle is not None
    finally:
        if handle is not None:
            os.close(handle)
