"""From what is asked to a print of sheets, and from pictures of these to what is marked."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from PIL import Image

from nastavnik.blanks.models import Blank, ScannedPage
from nastavnik.blanks.queries import free_numbers
from nastavnik.core.errors import RefusedError
from nastavnik.engine.blanks.codes import token_of
from nastavnik.engine.blanks.layout import (
    SHOWN,
    WIDTH,
    PrintedPage,
    PrintedQuestion,
    SheetBox,
    WritingFrame,
    lay_out,
)
from nastavnik.readers.piles import PageRead, read_pile
from nastavnik.readers.refusals import ReaderError
from nastavnik.writers.blanks import PrintedBlank, draw_blanks, measure

#: Of one print: some minutes of drawing, and no more than one binder holds.
MOST_PRINTED_PAGES = 1500


@dataclass(frozen=True, slots=True)
class DrawnSheets:
    """Sheets drawn and not yet kept.

    Attributes:
        pdf: all of them.
        layout: where the boxes stand, page by page.
        people: number of a sheet → key of its person, None for a spare one; in the order of the pages.
    """

    pdf: bytes
    layout: Mapping[str, Any]
    people: Mapping[int, int | None]


def draw_sheets(
    title: str,
    questions: Sequence[PrintedQuestion],
    names: Sequence[tuple[int, str]],
    n_spare: int,
) -> DrawnSheets:
    """Draw a sheet for each person and spare ones behind them.

    Args:
        title: printed above each page.
        questions: in their order.
        names: key and printed name of each person.
        n_spare: sheets without a name.

    Raises:
        RefusedError: a question fits no paper, or there are too many pages for one print.
    """
    try:
        pages = lay_out(questions, measure())
    except ValueError as error:
        raise RefusedError(str(error)) from error
    whose: list[tuple[int | None, str]] = [*names, *[(None, "")] * n_spare]
    if len(whose) * len(pages) > MOST_PRINTED_PAGES:
        raise RefusedError(
            _(
                "%(n)s pages would be printed, and at most %(most)s go at once: print class by class."
            )
            % {"n": len(whose) * len(pages), "most": MOST_PRINTED_PAGES}
        )
    numbers = free_numbers(len(whose))
    blanks = [
        PrintedBlank(number, name) for number, (_key, name) in zip(numbers, whose, strict=True)
    ]
    return DrawnSheets(
        draw_blanks(title, pages, blanks),
        {"pages": [_layout(page) for page in pages]},
        {number: key for number, (key, _name) in zip(numbers, whose, strict=True)},
    )


def _layout(page: PrintedPage) -> dict[str, Any]:
    return {
        "boxes": [
            [one.item, one.value, one.is_several, one.x, one.y, one.w, one.h] for one in page.boxes
        ],
        "frames": [[one.item, one.x, one.y, one.w, one.h] for one in page.frames],
    }


@dataclass(frozen=True, slots=True)
class ReadPile:
    """What came of files loaded at once.

    Attributes:
        pages: name of the file and what one of its pages says.
        refusals: (file, why) of each that was not read at all or not to its end.
        n_files: how many were loaded.
    """

    pages: Sequence[tuple[str, PageRead]]
    refusals: Sequence[tuple[str, str]]
    n_files: int


Look = Callable[[int, int], None]


def read_files(files: Mapping[str, bytes], blanks: Iterable[Blank], look: Look) -> ReadPile:
    """Read scans and photos of sheets, each file in a process of its own; one that is refused stops no other.

    Args:
        files: name → bytes.
        blanks: the sheets that may be among them, with their `run`.
        look: told how many pages are read and of how many as far as is known; what it raises ends the reading.
    """
    key, frames = _key(blanks)
    pages: list[tuple[str, PageRead]] = []
    refusals: list[tuple[str, str]] = []
    for n_files, (name, data) in enumerate(files.items(), 1):
        before, rest = len(pages), len(files) - n_files

        def tick(before: int = before, rest: int = rest) -> None:
            of = pages[-1][1].n_pages if len(pages) > before else 1
            look(len(pages), max(before + of, len(pages)) + rest)

        tick()
        try:
            for page in read_pile(data, name, key, frames=frames, look=tick):
                pages.append((name, page))
                tick()
        except ReaderError as error:
            refusals.append((name, str(error)))
    return ReadPile(pages, refusals, len(files))


def _key(
    blanks: Iterable[Blank],
) -> tuple[dict[str, tuple[SheetBox, ...]], dict[str, tuple[WritingFrame, ...]]]:
    """Return token of each printed page → its boxes, and → its places to write in."""
    key, frames = {}, {}
    pages_of: dict[int, list[tuple[tuple[SheetBox, ...], tuple[WritingFrame, ...]]]] = {}
    for blank in blanks:
        if blank.run_id not in pages_of:
            pages_of[blank.run_id] = [
                (
                    tuple(SheetBox(*row) for row in page["boxes"]),
                    tuple(WritingFrame(*row) for row in page["frames"]),
                )
                for page in blank.run.layout["pages"]
            ]
        for number, (boxes, places) in enumerate(pages_of[blank.run_id], 1):
            token = token_of(blank.number, number)
            key[token], frames[token] = boxes, places
    return key, frames


def crop_of(scan: ScannedPage, item: str) -> bytes | None:
    """Return the place of an item cut out of a page, as .jpg; None where the page has none or no picture is kept."""
    if scan.blank is None or scan.picture is None:
        return None
    place = _place_of(scan.blank.run.layout["pages"][scan.page - 1], item)
    if place is None:
        return None
    left, top, right, bottom = (round(at * SHOWN) for at in place)
    with Image.open(BytesIO(bytes(scan.picture)), formats=["JPEG"]) as page:
        cut = page.crop(
            (max(0, left), max(0, top), min(page.width, right), min(page.height, bottom))
        )
        shown = BytesIO()
        cut.save(shown, "JPEG", quality=80)
    return shown.getvalue()


def _place_of(page: Mapping[str, Any], item: str) -> tuple[float, float, float, float] | None:
    """Return the place of an item with some paper around it, mm: words stand above boxes in a row, beside them in columns."""
    boxes = [row for row in page["boxes"] if row[0] == item]
    if boxes:
        rows = {row[4] for row in boxes}
        right = max(row[3] + row[5] for row in boxes) + 6.0
        if len(rows) > 1:
            right = WIDTH - 6.0
        left = min(row[3] for row in boxes) - 6.0
        return left, min(rows) - 6.0, right, max(row[4] + row[6] for row in boxes) + 4.5
    for _item, x, y, w, h in (row for row in page["frames"] if row[0] == item):
        return x - 2.0, y - 2.0, x + w + 2.0, y + h + 2.0
    return None
