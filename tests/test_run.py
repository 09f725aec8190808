"""`run.py`: options, folders, ports, exit codes, and one real start and stop."""

import ast
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
import run

from nastavnik.files.running import alone_on

ROOT = Path(run.__file__).parent
IN_VENV = pytest.mark.skipif(
    not run.is_ready(dev=True), reason="needs the .venv that `run.py test` makes"
)


def call(*words, data=None):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("NASTAVNIK_")}
    options = ["--data", str(data)] if data else []
    return subprocess.run(
        [sys.executable, "run.py", *words, *options],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_old_python_can_read_it():
    """It must be able to say that it is too old: 3.7 is the oldest a school may have."""
    ast.parse((ROOT / "run.py").read_text(), feature_version=(3, 7))
    with pytest.raises(SyntaxError):
        ast.parse("if (x := 1): pass", feature_version=(3, 7))  # the parser does look


def test_an_old_python_is_told_so(monkeypatch):
    monkeypatch.setattr(run, "FLOOR", (99, 0))
    monkeypatch.setenv("NASTAVNIK_REEXECUTED", "1")
    with pytest.raises(run.Refusal, match=r"(?s)Нужен Python.*or newer is needed"):
        run.require_python()


@pytest.mark.parametrize(
    ("words", "value", "rest"),
    [
        (["backup", "--data", "d", "f"], "d", ["backup", "f"]),
        (["--data=d", "backup", "f"], "d", ["backup", "f"]),
        (["backup", "f"], None, ["backup", "f"]),
        (["word", "--", "--data", "d"], None, ["word", "--", "--data", "d"]),
    ],
)
def test_the_data_option_in_any_place(words, value, rest):
    assert run.take_option(words, "--data") == value
    assert words == rest


def test_an_option_without_a_value():
    with pytest.raises(run.Refusal) as caught:
        run.take_option(["--port"], "--port")
    assert caught.value.code == run.USAGE


def test_the_demo_school_and_own_data_never_mix(tmp_path, monkeypatch):
    monkeypatch.delenv("NASTAVNIK_DATA", raising=False)
    monkeypatch.setattr(run, "DEFAULT_DATA", tmp_path)
    own, demo = tmp_path / "own", tmp_path / "demo"
    assert run.data_folder("demo", None) == demo
    assert run.data_folder("serve", None) == own
    assert run.data_folder("backup", None) == own
    demo.mkdir()
    (demo / "nastavnik.sqlite3").touch()
    assert run.data_folder("backup", None) == demo
    assert run.data_folder("serve", None) == run.data_folder("restore", None) == own
    own.mkdir()
    (own / "nastavnik.sqlite3").touch()
    assert run.data_folder("backup", None) == own
    assert run.data_folder("demo", "/elsewhere") == Path("/elsewhere")


def test_a_taken_port():
    with run.listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        assert run.listen("127.0.0.1", port) is None  # who asks second does not get it
        with pytest.raises(run.Refusal, match=str(port)):
            run.choose_port("127.0.0.1", str(port))
    with run.choose_port("127.0.0.1", str(port)) as held:
        assert held.getsockname()[1] == port
    for wrong in ("0", "70000", "http"):
        with pytest.raises(run.Refusal) as caught:
            run.choose_port("127.0.0.1", wrong)
        assert caught.value.code == run.USAGE


def test_another_port_is_found_when_none_is_asked_for(monkeypatch, capsys):
    with socket.socket() as held:
        monkeypatch.setattr(run, "listen", lambda _host, port: held if port == 8002 else None)
        assert run.choose_port("127.0.0.1", None) is held
    assert "8002" in capsys.readouterr().err
    monkeypatch.setattr(run, "listen", lambda _host, _port: None)
    with pytest.raises(run.Refusal):
        run.choose_port("127.0.0.1", None)


def test_a_slow_start_is_waited_for_in_words(capsys):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as slow:
        with pytest.raises(run.Refusal, match="не отвечает"):
            run.wait_until_healthy(slow, "127.0.0.1", port, patience=0.5, word_each=0.1)
        slow.kill()
        slow.wait()
        with pytest.raises(run.Refusal, match="не запустился"):
            run.wait_until_healthy(slow, "127.0.0.1", port, patience=60, word_each=0.1)
    assert "ещё запускается" in capsys.readouterr().err


def test_links_that_only_this_machine_opens_are_warned_of(capsys):
    run.tell_about_phones("127.0.0.1", "", "python3 run.py --host 0.0.0.0")
    assert "python3 run.py --host 0.0.0.0" in capsys.readouterr().err
    run.tell_about_phones("0.0.0.0", "http://10.0.0.5:8000", "")
    assert capsys.readouterr() == ("", "")


def test_the_command_for_phones_opens_the_same_site(tmp_path, monkeypatch):
    monkeypatch.delenv("NASTAVNIK_DATA", raising=False)
    monkeypatch.setattr(run, "own_address", lambda: "10.0.0.5")
    demo, own = run.data_folder("demo", None), run.data_folder("serve", None)
    network = "--port 8001 --host 0.0.0.0 --public-url http://10.0.0.5:8001"
    assert run.again("demo", demo, 8001) == f"python3 run.py {network}"
    assert run.again("serve", own, 8001) == f"python3 run.py serve {network}"
    spaced = tmp_path / "наши данные"
    assert run.again("serve", spaced, 8001) == f"python3 run.py serve --data '{spaced}' {network}"
    monkeypatch.setattr(run, "own_address", lambda: "")
    assert "АДРЕС-ЭТОГО-КОМПЬЮТЕРА:8001" in run.again("demo", demo, 8001)


@pytest.mark.parametrize("words", [["serve", "extra"], ["--public-url", "example.org"]])
def test_wrong_usage(words):
    assert call(*words).returncode == 2


@IN_VENV
def test_words_and_their_codes(tmp_path):
    unknown = call("no-such-word", data=tmp_path)
    assert (unknown.returncode, unknown.stdout) == (2, "")
    refused = call("backup", str(tmp_path / "copy.tar.gz"), data=tmp_path)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "--data" in refused.stderr
    missing = call("backup", data=tmp_path)
    assert missing.returncode == 2


@contextlib.contextmanager
def sites(*folders):
    """Start a site on each folder, all at once; stop them like Ctrl+C, which CI may ignore."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("NASTAVNIK_")}
    with contextlib.ExitStack() as ends:
        started = [
            subprocess.Popen(
                [sys.executable, "run.py", "serve", "--data", str(folder)],
                cwd=ROOT,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for folder in folders
        ]
        for site in started:
            ends.callback(site.communicate, timeout=60)
            ends.callback(site.send_signal, signal.SIGTERM)
        yield started


@IN_VENV
def test_start_answer_backup_restore_stop(tmp_path):
    """One life of an installation, beside another: it comes up, is copied while it runs, stops cleanly."""
    archive = str(tmp_path / "copy.tar.gz")
    with sites(tmp_path / "live", tmp_path / "neighbour") as (site, neighbour):
        address = site.stdout.readline().split()[-1]
        with urllib.request.urlopen(f"{address}/health") as answer:
            health = json.load(answer)
        copied = call("backup", archive, data=tmp_path / "live")
        running = call("restore", archive, "--replace", data=tmp_path / "live")
        assert neighbour.stdout.readline().split()[-1] != address
        beside = call("restore", archive, "--replace", data=tmp_path / "neighbour")
        site.send_signal(signal.SIGTERM)
        out, err = site.communicate(timeout=60)
    assert health["status"] == health["database"] == "ok"
    assert copied.returncode == 0, copied.stderr
    assert (running.returncode, beside.returncode) == (1, 1)
    assert (site.returncode, out) == (0, "")
    assert "Traceback" not in err
    restored = call("restore", archive, data=tmp_path / "restored")
    assert restored.returncode == 0, restored.stderr
    assert (tmp_path / "restored" / "nastavnik.sqlite3").exists()
    # the next start on the same data has nothing to prepare; one on what was brought back looks at everything
    assert (tmp_path / "live" / "prepared.json").exists()
    assert not (tmp_path / "restored" / "prepared.json").exists()
    # a site that has ended leaves nothing behind that would keep the copy out
    replaced = call("restore", archive, "--replace", data=tmp_path / "live")
    assert replaced.returncode == 0, replaced.stderr


@IN_VENV
def test_a_site_does_not_start_on_data_that_are_being_restored(tmp_path):
    with alone_on(tmp_path) as mine:
        assert mine
        refused = call("serve", "--port", "8099", data=tmp_path)
    assert refused.returncode == 1
    assert "восстанавливают" in refused.stderr
    assert not (tmp_path / "nastavnik.sqlite3").exists()


def test_what_was_prepared_is_not_prepared_again(tmp_path, monkeypatch):
    done = []

    class Prepared:
        returncode, stdout = 0, "куратор: kurator".encode()

    monkeypatch.setattr(
        run.subprocess, "run", lambda *_words, **_options: done.append(1) or Prepared
    )
    database = tmp_path / "nastavnik.sqlite3"
    database.touch()
    assert run.prepare("start", tmp_path, {}) == "куратор: kurator"
    assert run.prepare("start", tmp_path, {}) == "куратор: kurator"
    assert len(done) == 1
    # another way of starting, a lost database and PostgreSQL are looked at anew
    run.prepare("serve", tmp_path, {})
    run.prepare("serve", tmp_path, {"NASTAVNIK_DATABASE_URL": "postgresql://x"})
    database.unlink()
    run.prepare("serve", tmp_path, {})
    assert len(done) == 4
    # and so is a program that has changed
    database.touch()
    monkeypatch.setattr(run, "code_print", lambda _word: "another")
    run.prepare("serve", tmp_path, {})
    assert len(done) == 5
