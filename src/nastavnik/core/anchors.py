"""What the audit trail keeps outside the database, beside the data and never in a backup: its key and its anchors.

Whoever changes the database by hand can recompute every digest in it, but has no key; whoever takes the end of the
journal away, or all of it, leaves an anchor that names a link which is gone. Both files are 0600. When the key is lost,
a new one is made and every link is closed anew with it: what was changed before that moment is shown by a code for the
safe only, and `verify-audit` says so.
"""

import contextlib
import hashlib
import hmac
import json
import os
import secrets
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

KEY, ANCHORS = "audit-key", "audit-anchors.json"
PRINT_LENGTH = 12
_writing = threading.Lock()


@dataclass(frozen=True, slots=True)
class Anchor:
    """The last link of a chain, as it was closed.

    Attributes:
        number: of the link.
        digest: of the link.
        unproved: the links up to this one were closed with a key that is not here.
        broken: the link that did not fit when all were closed anew; 0 for none.
    """

    number: int
    digest: str
    unproved: int = 0
    broken: int = 0


@dataclass(frozen=True, slots=True)
class Anchors:
    """All anchors of an installation.

    Attributes:
        key: the print of the key in use; empty before the first link is closed with one.
        since: the moment from which the present key closes links, ISO 8601.
        checked: what the last check found: its moment under `at`, and name of a chain → link that did not fit.
        chains: name of the chain → its anchor.
    """

    key: str = ""
    since: str = ""
    checked: dict[str, str | int] = field(default_factory=dict)
    chains: dict[str, Anchor] = field(default_factory=dict)


def chain_name(organisation_id: int | None) -> str:
    """Return what a chain is called among the anchors."""
    return "site" if organisation_id is None else str(organisation_id)


def key() -> bytes:
    """Return the key of this installation: of the environment, else of the file, made at its first use."""
    if given := os.environ.get("NASTAVNIK_AUDIT_KEY"):
        return given.encode()
    path = Path(settings.DATA) / KEY
    if not path.exists():
        _make_key(path)
    return path.read_bytes().strip()


def _make_key(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_name(f"{KEY}.{secrets.token_hex(4)}")
    _write_private(fresh, secrets.token_hex(32))
    try:
        # not a rename: of two processes that start together the second takes the key of the first
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(fresh)
    except OSError:  # a disk that knows no second names
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def _write_private(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(handle, "w", encoding="utf-8") as stream:  # noqa: PTH123 - opened above, for its mode
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())


def print_of(secret: bytes) -> str:
    """Return a name of a key that tells nothing of it."""
    return hmac.new(secret, b"print", hashlib.sha256).hexdigest()[:PRINT_LENGTH]


def read() -> Anchors:
    """Return the anchors; none where there is no file, or it cannot be read as one."""
    try:
        kept: dict[str, Any] = json.loads((Path(settings.DATA) / ANCHORS).read_text("utf-8"))
        chains = {name: Anchor(**one) for name, one in kept["chains"].items()}
        return Anchors(kept["key"], kept["since"], kept["checked"], chains)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Anchors()


def keep(change: Callable[[Anchors], Anchors]) -> Anchors:
    """Write what a change makes of the anchors, whole or not at all.

    Raises:
        OSError: the disk is full or may not be written to.
    """
    path = Path(settings.DATA) / ANCHORS
    with _writing:
        changed = change(read())
        fresh = path.with_name(f".{ANCHORS}.{secrets.token_hex(4)}")
        try:
            _write_private(fresh, json.dumps(asdict(changed), ensure_ascii=False, indent=1))
            fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)
    return changed


def forget() -> None:
    """Let the anchors of a database go that another one has replaced: the next start takes what it finds as given."""
    (Path(settings.DATA) / ANCHORS).unlink(missing_ok=True)
