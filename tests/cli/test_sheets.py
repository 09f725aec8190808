"""`print-sheets` and `read-sheets`: the key and the lines as they are promised, people by name, refusals in words."""

import json

import numpy as np
import pypdfium2 as pdfium
import pytest

from nastavnik.__main__ import DONE, REFUSED, main
from nastavnik.engine.blanks.layout import SheetBox
from tools import simulate_sheets as simulated

BODY = """
code: probe
title: Проба
role: mentee
stage: after
source: проба
sections:
  - title: О встречах
    items:
      - {code: comfort, kind: scale, min: 1, max: 10, construct: comfort, text: "Было комфортно?", ends: [нет, да]}
      - {code: met, kind: yes_no, construct: met, text: "Был наставник раньше?"}
      - {code: where, kind: text, construct: where, when: [{item: met, is: ['yes']}], text: "Где?"}
      - {code: did, kind: several, construct: did, text: "Что делали?", options: [{code: a, text: учились}, {code: b, text: гуляли}]}
"""
PEOPLE = "№;ФИО;Класс\n1;Ольхин Артём;7А\n2;Берёзкина Анна;7Б\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "probe.yaml").write_text(BODY, encoding="utf-8")
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
    return tmp_path


def printed(folder, *words):
    words = words or ("--number", "2")
    body, out, key = (str(folder / name) for name in ("probe.yaml", "sheets.pdf", "key.json"))
    code = main(["print-sheets", body, *words, "--out", out, "--key", key])
    return code, key


def test_the_key_is_as_promised(folder):
    code, _key = printed(folder)
    assert code == DONE
    pages = json.loads((folder / "key.json").read_text())["pages"]
    assert [page["page"] for page in pages] == [1, 2]
    assert len({page["token"] for page in pages}) == 2
    box = pages[0]["boxes"][0]
    assert list(box) == ["item", "value", "several", "x", "y", "w", "h"]
    values = [(one["item"], one["value"], one["several"]) for one in pages[0]["boxes"]]
    assert values[:10] == [("comfort", n, False) for n in range(1, 11)]
    assert values[10:] == [
        ("met", "yes", False), ("met", "no", False), ("did", "a", True), ("did", "b", True),
    ]  # fmt: skip
    assert all(0 < one["x"] < 205 and 0 < one["y"] < 292 for one in pages[0]["boxes"])


def test_marked_sheets_are_read_a_line_a_page(folder, capsys):
    _code, key = printed(folder)
    pages = json.loads((folder / "key.json").read_text())["pages"]
    sheets = [
        page.render(scale=2.8).to_pil().convert("RGB")
        for page in pdfium.PdfDocument(folder / "sheets.pdf")
    ]
    size = (round(210 * simulated.DOTS), round(297 * simulated.DOTS))
    for name, page, sheet in zip(("a.png", "b.jpg"), pages, sheets, strict=True):
        boxes = [SheetBox(*box.values()) for box in page["boxes"]]
        hand = simulated.Hand(sheet.resize(size), simulated.PENS["gel"], np.random.default_rng(4))
        for place in (6, 11, 12, 13):
            hand.cross(boxes[place])
        hand.done().save(folder / name)
    capsys.readouterr()
    files = [str(folder / name) for name in ("b.jpg", "no.jpg", "a.png")]
    assert main(["read-sheets", *files, "--key", key, "--json"]) == DONE
    out, err = capsys.readouterr()
    lines = [json.loads(line) for line in out.splitlines()]
    assert all(list(line) == ["file", "page", "token", "answers", "doubtful"] for line in lines)
    assert [line["token"] for line in lines] == [pages[1]["token"], None, pages[0]["token"]]
    answers = {"comfort": 7, "met": "no", "did": ["a", "b"]}
    assert [line["answers"] for line in lines] == [answers, {}, answers]
    assert [line["doubtful"] for line in lines] == [[], [], []]
    assert "no.jpg" in err
    assert "нет" in err
    assert main(["read-sheets", *files, "--key", key]) == DONE
    assert "Страниц прочитано: 2 из 3." in capsys.readouterr().out


def test_people_of_a_table_get_a_sheet_each(folder):
    code, _key = printed(folder, "--people", str(folder / "people.csv"))
    assert code == DONE
    texts = [
        page.get_textpage().get_text_range() for page in pdfium.PdfDocument(folder / "sheets.pdf")
    ]
    assert ["Ольхин Артём, 7А" in texts[0], "Берёзкина Анна, 7Б" in texts[1]] == [True, True]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["missing", "--number", "1"], "Анкеты «missing» нет"),
        (["probe.yaml", "--number", "0"], "от 1 до"),
        (["probe.yaml", "--people", "probe.yaml"], "столбца с именами"),
        (["broken.yaml", "--number", "1"], "не читается как YAML"),
    ],
)
def test_what_cannot_be_printed_is_said_in_words(folder, capsys, monkeypatch, words, said):
    monkeypatch.chdir(folder)
    (folder / "broken.yaml").write_text("a: [", encoding="utf-8")
    assert main(["print-sheets", *words, "--out", "o.pdf", "--key", "k.json"]) == REFUSED
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("key", ["[", "[]", '{"pages": [{"token": "1"}]}'])
def test_a_file_that_is_no_key_is_refused(folder, capsys, key):
    (folder / "key.json").write_text(key)
    assert main(["read-sheets", "a.jpg", "--key", str(folder / "key.json")]) == REFUSED
    assert "не ключ листов" in capsys.readouterr().err
