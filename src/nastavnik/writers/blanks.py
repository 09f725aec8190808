"""Questionnaires to fill in by pen, as a .pdf: a code in each corner, boxes where the layout put them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import cast

import numpy as np
import zxingcpp
from fpdf import FPDF
from fpdf.fonts import TTFFont

from nastavnik.engine.blanks.codes import CORNERS, payload, token_of, written
from nastavnik.engine.blanks.layout import (
    BOX,
    CODE,
    CORNER_PLACES,
    LINE,
    REFERENCES,
    Measure,
    PrintedPage,
    PrintedWords,
)
from nastavnik.writers.pdfs import FACE, FILES, FONTS
from nastavnik.writers.texts import tidy

RULES = (
    "Крест РУЧКОЙ в одной клетке каждой строки, а где сказано, в нескольких. Лист не складывать.",
    "Ошибка? Закрасить клетку целиком и поставить крест в другой. Квадраты по углам не закрывать.",
)
RESERVED = "не заполнять"
_LEFT, _MIDDLE, _WIDE = 30.0, 105.0, 150.0
_TITLE, _SMALL = 13.0, 9.0
_HAIR = 0.15


@dataclass(frozen=True, slots=True)
class PrintedBlank:
    """One copy: its number of seven digits, and for whom it is (empty on a copy without a name)."""

    number: int
    name: str = ""


def measure() -> Measure:
    """Return how wide the face of the sheets sets a text, mm."""
    pdf = _face()
    for font in pdf.fonts.values():
        cast("TTFFont", font).close()  # the widths are read already; nothing is drawn with it

    @cache
    def wide(text: str, size: float, bold: bool) -> float:  # noqa: FBT001 - the order of `Measure`
        pdf.set_font(FACE, "B" if bold else "", size)
        return float(pdf.get_string_width(text))

    return wide


def draw_blanks(title: str, pages: Sequence[PrintedPage], blanks: Iterable[PrintedBlank]) -> bytes:
    """Draw every page of every blank, one blank after another.

    Args:
        title: printed above each page.
        pages: of the questionnaire.
        blanks: the copies; their numbers differ.
    """
    pdf = _face()
    pdf.set_lang("ru-RU")
    pdf.set_title(tidy(title))
    for blank in blanks:
        for number, page in enumerate(pages, 1):
            pdf.add_page()
            _draw_head(pdf, title, blank, number, len(pages))
            _draw_page(pdf, page)
    return bytes(pdf.output())


def _face() -> FPDF:
    pdf = FPDF(unit="mm", format="A4")
    pdf.set_auto_page_break(auto=False)
    pdf.c_margin = 0
    for style, name in FILES:
        pdf.add_font(FACE, style, FONTS / name)
    return pdf


def _draw_head(pdf: FPDF, title: str, blank: PrintedBlank, number: int, n_pages: int) -> None:
    token = token_of(blank.number, number)
    for corner in CORNERS:
        _draw_code(pdf, payload(token, corner), *CORNER_PLACES[corner])
    size = _TITLE
    pdf.set_font(FACE, "B", size)
    while size > 7 and pdf.get_string_width(tidy(title)) > _WIDE:  # noqa: PLR2004 - smaller is not read
        size -= 0.5
        pdf.set_font(FACE, "B", size)
    pdf.text(_LEFT, 13.0, tidy(title))
    pdf.set_font(FACE, "", _SMALL)
    last = f"{written(token)} из {n_pages}"
    wide = pdf.get_string_width(last)
    pdf.text(_LEFT + _WIDE - wide, 18.3, last)
    name = tidy(blank.name)
    while name and pdf.get_string_width(name) > _WIDE - wide - 4:
        name = name[:-1]
    pdf.text(_LEFT, 18.3, name)
    for place, rule in enumerate(RULES):
        pdf.text(_MIDDLE - pdf.get_string_width(rule) / 2, 32.2 + place * 4.2, rule)
    pdf.set_line_width(LINE)
    for x, y in REFERENCES:
        pdf.rect(x - BOX / 2, y - BOX / 2, BOX, BOX)
    pdf.set_font(FACE, "", 7)
    for y in sorted({y for _x, y in REFERENCES}):
        pdf.text(_MIDDLE - pdf.get_string_width(RESERVED) / 2, y + 0.9, RESERVED)


def _draw_code(pdf: FPDF, text: str, x: float, y: float) -> None:
    modules = _modules(text)
    step = CODE / len(modules)
    for row, line in enumerate(modules):
        column = 0
        for is_dark, run in groupby(line):
            wide = len(list(run))
            if is_dark:  # a hair over, or a line of light stands between two rows
                pdf.rect(x + column * step, y + row * step, wide * step, step + 0.01, "F")
            column += wide


def _modules(text: str) -> list[list[bool]]:
    made = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.DataMatrix)
    image = np.asarray(made.to_image(scale=1, add_quiet_zones=False))
    return [[bool(value < 128) for value in line] for line in image]  # noqa: PLR2004 - half of white


def _draw_page(pdf: FPDF, page: PrintedPage) -> None:
    for words in page.words:
        _draw_words(pdf, words)
    pdf.set_line_width(LINE)
    for box in page.boxes:
        pdf.rect(box.x, box.y, box.w, box.h)
    pdf.set_line_width(_HAIR)
    for frame in page.frames:
        pdf.rect(frame.x, frame.y, frame.w, frame.h)


def _draw_words(pdf: FPDF, words: PrintedWords) -> None:
    pdf.set_font(FACE, "B" if words.is_bold else "", words.size)
    for place, line in enumerate(words.lines):
        text = tidy(line)
        x = words.x - pdf.get_string_width(text) / 2 if words.is_centred else words.x
        pdf.text(x, words.y + place * words.leading, text)
