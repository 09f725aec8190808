"""Put new things in the place of old ones: killed in the middle, the next start brings it to its end.

Everything new lies whole in a working folder on the same disk before a journal says what goes where. From then on only
renames are left, and each of them can be tried again. Without a journal nothing has been moved.
"""

import contextlib
import fcntl
import glob
import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from nastavnik.core.errors import RefusedError
from nastavnik.files import archive

JOURNAL = "restore-under-way.json"
PREFIX = ".nastavnik-"


@dataclass(frozen=True, slots=True)
class FileMove:
    """One thing that goes to its place; without a fresh one, what stands there only goes away.

    Attributes:
        fresh: name in the working folder.
        place: path inside the data folder.
    """

    fresh: str | None
    place: str


@dataclass(frozen=True, slots=True)
class Swap:
    """What a journal says: the name of the working folder and what goes where."""

    folder: str
    moves: tuple[FileMove, ...]


@contextlib.contextmanager
def working_folder(parent: Path) -> Iterator[Path]:
    """Make a private folder on the disk of `parent`, so that a rename out of it is one step."""
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)  # it is in use: `clear` leaves it
        yield folder
    finally:
        if not _belongs_to_journal(folder):
            shutil.rmtree(folder, ignore_errors=True)
        os.close(handle)


def _belongs_to_journal(folder: Path) -> bool:
    swap = begun(folder.parent)
    return swap is not None and swap.folder == folder.name


@contextlib.contextmanager
def alone(data: Path) -> Iterator[None]:
    """Let one process at a time look for what is to be brought to its end: a server starts several together."""
    handle = os.open(data, os.O_RDONLY)  # the folder itself: nothing has to be written for it
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def clear(parent: Path, written: str = "") -> None:
    """Remove what killed processes left: working folders, and the beginnings of the file `written`."""
    for folder in parent.glob(f"{PREFIX}*"):
        if not is_in_use(folder):
            shutil.rmtree(folder, ignore_errors=True)
    for part in parent.glob(f".{glob.escape(written)}.*.part") if written else ():
        if not Path("/proc", part.suffixes[-2].removeprefix(".")).exists():
            part.unlink(missing_ok=True)


def is_in_use(folder: Path) -> bool:
    """Tell whether the process that made a working folder still runs."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def begun(data: Path) -> Swap | None:
    """Return the swap that was begun and not ended."""
    try:
        told = json.loads((data / JOURNAL).read_text("utf-8"))
    except FileNotFoundError:
        return None
    return Swap(told["folder"], tuple(FileMove(**move) for move in told["moves"]))


def begin(data: Path, swap: Swap) -> None:
    """Write down what goes where; from here on the new things are those that hold."""
    for folder, _folders, _files in os.walk(data / swap.folder):
        archive.sync_folder(Path(folder))
    told = {"folder": swap.folder, "moves": [{"fresh": m.fresh, "place": m.place} for m in swap.moves]}  # fmt: skip
    with archive.replacing(data / JOURNAL) as stream:
        stream.write(json.dumps(told).encode())


def do(data: Path, swap: Swap) -> None:
    """Make the moves that are not made yet.

    Raises:
        OSError: one cannot be made; those that were made stay.
    """
    for number, move in enumerate(swap.moves):
        aside = data / swap.folder / f"old-{number}"
        place = data / move.place
        fresh = data / swap.folder / move.fresh if move.fresh else None
        is_made = aside.exists() if fresh is None else not fresh.exists()
        if is_made:
            continue
        if place.exists():
            # between two moves somebody may have opened the place and so made an empty database
            taken = aside.exists()
            place.rename(aside.with_name(f"stray-{secrets.token_hex(4)}") if taken else aside)
        if fresh is not None:
            place.parent.mkdir(parents=True, exist_ok=True)
            fresh.rename(place)
            archive.sync_folder(place.parent)
    archive.sync_folder(data)


def undo(data: Path, swap: Swap) -> None:
    """Put everything old back; killed in the middle, the moves can still be made.

    Raises:
        OSError: that cannot be done either; the journal stays.
    """
    for number, move in reversed(list(enumerate(swap.moves))):
        aside = data / swap.folder / f"old-{number}"
        place = data / move.place
        fresh = data / swap.folder / move.fresh if move.fresh else None
        if fresh is not None and not fresh.exists():
            place.rename(fresh)
        if aside.exists():
            aside.rename(place)
    archive.sync_folder(data)
    end(data)


def end(data: Path) -> None:
    """Strike the journal out: the swap is done, or taken back."""
    (data / JOURNAL).unlink(missing_ok=True)
    archive.sync_folder(data)


def require_ended(data: Path, swap: Swap) -> None:
    """Refuse while the process that began a swap is still at it.

    Raises:
        RefusedError: it is.
    """
    if is_in_use(data / swap.folder):
        raise RefusedError(_("A copy is being restored into %(folder)s just now. Wait until it is done.") % {"folder": data})  # fmt: skip
