"""The worker as a process: killed in the middle of a job, started anew."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src"

# Asks for a job; `work` runs the real command with a kind that lasts until a file is there.
_PROGRAM = """
import sys, time
from pathlib import Path
import django

django.setup()
from django.core.management import call_command
from nastavnik.core.access import Perm
from nastavnik.jobs import actions, kinds
from nastavnik.jobs.models import Job

data, word = Path(sys.argv[1]), sys.argv[2]


def find(order, watch):
    (data / "begun").touch()
    while not (data / "go-on").exists():
        watch("", 0, 0)
        time.sleep(0.01)
    return {"found": 1}


def keep(order, found):
    with (data / "written").open("a") as stream:
        stream.write("x")
    return found


kinds.register(kinds.JobKind(
    code="tests.long", heading="Долго", busy="", perm=Perm.HOME, find=find, keep=keep,
    arrive=lambda *_: "/", back=lambda _: "/", tells=lambda _: "",
))
if word == "prepare":
    call_command("migrate", verbosity=0)
    actions.ask_for_job(kinds.kind_of("tests.long"), 1, given={}, by=None)
elif word == "retry":
    actions.retry_job(Job.objects.get(), by=None)
else:
    call_command("work")
"""


@pytest.fixture
def program(tmp_path, begin_migrated):
    """Return a function that starts the program with a word."""
    begin_migrated(tmp_path)
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "nastavnik.config.settings",
        "NASTAVNIK_DATA": str(tmp_path),
        "PYTHONPATH": str(SOURCE),
    }
    environment.pop("NASTAVNIK_DATABASE_URL", None)
    started = []

    def start(word):
        command = [sys.executable, "-c", _PROGRAM, str(tmp_path), word]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def done(process):
    process.communicate(timeout=300)
    assert process.returncode == 0


def look(folder):
    """Return the state of the job, without the program: it takes seconds to start."""
    with closing(sqlite3.connect(folder / "nastavnik.sqlite3", timeout=20)) as opened:
        ((state,),) = opened.execute("SELECT state FROM jobs_job").fetchall()
    return state


def until(true, seconds=300):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited for nothing"
        time.sleep(0.05)


def test_killed_in_the_middle_it_is_lost_and_done_anew_once(program, tmp_path):
    done(program("prepare"))
    worker = program("work")
    until((tmp_path / "begun").exists)
    assert look(tmp_path) == "running"
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    (tmp_path / "begun").unlink()
    second = program("work")
    until(lambda: look(tmp_path) == "lost")
    assert not (tmp_path / "begun").exists()
    done(program("retry"))
    until((tmp_path / "begun").exists)
    (tmp_path / "go-on").touch()
    until(lambda: look(tmp_path) == "done")
    assert (tmp_path / "written").read_text() == "x"
    second.send_signal(signal.SIGTERM)
    assert second.wait(300) == 0


def test_stopped_in_good_order_it_waits_for_the_next(program, tmp_path):
    done(program("prepare"))
    worker = program("work")
    until((tmp_path / "begun").exists)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(300) == 0
    assert look(tmp_path) == "waiting"
    (tmp_path / "go-on").touch()
    program("work")
    until(lambda: look(tmp_path) == "done")
