"""Questionnaires as files: out and in again by the bounded process, and what is refused in which words."""

import io

import pytest
from openpyxl import load_workbook
from tests.engine.instruments.bodies import ALL_KINDS

from nastavnik.engine.instruments import parse_instrument
from nastavnik.readers.bounded import read_bounded
from nastavnik.readers.questionnaires import read_questionnaire
from nastavnik.readers.refusals import ReaderError
from nastavnik.writers.questionnaires import as_blocks, as_xlsform, as_yaml
from nastavnik.writers.wordfiles import draw_docx

INSTRUMENT = parse_instrument(ALL_KINDS)


@pytest.mark.parametrize(("write", "name"), [(as_yaml, "a.yaml"), (as_xlsform, "a.xlsx")])
def test_a_file_of_ours_comes_in_as_it_went_out(write, name):
    form = read_bounded("questionnaire", write(INSTRUMENT), name)
    assert form.remarks == ()
    assert parse_instrument(form.body) == INSTRUMENT


def test_no_cell_of_the_form_is_a_formula():
    book = load_workbook(io.BytesIO(as_xlsform(INSTRUMENT, 2)))
    cells = [cell for sheet in book for row in sheet for cell in row if cell.value is not None]
    assert "=1+1" in [cell.value for cell in cells]
    assert {cell.data_type for cell in cells} == {"s", "n"}


def test_the_paper_to_approve_says_all_questions_and_conditions():
    paper = as_blocks(INSTRUMENT, "Школа № 1", 2)
    words = "\n".join(getattr(block, "text", "") for block in paper)
    assert all(item.text in words for item in INSTRUMENT.items)
    assert "3. Если в вопросе 2 ответ «да»: Где?" in words
    assert "2. Если в вопросе 1 ответ от -1 до 1: +7 Был?" in words
    assert draw_docx("Анкета", paper).startswith(b"PK")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "не файл анкеты"),
        (b"- 1", "не файл анкеты"),
        (b"\xff\xfe\x00", "не файл анкеты"),
        (b"\xd0", "не файл анкеты"),
        (b"a: [1, 2", "Строка 1 файла"),
        (b"a: 1\n b: 2", "Строка 2 файла"),
        (b"a: &x 1\nb: *x", "ссылки на другие"),
        (b"a: 2026-01-01", "в кавычки"),
        (b"a: 2026-13-45", "в кавычки"),
        (b"a: .nan", "в кавычки"),
        (b"1: a", "в кавычки"),
        (b"a: !!python/object/apply:os.system [ls]", "Строка 1"),
        (b"a" * 300_000, "не файл анкеты"),
        (b"PK\x03\x04" + b"0" * 2_000_000, "больше 1 МБ"),
    ],
)
def test_what_is_no_questionnaire_is_refused_in_words(data, said):
    with pytest.raises(ReaderError, match=said):
        read_questionnaire(data, "a.yaml")


def test_deep_nesting_ends_in_a_sentence_too():
    with pytest.raises(ReaderError):
        read_bounded("questionnaire", b"[" * 200_000, "a.yaml")


def test_a_workbook_without_a_form_is_refused():
    book = load_workbook(io.BytesIO(as_xlsform(INSTRUMENT)))
    del book["survey"]
    stream = io.BytesIO()
    book.save(stream)
    with pytest.raises(ReaderError, match="нет листа survey"):
        read_questionnaire(stream.getvalue(), "a.xlsx")
