"""The check of known holes finds a planted one, and what was not audited is never green."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tools import advisories

ROOT = Path(advisories.__file__).resolve().parent.parent
LOCK = "alpha==1.2.0 \\\n    --hash=sha256:00\n    # via beta\nBeta_Lib==2.0rc1 ; python_version > '3'\n"


def record(name, *events, number="PLANTED-1", **more):
    affected = {
        "package": {"ecosystem": "PyPI", "name": name},
        "ranges": [{"type": "ECOSYSTEM", "events": [dict([event]) for event in events]}],
    }
    return {"id": number, "affected": [affected | more]}


def whole():
    """Return a database as large as one of PyPI, in which nothing of the lock stands."""
    return [
        record(f"package-{n}", ("introduced", "0"), number=f"OTHER-{n}")
        for n in range(advisories.LEAST_PACKAGES)
    ]


def in_folder(folder, found):
    for number, one in enumerate(found):
        (folder / f"{number}.json").write_text(json.dumps(one))
    return folder


def in_archive(folder, found):
    path = folder / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number, one in enumerate(found):
            archive.writestr(f"{number}.json", json.dumps(one))
    return path


def run(folder, *words):
    (folder / "lock").write_text(LOCK)
    return advisories.main([*words, "--lock", str(folder / "lock")])


@pytest.mark.parametrize("kept", [in_folder, in_archive])
def test_a_planted_hole_is_found_and_without_it_all_is_clean(tmp_path, capsys, kept):
    data = tmp_path / "data"
    data.mkdir()
    assert run(tmp_path, str(kept(data, whole()))) == advisories.CLEAN
    assert "проверено 2 из 2" in capsys.readouterr().out
    planted = [*whole(), record("Alpha", ("introduced", "1.0"), ("fixed", "1.2.1"))]
    assert run(tmp_path, str(kept(data, planted))) == advisories.UNCLEAN
    assert "alpha 1.2.0: PLANTED-1" in capsys.readouterr().out


def test_nothing_given_is_not_green(tmp_path, capsys):
    assert run(tmp_path) == advisories.UNCLEAN
    assert "не проверено: 0 из 2" in capsys.readouterr().out


@pytest.mark.parametrize("found", [[], [record("alpha", ("introduced", "9"))]])
def test_an_empty_database_or_a_part_of_one_is_not_green(tmp_path, capsys, found):
    data = tmp_path / "data"
    data.mkdir()
    assert run(tmp_path, str(in_folder(data, found))) == advisories.UNCLEAN
    assert "не проверено" in capsys.readouterr().out


@pytest.mark.parametrize("broken", [b"", b"not a zip"])
def test_what_cannot_be_read_is_not_green(tmp_path, capsys, broken):
    path = tmp_path / "all.zip"
    path.write_bytes(broken)
    assert run(tmp_path, str(path)) == advisories.UNCLEAN
    assert run(tmp_path, str(tmp_path / "nowhere")) == advisories.UNCLEAN
    assert "не проверено" in capsys.readouterr().err


def test_a_version_that_cannot_be_compared_is_not_green(tmp_path, capsys):
    data = tmp_path / "data"
    data.mkdir()
    odd = [*whole(), record("alpha", ("introduced", "совсем не версия"))]
    assert run(tmp_path, str(in_folder(data, odd))) == advisories.UNCLEAN
    assert "не сравнить: alpha 1.2.0" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("version", "events", "is_affected"),
    [
        ("1.2", [("introduced", "0")], True),
        ("1.2", [("introduced", "0"), ("fixed", "1.2")], False),
        ("1.2rc1", [("introduced", "0"), ("fixed", "1.2")], True),
        ("1.2", [("introduced", "1.2"), ("last_affected", "1.2")], True),
        ("1.3", [("introduced", "1.2"), ("last_affected", "1.2")], False),
        ("1.10", [("introduced", "1.9"), ("fixed", "1.11")], True),
        ("2.5", [("introduced", "1"), ("fixed", "2"), ("introduced", "2.4"), ("fixed", "3")], True),
        (
            "2.1",
            [("introduced", "1"), ("fixed", "2"), ("introduced", "2.4"), ("fixed", "3")],
            False,
        ),
    ],
)
def test_a_version_lies_in_a_range(version, events, is_affected):
    (affected,) = record("alpha", *events)["affected"]
    assert advisories.is_affected(version, affected) == is_affected


def test_a_listed_version_is_affected_and_a_withdrawn_advisory_is_none():
    listed = record("alpha", ("introduced", "5"), versions=["1.2.0"])
    assert advisories.audit([("alpha", "1.2.0")], [listed]).holes
    assert not advisories.audit([("alpha", "1.2.0")], [listed | {"withdrawn": "2026-01-01"}]).holes
    other = record("alpha", ("introduced", "0"))
    other["affected"][0]["package"]["ecosystem"] = "npm"
    assert not advisories.audit([("alpha", "1.2.0")], [other]).holes


def test_a_lock_with_a_line_that_pins_nothing_is_refused():
    with pytest.raises(ValueError, match="pins no version"):
        advisories.pinned(f"{LOCK}gamma>=3\n")


def test_our_locks_are_read_whole():
    for name in advisories.LOCKS:
        assert advisories.pinned((ROOT / name).read_text())


def test_the_word_ends_red_without_a_database():
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "advisories.py")], check=False, capture_output=True
    )
    assert done.returncode == advisories.UNCLEAN
