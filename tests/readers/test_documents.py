"""Documents of every format, and hostile ones, read or refused in time."""

import contextlib
import io
import time
import tracemalloc
import zipfile
import zlib

import docx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.readers.rebuilding import as_docx, as_html, as_odt, as_xlsx, odt_of

from nastavnik.engine.roadmaps.blocks import SourceParagraph, SourceTable, sources_of
from nastavnik.engine.roadmaps.spelling import is_one_word
from nastavnik.readers.documents import MOST_BYTES, ReaderError, read_document

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def word_of(body: str, head: str = '<?xml version="1.0"?>', **parts: str) -> bytes:
    content = {"word/document.xml": f"{head}<w:document {W}><w:body>{body}</w:body></w:document>"}
    return archive(content | {f"word/{name}.xml": text for name, text in parts.items()})


def archive(parts: dict[str, str | bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return stream.getvalue()


def pdf_of(content: bytes, extra: bytes = b"", flate: bool = False) -> bytes:
    """Return a one-page PDF made by hand."""
    packed = zlib.compress(content, 9) if flate else content
    how = b"/Filter /FlateDecode " if flate else b""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        (
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 400] /Contents 4 0 R "
            b"/Resources << /Font << /F 5 0 R >> >> >>"
        ),
        b"<< " + how + b"/Length %d >>\nstream\n" % len(packed) + packed + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    data, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(data))
        data += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(data)
    data += b"xref\n0 6\n0000000000 65535 f \n" + b"".join(
        b"%010d 00000 n \n" % at for at in offsets
    )
    return data + extra + b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % start


def cells_of(data, name):
    blocks = read_document(data, name)
    return [
        block.text
        if isinstance(block, SourceParagraph)
        else [list(row.cells) for row in block.rows]
        for block in blocks
    ]


def refusal(data: bytes, name: str) -> str:
    """Return the refusal, checking that it comes soon and costs little memory."""
    started = time.process_time()
    with pytest.raises(ReaderError) as refused:
        read_document(data, name)
    assert time.process_time() - started < 2
    tracemalloc.start()  # slows everything, so not in the timed call
    try:
        with pytest.raises(ReaderError):
            read_document(data, name)
        assert tracemalloc.get_traced_memory()[1] < 160 * 1024 * 1024
    finally:
        tracemalloc.stop()
    return str(refused.value)


PARTS = ["Дорожная карта", [["№", "Дело"], ["1", "Слёт\nи отчёт"]], "Конец"]


@pytest.mark.parametrize(
    ("write", "name"), [(as_docx, "a.docx"), (as_html, "a.html"), (as_odt, "a.odt")]
)
def test_paragraphs_and_tables_come_in_order(write, name):
    assert cells_of(write(PARTS), name) == PARTS


def test_sheets_and_delimited_text_are_tables():
    rows = [["№", "Дело"], ["1", "Слёт\nи отчёт"]]
    assert cells_of(as_xlsx([rows]), "a.xlsx") == [rows]
    assert cells_of('№;Дело\n1;"Слёт\nи отчёт"\n'.encode("cp1251"), "a.csv") == [rows]
    assert cells_of("№\tДело\n1\tСлёт\n".encode(), "a.tsv") == [[["№", "Дело"], ["1", "Слёт"]]]


def test_merged_cells_of_word():
    document = docx.Document()
    table = document.add_table(3, 3)
    for at, row in enumerate(table.rows):
        for beside, cell in enumerate(row.cells):
            cell.text = f"{at}{beside}"
    table.cell(0, 1).merge(table.cell(0, 2)).text = "wide"
    table.cell(1, 0).merge(table.cell(2, 0)).text = "tall"
    stream = io.BytesIO()
    document.save(stream)
    assert cells_of(stream.getvalue(), "a.docx") == [
        [["00", "wide", ""], ["tall", "11", "12"], ["tall", "21", "22"]]
    ]


def test_merged_cells_of_a_page_and_of_opendocument():
    page = (
        "<table><tr><th rowspan=2>№<th colspan=2>Кто</tr><tr><td>район<td>школа</tr>"
        "<tr><td>1<td>А<td>Б<table><tr><td>в</td></tr></table></table>"
    )
    assert cells_of(page.encode(), "a.html") == [
        [["№", "Кто", ""], ["№", "район", "школа"], ["1", "А", "Б\nв"]]
    ]
    odt = odt_of(
        '<table:table><table:table-row><table:table-cell table:number-rows-spanned="2"><text:p>№'
        '</text:p></table:table-cell><table:table-cell table:number-columns-repeated="2"><text:p>А'
        "</text:p></table:table-cell></table:table-row><table:table-row><table:covered-table-cell/>"
        "<table:table-cell><text:list><text:list-item><text:p>б<text:s/><text:span>в</text:span>"
        "</text:p></text:list-item></text:list></table:table-cell>"
        '<table:table-cell table:number-columns-repeated="16000"/></table:table-row>'
        '<table:table-row table:number-rows-repeated="1000000"><table:table-cell/></table:table-row>'
        "</table:table>"
    )
    assert cells_of(odt, "a.ods") == [[["№", "А", "А"], ["№", "- б в"]]]


def test_hidden_text_of_word_stays_out_and_numbers_come_in():
    numbering = (
        f'<w:numbering {W}><w:abstractNum w:abstractNumId="7"><w:lvl w:ilvl="0"><w:start w:val="2"/>'
        '<w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl><w:lvl w:ilvl="1">'
        '<w:numFmt w:val="decimal"/><w:lvlText w:val="%1.%2"/></w:lvl><w:lvl w:ilvl="2">'
        '<w:numFmt w:val="bullet"/><w:lvlText w:val="o"/></w:lvl><w:lvl w:ilvl="3">'
        '<w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%4)"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num></w:numbering>'
    )

    def item(depth, text, number=1):
        mark = f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>'
        return f"<w:p><w:pPr>{mark}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"

    body = item(0, "А") + item(1, "Б") + item(1, "В") + item(2, "Г") + item(3, "Д") + item(0, "Е")
    body += item(0, "Ж", number=9)
    body += "<w:p><w:r><w:t>З</w:t><w:tab/><w:t>И</w:t><w:br/><w:t>К</w:t></w:r>"
    body += (
        "<w:del><w:r><w:t>нет</w:t></w:r></w:del><w:r><w:instrText>нет</w:instrText></w:r></w:p>"
    )
    assert cells_of(word_of(body, numbering=numbering), "a.docx") == [
        "2. А", "2.1 Б", "2.2 В", "- Г", "Д", "3. Е", "Ж", "З И", "К",
    ]  # fmt: skip


def test_a_grid_that_starts_late():
    body = (
        '<w:tbl><w:tr><w:trPr><w:gridBefore w:val="1"/></w:trPr><w:tc><w:p><w:r><w:t>Б</w:t></w:r>'
        "</w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>в</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:tc>"
        "</w:tr></w:tbl>"
    )
    assert cells_of(word_of(body), "a.docx") == [[["", "Б\nв"]]]


def test_scripts_and_entities_of_a_page():
    page = (
        "<!DOCTYPE html><html><head><title>t</title></head><body><script>if (a<b) x</script>"
        "<p>Раз&nbsp;&amp; два<br>три<ul><li>четыре</ul><style>p{}</style> a < b</body></html>"
    )
    assert cells_of(page.encode("cp1251"), "a") == ["Раз & два", "три", "- четыре", "a < b"]


def test_a_page_left_open():
    assert cells_of(b"<table><tr><td>A<td>B", "a.html") == [[["A", "B"]]]


def test_a_ruled_table_of_a_pdf():
    rules = b"".join(b"50 %d m 350 %d l S " % (y, y) for y in (300, 340, 380))
    rules += b"".join(b"%d 300 m %d 380 l S " % (x, x) for x in (50, 150, 350))
    words = [(60, 390, b"Plan"), (60, 355, b"No"), (160, 355, b"What"), (60, 325, b"1")]
    words += [(160, 328, b"First"), (160, 312, b"Second")]
    text = b"".join(b"BT /F 10 Tf %d %d Td (%s) Tj ET " % word for word in words)
    assert cells_of(pdf_of(rules + text), "a.pdf") == [
        "Plan", [["No", "What"], ["1", "First\nSecond"]],
    ]  # fmt: skip


def test_wrapped_lines_of_a_pdf_are_one_paragraph_and_a_gap_is_an_empty_line():
    words = [(50, 380, b"wide wide wide wide wide-"), (50, 366, b"and more"), (50, 300, b"Far")]
    text = b"".join(b"BT /F 10 Tf %d %d Td (%s) Tj ET " % word for word in words)
    blocks = read_document(pdf_of(text), "a.pdf")
    assert [(b.source.line, b.text) for b in blocks] == [
        (1, "wide wide wide wide wide-and more"),
        (3, "Far"),
    ]


def test_a_pdf_of_too_many_letters_is_refused():
    assert "слишком много" in refusal(pdf_of(b" " * 3_200_000, flate=True), "a.pdf")


@pytest.mark.parametrize(
    ("before", "after", "one"),
    [
        ("реализац", "ии", True),
        ("наставничества", "для", False),
        ("Примерског", "о", True),
        ("отдела", ", школы", True),
        ("2031", "года", False),
        ("отдела", "— школы", False),
    ],
)
def test_a_word_cut_by_a_narrow_column(before, after, one):
    assert is_one_word(before, after) is one


def test_deleted_text_of_opendocument_stays_out():
    body = "<text:tracked-changes><text:p>нет</text:p></text:tracked-changes><text:p>да</text:p>"
    assert cells_of(odt_of(body), "a.odt") == ["да"]


def test_a_scan_is_refused():
    assert "скан" in refusal(pdf_of(b"50 50 m 90 90 l S"), "a.pdf")


@pytest.mark.parametrize("data", [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, b"{\\rtf1 a}"])
def test_old_formats_are_asked_for_anew(data):
    assert ".docx" in refusal(data, "a.doc")


def test_a_password():
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")
    assert "парол" in refusal(data, "a.docx")


def test_macros_are_refused():
    parts = {"word/document.xml": "<a/>", "word/vbaProject.bin": b"\0"}
    assert "макрос" in refusal(archive(parts), "a.docm")
    assert "макрос" in refusal(
        archive({"content.xml": "<a/>", "Basic/Standard/M.xml": "x"}), "a.odt"
    )


ENTITY = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'


@pytest.mark.parametrize(
    "data",
    [
        word_of("<w:p>&b;</w:p>", head=ENTITY),
        word_of("<w:p><w:r>"),
        word_of("<w:p/>", head='<?xml version="1.0" encoding="utf-16"?>'),
        archive({"word/document.xml": "<a/>".encode("utf-16")}),
        as_docx(PARTS)[:-300],
        b"PK\x03\x04" + b"\0" * 100,
        archive({"content.xml": "<a><b></a>"}),
    ],
)
def test_broken_files_and_entities_are_refused(data):
    assert "поврежд" in refusal(data, "a.docx")


def test_bombs_are_refused():
    assert "слишком много" in refusal(word_of("<w:p/>" + " " * 40_000_000), "a.docx")
    assert "слишком много" in refusal(archive({"content.xml": b"<a>" * 1_000_000}), "a.odt")
    assert "слишком много" in refusal(word_of("<w:p>" * 500), "a.docx")
    many = {f"{at}.xml": b"" for at in range(2_100)}
    assert "слишком много" in refusal(archive(many), "a.docx")


CELL = "<w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc>"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (word_of("<w:tbl>" + ("<w:tr>" + CELL * 10 + "</w:tr>") * 9_000 + "</w:tbl>"), "a.docx"),
        (word_of("<w:tbl>" + ("<w:tr>" + CELL * 10 + "</w:tr>") * 100_000 + "</w:tbl>"), "a.docx"),
        (word_of(f'<w:tbl><w:tr>{CELL * 600}</w:tr></w:tbl>'), "a.docx"),
        (b"<table>" + b"<tr><td>a</td></tr>" * 40_000 + b"</table>", "a.html"),
        (b"<table>" + b"<tr><td rowspan=500 colspan=499>a</td></tr>" * 9_000 + b"</table>", "a.html"),
        (b"<table>" * 100, "a.html"),
        (
            odt_of(
                '<table:table><table:table-row table:number-rows-repeated="1000000"><table:table-cell>'
                "<text:p>a</text:p></table:table-cell></table:table-row></table:table>"
            ),
            "a.ods",
        ),
        (
            odt_of(
                "<table:table><table:table-row><table:table-cell "
                'table:number-columns-repeated="1000000"><text:p>a</text:p></table:table-cell>'
                "</table:table-row></table:table>"
            ),
            "a.ods",
        ),
        (b"a;b;c\n" * 400_000, "a.csv"),
        (b"a\tb\n" * 400_000, "a.txt"),
        (b"<p>a" * 30_000, "a.html"),
    ],
)  # fmt: skip
def test_a_million_cells_are_refused(data, name):
    data = data if not name.endswith("html") else b"<html>" + data
    assert refusal(data, name)


@pytest.mark.parametrize(
    "data",
    [
        pdf_of(b"0 0 m " * 10_000_000, flate=True),
        pdf_of(
            b"", extra=b"6 0 obj << /Filter [/FlateDecode /FlateDecode] >> stream\nx\nendstream\n"
        ),
        pdf_of(b"", extra=b"6 0 obj << /Filter /LZWDecode >> stream\nx\nendstream\n"),
        pdf_of(b"", extra=b"stream\n\nendstream\n" * 6_000),
        b"%PDF-1.4\ngarbage",
    ],
)
def test_hostile_pdfs_are_refused(data):
    assert "PDF" in refusal(data, "a.pdf") or "слишком много" in refusal(data, "a.pdf")


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "a.docx", "нет текста"),
        (b"<html></html>", "a.html", "нет текста"),
        (b"\x89PNG\r\n", "a.png", "Подойдут"),
        (b"\0\1\2\3", "a.bin", "Подойдут"),
        (b"<?xml version='1.0'?><a/>", "a.xml", "Подойдут"),
        (archive({"a.txt": "a"}), "a.zip", "Подойдут"),
        (b"<html>\x01</html>", "a.html", "таблица"),
        (b"a" * (MOST_BYTES + 1), "a.txt", "10 МБ"),
        (b"a" * 200_000, "a.txt", "50 000"),
    ],
)
def test_what_is_no_document_is_refused(data, name, said):
    assert said in refusal(data, name)


@pytest.mark.parametrize(
    "text",
    [
        "<" * 400000,
        "<a " * 140000,
        "<!--" * 140000,
        "<!" * 140000,
        "</" * 140000,
        "&" * 900000,
        "<script>" * 140000,
        '<p a="' * 140000,
        "<![" * 140000,
        "<?" * 140000,
    ],
)
def test_markup_that_never_ends_costs_little(text):
    started = time.process_time()
    with contextlib.suppress(ReaderError):
        read_document(b"<html>" + text.encode(), "a.html")
    assert time.process_time() - started < 2


ANY_LINE = st.text(st.sampled_from('аБ1.\t|<p>"« \n\f—-'), max_size=30)


@given(st.lists(ANY_LINE, max_size=25))
@example(['1\t"', '\n"'])  # an empty line inside a quoted cell
def test_no_line_of_a_text_is_lost(lines):
    text = "\n".join(lines)
    plain = text.replace("\f", " ")
    want = [at for at, line in enumerate(plain.split("\n"), 1) if line.strip(" \t")]
    try:
        got = [source.line for source in sources_of(read_document(text.encode(), ""))]
    except ReaderError:
        got = []
    assert got == want


@given(st.binary(max_size=200), st.sampled_from(["%PDF-1.4 ", "PK\x03\x04", "<html>", "", "{"]))
def test_any_bytes_are_read_or_refused(data, head):
    try:
        blocks = read_document(head.encode() + data, "a.txt")
    except ReaderError:
        return
    assert all(isinstance(block, SourceParagraph | SourceTable) for block in blocks)
