"""docs/security/cryptography.md names every module that deals in keys, digests or chance, and no other."""

import ast
from pathlib import Path

from tests.docs.pages import page, table

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "nastavnik"
OF_THE_KIND = {
    "hashlib", "hmac", "secrets", "cryptography", "argon2", "django.core.signing",
    "django.utils.crypto", "django.contrib.auth.hashers",
}  # fmt: skip


def imported(tree):
    """Return the names a module imports, each with whence."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{one.name}" for one in node.names)


def deals_in_it(source):
    names = set(imported(ast.parse(source)))
    return any(
        name == kind or name.startswith(f"{kind}.") for name in names for kind in OF_THE_KIND
    )


def test_the_inventory_is_that_of_the_code():
    found = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if deals_in_it(path.read_text(encoding="utf-8"))
    }
    rows = table(page("security/cryptography.md"), "cryptography")
    named = [module for module, *_rest in rows]
    assert sorted(named) == sorted(found)
    assert all(what and how for _module, what, how in rows)


def test_a_module_that_is_not_named_would_be_found():
    assert deals_in_it("from django.core import signing")
    assert deals_in_it("def f():\n    import hashlib")
    assert deals_in_it("from cryptography.hazmat.primitives import hashes")
    assert not deals_in_it("from django.core import mail\nimport hashing")
