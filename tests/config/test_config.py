"""Databases by address, discreet logs, static files, the state of the data before a start."""

import json
import logging

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.urls import ResolverMatch
from hypothesis import given
from hypothesis import strategies as st

from nastavnik.config import databases, launch, logs, refusals, server


def test_an_address_of_postgresql():
    chosen = databases.chosen(
        "postgresql://u%40x:p%2Fw@db.example:5433/school?sslmode=require", None
    )
    assert chosen["ENGINE"] == "django.db.backends.postgresql"
    assert [chosen[k] for k in ("NAME", "USER", "PASSWORD", "HOST", "PORT")] == [
        "school",
        "u@x",
        "p/w",
        "db.example",
        "5433",
    ]
    assert chosen["OPTIONS"]["sslmode"] == "require"
    assert chosen["OPTIONS"]["pool"]["max_size"] == 10
    assert chosen["CONN_MAX_AGE"] == 0  # the pool refuses anything else


def test_a_folder_of_sockets_and_no_pool():
    chosen = databases.postgresql("postgres:///school?host=/run/postgresql", pool_size=0)
    assert (chosen["HOST"], chosen["OPTIONS"]) == ("/run/postgresql", {})


@pytest.mark.parametrize("wrong", ["mysql://h/n", "postgresql://host", "postgresql://host/"])
def test_another_address_is_refused(wrong):
    with pytest.raises(ValueError, match="NASTAVNIK_DATABASE_URL"):
        databases.postgresql(wrong)


def test_without_an_address_the_database_lies_with_the_data(tmp_path):
    chosen = databases.chosen("", tmp_path)
    assert chosen["NAME"] == tmp_path / "nastavnik.sqlite3"
    assert chosen["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def line_of(**more):
    record = logging.makeLogRecord({"name": "x", "levelname": "ERROR", **more})
    return logs.DiscreetFormatter("%(levelname)s %(message)s").format(record)


@given(st.text(alphabet="абвгдежз", min_size=8))
def test_an_exception_is_logged_without_its_words(secret):
    try:
        try:
            raise KeyError(secret)  # noqa: TRY301
        except KeyError as error:
            raise ValueError(f"birth date of {secret}") from error
    except ValueError as error:
        text = line_of(msg="broke", exc_info=(type(error), error, error.__traceback__))
    assert secret not in text
    assert "ValueError" in text
    assert "KeyError" in text
    assert "test_config.py" in text


def test_a_failed_request_is_logged_by_its_route(rf):
    request = rf.get("/people/Иванов/?q=Иванов")
    request.resolver_match = ResolverMatch(lambda r: r, (), {}, route="people/<str:name>/")
    text = line_of(msg="Not Found: %s", args=("/people/Иванов",), request=request, status_code=404)
    assert text == "ERROR 404 GET /people/<str:name>/"
    request.resolver_match = None
    assert line_of(msg="x", request=request) == "ERROR - GET /(no route)"


def test_only_what_pages_use_is_collected_under_hashed_names(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "nastavnik.config.static.Storage"}
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    named = json.loads((tmp_path / "static/staticfiles.json").read_text())["paths"]
    bootstrap = named["bootstrap/bootstrap.min.css"]
    assert bootstrap != "bootstrap/bootstrap.min.css"
    theme = (tmp_path / "static" / named["nastavnik/theme.css"]).read_text()
    assert f'url("../bootstrap/{bootstrap.rpartition("/")[2]}")' in theme
    assert not [name for name in named if name.endswith(".map") or ".rtl." in name]
    packed = tmp_path / "static" / (bootstrap + ".gz")
    assert packed.stat().st_size < 40_000


@pytest.mark.django_db
class TestHealth:
    def test_it_answers(self, client):
        answer = client.get("/health")
        assert answer.status_code == 200
        assert answer.json()["status"] == "ok"
        assert "no-store" in answer["Cache-Control"]
        assert client.post("/health").status_code == 405

    def test_it_tells_when_the_database_is_gone(self, client):
        def refuse(execute, *args):
            raise DatabaseError("gone")

        with connection.execute_wrapper(refuse):
            answer = client.get("/health")
        assert answer.status_code == 503
        assert answer.json()["database"] == "unreachable"


@pytest.mark.django_db
def test_prepare_twice(settings, tmp_path, capsys):
    settings.STATIC_ROOT = tmp_path
    launch.prepare(demo=False)
    launch.prepare(demo=False)
    assert capsys.readouterr().out == ""


def test_a_process_a_core_and_never_many(monkeypatch):
    monkeypatch.delenv("NASTAVNIK_WORKERS", raising=False)
    for n_cores, n_processes in ((1, 1), (2, 2), (64, 4)):
        monkeypatch.setattr(server.os, "sched_getaffinity", lambda _pid, n=n_cores: set(range(n)))
        assert server.n_workers() == n_processes
    monkeypatch.setenv("NASTAVNIK_WORKERS", "3")
    assert server.config().workers == 3


def test_the_server_listens_where_it_is_told(monkeypatch):
    monkeypatch.setenv("NASTAVNIK_BIND", "[::1]:8123")
    chosen = server.config()
    assert (chosen.host, chosen.port) == ("::1", 8123)
    assert not chosen.access_log


@pytest.mark.parametrize("status", [408, 413, 503])
def test_a_refusal_is_a_page_in_the_language_of_the_person(status):
    headers, page = refusals.refused(status, "")
    assert '<html lang="ru"' in page.decode()
    assert "Ничего не сохранено" in page.decode() or "не сохранена" in page.decode()
    assert ("Retry-After" in dict(headers)) == (status == 503)
    policy = dict(headers)["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"} <= set(policy)
    assert dict(headers)["X-Content-Type-Options"] == "nosniff"
    _headers, page = refusals.refused(status, "django_language=en; x=1")
    assert '<html lang="en"' in page.decode()
    _headers, page = refusals.refused(status, "django_language=<x>")
    assert '<html lang="ru"' in page.decode()
