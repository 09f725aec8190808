"""What the papers of a roadmap say, made of its lines."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from nastavnik.documents.adapter import Case, name_of_text
from nastavnik.roadmaps.catalogues import PaperLayout, stages
from nastavnik.roadmaps.models import Activity, Roadmap, RoadmapSection
from nastavnik.roadmaps.queries import (
    DONE,
    LATE,
    NEXT,
    SKIPPED,
    ActivityLine,
    RoadmapPart,
    parts_of,
)
from nastavnik.roadmaps.rendering.charts import Span
from nastavnik.writers import blocks
from nastavnik.writers.blocks import Block
from nastavnik.writers.calendars import Event
from nastavnik.writers.texts import tidy

# who is meant by «ответственные муниципальные» (method.md §7.2, source 001)
_DISTRICT = ("управлени", "отдел образования", "центр", "институт", "муниципальн", "уо", "цро")
_BELOW = re.compile(
    r"(\d{1,3})(?:\.\d{1,3}){1,4}[.)]?"
)  # the number of a line in a numbered section
_PLAIN = {
    "number": "number",
    "title": "title",
    "term": "term_text",
    "responsible": "responsible",
    "result": "result",
    "document": "document_text",
}
LONGEST_LABEL = 22
APPROVED, BLANK = "УТВЕРЖДАЮ", "____________"
REMIND_DAYS = 7


def paper_of(
    roadmap: Roadmap,
    lines: Sequence[ActivityLine],
    layout: PaperLayout,
    sections: Mapping[str, RoadmapSection],
) -> list[Block]:
    """Return what a paper of the roadmap says, for a sheet on its side; without section rows the lines keep their order.

    `sections`: title → what is said of the section itself.
    """
    parts = parts_of(lines) if layout.sections else [RoadmapPart("", None, tuple(lines))]
    columns = tuple(blocks.TableColumn(column.title, column.width) for column in layout.columns)
    rows = [row for part in parts for row in _rows(part, sections.get(part.title), layout)]
    return [
        blocks.Approval(_approval(roadmap)),
        blocks.Letterhead(roadmap.organisation.full_name),
        blocks.Title(roadmap.title, is_centred=True),
        blocks.PaperTable(columns, tuple(rows)),
    ]


def _rows(
    part: RoadmapPart, section: RoadmapSection | None, layout: PaperLayout
) -> Iterator[blocks.Row]:
    """Yield the row of a section, where there is one, and its lines."""
    if layout.sections:
        yield from _section_row(part, section, layout)
    for line in part.lines:
        yield _row(row_of(line.activity, layout))


def _section_row(
    part: RoadmapPart, section: RoadmapSection | None, layout: PaperLayout
) -> Iterator[blocks.Row]:
    """Yield a section in the columns of its lines when something is said of it, otherwise across the table."""
    if section is None:
        heading = part.title
    else:
        number, title = number_and_title(part)
        fields = [column.field for column in layout.columns]
        if number and "number" in fields:
            named = {"number": number, "title": title}
            cells = [named[field] if field in named else _cell(section, field) for field in fields]
            yield _row(cells, is_bold=True)
            return
        heading = heading_of(part, section)
    if heading:
        yield _row([heading], is_bold=True)


def _row(texts: Iterable[str], *, is_bold: bool = False) -> blocks.Row:
    return blocks.Row(tuple(blocks.Cell(tidy(text)) for text in texts), is_bold)


def number_and_title(part: RoadmapPart) -> tuple[str, str]:
    """Return «1» and «Подготовка» of a section whose lines are numbered «1.1»: such a row is known again as a section."""
    for line in part.lines:
        found = _BELOW.fullmatch(line.activity.number.strip())
        if found and part.title.startswith(f"{found[1]}. "):
            return found[1], part.title.removeprefix(f"{found[1]}. ").strip()
    return "", part.title


def heading_of(part: RoadmapPart, section: RoadmapSection | None) -> str:
    """Return the title of a section with all that is said of it, for a row across the table."""
    return f"{part.title} ({section.said})" if section and section.said else part.title


def _approval(roadmap: Roadmap) -> tuple[str, ...]:
    """Return the block of approval: what is not known is left to be written by hand."""
    organisation = roadmap.organisation
    post = organisation.head_position.strip()
    signed = ""
    if organisation.head_name:
        signed = name_of_text(organisation.head_name, Case.NOMINATIVE).initials_and_last
    day = roadmap.approved_on
    return (
        APPROVED,
        post[:1].upper() + post[1:] if post else BLANK,
        f"{BLANK} {signed or BLANK}",
        f"{day:%d.%m.%Y}" if day else f"«___» {BLANK} {roadmap.year.starts_on.year} г.",
    )


def row_of(activity: Activity, layout: PaperLayout) -> tuple[str, ...]:
    """Return the texts of one line, column by column."""
    return tuple(_cell(activity, column.field) for column in layout.columns)


def _cell(activity: Activity | RoadmapSection, field: str) -> str:
    if field in _PLAIN:
        return str(getattr(activity, _PLAIN[field]))
    of_district = field == "responsible_district"
    owners = [owner.strip() for owner in activity.responsible.split(";") if owner.strip()]
    return "; ".join(
        owner for owner in owners if owner.casefold().startswith(_DISTRICT) is of_district
    )


def events_of(lines: Sequence[ActivityLine]) -> list[Event]:
    """Return each time of the lines with days as an event.

    A deadline is its last day, what is not done reminds a week before.
    """
    return [
        _event(line, place, first or last, last or first)
        for line in lines
        if line.state != SKIPPED
        for place, (first, last) in enumerate(line.activity.times)
        if first or last
    ]


def _event(line: ActivityLine, place: int, first: dt.date | None, last: dt.date | None) -> Event:
    """Return one time of a line; its key is the same at every export, and like no other of any school."""
    assert first is not None  # noqa: S101 - a time without days is left out
    assert last is not None  # noqa: S101 - as above
    one = line.activity
    title = f"{one.number} {one.title}".strip()
    is_over = line.state == DONE or place < one.n_held
    again = f"-{place + 1}" if place else ""
    return Event(
        f"activity-{one.pk}{again}.{one.roadmap.calendar_key}@nastavnik",
        first, last, title, one.responsible, None if is_over else REMIND_DAYS,
    )  # fmt: skip


def spans_of(parts: Sequence[RoadmapPart]) -> list[tuple[str, list[Span]]]:
    """Return what the picture of the year shows: label and lines of each part."""
    return [
        (
            _label(part, place),
            [span for line in part.lines if line.state != SKIPPED for span in _spans(line)],
        )
        for place, part in enumerate(parts, 1)
    ]


def _spans(line: ActivityLine) -> list[Span]:
    """Return the times of a line to draw; ties lead to the one that is to be held next."""
    one = line.activity
    times = one.times
    current = min(one.n_held, len(times) - 1)
    return [
        Span(first, last, _state(line, place, current), one.pk if place == current else 0)
        for place, (first, last) in enumerate(times)
    ]


def _state(line: ActivityLine, place: int, current: int) -> str:
    if line.state == DONE or place < current:
        return DONE
    if place > current:
        return NEXT
    return "late" if line.state == LATE else line.state


def _label(part: RoadmapPart, place: int) -> str:
    if part.stage:
        return f"{part.stage}. {stages()[part.stage].short}"
    if len(part.title) <= LONGEST_LABEL:
        return part.title
    words = part.title[: LONGEST_LABEL - 1].rsplit(" ", 1)[0]
    return f"{words or place}…"
