"""Terms and documents as our rows have them: the only place that asks the engines and readers."""

import calendar as months
import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from nastavnik.core.errors import RefusedError
from nastavnik.core.text import plain_within
from nastavnik.engine.periods.calendars import Calendar
from nastavnik.engine.periods.reading import read_term
from nastavnik.engine.periods.separate import separate_times
from nastavnik.engine.periods.shifting import shift_term
from nastavnik.engine.periods.terms import Recurrence, Term, TermKind
from nastavnik.engine.periods.writing import write_term
from nastavnik.engine.roadmaps import reading
from nastavnik.engine.roadmaps.indicators import Indicator
from nastavnik.engine.roadmaps.pairs import PARTED
from nastavnik.engine.roadmaps.rows import JOINED
from nastavnik.readers.bounded import read_bounded
from nastavnik.readers.documents import MOST_BYTES, ReaderError
from nastavnik.roadmaps.adapter.checks import past_promises
from nastavnik.roadmaps.catalogues import CatalogueActivity
from nastavnik.roadmaps.models import Activity, IndicatorTarget, RoadmapSection
from nastavnik.roadmaps.queries import words_of_values

__all__ = ["MOST_BYTES"]  # passed on to the page that takes a file

LAST_MONTH = 8  # May, counted from September: what is put off is not put off further
MOVED_BEFORE = 3  # December: what is usually over by then moves with the start
MISSED = reading.MISSED  # the kind of a line left over that may be an activity
SURE = 0.8  # a term understood with less is shown to a person
LONGEST = {
    "number": 20, "section": 1000, "title": 2000, "term_text": 500, "responsible": 2000, "result": 2000,
    "document_text": 1000,
}  # fmt: skip
SECTION_FIELDS = ("term_text", "responsible", "result", "document_text")
FIELDS = ("title", "term_text", "responsible", "result", "document_text")


@dataclass(frozen=True, slots=True)
class Days:
    """What a term means; named as the fields of an activity."""

    term_text: str
    starts_on: dt.date | None
    ends_on: dt.date | None
    recurs: str
    stretches: tuple[tuple[dt.date | None, dt.date], ...] = ()

    def as_fields(self) -> dict[str, Any]:
        """Return the fields to write."""
        return {
            "term_text": self.term_text,
            "starts_on": self.starts_on,
            "ends_on": self.ends_on,
            "recurs": self.recurs,
            "stretches": [
                [first and first.isoformat(), last.isoformat()] for first, last in self.stretches
            ],
        }


def days_of(text: str, year: int) -> Days:
    """Read a term; `year` is the calendar year in which the academic year begins."""
    return _days(text, read_term(text, year=year))


def _days(text: str, term: Term) -> Days:
    recurs = term.recurs.value if term.recurs else ""
    if several := separate_times(term):
        first = several[0][0]
        return Days(text, first, max(last for _first, last in several), recurs, several)
    return Days(text, term.start, term.end, recurs)


def words_of(starts_on: dt.date | None, ends_on: dt.date | None, recurs: str = "") -> str:
    """Write days as a term in good Russian."""
    return write_term(_term(starts_on, ends_on, recurs))


def words_of_times(times: Iterable[tuple[dt.date | None, dt.date | None]]) -> str:
    """Write separate times as one term."""
    parts = tuple(_term(first, last, "") for first, last in times)
    return write_term(Term(TermKind.RANGE, parts=parts))


def _term(starts_on: dt.date | None, ends_on: dt.date | None, recurs: str) -> Term:
    kind = TermKind.RANGE
    if starts_on is None:
        kind = TermKind.CONTINUOUS if ends_on is None else TermKind.BY
    elif starts_on == ends_on:
        kind = TermKind.ON
    return Term(kind, starts_on, ends_on, Recurrence(recurs) if recurs else None)


def usual_days(entry: CatalogueActivity, year: int, start: dt.date) -> Days:
    """Return the days of an activity of the catalogue in a year whose work begins on a day.

    What is usually over before December moves with the start, at most to May; what lasts longer
    begins as much later, and ends when it usually does.
    """
    delay = min(max((start.year - year) * 12 + start.month - 9, 0), LAST_MONTH)
    if entry.by is not None:
        month, day = max(entry.by[0], delay), entry.by[1]
        ends_on = _month(year, month).replace(day=day)
        return Days(words_of(None, ends_on), None, ends_on, "")
    first, last = entry.months or (0, LAST_MONTH)
    if last < MOVED_BEFORE:
        last = min(last + delay, LAST_MONTH)
    # what begins after others begins after them as well when they are put off
    first = max(first, min(first + delay, LAST_MONTH))
    last = max(last, first)
    starts_on, end = _month(year, first), _month(year, last)
    ends_on = end.replace(day=months.monthrange(end.year, end.month)[1])
    return Days(words_of(starts_on, ends_on), starts_on, ends_on, "")


def _month(year: int, offset: int) -> dt.date:
    more, month = divmod(8 + offset, 12)
    return dt.date(year + more, month + 1, 1)


def shifted_days(activity: Activity, *, from_year: int, to_year: int) -> Days:
    """Move the term of an activity to another academic year; see `engine.periods.shifting`.

    Words that name no days («постоянно», «по плану») stay as they are.
    """
    term = read_term(activity.term_text, year=from_year)
    read = _days(activity.term_text, term)
    if (read.starts_on, read.ends_on) != (activity.starts_on, activity.ends_on):
        term = _term(activity.starts_on, activity.ends_on, activity.recurs)
    moved = shift_term(term, from_year=from_year, to_year=to_year, calendar=Calendar())
    if moved == term and (term.start or term.end) is None:
        return _days(activity.term_text, moved)
    return _days(write_term(moved), moved)


def shifted_words(text: str, *, from_year: int, to_year: int) -> str:
    """Move the words of a term to another academic year; those that name no days stay as they are."""
    term = read_term(text, year=from_year)
    if term.rest or (term.start or term.end) is None:
        return text
    return write_term(shift_term(term, from_year=from_year, to_year=to_year, calendar=Calendar()))


def content_for(content: dict[str, Any], begins_in: int) -> dict[str, Any]:
    """Return the content of a document as a roadmap of the academic year that begins in `begins_in` says it.

    Terms that name the year of the document move with it; what names no year follows by itself. The approval was that
    of another year, and planned values of calendar years before the new one stay behind.
    """
    before = content["year"]
    if before is None or before == begins_in:
        return content
    targets = [
        target
        | {"values": [[year, value] for year, value in target["values"] if year >= begins_in]}
        for target in content.get("targets", [])
    ]
    return content | {
        "activities": [
            row | {"term_text": _words_for(row["term_text"], before, begins_in)}
            for row in content["activities"]
        ],
        "sections": [
            section | {"term_text": _words_for(section["term_text"], before, begins_in)}
            for section in content.get("sections", [])
        ],
        "targets": [target for target in targets if target["values"]],
        "approved_on": None,
    }


def _words_for(text: str, before: int, after: int) -> str:
    if read_term(text, year=before) != read_term(text, year=after):
        return text
    return shifted_words(text, from_year=before, to_year=after)


def read_content(
    *, file_name: str, data: bytes | None, text: str, look: Callable[[], None] | None = None
) -> dict[str, Any]:
    """Read a document into the content of a draft: activities with doubts, what is left over.

    What `look` raises meanwhile ends it.

    Raises:
        RefusedError: it cannot be read, or no roadmap is in it.
    """
    try:
        found = _read(file_name, data, text, look)
    except ReaderError as error:
        raise RefusedError(str(error)) from error
    if not found.activities:
        raise RefusedError(
            _("No roadmap is found here: a table with activities, terms and those who answer.")
        )
    return content_of(found)


def content_of(found: reading.ParsedRoadmap) -> dict[str, Any]:
    """Return the content of a draft from what a document was read as."""
    content = {
        "title": _clip("title", found.title),
        "year": found.first_year,
        "approved_on": found.approved_on.isoformat() if found.approved_on else None,
        "promises": _promises(found),
        "activities": [_activity(one, found.first_year) for one in found.activities],
        "left_over": [
            {"line": one.source.line, "text": one.source.text, "kind": one.kind}
            for one in found.left_over
        ],
        "indicators": [one.name for one in found.indicators],
        "sections": [_section(one) for one in found.sections if _says_more(one)],
        "targets": [_target(one) for one in found.indicators],
    }
    return dict(plain_within(content))


def _says_more(section: reading.ParsedSection) -> bool:
    return bool(section.term_text or section.responsible or section.result or section.document)


def _section(found: reading.ParsedSection) -> dict[str, str]:
    fields = {
        "title": found.heading,
        "term_text": found.term_text,
        "responsible": "; ".join(found.responsible),
        "result": found.result,
        "document_text": found.document,
    }
    return {name: _clip(name, text) for name, text in fields.items()}


def _target(found: Indicator) -> dict[str, Any]:
    return {
        "name": _clip("title", found.name),
        "unit": found.unit
        or ("%" if "%" in found.name or "процент" in found.name.casefold() else ""),
        "line": found.sources[0].line,
        "values": [[year, value] for year, value in sorted(found.targets.items())],
    }


def _read(
    file_name: str, data: bytes | None, text: str, look: Callable[[], None] | None
) -> reading.ParsedRoadmap:
    """Read a file or what was pasted, in a process with an end."""
    given = (text.encode(), "") if data is None else (data, file_name)
    found: reading.ParsedRoadmap = read_bounded("roadmap", *given, look=look)
    return found


def _promises(found: reading.ParsedRoadmap) -> list[str]:
    terms = [read_term(one.term_text, year=found.first_year) for one in found.activities]
    days = [day for term in terms if (day := term.start or term.end)]
    return past_promises((one.source.text for one in found.left_over), min(days, default=None))


def _clip(name: str, text: str) -> str:
    return text.replace("\x00", "")[: LONGEST[name]]


def _activity(found: reading.ParsedActivity, year: int | None) -> dict[str, Any]:
    result = "; ".join(filter(None, (found.result, found.notes)))
    fields = {
        "number": found.number or "",
        "section": found.section,
        "title": found.title,
        "term_text": found.term_text,
        "responsible": "; ".join(found.responsible),
        "result": result,
        "document_text": found.document,
    }
    return {name: _clip(name, text) for name, text in fields.items()} | {
        "lines": [source.line for source in found.sources],
        "doubts": list(_doubts(found, year)),
    }


def _doubts(found: reading.ParsedActivity, year: int | None) -> Iterable[str]:
    if PARTED in found.doubts:
        yield _("One row held several activities: check whose terms and owners these are.")
    if JOINED in found.doubts:
        yield _("The end of a page seems to have torn the row: check that it is one activity.")
    term = read_term(found.term_text, year=year)
    if not found.term_text:
        yield _("No term is written.")
    elif term.rest or (term.kind is TermKind.UNKNOWN and not term.anchor):
        yield _("Not understood in the term: «%(rest)s».") % {"rest": term.rest}
    elif term.confidence < SURE:
        yield _("The term may mean several things: check its days.")
    if not found.responsible:
        yield _("Nobody is named who answers.")


# ---------------------------------------------------------------- an edited copy


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line that says something else in the copy: field → before, after."""

    activity: Activity
    fields: dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Beside:
    """What a document says otherwise beside its activities: of a section, or an indicator by years.

    `place` numbers what differs; `fields` is what it says otherwise: field → before, after.
    """

    place: int
    title: str
    before: str
    after: str
    fields: dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class CopyDifference:
    """What a copy has more, less, and otherwise."""

    added: list[dict[str, Any]]
    removed: list[Activity]
    changed: list[LineChange]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


def sections_otherwise(
    content: dict[str, Any],
    sections: Iterable[RoadmapSection],
    titles: Collection[str],
    *,
    is_copy: bool = True,
) -> list[Beside]:
    """Return what a document says otherwise of sections; `titles` are those the roadmap has or would get.

    As of lines, a column the document has not at all says nothing. A section that stands in an edited copy without its
    words has lost them.
    """
    rows: list[dict[str, str]] = content.get("sections", [])
    activities: list[dict[str, str]] = content["activities"] if is_copy else []
    known = {one.title: one for one in sections}
    told = [name for name in SECTION_FIELDS if any(row[name] for row in [*rows, *activities])]
    named = {row["title"] for row in rows}
    bare = {row["section"] for row in activities if row["section"] in known} - named
    silent = [{"title": title, **dict.fromkeys(SECTION_FIELDS, "")} for title in sorted(bare)]
    found = []
    for place, row in enumerate([*rows, *silent]):
        before = known.get(row["title"], RoadmapSection())
        fields = {
            name: (getattr(before, name), row[name])
            for name in told
            if not _same(name, getattr(before, name), row[name])
        }
        if row["title"] in titles and fields:
            after = {name: getattr(before, name) for name in SECTION_FIELDS}
            after |= {name: said for name, (_before, said) in fields.items()}
            found.append(
                Beside(place, row["title"], before.said, RoadmapSection(**after).said, fields)
            )
    return found


def targets_otherwise(content: dict[str, Any], targets: Iterable[IndicatorTarget]) -> list[Beside]:
    """Return the indicators to which a document gives other planned values."""
    known: dict[str, dict[int, float | None]] = {}
    for one in targets:
        known.setdefault(one.name, {})[one.year] = one.value
    found = []
    for place, row in enumerate(content.get("targets", [])):
        values, before = dict(row["values"]), known.get(row["name"], {})
        if any(year not in before or before[year] != value for year, value in values.items()):
            was, is_now = (words_of_values(row["unit"], sorted(one.items())) for one in (before, before | values))  # fmt: skip
            found.append(Beside(place, row["name"], was, is_now, {"": (was, is_now)}))
    return found


def compare(
    content: dict[str, Any], activities: Sequence[Activity], *, is_copy: bool = True
) -> CopyDifference:
    """Compare a document as read with the lines of a roadmap.

    Lines are the same by title, those of an edited copy else by number: the second line of another document is not our
    second. A column the document has not at all says nothing.
    """
    rows: list[dict[str, Any]] = content["activities"]
    told = [name for name in FIELDS if any(row[name] for row in rows)]
    pairs = _paired(rows, list(activities), ("title", "number") if is_copy else ("title",))
    known = {activity.pk for _row, activity in pairs if activity}
    changes = [
        LineChange(activity, fields)
        for row, activity in pairs
        if activity and (fields := _changed(row, activity, told))
    ]
    return CopyDifference(
        added=[row for row, activity in pairs if activity is None],
        removed=[one for one in activities if one.pk not in known],
        changed=changes,
    )


def _paired(
    rows: list[dict[str, Any]], free: list[Activity], names: Sequence[str]
) -> list[tuple[dict[str, Any], Activity | None]]:
    found: dict[int, Activity] = {}
    for name in names:
        for place, row in enumerate(rows):
            if place in found or not row[name]:
                continue
            said = _said(name, row)
            same = (one for one in free if _flat(getattr(one, name)) in said)
            if (activity := next(same, None)) is not None:
                found[place] = activity
                free.remove(activity)
    return [(row, found.get(place)) for place, row in enumerate(rows)]


def _changed(
    row: dict[str, Any], activity: Activity, told: Sequence[str]
) -> dict[str, tuple[str, str]]:
    return {
        name: (getattr(activity, name), row[name])
        for name in told
        if _flat(getattr(activity, name)) not in _said(name, row)
        and not _same(name, getattr(activity, name), row[name])
    }


def _said(name: str, row: dict[str, Any]) -> set[str]:
    """Return what a field may say.

    A title may begin with what was read as the number, «1. Собрать»; a term may be that of the heading, «Сентябрь».
    """
    more: list[str] = []
    if name == "title":
        more = [f"{row['number']}{dot} {row['title']}" for dot in ("", ".", ")")]
    elif name == "term_text" and row["term_text"] == row["section"]:
        more = [""]
    return {_flat(text) for text in [row[name], *more]}


def _same(name: str, before: str, after: str) -> bool:
    if name == "responsible":
        # a name that stood alone is taken to the post before it: the same people in other order
        return sorted(_words_of(before)) == sorted(_words_of(after))
    return _flat(before) == _flat(after)


def _words_of(owners: str) -> list[str]:
    return re.findall(r"\w+", _flat(owners).casefold())


def _flat(text: str) -> str:
    plain = " ".join(unicodedata.normalize("NFKC", text).split()).rstrip(".")
    return "".join("•" if _is_sign(letter) else letter for letter in plain)


def _is_sign(letter: str) -> bool:
    """Tell whether it is an arrow or a pictogram: the face of the .pdf has a dot for it."""
    return unicodedata.category(letter) == "So" or "\u2190" <= letter <= "\u2bff"
