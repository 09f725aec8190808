"""The worked examples of `docs/algorithms/terms.md`."""

import re
from pathlib import Path

import pytest

from nastavnik.engine.periods.payload import read_term_json

TEXT = (Path(__file__).parents[2] / "docs/algorithms/terms.md").read_text(encoding="utf-8")
EXAMPLES = TEXT.split("## Worked examples")[1].split("\n## ")[0]
ROWS = [
    [cell.strip() for cell in row.strip("|").split("|")]
    for row in re.findall(r"^\|.*\|$", EXAMPLES, re.MULTILINE)
][2:]


def test_the_table_is_found():
    assert len(ROWS) >= 25


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_a_worked_example(row):
    text, kind, start, end, recurs, rest = row
    assert read_term_json({"text": text, "year": 2025}) == {
        "kind": kind,
        "start": start or None,
        "end": end or None,
        "recurs": recurs or None,
        "rest": rest,
    }
