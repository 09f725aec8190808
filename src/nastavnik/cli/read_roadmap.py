"""`read-roadmap FILE`: what a roadmap document says."""

import argparse
from pathlib import Path
from typing import Any

from nastavnik.engine.periods.payload import read_term_json
from nastavnik.engine.roadmaps.payload import read_roadmap_json
from nastavnik.readers.documents import read_document


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("file", help="документ: .docx, .xlsx, .odt, .ods, .pdf, .html, .csv, текст")


def request(options: argparse.Namespace) -> dict[str, Any]:
    """Return the command line as one request."""
    return {"file": options.file}


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """Answer `{"file": path}` with the roadmap read.

    Raises:
        ReaderError: The file cannot be read.
        OSError: There is no such file.
    """
    path = Path(asked["file"])
    blocks = read_document(path.read_bytes(), path.name)
    return read_roadmap_json(blocks, read_term=_read_term)


def _read_term(text: str, year: int | None) -> dict[str, Any]:
    return read_term_json({"text": text, "year": year})


def text(answered: dict[str, Any]) -> str:
    """Return a line for each activity, then what is to be looked over."""
    lines = [answered["title"] or "Без названия", ""]
    for one in answered["activities"]:
        owners = ", ".join(one["responsible"])
        said = [one["number"] or "–", one["title"], one["term_text"], owners]
        lines.append(" · ".join(part for part in said if part))
    lines += ["", f"Мероприятий: {len(answered['activities'])}"]
    lines.append(f"Строк вне мероприятий: {len(answered['left_over'])}")
    return "\n".join([*lines, *answered["warnings"]])
