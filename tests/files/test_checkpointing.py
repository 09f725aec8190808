"""Never two checkpoints at once; the log does not grow; the library's bug is known by version."""

import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import connection

from nastavnik.config.databases import SQLITE_PRAGMAS
from nastavnik.files import checkpointing
from nastavnik.files.checkpointing import Checkpointer, is_affected, sole_checkpointer
from nastavnik.files.checks import check_sqlite_connections


def wait_for(condition, seconds=60):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "did not happen in time"
        time.sleep(0.01)


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "site.sqlite3"
    with closing(open_as_site(path)) as opened:
        opened.execute("CREATE TABLE t (x)")
    return path


def open_as_site(path):
    opened = sqlite3.connect(path, timeout=20, isolation_level=None)
    for pragma in SQLITE_PRAGMAS.split(";"):
        opened.execute(pragma)
    return opened


@pytest.mark.parametrize(
    ("version", "affected"),
    [
        ((3, 6, 23), False),
        ((3, 7, 0), True),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 53, 4), False),
    ],
)
def test_affected_versions(version, affected):
    assert is_affected(version) is affected


def test_the_log_reaches_the_file_while_connections_stay_open(database):
    with closing(open_as_site(database)) as opened:
        opened.execute("INSERT INTO t VALUES ('канарейка')")
        assert "канарейка".encode() not in database.read_bytes()  # nobody else checkpoints
        thread = Checkpointer(database, pause_seconds=0.02)
        thread.start()
        wait_for(lambda: "канарейка".encode() in database.read_bytes())
        thread.stop()


def test_a_long_log_is_cut(database, monkeypatch):
    monkeypatch.setattr(checkpointing, "LONG_LOG_BYTES", 100_000)
    log = database.with_name(database.name + "-wal")
    with closing(open_as_site(database)) as opened:
        opened.executemany("INSERT INTO t VALUES (?)", [("x" * 5000,)] * 100)
        assert log.stat().st_size > 100_000
        thread = Checkpointer(database, pause_seconds=0.02)
        thread.start()
        wait_for(lambda: log.stat().st_size == 0)
        thread.stop()


def test_only_one_works_and_the_next_takes_over(database):
    first = Checkpointer(database, pause_seconds=0.02)
    first.start()
    assert first.working.wait(60)
    second = Checkpointer(database, pause_seconds=0.02)
    second.start()
    assert not second.working.wait(0.3)
    first.stop()
    assert second.working.wait(60)
    second.stop()


def test_a_killed_holder_frees_the_lock(database):
    code = (
        "import sys, fcntl, time; h = open(sys.argv[1], 'a');"
        "fcntl.flock(h, fcntl.LOCK_EX); print('held', flush=True); time.sleep(60)"
    )
    lock = str(database) + "-checkpoint"
    with subprocess.Popen([sys.executable, "-c", code, lock], stdout=subprocess.PIPE) as holder:
        holder.stdout.readline()
        with sole_checkpointer(database) as mine:
            assert not mine
        holder.kill()
        holder.wait()
        with sole_checkpointer(database) as mine:
            assert mine


def test_a_failing_checkpoint_is_put_off(database, caplog):
    thread = Checkpointer(database, pause_seconds=0.02)
    with closing(open_as_site(database)) as opened, closing(sqlite3.connect(database)) as closed:
        opened.execute("INSERT INTO t VALUES (1)")
        closed.close()
        assert thread._step(closed, None) is None
    assert "put off" in caplog.text


@pytest.mark.django_db
class TestConnections:
    @pytest.fixture(autouse=True)
    def _on_sqlite(self):
        if connection.vendor != "sqlite":
            pytest.skip("about the embedded database")

    def test_ours_are_guarded(self):
        assert run_checks(databases=["default"], tags=["database"]) == []

    def test_one_that_checkpoints_by_itself_is_an_error(self):
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_autocheckpoint=1000")
            found = check_sqlite_connections(databases=["default"])
            cursor.execute("PRAGMA wal_autocheckpoint=0")
        expected = ["files.E001"] if is_affected(sqlite3.sqlite_version_info) else []
        assert [error.id for error in found] == expected

    def test_a_mapped_file_is_an_error(self):
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA mmap_size=1048576")
            found = check_sqlite_connections(databases=["default"])
            cursor.execute("PRAGMA mmap_size=0")
        expected = ["files.E002"] if is_affected(sqlite3.sqlite_version_info) else []
        assert [error.id for error in found] == expected

    def test_command(self, database, monkeypatch, capsys):
        monkeypatch.setitem(connection.settings_dict, "NAME", str(database))
        call_command("checkpoint", "--truncate")
        assert capsys.readouterr().out == "0/0\n"
        with sole_checkpointer(database), pytest.raises(CommandError):
            call_command("checkpoint")

    def test_in_memory_there_is_nothing_to_do(self, monkeypatch):
        monkeypatch.setitem(connection.settings_dict, "NAME", "file:memorydb?mode=memory")
        assert checkpointing.start() is None
        with pytest.raises(CommandError):
            call_command("checkpoint")

    def test_start(self, database, monkeypatch):
        monkeypatch.setitem(connection.settings_dict, "NAME", str(database))
        thread = checkpointing.start()
        assert thread.working.wait(60)
        thread.stop()
        assert database.with_name(database.name + "-checkpoint").exists()
