"""One word for one thing: no two classes of the program share a name, but where somebody else asks for it."""

import ast
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import nastavnik

PACKAGE = Path(nastavnik.__file__).parent
#: Name → why several classes must bear it.
SHARED = {
    "Command": "Django finds a command of manage.py by this name in the module of the command"
}


def modules() -> dict[str, str]:
    """Return place → source of every module but migrations, which tell of names of their day."""
    return {
        path.relative_to(PACKAGE).as_posix(): path.read_text(encoding="utf-8")
        for path in PACKAGE.rglob("*.py")
        if "migrations" not in path.parts
    }


def classes_of(source: str) -> Iterable[str]:
    """Return the names of the classes of a module, not of those inside another class or function."""
    return [node.name for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]


def homonyms(sources: dict[str, str]) -> dict[str, list[str]]:
    """Return name of a class → modules that have one of this name, where they are several."""
    places: dict[str, list[str]] = defaultdict(list)
    for place, source in sorted(sources.items()):
        for name in classes_of(source):
            places[name].append(place)
    return {name: where for name, where in places.items() if len(where) > 1}


def test_no_two_classes_share_a_name():
    found = homonyms(modules())
    assert {name: where for name, where in found.items() if name not in SHARED} == {}


def test_each_exception_is_needed():
    found = homonyms(modules())
    assert [name for name in SHARED if name not in found] == []


def test_a_planted_homonym_is_found():
    sources = modules() | {"planted.py": "class Document:\n    class Meta: ...\n"}
    assert homonyms(sources)["Document"] == ["documents/models.py", "planted.py"]
    assert "Meta" not in homonyms(sources)
