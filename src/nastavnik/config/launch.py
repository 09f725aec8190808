"""What must be true of the data before the site or a command works on it."""

import io
import sys
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from nastavnik.core import audit
from nastavnik.files import backups, modes, upgrading
from nastavnik.matching import actions


def open_data() -> None:
    """Keep the folder to its owner and bring a restore that was killed to its end, before anybody opens the database.

    Raises:
        RefusedError: a copy is being restored just now.
    """
    modes.keep_to_owner(Path(settings.DATA))
    backups.recover()


def ensure_schema() -> None:
    """Apply the migrations that are missing; the checks of the database run with them."""
    if upgrading.missing():
        print("Обновляю базу данных…", file=sys.stderr, flush=True)  # noqa: T201
        upgrading.upgrade()


def prepare(*, demo: bool) -> None:
    """Make the data ready for the server; only what the person should read goes to stdout."""
    call_command("check", databases=["default"], stdout=io.StringIO())
    ensure_schema()
    call_command("collectstatic", interactive=False, verbosity=0)
    if demo:
        call_command("demo", stage="running", if_empty=True)
    actions.fail_interrupted(by=None)
    audit.seal_all()
