"""What must be true of the data before the site or a command works on it."""

import contextlib
import fcntl
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError
from django.utils.translation import gettext as _

from nastavnik.cabinet import access
from nastavnik.core import audit, condition
from nastavnik.core.condition import Trouble
from nastavnik.core.errors import RefusedError
from nastavnik.files import backups, modes, upgrading
from nastavnik.files.running import taking_part
from nastavnik.organisations.queries import is_set_up
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


def say_troubles() -> None:
    """Print what is wrong with the machine, before somebody meets it on a page."""
    for trouble in condition.everything():
        print(condition.sentence(trouble), file=sys.stderr, flush=True)  # noqa: T201


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
        if condition.of_storage() is Trouble.READ_ONLY:
            _prepare_to_read(demo=demo)
        else:
            _prepare_to_write(demo=demo)


def _prepare_to_write(*, demo: bool) -> None:
    ensure_schema()
    _unless_full(lambda: call_command("collectstatic", interactive=False, verbosity=0))
    if demo:
        call_command("demo", stage="running", if_empty=True)
    _unless_full(audit.seal_all)


def _prepare_to_read(*, demo: bool) -> None:
    """Write nothing: what there is is shown as it is."""
    if upgrading.missing():
        raise RefusedError(_("The database is older than the program, and the data folder may only be read: the database cannot be updated. Start the previous version, or let the folder be written to."))  # fmt: skip
    if demo and is_set_up():
        call_command("demo", if_empty=True)  # says the accounts


def _unless_full(work: Callable[[], object]) -> None:
    """Do what can wait; a full disk must not keep the site from being read."""
    try:
        work()
    except (DatabaseError, OSError) as error:
        if condition.of_error(error) is None:
            raise
