"""Word documents (.docx): the text and the tables of the main part, nothing else."""

from collections.abc import Mapping

from nastavnik.engine.roadmaps.blocks import Block
from nastavnik.readers.archives import parse, unpack, whole_number
from nastavnik.readers.building import MOST_CELLS, TOO_MANY_CELLS, BlockBuilder
from nastavnik.readers.numbering import Numbering, read_numbering
from nastavnik.readers.refusals import ReaderError

MAIN_PART = "word/document.xml"
_NUMBERING_PART = "word/numbering.xml"
_HIDDEN = frozenset({"moveFrom", "Fallback", "del", "instrText", "pPrChange", "tcPrChange"})
_MARKS = {"tab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


def read_word(data: bytes, names: frozenset[str]) -> tuple[Block, ...]:
    """Read the body: paragraphs with their automatic numbers, tables with merged cells.

    Deleted and moved-away text is left out, inserted text is read.

    Raises:
        ReaderError: Broken, too large, or made to harm.
    """
    numbering = Numbering()
    if _NUMBERING_PART in names:
        numbering = read_numbering(unpack(data, _NUMBERING_PART))
    reader = _DocxReader(numbering)
    main = unpack(data, MAIN_PART)
    if main.count(b":tc>") > 2 * MOST_CELLS:  # starts and ends; sooner than reading up to there
        raise ReaderError(TOO_MANY_CELLS)
    parse(main, reader)
    return reader.builder.finish()


class _DocxReader:
    def __init__(self, numbering: Numbering) -> None:
        self.builder = BlockBuilder()
        self._numbering = numbering
        self._n_hidden = 0
        self._in_text = False
        self._depth = 0
        self._across = 1
        self._same = False
        self._list: dict[str, str] = {}

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name in _HIDDEN or self._n_hidden:
            self._n_hidden += 1
            return
        self._in_text = name == "t"
        if name in _MARKS:
            self.builder.text(_MARKS[name])
        elif name in {"tbl", "tc", "gridBefore"}:
            self._start_table_part(name, attributes)
        elif name == "p":
            self._list = {}
        elif name in {"numId", "ilvl"}:
            self._list[name] = attributes.get("val", "0")
        elif self._depth == 1:
            self._take_cell_mark(name, attributes)

    def _start_table_part(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "tbl":
            self._depth += 1
            self.builder.open_table()
        elif self._depth == 1 and name == "gridBefore":
            for _ in range(min(whole_number(attributes.get("val")), 100)):
                self.builder.open_cell()
                self.builder.close_cell()
        elif self._depth == 1:
            self._across, self._same = 1, False
            self.builder.open_cell()

    def _take_cell_mark(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "gridSpan":
            self._across = whole_number(attributes.get("val"))
        elif name == "vMerge":
            self._same = attributes.get("val") != "restart"

    def end(self, name: str) -> None:
        if self._n_hidden:
            self._n_hidden -= 1
            return
        self._in_text = False
        if name == "p":
            self.builder.end_line()
        elif name == "pPr":
            self._number_paragraph()
        elif name == "tc":
            self.builder.close_cell(across=self._across, same_as_above=self._same)
        elif name == "tr":
            self.builder.close_row()
        elif name == "tbl":
            self._depth -= 1
            self.builder.close_table()

    def _number_paragraph(self) -> None:
        if "numId" in self._list:
            depth = whole_number(self._list.get("ilvl"), 0)
            if label := self._numbering.next_label(self._list["numId"], depth):
                self.builder.text(f"{label} ")
        self._list = {}

    def data(self, text: str) -> None:
        if self._in_text:
            self.builder.text(text)
