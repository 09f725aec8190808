"""`run.py test`: the suite on SQLite, the marked part on PostgreSQL, the browser tests.

--deep    the long versions: full numbers of examples, everything on both databases, no coverage
further words go to pytest; with them the coverage is not judged
"""

import ctypes
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOTHING_COLLECTED = 5
# What these try asks no database: once is enough, and their long versions take a quarter of an hour.
WITHOUT_DATABASE = ("docs", "engine", "readers", "words")
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


def command_of_pytest(*, deep: bool) -> list[str]:
    """Return how pytest is called: the long versions go without coverage, which triples their time."""
    measured = [] if deep else ["-m", "coverage", "run"]
    return [sys.executable, *measured, "-m", "pytest"]


def pytest(title: str, *words: str, deep: bool) -> int:
    """Run pytest once; return its exit code, 0 when there was nothing to run."""
    print(f"\n==== {title}", flush=True)
    code = subprocess.run([*command_of_pytest(deep=deep), *words], cwd=ROOT, check=False).returncode
    return 0 if code == NOTHING_COLLECTED else code


def coverage(*words: str) -> int:
    """Run the coverage tool; return its exit code."""
    command = [sys.executable, "-m", "coverage", *words]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def runs(*, deep: bool, words: list[str], browser: bool) -> list[int]:
    """Do the runs, the longest beside the others; return their exit codes."""
    long = ["--deep"] if deep else []
    coverage("erase")
    chosen = "not browser" if deep else "both and not browser"
    with tempfile.TemporaryFile("w+") as printed:
        sqlite = subprocess.Popen(
            [*command_of_pytest(deep=deep), "-m", "not browser", *long, *words],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
        )
        bare = [f"--ignore=tests/{folder}" for folder in WITHOUT_DATABASE]
        postgres = ["--database=postgres", "-m", chosen, *bare]
        codes = [pytest("PostgreSQL", *postgres, *long, *words, deep=deep)]
        if browser:
            codes.append(pytest("browser", "-m", "browser", *long, *words, deep=deep))
        code = sqlite.wait()
        codes.append(0 if code == NOTHING_COLLECTED else code)
        printed.seek(0)
        print("\n==== SQLite", printed.read(), sep="\n", flush=True)
    if not deep:
        coverage("combine", "--quiet")
    if not words and not deep:
        print("\n==== coverage", flush=True)
        codes.append(coverage("report"))
    return codes


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
    deep = "--deep" in words
    words = [word for word in words if word != "--deep"]
    missing = install_missing()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        counts = Path(folder) / "counts"
        counts.touch()
        os.environ["NASTAVNIK_TEST_COUNTS"] = str(counts)
        os.environ["NASTAVNIK_DATA"] = folder
        codes = runs(
            deep=deep, words=words, browser=not {"chromium", "libatomic.so.1"} & set(missing)
        )
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
