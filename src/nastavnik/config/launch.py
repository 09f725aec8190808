"""What must be true of the data before the site or a command works on it."""

import contextlib
import fcntl
import io
import os
import sys
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError

from nastavnik.cabinet import access
from nastavnik.core import audit
from nastavnik.files import backups, modes, upgrading
from nastavnik.files.running import taking_part
from nastavnik.matching import actions
from nastavnik.people.queries import has_any_account


def open_data() -> None:
    """Keep the folder to its owner and bring a restore that was killed to its end, before anybody opens the database.

    Raises:
        RefusedError: a copy is being restored just now.
    """
    modes.keep_to_owner(Path(settings.DATA))
    backups.recover()


def say_code() -> None:
    """Print the code for the set-up where there is nobody yet and others could come first; once for all processes."""
    with contextlib.suppress(OSError):
        handle = os.open(Path(settings.DATA) / "set-up-word.lock", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)  # kept until this process ends
        _say_code()


def _say_code() -> None:
    try:
        said = "" if has_any_account() else access.announcement()
    except DatabaseError:  # no tables yet: whoever makes them says it
        return
    if said:
        print(said, file=sys.stderr, flush=True)  # noqa: T201


def ensure_schema() -> None:
    """Apply the migrations that are missing; the checks of the database run with them."""
    if upgrading.missing():
        print("Обновляю базу данных…", file=sys.stderr, flush=True)  # noqa: T201
        upgrading.upgrade()


def prepare(*, demo: bool) -> None:
    """Make the data ready for the server; only what the person should read goes to stdout."""
    with taking_part(settings.DATA) as mine:
        if not mine:
            sys.exit(
                "Данные сейчас восстанавливают из копии. Запустите сайт, когда это закончится."
            )
        call_command("check", databases=["default"], stdout=io.StringIO())
        ensure_schema()
        call_command("collectstatic", interactive=False, verbosity=0)
        if demo:
            call_command("demo", stage="running", if_empty=True)
        actions.fail_interrupted(by=None)
        audit.seal_all()
