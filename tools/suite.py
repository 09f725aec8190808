"""`run.py test`: the suite on SQLite, the marked part on PostgreSQL, the browser tests; three runs at a time.

--deep    the long versions: full numbers of examples, everything on both databases, two other days
--coverage  measure which lines and branches the tests of the apps run, and judge it: a third more time
--checks  the static checks beside the tests (tools/check.py)
--on DATE the day it is for the tests, 2028-02-29 for one; without the browser, which keeps the day of the machine
further words go to pytest; with them, with --deep and with --on the coverage is not judged
"""

import argparse
import ctypes
import datetime as dt
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOTHING_COLLECTED = 5
# The ordinary run on SQLite in shares of about the same length, and one of all the rest: so the cores of a small machine
# are busy to the end. Every share makes its own database, which takes some seconds: a few shares, not one a folder.
SHARES = (
    ("guards",),
    ("engine", "readers", "cli"),
    ("people", "organisations", "programmes", "consents", "files", "jobs"),
    ("matching", "mentorships"),
)
# One more than a small machine has cores: a run waits for browsers, disks and processes a quarter of its time.
N_BESIDE = 3
# Judges of pages and code: they run everything and prove little of a single line, so its having run says nothing there.
# The coverage is that of the tests of the apps alone, on SQLite; it makes what it measures three quarters as long again, so
# it is taken when asked for.
UNMEASURED = ("guards",)
# What these try asks no database: once is enough, and their long versions take a quarter of an hour.
# Days on which much is different: there is no such day a year later; the academic year ends.
DAYS_OF_DEEP = ("2028-02-29", "2027-08-31")
WITHOUT_DATABASE = ("docs", "engine", "readers", "cli")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# Program or library → Debian's package.
WANTED = {
    "chromium": "chromium",
    # what drives the browser is linked against it, and a bare Debian has none
    "libatomic.so.1": "libatomic1",
    "soffice": "libreoffice-writer-nogui",
    "pdftotext": "poppler-utils",
}


def is_here(program: str) -> bool:
    """Tell whether a program, or another of its names, is on PATH, or a library can be loaded."""
    if ".so." in program:
        return is_loadable(program)
    names = BROWSERS if program == "chromium" else (program,)
    return any(shutil.which(name) for name in names)


def is_loadable(library: str) -> bool:
    """Tell whether the system has a shared library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def install_missing() -> list[str]:
    """Install what the tests use of Debian when this is root; return what is missing still."""
    missing = [program for program in WANTED if not is_here(program)]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        packages = [WANTED[program] for program in missing]
        print(f"Ставлю из Debian: {' '.join(packages)}…", file=sys.stderr, flush=True)
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
        for command in (["apt-get", "update", "-qq"], install):
            subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False)
    return [program for program in WANTED if not is_here(program)]


def command_of_pytest(*, measured: bool) -> list[str]:
    """Return how pytest is called: coverage triples the time of the long versions."""
    coverage_of = ["-m", "coverage", "run"] if measured else []
    return [sys.executable, *coverage_of, "-m", "pytest"]


@dataclass(frozen=True, slots=True)
class Run:
    """One pytest with its words; what it prints is shown when it has ended."""

    title: str
    words: Sequence[str]
    is_measured: bool = False

    def command(self, *, measured: bool) -> list[str]:
        """Return what is run, with the coverage measured where it counts or not at all."""
        return [*command_of_pytest(measured=measured and self.is_measured), *self.words]

    def do(self, *, measured: bool) -> "Done":
        """Run; the exit code is 0 when there was nothing to run."""
        started = time.monotonic()
        with tempfile.TemporaryFile("w+") as printed:
            process = subprocess.Popen(
                self.command(measured=measured),
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=subprocess.STDOUT,
            )
            _pid, status, used = os.wait4(process.pid, 0)
            code = process.returncode = os.waitstatus_to_exitcode(status)
            printed.seek(0)
            print(f"\n==== {self.title}\n{printed.read()}", flush=True)
        return Done(
            self.title,
            0 if code == NOTHING_COLLECTED else code,
            used.ru_utime + used.ru_stime,
            time.monotonic() - started,
        )


@dataclass(frozen=True, slots=True)
class Done:
    """How a run ended, and what it took: seconds of a processor, with all it started and waited for, and of the clock."""

    title: str
    code: int
    cpu_seconds: float
    seconds: float


class Checks(Run):
    """The static checks, which need no test to have ended."""

    __slots__ = ()

    def command(self, *, measured: bool) -> list[str]:  # noqa: ARG002 - nothing of it is measured
        """Return what is run."""
        return [sys.executable, str(ROOT / "tools" / "check.py"), *self.words]


def shares() -> dict[str, list[str]]:
    """Return what each share of the tests is called and the words that choose it: every test is in one of them."""
    rest = [f"--ignore=tests/{folder}" for share in SHARES for folder in share]
    named = {", ".join(share): [f"tests/{folder}" for folder in share] for share in SHARES}
    return {"the rest": ["tests", *rest]} | named


def coverage(*words: str) -> int:
    """Run the coverage tool; return its exit code."""
    command = [sys.executable, "-m", "coverage", *words]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def plan(*, deep: bool, words: list[str], browser: bool) -> list[Run]:
    """Return the runs, the longest first, so that the cores end together; deep or with words of one's own SQLite comes in one piece."""
    long = ["--deep", *words] if deep else words
    of_sqlite = {"": []} if deep or words else shares()
    sqlite = [
        Run(
            f"SQLite: {name}" if name else "SQLite",
            ["-m", "not browser", *chosen, *long],
            is_measured=name not in UNMEASURED,
        )
        for name, chosen in of_sqlite.items()
    ]
    bare = [f"--ignore=tests/{folder}" for folder in WITHOUT_DATABASE]
    chosen = "not browser" if deep else "both and not browser"
    postgres = Run("PostgreSQL", ["--database=postgres", "-m", chosen, *bare, *long])
    drawn = [Run("browser", ["-m", "browser", *long])] if browser else []
    if not deep:
        return [*sqlite[:2], *drawn, *sqlite[2:3], postgres, *sqlite[3:]]
    others = [
        on_day(day, name, chosen) for day in DAYS_OF_DEEP for name, chosen in shares().items()
    ]
    return [*sqlite, postgres, *drawn, *([] if words else others)]


def on_day(day: str, name: str, chosen: list[str]) -> Run:
    """Return a share of the ordinary tests with another day."""
    return Run(f"SQLite on {day}: {name}", ["-m", "not browser", *chosen, f"--on={day}"])


def runs(planned: list[Run], *, measured: bool, judged: bool) -> list[int]:
    """Do the runs, some beside each other; say what each took, and return their exit codes.

    Args:
        planned: what to run, the longest first.
        measured: whether the coverage is taken.
        judged: whether it has to be enough.
    """
    coverage("erase")
    with ThreadPoolExecutor(N_BESIDE) as pool:
        done = list(pool.map(lambda run: run.do(measured=measured), planned))
    codes = [one.code for one in done]
    print("\n".join(costs(done)), flush=True)
    if measured:
        coverage("combine", "--quiet")
    if judged:
        print("\n==== coverage", flush=True)
        codes.append(coverage("report"))
    return codes


def costs(done: list[Done]) -> list[str]:
    """Return the lines that say what each run took."""
    lines = [f"{one.cpu_seconds:8.0f} {one.seconds:8.0f}  {one.title}" for one in done]
    whole = sum(one.cpu_seconds for one in done)
    return [
        "",
        "==== seconds of a processor, of the clock",
        *lines,
        f"{whole:8.0f}           altogether",
    ]


def day_of(word: str) -> dt.date:
    """Read a day; refuse what is none."""
    try:
        return dt.date.fromisoformat(word)
    except ValueError:
        raise argparse.ArgumentTypeError(f"«{word}» не дата: напишите её так: 2028-02-29") from None


def take_day(words: list[str]) -> str | None:
    """Take `--on DATE` or `--on=DATE` out of the words; return the date or None.

    Raises:
        SystemExit: the date is missing or is none.
    """
    parser = argparse.ArgumentParser(prog="run.py test", add_help=False, allow_abbrev=False)
    parser.add_argument("--on", metavar="YYYY-MM-DD", type=day_of)
    known, words[:] = parser.parse_known_args(words)
    return None if known.on is None else known.on.isoformat()


def take_word(words: list[str], word: str) -> bool:
    """Take a word of this program out of the words; tell whether it was there."""
    there = word in words
    words[:] = [one for one in words if one != word]
    return there


def runs_asked_for(words: list[str], *, browser: bool) -> list[int]:
    """Do what the words ask for; return the exit codes."""
    day = take_day(words)
    deep, measured = take_word(words, "--deep"), take_word(words, "--coverage")
    checks = [Checks("static checks", [])] if take_word(words, "--checks") else []
    if day is None:
        planned = plan(deep=deep, words=words, browser=browser)
    else:
        chosen = {"": [*words, *(["--deep"] if deep else [])]} if words or deep else shares()
        planned = [on_day(day, name, words_of) for name, words_of in chosen.items()]
    whole = not (deep or words or day)
    # the checks in the middle: what takes longest begins first, what takes least ends last
    half = len(planned) // 2
    planned = [*planned[:half], *checks, *planned[half:]]
    measured = measured and not deep and day is None
    return runs(planned, measured=measured, judged=measured and whole)


def closing_line(counts: Path, seconds: float) -> str:
    """Add up the counts that the runs left (tests/conftest.py) into one line like pytest's."""
    total: dict[str, int] = {"passed": 0, "failed": 0}
    for line in counts.read_text().splitlines():
        for kind, number in json.loads(line).items():
            total[kind] = total.get(kind, 0) + number
    named = [f"{n} {kind}" for kind, n in total.items() if n or kind in {"passed", "failed"}]
    return f"{', '.join(named)} in {seconds:.0f}s"


def main(words: list[str]) -> int:
    """Run everything; return 0 only when every run ended well."""
    missing = install_missing()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        counts = Path(folder) / "counts"
        counts.touch()
        os.environ["NASTAVNIK_TEST_COUNTS"] = str(counts)
        os.environ["NASTAVNIK_DATA"] = folder
        browser = not {"chromium", "libatomic.so.1"} & set(missing)
        codes = runs_asked_for(words, browser=browser)
        line = closing_line(counts, time.monotonic() - started)
    if missing:
        packages = " ".join(WANTED[program] for program in missing)
        print(f"left out, for want of {', '.join(missing)}: apt-get install {packages}")
    if any(codes) and " 0 failed" in line and "error" not in line:
        print("the tests passed, but the coverage or a run did not: see above")
    print(f"==== {line} ====", flush=True)
    return int(any(codes))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
