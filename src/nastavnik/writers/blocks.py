"""A paper as plain data: a closed list of blocks in their order, which every writer draws and the page shows.

A block holds words and nothing that acts. `as_plain` and `from_plain` turn blocks into what a database keeps and back, so a
registered paper is drawn again years later from what was kept, whatever became of its kind.
"""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Whose paper it is, over everything."""

    organisation: str


@dataclass(frozen=True, slots=True)
class Approval:
    """The block of approval at the top right: «УТВЕРЖДАЮ», the post, the line of the signature, the date."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """What kind of paper it is, in one word: «ПРИКАЗ»."""

    text: str


@dataclass(frozen=True, slots=True)
class Requisites:
    """Date at the left, number at the right, the town below."""

    date: str
    number: str
    town: str = ""


@dataclass(frozen=True, slots=True)
class Title:
    """A heading: of the paper at the left, of a table or a sheet in the middle; it stays on the page of what follows."""

    text: str
    is_centred: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; a `lead` is the bold word before points: «ПРИКАЗЫВАЮ:»."""

    text: str
    is_lead: bool = False


@dataclass(frozen=True, slots=True)
class Points:
    """Numbered points; the last one stays with the signature after it."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bullets:
    """An unnumbered list."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of a table: its heading and its width in centimetres."""

    title: str
    width: float


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: `n_rows` is how many rows it goes through, 0 where it goes on with the cell above."""

    text: str
    n_rows: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table; with one cell only in a table of several columns it goes across (a section)."""

    cells: tuple[Cell, ...]
    is_bold: bool = False


@dataclass(frozen=True, slots=True)
class PaperTable:
    """A table with lines; its head is repeated on every page and no row is torn.

    `heading` stands over it, bold, and stays with it.
    """

    columns: tuple[TableColumn, ...]
    rows: tuple[Row, ...]
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Labels:
    """What stands in small letters under the lines to write on."""

    signature: str
    date: str


@dataclass(frozen=True, slots=True)
class Signature:
    """Post, a line to sign on, initials and last name."""

    position: str
    name: str
    labels: Labels | None = None


@dataclass(frozen=True, slots=True)
class Acquainted:
    """Who signs that the paper was read: a line for the signature and one for the date each."""

    word: str
    names: tuple[str, ...]
    labels: Labels | None = None


@dataclass(frozen=True, slots=True)
class Annex:
    """A new page begins, an annex to what stands before: its caption at the right."""

    caption: tuple[str, ...]


Block = (
    Letterhead
    | Approval
    | Word
    | Requisites
    | Title
    | Paragraph
    | Points
    | Bullets
    | PaperTable
    | Signature
    | Acquainted
    | Annex
)
_KINDS: dict[str, Callable[..., Block]] = {
    "letterhead": Letterhead,
    "approval": Approval,
    "word": Word,
    "requisites": Requisites,
    "title": Title,
    "paragraph": Paragraph,
    "points": Points,
    "bullets": Bullets,
    "table": PaperTable,
    "signature": Signature,
    "acquainted": Acquainted,
    "annex": Annex,
}
_CODES: dict[Any, str] = {kind: code for code, kind in _KINDS.items()}
CODES = tuple(_KINDS)


def code_of(block: Block) -> str:
    """Return the word of a block in the files of kinds and in the database."""
    return _CODES[type(block)]


def as_plain(blocks: Iterable[Block]) -> list[dict[str, Any]]:
    """Return blocks as lists, texts and numbers; empty and usual values are kept too, so nothing depends on defaults."""
    return [{"block": code_of(block), **dataclasses.asdict(block)} for block in blocks]


def from_plain(records: Iterable[Mapping[str, Any]]) -> list[Block]:
    """Return the blocks that `as_plain` gave, also after JSON has made lists of tuples.

    Raises:
        KeyError: a block of no known kind.
        TypeError: a record has a field its block has not, or lacks one.
    """
    return [_block(dict(record)) for record in records]


def _block(record: dict[str, Any]) -> Block:
    kind = _KINDS[record.pop("block")]
    if kind is PaperTable:
        return PaperTable(
            tuple(TableColumn(**column) for column in record["columns"]),
            tuple(
                Row(tuple(Cell(**cell) for cell in row["cells"]), row["is_bold"])
                for row in record["rows"]
            ),
            record["heading"],
        )
    if record.get("labels") is not None:
        record["labels"] = Labels(**record["labels"])
    return kind(
        **{
            name: tuple(value) if isinstance(value, list) else value
            for name, value in record.items()
        }
    )


def joined(rows: Iterable[Iterable[str | None]]) -> tuple[Row, ...]:
    """Return rows of a table in which None goes on with the cell above.

    A cell says how many rows it goes through; in the first row None is an empty cell.
    """
    cells = [[Cell(text or "", 0 if text is None else 1) for text in row] for row in rows]
    for place in range(len(cells[0]) if cells else 0):
        n_below = 0
        for number in range(len(cells) - 1, -1, -1):
            cell = cells[number][place]
            if cell.n_rows == 0 and number:
                n_below += 1
            else:
                cells[number][place] = Cell(cell.text, 1 + n_below)
                n_below = 0
    return tuple(Row(tuple(row)) for row in cells)


def texts_of(blocks: Iterable[Block]) -> list[str]:
    """Return everything the blocks say, in the order it is read: for searching in a paper and for comparing two."""
    return [text for record in as_plain(blocks) for text in _texts(record) if text]


def _texts(value: Any) -> list[str]:  # noqa: ANN401 - plain data of any depth
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for name, one in value.items() if name != "block" for text in _texts(one)]
    if isinstance(value, list | tuple):
        return [text for one in value for text in _texts(one)]
    return []
