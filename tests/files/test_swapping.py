"""A restore killed at any step leaves the data of before or those of the copy, whole."""

import os
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection
from tests.files.test_backups import INSERT, ON_SQLITE, open_as_site, use  # noqa: F401
from tests.killing import SOURCE, killable

from nastavnik.core.errors import RefusedError
from nastavnik.files import backups, dumps, swapping
from nastavnik.files.backups import make_backup
from nastavnik.files.swapping import FileMove, Swap

SCRIPT = Path(__file__).with_name("killed_restore.py")
RENAMES = "os.rename os.remove os.rmdir"
EVERY_STEP = f"{RENAMES} os.mkdir os.chmod open sqlite3.connect fcntl.flock"
OLD, NEW = "['old'] ['old'] ok []", "['new'] ['new'] ok []"


def lay_out(folder, word):
    """Make an installation that knows one word: in its database and in its file."""
    (folder / "files" / "2026").mkdir(parents=True)
    (folder / "files" / "2026" / word).write_text(word)
    dumps.dump_sqlite(Path(connection.settings_dict["NAME"]), folder / "nastavnik.sqlite3")
    with closing(open_as_site(folder / "nastavnik.sqlite3")) as opened:
        opened.execute(INSERT, (word, "x"))


@pytest.fixture
def laid_out(tmp_path, use):  # noqa: F811
    """Return where an archive of the new data lies beside the old data, and how to put these back."""
    live = connection.settings_dict["NAME"]
    lay_out(tmp_path / "new", "new")
    use(tmp_path / "new")
    make_backup(tmp_path / "copy.tar.gz")
    connection.settings_dict["NAME"] = live
    lay_out(tmp_path / "kept", "old")

    def put_back():
        shutil.rmtree(tmp_path / "data", ignore_errors=True)
        shutil.copytree(tmp_path / "kept", tmp_path / "data")

    put_back()
    return tmp_path, put_back


def swept(laid_out, kinds, *, step=1):
    """Kill a restore before each of its steps of these kinds; return what the next start finds, one for each kill."""
    folder, put_back = laid_out
    (folder / "kinds").write_text(kinds)
    found = []
    with killable(SCRIPT, folder / "data") as it:
        for nth in range(1, 5000, step):
            put_back()
            (folder / "nth").write_text(str(nth))
            ended = it.run_and_kill(0) is not None
            found.append(it.look())
            if ended:
                break
    assert found[-1] == NEW
    return found[:-1]


@ON_SQLITE
@pytest.mark.django_db
def test_killed_at_any_rename_the_old_or_the_new_is_there(laid_out, request):
    deep = request.config.getoption("--deep")
    found = swept(laid_out, EVERY_STEP if deep else RENAMES)
    assert len(found) >= 10
    assert set(found) == {OLD, NEW}


@ON_SQLITE
@pytest.mark.django_db
def test_the_sweep_finds_a_swap_without_a_journal(laid_out):
    (laid_out[0] / "without-a-journal").touch()
    assert set(swept(laid_out, RENAMES)) - {OLD, NEW}


CALLS = ("rename", "unlink", "unlinkat", "mkdir", "fsync", "fdatasync", "pwrite64")


def restored_under_strace(data, archive, call, nth):
    """Run the command as a person does, killed by the kernel at the n-th call of a kind, which it counts each apart."""
    command = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}"]
    command += ["-e", f"inject={call}:signal=SIGKILL:when={nth}"]
    command += [sys.executable, "-m", "nastavnik", "restore", "--replace", str(archive)]
    own = {"NASTAVNIK_DATA": str(data), "PYTHONPATH": str(SOURCE)}
    return subprocess.run(command, env=os.environ | own, capture_output=True, check=False)


@ON_SQLITE
@pytest.mark.deep
@pytest.mark.django_db
@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@pytest.mark.parametrize("call", CALLS)
def test_killed_by_the_kernel_at_any_call(laid_out, call):
    folder, put_back = laid_out
    found = []
    with killable(SCRIPT, folder / "data") as it:
        for nth in range(1, 1000, 5 if call == "pwrite64" else 1):
            put_back()
            done = restored_under_strace(folder / "data", folder / "copy.tar.gz", call, nth)
            if b"PTRACE" in done.stderr:
                pytest.skip("this machine lets nobody trace")
            found.append(it.look())
            if done.returncode == 0:
                break
    assert len(found) > 1
    assert found[-1] == NEW
    assert set(found) <= {OLD, NEW}


@ON_SQLITE
@pytest.mark.django_db
def test_a_restore_under_way_is_waited_for(laid_out, use):  # noqa: F811
    data = laid_out[0] / "data"
    use(data)
    with swapping.working_folder(data) as folder:
        swapping.begin(data, Swap(folder.name, (FileMove("files", "files"),)))
        with pytest.raises(RefusedError):
            backups.recover()
        swapping.end(data)
    backups.recover()


@ON_SQLITE
@pytest.mark.django_db
def test_an_empty_database_made_between_two_moves_is_not_kept(laid_out, use):  # noqa: F811
    """A program that knows no journal was started between the kill and us."""
    data = laid_out[0] / "data"
    database = use(data)
    folder = data / f"{swapping.PREFIX}killed"
    folder.mkdir()
    shutil.copy(laid_out[0] / "new" / "nastavnik.sqlite3", folder / "base")
    swapping.begin(data, Swap(folder.name, (FileMove("base", "nastavnik.sqlite3"),)))
    database.rename(folder / "old-0")
    database.touch()
    backups.recover()
    with closing(open_as_site(database)) as opened:
        assert opened.execute("SELECT count(*) FROM core_auditentry").fetchone()[0] >= 1
