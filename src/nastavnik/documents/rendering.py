"""An order as a .docx: built from plain data, so no text can carry instructions or break the file."""

import re
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from docx import Document as NewDocument
from docx.document import Document as Docx
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.table import CT_Row
from docx.shared import Cm, Length, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

# characters XML 1.0 cannot hold: a pasted one must not break the file
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """Return the text without what a .docx cannot hold."""
    return _FORBIDDEN.sub("", text)


def render_order(content: dict[str, Any]) -> bytes:
    """Draw an order with its annex.

    Args:
        content: as `mentorships.documents.pair_order_content` makes it; every value is plain text, a list of plain
            texts, or rows of them.
    """
    docx = NewDocument()
    _page(docx)
    _head(docx, content)
    _text(docx, content["title"], bold=True, align=ALIGN.LEFT, after=12)
    _text(docx, f"{content['preamble']}", indent=True)
    _text(docx, f"{content['order_word']}:", bold=True, after=6)
    for number, point in enumerate(content["points"], 1):
        _text(docx, f"{number}. {point}", indent=True)
    _signature(docx, content)
    _acquainted(docx, content)
    _annex(docx, content)
    return _bytes(docx, content)


def _page(docx: Docx) -> None:
    section = docx.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin, section.right_margin = Cm(3), Cm(1.5)
    section.top_margin = section.bottom_margin = Cm(2)
    style = docx.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(12)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "Times New Roman")
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "ru-RU")
    style.element.get_or_add_rPr().append(language)


def _text(
    docx: Docx | _Cell,
    text: str,
    *,
    bold: bool = False,
    align: ALIGN | None = None,
    indent: bool = False,
    after: int = 3,
) -> Paragraph:
    paragraph = docx.add_paragraph()
    run = paragraph.add_run(clean(text))
    run.bold = bold
    shape = paragraph.paragraph_format
    shape.space_after = Pt(after)
    paragraph.alignment = align if align is not None else (ALIGN.JUSTIFY if indent else None)
    if indent:
        shape.first_line_indent = Cm(1.25)
    return paragraph


def _head(docx: Docx, content: dict[str, Any]) -> None:
    _text(docx, content["organisation"], bold=True, align=ALIGN.CENTER, after=12)
    _text(docx, content["word"], bold=True, align=ALIGN.CENTER, after=6)
    line = _plain_table(docx, 1, (Cm(8.2), Cm(8.3)))
    _fill(line.cell(0, 0), content["date"])
    _fill(line.cell(0, 1), f"№ {content['number']}", align=ALIGN.RIGHT)
    _text(docx, content["town"], align=ALIGN.CENTER, after=12)


def _plain_table(docx: Docx, n_rows: int, widths: Sequence[Length]) -> Table:
    table: Table = docx.add_table(n_rows, len(widths))
    table.autofit = False
    _set_widths(table, widths)
    return table


def _fill(cell: _Cell, text: str, *, bold: bool = False, align: ALIGN | None = None) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.add_run(clean(text)).bold = bold
    paragraph.paragraph_format.space_after = Pt(0)
    if align is not None:
        paragraph.alignment = align


def _signature(docx: Docx, content: dict[str, Any]) -> None:
    _text(docx, "", after=6)
    table = _plain_table(docx, 1, (Cm(6.5), Cm(4), Cm(6)))
    _fill(table.cell(0, 0), content["head_position"])
    _fill(table.cell(0, 1), "_______________", align=ALIGN.CENTER)
    _fill(table.cell(0, 2), content["head_name"], align=ALIGN.RIGHT)


def _acquainted(docx: Docx, content: dict[str, Any]) -> None:
    if not content["acquainted"]:
        return
    _text(docx, "", after=6)
    _text(docx, f"{content['acquainted_word']}:")
    table = _plain_table(docx, len(content["acquainted"]), (Cm(9.5), Cm(7)))
    for number, name in enumerate(content["acquainted"]):
        _fill(table.cell(number, 0), name)
        _fill(table.cell(number, 1), "______________  ____________", align=ALIGN.RIGHT)


def _annex(docx: Docx, content: dict[str, Any]) -> None:
    docx.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    annex = content["annex"]
    for line in annex["caption"]:
        _text(docx, line, align=ALIGN.RIGHT, after=0)
    _text(docx, "", after=6)
    _text(docx, annex["title"], bold=True, align=ALIGN.CENTER, after=6)
    widths = (Cm(1.1), Cm(6), Cm(6.2), Cm(3.2))
    table = docx.add_table(1, len(widths))
    table.style = "Table Grid"
    table.autofit = False
    for cell, title in zip(table.rows[0].cells, annex["columns"], strict=True):
        _fill(cell, title, bold=True)
    _repeat_head(table)
    number = 0
    for part in annex["parts"]:
        cells = table.add_row().cells
        _fill(cells[0].merge(cells[-1]), part["title"], bold=True)
        for row in part["rows"]:
            number += 1
            for cell, text in zip(table.add_row().cells, (str(number), *row), strict=True):
                _fill(cell, text)
    _set_widths(table, widths)
    for table_row in table.rows:
        _keep_whole(table_row._tr)  # noqa: SLF001 - python-docx has no other way to the row


def _set_widths(table: Table, widths: Sequence[Length]) -> None:
    """Say the widths twice: Word reads them from the cells, others from the grid."""
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = width


def _repeat_head(table: Table) -> None:
    mark = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(mark)  # noqa: SLF001 - as above


def _keep_whole(row: CT_Row) -> None:
    row.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _bytes(docx: Docx, content: dict[str, Any]) -> bytes:
    properties = docx.core_properties
    properties.title, properties.author = clean(content["title"])[:255], ""
    properties.comments = ""
    stream = BytesIO()
    docx.save(stream)
    return stream.getvalue()
