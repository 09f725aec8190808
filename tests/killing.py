"""A process killed in the middle of a write: does the database hold anything half-written?"""

import os
import signal
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "src"

# Runs in a process of its own: prepares the database, then does the work under a wrapper that counts writes.
_CHILD = """
import os, runpy, signal, sys
import django

django.setup()
from django.db import connection

script, nth = sys.argv[1], int(sys.argv[2])
steps = runpy.run_path(script)
steps["prepare"]()
seen = 0


def kill_at_nth_write(execute, sql, params, many, context):
    global seen
    if sql.lstrip().split(None, 1)[0].upper() in ("INSERT", "UPDATE", "DELETE"):
        seen += 1
        if seen == nth:
            os.kill(os.getpid(), signal.SIGKILL)
    return execute(sql, params, many, context)


with connection.execute_wrapper(kill_at_nth_write):
    steps["work"]()
print(seen)
"""

_LOOK = """
import runpy, sys
import django

django.setup()
print(runpy.run_path(sys.argv[1])["look"](), end="")
"""


def run_and_kill(script: Path, data: Path, nth_write: int) -> int | None:
    """Run `prepare()` and then `work()` of a script on a fresh SQLite file, killed before its n-th write.

    Args:
        script: a Python file with the functions `prepare`, `work` and `look`.
        data: the folder of the database; `prepare` migrates and fills it when it is empty.
        nth_write: which INSERT, UPDATE or DELETE of `work` is not reached, from 1; 0 lets it finish.

    Returns:
        The number of writes where `work` came to its end, None where it was killed.
    """
    done = _python(_CHILD, script, data, str(nth_write))
    if done.returncode == -signal.SIGKILL:
        return None
    assert done.returncode == 0, done.stderr
    return int(done.stdout.split()[-1])


def look_after(script: Path, data: Path) -> str:
    """Return what `look()` of the script says of the database, in a new process."""
    done = _python(_LOOK, script, data)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _python(code: str, script: Path, data: Path, *arguments: str):
    settings = {
        "DJANGO_SETTINGS_MODULE": "nastavnik.config.settings",
        "NASTAVNIK_DATA": str(data),
        "PYTHONPATH": f"{SOURCE}{os.pathsep}{SOURCE.parent}",
    }
    return subprocess.run(
        [sys.executable, "-c", code, str(script), *arguments],
        env=os.environ | settings,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
