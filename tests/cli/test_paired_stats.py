"""`paired-stats` on a table: two columns found, empty cells not measured, a bad cell named by its row."""

import json

import pytest
from tests.docs.pages import block, page

from nastavnik.__main__ import DONE, REFUSED, main

PAGE = "algorithms/paired-stats.md"


@pytest.fixture
def asked(tmp_path, capsys):
    def ask(table, *words):
        path = tmp_path / "anketa.csv"
        path.write_text(table, encoding="utf-8")
        code = main(["paired-stats", str(path), *words])
        return code, *capsys.readouterr()

    return ask


def test_the_worked_example_of_the_page(asked):
    text = page(PAGE)
    assert asked(block(text, "table")) == (DONE, block(text, "answer"), "")
    _code, printed, _errors = asked(block(text, "table"), "--json")
    answer = json.loads(printed)
    assert answer["p_value"] == 10 / 256
    assert answer["effect"] == pytest.approx((40.5 - 3.5) / 44)


def test_any_order_of_columns_a_comma_and_a_dash(asked):
    code, printed, _errors = asked("После;Имя;До\n3,5;Аня;2\n—;Боря;1\n")
    assert code == DONE
    assert printed.startswith("Дважды измерены: 1. Сравнить нельзя: 1 только до.")


@pytest.mark.parametrize(
    ("table", "part"),
    [("имя;было\nАня;1\n", "столбцов «до» и «после»"), ("до;после\nмного;2\n", "строка 2, «до»")],
)
def test_what_cannot_be_read_is_said_with_its_place(asked, table, part):
    code, printed, errors = asked(table)
    assert (code, printed) == (REFUSED, "")
    assert part in errors
