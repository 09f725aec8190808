"""A roadmap as JSON, for the command and for other programs."""

from collections.abc import Callable, Sequence
from typing import Any

from nastavnik.engine.roadmaps.blocks import Block
from nastavnik.engine.roadmaps.indicators import Indicator
from nastavnik.engine.roadmaps.reading import ParsedActivity, read_roadmap

ReadTerm = Callable[[str, int | None], dict[str, Any]]


def read_roadmap_json(blocks: Sequence[Block], *, read_term: ReadTerm) -> dict[str, Any]:
    """Read a document into the answer of `read-roadmap`.

    Args:
        blocks: The document, as `readers.documents` reads it.
        read_term: Says what a term means, given its text and the first year of the document:
            `{"kind", "start", "end", "recurs", "rest"}`.
    """
    roadmap = read_roadmap(blocks)
    year = roadmap.first_year
    return {
        "title": roadmap.title,
        "organisation": roadmap.organisation,
        "approved_on": roadmap.approved_on.isoformat() if roadmap.approved_on else None,
        "activities": [
            _activity(one, read_term(one.term_text, year)) for one in roadmap.activities
        ],
        "left_over": [
            {"line": left.source.line, "text": left.source.text} for left in roadmap.left_over
        ],
        "indicators": [_indicator(indicator) for indicator in roadmap.indicators],
        "warnings": list(roadmap.warnings),
    }


def _activity(activity: ParsedActivity, term: dict[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {
        "number": activity.number,
        "section": activity.section or None,
        "title": activity.title,
        "term_text": activity.term_text,
        "term": term,
        "responsible": list(activity.responsible),
        "result": activity.result or None,
        "document": activity.document or None,
    }
    return said | {"notes": activity.notes} if activity.notes else said


def _indicator(indicator: Indicator) -> dict[str, Any]:
    targets = {str(year): _plain(value) for year, value in indicator.targets.items()}
    return {"name": indicator.name, "targets": targets}


def _plain(value: float | None) -> float | int | None:
    return int(value) if value is not None and value.is_integer() else value
