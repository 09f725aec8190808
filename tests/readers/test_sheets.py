"""Files of every kind a school sends, and hostile ones, read or refused in time."""

import contextlib
import datetime as dt
import io
import time
import tracemalloc
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.styles import Font
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from nastavnik.engine.tables.cells import Marks
from nastavnik.readers.sheets import MOST_BYTES, ReaderError, read_pasted, read_sheets

HEADER = ["ФИО", "Класс", "Дата рождения"]
PUPIL = ["Примерова Анна Ивановна", "5А", "12.03.2014"]


def xlsx(*rows: list[object], change: Callable[[openpyxl.Workbook], None] | None = None) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if change:
        change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """Return the workbook with one part put in place of its own."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for part in source.namelist():
            if part != name:
                target.writestr(part, source.read(part))
        target.writestr(name, content)
    return stream.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
NS = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def sheet_xml(inside: bytes, before: bytes = b"", after: bytes = b"") -> bytes:
    return (
        b'<?xml version="1.0"?>'
        + before
        + b"<worksheet "
        + NS
        + b"><sheetData>"
        + inside
        + b"</sheetData>"
        + after
        + b"</worksheet>"
    )


def archive(**parts: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return stream.getvalue()


def refusal(data: bytes, name: str) -> str:
    """Return the refusal, checking that it comes soon and costs little memory."""
    started = time.process_time()
    with pytest.raises(ReaderError) as refused:
        read_sheets(data, name)
    assert (
        time.process_time() - started < 10
    )  # of hours: coverage and a busy machine take their share
    tracemalloc.start()  # slows everything, so not in the timed call
    try:
        with pytest.raises(ReaderError):
            read_sheets(data, name)
        assert tracemalloc.get_traced_memory()[1] < 150 * 1024 * 1024
    finally:
        tracemalloc.stop()
    message = str(refused.value)
    assert message[0].isupper()
    assert message.endswith(".")
    return message


# --- workbooks ---


def test_workbook_gives_values_with_their_types():
    data = xlsx(
        HEADER,
        ["Примерова", 5, dt.datetime.fromisoformat("2014-03-12")],
        ["x", 2.5, True],
        ["y", 3.0],
    )
    (sheet,) = read_sheets(data, "список.xlsx")
    assert sheet.name == "Sheet"
    assert sheet.rows == (
        tuple(HEADER),
        ("Примерова", 5, dt.date(2014, 3, 12)),
        ("x", 2.5, "да"),
        ("y", 3),
    )


def test_empty_rows_between_are_kept_and_the_tail_is_cut():
    (sheet,) = read_sheets(xlsx(["а"], [], ["б", None, " "], [None, ""]), "a.xlsx")
    assert sheet.rows == (("а",), (), ("б",))


def test_hidden_and_empty_sheets_are_left_out():
    def hide(book):
        book.create_sheet("Скрытый").append(["тайна"])
        book["Скрытый"].sheet_state = "hidden"
        book.create_sheet("Пустой")
        book.create_sheet("Второй").append(["б"])

    sheets = read_sheets(xlsx(["а"], change=hide), "a.xlsx")
    assert [sheet.name for sheet in sheets] == ["Sheet", "Второй"]


def test_merged_down_is_repeated_and_merged_across_is_not():
    def merge(book):
        book.active.merge_cells("A1:A3")
        book.active.merge_cells("B1:D1")

    (sheet,) = read_sheets(
        xlsx(["5А", "Заголовок"], [None, "x"], [None, "y"], change=merge), "a.xlsx"
    )
    assert sheet.rows == (("5А", "Заголовок"), ("5А", "x"), ("5А", "y"))


def test_formulas_come_as_computed_and_macros_are_never_touched():
    (sheet,) = read_sheets(xlsx(["=1+1", "а"]), "a.xlsm")
    assert sheet.rows == ((None, "а"),)


def test_a_row_without_width_lie_is_read_in_full():
    inside = b'<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>'
    data = with_part(
        xlsx(["x"]),
        SHEET,
        b"<worksheet "
        + NS
        + b'><dimension ref="A1:XFD1048576"/><sheetData>'
        + inside
        + b"</sheetData></worksheet>",
    )
    assert read_sheets(data, "a.xlsx")[0].rows == (("a",),)


def test_not_a_number_is_empty():
    data = with_part(
        xlsx(["x"]),
        SHEET,
        sheet_xml(b'<row r="1"><c r="A1"><v>1e999</v></c><c r="B1"><v>7</v></c></row>'),
    )
    assert read_sheets(data, "a.xlsx")[0].rows == ((None, 7),)


# --- refusals ---


def many_values() -> bytes:
    row = b"<row>" + b"<c><v>1</v></c>" * 1000 + b"</row>"
    return with_part(xlsx(["x"]), SHEET, sheet_xml(row * 201))


def many_styled_cells() -> bytes:
    rows = b"".join(
        b'<row r="%d">%s</row>' % (n, b'<c s="%d"/>' % (n * 7919) * 20) for n in range(1, 30_000)
    )
    return with_part(xlsx(["x"]), SHEET, sheet_xml(rows))


def far_columns() -> bytes:
    rows = b"".join(b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (n, n) for n in range(1, 2000))
    return with_part(xlsx(["x"]), SHEET, sheet_xml(rows))


def far_row() -> bytes:
    return with_part(
        xlsx(["x"]), SHEET, sheet_xml(b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>')
    )


def many_merges() -> bytes:
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(1, 3000))
    ranges = b"".join(b'<mergeCell ref="A1:A%d"/>' % n for n in range(2000, 3000))
    return with_part(
        xlsx(["x"]), SHEET, sheet_xml(rows, after=b"<mergeCells>" + ranges + b"</mergeCells>")
    )


def entities() -> bytes:
    laughs = b'<!DOCTYPE z [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
    inside = b'<row><c t="inlineStr"><is><t>&b;</t></is></c></row>'
    return with_part(xlsx(["x"]), SHEET, sheet_xml(inside, before=laughs))


def locked() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512) + "EncryptedPackage".encode("utf-16-le")


def broken_inside() -> bytes:
    return with_part(xlsx(["x"]), SHEET, sheet_xml(b"<row><c><v>abc</v></c></ro"))


def scrambled() -> bytes:
    data = bytearray(xlsx(*[[f"Имя {n}"] for n in range(500)]))
    data[len(data) // 3 : len(data) // 3 + 400] = bytes(400)
    return bytes(data)


REFUSED = {
    "too big": (lambda: b"a;b\n" * (MOST_BYTES // 4 + 1), "a.csv", "10 МБ"),
    "empty file": (lambda: b"", "a.xlsx", "ни одной"),
    "blank text": (lambda: b"\xef\xbb\xbf \n\n ", "a.csv", "ни одной"),
    "empty book": (xlsx, "a.xlsx", "ни одной"),
    "old xls": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "a.xls", ".xlsx"),
    "password": (locked, "a.xlsx", "паролем"),
    "text as xlsx": ("ФИО;Класс".encode, "a.xlsx", "сохраните как .xlsx"),
    "page without a table as xls": (lambda: b"<html><p>a</p>", "a.xls", "сохраните как .xlsx"),
    "page without a table": (lambda: b"\n<html><p>a</p>", "a.csv", "сохраните как .xlsx"),
    "endless page": (lambda: b"<table>" + b"<tr><td>" * 200_000, "a.xls", "Страница слишком"),
    "page of open tags": (lambda: b"<table>" + b'<td a="x ' * 200_000, "a.xls", "Страница слишком"),
    "pdf": (lambda: b"%PDF-1.4\n...", "a.pdf", "не таблица"),
    "binary": (lambda: bytes(range(256)) * 4, "a.csv", "не таблица"),
    "no encoding": (lambda: b"\xd4\xc8\xce;\x98", "a.csv", "кодировка не та"),
    "docx": (
        lambda: archive(**{"[Content_Types].xml": b"<a/>", "word/document.xml": b"<a/>"}),
        "a.docx",
        "не файл Excel",
    ),
    "zip": (lambda: archive(**{"a.txt": b"a"}), "a.zip", "не таблица"),
    "cut off": (lambda: xlsx(HEADER, PUPIL)[:-200], "a.xlsx", "повреждён"),
    "broken inside": (broken_inside, "a.xlsx", "повреждён"),
    "scrambled": (scrambled, "a.xlsx", "повреждён"),
    "entities": (entities, "a.xlsx", "повреждён"),
    "utf-16 xml": (
        lambda: with_part(xlsx(["x"]), SHEET, sheet_xml(b"").decode().encode("utf-16")),
        "a.xlsx",
        "повреждён",
    ),
    "bomb": (lambda: with_part(xlsx(["x"]), SHEET, bytes(80 << 20)), "a.xlsx", "слишком много"),
    "dense": (lambda: with_part(xlsx(["x"]), SHEET, b" " * (20 << 20)), "a.xlsx", "слишком много"),
    "huge styles": (
        lambda: with_part(xlsx(["x"]), "xl/styles.xml", b"<!--%s-->" % (b"0123456789" * 900_000)),
        "a.xlsx",
        "слишком много",
    ),
    "parts": (
        lambda: archive(**{"xl/workbook.xml": b"<a/>"} | {f"p{n}": b"" for n in range(2100)}),
        "a.xlsx",
        "слишком много",
    ),
    "many values": (many_values, "a.xlsx", "200 000"),
    "many styled cells": (many_styled_cells, "a.xlsx", "200 000"),
    "far columns": (far_columns, "a.xlsx", "200 000"),
    "far row": (far_row, "a.xlsx", "200 000"),
    "many merges": (many_merges, "a.xlsx", "200 000"),
    "csv of many cells": (lambda: b"1;2;3;4\n" * 60_000, "a.csv", "200 000"),
    "csv of many marks": (lambda: b";" * 3_000_000 + b"a", "a.csv", "200 000"),
    "csv of many lines": (lambda: b"a\n" + b"\n" * 300_000 + b"a", "a.csv", "200 000"),
    "one endless cell": (lambda: b'"' + b"a" * 200_000 + b'";b', "a.csv", "повреждён"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusal_is_clear_quick_and_small(case):
    make, name, expected = REFUSED[case]
    assert expected in refusal(make(), name)


# --- delimited text ---


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_text_in_any_encoding_and_delimiter(encoding, delimiter, end):
    lines = ["Список 5А класса", delimiter.join(HEADER), delimiter.join(PUPIL)]
    data = (end.join(lines) + end).encode(encoding)
    (sheet,) = read_sheets(data, "список.csv")
    assert sheet.name == "список"
    assert sheet.rows == (("Список 5А класса",), tuple(HEADER), tuple(PUPIL))


def test_quoted_cells_keep_lines_and_delimiters():
    text = 'ФИО;Примечание\n"Примеров\nИван";"а; ""б"""\nДругой;в'
    assert read_pasted(text).rows == (
        ("ФИО", "Примечание"),
        ("Примеров\nИван", 'а; "б"'),
        ("Другой", "в"),
    )


def test_a_lonely_quote_does_not_swallow_the_rest():
    assert read_pasted('"Иван;а\n"П";б\nВ;г').rows == (('"Иван', "а"), ("П", "б"), ("В", "г"))


def test_the_line_of_excel_naming_the_delimiter_is_obeyed():
    assert read_pasted("sep=,\nа;б,в\n").rows == (("а;б", "в"),)


def test_commas_inside_cells_do_not_win_over_semicolons():
    text = "ФИО;Класс;Адрес\nПримеров Иван;5А;Примерск, ул. Первая\nДругой Пётр;5Б;Образцово"
    assert {len(row) for row in read_pasted(text).rows} == {3}


def test_pasted_columns_of_spaces():
    assert read_pasted("ФИО        Класс\nПримеров Иван     5А\n").rows == (
        ("ФИО", "Класс"),
        ("Примеров Иван", "5А"),
    )


def test_pasted_single_column():
    assert read_pasted("Примеров Иван\n\nДругой Пётр").rows == (
        ("Примеров Иван",),
        (),
        ("Другой Пётр",),
    )


@pytest.mark.parametrize("text", ["", " \n\t\n", "а" * (MOST_BYTES + 1)])
def test_pasted_nothing_or_too_much(text):
    with pytest.raises(ReaderError):
        read_pasted(text)


# --- anything at all ---


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["a.xlsx", "a.csv", "a", "список.txt"]))
def test_any_bytes_are_read_or_refused(data, name):
    with contextlib.suppress(ReaderError):
        assert all(sheet.rows for sheet in read_sheets(data, name))


WORKBOOK = xlsx(HEADER, PUPIL)


@settings(max_examples=80, deadline=None)
@given(st.integers(0, len(WORKBOOK) - 1), st.binary(min_size=1, max_size=40))
def test_a_damaged_workbook_is_read_or_refused(at, patch):
    with contextlib.suppress(ReaderError):
        read_sheets(WORKBOOK[:at] + patch + WORKBOOK[at + len(patch) :], "a.xlsx")


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text):
    with contextlib.suppress(ReaderError):
        assert any(read_pasted(text).rows)


# --- what a sheet shows by other means than text ---


def test_what_is_struck_out_or_hidden_is_marked():
    def look(book):
        sheet = book.active
        sheet["A2"].font = Font(strike=True)
        sheet.row_dimensions[3].hidden = True

    names = ["ФИО", "Выбывшая Ада", "Скрытая Ева", "Видная Ия"]
    (sheet,) = read_sheets(xlsx(*([name] for name in names), change=look), "a.xlsx")
    assert sheet.marks == Marks(struck=frozenset({(2, 0)}), hidden=frozenset({3}))
    assert [row[0] for row in sheet.rows] == names


def test_a_text_struck_out_in_part_is_read_without_the_part():
    struck = '<r><rPr><strike/></rPr><t xml:space="preserve">{}</t></r>'.format
    texts = [
        "<t>ФИО</t>",
        struck("Старая ") + "<r><t>Новая Анна</t></r>",
        struck("Вся Вера"),
        "<r><rPr><b/></rPr><t>Жирная</t></r><r><t> Ия</t></r>",
    ]
    strings = "".join(f"<si>{text}</si>" for text in texts)
    rows = "".join(
        f'<row r="{n}"><c r="A{n}" t="s"><v>{n - 1}</v></c></row>' for n in range(1, len(texts) + 1)
    )
    data = with_part(xlsx(["а"]), SHEET, sheet_xml(rows.encode()))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        types = archive.read("[Content_Types].xml")
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    override = b'<Override PartName="/xl/sharedStrings.xml" ContentType="' + kind + b'"/>'
    data = with_part(
        data, "[Content_Types].xml", types.replace(b"</Types>", override + b"</Types>")
    )
    table = b"<sst " + NS + b">" + strings.encode() + b"</sst>"
    (sheet,) = read_sheets(with_part(data, "xl/sharedStrings.xml", table), "a.xlsx")
    assert [row[0] for row in sheet.rows] == ["ФИО", "Новая Анна", "Вся Вера", "Жирная Ия"]
    assert sheet.marks == Marks(struck=frozenset({(3, 0)}), partly_struck=frozenset({(2, 0)}))


def test_a_row_of_no_height_is_hidden():
    rows = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="2" ht="0" customHeight="1"><c><v>2</v></c></row>'
    (sheet,) = read_sheets(with_part(xlsx(["a"]), SHEET, sheet_xml(rows)), "a.xlsx")
    assert (sheet.rows, sheet.marks.hidden) == (((1,), (2,)), {2})


def test_rows_left_out_by_a_filter_are_hidden():
    def narrow(book):
        sheet = book.active
        sheet.auto_filter.ref = "A1:B3"
        sheet.auto_filter.add_filter_column(1, ["5А"])
        sheet.row_dimensions[3].hidden = True

    (sheet,) = read_sheets(
        xlsx(["ФИО", "Класс"], ["а", "5А"], ["б", "5Б"], change=narrow), "a.xlsx"
    )
    assert sheet.marks.hidden == {3}


def test_a_plain_sheet_has_no_marks():
    (sheet,) = read_sheets(xlsx(["ФИО"], ["Примерова Анна"]), "a.xlsx")
    assert sheet.marks == Marks()


def test_days_counted_from_1904_are_said():
    def mac(book):
        book.epoch = CALENDAR_MAC_1904

    assert read_sheets(xlsx(["а"], change=mac), "a.xlsx")[0].marks.is_1904
    assert not read_sheets(xlsx(["а"]), "a.xlsx")[0].marks.is_1904


# --- encodings and pages ---

RUSSIAN = "№;ФИО;Класс;Дата рождения\n1;Ёлкин Пётр Ильич;5А;12.04.2013\n2;Щукина Эмма Юрьевна;5Б;1.2.2014\n"


@pytest.mark.parametrize("encoding", ["cp866", "koi8-r", "mac_cyrillic", "cp1251"])
@pytest.mark.parametrize("change", [str, str.upper, str.lower])
def test_old_encodings_are_told_by_how_russian_they_look(encoding, change):
    text = change(RUSSIAN).replace("№", "N") if encoding == "koi8-r" else change(RUSSIAN)
    (sheet,) = read_sheets(text.encode(encoding), "список.csv")
    assert sheet.rows[1][1] == change("Ёлкин Пётр Ильич")


SURNAMES = st.sampled_from(["Образцова", "Ёлкин", "Щукин", "Цой", "Шэнь", "Фатхутдинова", "Ыбыш"])
FIRST_NAMES = st.sampled_from(["Пётр", "Эмма", "Юлия", "Хасан", "Жанна", "Лев", "Айгуль"])


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(SURNAMES, FIRST_NAMES), min_size=3, max_size=12), st.data())
def test_names_come_back_from_any_encoding(people, data):
    encoding = data.draw(st.sampled_from(["utf-8", "cp1251", "cp866", "koi8-r", "mac_cyrillic"]))
    rows = [("ФИО", "Класс"), *((f"{last} {first}", "5А") for last, first in people)]
    text = "\n".join(";".join(row) for row in rows)
    assert read_sheets(text.encode(encoding), "a.csv")[0].rows == tuple(rows)


PAGE = """<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset="{}"><style>td {{}}</style></head>
<body><p>Список 5А класса</p><table><tr><th>ФИО</th><th>Дата рождения</th></tr>
<tr><td>Примерова Анна</td><td>12.03.2014</td></tr><tr><td>Образцов Борис</td><td></td></tr></table></body></html>"""


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251"])
@pytest.mark.parametrize("name", ["журнал.xls", "журнал.html", "журнал.xlsx"])
def test_a_page_named_as_a_workbook_is_the_table_it_is(encoding, name):
    (sheet,) = read_sheets(PAGE.format(encoding).encode(encoding), name)
    filled = [tuple(cell for cell in row if cell) for row in sheet.rows if row]
    assert filled == [
        ("Список 5А класса",),
        ("ФИО", "Дата рождения"),
        ("Примерова Анна", "12.03.2014"),
        ("Образцов Борис",),
    ]


def test_a_page_may_begin_with_the_table_itself():
    (sheet,) = read_sheets("<table><tr><td>ФИО<td>Класс</table>".encode(), "a.xls")
    assert sheet.rows == (("ФИО", "Класс"),)


@pytest.mark.parametrize(
    ("row", "marks"),
    [
        ("<tr><td>1</td><td><s>Ушедшая Ада</s></td></tr>", {"struck": {(2, 1)}}),
        ("<tr><td>1<td><del>Ушедшая Ада</del>", {"struck": {(2, 1)}}),
        (
            "<tr><td>1</td><td style='text-decoration:line-through'>Ушедшая Ада</td></tr>",
            {"struck": {(2, 1)}},
        ),
        ("<tr><td>1</td><td class='xl7 gone'>Ушедшая Ада</td></tr>", {"struck": {(2, 1)}}),
        (
            "<tr style='text-decoration: line-through'><td>1</td><td>Ушедшая Ада</td></tr>",
            {"struck": {(2, 0), (2, 1)}},
        ),
        ("<tr style='display:none'><td>1</td><td>Ушедшая Ада</td></tr>", {"hidden": {2}}),
        ("<tr><td>1</td><td class='xl7'><span>Ушедшая Ада</span></td></tr>", {}),
    ],
)
def test_a_page_shows_who_is_struck_out_or_hidden(row, marks):
    style = "<style>.gone {color:red; text-decoration:line-through} .xl7 {color:black}</style>"
    page = f"<html><head>{style}</head><table><tr><td>№</td><td>ФИО</td></tr>{row}</table></html>"
    (sheet,) = read_sheets(page.encode(), "a.xls")
    assert sheet.rows == (("№", "ФИО"), ("1", "Ушедшая Ада"))
    found = {"struck": sheet.marks.struck, "hidden": sheet.marks.hidden}
    assert {name: set(value) for name, value in found.items() if value} == marks


def test_something_far_to_the_right_is_named_and_a_long_cell_is_cut():
    wide = ";".join(["ФИО"] + [""] * 400 + ["x"])
    with pytest.raises(ReaderError, match="столбце OL"):
        read_sheets(f"{wide}\n".encode(), "список.csv")
    [sheet] = read_sheets(f"ФИО;Примечание\nОльхин Артём;{'ж' * 5000}\n".encode(), "список.csv")
    assert sheet.rows[1][1] == "ж" * 1900 + "…"
