"""A paper as a .docx: built from blocks, so no text can carry instructions or break the file."""

from collections.abc import Callable, Iterable, Sequence
from functools import singledispatchmethod
from io import BytesIO
from itertools import pairwise

from docx import Document as NewDocument
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.table import CT_Row
from docx.shared import Cm, Pt
from docx.table import Table as DocxTable
from docx.table import _Cell
from docx.text.paragraph import Paragraph as DocxParagraph

from nastavnik.writers import blocks
from nastavnik.writers.looks import (
    ACQUAINTED_CM,
    INDENT_CM,
    LINE,
    OLD_LINES,
    OLD_SIGNATURE,
    PORTRAIT,
    SIGNATURE_CM,
    SMALL,
    SheetLook,
    starts,
)
from nastavnik.writers.texts import clean

_SIDE_CM = 0.1
_ROW_TWIPS = 45  # 0.8 mm


def draw_docx(title: str, paper: Iterable[blocks.Block], look: SheetLook = PORTRAIT) -> bytes:
    """Draw a paper as a .docx.

    Args:
        title: what the file says of itself in its properties.
        paper: its blocks; every text is plain.
        look: the sheet.
    """
    drawing = _DocxDrawing(look)
    for block, after in pairwise([*paper, None]):
        assert block is not None  # noqa: S101 - only the last one after is None
        drawing.draw(block, after)
    return drawing.data(title)


class _DocxDrawing:
    """A .docx in the making."""

    def __init__(self, look: SheetLook) -> None:
        self.look = look
        self.docx = NewDocument()
        self._set_page()
        if look.numbers_pages:
            self._number_pages()

    def data(self, title: str) -> bytes:
        """Return the file."""
        properties = self.docx.core_properties
        properties.title, properties.author, properties.comments = clean(title)[:255], "", ""
        stream = BytesIO()
        self.docx.save(stream)
        return stream.getvalue()

    def draw(self, block: blocks.Block, after: blocks.Block | None) -> None:
        """Add a block; some stay on the page of the one after."""
        self._draw(block)
        if isinstance(block, blocks.Points) and isinstance(after, blocks.Signature):
            # a signature never stands alone on a page
            self.docx.paragraphs[-1].paragraph_format.keep_with_next = True

    @singledispatchmethod
    def _draw(self, block: blocks.Block) -> None:
        raise TypeError(block)

    @_draw.register
    def _letterhead(self, block: blocks.Letterhead) -> None:
        self._text(block.organisation, bold=True, align=ALIGN.CENTER, after=12)

    @_draw.register
    def _approval(self, block: blocks.Approval) -> None:
        for place, text in enumerate(block.lines, 1):
            line = self._text(text, after=12 if place == len(block.lines) else 2)
            line.paragraph_format.left_indent = Cm(starts(self.look))

    @_draw.register
    def _word(self, block: blocks.Word) -> None:
        self._text(block.text, bold=True, align=ALIGN.CENTER, after=6)

    @_draw.register
    def _requisites(self, block: blocks.Requisites) -> None:
        line = self._plain_table(1, (8.2, 8.3))
        _fill(line.cell(0, 0), block.date)
        _fill(line.cell(0, 1), f"№ {block.number}", align=ALIGN.RIGHT)
        self._text(block.town, align=ALIGN.CENTER, after=12)

    @_draw.register
    def _title(self, block: blocks.Title) -> None:
        if not block.is_centred:
            self._text(block.text, bold=True, align=ALIGN.LEFT, after=12, stays=True)
            return
        line = self._text(block.text, bold=True, align=ALIGN.CENTER, after=6, stays=True)
        if self.look.title != self.look.text:
            line.runs[0].font.size = Pt(self.look.title)

    @_draw.register
    def _paragraph(self, block: blocks.Paragraph) -> None:
        if block.is_lead:
            self._text(block.text, bold=True, after=6, stays=True)
        else:
            self._text(block.text, indent=True)

    @_draw.register
    def _points(self, block: blocks.Points) -> None:
        for number, point in enumerate(block.items, 1):
            self._text(f"{number}. {point}", indent=True)

    @_draw.register
    def _bullets(self, block: blocks.Bullets) -> None:
        for item in block.items:
            self._text(f"– {item}", indent=True)

    @_draw.register
    def _signature(self, block: blocks.Signature) -> None:
        self._text("", after=6, stays=True)
        table = self._plain_table(1, SIGNATURE_CM)
        _fill(table.cell(0, 0), block.position)
        if block.labels:
            _line(table.cell(0, 1), block.labels.signature)
        else:
            _fill(table.cell(0, 1), OLD_SIGNATURE, align=ALIGN.CENTER)
        _fill(table.cell(0, 2), block.name, align=ALIGN.RIGHT)
        _keep_rows_whole(table)

    @_draw.register
    def _acquainted(self, block: blocks.Acquainted) -> None:
        if not block.names:
            return
        self._text("", after=6)
        self._text(f"{block.word}:", stays=True)
        labels = block.labels
        table = self._plain_table(len(block.names), ACQUAINTED_CM if labels else (9.5, 7.0))
        for row, name in zip(table.rows, block.names, strict=True):
            cells = row.cells
            _fill(cells[0], name)
            if labels:
                _line(cells[1], labels.signature)
                _line(cells[2], labels.date)
            else:
                _fill(cells[1], OLD_LINES, align=ALIGN.RIGHT)
        _keep_rows_whole(table)

    @_draw.register
    def _annex(self, block: blocks.Annex) -> None:
        for place, line in enumerate(block.caption):
            caption = self._text(line, align=ALIGN.RIGHT, after=0, stays=True)
            caption.paragraph_format.page_break_before = place == 0
        self._text("", after=6, stays=True)

    @_draw.register
    def _table(self, block: blocks.PaperTable) -> None:
        if block.heading:
            heading = self._text(block.heading, bold=True, stays=True)
            heading.paragraph_format.space_before = Pt(9)
        table = self.docx.add_table(1 + len(block.rows), len(block.columns))
        table.style = "Table Grid"
        table.autofit = False
        _set_margins(table, pads_rows=self.look.pads_rows)
        rows = list(table.rows)
        for cell, column in zip(rows[0].cells, block.columns, strict=True):
            _fill(
                cell, column.title, bold=True, align=ALIGN.CENTER, stays=True, size=self._size(self.look.head)
            )  # fmt: skip
        rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001 - python-docx has no other way
        for row, said, after in zip(rows[1:], block.rows, [*block.rows[1:], None], strict=True):
            self._row(table, row._tr, said, after)  # noqa: SLF001 - the way to a cell that is joined
        _set_widths(table, [column.width for column in block.columns])
        _keep_rows_whole(table)

    def _row(
        self, table: DocxTable, row: CT_Row, said: blocks.Row, after: blocks.Row | None
    ) -> None:
        """Write a row; one that goes on in the next row is on its page, so that nobody stands there without a mentor."""
        goes_on = after is not None and any(cell.n_rows == 0 for cell in after.cells)
        cells = row.tc_lst
        if len(said.cells) == 1 < len(cells):
            cells = [cells[0].merge(cells[-1])]
        size = self._size(self.look.cell)
        for tc, cell in zip(cells, said.cells, strict=True):
            if cell.n_rows != 1:
                tc.vMerge = "continue" if cell.n_rows == 0 else "restart"
            _fill(_Cell(tc, table), cell.text, bold=said.is_bold, stays=goes_on, size=size)

    def _size(self, size: float) -> float | None:
        return None if size == self.look.text else size

    def _text(
        self,
        text: str,
        *,
        bold: bool = False,
        align: ALIGN | None = None,
        indent: bool = False,
        after: int = 3,
        stays: bool = False,
    ) -> DocxParagraph:
        """Add a paragraph; one that `stays` is on the page of what follows it."""
        paragraph = self.docx.add_paragraph()
        paragraph.add_run(clean(text)).bold = bold
        shape = paragraph.paragraph_format
        shape.space_after = Pt(after)
        shape.keep_with_next = stays or None
        if align is not None or indent:
            paragraph.alignment = ALIGN.JUSTIFY if align is None else align
        if indent:
            shape.first_line_indent = Cm(INDENT_CM)
        return paragraph

    def _plain_table(self, n_rows: int, widths: Sequence[float]) -> DocxTable:
        table: DocxTable = self.docx.add_table(n_rows, len(widths))
        table.autofit = False
        _set_widths(table, widths)
        return table

    def _set_page(self) -> None:
        look, section = self.look, self.docx.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        if look.is_landscape:
            section.orientation = WD_ORIENT.LANDSCAPE
            section.page_width, section.page_height = Cm(29.7), Cm(21)
        section.left_margin, section.right_margin = Cm(look.left), Cm(look.right)
        section.top_margin = section.bottom_margin = Cm(look.above)
        style = self.docx.styles["Normal"]
        style.font.name, style.font.size = "Times New Roman", Pt(look.text)
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "Times New Roman")
        language = OxmlElement("w:lang")
        language.set(qn("w:val"), "ru-RU")
        style.element.get_or_add_rPr().append(language)

    def _number_pages(self) -> None:
        """Number the pages in the middle of the upper margin, the second and those after it (ГОСТ Р 7.0.97-2016, 3.2)."""
        section = self.docx.sections[0]
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


def _line(cell: _Cell, label: str) -> None:
    """A line to write on, and under it in small letters what is written there."""
    _fill(cell, LINE, align=ALIGN.CENTER)
    _fill(cell, label, align=ALIGN.CENTER, size=SMALL)


def _set_margins(table: DocxTable, *, pads_rows: bool) -> None:
    """Keep words off the lines above and below them, or let columns be narrow."""
    sides, twips = (
        (("top", "bottom"), _ROW_TWIPS) if pads_rows else (("left", "right"), Cm(_SIDE_CM).twips)
    )
    margins = OxmlElement("w:tblCellMar")
    for side in sides:
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(twips))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    properties = table._tbl.tblPr  # noqa: SLF001 - python-docx has no margins
    # the schema wants it before the look of the table
    look = properties.find(qn("w:tblLook"))
    add: Callable[..., None] = properties.append if look is None else look.addprevious
    add(margins)


def _set_widths(table: DocxTable, widths: Sequence[float]) -> None:
    """Say the widths twice: Word reads them from the cells, others from the grid; a cell across keeps its own."""
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    for row in table.rows:
        cells = row._tr.tc_lst  # noqa: SLF001 - each cell once, also where one goes across
        if len(cells) == len(widths):
            for tc, width in zip(cells, widths, strict=True):
                tc.width = Cm(width)


def _keep_rows_whole(table: DocxTable) -> None:
    for row in table.rows:
        row._tr.get_or_add_trPr().insert(0, OxmlElement("w:cantSplit"))  # noqa: SLF001 - as above
