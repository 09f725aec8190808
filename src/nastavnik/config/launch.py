"""What must be true of the data before the site or a command works on it."""

import io
import sys

from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from nastavnik.core import audit
from nastavnik.matching import actions


def ensure_schema() -> None:
    """Apply the migrations that are missing; the checks of the database run with them."""
    executor = MigrationExecutor(connections["default"])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        print("Обновляю базу данных…", file=sys.stderr, flush=True)  # noqa: T201
        call_command("migrate", interactive=False, verbosity=0, skip_checks=True)


def prepare(*, demo: bool) -> None:
    """Make the data ready for the server; only what the person should read goes to stdout."""
    call_command("check", databases=["default"], stdout=io.StringIO())
    ensure_schema()
    call_command("collectstatic", interactive=False, verbosity=0)
    if demo:
        call_command("demo", stage="running", if_empty=True)
    actions.fail_interrupted(by=None)
    audit.seal_all()
