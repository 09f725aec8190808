"""A process killed in the middle of a write: does the database hold anything half-written?"""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "src"
PATIENCE_SECONDS = 1200

# Loads the program once and does every step in a process of its own, which has its own connections and may be killed.
_LOADED = """
import json, os, runpy, signal, sys, traceback
import django

django.setup()
from django.db import connection

steps = runpy.run_path(sys.argv[1])
KINDS = steps.get("KINDS", ("INSERT", "UPDATE", "DELETE"))


def work(nth):
    seen = 0

    def kill_at_nth_write(execute, sql, params, many, context):
        nonlocal seen
        if sql.lstrip().split(None, 1)[0].upper() in KINDS:
            seen += 1
            if seen == nth:
                os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(kill_at_nth_write):
        steps["work"]()
    return seen


def step(name, nth):
    try:
        return 0, work(nth) if name == "work" else steps[name]()
    except BaseException:
        return 1, traceback.format_exc()


for line in sys.stdin:
    reading, writing = os.pipe()
    if not (pid := os.fork()):
        code, answer = step(*json.loads(line))
        connection.close()
        with os.fdopen(writing, "w") as pipe:
            json.dump(answer, pipe)
        os._exit(code)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    print(json.dumps([os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), said]), flush=True)
"""


class Killable:
    """A script with the functions `prepare`, `work` and `look`, each of them run in a new process on one SQLite file.

    `KINDS` of the script are the statements that count as a write, where they are not the three that change rows.
    """

    def __init__(self, process: "subprocess.Popen[str]", data: Path) -> None:
        self._process, self._data = process, data

    def _do(self, name: str, nth: int = 0) -> tuple[int, str]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps([name, nth]), file=self._process.stdin, flush=True)
        code, said = json.loads(self._process.stdout.readline())
        return code, said

    def prepare(self) -> None:
        """Fill the empty database."""
        code, said = self._do("prepare")
        assert code == 0, said

    def run_and_kill(self, nth_write: int) -> int | None:
        """Run `work`, killed before its n-th write.

        Args:
            nth_write: which INSERT, UPDATE or DELETE of `work` is not reached, from 1; 0 lets it finish.

        Returns:
            The number of writes where `work` came to its end, None where it was killed.
        """
        code, said = self._do("work", nth_write)
        if code == -signal.SIGKILL:
            return None
        assert code == 0, said
        return int(json.loads(said))

    def look(self) -> str:
        """Return what `look` says of the database."""
        code, said = self._do("look")
        assert code == 0, said
        return str(json.loads(said))

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Put the files of the database back afterwards, as they are now."""
        kept = self._data.with_name("kept")
        shutil.copytree(self._data, kept)
        yield
        shutil.rmtree(self._data)
        kept.rename(self._data)


@contextmanager
def killable(script: Path, data: Path) -> Iterator[Killable]:
    """Load the program with a script, on a database in an empty folder."""
    settings = {
        "DJANGO_SETTINGS_MODULE": "nastavnik.config.settings",
        "NASTAVNIK_DATA": str(data),
        "PYTHONPATH": f"{SOURCE}{os.pathsep}{SOURCE.parent}",
    }
    command = ["timeout", str(PATIENCE_SECONDS), sys.executable, "-c", _LOADED, str(script)]
    with subprocess.Popen(
        command,
        env=os.environ | settings,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        loaded = Killable(process, data)
        loaded.prepare()
        yield loaded
        process.communicate()


def nothing_half_written(script: Path, data: Path, at_least: int) -> None:
    """Kill the work of a script before its first write, in the middle and before the last, and let it finish.

    Args:
        script: a Python file with the functions `prepare`, `work` and `look`.
        data: a folder for the database, not there yet or with an empty one.
        at_least: how many writes the work has, so that there is a middle.
    """
    with killable(script, data) as it:
        assert it.run_and_kill(1) is None
        before = it.look()
        with it.undone():
            n_writes = it.run_and_kill(0)
            whole = it.look()
        assert n_writes is not None
        assert n_writes >= at_least
        assert whole != before
        assert it.look() == before
        for nth in (n_writes // 2, n_writes):
            assert it.run_and_kill(nth) is None
            assert it.look() == before
        # the same work, left alone, goes through: the kill and not the work stopped it
        assert it.run_and_kill(0) == n_writes
        assert it.look() == whole
