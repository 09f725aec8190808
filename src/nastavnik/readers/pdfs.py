"""PDF files with a text layer: ruled tables and the lines around them."""

import io
import logging
import re
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

import pdfplumber

from nastavnik.engine.roadmaps.blocks import Block
from nastavnik.readers.archives import BOMB, LOCKED
from nastavnik.readers.building import BlockBuilder
from nastavnik.readers.refusals import ReaderError

MOST_PAGES = 60
_MOST_STREAMS = 20_000
_MOST_UNPACKED = 24 * 1024 * 1024
_MOST_DRAWING = 3 * 1024 * 1024  # page contents; a dense page takes some 60 kB
_MOST_CHARS = 300_000

_STREAM = re.compile(rb"stream\r?\n")
_TWICE = re.compile(
    rb"/(?:Fl|FlateDecode|LZW|LZWDecode)\b[^>\]]{0,60}/(?:Fl|FlateDecode|LZW)", re.DOTALL
)
_PICTURE = re.compile(rb"/Subtype\s*/Image|/FontFile|/Length1\b")
_SHORT = 4096
_BOX_SLACK = 2.0

BROKEN = (
    "PDF повреждён или сохранён не до конца. Сохраните документ из Word ещё раз: лучше как .docx."
)
SCANNED = (
    "В этом PDF нет текста: похоже, это скан или фотография. Загрузите документ Word (.docx) "
    "или распознайте скан и сохраните его как .docx."
)


def read_pdf(data: bytes) -> tuple[Block, ...]:
    """Read the pages in order: ruled tables as tables, the rest as lines.

    A line of a cell that ends though the next word would still fit ends a paragraph.

    Raises:
        ReaderError: Locked, scanned, broken, too large, or made to harm.
    """
    _inspect(data)
    logging.getLogger("pdfminer").setLevel(logging.ERROR)  # it warns of every odd font
    try:
        with pdfplumber.open(io.BytesIO(data)) as pdf:
            return _read(pdf)
    except ReaderError:
        raise
    except Exception as error:
        locked = "Password" in repr(error) or "Encrypt" in repr(error)
        raise ReaderError(LOCKED if locked else BROKEN) from error


def _inspect(data: bytes) -> None:
    """Unpack every stream as far as the limits go, before the library unpacks it whole."""
    if _TWICE.search(data) or b"LZWDecode" in data:
        raise ReaderError(BOMB)  # packed twice: no honest writer does it
    unpacked = drawing = 0
    for n_streams, (head, body) in enumerate(_streams(data)):
        size = _size(body)
        unpacked += size
        drawing += 0 if _PICTURE.search(head) else size
        if n_streams > _MOST_STREAMS or unpacked > _MOST_UNPACKED or drawing > _MOST_DRAWING:
            raise ReaderError(BOMB)


def _streams(data: bytes) -> Iterator[tuple[bytes, memoryview]]:
    view = memoryview(data)
    for match in _STREAM.finditer(data):
        start = match.end()
        if data[max(0, match.start() - 3) : match.start()] == b"end":
            continue
        head = data[max(0, match.start() - 400) : match.start()].rpartition(b" obj")[2]
        yield head, view[start:]


def _size(body: memoryview) -> int:
    """Return how much a stream unpacks to, counting no further than the limit."""
    unpacker = zlib.decompressobj()
    size = at = 0
    try:
        while not unpacker.eof and at < len(body) and size <= _MOST_UNPACKED:
            piece = unpacker.unconsumed_tail or body[at : at + _SHORT]
            at += 0 if unpacker.unconsumed_tail else len(piece)
            size += len(unpacker.decompress(piece, 1 << 18))
    except zlib.error:
        pass  # not packed this way, or broken: what came before still counts
    return size


def _read(pdf: Any) -> tuple[Block, ...]:  # noqa: ANN401 - the library has no types
    if len(pdf.pages) > MOST_PAGES:
        raise ReaderError(BOMB)
    builder = BlockBuilder()
    n_chars = 0
    for page in pdf.pages:
        n_chars += len(page.chars)
        if n_chars > _MOST_CHARS:
            raise ReaderError(BOMB)
        _read_page(page, builder)
        page.close()
    if n_chars == 0:
        raise ReaderError(SCANNED)
    return builder.finish()


def _read_page(page: Any, builder: BlockBuilder) -> None:  # noqa: ANN401
    tables = [table for table in page.find_tables() if len(table.rows[0].cells) > 1]
    words = page.extract_words(use_text_flow=False, keep_blank_chars=False)
    outside = [word for word in words if not any(_inside(word, table.bbox) for table in tables)]
    parts: list[tuple[float, Any]] = [(table.bbox[1], table) for table in tables]
    parts += [(line[0]["top"], line) for line in _lines(outside)]
    bottom = 0.0
    for top, part in sorted(parts, key=lambda item: item[0]):
        if isinstance(part, list):
            height = part[0]["bottom"] - part[0]["top"]
            if bottom and top - bottom > height:
                builder.end_line()  # a gap as high as a line parts paragraphs
            builder.text(" ".join(word["text"] for word in part))
            builder.end_line()
            bottom = part[0]["bottom"]
        else:
            _read_table(part, words, builder)
            bottom = part.bbox[3]


def _read_table(table: Any, words: Sequence[dict[str, Any]], builder: BlockBuilder) -> None:  # noqa: ANN401
    builder.open_table()
    for row in table.rows:
        builder.add_row([_cell_text(words, box) if box else "" for box in row.cells])
    builder.close_table()


def _inside(word: dict[str, Any], box: tuple[float, float, float, float]) -> bool:
    across, down = (word["x0"] + word["x1"]) / 2, (word["top"] + word["bottom"]) / 2
    return bool(box[0] <= across <= box[2] and box[1] <= down <= box[3])


def _lines(words: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Gather words into lines, top to bottom, left to right."""
    lines: list[list[dict[str, Any]]] = []
    for word in sorted(words, key=lambda word: (word["top"], word["x0"])):
        if lines and abs(lines[-1][0]["top"] - word["top"]) < _BOX_SLACK + 1:
            lines[-1].append(word)
        else:
            lines.append([word])
    return [sorted(line, key=lambda word: float(word["x0"])) for line in lines]


def _cell_text(words: Sequence[dict[str, Any]], box: tuple[float, float, float, float]) -> str:
    """Return the text of a cell, telling the ends of paragraphs from mere line ends."""
    lines = _lines([word for word in words if _inside(word, box)])
    if not lines:
        return ""
    left = min(line[0]["x0"] for line in lines)
    room = max(box[2] - (left - box[0]), *(line[-1]["x1"] for line in lines))
    text = ""
    for before, line in zip([None, *lines], lines, strict=False):
        said = " ".join(word["text"] for word in line)
        if before is None:
            text = said
            continue
        first = line[0]["x1"] - line[0]["x0"]
        space = (line[0]["bottom"] - line[0]["top"]) / 4
        fits = before[-1]["x1"] + space + first + _BOX_SLACK < room
        text += f"\n{said}" if fits else f" {said}"
    return text
