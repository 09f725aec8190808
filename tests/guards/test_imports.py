"""The contracts of imports hold, and break when somebody breaks them."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import nastavnik

PACKAGE = Path(nastavnik.__file__).parent
PROJECT = PACKAGE.parent.parent
LINTER = Path(sys.executable).parent / "lint-imports"
# What is planted: file, line, the contract it breaks.
PLANTED = {
    "engine knows an app": (
        "engine/tables/names.py", "from nastavnik.people import models", "Apps stand one on another",
    ),
    "engine knows Django": ("engine/tables/names.py", "import django.db", "The engine knows nothing of Django"),
    "an app imports upward": ("people/queries.py", "from nastavnik.matching import models", "Apps stand one on another"),
    "a model imports its queries": ("people/models.py", "from nastavnik.people import queries", "Inside an app"),
    "somebody imports views": ("cabinet/queries/__init__.py", "from nastavnik.people import views", "Only urls import views"),
    "a reader knows Django": ("readers/sheets.py", "import django.conf", "Readers and writers know nothing of Django"),
    "a writer knows Django": ("writers/texts.py", "import django.conf", "Readers and writers know nothing of Django"),
    "an app in no layer": ("stray/__init__.py", "", "Apps stand one on another"),
}  # fmt: skip


def linted(folder):
    """Run the contracts of a tree; return the exit code and what was said."""
    done = subprocess.run(
        [LINTER, "--no-cache", "--config", "pyproject.toml"],
        cwd=folder,
        env={"PYTHONPATH": str(folder / "src"), "PATH": str(LINTER.parent), "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tree")
    shutil.copytree(
        PACKAGE,
        folder / "src" / "nastavnik",
        ignore=shutil.ignore_patterns("__pycache__", "locale", "static", "*.html"),
    )
    shutil.copy(PROJECT / "pyproject.toml", folder)
    return folder


def broken(report):
    """Return the names of the broken contracts in what the linter said."""
    return [
        line.removesuffix(" BROKEN") for line in report.splitlines() if line.endswith(" BROKEN")
    ]


def arrow(file, line):
    """Return how the linter names a planted import."""
    module = "nastavnik." + file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    found = re.fullmatch(r"(?:from ([\w.]+) )?import ([\w.]+)", line)
    if not found:
        return f"- {module}"
    return f"{module} -> {'.'.join(filter(None, found.groups())) if found[1] else found[2].partition('.')[0]}"


def test_the_contracts_hold(tree):
    code, report = linted(tree)
    assert code == 0, report
    assert broken(report) == []


def test_every_planted_import_is_seen(tree):
    """All of them at once, so that the linter reads the tree one time."""
    before = {}
    for file, line, _contract in PLANTED.values():
        path = tree / "src" / "nastavnik" / file
        assert path.exists() or not path.parent.exists(), f"{file} is nowhere: plant it elsewhere"
        before.setdefault(path, path.read_text() if path.exists() else None)
        path.parent.mkdir(exist_ok=True)
        path.write_text(
            f"{before[path] or ''}\n" + (path.read_text() if path.exists() else "") + f"\n{line}\n"
        )
    try:
        code, report = linted(tree)
    finally:
        for path, text in before.items():
            if text is None:
                shutil.rmtree(path.parent)
            else:
                path.write_text(text)
    assert code == 1
    for what, (file, line, contract) in PLANTED.items():
        assert any(name.startswith(contract) for name in broken(report)), f"{what}: {report}"
        assert arrow(file, line) in report, f"{what}: {report}"


@pytest.mark.deep
@pytest.mark.parametrize("what", PLANTED)
def test_a_planted_import_is_seen_alone(tree, what):
    file, line, contract = PLANTED[what]
    path = tree / "src" / "nastavnik" / file
    before = path.read_text() if path.exists() else None
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{before or ''}\n{line}\n")
    try:
        code, report = linted(tree)
    finally:
        if before is None:
            shutil.rmtree(path.parent)
        else:
            path.write_text(before)
    assert code == 1
    assert contract in report
