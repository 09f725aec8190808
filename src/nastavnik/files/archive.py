"""One archive of a whole installation: the database, the stored files, a manifest of hashes.

A gzipped tar. The members, in this order: ``database.sqlite3`` or ``database.pgdump``, the stored
files as ``files/…``, and last ``manifest.json``, so an archive cut short has none. The manifest
names every member with its size and sha256, the version of the program and the migrations applied.
"""

import contextlib
import gzip
import hashlib
import io
import json
import os
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import IO, cast

from django.utils.translation import gettext as _

from nastavnik.core.errors import RefusedError
from nastavnik.files.sealing import MAGIC, Sealing, Unsealing, is_sealed

FORMAT = 1
MANIFEST = "manifest.json"
DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}
FILES = "files"
MANIFEST_BYTES_MAX = 64 * 1024 * 1024
BLOCK = 1024 * 1024
# What gzip, zlib, tar and json say of bytes that are not theirs.
BROKEN = (tarfile.TarError, zlib.error, gzip.BadGzipFile, EOFError, ValueError, KeyError, TypeError)


@dataclass(frozen=True, slots=True)
class Member:
    """One file in the archive."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says of itself.

    Attributes:
        database: ``sqlite`` or ``postgresql``.
        migrations: names of the applied migrations of each app.
        made_at: moment of the copy, ISO 8601 in UTC.
    """

    version: str
    database: str
    made_at: str
    migrations: dict[str, list[str]]
    members: list[Member] = field(default_factory=list)
    format: int = FORMAT


class _Hashed(io.RawIOBase):
    """A stream that remembers the sha256 of what was read from it."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__()
        self._stream = stream
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Read on, and into the digest."""
        block = self._stream.read(size)
        self.digest.update(block)
        return block


def write(
    target: Path, database: Path, files: Path, about: Manifest, *, passphrase: str = ""
) -> Manifest:
    """Write an archive to `target` whole or not at all.

    Args:
        target: the archive; appears under this name only when complete and on the disk.
        database: a copy of the database that nobody writes to.
        files: the folder of stored files; may be missing. A file erased meanwhile is left out.
        about: the manifest without its members.
        passphrase: what the archive is put under; nothing leaves it open.

    Returns:
        The manifest with its members.
    """
    with (
        replacing(target) as written,
        _sealed(written, passphrase) as stream,
        tarfile.open(fileobj=stream, mode="w:gz", compresslevel=6) as tar,
    ):
        members = [_add(tar, DATABASES[about.database], database)]
        for path in _stored(files):
            with contextlib.suppress(FileNotFoundError):
                members.append(_add(tar, f"{FILES}/{path.relative_to(files).as_posix()}", path))
        whole = replace(about, members=members)
        text = json.dumps(asdict(whole), ensure_ascii=False, indent=1).encode()
        info = tarfile.TarInfo(MANIFEST)
        info.size = len(text)
        tar.addfile(info, io.BytesIO(text))
    return whole


@contextlib.contextmanager
def _sealed(stream: IO[bytes], passphrase: str) -> Iterator[IO[bytes]]:
    if not passphrase:
        yield stream
        return
    sealing = Sealing(stream, passphrase)
    yield cast("IO[bytes]", sealing)
    sealing.close()


@contextlib.contextmanager
def _unsealed(source: Path, passphrase: str) -> Iterator[IO[bytes]]:
    with source.open("rb") as stream:
        if not is_sealed(stream.read(len(MAGIC))):
            stream.seek(0)
            yield stream
            return
        if not passphrase:
            raise RefusedError(_("The copy %(path)s is under a passphrase: add --passphrase, and it will be asked for.") % {"path": source})  # fmt: skip
        stream.seek(0)
        yield io.BufferedReader(Unsealing(stream, passphrase), BLOCK)


@contextlib.contextmanager
def replacing(target: Path) -> Iterator[IO[bytes]]:
    """Open a file that takes the name `target` only after everything is written and synced."""
    fresh = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:  # noqa: PTH123
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(target)
        sync_folder(target.parent)
    finally:
        fresh.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make renames in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def verify(source: Path, *, passphrase: str = "") -> Manifest:
    """Read an archive through and compare every member with the manifest.

    Raises:
        RefusedError: it is damaged, cut short, of another program, or hostile.
    """
    return _walk(source, None, passphrase)


def unpack(source: Path, folder: Path, *, passphrase: str = "") -> Manifest:
    """Write the members of an archive into an empty `folder`, comparing every hash on the way.

    Raises:
        RefusedError: as `verify`; or the disk has no room. What was written is then not to be used.
    """
    return _walk(source, folder, passphrase)


def _stored(files: Path) -> list[Path]:
    # Names that begin with a dot are uploads under way.
    return sorted(
        path
        for path in files.rglob("*")
        if path.is_file() and not path.is_symlink() and not path.name.startswith(".")
    )


def _add(tar: tarfile.TarFile, name: str, path: Path) -> Member:
    with path.open("rb") as stream:
        info = tarfile.TarInfo(name)
        info.size = os.fstat(stream.fileno()).st_size
        info.mode = 0o600
        hashed = _Hashed(stream)
        tar.addfile(info, hashed)
    return Member(name, info.size, hashed.digest.hexdigest())


def _walk(source: Path, folder: Path | None, passphrase: str) -> Manifest:
    seen: dict[str, Member] = {}
    manifest: Manifest | None = None
    try:
        with _unsealed(source, passphrase) as opened, gzip.open(opened) as packed:
            with tarfile.open(fileobj=packed, mode="r|") as tar:
                for info in tar:
                    _require_safe(info, seen, finished=manifest is not None)
                    stream = tar.extractfile(info)
                    assert stream is not None  # noqa: S101 - a regular file has contents
                    if info.name == MANIFEST:
                        manifest = _parse(stream.read(MANIFEST_BYTES_MAX))
                    else:
                        seen[info.name] = _take(info, stream, folder)
            # the tar may end before the file does: only its very end has the checksum of the whole
            while packed.read(BLOCK):
                pass
    except FileNotFoundError as error:
        raise RefusedError(_("There is no such file: %(path)s.") % {"path": source}) from error
    except BROKEN as error:
        raise RefusedError(_damaged(source)) from error
    if manifest is None or {m.name: m for m in manifest.members} != seen:
        raise RefusedError(_damaged(source))
    _require_known(manifest)
    return manifest


def _damaged(source: Path) -> str:
    return _(
        "The archive %(path)s is damaged or incomplete: its contents differ from its manifest."
        " Take another copy; nothing has been changed."
    ) % {"path": source}


def _parse(text: bytes) -> Manifest:
    read = json.loads(text)
    read["members"] = [Member(**member) for member in read["members"]]
    return Manifest(**read)


def _require_known(manifest: Manifest) -> None:
    if manifest.format != FORMAT or manifest.database not in DATABASES:
        raise RefusedError(
            _("The archive was made by a newer version (%(version)s). Update the program first.")
            % {"version": manifest.version}
        )
    expected = DATABASES[manifest.database]
    others = [m.name for m in manifest.members if not m.name.startswith(f"{FILES}/")]
    if others != [expected]:
        raise RefusedError(_("The archive holds no database, or something else beside it."))


def _require_safe(info: tarfile.TarInfo, seen: dict[str, Member], *, finished: bool) -> None:
    name = info.name
    path = PurePosixPath(name)
    plain = name in {MANIFEST, *DATABASES.values()}
    stored = path.parts[:1] == (FILES,) and len(path.parts) > 1
    clean = path.as_posix() == name and not {"..", "/"} & set(path.parts)
    printable = not {"\\", "\0"} & set(name)
    if not (info.isreg() and clean and printable and (plain or stored)):
        raise RefusedError(
            _("The archive holds something that a backup never does: “%(name)s”. Not touched.")
            % {"name": name[:80]}
        )
    if finished or name in seen:
        raise ValueError(name)


def _take(info: tarfile.TarInfo, stream: IO[bytes], folder: Path | None) -> Member:
    hashed = _Hashed(stream)
    if folder is None:
        while hashed.read(BLOCK):
            pass
        return Member(info.name, info.size, hashed.digest.hexdigest())
    if info.size > shutil.disk_usage(folder).free:
        raise RefusedError(_("There is not enough room on the disk to unpack the archive."))
    target = folder / info.name
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as written:  # noqa: PTH123
        while block := hashed.read(BLOCK):
            written.write(block)
        written.flush()
        os.fsync(written.fileno())
    return Member(info.name, info.size, hashed.digest.hexdigest())
