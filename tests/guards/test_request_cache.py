"""What is kept for the time of a page is kept under a name of its own: another question would be given its answer."""

import ast
from collections import defaultdict
from pathlib import Path

import nastavnik

SOURCES = sorted(Path(nastavnik.__file__).parent.rglob("*.py"))


def questions(source):
    """Yield what each answer that is kept is called, and what is asked for it; "" where the name is no word."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "cached":
            key, ask = node.args
            first = key.elts[0] if isinstance(key, ast.Tuple) else key
            name = first.value if isinstance(first, ast.Constant) else ""
            yield name, ast.unparse(ask) if isinstance(ask, ast.Lambda) else f"{name}: {ask.lineno}"


def of_two_meanings(sources):
    """Return the names under which different things are kept."""
    asked = defaultdict(set)
    for source in sources:
        for name, ask in questions(source):
            asked[name].add(ask)
    return sorted(name for name, asks in asked.items() if len(asks) > 1 or not name)


def test_every_answer_kept_has_a_name_of_its_own():
    assert len([one for path in SOURCES for one in questions(path.read_text())]) > 15
    assert of_two_meanings(path.read_text() for path in SOURCES) == []


def test_a_name_taken_twice_is_seen():
    mine = 'cached(("own", user.pk), lambda: list(invitations(user)))'
    other = 'cached(("own", user.pk), lambda: list(guests(user)))'
    assert of_two_meanings([mine, other]) == ["own"]
    assert of_two_meanings([mine, mine]) == []
    assert of_two_meanings(["cached(key, lambda: 1)"]) == [""]
