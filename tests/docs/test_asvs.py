"""docs/security/asvs.csv: every requirement of both levels once, and every test it names is there."""

import ast
import csv
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from tests.docs.pages import page, table

ROOT = Path(__file__).resolve().parents[2]
ANSWERS = ("yes", "partly", "no", "not applicable")
COLUMNS = ["id", "level", "topic", "answer", "how", "test"]
# Chapter → requirements of level 1 and of level 2 in ASVS 5.0.0 (70 and 183; the 92 of level 3 are not asked for).
NUMBERS = {
    "V1": (8, 19), "V2": (4, 7), "V3": (8, 11), "V4": (2, 8), "V5": (4, 5), "V6": (13, 22), "V7": (6, 12),
    "V8": (4, 3), "V9": (4, 3), "V10": (5, 24), "V11": (3, 11), "V12": (3, 6), "V13": (1, 12), "V14": (2, 7),
    "V15": (3, 10), "V16": (0, 16), "V17": (0, 7),
}  # fmt: skip


def rows():
    with (ROOT / "docs" / "security" / "asvs.csv").open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream, strict=True)
        found = list(reader)
    assert reader.fieldnames == COLUMNS
    return found


@cache
def functions_of(path):
    """Return the tests of a file: «test_…», in a class «Class::test_…»."""
    file = ROOT / path
    if not (file.is_file() and re.fullmatch(r"tests/(?:\w+/)*test_\w+\.py", path)):
        return frozenset()
    found = set()
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        inside = node.body if isinstance(node, ast.ClassDef) else [node]
        before = f"{node.name}::" if isinstance(node, ast.ClassDef) else ""
        found |= {
            f"{before}{one.name}"
            for one in inside
            if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
            and one.name.startswith("test_")
        }
    return frozenset(found)


def fault(row):
    """Return what is wrong with a row, empty for nothing."""
    if not re.fullmatch(r"V([1-9]|1[0-7])\.[1-9]\d?\.[1-9]\d?", row["id"]):
        return "no id"
    if row["level"] not in {"1", "2"} or row["answer"] not in ANSWERS:
        return "no level or no answer"
    if not row["topic"] or not row["how"].endswith("."):
        return "says nothing"
    named = row["test"].split()
    if row["answer"] == "yes" and not named:
        return "yes without a test"
    if row["answer"] in {"no", "not applicable"} and named:
        return "a test of nothing"
    lost = [
        one for one in named if one.partition("::")[2] not in functions_of(one.partition("::")[0])
    ]
    return f"no such test: {lost}" if lost else ""


def counted(found):
    """Return chapter → how many of level 1 and of level 2; an id that stands twice counts once."""
    levels = {row["id"]: row["level"] for row in found}
    numbers = Counter((name.partition(".")[0], level) for name, level in levels.items())
    return {one: (numbers[one, "1"], numbers[one, "2"]) for one in NUMBERS}


def test_every_requirement_stands_there_once():
    found = rows()
    assert [name for name, n in Counter(row["id"] for row in found).items() if n > 1] == []
    assert counted(found) == NUMBERS
    assert [sum(of) for of in zip(*NUMBERS.values(), strict=True)] == [70, 183]


def test_they_stand_in_the_order_of_the_standard():
    keys = [[int(part) for part in row["id"][1:].split(".")] for row in rows()]
    assert keys == sorted(keys)


def test_every_row_says_what_shows_it():
    assert {row["id"]: said for row in rows() if (said := fault(row))} == {}


def test_the_page_counts_the_answers():
    numbers = Counter((row["answer"], row["level"]) for row in rows())
    told = [[answer, *(str(numbers[answer, level]) for level in "12")] for answer in ANSWERS]
    assert table(page("security/README.md"), "counts") == told


def test_what_is_not_there_is_told_on_the_page():
    """Each plain «no» of level 1 is spoken of in words."""
    told = page("security/README.md")
    chapters = {"V12"}  # told of as a whole
    missing = [row["id"] for row in rows() if row["answer"] == "no" and row["level"] == "1"]
    assert missing
    assert [
        one for one in missing if one not in told and one.partition(".")[0] not in chapters
    ] == []


# ---------------------------------------------------------------- planted violations

GOOD = {
    "id": "V8.2.1", "level": "1", "topic": "rights", "answer": "yes", "how": "A table.",
    "test": "tests/docs/test_asvs.py::test_every_requirement_stands_there_once",
}  # fmt: skip


def test_a_good_row_passes():
    assert fault(GOOD) == ""
    health = "tests/config/test_config.py::TestHealth::test_it_answers"
    assert fault({**GOOD, "test": f"{GOOD['test']} {health}"}) == ""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"test": ""}, "yes without a test"),
        ({"test": "tests/docs/test_asvs.py::test_that_is_not_there"}, "no such test"),
        ({"test": "tests/docs/test_gone.py::test_every_requirement_stands_there_once"}, "no such test"),
        ({"test": "tests/docs/test_asvs.py::fault"}, "no such test"),
        ({"test": "tests/docs/test_asvs.py"}, "no such test"),
        ({"answer": "no"}, "a test of nothing"),
        ({"answer": "Yes"}, "no level or no answer"),
        ({"level": "3"}, "no level or no answer"),
        ({"id": "8.2.1"}, "no id"),
        ({"id": "V18.1.1"}, "no id"),
        ({"how": ""}, "says nothing"),
    ],
)  # fmt: skip
def test_a_bad_row_is_caught(change, said):
    assert fault({**GOOD, **change}).startswith(said)


def test_a_requirement_left_out_or_doubled_in_its_place_is_caught():
    found = rows()
    assert counted(found[1:]) != NUMBERS
    assert counted([found[1], *found[1:]]) != NUMBERS


def test_every_attack_names_a_control_that_is_there():
    controls = [row[-1] for row in table(page("security/attacks.md"), "attacks")]
    named = [one for one in controls if one != "none: a measurement"]
    assert len(named) > 10
    assert [one for one in named if not functions_of(one)] == []
    assert not functions_of("tests/guards/test_nowhere.py")
