"""`decline TEXT --case dative`: a name or a position in a case."""

import argparse
from typing import Any

from nastavnik.engine.wording.cases import Case
from nastavnik.engine.wording.payload import decline_json


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("text", help="имя или должность, в кавычках")
    parser.add_argument("--case", choices=[case.value for case in Case], default=Case.DATIVE.value)
    parser.add_argument("--kind", choices=["name", "position"], default="name")


def request(options: argparse.Namespace) -> dict[str, Any]:
    """Return the command line as one request."""
    return {"text": options.text, "case": options.case, "kind": options.kind}


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """Answer `{"text", "case", "kind"}` with `{"text", "sure"}`."""
    return decline_json(asked)


def text(answered: dict[str, Any]) -> str:
    """Return the form; a doubtful one says so."""
    doubt = "" if answered["sure"] else " (проверьте: форма под вопросом)"
    return f"{answered['text']}{doubt}"
