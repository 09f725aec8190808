"""Layouts: what is not a named cell stays to the byte, texts stay texts, formulas are neither changed nor shown with old results."""

import io
import re
import zipfile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image
from openpyxl.formatting.rule import DataBarRule
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from PIL import Image as Picture

from nastavnik.readers.bounded import headed, read_bounded
from nastavnik.readers.layouts import fill_layout, read_layout
from nastavnik.readers.refusals import ReaderError

SHEET = "Форма 1"


def parts(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def repacked(data, changes):
    """Return a workbook with some parts changed: name → a function of its bytes, or the bytes of a new one."""
    known, out = parts(data), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in known.items():
            change = changes.get(name)
            archive.writestr(name, change(part) if callable(change) else part)
        for name, part in changes.items():
            if name not in known:
                archive.writestr(name, part)
    return out.getvalue()


@pytest.fixture(scope="module")
def nasty():
    """A regional form with what such forms have: also parts that openpyxl does not know and would lose."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = SHEET
    sheet.merge_cells("A1:D1")
    sheet["A1"] = "Показатели"
    sheet["A1"].font = Font(bold=True)
    for row in range(4, 9):
        sheet[f"A{row}"] = f"Школа {row}"
        sheet[f"B{row}"].fill = PatternFill("solid", fgColor="FFF2CC")
        sheet[f"C{row}"] = f"=B{row}*2"
    sheet["E4"].number_format, sheet["E5"].number_format = "0.0%", "DD.MM.YYYY"
    sheet["C9"] = "=SUM(B4:B8)"
    sheet["B12"] = 7
    sheet.merge_cells("F4:G6")
    book.create_sheet("Справочник")["A1"] = "да"
    rule = DataValidation(type="list", formula1="=Справочник!$A$1:$A$5")
    rule.add("B4:B8")
    sheet.add_data_validation(rule)
    sheet.conditional_formatting.add("B4:B8", DataBarRule("min", 0, "max", 9, color="638EC6"))
    sheet["A2"].comment = Comment("только физические лица", "регион")
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=2, min_row=4, max_row=8))
    sheet.add_chart(chart, "J12")
    picture = io.BytesIO()
    Picture.new("RGB", (20, 10), (30, 70, 110)).save(picture, "PNG")
    sheet.add_image(Image(picture), "J2")
    book.defined_names["Всего"] = DefinedName("Всего", attr_text=f"'{SHEET}'!$B$4:$B$8")
    sheet.protection.set_password("пароль")
    sheet.print_area, sheet.freeze_panes, sheet.auto_filter.ref = "A1:D9", "B4", "A3:D8"
    out = io.BytesIO()
    book.save(out)
    spark = (
        '<extLst><ext uri="{05C60535-1F16-4fd2-B633-F4F36F0B64E0}" xmlns:x14="http://schemas.microsoft.com/office/'
        'spreadsheetml/2009/9/main"><x14:sparklineGroups><x14:sparklineGroup/></x14:sparklineGroups></ext></extLst>'
    )

    def sheet_of_excel(part):
        # what a formula gave before, and what only Excel writes
        told = re.sub(rb'(<c r="C9"[^>]*>)(<f>[^<]*</f>)<v ?(?:/>|></v>)', rb"\1\2<v>99</v>", part)
        assert told != part
        return told.replace(b"</worksheet>", f"<!-- > --> {spark}</worksheet>".encode())

    return repacked(
        out.getvalue(),
        {
            "xl/worksheets/sheet1.xml": sheet_of_excel,
            "xl/workbook.xml": lambda part: part.replace(b' fullCalcOnLoad="1"', b""),
            "customXml/item1.xml": b"<form xmlns='urn:region' code='NM-3'/>",
            "xl/printerSettings/printerSettings1.bin": b"\0" * 64,
        },
    )


def said(ref, kind, value, sheet=SHEET):
    return {"sheet": sheet, "ref": ref, "kind": kind, "value": value}


def filled(data, *cells):
    return fill_layout(headed(cells, data), "форма.xlsx").data


EVIL = "=cmd|' /C calc'!A0"
CELLS = (
    said("B4", "number", 5), said("B5", "text", EVIL), said("E4", "percent", 12.5),
    said("E5", "day", "2026-09-01"), said("D4", "percent", 12.5), said("G6", "text", "в объединённой"),
    said("D40", "number", 3), said("D2", "number", 1), said("A5", "blank", None), said("B6", "text", "x_x0041_<&>\x07"),
)  # fmt: skip


@pytest.mark.filterwarnings("ignore:Sparkline")
def test_only_named_cells_and_kept_results_change(nasty):
    data = filled(nasty, *CELLS)
    before, after = parts(nasty), parts(data)
    assert list(before) == list(after)
    assert {name for name in before if before[name] != after[name]} == {
        "xl/worksheets/sheet1.xml",
        "xl/workbook.xml",
    }
    # of the sheet only cells and rows have changed
    frame = re.compile(rb"<sheetData>.*</sheetData>", re.DOTALL)
    sheets = [one["xl/worksheets/sheet1.xml"] for one in (before, after)]
    assert frame.sub(b"", sheets[0]) == frame.sub(b"", sheets[1])
    assert b"sparklineGroup" in sheets[1]
    assert sheets[1].count(b"<f>") == sheets[0].count(b"<f>")
    assert b"<v>99</v>" in sheets[0]
    assert b"<v>99</v>" not in sheets[1]
    assert b'fullCalcOnLoad="1"' in after["xl/workbook.xml"]
    # the same of openpyxl, which is why it is not taken: parts are lost
    lost = io.BytesIO()
    openpyxl.load_workbook(io.BytesIO(nasty)).save(lost)
    assert set(before) - set(parts(lost.getvalue())) >= {"customXml/item1.xml"}


@pytest.mark.filterwarnings("ignore:Sparkline")
def test_what_stands_in_the_cells(nasty):
    sheet = openpyxl.load_workbook(io.BytesIO(filled(nasty, *CELLS)))[SHEET]
    assert sheet["B4"].value == 5
    assert sheet["B4"].fill.fgColor.rgb == "00FFF2CC"
    assert (sheet["B5"].value, sheet["B5"].data_type) == (EVIL, "s")
    assert (sheet["E4"].value, sheet["D4"].value) == (0.125, 12.5)
    assert f"{sheet['E5'].value:%Y-%m-%d}" == "2026-09-01"
    assert sheet["F4"].value == "в объединённой"
    assert (sheet["D40"].value, sheet["D2"].value, sheet["B12"].value) == (3, 1, 7)
    assert sheet["A5"].value is None
    assert sheet["C4"].value == "=B4*2"
    # Excel reads _x0041_ as a letter: escaped it stays what was written
    assert sheet["B6"].value == "x_x005F_x0041_<&>"
    again = filled(filled(nasty, *CELLS), *CELLS)
    assert parts(again) == parts(filled(nasty, *CELLS))


@settings(max_examples=25, deadline=None)
@given(
    st.dictionaries(
        st.tuples(st.integers(1, 60), st.integers(1, 30)), st.integers(-9, 9), max_size=8
    )
)
def test_any_cell_of_a_sheet_without_anything_can_be_filled(wanted):
    book = openpyxl.Workbook()
    book.active.title = SHEET
    book.active["C3"], book.active["E3"] = 1, 2
    out = io.BytesIO()
    book.save(out)
    refs = {place: f"{openpyxl.utils.get_column_letter(place[1])}{place[0]}" for place in wanted}
    data = filled(out.getvalue(), *(said(refs[one], "number", n) for one, n in wanted.items()))
    sheet = openpyxl.load_workbook(io.BytesIO(data))[SHEET]
    whole = {(3, 3): 1, (3, 5): 2} | wanted
    cells = {
        (one.row, one.column): one.value for row in sheet for one in row if one.value is not None
    }
    assert cells == whole
    rows = re.findall(rb'<row r="(\d+)"', parts(data)["xl/worksheets/sheet1.xml"])
    assert [int(one) for one in rows] == sorted({int(one) for one in rows})


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (said("C4", "number", 1), "формула"),
        (said("C4", "number", 1, sheet="Нет такого"), "листа"),
        (said("ZZZZ1", "number", 1), "адрес"),
    ],
)
def test_what_may_not_be_filled_is_refused_in_words(nasty, cell, words):
    with pytest.raises(ReaderError, match=words):
        filled(nasty, cell)


def test_the_preview_shows_what_can_be_chosen(nasty):
    sheet = read_bounded("layout", nasty, "форма.xlsx").sheets[0]
    cells = {cell.ref: cell for row in sheet.rows for cell in row}
    assert (cells["A1"].text, cells["A1"].colspan) == ("Показатели", 4)
    assert "B1" not in cells
    assert cells["C4"].is_formula
    assert not cells["B4"].is_formula
    assert (cells["F4"].rowspan, cells["F4"].colspan) == (3, 2)
    task = read_bounded("layout-fill", headed(CELLS, nasty), "форма.xlsx")
    assert parts(task.data) == parts(filled(nasty, *CELLS))


def with_doctype(part):
    return part.replace(b"<worksheet", b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet', 1)


@pytest.mark.parametrize(
    "harm",
    [
        {"xl/vbaProject.bin": b"x"},
        {"xl/worksheets/sheet1.xml": with_doctype},
        {"xl/worksheets/sheet1.xml": lambda part: part.replace(b"</sheetData>", b"")},
        {"xl/workbook.xml": lambda part: part.decode().encode("utf-16")},
    ],
    ids=["macros", "entities", "broken", "utf-16"],
)
def test_what_could_harm_is_refused(nasty, harm):
    with pytest.raises(ReaderError):
        read_layout(repacked(nasty, harm), "форма.xlsx")
    with pytest.raises(ReaderError):
        filled(repacked(nasty, harm), CELLS[0])


def test_an_array_formula_and_prefixes_of_another_program(nasty):
    def with_array(part):
        return part.replace(
            b"<sheetData>",
            b'<sheetData><row r="3"><c r="D3"><f t="array" ref="D3:D4">SUM(A1:A2)</f><v>1</v></c></row>',
        )

    data = repacked(
        nasty,
        {
            "xl/worksheets/sheet1.xml": lambda part: with_array(
                re.sub(rb'<row r="[23]".*?</row>', b"", part)
            )
        },
    )
    with pytest.raises(ReaderError, match="D4"):
        filled(data, said("D4", "number", 1))

    def prefixed(part):
        named = re.sub(rb"<(/?)([a-zA-Z])", rb"<\1x:\2", part)
        return named.replace(b"xmlns=", b"xmlns:x=", 1)

    book = openpyxl.Workbook()
    book.active.title = SHEET
    book.active["A1"] = 1
    out = io.BytesIO()
    book.save(out)
    data = filled(
        repacked(out.getvalue(), {"xl/worksheets/sheet1.xml": prefixed}),
        said("A1", "text", "да"), said("C3", "number", 4),
    )  # fmt: skip
    part = parts(data)["xl/worksheets/sheet1.xml"]
    assert b"<x:is><x:t" in part
    assert b'<x:row r="3"><x:c r="C3"><x:v>4</x:v></x:c></x:row>' in part
