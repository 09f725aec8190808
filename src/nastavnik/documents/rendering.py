"""An order as a .docx: built from plain data, so no text can carry instructions or break the file."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import count
from typing import Any

from docx import Document as NewDocument
from docx.document import Document as Docx
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Length, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

LINE = "______________"
# as papers registered before 2026-12 have them: no word under the line
OLD_SIGNATURE, OLD_LINES = "_______________", "______________  ____________"
_LABEL, _HEAD, _TABLE = 8.0, 9.5, 10.0
_BREADTH, _MARGIN = 16.5, 0.1
# what share of the breadth each column has, by how many there are
_WIDTHS = {4: (1.1, 6, 6.2, 3.2), 6: (0.9, 3.5, 2.9, 3.5, 2.8, 2.9)}
# characters XML 1.0 cannot hold: a pasted one must not break the file
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Cell:
    """A cell of the annex; `n_rows` is how many rows it goes through, 0 where it goes on with the one above."""

    text: str
    n_rows: int = 1


@dataclass(frozen=True)
class Part:
    """The pairs of one form, as the .docx and the page show them."""

    title: str
    rows: list[list[Cell]]


def annex_parts(content: dict[str, Any]) -> list[Part]:
    """Return the annex of an order with its cells joined: None in a row goes on with the cell above.

    Papers of before 2026-12 have no numbers in their rows: they are counted through here.
    """
    annex = content["annex"]
    numbers = count(1)
    parts = []
    for part in annex["parts"]:
        rows = [
            row if len(row) == len(annex["columns"]) else [str(next(numbers)), *row]
            for row in part["rows"]
        ]
        parts.append(Part(part["title"], _joined(rows)))
    return parts


def _joined(rows: list[list[str | None]]) -> list[list[Cell]]:
    cells = [[Cell(text or "", 0 if text is None else 1) for text in row] for row in rows]
    for column in range(len(rows[0]) if rows else 0):
        n_below = 0
        for row in reversed(cells):
            if row[column].n_rows == 0:
                n_below += 1
            else:
                row[column] = Cell(row[column].text, 1 + n_below)
                n_below = 0
    return cells


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
    _number_pages(docx)
    _head(docx, content)
    _text(docx, content["title"], bold=True, align=ALIGN.LEFT, after=12, stays=True)
    _text(docx, f"{content['preamble']}", indent=True)
    _text(docx, f"{content['order_word']}:", bold=True, after=6, stays=True)
    for number, point in enumerate(content["points"], 1):
        # the last point goes along with the signature: a signature never stands alone on a page
        _text(docx, f"{number}. {point}", indent=True, stays=number == len(content["points"]))
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
    stays: bool = False,
) -> Paragraph:
    """Add a paragraph; one that `stays` is on the page of what follows it."""
    paragraph = docx.add_paragraph()
    run = paragraph.add_run(clean(text))
    run.bold = bold
    shape = paragraph.paragraph_format
    shape.space_after = Pt(after)
    shape.keep_with_next = stays or None
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


def _fill(
    cell: _Cell,
    text: str,
    *,
    bold: bool = False,
    align: ALIGN | None = None,
    stays: bool = False,
    size: float | None = None,
) -> None:
    paragraph = cell.paragraphs[0] if not cell.text else cell.add_paragraph()
    run = paragraph.add_run(clean(text))
    run.bold = bold
    run.font.size = None if size is None else Pt(size)
    paragraph.paragraph_format.space_after = Pt(0)
    paragraph.paragraph_format.keep_with_next = stays or None
    if align is not None:
        paragraph.alignment = align


def _line(cell: _Cell, label: str, *, stays: bool = False) -> None:
    """A line to write on, and under it in small letters what is written there."""
    _fill(cell, LINE, align=ALIGN.CENTER, stays=stays)
    _fill(cell, label, align=ALIGN.CENTER, stays=stays, size=_LABEL)


def _signature(docx: Docx, content: dict[str, Any]) -> None:
    _text(docx, "", after=6, stays=True)
    table = _plain_table(docx, 1, (Cm(6.5), Cm(4), Cm(6)))
    _fill(table.cell(0, 0), content["head_position"])
    if labels := content.get("labels"):
        _line(table.cell(0, 1), labels["signature"])
    else:
        _fill(table.cell(0, 1), OLD_SIGNATURE, align=ALIGN.CENTER)
    _fill(table.cell(0, 2), content["head_name"], align=ALIGN.RIGHT)
    _keep_rows_whole(table)


def _acquainted(docx: Docx, content: dict[str, Any]) -> None:
    names = content["acquainted"]
    if not names:
        return
    _text(docx, "", after=6)
    _text(docx, f"{content['acquainted_word']}:", stays=True)
    labels = content.get("labels")
    widths = (Cm(8.5), Cm(4), Cm(4)) if labels else (Cm(9.5), Cm(7))
    table = _plain_table(docx, len(names), widths)
    for row, name in zip(table.rows, names, strict=True):
        cells = row.cells
        _fill(cells[0], name)
        if labels:
            _line(cells[1], labels["signature"])
            _line(cells[2], labels["date"])
        else:
            _fill(cells[1], OLD_LINES, align=ALIGN.RIGHT)
    _keep_rows_whole(table)


def _annex(docx: Docx, content: dict[str, Any]) -> None:
    annex = content["annex"]
    for place, line in enumerate(annex["caption"]):
        caption = _text(docx, line, align=ALIGN.RIGHT, after=0, stays=True)
        caption.paragraph_format.page_break_before = place == 0
    _text(docx, "", after=6, stays=True)
    _text(docx, annex["title"], bold=True, align=ALIGN.CENTER, after=6, stays=True)
    for part in annex_parts(content):
        _text(docx, part.title, bold=True, after=3, stays=True).paragraph_format.space_before = Pt(
            9
        )
        _part_table(docx, annex["columns"], part)


def _part_table(docx: Docx, columns: Sequence[str], part: Part) -> None:
    table = docx.add_table(1 + len(part.rows), len(columns))
    table.style = "Table Grid"
    table.autofit = False
    _narrow_margins(table)
    rows = list(table.rows)
    for cell, title in zip(rows[0].cells, columns, strict=True):
        _fill(cell, title, bold=True, align=ALIGN.CENTER, stays=True, size=_HEAD)
    _repeat_head(table)
    for row, cells, after in zip(rows[1:], part.rows, [*part.rows[1:], []], strict=True):
        # what goes on in the next row is on its page, so that nobody stands there without a mentor
        goes_on = any(cell.n_rows == 0 for cell in after)
        for tc, said in zip(row._tr.tc_lst, cells, strict=True):  # noqa: SLF001 - the way to a cell that is joined
            if said.n_rows != 1:
                tc.vMerge = "continue" if said.n_rows == 0 else "restart"
            _fill(_Cell(tc, table), said.text, size=_TABLE, stays=goes_on)
    share = _WIDTHS.get(len(columns), (1,) * len(columns))
    _set_widths(table, [Cm(_BREADTH * one / sum(share)) for one in share])
    _keep_rows_whole(table)


def _narrow_margins(table: Table) -> None:
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(Cm(_MARGIN).twips))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    properties = table._tbl.tblPr  # noqa: SLF001 - python-docx has no margins
    look = properties.find(qn("w:tblLook"))
    if look is None:
        properties.append(margins)
    else:
        look.addprevious(margins)


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


def _keep_rows_whole(table: Table) -> None:
    for row in table.rows:
        row._tr.get_or_add_trPr().insert(0, OxmlElement("w:cantSplit"))  # noqa: SLF001 - as above


def _number_pages(docx: Docx) -> None:
    """Number the pages in the middle of the upper margin, the second and those after it (ГОСТ Р 7.0.97-2016, 3.2)."""
    section = docx.sections[0]
    section.different_first_page_header_footer = True
    paragraph = section.header.paragraphs[0]
    paragraph.alignment = ALIGN.CENTER
    for kind, words in (("begin", ""), ("", " PAGE "), ("end", "")):
        run = paragraph.add_run()
        mark = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            mark.set(qn("w:fldCharType"), kind)
        mark.text = words or None
        run._r.append(mark)  # noqa: SLF001 - python-docx has no fields


def _bytes(docx: Docx, content: dict[str, Any]) -> bytes:
    properties = docx.core_properties
    properties.title, properties.author = clean(content["title"])[:255], ""
    properties.comments = ""
    stream = BytesIO()
    docx.save(stream)
    return stream.getvalue()
