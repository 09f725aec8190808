"""`match FILE.json`: pairs for people given as JSON, with reasons and proof."""

import argparse
import json
from pathlib import Path
from typing import Any

from nastavnik.engine.matching.payload import match_json


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("file", type=Path, help='JSON: {"mentors": […], "mentees": […]}')


def request(options: argparse.Namespace) -> dict[str, Any]:
    """Read the file.

    Raises:
        ValueError: it is not a JSON object (a Russian sentence).
    """
    try:
        asked = json.loads(options.file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"Файл {options.file.name} не читается как JSON: {error}") from error
    if not isinstance(asked, dict):
        raise ValueError(f"Файл {options.file.name}: нужен объект с «mentors» и «mentees».")  # noqa: TRY004 - one kind of refusal
    return asked


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """Answer with pairs, those left alone and the certificate; see `match_json`."""
    return match_json(asked)


def text(answered: dict[str, Any]) -> str:
    """Return the pairs and those without a mentor, a line each."""
    lines = [f"{pair['mentee']} — {pair['mentor']} ({pair['score']})" for pair in answered["pairs"]]
    lines += [f"{one['mentee']} — без наставника: {one['code']}" for one in answered["unmatched"]]
    lines.append(
        f"Пар: {answered['n_matched']}, сумма: {answered['total_score']}, проверка: {answered['certificate']}"
    )
    return "\n".join(lines)
