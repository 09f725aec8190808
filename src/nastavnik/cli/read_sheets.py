"""`read-sheets FILE… --key KEY.json`: what is marked on scans and photos of printed questionnaires."""

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from nastavnik.engine.blanks.codes import written
from nastavnik.engine.blanks.layout import SheetBox
from nastavnik.readers.piles import ADVICE, PageRead, read_pile
from nastavnik.readers.refusals import ReaderError

NOT_A_KEY = "Файл {name} — не ключ листов: нужен тот, что сделан командой print-sheets."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("files", nargs="+", help="сканы и фотографии: .pdf, .jpg, .png")
    parser.add_argument("--key", type=Path, required=True, help="места клеток, от print-sheets")


def request(options: argparse.Namespace) -> dict[str, Any]:
    """Read the key.

    Raises:
        ValueError: it is none (a Russian sentence).
    """
    try:
        key = json.loads(options.key.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise ValueError(NOT_A_KEY.format(name=options.key.name)) from error
    return {"files": options.files, "key": key, "name": options.key.name}


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """Return what each page of each file says; a file that cannot be read stands there with its reason.

    Raises:
        ValueError: the key is none.
    """
    key = _key(asked["key"], asked.get("name", "KEY"))
    pages: list[dict[str, Any]] = []
    for file in asked["files"]:
        try:
            pages += [_line(file, page) for page in _read(Path(file), key)]
        except (OSError, ReaderError) as error:
            pages.append(_nothing(file) | {"trouble": _reason(error, file)})
    return {"pages": pages}


def _reason(error: Exception, file: str) -> str:
    if isinstance(error, FileNotFoundError):
        return f"Файла {file} нет. Проверьте имя и папку."
    return str(error) if isinstance(error, ReaderError) else f"Файл {file} не открывается."


def _read(path: Path, key: Mapping[str, Sequence[SheetBox]]) -> Iterator[PageRead]:
    yield from read_pile(path.read_bytes(), path.name, key)


def _key(key: Any, name: str) -> dict[str, tuple[SheetBox, ...]]:  # noqa: ANN401 - from a file
    try:
        return {
            page["token"]: tuple(
                SheetBox(
                    box["item"],
                    box["value"],
                    bool(box["several"]),
                    *(float(box[side]) for side in ("x", "y", "w", "h")),
                )
                for box in page["boxes"]
            )
            for page in key["pages"]
        }
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(NOT_A_KEY.format(name=name)) from error


def _nothing(file: str) -> dict[str, Any]:
    return {"file": file, "page": 1, "token": None, "answers": {}, "doubtful": []}


def _line(file: str, page: PageRead) -> dict[str, Any]:
    answers = {
        item: list(value) if isinstance(value, tuple) else value
        for item, value in page.answers.items()
    }
    line = {
        "file": file,
        "page": page.page,
        "token": page.token,
        "answers": answers,
        "doubtful": list(page.doubts),
    }
    return line | ({"trouble": ADVICE[page.trouble]} if page.trouble else {})


def json_lines(answered: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a line a page; why a page was not read is told by `notes`."""
    for page in answered["pages"]:
        yield {name: value for name, value in page.items() if name != "trouble"}


def notes(answered: dict[str, Any]) -> Iterator[str]:
    """Yield why a page was not read, in words."""
    for page in answered["pages"]:
        if "trouble" in page:
            yield f"{page['file']}, страница {page['page']}: {page['trouble']}"


def text(answered: dict[str, Any]) -> str:
    """Return a line for each page that was read, and how many there are."""
    lines = []
    for page in answered["pages"]:
        if page["token"]:
            n_sure = len(page["answers"]) - len(page["doubtful"])
            look = f", посмотреть: {', '.join(page['doubtful'])}" if page["doubtful"] else ""
            lines.append(
                f"{page['file']}, страница {page['page']}: лист {written(page['token'])}, "
                f"прочитано пунктов: {n_sure}{look}"
            )
    n_read = len(lines)
    lines += [f"Страниц прочитано: {n_read} из {len(answered['pages'])}."]
    return "\n".join(lines)
