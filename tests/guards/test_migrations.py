"""Migrations are in step with the models, named by a person, and go both ways."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection, migrations, models
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.questioner import NonInteractiveMigrationQuestioner
from django.db.migrations.state import ModelState, ProjectState
from django.utils import translation

import nastavnik

ROOT = Path(nastavnik.__file__).parent
OURS = {config.label for config in apps.get_app_configs() if config.name.startswith("nastavnik.")}
NAME = re.compile(r"^\d{4}_[a-z]+(_[a-z0-9]+)*$")


def changes(state, loader):
    """Return app → migrations that are missing for a state of the models."""
    detector = MigrationAutodetector(
        loader.project_state(), state, NonInteractiveMigrationQuestioner(specified_apps=OURS)
    )
    with translation.override(None):  # names of fields are written in English
        found = detector.changes(graph=loader.graph)
    return {app: [one.name for one in missing] for app, missing in found.items() if app in OURS}


def badly_named(names):
    """Return names that a machine has given."""
    return [name for name in names if "_auto_" in name or not NAME.match(name)]


def one_way(operations):
    """Return the operations that cannot be undone."""
    return [type(one).__name__ for one in operations if not one.reversible]


@pytest.fixture(scope="module")
def loader():
    return MigrationLoader(None)


@pytest.fixture(scope="module")
def our_migrations(loader):
    return {key: one for key, one in loader.disk_migrations.items() if key[0] in OURS}


def test_models_and_migrations_agree(loader):
    assert changes(ProjectState.from_apps(apps), loader) == {}


def test_names_are_a_persons(our_migrations):
    assert len(our_migrations) >= 8
    assert badly_named(name for _app, name in our_migrations) == []


def test_one_leaf_an_app(loader):
    assert loader.detect_conflicts() == {}


def test_every_operation_can_be_undone(our_migrations):
    assert {
        key: one_way(one.operations)
        for key, one in our_migrations.items()
        if one_way(one.operations)
    } == {}


# How many of the last migrations go back in the ordinary run; in the long run all do, which takes a minute and a half.
N_LAST = 12
BOTH_WAYS = """
import django
django.setup()
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
call_command("migrate", verbosity=0)
full = set(connection.introspection.table_names())
executor = MigrationExecutor(connection)
leaves = executor.loader.graph.leaf_nodes()
plan = [one for one, _back in executor.migration_plan(leaves, clean_start=True)]
before = {{}}
for one in [one for one in plan if one.app_label in {apps!r}][-{n_last!r}:]:
    own = [name for app, name in one.dependencies if app == one.app_label]
    before.setdefault(one.app_label, own[0] if own else None)
executor.migrate(list(before.items()))
n_undone = len(MigrationExecutor(connection).migration_plan(leaves))
left = {{t for t in connection.introspection.table_names() if t.partition("_")[0] in {apps!r}}}
call_command("migrate", verbosity=0)
assert set(connection.introspection.table_names()) == full
print(n_undone, sorted(left))
"""


@pytest.mark.django_db
def test_migrations_go_back_and_forth_again(tmp_path, request, loader, begin_migrated):
    """On a scratch database of the kind the suite runs on; forth for the first time the one of the suite has gone."""
    url = ""
    if connection.vendor == "postgresql":
        url = _scratch_postgres(request)
    else:
        begin_migrated(tmp_path)
    n_last = 0 if request.config.getoption("--deep") else N_LAST
    words = {"apps": sorted(OURS & loader.migrated_apps), "n_last": n_last}
    done = subprocess.run(
        [sys.executable, "-c", BOTH_WAYS.format(**words)],
        env=os.environ
        | {
            "NASTAVNIK_DATA": str(tmp_path),
            "NASTAVNIK_DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "nastavnik.config.settings",
            "PYTHONPATH": str(ROOT.parent),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    n_undone, left = done.stdout.split("\n")[-2].split(" ", 1)
    assert int(n_undone) >= N_LAST
    assert n_last or left == "[]"


def _scratch_postgres(request):
    import psycopg

    url = request.getfixturevalue("postgres_url")
    with psycopg.connect(url, autocommit=True) as server:
        server.execute("DROP DATABASE IF EXISTS scratch")
        server.execute("CREATE DATABASE scratch")
    address, question, options = url.partition("?")
    return f"{address.rpartition('/')[0]}/scratch{question}{options}"


# ---------------------------------------------------------------- planted violations


def test_a_field_without_a_migration_is_seen(loader):
    state = ProjectState.from_apps(apps)
    state.add_model(
        ModelState("people", "Forgotten", [("id", models.BigAutoField(primary_key=True))])
    )
    assert list(changes(state, loader)) == ["people"]


def test_a_name_of_a_machine_is_seen():
    given = ["0002_auto_20260901_1200", "0003_alter_person_options", "0004", "0005_Кириллица"]
    assert badly_named(given) == ["0002_auto_20260901_1200", "0004", "0005_Кириллица"]


def test_a_migration_of_one_way_is_seen():
    assert one_way([migrations.RunPython(print), migrations.RunSQL("SELECT 1")]) == [
        "RunPython",
        "RunSQL",
    ]
    assert one_way([migrations.RunPython(print, migrations.RunPython.noop)]) == []
