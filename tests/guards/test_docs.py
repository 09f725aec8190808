"""What a reader looks up is written down: rights, commands, settings, signals."""

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.dispatch import Signal
from tools.permissions import page

import nastavnik
from nastavnik.__main__ import ENGINE_WORDS
from nastavnik.core.access import GRANTS, Perm, Role

ROOT = Path(nastavnik.__file__).parent
PROJECT = ROOT.parent.parent
DOCS = PROJECT / "docs"
SETTING = re.compile(r"\bNASTAVNIK_[A-Z_]*[A-Z]\b")


def commands():
    """Return every word of the command line that is ours."""
    ours = {name for name, app in get_commands().items() if str(app).startswith("nastavnik.")}
    words = {"serve", "test", "bench", "prepare", "migrate", "help"}
    return {name.replace("_", "-") for name in ours | words | set(ENGINE_WORDS)}


def words_of_run():
    """Return the words `run.py` itself knows, from its code."""
    tree = ast.parse((PROJECT / "run.py").read_text())
    return {
        one.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare) and ast.unparse(node.left) in {"word", "arguments[0]"}
        for part in node.comparators
        for one in ast.walk(part)
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value.isalpha()
    }


def used_settings():
    """Return every variable the program and its tools read."""
    files = [PROJECT / "run.py", *ROOT.rglob("*.py"), *(PROJECT / "tools").glob("*.py")]
    return {name for path in files for name in SETTING.findall(path.read_text())}


def signals():
    """Return «app.signal» for every signal of ours, wherever it is defined."""
    return {
        f"{path.parent.name}.{name}"
        for path in ROOT.glob("*/*.py")
        if "Signal()" in path.read_text()
        for name, value in vars(import_module(f"nastavnik.{path.parent.name}.{path.stem}")).items()
        if isinstance(value, Signal)
    }


def unsaid(names, text, mark="`{}"):
    """Return the names a page does not mention."""
    return sorted(
        name for name in names if not re.search(re.escape(mark.format(name)) + r"\b(?!-)", text)
    )


def test_the_page_of_rights_is_the_table():
    said = (DOCS / "permissions.md").read_text()
    assert said == page(), "python tools/permissions.py > docs/permissions.md"


def test_every_command_is_described():
    assert len(commands()) > 8
    assert unsaid(commands() | words_of_run(), (DOCS / "commands.md").read_text()) == []


def test_no_command_is_described_that_is_not_there():
    rows = re.findall(r"^\| `([a-z-]+)", (DOCS / "commands.md").read_text(), re.MULTILINE)
    assert set(rows) - commands() == set()


def test_every_setting_is_described():
    text = (DOCS / "settings.md").read_text()
    assert len(used_settings()) > 8
    assert unsaid(used_settings(), text) == []
    assert set(SETTING.findall(text)) - used_settings() == set()


def test_every_signal_is_described():
    text = (DOCS / "signals.md").read_text()
    assert unsaid(signals(), text) == []
    assert set(re.findall(r"^\| `([a-z_.]+)`", text, re.MULTILINE)) == signals()


# ---------------------------------------------------------------- planted violations


def test_a_right_given_in_silence_is_seen():
    more = {**GRANTS, Role.MENTEE: GRANTS[Role.MENTEE] | {Perm.ROSTER_VIEW}}
    assert page(more) != (DOCS / "permissions.md").read_text()


@pytest.mark.parametrize(
    ("page_name", "names"),
    [
        ("commands.md", {"erase-everything"}),
        ("commands.md", {"import"}),
        ("settings.md", {"NASTAVNIK_FRESH"}),
        ("settings.md", {"NASTAVNIK_DATABASE"}),
        ("signals.md", {"people.person_left"}),
    ],
)
def test_what_is_not_described_is_seen(page_name, names):
    assert unsaid(names, (DOCS / page_name).read_text()) == sorted(names)
