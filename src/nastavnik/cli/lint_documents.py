"""`lint-documents FILE…`: what a checker would find in papers about mentoring."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nastavnik.engine.linting.checking import LintedPaper
from nastavnik.engine.linting.findings import LintFinding
from nastavnik.readers.bounded import read_bounded
from nastavnik.readers.documents import MOST_BYTES
from nastavnik.readers.refusals import ReaderError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "files", nargs="+", help="документы: .docx, .pdf, .odt, .xlsx, .ods, .html, .csv, текст"
    )


def request(options: argparse.Namespace) -> dict[str, Any]:
    """Return the command line as one request."""
    return {"files": options.files}


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """Return what is found in each file by itself; a file that cannot be read is told among `troubles`."""
    findings: list[dict[str, Any]] = []
    troubles: list[dict[str, str]] = []
    for file in asked["files"]:
        try:
            findings += [_plain(file, one) for one in _lint(Path(file))]
        except (OSError, ReaderError) as error:
            troubles.append({"file": file, "trouble": _reason(error, file)})
    return {"findings": findings, "troubles": troubles, "n_files": len(asked["files"])}


def _lint(path: Path) -> tuple[LintFinding, ...]:
    with path.open("rb") as file:  # not more than a reader would look into
        found: LintedPaper = read_bounded("lint", file.read(MOST_BYTES + 1), path.name)
    return found.findings


def _reason(error: Exception, file: str) -> str:
    if isinstance(error, FileNotFoundError):
        return f"Файла {file} нет. Проверьте имя и папку."
    if isinstance(error, IsADirectoryError):
        return f"{file} — папка, а нужен файл. Допишите его имя."
    return f"{file}: {error}" if isinstance(error, ReaderError) else f"Файл {file} не открывается."


def _plain(file: str, one: LintFinding) -> dict[str, Any]:
    return {
        "file": file,
        "rule": one.rule.value,
        "line": one.line,
        "text": one.text,
        "why": one.why if one.sure else f"Проверьте: {one.why}",
    }


def json_lines(answered: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    """Yield all findings as one list; what was not read is told by `notes`."""
    yield answered["findings"]


def notes(answered: dict[str, Any]) -> Iterator[str]:
    """Yield why a file was not read."""
    yield from (one["trouble"] for one in answered["troubles"])


def is_whole(answered: dict[str, Any]) -> bool:
    """Tell whether every file was read."""
    return not answered["troubles"]


def text(answered: dict[str, Any]) -> str:
    """Return a line for each finding, and how many there are."""
    lines = [
        f"{one['file']}, строка {one['line']} [{one['rule']}]: {one['why']} — «{one['text']}»"
        for one in answered["findings"]
    ]
    read = answered["n_files"] - len(answered["troubles"])
    return "\n".join([*lines, f"Файлов прочитано: {read}. Замечаний: {len(lines)}."])
