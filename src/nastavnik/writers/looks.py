"""How a paper is laid out: sheet, margins and sizes (ГОСТ Р 7.0.97-2016, 3.2–3.3). Lengths in centimetres, sizes in points."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SheetLook:
    """The sheet of a paper.

    Attributes:
        left, right: margins at the sides.
        above: margin above and below.
        text: size of running text; a paper keeps 12 where it stands upright.
        title: size of a title in the middle.
        head, cell: sizes in tables.
        pads_rows: whether words keep off the lines above and below them; otherwise the sides are narrow.
        numbers_pages: whether pages after the first carry their number; many papers in one file carry their own.
    """

    is_landscape: bool
    left: float
    right: float
    above: float
    text: float
    title: float
    head: float
    cell: float
    pads_rows: bool
    numbers_pages: bool = True

    @property
    def breadth(self) -> float:
        """Return how broad text and tables are."""
        return (29.7 if self.is_landscape else 21) - self.left - self.right


PORTRAIT = SheetLook(
    is_landscape=False, left=3, right=1.5, above=2, text=12, title=12, head=9.5, cell=10, pads_rows=False
)  # fmt: skip
LANDSCAPE = SheetLook(
    is_landscape=True, left=2, right=2, above=1.5, text=11, title=14, head=11, cell=11, pads_rows=True
)  # fmt: skip
# a table of many columns
WIDE_TABLE = SheetLook(
    is_landscape=True, left=1.5, right=1, above=1.5, text=11, title=13, head=7.5, cell=8, pads_rows=False
)  # fmt: skip
# a paper of one sheet among many in a file
BLANK_FORM = SheetLook(
    is_landscape=False, left=2.5, right=1.5, above=1.5, text=11, title=12, head=9.5, cell=10, pads_rows=False,
    numbers_pages=False,
)  # fmt: skip
LINE = "______________"
SIGNATURE_CM = (6.5, 4.0, 6.0)
ACQUAINTED_CM = (8.5, 4.0, 4.0)
APPROVAL_CM = 17.0  # from the left margin of a sheet on its side
INDENT_CM = 1.25
SMALL = 8.0  # what stands under a line to write on
# as papers registered before 2026-12 have them: no word under the line
OLD_SIGNATURE, OLD_LINES = "_______________", "______________  ____________"


def starts(look: SheetLook) -> float:
    """Return how far from the left margin a block at the top right begins."""
    return APPROVAL_CM if look.is_landscape else look.breadth / 2
