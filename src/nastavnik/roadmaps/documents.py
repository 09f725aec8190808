"""What the papers of a roadmap say, made of its lines."""

import datetime as dt
from collections.abc import Sequence

from nastavnik.roadmaps.catalogues import PaperLayout, stages
from nastavnik.roadmaps.models import Activity, Roadmap
from nastavnik.roadmaps.queries import DONE, LATE, SKIPPED, Line, Part, parts_of
from nastavnik.roadmaps.rendering.calendars import Event
from nastavnik.roadmaps.rendering.charts import Span
from nastavnik.roadmaps.rendering.papers import Paper, PaperPart

# who is meant by «ответственные муниципальные» (method.md §7.2, source 001)
_DISTRICT = ("управлени", "отдел образования", "центр", "институт", "муниципальн", "уо", "цро")
_PLAIN = {
    "number": "number",
    "title": "title",
    "term": "term_text",
    "responsible": "responsible",
    "result": "result",
    "document": "document_text",
}
LONGEST_LABEL = 22
REMIND_DAYS = 7


def paper_of(roadmap: Roadmap, lines: Sequence[Line], layout: PaperLayout) -> Paper:
    """Return what the .docx says; without section rows the lines keep their own order."""
    parts = parts_of(lines) if layout.sections else [Part("", None, tuple(lines))]
    return Paper(
        roadmap.organisation.full_name,
        roadmap.title,
        tuple(
            PaperPart(part.title, tuple(row_of(line.activity, layout) for line in part.lines))
            for part in parts
        ),
    )


def row_of(activity: Activity, layout: PaperLayout) -> tuple[str, ...]:
    """Return the texts of one line, column by column."""
    return tuple(_cell(activity, column.field) for column in layout.columns)


def _cell(activity: Activity, field: str) -> str:
    if field in _PLAIN:
        return str(getattr(activity, _PLAIN[field]))
    of_district = field == "responsible_district"
    owners = [owner.strip() for owner in activity.responsible.split(";") if owner.strip()]
    return "; ".join(
        owner for owner in owners if owner.casefold().startswith(_DISTRICT) is of_district
    )


def events_of(lines: Sequence[Line]) -> list[Event]:
    """Return the lines with days as events; a deadline is its last day, what is not done reminds a week before."""
    return [
        _event(line, first, line.activity.ends_on or first)
        for line in lines
        if line.state != SKIPPED
        and (first := line.activity.starts_on or line.activity.ends_on) is not None
    ]


def _event(line: Line, first: dt.date, last: dt.date) -> Event:
    one = line.activity
    title = f"{one.number} {one.title}".strip()
    remind = None if line.state == DONE else REMIND_DAYS
    return Event(f"activity-{one.pk}@nastavnik", first, last, title, one.responsible, remind)


def spans_of(parts: Sequence[Part]) -> list[tuple[str, list[Span]]]:
    """Return what the picture of the year shows: label and lines of each part."""
    return [
        (
            _label(part, place),
            [
                Span(
                    line.activity.starts_on,
                    line.activity.ends_on,
                    "late" if line.state == LATE else line.state,
                    line.activity.pk,
                )
                for line in part.lines
                if line.state != SKIPPED
            ],
        )
        for place, part in enumerate(parts, 1)
    ]


def _label(part: Part, place: int) -> str:
    if part.stage:
        return f"{part.stage}. {stages()[part.stage].short}"
    if len(part.title) <= LONGEST_LABEL:
        return part.title
    words = part.title[: LONGEST_LABEL - 1].rsplit(" ", 1)[0]
    return f"{words or place}…"
