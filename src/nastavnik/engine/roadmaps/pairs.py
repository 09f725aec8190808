"""Two activities printed in one row, told apart (method.md §10.1, S0)."""

import re
from collections.abc import Sequence

from nastavnik.engine.roadmaps.columns import Meaning
from nastavnik.engine.roadmaps.phrases import looks_like_term, starts_high
from nastavnik.engine.roadmaps.rows import RoadmapRow

PARTED = "parted"
_ITEM = re.compile(r"\d{1,2}[.)]|[-–—•·➤*▪]")
_NUMBERED = re.compile(r"\d{1,2}[.)]")


def part_line(line: RoadmapRow) -> list[RoadmapRow]:
    """Return one line for each activity in it.

    A row holds n activities when it holds n terms, each a paragraph of its own, and n titles,
    each a paragraph with a capital letter that is no item of a list. What stands n times is
    parted likewise, what stands once belongs to all; owners beyond n go to the last one.
    """
    terms = line.values[Meaning.TERM].split("\n")
    titles = _titles(line.title.split("\n"), len(terms))
    if len(terms) < 2 or len(titles) != len(terms) or not all(map(looks_like_term, terms)):  # noqa: PLR2004
        return [line]
    columns = {meaning: _share(text, len(terms)) for meaning, text in line.values.items()}
    columns |= {Meaning.TITLE: titles, Meaning.TERM: terms}
    return [
        RoadmapRow(
            line.number,
            line.stage,
            {meaning: column[index] for meaning, column in columns.items()},
            line.sources,
            alone=False,
            doubts=[*line.doubts, PARTED],
        )
        for index in range(len(terms))
    ]


def _titles(paragraphs: Sequence[str], n: int) -> list[str]:
    """Gather the paragraphs under those that start a title."""
    numbered = [bool(_NUMBERED.match(paragraph)) for paragraph in paragraphs]
    if numbered and numbered[0] and sum(numbered) == n:
        starts = numbered
    else:
        starts = [not _ITEM.match(text) and starts_high(text) for text in paragraphs]
    titles: list[str] = []
    for paragraph, first in zip(paragraphs, starts, strict=True):
        if first or not titles:
            titles.append(paragraph)
        else:
            titles[-1] = f"{titles[-1]}\n{paragraph}"
    return titles


def _share(text: str, n: int) -> list[str]:
    paragraphs = text.split("\n")
    if len(paragraphs) == 1:
        return [text] * n
    if len(paragraphs) < n:
        return [text, *[""] * (n - 1)]
    return [*paragraphs[: n - 1], "\n".join(paragraphs[n - 1 :])]
