"""The files of a package: a folder or a .zip, read and written within limits."""

import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import IO, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from nastavnik.core.errors import RefusedError
from nastavnik.engine.packages.schema import descriptor
from nastavnik.engine.packages.writing import write_table
from nastavnik.interchange.catalogues import VERSION
from nastavnik.interchange.queries import SchoolPackage

DESCRIPTION = "datapackage.json"
MOST_FILE = 64 * 1024 * 1024  # bytes of one table
MOST_IN_ALL = 256 * 1024 * 1024
MOST_FILES = 200
_CHUNK = 64 * 1024


def read_files(path: Path) -> dict[str, bytes]:
    """Return the tables of a package by their names: of a folder, or of a .zip.

    Where the package says in `datapackage.json` how its files are called, it is believed within the folder only.

    Raises:
        RefusedError: it is not there, too large, or points outside.
        OSError: it cannot be read.
    """
    files = _of_folder(path) if path.is_dir() else _of_archive(path)
    # one folder inside an archive is how people pack
    if DESCRIPTION not in files and (inner := _only_folder(files)):
        files = {name.removeprefix(inner): data for name, data in files.items()}
    named = _named_by_description(files)
    return {
        PurePosixPath(name).stem: data
        for name, data in files.items()
        if name.endswith(".csv") and "/" not in name and name not in named.values()
    } | {name: files[place] for name, place in named.items()}


def _of_folder(path: Path) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    left = MOST_IN_ALL
    for file in sorted(path.rglob("*")):
        if not _is_wanted(file.name) or not file.is_file():
            continue
        # a link may lead out of the folder
        if not file.resolve().is_relative_to(path.resolve()):
            raise RefusedError(_("The file %s leads out of the folder.") % file.name)
        with file.open("rb") as stream:
            data = _limited(stream, file.name, left)
        left -= len(data)
        found[file.relative_to(path).as_posix()] = data
        _check_number(found)
    return found


def _of_archive(path: Path) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    left = MOST_IN_ALL
    try:
        with zipfile.ZipFile(path) as archive:
            for one in archive.infolist():
                if one.is_dir() or not _is_wanted(one.filename):
                    continue
                name = _safe(one.filename)
                with archive.open(one) as stream:
                    data = _limited(stream, name, left)
                left -= len(data)
                if name in found:
                    raise RefusedError(_("The file %s stands twice in the archive.") % name)
                found[name] = data
                _check_number(found)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise RefusedError(_("This is neither a folder nor a .zip of a package.")) from error
    return found


def _is_wanted(name: str) -> bool:
    return name.endswith(".csv") or PurePosixPath(name).name == DESCRIPTION


def _check_number(found: Mapping[str, bytes]) -> None:
    if len(found) > MOST_FILES:
        raise RefusedError(_("A package has at most %s files.") % MOST_FILES)


def _safe(name: str) -> str:
    """Return a name within the package; one that leads outside is refused."""
    place = PurePosixPath(name.replace("\\", "/"))
    if place.is_absolute() or ".." in place.parts or ":" in name:
        raise RefusedError(_("The file %s leads out of the folder.") % name[:80])
    return place.as_posix()


def _limited(stream: IO[bytes], name: str, left: int) -> bytes:
    """Return what a stream holds, read piece by piece: what it says of its length is not believed."""
    parts, size = [], 0
    while part := stream.read(_CHUNK):
        size += len(part)
        if size > min(MOST_FILE, left):
            raise RefusedError(
                _(
                    "The package is too large: a table has at most %(file)s MB, all of it %(all)s MB (%(name)s)."
                )
                % {"file": MOST_FILE >> 20, "all": MOST_IN_ALL >> 20, "name": name}
            )
        parts.append(part)
    return b"".join(parts)


def _only_folder(files: Mapping[str, bytes]) -> str:
    folders = {name.partition("/")[0] if "/" in name else "" for name in files}
    return f"{folders.pop()}/" if len(folders) == 1 and "" not in folders else ""


def _named_by_description(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return the tables the description names and where they lie, those only that are there."""
    if DESCRIPTION not in files:
        return {}
    try:
        said: Any = json.loads(files[DESCRIPTION].decode("utf-8-sig"))
        resources = [(str(one["name"]), one["path"]) for one in said["resources"]]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise RefusedError(
            _(
                "datapackage.json is not a description of a data package: “resources”, each with “name” and “path”."
            )
        ) from error
    named = {}
    for name, path in resources:
        place = _safe(str(path))
        if place not in files:
            raise RefusedError(_("datapackage.json names the file %s, which is not there.") % place)
        named[name] = place
    return named


# ---------------------------------------------------------------- out


def package_files(package: SchoolPackage) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a package: every table, last the description."""
    tables = []
    for table, rows in package.tables():
        tables.append(table)
        yield f"{table.name}.csv", write_table(table.header, rows)
    said = descriptor(
        tables,
        name="nastavnik",
        title=package.organisation.short_name,
        description=f"Наставник, пакет данных организации, версия {VERSION}. Описание: docs/data-package.md",
        created=f"{timezone.now():%Y-%m-%dT%H:%M:%SZ}",
    )
    yield DESCRIPTION, (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()


def write_folder(package: SchoolPackage, folder: Path) -> list[str]:
    """Write a package into a folder, which is empty or new; return the names of its files.

    Raises:
        RefusedError: something is in the folder already.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise RefusedError(_("The folder %s is not empty: name a new one.") % folder)
    names = []
    for name, data in package_files(package):
        place = folder / name
        place.touch(mode=0o600)
        place.write_bytes(data)
        names.append(name)
    return names


def write_archive(package: SchoolPackage, stream: IO[bytes]) -> None:
    """Write a package as a .zip."""
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in package_files(package):
            archive.writestr(name, data)
