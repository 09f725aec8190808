"""``python -m nastavnik WORD …``: engine words without Django, everything else through it.

An engine word is a module of `cli` with ``add_arguments(parser)``, ``request(options) ->
dict`` (what the command line asks, as one JSON object), ``answer(request) -> dict`` (pure) and
``text(answer) -> str`` (for people). ``--json`` prints the answer as JSON; ``--lines`` reads one
request a line and answers one a line; a request that cannot be answered becomes
``{"error": …}``, and the command ends with 1. A module may have ``json_lines(answer)``, which ``--json``
prints a line each, and ``notes(answer)``, sentences that go to where errors are told; one with
``is_whole(answer)`` ends with 1 where that is false.
"""

import argparse
import importlib
import json
import os
import sys
from collections.abc import Callable
from typing import Any, Protocol, cast

DONE, REFUSED, USAGE = 0, 1, 2

ENGINE_WORDS = {
    "match": "nastavnik.cli.match",
    "decline": "nastavnik.cli.decline",
    "read-term": "nastavnik.cli.read_term",
    "lint-documents": "nastavnik.cli.lint_documents",
    "read-roadmap": "nastavnik.cli.read_roadmap",
    "paired-stats": "nastavnik.cli.paired_stats",
    "print-sheets": "nastavnik.cli.print_sheets",
    "read-sheets": "nastavnik.cli.read_sheets",
}


class EngineWord(Protocol):
    """What a module behind an engine word has."""

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments of the word."""

    def request(self, options: argparse.Namespace) -> dict[str, Any]:
        """Return what the command line asks as one JSON object."""

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Answer a request; pure."""

    def text(self, answer: dict[str, Any]) -> str:
        """Return the answer for people."""


def main(arguments: list[str]) -> int:
    """Do one word; return the exit code."""
    if not arguments:
        print(__doc__, file=sys.stderr)
        return USAGE
    word, *rest = arguments
    if word in ENGINE_WORDS:
        return _engine(word, rest)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nastavnik.config.settings")
    return _manage(word.replace("-", "_"), rest)


def _engine(word: str, arguments: list[str]) -> int:
    module = cast("EngineWord", importlib.import_module(ENGINE_WORDS[word]))
    if "--lines" in arguments:
        return _lines(module)
    parser = argparse.ArgumentParser(prog=f"run.py {word}")
    parser.add_argument("--json", action="store_true", help="print the answer as JSON")
    parser.add_argument("--lines", action="store_true", help="one JSON object a line, both ways")
    module.add_arguments(parser)
    options = parser.parse_args(arguments)
    try:
        answer = module.answer(module.request(options))
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return REFUSED
    for note in getattr(module, "notes", _none)(answer):
        print(note, file=sys.stderr)
    if options.json:
        for line in getattr(module, "json_lines", _itself)(answer):
            _print(json.dumps(line, ensure_ascii=False), json.dumps(line))
    else:
        words = module.text(answer)
        _print(words, words.encode("ascii", "backslashreplace").decode())
    return DONE if getattr(module, "is_whole", bool)(answer) else REFUSED


def _none(_answer: dict[str, Any]) -> list[str]:
    return []


def _itself(answer: dict[str, Any]) -> list[dict[str, Any]]:
    return [answer]


def _print(words: str, plain: str) -> None:
    """Print words, or where the screen has no such letters what it has."""
    try:
        print(words)
    except UnicodeEncodeError:
        print(plain)


def _lines(module: EngineWord) -> int:
    code = DONE
    for line in sys.stdin:
        if not line.strip():
            continue
        try:
            asked = json.loads(line)
            if not isinstance(asked, dict):
                raise ValueError("Строка — это не объект JSON.")  # noqa: TRY301, TRY004
            answer = module.answer(asked)
        except (KeyError, TypeError, ValueError) as error:
            answer, code = {"error": str(error)}, REFUSED
        print(json.dumps(answer, ensure_ascii=False), flush=True)
    return code


def _manage(word: str, arguments: list[str]) -> int:
    import django  # noqa: PLC0415 - engine words must not pay for it
    from django.core.management import get_commands  # noqa: PLC0415

    django.setup()
    from nastavnik.config import launch  # noqa: PLC0415

    if code := _in_words(launch.open_data):
        return code
    if word == "prepare":
        return _in_words(lambda: launch.prepare(demo="--demo" in arguments))
    if word == "migrate" and not arguments:
        return _in_words(launch.ensure_schema)
    commands = get_commands()
    if word not in commands and word != "help":
        print(f"Нет такой команды: {word}. Список: python3 run.py help", file=sys.stderr)
        return USAGE
    is_ours = str(commands.get(word, "")).startswith("nastavnik.")
    needs_schema = is_ours and word not in {"backup", "restore"} and "--dry-run" not in arguments
    if needs_schema and (code := _in_words(launch.ensure_schema)):
        return code
    return _work(arguments) if word == "work" else _execute(word, arguments)


def _execute(word: str, arguments: list[str]) -> int:
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    execute_from_command_line(["run.py", word, *arguments])
    return DONE


def _work(arguments: list[str]) -> int:
    """Work in the background, as a part of the site: no copy is restored meanwhile."""
    from django.conf import settings  # noqa: PLC0415

    from nastavnik.files.running import taking_part  # noqa: PLC0415

    with taking_part(settings.DATA) as mine:
        if mine:
            return _execute("work", arguments)
    print("Данные сейчас восстанавливают из копии.", file=sys.stderr)
    return REFUSED


def _in_words(work: Callable[[], None]) -> int:
    """Do the work; a refusal, and what the machine is to blame for, is said on the console and not thrown at the person."""
    from django.db import DatabaseError  # noqa: PLC0415 - engine words must not pay for it

    from nastavnik.core import condition  # noqa: PLC0415
    from nastavnik.core.errors import RefusedError  # noqa: PLC0415

    try:
        work()
    except RefusedError as refusal:
        print(*refusal.reasons, sep="\n", file=sys.stderr)
        return REFUSED
    except (DatabaseError, OSError) as error:
        trouble = condition.of_error(error)
        if trouble is None:
            raise
        print(condition.sentence(trouble), file=sys.stderr)
        return REFUSED
    return DONE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
