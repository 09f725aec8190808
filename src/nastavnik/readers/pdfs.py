"""PDF files with a text layer: ruled tables and the lines around them."""

import io
import logging
import re
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

import pdfplumber

from nastavnik.engine.roadmaps.blocks import Block
from nastavnik.engine.roadmaps.spelling import is_one_word
from nastavnik.readers.archives import BOMB, LOCKED
from nastavnik.readers.building import BlockBuilder
from nastavnik.readers.refusals import ReaderError

MOST_PAGES = 60
_MOST_STREAMS = 5_000
_MOST_UNPACKED = 24 * 1024 * 1024
_MOST_DRAWING = 3 * 1024 * 1024  # page contents; a dense page takes some 60 kB
_MOST_CHARS = 300_000

_STREAM = re.compile(rb"stream\r?\n")
_TWICE = re.compile(
    rb"/(?:Fl|FlateDecode|LZW|LZWDecode)\b[^>\]]{0,60}/(?:Fl|FlateDecode|LZW)", re.DOTALL
)
_PICTURE = re.compile(rb"/Subtype\s*/Image|/FontFile|/Length1\b")
_SHORT = 4096
_SLACK = 2.0

Word = dict[str, Any]
Words = Sequence[Word]
Line = list[Word]

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
        while size <= _MOST_UNPACKED and not unpacker.eof:
            if at >= len(body) and not unpacker.unconsumed_tail:
                break
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
    words: Words = page.extract_words(use_text_flow=False, keep_blank_chars=False)
    outside = [word for word in words if not any(_inside(word, table.bbox) for table in tables)]
    room = max((w["x1"] for w in words), default=0) - min((w["x0"] for w in words), default=0)
    parts: list[tuple[float, Any]] = [(table.bbox[1], table) for table in tables]
    parts += [(paragraph[0][0]["top"], paragraph) for paragraph in _paragraphs(outside, room)]
    bottom = 0.0
    for top, part in sorted(parts, key=lambda item: item[0]):
        if isinstance(part, list):
            if bottom and top - bottom > 2 * _height(part[0]):
                builder.end_line()  # a gap as high as two lines is an empty line
            builder.text(_said(part, room))
            builder.end_line()
            bottom = part[-1][0]["bottom"]
        else:
            _read_table(part, words, builder)
            bottom = part.bbox[3]


def _read_table(table: Any, words: Words, builder: BlockBuilder) -> None:  # noqa: ANN401
    boxes = [list(row.cells) for row in table.rows]
    held = {
        box: [word for word in words if _inside(word, box)] for row in boxes for box in row if box
    }
    padding = min(
        (word["x0"] - box[0] for box, inside in held.items() for word in inside), default=0.0
    )
    builder.open_table()
    for row in boxes:
        builder.add_row([_cell_text(held[box], box, padding) if box else "" for box in row])
    builder.close_table()


def _inside(word: Word, box: tuple[float, float, float, float]) -> bool:
    across, down = (word["x0"] + word["x1"]) / 2, (word["top"] + word["bottom"]) / 2
    return bool(box[0] <= across <= box[2] and box[1] <= down <= box[3])


def _cell_text(words: Words, box: tuple[float, float, float, float], padding: float) -> str:
    room = box[2] - box[0] - 2 * max(padding, 0.0)
    return "\n".join(_said(paragraph, room) for paragraph in _paragraphs(words, room))


def _lines(words: Words) -> list[Line]:
    """Gather words into lines, top to bottom, left to right."""
    lines: list[Line] = []
    for word in sorted(words, key=lambda word: (word["top"], word["x0"])):
        if lines and abs(lines[-1][0]["top"] - word["top"]) < _SLACK + 1:
            lines[-1].append(word)
        else:
            lines.append([word])
    return [sorted(line, key=lambda word: float(word["x0"])) for line in lines]


def _paragraphs(words: Words, room: float) -> list[list[Line]]:
    """Gather lines into paragraphs: a line ends one if the next word would still fit on it."""
    paragraphs: list[list[Line]] = []
    for line in _lines(words):
        before = paragraphs[-1][-1] if paragraphs else None
        if (
            before is None
            or _left(before, room) > _SLACK + _width(line[:1]) + _height(line) / 4
            or line[0]["top"] - before[0]["bottom"] > _height(line)
        ):
            paragraphs.append([line])
        else:
            paragraphs[-1].append(line)
    return paragraphs


def _said(paragraph: Sequence[Line], room: float) -> str:
    """Return a paragraph as one line; a word too long for its cell is put together again."""
    said = ""
    for at, line in enumerate(paragraph):
        here = " ".join(word["text"] for word in line)
        before = paragraph[at - 1] if at else None
        said = here if before is None else said + _gap(before, line, room) + here
    return said


def _gap(before: Line, line: Line, room: float) -> str:
    """Return what stands between two lines of a paragraph: a space, or nothing inside a word."""
    first = line[0]["text"]
    if before[-1]["text"][-2:-1].isalnum() and before[-1]["text"].endswith("-"):
        return "" if first[0].islower() else " "
    filled = len(before) == 1 and _left(before, room) < 2 * _width(line[:1]) / len(first)
    return "" if filled and is_one_word(before[-1]["text"], first) else " "


def _width(line: Line) -> float:
    return float(line[-1]["x1"] - line[0]["x0"])


def _left(line: Line, room: float) -> float:
    return room - _width(line)


def _height(line: Line) -> float:
    return float(line[0]["bottom"] - line[0]["top"])
