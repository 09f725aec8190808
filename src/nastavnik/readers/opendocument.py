"""OpenDocument texts and sheets (.odt, .ods): the content part, with its repeats."""

from collections.abc import Mapping

from nastavnik.engine.roadmaps.blocks import Block
from nastavnik.readers.archives import parse, unpack, whole_number
from nastavnik.readers.building import BlockBuilder

MAIN_PART = "content.xml"
_HIDDEN = frozenset({"tracked-changes", "annotation", "note-citation", "automatic-styles"})
_MARKS = {"tab": " ", "line-break": "\n", "s": " "}


def read_opendocument(data: bytes) -> tuple[Block, ...]:
    """Read paragraphs, lists and tables; a repeated cell or row is read as many times.

    Raises:
        ReaderError: Broken, too large, or made to harm.
    """
    reader = _OpenDocumentReader()
    parse(unpack(data, MAIN_PART), reader)
    return reader.builder.finish()


class _OpenDocumentReader:
    def __init__(self) -> None:
        self.builder = BlockBuilder()
        self._n_hidden = 0
        self._n_paragraphs = 0
        self._in_item = False
        self._depth = 0
        self._cell: Mapping[str, str] = {}
        self._row: Mapping[str, str] = {}

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name in _HIDDEN or self._n_hidden:
            self._n_hidden += 1
            return
        if name in _MARKS:
            self.builder.text(_MARKS[name])
        elif name in {"p", "h"}:
            self._n_paragraphs += 1
            if self._in_item:
                self.builder.text("- ")
            self._in_item = False
        elif name == "list-item":
            self._in_item = True
        else:
            self._start_table_part(name, attributes)

    def _start_table_part(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "table":
            self._depth += 1
            self.builder.open_table()
        elif self._depth == 1 and name == "table-row":
            self._row = attributes
        elif self._depth == 1 and name == "table-cell":
            self._cell = attributes
            self.builder.open_cell()

    def end(self, name: str) -> None:
        if self._n_hidden:
            self._n_hidden -= 1
        elif name in {"p", "h"}:
            self._n_paragraphs -= 1
            self.builder.end_line()
        elif name == "table-cell":
            self.builder.close_cell(
                across=whole_number(self._cell.get("number-columns-spanned")),
                down=whole_number(self._cell.get("number-rows-spanned")),
                times=whole_number(self._cell.get("number-columns-repeated")),
            )
        elif name == "table-row":
            self.builder.close_row(times=whole_number(self._row.get("number-rows-repeated")))
        elif name == "table":
            self._depth -= 1
            self.builder.close_table()

    def data(self, text: str) -> None:
        if self._n_paragraphs and not self._n_hidden:
            self.builder.text(text.replace("\n", " "))
