"""The same blocks written as a file of each format, for tests of the readers."""

import html
import io
import zipfile
from collections.abc import Sequence

import docx
import openpyxl
from fpdf import FPDF

from nastavnik.engine.roadmaps.blocks import Block, SourceParagraph
from nastavnik.writers.pdfs import FACE, FILES, FONTS

Grid = Sequence[Sequence[str]]


def parts_of(blocks: Sequence[Block]) -> list[str | Grid]:
    """Return paragraphs as texts and tables as grids, each padded to a rectangle."""
    parts: list[str | Grid] = []
    for block in blocks:
        if isinstance(block, SourceParagraph):
            parts.append(block.text)
            continue
        width = max(len(row.cells) for row in block.rows)
        parts.append([[*row.cells, *[""] * (width - len(row.cells))] for row in block.rows])
    return parts


def as_docx(parts: Sequence[str | Grid]) -> bytes:
    document = docx.Document()
    for part in parts:
        if isinstance(part, str):
            document.add_paragraph(part)
            continue
        table = document.add_table(len(part), len(part[0]), style="Table Grid")
        for cells, row in zip(table.rows, part, strict=True):
            for cell, text in zip(cells.cells, row, strict=True):
                first, *more = text.split("\n")
                cell.paragraphs[0].add_run(first)
                for line in more:
                    cell.add_paragraph(line)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def as_xlsx(parts: Sequence[str | Grid]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for part in parts:
        for row in [[part]] if isinstance(part, str) else part:
            sheet.append([text or None for text in row])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def as_html(parts: Sequence[str | Grid]) -> bytes:
    body = []
    for part in parts:
        if isinstance(part, str):
            body.append(f"<p>{html.escape(part)}</p>")
            continue
        rows = ("".join(f"<td>{_paragraphs(text)}</td>" for text in row) for row in part)
        body.append(f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>")
    head = '<meta charset="utf-8"><script>var a = "<td>";</script>'
    return f"<!DOCTYPE html><html><head>{head}</head><body>{''.join(body)}</body></html>".encode()


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{html.escape(line)}</p>" for line in text.split("\n"))


_ODT_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content '
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:text>'
)
_ODT_TAIL = "</office:text></office:body></office:document-content>"


def as_odt(parts: Sequence[str | Grid]) -> bytes:
    body = []
    for part in parts:
        if isinstance(part, str):
            body.append(f"<text:p>{html.escape(part)}</text:p>")
            continue
        body.append("<table:table>")
        for row in part:
            cells = "".join(f"<table:table-cell>{_odt(text)}</table:table-cell>" for text in row)
            body.append(f"<table:table-row>{cells}</table:table-row>")
        body.append("</table:table>")
    return odt_of("".join(body))


def _odt(text: str) -> str:
    return "".join(f"<text:p>{html.escape(line)}</text:p>" for line in text.split("\n"))


def odt_of(body: str) -> bytes:
    """Return an .odt with this inside its text."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", _ODT_HEAD + body + _ODT_TAIL)
    return stream.getvalue()


def as_pdf(parts: Sequence[str | Grid]) -> bytes:
    pdf = FPDF(orientation="landscape", format="A4")
    for style, name in FILES:
        pdf.add_font(FACE, style, FONTS / name)
    pdf.set_font(FACE, size=9)
    pdf.add_page()
    for part in parts:
        if isinstance(part, str):
            pdf.multi_cell(0, 5, part, new_x="LMARGIN", new_y="NEXT")
            pdf.ln(2)
            continue
        longest = [
            max(max(map(len, row[n].split("\n"))) for row in part) for n in range(len(part[0]))
        ]
        widths = [min(max(one, 14), 60) for one in longest]
        with pdf.table(
            col_widths=widths, line_height=4, text_align="LEFT", v_align="TOP", padding=1,
            headings_style=None, first_row_as_headings=False,
        ) as table:  # fmt: skip
            for row in part:
                table.row([text.replace("➤", "•") for text in row])  # the face has no such arrow
        pdf.ln(4)
    return bytes(pdf.output())
