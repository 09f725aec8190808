"""The static checks: `python tools/check.py [NAME …]`, by the interpreter of .venv.

format, lint, templates, types, imports, migrations, deploy, translations, locks.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)")


def tool(name: str, *arguments: str) -> int:
    """Run a tool of .venv; return its exit code."""
    return subprocess.run([BIN / name, *arguments], cwd=ROOT, check=False).returncode


def django(*arguments: str, **variables: str) -> int:
    """Run a management command on settings of production; return its exit code."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            "PYTHONPATH": str(ROOT / "src"),
            "DJANGO_SETTINGS_MODULE": "nastavnik.config.settings",
            "NASTAVNIK_DATA": folder,
            **variables,
        }
        command = [sys.executable, "-m", "django", *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def templates() -> int:
    """Check that templates have one format; none is fine."""
    found = [str(path) for path in sorted((ROOT / "src").rglob("templates/**/*.html"))]
    return tool("djade", "--check", "--target-version", "5.2", *found) if found else 0


def imports() -> int:
    """Check the import contracts."""
    os.environ["PYTHONPATH"] = str(ROOT / "src")
    return tool("lint-imports")


def types() -> int:
    """Check the types."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["NASTAVNIK_DATA"] = folder
        try:
            return tool("mypy")
        finally:
            del os.environ["NASTAVNIK_DATA"]


def translations() -> int:
    """Check that every string has its Russian."""
    command = [sys.executable, str(ROOT / "tools" / "messages.py"), "check"]
    return subprocess.run(command, check=False).returncode


def pins(name: str) -> dict[str, tuple[str, frozenset[str]]]:
    """Return version and hashes of each package of a lock."""
    found: dict[str, tuple[str, frozenset[str]]] = {}
    text = (ROOT / name).read_text().replace("\\\n", " ")
    for line in text.splitlines():
        if match := PIN.match(line):
            hashes = frozenset(re.findall(r"--hash=(\S+)", line))
            found[canonicalize_name(match[1])] = (match[2], hashes)
    return found


def locks() -> int:
    """Check that the locks hold what pyproject.toml asks for, with hashes and without addresses."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    run, dev = pins("requirements.lock"), pins("requirements-dev.lock")
    wrong = [
        f"{name}: not the same in the development lock"
        for name in run
        if dev.get(name) != run[name]
    ]
    asked = {"requirements.lock": project["project"]["dependencies"]}
    asked["requirements-dev.lock"] = project["dependency-groups"]["dev"]
    for lock, wanted in asked.items():
        for requirement in map(Requirement, wanted):
            pin = pins(lock).get(canonicalize_name(requirement.name))
            if pin is None or not requirement.specifier.contains(pin[0], prereleases=True):
                wrong.append(f"{lock}: {requirement} is not what is pinned")
    for lock in (*asked, "requirements-uv.lock"):
        wrong += [f"{lock}: {name} has no hash" for name, pin in pins(lock).items() if not pin[1]]
        if "http" in (ROOT / lock).read_text():
            wrong.append(f"{lock}: holds an address")
    print("\n".join(wrong) or f"{len(run)} and {len(dev)} packages in step")
    return bool(wrong)


CHECKS: dict[str, Callable[[], int]] = {
    "format": lambda: tool("ruff", "format", "--check", "--quiet"),
    "lint": lambda: tool("ruff", "check", "--quiet"),
    "templates": templates,
    "types": types,
    "imports": imports,
    "migrations": lambda: django("makemigrations", "--check", "--dry-run"),
    "deploy": lambda: django(
        "check",
        "--deploy",
        "--fail-level=WARNING",
        NASTAVNIK_PUBLIC_URL="https://nastavnik.example",
    ),
    "translations": translations,
    "locks": locks,
}


def main(names: list[str]) -> int:
    """Run the checks named, or all; return 1 when one complains."""
    if unknown := set(names) - set(CHECKS):
        print(f"no such check: {', '.join(sorted(unknown))}; {__doc__}", file=sys.stderr)
        return 2
    failed: list[str] = []
    for name in names or CHECKS:
        print(f"== {name}", flush=True)
        started = time.monotonic()
        if CHECKS[name]():
            failed.append(name)
        print(f"   {time.monotonic() - started:.1f} s", flush=True)
    print(f"failed: {', '.join(failed)}" if failed else "every check passed")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
