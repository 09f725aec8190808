"""Writes of roadmaps."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile, File
from django.db import IntegrityError, models, transaction
from django.db.models.fields.files import FieldFile
from django.utils import timezone
from django.utils.translation import gettext as _

from nastavnik.core import audit
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.documents.models import Document
from nastavnik.files import proofs
from nastavnik.organisations.actions import open_year
from nastavnik.organisations.models import AcademicYear, Organisation
from nastavnik.organisations.queries import year_beginning_in
from nastavnik.people.choices import LEARNERS
from nastavnik.programmes.models import MentoringForm
from nastavnik.roadmaps import adapter, catalogues
from nastavnik.roadmaps.adapter import checks
from nastavnik.roadmaps.choices import ActivityStatus, ChangeKind, RoadmapLevel
from nastavnik.roadmaps.models import (
    Activity,
    Evidence,
    IndicatorTarget,
    Roadmap,
    RoadmapChange,
    RoadmapDraft,
    RoadmapSection,
)
from nastavnik.roadmaps.queries import old_drafts
from nastavnik.roadmaps.signals import roadmap_replaced

S = ActivityStatus
NEXT: dict[ActivityStatus, frozenset[ActivityStatus]] = {
    S.PLANNED: frozenset({S.GOING, S.DONE, S.SKIPPED}),
    S.GOING: frozenset({S.PLANNED, S.DONE, S.SKIPPED}),
    S.DONE: frozenset({S.PLANNED}),
    S.SKIPPED: frozenset({S.PLANNED}),
}
TERM = ("term_text", "starts_on", "ends_on", "recurs")
MEANT = (*TERM[1:], "stretches", "n_held", "catalogue_code")
SAID = ("number", "section", "title", "responsible", "result", "document_text")
LONGEST_TOLD = 2000
LONGEST_CODES = 60


def _tell(
    kind: ChangeKind,
    subject: Roadmap | Activity,
    *,
    by: models.Model | None,
    values: dict[str, tuple[Any, Any]] | None = None,
    named: str = "",
) -> None:
    """Put into the history what was done; `values`: field → before, after, of a line or of what is `named`."""
    line = subject if isinstance(subject, Activity) else None
    common = {
        "organisation_id": subject.organisation_id,
        "roadmap_id": line.roadmap_id if line else subject.pk,
        "activity": None if kind == ChangeKind.REMOVED else line,
        "actor_id": None if by is None else by.pk,
        "kind": kind,
        "line": f"{line.number} {line.title}".strip()[:300] if line else named[:300],
    }
    told = values or {"": ("", "")}
    RoadmapChange.objects.bulk_create(
        RoadmapChange(**common, field=name, before=_said(before), after=_said(after))
        for name, (before, after) in told.items()
    )


def _said(value: Any) -> str:  # noqa: ANN401 - the value of any field
    if isinstance(value, dt.date):
        return f"{value:%d.%m.%Y}"
    return str(value or "")[:LONGEST_TOLD]


@transaction.atomic
def make_from_catalogue(
    year: AcademicYear,
    level: RoadmapLevel,
    *,
    forms: Iterable[MentoringForm] = (),
    start: dt.date | None = None,
    by: models.Model | None,
) -> Roadmap:
    """Make the roadmap of a year from the catalogue.

    Args:
        year: the academic year.
        level: whose roadmap it is; a school begins with the 35 lines of the default one.
        forms: the forms of mentoring; when they are for staff only, lines on pupils and parents are left out. Empty:
            not known yet, every line stays.
        start: the day work begins; None is the first day of the year.
        by: who makes it.

    Raises:
        RefusedError: the year has a roadmap already.
    """
    kinds = {kind for form in forms for kind in form.mentee_kinds}
    chosen = catalogues.chosen(level, with_learners=not kinds or bool(kinds & set(LEARNERS)))
    roadmap = _create(year, _title(year), level, origin=_("the catalogue"), by=by)
    begins_in = year.starts_on.year
    stages, counted = catalogues.stages(), dict.fromkeys(catalogues.stages(), 0)
    rows = []
    for place, entry in enumerate(chosen, 1):
        counted[entry.stage] += 1
        days = adapter.usual_days(entry, begins_in, start or year.starts_on)
        rows.append(
            {
                "number": str(place)
                if level == RoadmapLevel.SCHOOL
                else f"{entry.stage}.{counted[entry.stage]}",
                "stage": entry.stage,
                "section": stages[entry.stage].heading,
                **_usual_fields(entry),
                **days.as_fields(),
            }
        )
    _fill(roadmap, rows)
    return roadmap


def _usual_fields(entry: catalogues.CatalogueActivity) -> dict[str, Any]:
    return {
        "title": entry.title,
        "responsible": "; ".join(entry.owners),
        "result": entry.result,
        "catalogue_code": entry.code,
    }


def _title(year: AcademicYear) -> str:
    return f"Дорожная карта внедрения целевой модели наставничества на {year} учебный год"


def _create(
    year: AcademicYear, title: str, level: str, *, origin: str, by: models.Model | None
) -> Roadmap:
    try:
        with transaction.atomic():
            roadmap = Roadmap.objects.create(
                organisation_id=year.organisation_id,
                year=year,
                title=title or _title(year),
                level=level,
                origin=origin,
            )
    except IntegrityError as error:
        raise RefusedError(
            _("The year %(year)s has a roadmap already: change that one.") % {"year": year}
        ) from error
    audit.record("roadmap-made", roadmap, by=by, fields=["year", "title", "level", "activities"])
    _tell(ChangeKind.MADE, roadmap, by=by, values={"": ("", origin)})
    return roadmap


def _fill(roadmap: Roadmap, rows: Sequence[dict[str, Any]], *, start: int = 1) -> list[Activity]:
    return Activity.objects.bulk_create(
        Activity(
            organisation_id=roadmap.organisation_id, roadmap=roadmap, position=position, **fields
        )
        for position, fields in enumerate(rows, start)
    )


def start_reading(
    organisation: Organisation,
    *,
    file_name: str,
    data: bytes | None = None,
    text: str = "",
    roadmap: Roadmap | None = None,
    by: models.Model | None,
) -> RoadmapDraft:
    """Read a document into a draft to look over; with `roadmap` it is an edited copy of that one.

    Raises:
        RefusedError: it cannot be read, or no roadmap is in it.
    """
    content = adapter.read_content(file_name=file_name, data=data, text=text)
    with transaction.atomic():
        return keep_reading(organisation, content, file_name=file_name, roadmap=roadmap, by=by)


@transaction.atomic
def keep_reading(
    organisation: Organisation,
    content: dict[str, Any],
    *,
    file_name: str,
    roadmap: Roadmap | None = None,
    by: models.Model | None,
) -> RoadmapDraft:
    """Keep a document as read, to be looked over."""
    draft = RoadmapDraft.objects.create(
        organisation=organisation, roadmap=roadmap, file_name=file_name[:300], content=content
    )
    audit.record("roadmap-read", draft, by=by, fields=["file_name", "content"])
    return draft


@transaction.atomic
def discard_draft(draft: RoadmapDraft, *, by: models.Model | None) -> None:
    """Throw a draft away."""
    audit.record(audit.DELETED, draft, by=by)
    draft.delete()


@transaction.atomic
def forget_old_drafts(before: dt.datetime, *, by: models.Model | None) -> int:
    """Throw away the documents read before a moment and never taken; return how many."""
    drafts = list(old_drafts(before).defer("content").select_for_update())
    audit.record_many(audit.DELETED, drafts, by=by)
    RoadmapDraft.objects.filter(pk__in=[one.pk for one in drafts]).delete()
    return len(drafts)


@transaction.atomic
def make_from_document(
    draft: RoadmapDraft,
    *,
    begins_in: int,
    level: RoadmapLevel,
    title: str = "",
    only: Collection[int] | None = None,
    instead_of: Roadmap | None = None,
    opens_year: bool = False,
    by: models.Model | None,
) -> Roadmap:
    """Make a roadmap of a document that has been looked over.

    Args:
        draft: the document as read.
        begins_in: the calendar year in which its academic year begins; terms that name the year of the document
            move to this one (`adapter.content_for`).
        level: whose roadmap it is.
        title: as it is to be called; empty is the usual title.
        only: places of the activities to take, from 0; None is all.
        instead_of: the roadmap of that year it replaces, which goes into the archive as it is.
        opens_year: whether the year is opened if the organisation has it not yet.
        by: who makes it.

    Raises:
        RefusedError: the organisation has no such year, the year has another roadmap, or no activity is left.
    """
    content = adapter.content_for(draft.content, begins_in)
    rows = [row for place, row in enumerate(content["activities"]) if only is None or place in only]
    if not rows:
        raise RefusedError(_("Leave at least one activity ticked."))
    year = _year_of(draft.organisation, begins_in, opens_year=opens_year, by=by)
    if instead_of is not None and instead_of.year_id == year.pk:
        _put_away(instead_of, by=by)
    else:
        instead_of = None
    origin = draft.file_name or _("a pasted table")
    roadmap = _create(year, title, level, origin=origin, by=by)
    if approved_on := content.get("approved_on"):
        change_roadmap(
            roadmap, title=roadmap.title, approved_on=dt.date.fromisoformat(approved_on), by=by
        )
    _fill(roadmap, [_from_document(row, begins_in) for row in rows])
    _keep_the_rest(roadmap, content, {row["section"] for row in rows})
    if instead_of is not None:
        roadmap_replaced.send(Roadmap, before=instead_of, after=roadmap, by=by)
    discard_draft(draft, by=by)
    return roadmap


def _year_of(
    organisation: Organisation, begins_in: int, *, opens_year: bool, by: models.Model | None
) -> AcademicYear:
    first, last = dt.date(begins_in, 9, 1), dt.date(begins_in + 1, 8, 31)
    if opens_year:
        return open_year(organisation, starts_on=first, ends_on=last, by=by)
    year = year_beginning_in(organisation, begins_in)
    if year is None:
        raise RefusedError(
            _("The settings have no academic year %(year)s: add it, or take another year.")
            % {"year": f"{first.year}/{last.year % 100:02d}"}
        )
    return year


def _put_away(roadmap: Roadmap, *, by: models.Model | None) -> None:
    """Put a roadmap into the archive with all that is ticked off and proved in it."""
    roadmap.archived_at = timezone.now()
    roadmap.save(update_fields=["archived_at"])
    audit.record("roadmap-archived", roadmap, by=by, fields=["archived_at"])
    _tell(ChangeKind.ARCHIVED, roadmap, by=by)


@transaction.atomic
def restore_roadmap(roadmap: Roadmap, *, by: models.Model | None) -> Roadmap:
    """Bring a roadmap back from the archive; the one that holds in its year goes there instead.

    Raises:
        RefusedError: it is not in the archive.
    """
    rows = Roadmap.objects.select_for_update().filter(year_id=roadmap.year_id)
    several = {one.pk: one for one in rows}
    roadmap = several[roadmap.pk]
    if roadmap.archived_at is None:
        raise RefusedError(_("This roadmap holds already."))
    current = next((one for one in several.values() if one.archived_at is None), None)
    if current is not None:
        _put_away(current, by=by)
    roadmap.archived_at = None
    roadmap.save(update_fields=["archived_at"])
    audit.record("roadmap-restored", roadmap, by=by, fields=["archived_at"])
    _tell(ChangeKind.RESTORED, roadmap, by=by)
    if current is not None:
        roadmap_replaced.send(Roadmap, before=current, after=roadmap, by=by)
    return roadmap


def _keep_the_rest(roadmap: Roadmap, content: dict[str, Any], taken: Collection[str]) -> None:
    """Keep what a document says of sections themselves, and the planned values of its indicators."""
    RoadmapSection.objects.bulk_create(
        RoadmapSection(organisation_id=roadmap.organisation_id, roadmap=roadmap, **section)
        for section in content.get("sections", [])
        if section["title"] in taken
    )
    IndicatorTarget.objects.bulk_create(
        IndicatorTarget(
            organisation_id=roadmap.organisation_id,
            roadmap=roadmap,
            position=position,
            name=target["name"],
            unit=target["unit"],
            year=year,
            value=value,
            source_line=target["line"],
        )
        for position, target in enumerate(content.get("targets", []), 1)
        for year, value in target["values"]
    )


def _shift_the_rest(roadmap: Roadmap, made: Roadmap) -> None:
    """Give a roadmap what is said of the sections of another year, and those planned values whose year is not over."""
    before, after = roadmap.year.starts_on.year, made.year.starts_on.year
    at = {"organisation_id": made.organisation_id, "roadmap": made}
    RoadmapSection.objects.bulk_create(
        RoadmapSection(
            **at,
            title=one.title,
            term_text=adapter.shifted_words(one.term_text, from_year=before, to_year=after),
            responsible=one.responsible,
            result=one.result,
            document_text=one.document_text,
        )
        for one in roadmap.sections.all()
    )
    IndicatorTarget.objects.bulk_create(
        IndicatorTarget(
            **at,
            **{name: getattr(one, name) for name in ("position", "name", "unit", "year", "value", "source_line")},
        )
        for one in roadmap.targets.filter(year__gte=after)
    )  # fmt: skip


def _take_sections(roadmap: Roadmap, rows: Iterable[dict[str, str]], told: Collection[str]) -> None:
    for row in rows:
        section = roadmap.sections.filter(title=row["title"]).first()
        section = section or RoadmapSection(
            organisation_id=roadmap.organisation_id, roadmap=roadmap, title=row["title"]
        )
        for name in told:
            setattr(section, name, row[name])
        if section.said:
            section.save()
        elif section.pk:
            section.delete()


def _take_targets(roadmap: Roadmap, rows: Iterable[dict[str, Any]]) -> None:
    for row in rows:
        known = roadmap.targets.filter(name=row["name"]).first()
        last = roadmap.targets.order_by("-position").first()
        position = known.position if known else last.position + 1 if last else 1
        for year, value in row["values"]:
            IndicatorTarget.objects.update_or_create(
                roadmap=roadmap,
                position=position,
                year=year,
                defaults={
                    "organisation_id": roadmap.organisation_id,
                    "name": row["name"],
                    "unit": row["unit"],
                    "value": value,
                    "source_line": row["line"],
                },
            )


def _codes_of(title: str) -> str:
    """Return which activities of the catalogue a line is, in other words too."""
    codes = catalogues.code_of(title) or " ".join(checks.codes_of_title(title))
    return codes if len(codes) <= LONGEST_CODES else ""


def _kept_codes(activity: Activity, title: str) -> str:
    """Return what a line of other words is now: what it was while its words still say so."""
    fresh = _codes_of(title)
    kept = set(activity.catalogue_code.split()) & set(fresh.split())
    return activity.catalogue_code if kept else fresh


def _from_document(row: dict[str, Any], begins_in: int) -> dict[str, Any]:
    codes = _codes_of(row["title"])
    known = {catalogues.entries()[code].stage for code in codes.split()}
    stage = known.pop() if len(known) == 1 else None
    section = row["section"] or (catalogues.stages()[stage].heading if stage else "")
    return {
        **{name: row[name] for name in SAID},
        "section": section,
        "stage": stage if not row["section"] else None,
        "catalogue_code": codes,
        **adapter.days_of(row["term_text"], begins_in).as_fields(),
    }


@transaction.atomic
def shift_from(roadmap: Roadmap, year: AcademicYear, *, by: models.Model | None) -> Roadmap:
    """Make the roadmap of another year out of one: same lines, terms moved, nothing done yet.

    Planned values of calendar years before that year are not carried over: they stay where they are. A day that would not be worked moves (`engine.periods.shifting`).

    Raises:
        RefusedError: the year has a roadmap already.
    """
    before, after = roadmap.year.starts_on.year, year.starts_on.year
    title = roadmap.title.replace(str(roadmap.year), str(year))
    made = _create(
        year, title, roadmap.level, origin=_("the roadmap of %(year)s") % {"year": roadmap.year}, by=by
    )  # fmt: skip
    same = (*SAID, "stage", "catalogue_code")
    _fill(
        made,
        [
            {name: getattr(activity, name) for name in same}
            | adapter.shifted_days(activity, from_year=before, to_year=after).as_fields()
            for activity in roadmap.activities.all()
        ],
    )
    _shift_the_rest(roadmap, made)
    return made


@transaction.atomic
def change_activity(activity: Activity, *, by: models.Model | None, **fields: Any) -> Activity:
    """Change what a line says.

    New words of the term are read into days; new days without new words are written as words.

    Raises:
        RefusedError: the last day comes before the first.
    """
    changed = {name: value for name, value in fields.items() if getattr(activity, name) != value}
    changed |= _term_fields(activity, changed)
    if "title" in changed:
        changed["catalogue_code"] = _kept_codes(activity, changed["title"])
    if not changed:
        return activity
    told = {name: (getattr(activity, name), value) for name, value in changed.items() if name not in MEANT}  # fmt: skip
    for name, value in changed.items():
        setattr(activity, name, value)
    _check_days(activity.starts_on, activity.ends_on)
    activity.save(update_fields=list(changed))
    audit.record(audit.CHANGED, activity, by=by, fields=changed)
    _tell(ChangeKind.CHANGED, activity, by=by, values=told)
    return activity


def _term_fields(activity: Activity, changed: dict[str, Any]) -> dict[str, Any]:
    if "term_text" in changed:
        year = activity.roadmap.year.starts_on.year
        read = adapter.days_of(changed["term_text"], year).as_fields()
        return read | {"n_held": min(activity.n_held, max(len(read["stretches"]) - 1, 0))}
    if not set(TERM) & set(changed):
        return {}
    days = {name: changed.get(name, getattr(activity, name)) for name in TERM[1:]}
    _check_days(days["starts_on"], days["ends_on"])
    return days | {"term_text": adapter.words_of(**days), "stretches": [], "n_held": 0}


@transaction.atomic
def change_roadmap(
    roadmap: Roadmap, *, title: str, approved_on: dt.date | None, by: models.Model | None
) -> Roadmap:
    """Give a roadmap another title, or say when it was approved."""
    given = {"title": title, "approved_on": approved_on}
    changed = {name: value for name, value in given.items() if getattr(roadmap, name) != value}
    if not changed:
        return roadmap
    told = {name: (getattr(roadmap, name), value) for name, value in changed.items()}
    for name, value in changed.items():
        setattr(roadmap, name, value)
    roadmap.save(update_fields=list(changed))
    audit.record(audit.CHANGED, roadmap, by=by, fields=changed)
    _tell(ChangeKind.RETITLED, roadmap, by=by, values=told)
    return roadmap


def _check_days(starts_on: dt.date | None, ends_on: dt.date | None) -> None:
    if starts_on and ends_on and ends_on < starts_on:
        raise RefusedError(_("The last day comes before the first: swap or correct them."))


@transaction.atomic
def add_activity(
    roadmap: Roadmap, *, title: str, term_text: str = "", by: models.Model | None, **fields: Any
) -> Activity:
    """Add a line at the end of its section, else of the roadmap."""
    last = roadmap.activities.order_by("-position").first()
    days = adapter.days_of(term_text, roadmap.year.starts_on.year)
    fields = {"title": title, "catalogue_code": _codes_of(title), **fields, **days.as_fields()}
    twin = roadmap.activities.filter(section=fields.get("section", "")).first()
    fields.setdefault("stage", twin.stage if twin else None)
    [activity] = _fill(roadmap, [fields], start=last.position + 1 if last else 1)
    audit.record(audit.CREATED, activity, by=by, fields=fields)
    _tell(ChangeKind.ADDED, activity, by=by)
    return activity


@transaction.atomic
def add_usual(
    roadmap: Roadmap, codes: Collection[str], *, by: models.Model | None
) -> list[Activity]:
    """Add activities of the catalogue that a roadmap lacks, each behind the last line of its stage.

    Codes the catalogue has not, and those that stand there already, are passed over.
    """
    there = {code for one in roadmap.activities.all() for code in checks.codes_of(one)}
    year = roadmap.year
    made = []
    for entry in catalogues.entries().values():
        if entry.code not in codes or entry.code in there:
            continue
        stage = catalogues.stages()[entry.stage]
        neighbour = roadmap.activities.filter(stage__lte=entry.stage).order_by("-stage", "-position").first()  # fmt: skip
        last = neighbour or roadmap.activities.order_by("-position").first()
        twin = neighbour if neighbour and neighbour.stage == entry.stage else None
        days = adapter.usual_days(entry, year.starts_on.year, year.starts_on)
        fields = {
            "stage": entry.stage,
            "section": twin.section if twin else stage.heading,
            **_usual_fields(entry),
            **days.as_fields(),
        }
        made += _fill(roadmap, [fields], start=last.position if last else 1)
    audit.record_many(audit.CREATED, made, by=by, fields=["title", "term_text", "stage", "section"])
    for activity in made:
        _tell(ChangeKind.ADDED, activity, by=by)
    return made


@transaction.atomic
def set_activity_status(
    activity: Activity,
    status: ActivityStatus,
    *,
    done_on: dt.date | None = None,
    by: models.Model | None,
) -> Activity:
    """Move a line along `NEXT`: begin, finish on a day (today if none is said), skip, take back.

    A line of several times («октябрь, апрель») is finished time by time: it stays open while one is left that had not
    begun on that day, and what is taken back is taken back whole.

    Raises:
        RefusedError: there is no such step, or the day lies ahead.
    """
    activity = Activity.objects.select_for_update().get(pk=activity.pk)
    if status not in NEXT[S(activity.status)]:
        raise RefusedError(
            _("From «%(before)s» there is no step to «%(after)s».")
            % {"before": activity.get_status_display(), "after": status.label}
        )
    if done_on and done_on > today():
        raise RefusedError(_("This day is still ahead: write when it was done."))
    day = done_on or today()
    told: dict[str, tuple[Any, Any]] = {}
    n_held = _held_by(activity, day) if status == S.DONE else 0
    if status == S.DONE and n_held < len(activity.times):
        status = S.GOING
    if n_held != activity.n_held and len(activity.times) > 1:
        told["n_held"] = (activity.n_held, n_held)
    if status != activity.status:
        told["status"] = (activity.status, status)
    activity.status = status
    activity.n_held = n_held if activity.stretches else 0
    activity.done_on = day if status == S.DONE else None
    activity.save(update_fields=["status", "done_on", "n_held"])
    if activity.done_on:
        told["done_on"] = (None, activity.done_on)
    audit.record("activity-status", activity, by=by, fields=["status", "done_on", "n_held"])
    _tell(ChangeKind.CHANGED, activity, by=by, values=told)
    return activity


def _held_by(activity: Activity, day: dt.date) -> int:
    """Return how many times of a line are held when one more is done on a day: all that had begun by then."""
    begun = [first or last for first, last in activity.times]
    n_begun = sum(one is None or one <= day for one in begun)
    return min(max(n_begun, activity.n_held + 1), len(begun))


@transaction.atomic
def finish_lines(
    lines: Iterable[Activity], *, done_on: dt.date | None = None, by: models.Model | None
) -> int:
    """Mark lines as done on one day, today if none is said; return how many were not done yet.

    A line whose next time has not begun is passed over: what was held in October does not finish April.

    Raises:
        RefusedError: the day lies ahead.
    """
    day = done_on or today()
    open_ones = [
        one
        for one in lines
        if one.status in (S.PLANNED, S.GOING) and not (one.n_held and day < (one.time[0] or day))
    ]
    for one in open_ones:
        set_activity_status(one, S.DONE, done_on=done_on, by=by)
    return len(open_ones)


@transaction.atomic
def move_lines(lines: Iterable[Activity], n_days: int, *, by: models.Model | None) -> int:
    """Move the days of lines, back if `n_days` is negative; return how many have days to move."""
    step = dt.timedelta(days=n_days)
    dated = [one for one in lines if one.starts_on or one.ends_on]
    for one in dated:
        moved = [(first and first + step, last and last + step) for first, last in one.times]
        if len(moved) > 1:
            change_activity(one, by=by, term_text=adapter.words_of_times(moved))
        else:
            change_activity(one, by=by, starts_on=moved[0][0], ends_on=moved[0][1])
    return len(dated)


@transaction.atomic
def appoint_owner(lines: Iterable[Activity], responsible: str, *, by: models.Model | None) -> int:
    """Say who answers for lines; return how many said something else before."""
    others = [one for one in lines if one.responsible != responsible]
    for one in others:
        change_activity(one, by=by, responsible=responsible)
    return len(others)


@transaction.atomic
def remove_activity(activity: Activity, *, by: models.Model | None) -> None:
    """Take a line out of a roadmap, with its evidence."""
    audit.record(audit.DELETED, activity, by=by)
    _tell(ChangeKind.REMOVED, activity, by=by)
    files = [one.file for one in activity.evidence.all() if one.file]
    activity.delete()
    for file in files:
        _forget(file)


def add_evidence(
    activity: Activity,
    *,
    document: Document | None = None,
    file: File[bytes] | None = None,
    link: str = "",
    note: str = "",
    by: models.Model | None,
) -> Evidence:
    """Say what proves that an activity was held.

    A file is kept under a name of ours; a picture is drawn anew, so that it says no place and hides nothing.

    Raises:
        RefusedError: nothing is given, the paper is of another organisation, or the file is too large or of a kind
            that is not kept.
    """
    if document is None and file is None and not link and not note.strip():
        raise RefusedError(_("Choose a paper or a file, give an address, or write a few words."))
    if document is not None and document.organisation_id != activity.organisation_id:
        raise RefusedError(_("This paper is of another organisation."))
    evidence = Evidence(
        organisation_id=activity.organisation_id,
        activity=activity,
        document=document,
        link=link,
        note=note.strip(),
    )
    if file is not None:
        name = Path(file.name or "").name
        evidence.file_name = name[-255:]
        evidence.file = ContentFile(proofs.kept(name, file), name)
    with transaction.atomic():
        evidence.save()
        fields = ["activity", "document", "file", "link", "note"]
        audit.record("evidence-added", evidence, by=by, fields=fields)
        _tell(ChangeKind.PROVED, activity, by=by, values={"": ("", _named(evidence))})
    return evidence


def _named(evidence: Evidence) -> str:
    return str(evidence.document or evidence.file_name or evidence.note or evidence.link)


def _forget(file: FieldFile) -> None:
    """Erase a stored file when what was written is certain."""
    storage, name = file.storage, file.name
    transaction.on_commit(lambda: storage.delete(name or ""))


@transaction.atomic
def prove_by_another(
    evidence: Evidence, document: Document, *, by: models.Model | None
) -> Evidence | None:
    """Let a line be proved by another paper of the register; return the proof, None where that one was there already."""
    if Evidence.objects.filter(activity=evidence.activity_id, document=document).exists():
        remove_evidence(evidence, by=by)
        return None
    evidence.document = document
    evidence.save(update_fields=["document"])
    audit.record(audit.CHANGED, evidence, by=by, fields=["document"])
    return evidence


@transaction.atomic
def remove_evidence(evidence: Evidence, *, by: models.Model | None) -> None:
    """Take back what was said to prove an activity; its file is erased."""
    audit.record(audit.DELETED, evidence, by=by)
    _tell(ChangeKind.UNPROVED, evidence.activity, by=by, values={"": (_named(evidence), "")})
    file = evidence.file
    evidence.delete()
    if file:
        _forget(file)


def _content_into(roadmap: Roadmap, draft: RoadmapDraft) -> dict[str, Any]:
    """Return what a document says for a roadmap: its own copy as it stands, another document moved to its year."""
    content: dict[str, Any] = draft.content
    return content if draft.roadmap else adapter.content_for(content, roadmap.year.starts_on.year)


@transaction.atomic
def take_copy(
    draft: RoadmapDraft,
    *,
    into: Roadmap | None = None,
    add: Collection[int] | None = None,
    change: Collection[int] | None = None,
    remove: Collection[int] = (),
    sections: Collection[int] | None = None,
    targets: Collection[int] | None = None,
    by: models.Model | None,
) -> Roadmap:
    """Bring a roadmap in step with its edited copy, or take lines of another document into it.

    Args:
        draft: the document as read.
        into: the roadmap, where the document is no copy of one.
        add: places of the lines to add among those it has more; None is all.
        change: keys of the lines that are to say what it says; None is all.
        remove: keys of the lines to take out of those it lacks.
        sections: places of the sections of which what it says is taken; None is all.
        targets: places of the indicators whose planned values are taken; None is all.
        by: who does it.

    Raises:
        RefusedError: the draft is no copy of a roadmap.
    """
    roadmap = draft.roadmap or into
    if roadmap is None:
        raise RefusedError(_("This document is no copy of a roadmap."))
    content = _content_into(roadmap, draft)
    found = adapter.compare(
        content, list(roadmap.activities.all()), is_copy=draft.roadmap is not None
    )
    for one in found.changed:
        if change is None or one.activity.pk in change:
            after = {name: after for name, (_before, after) in one.fields.items()}
            change_activity(one.activity, by=by, **after)
    for place, row in enumerate(found.added):
        if add is not None and place not in add:
            continue
        add_activity(roadmap, by=by, **{name: row[name] for name in (*SAID, "term_text")})
    for activity in found.removed:
        if activity.pk in remove:
            remove_activity(activity, by=by)
    _take_the_rest(roadmap, draft, sections, targets, by=by)
    discard_draft(draft, by=by)
    return roadmap


def _take_the_rest(
    roadmap: Roadmap,
    draft: RoadmapDraft,
    sections: Collection[int] | None,
    targets: Collection[int] | None,
    *,
    by: models.Model | None,
) -> None:
    """Take what a document says of sections that have lines now, and its planned values."""
    titles = set(roadmap.activities.values_list("section", flat=True))
    said = adapter.sections_otherwise(
        draft.content, roadmap.sections.all(), titles, is_copy=draft.roadmap is not None
    )
    planned = adapter.targets_otherwise(draft.content, roadmap.targets.all())
    said = [one for one in said if sections is None or one.place in sections]
    planned = [one for one in planned if targets is None or one.place in targets]
    for one in said:
        words = {name: after for name, (_before, after) in one.fields.items()}
        _take_sections(roadmap, [{"title": one.title, **words}], words)
    _take_targets(roadmap, [draft.content["targets"][one.place] for one in planned])
    fields = [*(["sections"] if said else []), *(["targets"] if planned else [])]
    if fields:
        audit.record(audit.CHANGED, roadmap, by=by, fields=fields)
    for one in [*said, *planned]:
        _tell(ChangeKind.CHANGED, roadmap, by=by, values=one.fields, named=one.title)
