"""From what is asked to a print of sheets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from nastavnik.blanks.queries import free_numbers
from nastavnik.core.errors import RefusedError
from nastavnik.engine.blanks.layout import PrintedPage, PrintedQuestion, lay_out
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
