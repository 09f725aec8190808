"""A roadmap as a .docx in a column set of `layouts.yaml`, built from plain data."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO

from docx import Document as NewDocument
from docx.document import Document as Docx
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import Table, _Cell

from nastavnik.documents.rendering import clean
from nastavnik.roadmaps.catalogues import PaperLayout

CELL_TWIPS = 45  # 0.8 mm
APPROVAL_CM = 17.0  # from the left margin


@dataclass(frozen=True, slots=True)
class PaperPart:
    """A section: its heading and its lines, each a text for every column of the layout.

    `cells` is the row of the section itself in the same columns; without them the heading goes across the table.
    """

    title: str
    rows: tuple[tuple[str, ...], ...]
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """Everything the document says besides the names of its columns.

    `approval` are the lines of the block at the top right: the word, the post, the signature, the date.
    """

    organisation: str
    title: str
    parts: tuple[PaperPart, ...]
    approval: tuple[str, ...] = ()


def tidy(text: str) -> str:
    """Return a text fit for a paper: what no paper can hold is out, and «г.» stays with its year."""
    return clean(text).replace(" г.", "\u00a0г.")


def render_docx(paper: Paper, layout: PaperLayout) -> bytes:
    """Draw a roadmap on landscape A4; the head of the table repeats on every page."""
    docx = NewDocument()
    _page(docx)
    for text in paper.approval:
        line = docx.add_paragraph(clean(text))
        line.paragraph_format.left_indent = Cm(APPROVAL_CM)
        line.paragraph_format.space_after = Pt(2)
    if paper.approval:
        line.paragraph_format.space_after = Pt(12)
    for text, size in ((paper.organisation, 12), (paper.title, 14)):
        paragraph = docx.add_paragraph()
        paragraph.alignment = ALIGN.CENTER
        run = paragraph.add_run(clean(text))
        run.bold, run.font.size = True, Pt(size)
    table = docx.add_table(1, len(layout.columns))
    table.style = "Table Grid"
    table.autofit = False
    _pad(table)
    _write(table.rows[0].cells, [column.title for column in layout.columns], bold=True)
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # noqa: SLF001 - python-docx has no other way to the row
    for part in paper.parts:
        if layout.sections and part.cells:
            _write(table.add_row().cells, part.cells, bold=True)
        elif layout.sections and part.title:
            cells = table.add_row().cells
            _write([cells[0].merge(cells[-1])], [part.title], bold=True)
        for row in part.rows:
            _write(table.add_row().cells, row)
    _shape(table, [column.width for column in layout.columns])
    docx.core_properties.title, docx.core_properties.author = clean(paper.title)[:255], ""
    docx.core_properties.comments = ""
    stream = BytesIO()
    docx.save(stream)
    return stream.getvalue()


def _page(docx: Docx) -> None:
    section = docx.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin = section.bottom_margin = Cm(1.5)
    style = docx.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", Pt(11)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "Times New Roman")
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "ru-RU")
    style.element.get_or_add_rPr().append(language)


def _pad(table: Table) -> None:
    """Keep the words off the lines above and below them."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("top", "bottom"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(CELL_TWIPS))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    properties = table._tbl.tblPr  # noqa: SLF001 - python-docx has no other way to the table
    # the schema wants it before the look of the table
    look = properties.find(qn("w:tblLook"))
    properties.append(margins) if look is None else look.addprevious(margins)


def _write(cells: Iterable[_Cell], texts: Sequence[str], *, bold: bool = False) -> None:
    for cell, text in zip(cells, texts, strict=True):
        paragraph = cell.paragraphs[0]
        paragraph.add_run(tidy(text)).bold = bold
        paragraph.paragraph_format.space_after = Pt(0)


def _shape(table: Table, widths: Sequence[float]) -> None:
    """Say the widths twice: Word reads them from the cells, others from the grid; keep rows whole."""
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            if len({id(one._tc) for one in row.cells}) > 1:  # noqa: SLF001 - a merged row keeps its own width
                cell.width = Cm(width)
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001 - as above
