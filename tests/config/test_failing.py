"""A full disk, a folder that may only be read, a clock that lags: said in words, and reading goes on."""

import datetime as dt
import errno
import json
import os
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import closing, contextmanager, suppress
from http.cookiejar import CookieJar
from pathlib import Path

import pytest
import time_machine
from django.db import IntegrityError, OperationalError, connection
from django.utils import timezone
from tests.pages import signed_in, text

from nastavnik.config import databases
from nastavnik.core import condition
from nastavnik.core.condition import Trouble
from nastavnik.core.models import AuditEntry
from nastavnik.people.models import Membership, Person

ROOT = Path(condition.__file__).parents[3]
NEWCOMER = {
    "kind": "teacher",
    "last_name": "Новикова",
    "first_name": "Ольга",
    "position": "учитель математики и информатики",
    "password": "никому не показанное слово",
}


def full_disk():
    """A real error of SQLite that has no room for one more page."""
    with closing(sqlite3.connect(":memory:")) as opened:
        opened.execute("PRAGMA max_page_count = 2")
        with pytest.raises(sqlite3.OperationalError) as caught:
            opened.execute("CREATE TABLE a AS SELECT randomblob(100000)")
    return caught.value


def only_read(path):
    with closing(sqlite3.connect(path)) as opened:
        opened.execute("CREATE TABLE a (b)")
    with (
        closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as opened,
        pytest.raises(sqlite3.OperationalError) as caught,
    ):
        opened.execute("INSERT INTO a VALUES (1)")
    return caught.value


def as_django_says(error):
    raised = OperationalError(str(error))
    raised.__cause__ = error
    return raised


def test_what_an_error_is_a_sign_of(tmp_path):
    assert condition.of_error(as_django_says(full_disk())) is Trouble.DISK_FULL
    assert condition.of_error(as_django_says(only_read(tmp_path / "a"))) is Trouble.READ_ONLY
    assert condition.of_error(OSError(errno.ENOSPC, "x")) is Trouble.DISK_FULL
    assert condition.of_error(OSError(errno.EROFS, "x")) is Trouble.READ_ONLY
    for ours in (ValueError("disk full"), IntegrityError("x"), OSError(errno.ENOENT, "x"), None):
        assert condition.of_error(ours) is None


def test_every_trouble_has_words():
    assert len({condition.sentence(one) for one in Trouble}) == len(Trouble)


@contextmanager
def writes_fail(error, kind="INSERT"):
    def refuse(execute, sql, params, many, context):
        if sql.startswith(kind):
            raise as_django_says(error)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse):
        yield


@pytest.mark.both
@pytest.mark.django_db
def test_what_was_typed_is_not_lost_on_a_full_disk(cast):
    client = signed_in(cast.anna, "ru")
    client.raise_request_exception = False
    before = Person.objects.count()
    with writes_fail(full_disk()):
        response = client.post("/people/add/", NEWCOMER)
        assert client.get("/people/").status_code == 200
    assert response.status_code == 503
    assert response["Retry-After"]
    shown = text(response)
    assert "кончилось место" in shown
    assert "не сохранено" in shown
    assert NEWCOMER["position"] in shown
    assert NEWCOMER["password"] not in shown
    assert Person.objects.count() == before
    # the control: with room the same form goes through
    assert client.post("/people/add/", NEWCOMER).status_code == 302


@pytest.mark.django_db
def test_an_old_session_reads_on_where_it_cannot_be_written(cast, monkeypatch):
    """The last page is noted in the session: on a full disk it cannot be, and the page is shown all the same."""
    client = signed_in(cast.anna, "ru")
    client.raise_request_exception = False
    session = client.session
    session["seen"], session["since"] = int(time.time()) - 3000, int(time.time()) - 3000
    session.save()
    monkeypatch.setattr(condition, "of_storage", lambda: Trouble.DISK_FULL)
    with writes_fail(full_disk(), "UPDATE"):
        assert client.get("/people/").status_code == 200
    # the control: with room it was left alone too long
    monkeypatch.setattr(condition, "of_storage", lambda: None)
    assert client.get("/people/").status_code == 302


@pytest.mark.django_db
def test_a_fault_of_ours_stays_a_fault_of_ours(cast):
    client = signed_in(cast.anna, "ru")
    client.raise_request_exception = False
    with writes_fail(ValueError("x")):
        assert client.post("/people/add/", NEWCOMER).status_code == 500


@pytest.mark.django_db
def test_health_and_pages_say_it_before_somebody_writes(cast, monkeypatch):
    client = signed_in(cast.anna, "ru")
    assert client.get("/health").json()["status"] == "ok"
    assert "кончилось место" not in text(client.get("/people/"))
    usage = type("Usage", (), {"free": 1000})
    monkeypatch.setattr(condition.shutil, "disk_usage", lambda _path: usage)
    answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.json()["status"] == "limited"
    assert answer.json()["trouble"] == ["disk_full"]
    assert "кончилось место" in text(client.get("/people/"))
    monkeypatch.setattr(condition.os, "access", lambda _path, _how: False)
    assert client.get("/health").json()["trouble"] == ["read_only"]


@pytest.mark.django_db
def test_a_clock_that_lags_is_noticed(client):
    AuditEntry.objects.create(at=timezone.now(), action="x", subject="x", fields=[])
    assert client.get("/health").json()["status"] == "ok"
    AuditEntry.objects.create(
        at=timezone.now() + dt.timedelta(days=40), action="x", subject="x", fields=[]
    )
    assert client.get("/health").json()["trouble"] == ["clock_lags"]


SERVING = """
import sys, time
from pathlib import Path
from nastavnik.files.running import is_second_here, take_seat
seat = take_seat(Path(sys.argv[1]))
print(seat is not None, is_second_here(Path(sys.argv[1])), flush=True)
time.sleep(600)
"""


@contextmanager
def serving(data):
    command = [sys.executable, "-c", SERVING, str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        yield server.stdout.readline().split()
        server.kill()


@pytest.mark.django_db
def test_two_servers_on_one_folder_are_said_while_both_live(client, settings, tmp_path):
    settings.DATA = tmp_path
    with serving(tmp_path) as first:
        assert first == ["True", "False"]
        assert client.get("/health").json()["status"] == "ok"
        with serving(tmp_path) as second, serving(tmp_path) as third:
            assert (second, third) == (["True", "True"], ["False", "True"])
            assert client.get("/health").json()["trouble"] == ["two_servers"]
        # whoever is killed leaves nothing behind that somebody would have to judge
        assert client.get("/health").json()["status"] == "ok"


@pytest.mark.django_db
def test_a_clock_outside_the_year_never_shows_a_bare_refusal(cast):
    role = Membership.objects.filter(user=cast.anna).first()
    Membership.objects.filter(user=cast.anna).update(ends_on=role.starts_on + dt.timedelta(days=90))
    for day in (dt.datetime(1970, 1, 2, tzinfo=dt.UTC), dt.datetime(2099, 1, 2, tzinfo=dt.UTC)):
        with time_machine.travel(day):
            cast.anna.__dict__.pop("viewer", None)
            response = signed_in(cast.anna, "ru").get("/people/")
            assert response.status_code == 403
            shown = text(response)
        assert f"{day.year} года" in shown
        assert "часы" in shown
        assert "другим обязанностям" not in shown
    # the control: with a role of today the page opens
    with time_machine.travel(dt.datetime.combine(role.starts_on, dt.time(9), dt.UTC)):
        assert signed_in(cast.anna, "ru").get("/people/").status_code == 200


def test_a_database_on_a_disk_that_is_only_read_is_opened_without_a_log(tmp_path):
    path = tmp_path / "school № 7?.sqlite3"
    with closing(sqlite3.connect(path)) as opened:
        opened.execute("PRAGMA journal_mode=WAL")
        opened.execute("CREATE TABLE a AS SELECT 7 AS b")
    chosen = databases._sqlite_to_read(path)
    with closing(sqlite3.connect(chosen["NAME"], uri=True)) as opened:
        for pragma in chosen["OPTIONS"]["init_command"].split(";"):
            opened.execute(pragma)
        assert opened.execute("SELECT b FROM a").fetchone() == (7,)
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            opened.execute("DELETE FROM a")
    assert [one.name for one in tmp_path.iterdir()] == [path.name]
    assert not databases.is_only_read(path)


# ---------------------------------------------------------------- a real site on a small disk of its own


class Browser:
    """As much of a browser as a form needs."""

    def __init__(self, address):
        self.address, self.jar = address, CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def open(self, path, **fields):
        token = next((one.value or "" for one in self.jar if one.name == "csrftoken"), "")
        fields |= {"csrfmiddlewaretoken": token} if fields else {}
        data = urllib.parse.urlencode(fields).encode() if fields else None
        asked = urllib.request.Request(self.address + path, data, {"Referer": self.address + path})
        try:
            answer = self.opener.open(asked, timeout=60)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            return answer.code, answer.read().decode()


@contextmanager
def site_on(data, port):
    own = {name: value for name, value in os.environ.items() if not name.startswith("NASTAVNIK_")}
    command = [sys.executable, "run.py", "--data", str(data), "--port", str(port)]
    with subprocess.Popen(
        command, cwd=ROOT, env=own, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as site:
        try:
            line = site.stdout.readline()
            assert line, site.stderr.read()
            yield Browser(line.split()[-1])
        finally:
            site.terminate()
            site.communicate(timeout=60)


@pytest.fixture
def small_disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m,mode=700", "none", str(folder)]
    if os.geteuid() or subprocess.run(mount, check=False).returncode:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=False)


def fill(folder):
    with suppress(OSError), (folder / "fill").open("wb") as stream:
        while stream.write(bytes(4096)):
            stream.flush()


@pytest.mark.deep
def test_a_site_on_a_full_disk_and_then_on_one_that_is_only_read(small_disk):
    data = small_disk / "data"
    with site_on(data, 8971) as browser:
        browser.open("/sign-in/")
        browser.open("/sign-in/", login="kurator", password="наставник-2026")
        browser.open("/people/add/")
        fill(small_disk)
        codes = [browser.open(path)[0] for path in ("/today/", "/people/", "/pairs/", "/health")]
        assert codes == [200] * 4
        found = [browser.open("/people/add/", **(NEWCOMER | {"last_name": "Букварёва" + "а" * n})) for n in range(30)]  # fmt: skip
        assert 503 in {code for code, _page in found}
        refused = next(page for code, page in found if code == 503)
        assert "кончилось место" in refused
        assert NEWCOMER["position"] in refused
        (small_disk / "fill").unlink()
        assert browser.open("/people/add/", **NEWCOMER)[0] == 200
        assert json.loads(browser.open("/health")[1])["status"] == "ok"
        seen = browser.jar
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with site_on(data, 8971) as browser:
        for cookie in seen:
            browser.jar.set_cookie(cookie)
        assert json.loads(browser.open("/health")[1])["trouble"] == ["read_only"]
        assert [browser.open(path)[0] for path in ("/today/", "/people/", "/pairs/")] == [200] * 3
        code, page = browser.open("/people/add/", **(NEWCOMER | {"last_name": "Тетрадкина"}))
        assert code == 503
        assert "только для чтения" in page
