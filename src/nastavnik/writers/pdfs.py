"""A paper as a .pdf: the same blocks as the .docx, for where nothing may be changed.

PT Serif comes with the program, unchanged (SIL Open Font License, `data/fonts/OFL.txt`).
"""

from collections.abc import Callable, Container, Iterable, Sequence
from functools import singledispatchmethod
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, cast

from nastavnik.writers import blocks
from nastavnik.writers.looks import (
    ACQUAINTED_CM,
    LINE,
    OLD_LINES,
    OLD_SIGNATURE,
    PORTRAIT,
    SIGNATURE_CM,
    SheetLook,
    starts,
)
from nastavnik.writers.texts import tidy

if TYPE_CHECKING:
    from fpdf import FPDF
    from fpdf.fonts import TTFFont

FONTS = Path(__file__).parent / "data" / "fonts"
FACE = "PT Serif"
FILES = (("", "PT_Serif-Web-Regular.ttf"), ("B", "PT_Serif-Web-Bold.ttf"))
_LEADING = 0.47  # mm a line for each point of size
_INDENT = "\u00a0" * 6  # fpdf2 justifies a paragraph but does not indent it
_ROW_MM, _SIDE_MM = 1.0, 1.0


def draw_pdf(title: str, paper: Iterable[blocks.Block], look: SheetLook = PORTRAIT) -> bytes:
    """Draw a paper as a .pdf; the head of a table repeats on every page, a row is never torn.

    Args:
        title: what the file says of itself in its properties.
        paper: its blocks; every text is plain. A sign the face lacks, an arrow or a pictogram, becomes a dot.
        look: the sheet.
    """
    pdf, drawing = _begun(title, look)
    pdf.add_page()
    drawing.draw_all(paper)
    return bytes(pdf.output())


def draw_folder_pdf(
    title: str,
    papers: Sequence[tuple[str, Sequence[blocks.Block]]],
    contents: Callable[[Sequence[int]], Sequence[blocks.Block]],
    told: Callable[[int], None] = lambda _number: None,
) -> bytes:
    """Draw many papers into one .pdf with contents before them: each begins a page and is a bookmark.

    Args:
        title: what the file says of itself in its properties.
        papers: each with what its bookmark is called.
        contents: what stands first, given the page on which each paper begins; the numbers do not change how long it is.
        told: told how many papers are drawn.
    """
    look = PORTRAIT
    tried, drawing = _begun(title, look)
    tried.add_page()
    drawing.draw_all(contents([999] * len(papers)))
    n_contents = tried.page
    tried.output()  # the library closes its fonts there
    pdf, drawing = _begun(title, look)
    pdf.add_page()
    begins: list[int] = []

    def fill(_pdf: "FPDF", _outline: object) -> None:
        drawing.draw_all(contents(begins))

    pdf.insert_toc_placeholder(fill, pages=n_contents, reset_page_indices=False)
    for number, (name, paper) in enumerate(papers, 1):
        if number > 1:  # the placeholder has turned to a page that is free
            pdf.add_page()
        begins.append(pdf.page)
        pdf.start_section(drawing.drawable(name))
        drawing.draw_all(paper)
        told(number)
    return bytes(pdf.output())


def _begun(title: str, look: SheetLook) -> tuple["FPDF", "_PdfDrawing"]:
    """Return a .pdf without pages, and what draws blocks into it."""
    from fpdf import FPDF  # noqa: PLC0415 - half a second that a site without PDF must not pay

    class Sheet(FPDF):
        """A page that knows its number."""

        def header(self) -> None:
            """Write the number of the page (ГОСТ Р 7.0.97-2016, 3.2)."""
            if self.page > 1 and look.numbers_pages:
                self.set_y(look.above * 10 - 8)
                self.set_font(FACE, size=look.cell)
                self.cell(0, 5, str(self.page), align="C")
                self.set_y(look.above * 10)

    pdf = Sheet(orientation="landscape" if look.is_landscape else "portrait", format="A4")
    for style, name in FILES:
        pdf.add_font(FACE, style, FONTS / name)
    pdf.set_margins(look.left * 10, look.above * 10, look.right * 10)
    pdf.set_auto_page_break(auto=True, margin=look.above * 10)
    pdf.set_lang("ru-RU")
    pdf.set_title(tidy(title))
    return pdf, _PdfDrawing(pdf, look)


class _PdfDrawing:
    """A .pdf in the making."""

    def __init__(self, pdf: "FPDF", look: SheetLook) -> None:
        self.pdf, self.look = pdf, look
        # papers keep 12 points upright; PT Serif is broader than Times, so a point less reads as large
        self.size = look.text - 1
        pdf.set_font(FACE, size=self.size)
        self.drawn: Container[int] = frozenset(cast("TTFFont", pdf.current_font).cmap)

    def draw_all(self, paper: Iterable[blocks.Block]) -> None:
        """Add the blocks of a paper."""
        for block, after in pairwise([*paper, None]):
            assert block is not None  # noqa: S101 - only the last one after is None
            self.draw(block, after)

    def draw(self, block: blocks.Block, after: blocks.Block | None) -> None:
        """Add a block; points before a signature keep their last one with it."""
        if isinstance(block, blocks.Points) and isinstance(after, blocks.Signature) and block.items:
            *first, last = block.items
            self._draw_points(first, 1)
            self._draw_last_point(last, len(block.items))
            return
        self._draw(block)

    @singledispatchmethod
    def _draw(self, block: blocks.Block) -> None:
        raise TypeError(block)

    @_draw.register
    def _letterhead(self, block: blocks.Letterhead) -> None:
        self._text(block.organisation, bold=True, align="C", after=4)

    @_draw.register
    def _approval(self, block: blocks.Approval) -> None:
        for text in block.lines:
            self.pdf.set_x(self.look.left * 10 + starts(self.look) * 10)
            self._text(text, align="L", after=0.6)
        self.pdf.ln(3)

    @_draw.register
    def _word(self, block: blocks.Word) -> None:
        self._text(block.text, bold=True, align="C", after=2)

    @_draw.register
    def _requisites(self, block: blocks.Requisites) -> None:
        number = f"№ {block.number}"
        self._lines([[(block.date, "L"), (number, "R")]], (8.2, 8.3))
        self._text(block.town, align="C", after=4)

    @_draw.register
    def _title(self, block: blocks.Title) -> None:
        size = self.look.title - 1 if block.is_centred else self.size
        align = "C" if block.is_centred else "L"
        self._text(block.text, bold=True, align=align, size=size, after=3, stays=True)

    @_draw.register
    def _paragraph(self, block: blocks.Paragraph) -> None:
        if block.is_lead:
            self._text(block.text, bold=True, align="L", after=2, stays=True)
        else:
            self._text(f"{_INDENT}{block.text}", align="J")

    @_draw.register
    def _points(self, block: blocks.Points) -> None:
        self._draw_points(block.items, 1)

    def _draw_points(self, items: Sequence[str], first: int) -> None:
        for number, point in enumerate(items, first):
            self._text(f"{_INDENT}{number}. {point}", align="J")

    def _draw_last_point(self, point: str, number: int) -> None:
        """Draw the point before a signature: on the next page when the two do not fit on this one."""
        self.pdf.set_font(FACE, size=self.size)
        text = self.drawable(f"{_INDENT}{number}. {point}")
        height = self.size * _LEADING
        lines = cast(
            "list[str]", self.pdf.multi_cell(0, height, text, dry_run=True, output="LINES")
        )
        if self.pdf.will_page_break(height * (len(lines) + 5)):
            self.pdf.add_page()
        self._draw_points([point], number)

    @_draw.register
    def _bullets(self, block: blocks.Bullets) -> None:
        for item in block.items:
            self._text(f"{_INDENT}– {item}", align="J")

    @_draw.register
    def _signature(self, block: blocks.Signature) -> None:
        self.pdf.ln(4)
        line = f"{LINE}\n({block.labels.signature})" if block.labels else OLD_SIGNATURE
        self._lines([[(block.position, "L"), (line, "C"), (block.name, "R")]], SIGNATURE_CM)

    @_draw.register
    def _acquainted(self, block: blocks.Acquainted) -> None:
        if not block.names:
            return
        self.pdf.ln(3)
        self._text(f"{block.word}:", align="L", stays=True)
        rows = []
        widths: Sequence[float] = ACQUAINTED_CM if block.labels else (9.5, 7.0)
        for name in block.names:
            if block.labels:
                written = (block.labels.signature, block.labels.date)
                lines = [(f"{LINE}\n({label})", "C") for label in written]
            else:
                lines = [(OLD_LINES, "R")]
            rows.append([(name, "L"), *lines])
        self._lines(rows, widths)

    @_draw.register
    def _annex(self, block: blocks.Annex) -> None:
        self.pdf.add_page()
        for line in block.caption:
            self._text(line, align="R", after=0)
        self.pdf.ln(3)

    @_draw.register
    def _table(self, block: blocks.PaperTable) -> None:
        from fpdf.enums import TableSpan  # noqa: PLC0415 - as above
        from fpdf.fonts import FontFace  # noqa: PLC0415 - as above

        if block.heading:
            self.pdf.ln(2)
            self._text(block.heading, bold=True, align="L", stays=True)
        bold = FontFace(emphasis="BOLD")
        size = self.look.cell - 1
        self.pdf.set_font(FACE, size=size)
        with self.pdf.table(
            col_widths=[column.width for column in block.columns],
            width=sum(column.width for column in block.columns) * 10,
            align="LEFT",
            headings_style=bold,
            line_height=size * _LEADING,
            text_align="LEFT",
            v_align="TOP",
            padding=(_ROW_MM, _SIDE_MM),
        ) as table:
            table.row([self.drawable(column.title) for column in block.columns])
            for row in block.rows:
                style = bold if row.is_bold else None
                if len(row.cells) == 1 < len(block.columns):
                    across = table.row()
                    across.cell(
                        self.drawable(row.cells[0].text), colspan=len(block.columns), style=style
                    )
                    continue
                drawn = table.row()
                for cell in row.cells:
                    if cell.n_rows:
                        drawn.cell(self.drawable(cell.text), style=style)
                    else:
                        drawn.cell(TableSpan.ROW)  # type: ignore[arg-type] # documented, not in its annotation

    def _lines(self, rows: Sequence[Sequence[tuple[str, str]]], widths: Sequence[float]) -> None:
        """Add rows without lines around them; a row is never torn."""
        self.pdf.set_font(FACE, size=self.size)
        with self.pdf.table(
            col_widths=list(widths),
            width=sum(widths) * 10,
            align="LEFT",
            borders_layout="NONE",
            first_row_as_headings=False,
            line_height=self.size * _LEADING,
            v_align="TOP",
            padding=(0.5, 0),
        ) as table:
            for row in rows:
                drawn = table.row()
                for text, align in row:
                    drawn.cell(self.drawable(text), align=align)
        self.pdf.ln(1)

    def _text(
        self,
        text: str,
        *,
        bold: bool = False,
        align: str = "L",
        size: float | None = None,
        after: float = 1,
        stays: bool = False,
    ) -> None:
        """Add a paragraph; one that `stays` goes over to the next page when little fits below it."""
        size = size or self.size
        height = size * _LEADING
        if stays and self.pdf.will_page_break(height * 5):
            self.pdf.add_page()
        self.pdf.set_font(FACE, "B" if bold else "", size)
        self.pdf.multi_cell(
            0, height, self.drawable(text), align=align, new_x="LMARGIN", new_y="NEXT"
        )
        self.pdf.ln(after)

    def drawable(self, text: str) -> str:
        """Put a dot for every sign the face lacks rather than an empty box."""
        return "".join(
            letter if letter.isspace() or ord(letter) in self.drawn else "•"
            for letter in tidy(text)
        )
