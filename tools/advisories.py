"""Known holes in what the locks pin: `python tools/advisories.py DATABASE` (a folder or .zip of OSV files).

The database is given as files, since a school's network may reach none: the export of osv.dev for PyPI
(`PyPI/all.zip`) or any folder of such JSON. Nothing given, nothing read, or one package of the locks that could not be
compared is no green: the exit code is 1 then, as it is with a hole found; 0 only when every pinned package was audited
and none is affected; 2 for wrong usage.
"""

import argparse
import json
import re
import sys
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-uv.lock")
CLEAN, UNCLEAN, USAGE = 0, 1, 2
#: A database of PyPI that names fewer packages than this is a part of one: it cannot clear the locks.
LEAST_PACKAGES = 1000
_PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;\\]+)", re.MULTILINE)
_PINS_AT_ALL = re.compile(r"^[A-Za-z0-9]", re.MULTILINE)


def canonical(name: str) -> str:
    """Return the name of a package as PyPI compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned(text: str) -> set[tuple[str, str]]:
    """Return name and version of every package a lock pins.

    Raises:
        ValueError: a line of the lock begins a requirement that pins nothing.
    """
    found = {(canonical(name), version) for name, version in _PINNED.findall(text)}
    if len(_PINS_AT_ALL.findall(text)) != len(_PINNED.findall(text)):
        raise ValueError("a line of the lock pins no version")
    return found


def records(database: Path) -> Iterator[dict[str, Any]]:
    """Yield the advisories of a folder or an archive.

    Raises:
        OSError, ValueError: it is neither, or a file in it is broken.
    """
    if database.is_dir():
        for path in sorted(database.rglob("*.json")):
            yield json.loads(path.read_text(encoding="utf-8"))
        return
    with zipfile.ZipFile(database) as archive:
        for name in sorted(archive.namelist()):
            if name.endswith(".json"):
                yield json.loads(archive.read(name))


@dataclass(slots=True)
class Audit:
    """What came of it: `holes` are package, version and advisory, `unclear` packages that could not be compared."""

    total: int
    n_advisories: int = 0
    packages: set[str] = field(default_factory=set)
    holes: list[tuple[str, str, str]] = field(default_factory=list)
    unclear: set[str] = field(default_factory=set)

    @property
    def audited(self) -> int:
        """Return how many of the pinned packages were compared with the whole database."""
        is_whole = self.n_advisories and len(self.packages) >= LEAST_PACKAGES
        return self.total - len(self.unclear) if is_whole else 0


def audit(pins: Iterable[tuple[str, str]], advisories: Iterable[dict[str, Any]]) -> Audit:
    """Compare what is pinned with advisories (OSV schema: `affected`, `ranges` of ECOSYSTEM or SEMVER, `versions`)."""
    versions: dict[str, set[str]] = {}
    for name, version in pins:
        versions.setdefault(name, set()).add(version)
    found = Audit(sum(map(len, versions.values())))
    for advisory in advisories:
        found.n_advisories += 1
        if advisory.get("withdrawn"):
            continue
        for affected in advisory.get("affected", ()):
            package = affected.get("package", {})
            if package.get("ecosystem") == "PyPI":
                name = canonical(str(package.get("name", "")))
                found.packages.add(name)
                for version in versions.get(name, ()):
                    _compare(found, name, version, affected, str(advisory.get("id", "?")))
    return found


def _compare(
    found: Audit, name: str, version: str, affected: dict[str, Any], advisory: str
) -> None:
    try:
        if is_affected(version, affected):
            found.holes.append((name, version, advisory))
    except (InvalidVersion, KeyError):
        found.unclear.add(f"{name} {version}")


def is_affected(version: str, affected: dict[str, Any]) -> bool:
    """Tell whether a version is one of those listed or lies in a range.

    Raises:
        InvalidVersion: the pinned version, or one of a range, cannot be compared.
    """
    if version in affected.get("versions", ()):
        return True
    ours = Version(version)
    ranges = [one for one in affected.get("ranges", ()) if one["type"] != "GIT"]
    return any(_lies_in(ours, one["events"]) for one in ranges)


def _lies_in(ours: Version, events: list[dict[str, str]]) -> bool:
    lies = False
    for event in sorted(events, key=_moment):
        if "introduced" in event:
            lies = lies or event["introduced"] == "0" or ours >= Version(event["introduced"])
        elif "fixed" in event:
            lies = lies and ours < Version(event["fixed"])
        elif "last_affected" in event:
            lies = lies and ours <= Version(event["last_affected"])
    return lies


def _moment(event: dict[str, str]) -> Version:
    (said,) = (event[name] for name in ("introduced", "fixed", "last_affected") if name in event)
    return Version(said)


def main(arguments: list[str]) -> int:
    """Say what was audited and what was found; return the exit code."""
    parser = argparse.ArgumentParser(prog="tools/advisories.py", description=__doc__)
    parser.add_argument("database", nargs="?", type=Path, help="folder or .zip of OSV files")
    parser.add_argument("--lock", type=Path, action="append", help="by default the three of ours")
    given = parser.parse_args(arguments)
    try:
        locks = given.lock or [ROOT / name for name in LOCKS]
        pins = set().union(*(pinned(lock.read_text()) for lock in locks))
        advisories = records(given.database) if given.database else ()
        found = audit(pins, advisories)
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        print(f"не проверено: {error}", file=sys.stderr)
        return UNCLEAN
    for name, version, advisory in sorted(set(found.holes)):
        print(f"{name} {version}: {advisory}")
    for one in sorted(found.unclear):
        print(f"не сравнить: {one}")
    if found.audited < found.total or not found.total:
        print(
            f"не проверено: {found.audited} из {found.total} закреплённых версий, записей в базе"
            f" {found.n_advisories} о {len(found.packages)} пакетах PyPI (целая база: от {LEAST_PACKAGES})"
        )
        return UNCLEAN
    print(
        f"проверено {found.audited} из {found.total} закреплённых версий по {found.n_advisories}"
        f" записям, затронуто {len(set(found.holes))}"
    )
    return UNCLEAN if found.holes else CLEAN


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
