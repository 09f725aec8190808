"""What the killed process does: a database of some migrations ago, with an account in it, is brought up to date.

Where the data folder has the file `as-django-does`, Django's own command does the work: the control that fails.
"""

import os
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from nastavnik.files import upgrading

KINDS = tuple(os.environ["KINDS"].split())
# how many migrations are left for the work; 0 for all but those without which there is no account
N_LAST = int(os.environ["N_LAST_MIGRATIONS"])
# the app none of whose migrations are there yet; the control needs one that Django writes down only after it
WITHOUT = os.environ.get("WITHOUT_APP", "")


def prepare():
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True)
    there = plan[:-N_LAST] if N_LAST else executor.migration_plan([("people", "0001_initial")])
    if WITHOUT:
        there = [one for one in plan if one[0].app_label != WITHOUT]
    if executor.loader.applied_migrations:  # the folder was begun with a database that has them all
        state = executor.migrate(before([one for one in plan if one not in there]))
    else:
        state = executor.migrate(None, there)
    # as the models were then: a later migration may add columns
    state.apps.get_model("people", "User").objects.create(login="anna", full_name="Анна")


def before(undone):
    """Return app and name of the migration up to which each app goes back, so that those of the plan are undone."""
    targets = {}
    for migration, _backwards in undone:
        own = [name for app, name in migration.dependencies if app == migration.app_label]
        targets.setdefault(migration.app_label, own[0] if own else None)
    return list(targets.items())


def work():
    if (Path(settings.DATA) / "as-django-does").exists():
        call_command("migrate", verbosity=0)
    else:
        upgrading.upgrade()


def look():
    with connection.cursor() as cursor:
        cursor.execute("SELECT login FROM people_user")
        return repr((cursor.fetchall(), upgrading._shape()))
