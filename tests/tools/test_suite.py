"""The plan of `run.py test`: nothing is left out, nothing runs twice, and a failure is told."""

import os
from pathlib import Path

import pytest

from tools import suite

ROOT = Path(__file__).resolve().parents[2]
FILES = {path.relative_to(ROOT) for path in (ROOT / "tests").rglob("test_*.py")}


def chosen_by(words):
    """Return the test files that pytest finds by some words, as it goes: paths, less what is ignored."""
    paths = [word for word in words if word.startswith("tests")]
    ignored = [word.partition("=")[2] for word in words if word.startswith("--ignore=")]
    return [
        file
        for path in paths
        for file in FILES
        if file.is_relative_to(path) and not any(file.is_relative_to(one) for one in ignored)
    ]


def test_every_test_is_in_one_share():
    found = [file for words in suite.shares().values() for file in chosen_by(words)]
    assert len(found) == len(set(found))
    assert set(found) == FILES
    assert all(chosen_by(words) for words in suite.shares().values())


def test_a_share_left_out_would_be_seen():
    _rest, *some = suite.shares().values()
    assert {file for words in some for file in chosen_by(words)} < FILES


@pytest.mark.parametrize("deep", [False, True])
def test_both_databases_and_the_browser_are_planned(deep):
    planned = suite.plan(deep=deep, words=[], browser=True)
    titles = [run.title for run in planned]
    assert {"PostgreSQL", "browser"} < set(titles)
    assert [title.startswith("SQLite") for title in titles].count(True) == (
        1 + len(suite.DAYS_OF_DEEP) * len(suite.shares()) if deep else len(suite.shares())
    )
    of_today = [run for run in planned if " on 20" not in run.title]
    assert all(("--deep" in run.words) == deep for run in of_today)
    no_browser = suite.plan(deep=deep, words=[], browser=False)
    assert [run.title for run in no_browser] == [title for title in titles if title != "browser"]


def test_the_coverage_is_that_of_the_tests_of_the_apps():
    planned = suite.plan(deep=False, words=[], browser=True)
    unmeasured = {run.title for run in planned if not run.is_measured}
    assert unmeasured == {"SQLite: guards", "PostgreSQL", "browser"}


def test_words_of_ones_own_reach_every_run_and_nothing_is_parted():
    planned = suite.plan(deep=False, words=["tests/cli", "-x"], browser=True)
    assert sorted(run.title for run in planned) == ["PostgreSQL", "SQLite", "browser"]
    for run in planned:
        assert run.words[-2:] == ["tests/cli", "-x"]
        assert [word for word in run.words if word.startswith("tests/")] == ["tests/cli"]


def test_every_test_runs_on_each_other_day_of_the_long_run():
    planned = suite.plan(deep=True, words=[], browser=True)
    for day in suite.DAYS_OF_DEEP:
        chosen = [run.words for run in planned if f"--on={day}" in run.words]
        assert {file for words in chosen for file in chosen_by(words)} == FILES
        assert all("not browser" in words for words in chosen)


@pytest.mark.parametrize(
    ("words", "day", "left"),
    [
        (["tests/cli"], None, ["tests/cli"]),
        (["--on", "2028-02-29", "-x"], "2028-02-29", ["-x"]),
        (["-x", "--on=2027-08-31"], "2027-08-31", ["-x"]),
    ],
)
def test_the_day_is_taken_out_of_the_words(words, day, left):
    assert suite.take_day(words) == day
    assert words == left


def test_a_word_of_the_program_is_taken_out_and_told():
    words = ["-x", "--coverage", "tests/cli"]
    assert suite.take_word(words, "--coverage")
    assert words == ["-x", "tests/cli"]
    assert not suite.take_word(words, "--coverage")
    assert words == ["-x", "tests/cli"]


@pytest.mark.parametrize("words", [["--on"], ["--on", "2027-02-29"], ["--on=завтра"]])
def test_what_is_no_day_is_refused(words, capfd):
    with pytest.raises(SystemExit) as refused:
        suite.take_day(words)
    assert refused.value.code == 2
    assert "--on" in capfd.readouterr().err


ALONE = ["-c", os.devnull, "-p", "no:cacheprovider"]


@pytest.mark.parametrize(
    ("body", "words", "code", "told"),
    [
        ("assert True", [], 0, "1 passed"),
        ("assert False", [], 1, "1 failed"),
        ("assert True", ["-k", "there_is_no_such_test"], 0, "1 deselected"),
    ],
)
def test_a_run_shows_what_it_printed_and_how_it_ended(
    tmp_path, monkeypatch, capfd, body, words, code, told
):
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("NASTAVNIK_TEST_COUNTS", raising=False)
    path = tmp_path / "test_one.py"
    path.write_text(f"def test_one():\n    {body}\n")
    run = suite.Run("A run", [*ALONE, f"--rootdir={tmp_path}", *words, str(path)], is_measured=True)
    done = run.do(measured=False)
    assert (done.title, done.code) == ("A run", code)
    assert done.cpu_seconds > 0
    assert done.seconds > 0
    shown = capfd.readouterr().out
    assert shown.startswith("\n==== A run\n")
    assert told in shown


def test_the_checks_are_a_run_of_their_own_beside_the_tests():
    run = suite.Checks("static checks", ["locks"])
    assert run.command(measured=True)[1:] == [str(ROOT / "tools" / "check.py"), "locks"]
    assert not run.is_measured


def test_a_check_that_complains_is_told(capfd):
    assert suite.Checks("fine", ["locks"]).do(measured=False).code == 0
    assert suite.Checks("static checks", ["no-such-check"]).do(measured=False).code == 2
    assert "no such check: no-such-check" in capfd.readouterr().out


def test_the_end_says_what_each_run_took():
    done = [suite.Done("one", 0, 12.4, 20.0), suite.Done("other", 1, 3.0, 5.0)]
    *_heading, one, other, altogether = suite.costs(done)
    assert (one.split(), other.split()) == (["12", "20", "one"], ["3", "5", "other"])
    assert altogether.split() == ["15", "altogether"]
