"""Certificates and thanks, a sheet each within a frame: many in one .pdf, or each as a .docx.

All .docx of one run come from one drawn file: only the words change in it, so a sheet costs less than a thousandth of a second
and a text never acts (it is escaped for XML as any other).
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import astuple, dataclass, fields
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, cast
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from nastavnik.writers.pdfs import FACE, FILES, FONTS
from nastavnik.writers.texts import clean, tidy

if TYPE_CHECKING:
    from collections.abc import Container

    from docx.document import Document
    from fpdf import FPDF
    from fpdf.fonts import TTFFont

LINE = "______________"
_PLACE = re.compile("\ue000([a-z]+)\ue001")  # signs of private use, of no face
_GOLD = "7A5C24"
_WIDE, _HIGH = 297.0, 210.0
_EDGE, _INNER, _SIDE = 10.0, 13.0, 42.0
_BREADTH = _WIDE - 2 * _SIDE
_LEAST = 9.0  # points: smaller is not read
_INK, _FRAME = (30, 30, 30), (122, 92, 36)


@dataclass(frozen=True, slots=True)
class Award:
    """What one sheet says; an empty line stays empty.

    Attributes:
        organisation: who gives it.
        word: what it is, in capitals: «СЕРТИФИКАТ».
        lead: the small line over the name: «вручается».
        name: of whom, in the case the lead asks for.
        what: class or post, under the name.
        text: for what.
        position, signer: who signs.
        place: town and day, at the foot.
    """

    organisation: str
    word: str
    lead: str
    name: str
    what: str
    text: str
    position: str
    signer: str
    place: str


def draw_awards_pdf(
    title: str, awards: Iterable[Award], told: Callable[[int], None] = lambda _n: None
) -> bytes:
    """Draw sheets into one .pdf, in their order.

    Args:
        title: what the file says of itself.
        awards: the sheets; a sign the face lacks becomes a dot.
        told: hears how many are drawn; may raise to end it.
    """
    from fpdf import FPDF  # noqa: PLC0415 - half a second that a site without PDF must not pay

    pdf = FPDF(orientation="landscape", unit="mm", format="A4")
    pdf.set_auto_page_break(auto=False)
    for style, name in FILES:
        pdf.add_font(FACE, style, FONTS / name)
    pdf.set_lang("ru-RU")
    pdf.set_title(tidy(title))
    drawing = _Drawing(pdf)
    try:
        for number, award in enumerate(awards, 1):
            drawing.add(award)
            told(number)
    except BaseException:
        for font in pdf.fonts.values():  # else closed when the file is written
            cast("TTFFont", font).close()
        raise
    return bytes(pdf.output())


class _Drawing:
    """A file of sheets in the making; what many sheets say alike is laid out once."""

    def __init__(self, pdf: "FPDF") -> None:
        self.pdf = pdf
        pdf.set_font(FACE, size=12)
        self.drawn: Container[int] = frozenset(cast("TTFFont", pdf.current_font).cmap)
        self.laid: dict[tuple[str, float, bool], tuple[float, list[str]]] = {}

    def add(self, award: Award) -> None:
        """Add a sheet."""
        pdf = self.pdf
        pdf.add_page()
        pdf.set_draw_color(*_FRAME)
        for edge, width in ((_EDGE, 1.2), (_INNER, 0.3)):
            pdf.set_line_width(width)
            pdf.rect(edge, edge, _WIDE - 2 * edge, _HIGH - 2 * edge)
        pdf.set_text_color(*_INK)
        pdf.set_y(22)
        self._centred(award.organisation, size=13, after=10)
        pdf.set_text_color(*_FRAME)
        self._centred(award.word, size=34, bold=True, after=6)
        pdf.set_text_color(*_INK)
        self._centred(award.lead, size=14, after=4)
        self._centred(award.name, size=26, bold=True, after=2)
        self._centred(award.what, size=13, after=6)
        self._centred(award.text, size=15, after=0)
        self._foot(award)

    def _centred(self, text: str, *, size: float, after: float, bold: bool = False) -> None:
        if not text:
            return
        size, lines = self._fit(text, size, bold)
        self.pdf.set_font(FACE, "B" if bold else "", size)
        for line in lines:
            self.pdf.set_x(_SIDE)
            self.pdf.cell(_BREADTH, size * 0.47, line, align="C", new_x="LMARGIN", new_y="NEXT")
        self.pdf.ln(after)

    def _fit(self, text: str, size: float, bold: bool) -> tuple[float, list[str]]:  # noqa: FBT001 - a key of three
        """Return the size and the lines of a text: one too long for its place is set smaller rather than over the frame."""
        key = (text, size, bold)
        if key not in self.laid:
            said, most = self._drawable(text), 1 if bold else 4
            lines = self._lines(said, size, bold=bold)
            while size > _LEAST and len(lines) > most:
                size -= 1
                lines = self._lines(said, size, bold=bold)
            self.laid[key] = (size, lines)
        return self.laid[key]

    def _lines(self, text: str, size: float, *, bold: bool) -> list[str]:
        self.pdf.set_font(FACE, "B" if bold else "", size)
        if self.pdf.get_string_width(text) < _BREADTH - 2 * self.pdf.c_margin:
            return [text]
        return cast(
            "list[str]", self.pdf.multi_cell(_BREADTH, 5, text, dry_run=True, output="LINES")
        )

    def _foot(self, award: Award) -> None:
        pdf, third = self.pdf, _BREADTH / 3
        texts = ((award.position, "L"), (LINE, "C"), (award.signer or LINE, "R"))
        for place, (text, align) in enumerate(texts):
            pdf.set_font(FACE, "", 13)
            pdf.set_xy(_SIDE + place * third, 164)
            said = self._drawable(text)
            if pdf.get_string_width(said) < third - 2 * pdf.c_margin:
                pdf.cell(third, 6, said, align=align)
            else:
                pdf.multi_cell(third, 6, said, align=align)
        pdf.set_font(FACE, "", 11)
        pdf.set_xy(_SIDE, 186)
        pdf.cell(_BREADTH, 6, self._drawable(award.place), align="C")

    def _drawable(self, text: str) -> str:
        return "".join(
            letter if letter.isspace() or ord(letter) in self.drawn else "•"
            for letter in tidy(text)
        )


# ---------------------------------------------------------------- .docx


def draw_award_docx(award: Award) -> bytes:
    """Draw one sheet as a .docx; the same sheet gives the same bytes."""
    parts, body = _blank()
    said = {
        one.name: escape(clean(text))
        for one, text in zip(fields(Award), astuple(award), strict=True)
    }
    # in one pass: a place that stands in somebody's name stays a text
    body = _PLACE.sub(lambda found: said[found[1]], body)
    whole = BytesIO()
    with ZipFile(whole, "w") as file:
        for name, data in (*parts, ("word/document.xml", body.encode())):
            entry = ZipInfo(name)  # of 1980: no clock in it
            entry.compress_type = ZIP_DEFLATED
            file.writestr(entry, data, compresslevel=1)
    return whole.getvalue()


def _place(name: str) -> str:
    return f"\ue000{name}\ue001"


@cache
def _blank() -> tuple[tuple[tuple[str, bytes], ...], str]:
    """Return the parts of a drawn sheet, and its text with a place for each word."""
    from docx import Document as NewDocument  # noqa: PLC0415 - as above

    docx = NewDocument()
    _set_sheet(docx)
    _add_line(docx, "organisation", 14, 24)
    _add_line(docx, "word", 36, 12, bold=True, gold=True)
    _add_line(docx, "lead", 15, 8)
    _add_line(docx, "name", 28, 4, bold=True)
    _add_line(docx, "what", 14, 10)
    _add_line(docx, "text", 16, 48)
    _add_foot(docx)
    _add_line(docx, "place", 12, 0)
    whole = BytesIO()
    docx.save(whole)
    with ZipFile(whole) as file:
        parts = tuple((name, file.read(name)) for name in file.namelist())
    body = dict(parts)["word/document.xml"].decode()
    return tuple(one for one in parts if one[0] != "word/document.xml"), body


def _set_sheet(docx: "Document") -> None:
    from docx.enum.section import WD_ORIENT  # noqa: PLC0415 - as above
    from docx.oxml import OxmlElement  # noqa: PLC0415 - as above
    from docx.oxml.ns import qn  # noqa: PLC0415 - as above
    from docx.shared import Cm  # noqa: PLC0415 - as above

    section = docx.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21)
    section.left_margin = section.right_margin = Cm(_SIDE / 10)
    section.top_margin = section.bottom_margin = Cm(2)
    borders = OxmlElement("w:pgBorders")
    borders.set(qn("w:offsetFrom"), "page")
    for side in ("top", "left", "bottom", "right"):
        border = OxmlElement(f"w:{side}")
        for name, value in (("val", "double"), ("sz", "12"), ("space", "24"), ("color", _GOLD)):
            border.set(qn(f"w:{name}"), value)
        borders.append(border)
    section._sectPr.find(qn("w:pgMar")).addnext(borders)  # noqa: SLF001 - python-docx has no borders of a page
    style = docx.styles["Normal"]
    style.font.name = "Times New Roman"
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "Times New Roman")


def _add_line(
    docx: "Document", name: str, size: int, after: int, *, bold: bool = False, gold: bool = False
) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN  # noqa: PLC0415 - as above
    from docx.shared import Pt, RGBColor  # noqa: PLC0415 - as above

    paragraph = docx.add_paragraph()
    paragraph.alignment = ALIGN.CENTER
    paragraph.paragraph_format.space_after = Pt(after)
    run = paragraph.add_run(_place(name))
    run.bold, run.font.size = bold, Pt(size)
    if gold:
        run.font.color.rgb = RGBColor(*bytes.fromhex(_GOLD))


def _add_foot(docx: "Document") -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN  # noqa: PLC0415 - as above
    from docx.shared import Pt  # noqa: PLC0415 - as above

    cells = docx.add_table(1, 3).rows[0].cells
    texts = (_place("position"), LINE, _place("signer"))
    for cell, text, align in zip(
        cells, texts, (ALIGN.LEFT, ALIGN.CENTER, ALIGN.RIGHT), strict=True
    ):
        paragraph = cell.paragraphs[0]
        paragraph.alignment = align
        paragraph.add_run(text).font.size = Pt(14)
    docx.add_paragraph().paragraph_format.space_after = Pt(6)
