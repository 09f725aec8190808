"""What was killed in the middle leaves folders and files behind; nobody needs them after a day."""

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from nastavnik.core.hooks.retention import RetentionRule

# Of backups and restorations, of files written aside, of keys on their way; uploads begin with a dot.
OF_DATA = (".nastavnik-*", ".*.part", ".audit-anchors.json.*", "secret-key.*", "audit-key.*")
OF_FILES = ".*"


def _old(before: dt.datetime) -> Iterator[Path]:
    data, files = Path(settings.DATA), Path(settings.MEDIA_ROOT)
    found = [path for pattern in OF_DATA for path in data.glob(pattern)]
    found += [path for path in files.rglob(OF_FILES) if path.is_file()]
    for path in found:
        try:
            if path.lstat().st_mtime < before.timestamp():
                yield path
        except FileNotFoundError:  # just finished
            continue


def _count(before: dt.datetime) -> int:
    return sum(1 for _path in _old(before))


def _forget(before: dt.datetime) -> int:
    paths = list(_old(before))
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    return len(paths)


LEFTOVERS = RetentionRule("leftovers", "остатки прерванных копий и загрузок", _count, _forget)
