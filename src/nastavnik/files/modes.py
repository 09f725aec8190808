"""Who may read the data folder: its owner, and nobody else on the machine."""

import contextlib
import os
import stat
from pathlib import Path

PRIVATE = 0o077
# What stands beside the database and says something about people, or opens it.
KEPT = ("nastavnik.sqlite3*", "secret-key", "*.json", "*-key", "*lock", "files", "before-update")


def keep_to_owner(data: Path) -> None:
    """Let new files be readable by the owner only, and make those of older versions so."""
    os.umask(PRIVATE)
    for path in [data, *(found for pattern in KEPT for found in data.glob(pattern))]:
        with contextlib.suppress(OSError):  # somebody else's, or a disk that is only read
            _close(path)


def _close(path: Path) -> None:
    found = path.lstat()
    ours = found.st_uid == os.geteuid() and not stat.S_ISLNK(found.st_mode)
    shared = found.st_mode & stat.S_ISVTX  # /tmp and the like, named by mistake
    if ours and not shared and found.st_mode & PRIVATE:
        path.chmod(stat.S_IMODE(found.st_mode) & ~PRIVATE)
