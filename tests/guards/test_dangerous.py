"""No text is run as code, no other host is asked, chance comes from the system, scripts keep nothing."""

import ast
import re
from pathlib import Path

import pytest

import nastavnik

ROOT = Path(nastavnik.__file__).parent
MODULES = {str(path.relative_to(ROOT)): path for path in sorted(ROOT.rglob("*.py"))}
SCRIPTS = sorted(
    path for folder in ROOT.glob("*/static") for path in folder.rglob("*") if path.suffix in {".js", ".mjs"}
)  # fmt: skip

# What runs a text as code, as a command, as a query or as a template, or lets a form off its key.
CALLS = {
    "eval", "exec", "compile", "__import__", "os.system", "os.popen", "pickle.load", "pickle.loads", "marshal.load",
    "marshal.loads", "shelve.open", "yaml.unsafe_load", "yaml.full_load", "Template", "from_string", "csrf_exempt",
}  # fmt: skip
QUERIES = {"raw", "extra", "RawSQL", "RunSQL", "cursor"}
# Where SQL is written by hand: locks, versions, tables and marks of a restored database; nothing typed comes there.
WRITTEN_BY_HAND = {
    "config/health.py", "core/migrations/0004_tries.py", "files/checks.py", "files/dumps.py", "files/upgrading.py",
    "jobs/tasks/worker.py",
}  # fmt: skip
CLIENTS = {
    "aiohttp", "ftplib", "http.client", "httpx", "imaplib", "poplib", "requests", "smtplib", "socket", "telnetlib",
    "urllib.request", "urllib3", "xmlrpc", "django.core.mail",
}  # fmt: skip
LISTENS = {"config/server.py"}  # takes the socket the site answers on
# what nobody may foresee comes from `secrets`; these two digests are broken
WEAK = {"random", "numpy.random", "md5", "sha1"}
IN_SCRIPTS = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|\bFunction\(|localStorage|sessionStorage|indexedDB"
    r"|document\.cookie|postMessage|\bpaste\b|__proto__|setTimeout\(\s*[\"'`]",
)


def called(tree):
    """Yield the names of what is called or put before a function: `a.b.c(…)` as «a.b.c», «b.c» and «c»."""
    for node in ast.walk(tree):
        names = [node.func] if isinstance(node, ast.Call) else getattr(node, "decorator_list", [])
        for name in names:
            words = ast.unparse(name).split(".")
            # a method may be called as a builtin is: `re.compile` compiles a pattern
            yield from {".".join(words[place:]) for place in range(len(words))} - (
                {"compile", "eval", "exec"} if len(words) > 1 else set()
            )


def dangerous(tree):
    """Return what a module does that runs a text."""
    found = sorted(CALLS & set(called(tree)))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            words = {word.arg: ast.unparse(word.value) for word in node.keywords}
            if words.get("shell", "False") != "False":
                found.append("shell")
            if ast.unparse(node.func) == "yaml.load" and "Safe" not in words.get("Loader", ""):
                found.append("yaml.load")
    return found


def by_hand(tree):
    return sorted(QUERIES & set(called(tree)))


def imported(tree):
    """Return the modules a module asks for, with what it takes from them."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {node.module or "", *(f"{node.module}.{one.name}" for one in node.names)}
    return found


def clients(tree):
    return sorted(
        name for name in imported(tree) if any(f"{name}.".startswith(f"{one}.") for one in CLIENTS)
    )


def weak(tree):
    taken = {
        name.rpartition(".")[2] if name.startswith("hashlib.") else name for name in imported(tree)
    }
    return sorted(WEAK & (taken | set(called(tree))))


def told_of(judge, without=frozenset()):
    """Return module → what a judge says of it."""
    said = {
        name: judge(ast.parse(path.read_text()))
        for name, path in MODULES.items()
        if name not in without
    }
    return {name: words for name, words in said.items() if words}


def test_the_files_are_found():
    assert len(MODULES) > 150
    assert len(SCRIPTS) >= 4


def test_no_text_is_run_as_code():
    assert told_of(dangerous) == {}


def test_queries_written_by_hand_are_few_and_known():
    assert set(told_of(by_hand)) == WRITTEN_BY_HAND


def test_nothing_is_asked_of_another_host():
    assert set(told_of(clients)) == LISTENS


def test_chance_and_digests_are_those_of_the_system():
    assert told_of(weak) == {}


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_keep_nothing_and_make_no_markup(path):
    assert IN_SCRIPTS.findall(path.read_text()) == []


# ---------------------------------------------------------------- planted violations


@pytest.mark.parametrize(
    ("judge", "planted"),
    [
        (dangerous, "eval(text)"),
        (dangerous, "exec(text)"),
        (dangerous, "__import__(name)"),
        (dangerous, "os.system(f'ls {name}')"),
        (dangerous, "subprocess.run(command, shell=True)"),
        (dangerous, "pickle.loads(data)"),
        (dangerous, "yaml.load(text, Loader=yaml.Loader)"),
        (dangerous, "engines['django'].from_string(text)"),
        (dangerous, "@csrf_exempt\ndef view(request): ..."),
        (by_hand, "Person.objects.raw(sql)"),
        (by_hand, "rows.extra(where=[text])"),
        (by_hand, "connection.cursor()"),
        (clients, "import requests"),
        (clients, "from urllib.request import urlopen"),
        (clients, "from urllib import request"),
        (clients, "from django.core.mail import send_mail"),
        (weak, "import random"),
        (weak, "from hashlib import md5"),
        (weak, "hashlib.sha1(data)"),
    ],
)
def test_a_planted_one_is_seen(judge, planted):
    assert judge(ast.parse(planted))


def test_what_looks_alike_passes():
    tree = ast.parse(
        "import re\nfrom urllib.parse import quote\nre.compile(p)\nsubprocess.run([a, b])\nyaml.load(t, Loader=yaml.CSafeLoader)"
    )
    assert [judge(tree) for judge in (dangerous, by_hand, clients, weak)] == [[], [], [], []]


@pytest.mark.parametrize(
    "planted",
    ["a.innerHTML = b", "localStorage.setItem('a', b)", "eval(a)", "addEventListener('paste', no)"],
)
def test_a_planted_script_is_seen(planted):
    assert IN_SCRIPTS.search(planted)
