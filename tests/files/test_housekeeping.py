"""What is due is done once, by one process, and what fails is done later."""

import datetime as dt
import fcntl
import logging
import os
import time

import pytest
from django.db import DatabaseError
from django.utils import timezone

from nastavnik.core import anchors, audit
from nastavnik.core.hooks import periodic
from nastavnik.core.models import AuditEntry
from nastavnik.files import housekeeping

NOW = dt.datetime(2027, 3, 1, 9, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def done(monkeypatch):
    """A task of an hour alone on the list; what it has done."""
    kept = []
    monkeypatch.setattr(
        periodic, "_tasks", {"sweep": periodic.Task("sweep", HOUR, lambda: kept.append(1))}
    )
    return kept


def test_a_task_is_done_when_it_is_due_and_not_before(done, tmp_path):
    moments = [NOW, NOW + HOUR / 2, NOW + HOUR, NOW + HOUR * 3]
    assert [periodic.run_due(tmp_path, at) for at in moments] == [
        ["sweep"],
        [],
        ["sweep"],
        ["sweep"],
    ]


def test_a_clock_set_back_does_not_put_a_task_off_for_years(done, tmp_path):
    periodic.run_due(tmp_path, NOW.replace(year=2040))
    assert periodic.run_due(tmp_path, NOW) == ["sweep"]


@pytest.mark.parametrize("kept", ["", "[]", '{"sweep": 7}', '{"sweep": "2027-03-01"}', "{"])
def test_what_was_kept_and_is_no_moment_is_no_moment(done, tmp_path, kept):
    (tmp_path / periodic.DONE).write_text(kept)
    assert periodic.run_due(tmp_path, NOW) == ["sweep"]


def test_what_fails_is_done_the_next_time(done, tmp_path, monkeypatch, caplog):
    def fail():
        raise DatabaseError

    with monkeypatch.context() as patch:
        patch.setattr(
            periodic, "_tasks", {**periodic._tasks, "bad": periodic.Task("bad", HOUR, fail)}
        )
        with caplog.at_level(logging.WARNING):
            assert periodic.run_due(tmp_path, NOW) == ["sweep"]
            assert periodic.run_due(tmp_path, NOW) == []
    assert [record.args[0] for record in caplog.records] == ["bad", "bad"]


def test_while_another_process_is_at_it_nothing_is_done(done, tmp_path):
    handle = os.open(tmp_path / housekeeping.LOCK, os.O_RDWR | os.O_CREAT)
    fcntl.flock(handle, fcntl.LOCK_EX)
    assert housekeeping.look(tmp_path) == []
    os.close(handle)
    assert housekeeping.look(tmp_path) == ["sweep"]


def test_the_thread_does_it_and_stops(done, tmp_path):
    thread = housekeeping.Housekeeper(tmp_path, pause_seconds=0.01)
    thread.start()
    until = time.monotonic() + 60
    while not done and time.monotonic() < until:
        time.sleep(0.01)
    thread.stop()
    assert done == [1]


@pytest.mark.django_db
def test_the_trail_is_sealed_and_proven_by_itself(cast, settings, tmp_path):
    settings.DATA = tmp_path
    assert AuditEntry.objects.filter(seal=None).exists()
    assert {"seal-audit", "verify-audit"} <= set(housekeeping.look(tmp_path))
    assert not AuditEntry.objects.filter(seal=None).exists()
    assert set(anchors.read().checked) == {"at"}
    AuditEntry.objects.filter(organisation_id=cast.school.organisation.pk).first().delete()
    audit.check_and_keep()
    assert anchors.read().checked[str(cast.school.organisation.pk)] == 1
    assert timezone.now().isoformat()[:10] == anchors.read().checked["at"][:10]
