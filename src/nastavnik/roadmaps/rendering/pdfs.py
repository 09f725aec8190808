"""A roadmap as a .pdf in a column set of `layouts.yaml`: the same sheet as the .docx, for where nothing may be changed.

PT Serif comes with the program, unchanged (SIL Open Font License, `data/fonts/OFL.txt`).
"""

from collections.abc import Container
from pathlib import Path
from typing import TYPE_CHECKING, cast

from nastavnik.roadmaps.catalogues import DATA, PaperLayout
from nastavnik.roadmaps.rendering.papers import APPROVAL_CM, Paper, tidy

if TYPE_CHECKING:
    from fpdf import FPDF
    from fpdf.fonts import TTFFont

FONTS = DATA / "fonts"
FACE = "PT Serif"
FILES = (("", "PT_Serif-Web-Regular.ttf"), ("B", "PT_Serif-Web-Bold.ttf"))
MARGIN_MM, SIDE_MM, BELOW_MM = 15.0, 20.0, 15.0
SIZE, HEADING, LINE_MM = 10, 13, 4.6


def render_pdf(paper: Paper, layout: PaperLayout) -> bytes:
    """Draw a roadmap on landscape A4; the head of the table repeats on every page, a row is never torn."""
    from fpdf import FPDF  # noqa: PLC0415 - half a second that a site without PDF must not pay
    from fpdf.fonts import FontFace  # noqa: PLC0415 - as above

    class Sheet(FPDF):
        """A page that knows its number."""

        def footer(self) -> None:
            """Write the number of the page, as asked of papers of a school."""
            if self.page > 1:
                self.set_y(-BELOW_MM + 3)
                self.set_font(FACE, size=SIZE - 1)
                self.cell(0, 5, str(self.page), align="C")

    pdf = Sheet(orientation="landscape", format="A4")
    for style, name in FILES:
        pdf.add_font(FACE, style, Path(FONTS / name))
    pdf.set_margins(SIDE_MM, MARGIN_MM)
    pdf.set_auto_page_break(auto=True, margin=BELOW_MM)
    pdf.set_lang("ru-RU")
    pdf.set_title(tidy(paper.title))
    pdf.add_page()
    _head(pdf, paper)
    pdf.set_font(FACE, size=SIZE)
    drawn = frozenset(cast("TTFFont", pdf.current_font).cmap)
    bold = FontFace(emphasis="BOLD")
    widths = [column.width for column in layout.columns]
    with pdf.table(
        col_widths=widths,
        headings_style=bold,
        line_height=LINE_MM,
        text_align="LEFT",
        v_align="TOP",
        padding=1,
    ) as table:
        table.row([column.title for column in layout.columns])
        for part in paper.parts:
            if layout.sections and part.cells:
                table.row([_drawable(text, drawn) for text in part.cells], style=bold)
            elif layout.sections and part.title:
                table.row().cell(_drawable(part.title, drawn), colspan=len(widths), style=bold)
            for row in part.rows:
                table.row([_drawable(text, drawn) for text in row])
    return bytes(pdf.output())


def _head(pdf: "FPDF", paper: Paper) -> None:
    """Draw the block of approval at the right, then whose roadmap it is and its title."""
    pdf.set_font(FACE, size=SIZE)
    for text in paper.approval:
        pdf.set_x(SIDE_MM + APPROVAL_CM * 10)
        pdf.multi_cell(0, LINE_MM + 0.6, tidy(text), align="L", new_x="LMARGIN", new_y="NEXT")
    pdf.ln(3 if paper.approval else 0)
    for text, size in ((paper.organisation, SIZE + 1), (paper.title, HEADING)):
        pdf.set_font(FACE, "B", size)
        pdf.multi_cell(0, size * 0.5, tidy(text), align="C", new_x="LMARGIN", new_y="NEXT")
        pdf.ln(2)


def _drawable(text: str, drawn: Container[int]) -> str:
    """Put a dot for every sign the face lacks, an arrow or a pictogram, rather than an empty box."""
    return "".join(
        letter if letter.isspace() or ord(letter) in drawn else "•" for letter in tidy(text)
    )
