"""Papers drawn from blocks: what is kept comes back, any text can be drawn, both files say the same."""

import itertools
import json
import re
from io import BytesIO

import pdfplumber
import pytest
from docx import Document as read_docx  # noqa: N813 - a function, whatever its name
from hypothesis import given, settings
from hypothesis import strategies as st

from nastavnik.writers import blocks
from nastavnik.writers.looks import LANDSCAPE, PORTRAIT
from nastavnik.writers.pdfs import draw_pdf
from nastavnik.writers.texts import clean
from nastavnik.writers.wordfiles import draw_docx

LABELS = blocks.Labels("подпись", "дата")


def paper_of(words, *, labels=LABELS):
    """Return a paper with every block, the same words in each place."""
    columns = (
        blocks.TableColumn(words, 4),
        blocks.TableColumn(words, 6),
        blocks.TableColumn(words, 5),
    )
    rows = (
        blocks.Row((blocks.Cell(words),), is_bold=True),
        *blocks.joined([[words, words, words], [None, None, words], [words, words, words]]),
    )
    return [
        blocks.Approval((words, words)),
        blocks.Letterhead(words),
        blocks.Word(words),
        blocks.Requisites(words, words, words),
        blocks.Title(words),
        blocks.Paragraph(words),
        blocks.Paragraph(words, is_lead=True),
        blocks.Points((words, words)),
        blocks.Signature(words, words, labels),
        blocks.Acquainted(words, (words, words), labels),
        blocks.Annex((words, words)),
        blocks.Title(words, is_centred=True),
        blocks.Bullets((words,)),
        blocks.PaperTable(columns, rows, words),
    ]


def test_a_paper_of_every_block_is_tried():
    assert {blocks.code_of(block) for block in paper_of("а")} == set(blocks.CODES)


@given(st.text(max_size=40), st.booleans())
def test_what_is_kept_comes_back(words, has_labels):
    paper = paper_of(words, labels=LABELS if has_labels else None)
    assert blocks.from_plain(json.loads(json.dumps(blocks.as_plain(paper)))) == paper


def test_a_block_of_no_known_kind_is_refused():
    with pytest.raises(KeyError):
        blocks.from_plain([{"block": "script", "text": "а"}])
    with pytest.raises(TypeError):
        blocks.from_plain([{"block": "word", "text": "а", "colour": "red"}])


@settings(max_examples=8)
@given(st.text(max_size=60))
def test_any_text_can_be_drawn(words):
    docx = read_docx(BytesIO(draw_docx(words, paper_of(words))))
    shown = docx.tables[-1].rows[-1].cells[1].text
    assert [c for c in shown if not c.isspace()] == [c for c in clean(words) if not c.isspace()]
    assert draw_pdf(words, paper_of(words)).startswith(b"%PDF")


def numbered(block, n):
    """Return a block each text of which has words of its own."""
    plain = json.dumps(blocks.as_plain([block]), ensure_ascii=False)
    while '"слово"' in plain:
        plain = plain.replace('"слово"', f'"слово{next(n)}"', 1)
    return blocks.from_plain(json.loads(plain))[0]


@pytest.mark.parametrize("look", [PORTRAIT, LANDSCAPE], ids=["portrait", "landscape"])
def test_both_files_say_what_the_blocks_say_and_nothing_else(look):
    n = itertools.count()
    paper = [numbered(block, n) for block in paper_of("слово")]
    said = set(" ".join(blocks.texts_of(paper)).split())
    assert len(said) > len(paper)
    docx = read_docx(BytesIO(draw_docx("Бумага", paper, look)))
    whole = [paragraph.text for paragraph in docx.paragraphs]
    whole += [cell.text for table in docx.tables for row in table.rows for cell in row.cells]
    with pdfplumber.open(BytesIO(draw_pdf("Бумага", paper, look))) as pdf:
        drawn = [page.extract_text() for page in pdf.pages]
    for texts in (whole, drawn):
        found = set(re.findall(r"слово\d+|подпись|дата", " ".join(texts)))
        assert found == said
        rest = re.sub(r"слово\d+|подпись|дата", "", " ".join(texts))
        assert set(rest) <= set("№–_.,:()12 \n"), rest


def test_a_long_table_repeats_its_head_and_tears_no_row():
    rows = blocks.joined([[str(n), "Наставник", "Наставляемый"] for n in range(1, 121)])
    columns = (
        blocks.TableColumn("№", 2),
        blocks.TableColumn("Кто", 7),
        blocks.TableColumn("Кого", 7),
    )
    with pdfplumber.open(BytesIO(draw_pdf("Список", [blocks.PaperTable(columns, rows)]))) as pdf:
        pages = [page.extract_text().splitlines() for page in pdf.pages]
    assert len(pages) >= 3
    assert [page[1 if n else 0] for n, page in enumerate(pages)] == ["№ Кто Кого"] * len(pages)
    numbers = [line.split()[0] for page in pages for line in page if "Наставник " in line]
    assert numbers == [str(n) for n in range(1, 121)]


def test_a_cell_that_goes_on_from_nothing_is_empty():
    [first, second] = blocks.joined([[None, "а"], [None, "б"]])
    assert (first.cells[0].n_rows, second.cells[0].n_rows) == (2, 0)
