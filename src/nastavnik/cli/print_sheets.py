"""`print-sheets INSTRUMENT --number N|--people FILE --out SHEETS.pdf --key KEY.json`: questionnaires to fill in by pen."""

import argparse
import json
import re
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from nastavnik.engine.blanks.codes import NUMBER_DIGITS, token_of
from nastavnik.engine.blanks.layout import key_boxes, lay_out
from nastavnik.engine.blanks.questions import questions_of
from nastavnik.engine.instruments.parsing import parse_instrument
from nastavnik.engine.tables.cells import Grid, text_of, value_of
from nastavnik.readers.sheets import read_sheets
from nastavnik.writers.blanks import PrintedBlank, draw_blanks, measure

SHIPPED = Path(__file__).parent.parent / "questionnaires" / "data" / "instruments"
MOST_SHEETS = 1000
NAMES = ("фио", "ф и о", "фамилия имя", "фамилия имя отчество", "name", "full name")
PARTS = (("фамилия", "last name"), ("имя", "first name"), ("отчество", "patronymic"))
GROUPS = ("класс", "группа", "class", "group")
_HEADER_WITHIN = 15  # rows of titles there may be above the headings
_CODE = re.compile(r"[a-z][a-z0-9_]*")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("instrument", help="код анкеты («mentee_after») или файл .yaml")
    copies = parser.add_mutually_exclusive_group(required=True)
    copies.add_argument("--number", type=int, help="сколько листов без имён")
    copies.add_argument("--people", type=Path, help="таблица людей: лист на каждого, с именем")
    parser.add_argument("--out", type=Path, required=True, help="куда положить .pdf")
    parser.add_argument("--key", type=Path, required=True, help="куда положить места клеток, .json")


def request(options: argparse.Namespace) -> dict[str, Any]:
    """Read the questionnaire and the people.

    Raises:
        ValueError: no such questionnaire, a number out of bounds, a table without names (a Russian sentence).
    """
    names = [""] * (options.number or 0)
    if options.people:
        names = _names(read_sheets(options.people.read_bytes(), options.people.name)[0].rows)
    return {
        "body": _body(options.instrument),
        "names": names,
        "out": str(options.out),
        "key": str(options.key),
    }


def _body(word: str) -> Any:  # noqa: ANN401 - whatever stands in a file; `parse_instrument` judges it
    path = Path(word)
    if _CODE.fullmatch(word) and not path.is_file():
        path = SHIPPED / f"{word}.yaml"
    if not path.is_file():
        raise ValueError(
            f"Анкеты «{word}» нет. Есть: {', '.join(shipped())}. Или дайте файл .yaml."
        )
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValueError(
            f"Файл {path.name} не читается как YAML. Проверьте отступы и двоеточия."
        ) from error


def shipped() -> list[str]:
    """Return the codes of the questionnaires that come with the program."""
    return sorted(path.stem for path in SHIPPED.glob("*.yaml"))


def _names(rows: Grid) -> list[str]:
    """Return the people of a table as they stand on a sheet: name and class."""
    for at, row in enumerate(rows[:_HEADER_WITHIN]):
        heads = [re.sub(r"[\W_]+", " ", text_of(cell).casefold()).strip() for cell in row]
        parts = [_column(heads, NAMES)]
        if parts == [None]:
            parts = [_column(heads, part) for part in PARTS]
        columns = [column for column in parts if column is not None]
        if columns:
            group = _column(heads, GROUPS)
            named = [_name(one, columns, group) for one in rows[at + 1 :]]
            return [name for name in named if name]
    raise ValueError(
        "В таблице людей нет столбца с именами. Назовите его в первой строке: «ФИО» или «Фамилия» и «Имя»."
    )


def _column(heads: Sequence[str], known: Sequence[str]) -> int | None:
    return next((place for place, head in enumerate(heads) if head in known), None)


def _name(row: Sequence[Any], columns: Sequence[int], group: int | None) -> str:
    name = " ".join(value for column in columns if (value := _value(row, column)))
    where = _value(row, group)
    return f"{name}, {where}" if name and where else name


def _value(row: Sequence[Any], column: int | None) -> str:
    return value_of(row[column]) if column is not None and column < len(row) else ""


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """Print a sheet for each name; write the .pdf and the key, and return where and how many.

    Raises:
        ValueError: no sheets or too many, or a questionnaire that is none or fits no paper.
    """
    names = asked["names"]
    if not 1 <= len(names) <= MOST_SHEETS:
        raise ValueError(f"Листов должно быть от 1 до {MOST_SHEETS}, а получилось {len(names)}.")
    instrument = parse_instrument(asked["body"])
    pages = lay_out(questions_of(instrument), measure())
    blanks = [
        PrintedBlank(number, name) for number, name in zip(_numbers(len(names)), names, strict=True)
    ]
    boxes = [key_boxes(page) for page in pages]
    tokens = [token_of(blank.number, page + 1) for blank in blanks for page in range(len(pages))]
    key = [
        {"page": place + 1, "token": token, "boxes": boxes[place % len(pages)]}
        for place, token in enumerate(tokens)
    ]
    Path(asked["out"]).write_bytes(draw_blanks(instrument.title, pages, blanks))
    Path(asked["key"]).write_text(json.dumps({"pages": key}, ensure_ascii=False), encoding="utf-8")
    return {"out": asked["out"], "key": asked["key"], "sheets": len(blanks), "pages": len(key)}


def _numbers(most: int) -> list[int]:
    """Return numbers that differ; they open nothing, but nobody should meet a neighbour's by counting on."""
    numbers: set[int] = set()
    while len(numbers) < most:
        numbers.add(secrets.randbelow(10**NUMBER_DIGITS - 1) + 1)
    ordered = sorted(numbers)
    secrets.SystemRandom().shuffle(ordered)
    return ordered


def text(answered: dict[str, Any]) -> str:
    """Say what was printed."""
    return (
        f"Листов: {answered['sheets']}, страниц: {answered['pages']}. Печатайте {answered['out']} без уменьшения "
        f"и храните {answered['key']}: без него листы не прочитать."
    )
