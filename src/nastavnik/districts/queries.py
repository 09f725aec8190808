"""Reads of both sides: what the district asks of a school, what the schools have made of it."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nastavnik.core.access import Perm, Role, SignedIn
from nastavnik.core.hooks.facts import Fact, facts_in
from nastavnik.core.text import fold
from nastavnik.districts.choices import AgreementStatus
from nastavnik.districts.models import Adoption, Agreement, DistrictLine
from nastavnik.organisations.choices import Level
from nastavnik.organisations.models import Organisation
from nastavnik.people.models import holds_on
from nastavnik.roadmaps.catalogues import entries
from nastavnik.roadmaps.choices import ActivityStatus
from nastavnik.roadmaps.models import Activity, Roadmap
from nastavnik.roadmaps.queries import is_ticked, needed_facts

# what a school takes over of a line of the district; who answers is the school's own
TERM = ("term_text", "starts_on", "ends_on", "recurs")
FIELDS = ("title", *TERM, "result", "document_text")
SHOWN = ("title", "term_text", "result", "document_text")
_TAKEN = tuple(f"taken_{name}" for name in SHOWN)
_ASKED_NOW = tuple(f"line__activity__{name}" for name in SHOWN)
TOLD = ("title", "term_text", "ends_on", "result")  # what the district agrees to


# ---------------------------------------------------------------- the tree


def offices_above(organisation: Organisation) -> list[int]:
    """Return the keys of the offices an organisation stands under, the nearest last."""
    return [int(key) for key in organisation.path.strip("/").split("/")[:-1]]


def office_of(user: SignedIn) -> Organisation | None:
    """Return the office in which the user coordinates, the first of several."""
    offices = Organisation.objects.filter(pk__in=user.viewer.organisations(Perm.DISTRICT_VIEW))
    return offices.order_by("pk").first()


def has_coordinator(office: Organisation, day: dt.date) -> bool:
    """Tell whether somebody coordinates in an office on a day."""
    return office.memberships.filter(holds_on(day), role=Role.COORDINATOR).exists()


# ---------------------------------------------------------------- the school's side


def offered_to(roadmap: Roadmap) -> QuerySet[DistrictLine]:
    """Return the lines that stand for a school's roadmap: of the offices above it, of the same academic year."""
    return (
        DistrictLine.objects.standing()
        .filter(
            organisation_id__in=offices_above(roadmap.organisation),
            activity__roadmap__year__starts_on__year=roadmap.year.starts_on.year,
        )
        .select_related("activity")
    )


def is_later(ours: dt.date | None, theirs: dt.date | None) -> bool:
    """Tell whether a deadline of a school is later than that of the district; no deadline is the latest."""
    return theirs is not None and (ours is None or ours > theirs)


@dataclass(frozen=True, slots=True)
class AdoptionDifference:
    """What the district's line says otherwise than when it was taken over."""

    name: str
    taken: str
    now: str


@dataclass(frozen=True, slots=True)
class AdoptedLine:
    """A line of a school that answers one of the district.

    Attributes:
        adoption: the link.
        activity: the school's line.
        asked: the district's line as it is now; None when the district has withdrawn it.
        differences: what the district has changed since.
        is_later: the school's deadline is later than the district's.
    """

    adoption: Adoption
    activity: Activity
    asked: Activity | None
    differences: tuple[AdoptionDifference, ...]
    is_later: bool


def adopted_line_of(adoption: Adoption) -> AdoptedLine:
    """Return a line with what differs; `activity` and `line__activity` are to be there."""
    line = adoption.line
    asked = line.activity if line is not None and line.withdrawn_on is None else None
    activity = adoption.activity
    if asked is None:
        return AdoptedLine(adoption, activity, None, (), is_later=False)
    return AdoptedLine(
        adoption, activity, asked, tuple(_differences(adoption, asked)),
        is_later=is_later(activity.ends_on, asked.ends_on),
    )  # fmt: skip


def _differences(adoption: Adoption, asked: Activity) -> Iterable[AdoptionDifference]:
    for name in SHOWN:
        taken, now = getattr(adoption, f"taken_{name}"), getattr(asked, name)
        if taken != now:
            yield AdoptionDifference(name, taken, now)


def activities_of(roadmap_id: int) -> list[Activity]:
    """Return the lines of a roadmap, each with its link to the district's line and that line, in one query."""
    rows = Activity.objects.filter(roadmap=roadmap_id)
    return list(rows.select_related("adoption__line__activity"))


def adoptions_of(activities: Iterable[Activity]) -> list[AdoptedLine]:
    """Return the lines that answer the district, of those of `activities_of`."""
    found = (getattr(activity, "adoption", None) for activity in activities)
    return [adopted_line_of(adoption) for adoption in found if adoption is not None]


@dataclass(frozen=True, slots=True)
class SchoolSide:
    """What the district asks of a roadmap and what has come of it.

    Attributes:
        agreement: how far it is agreed; None before it was ever sent.
        waiting: the district's lines nobody has taken over yet.
        taken: those that are.
        n_own: lines that are the school's alone.
        changes: what the school has changed since it was sent.
    """

    agreement: Agreement | None
    waiting: tuple[DistrictLine, ...]
    taken: tuple[AdoptedLine, ...]
    n_own: int
    changes: "Changes"

    @property
    def changed(self) -> list[AdoptedLine]:
        """Return the lines the district has changed since they were taken over."""
        return [one for one in self.taken if one.differences]

    @property
    def later(self) -> list[AdoptedLine]:
        """Return the lines with a deadline later than the district's."""
        return [one for one in self.taken if one.is_later]

    @property
    def withdrawn(self) -> list[AdoptedLine]:
        """Return the lines the district no longer asks for."""
        return [one for one in self.taken if one.asked is None]


def school_side(roadmap: Roadmap) -> SchoolSide:
    """Return what a school needs to know of its district; in three queries."""
    activities = activities_of(roadmap.pk)
    taken = adoptions_of(activities)
    known = {one.adoption.line_id for one in taken}
    waiting = tuple(line for line in offered_to(roadmap) if line.pk not in known)
    agreement = (
        Agreement.objects.filter(roadmap=roadmap).select_related("decided_by", "sent_by").first()
    )
    changes = changes_of(agreement, activities)
    return SchoolSide(agreement, waiting, tuple(taken), len(activities) - len(taken), changes)


@dataclass(frozen=True, slots=True)
class News:
    """What the district has done that a curator has not answered yet, and how many lines differ from what was agreed."""

    roadmap_id: int
    agreement: Agreement | None
    n_new: int
    n_changed: int
    n_differing: int


def news_for(user: SignedIn, day: dt.date) -> News | None:
    """Return what is new from the district for the roadmap of a curator's school; in three plain queries, agreed ones in four."""
    offices = user.viewer.organisations(Perm.DISTRICT_VIEW)
    roadmaps = Roadmap.objects.live().filter(
        organisation_id__in=user.viewer.organisations(Perm.ROADMAP_EDIT) - offices,
        year__starts_on__lte=day,
        year__ends_on__gte=day,
    )
    roadmap = (
        roadmaps.select_related("agreement")
        .annotate(office=F("organisation__parent"), office_above=F("organisation__parent__parent"))
        .first()
    )
    if roadmap is None:
        return None
    own = Adoption.objects.filter(activity__roadmap=roadmap.pk).order_by()
    adopted = list(own.values_list("line_id", "line__withdrawn_on", *_TAKEN, *_ASKED_NOW))
    n = len(SHOWN)
    n_changed = sum(
        line is not None and withdrawn_on is None and texts[:n] != texts[n:]
        for line, withdrawn_on, *texts in adopted
    )
    agreement = getattr(roadmap, "agreement", None)
    n_differing = 0
    if agreement is not None and agreement.status == AgreementStatus.AGREED:
        n_differing = len(changes_between(agreement.content, _told_now(roadmap.pk)))
    n_new = len(_set_for(roadmap, day) - {line for line, *_rest in adopted})
    return News(roadmap.pk, agreement, n_new, n_changed, n_differing)


def _set_for(roadmap: Roadmap, day: dt.date) -> set[int]:
    """Return the lines that stand for a roadmap (`office` and `office_above` annotated) on a day."""
    offices = [key for key in (vars(roadmap)["office"], vars(roadmap)["office_above"]) if key]
    if not offices:
        return set()
    standing = DistrictLine.objects.standing().filter(
        organisation__in=offices,
        activity__roadmap__year__starts_on__lte=day,
        activity__roadmap__year__ends_on__gte=day,
    )
    return set(standing.order_by().values_list("pk", flat=True))


def _told_now(roadmap_id: int) -> list[dict[str, Any]]:
    """Return as much of `content_of` as changes are told by, without a row of a model for each line."""
    rows = Activity.objects.filter(roadmap=roadmap_id).order_by().values("pk", *TOLD)
    return [row | {"key": row["pk"], "ends_on": _iso(row["ends_on"])} for row in rows]


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


# ---------------------------------------------------------------- what is sent and agreed


@cache
def _posts() -> frozenset[str]:
    return frozenset(fold(owner) for entry in entries().values() for owner in entry.owners)


def posts_of(text: str) -> str:
    """Return the posts of a list of owners that are known as posts: a name never goes to the district."""
    owners = (one.strip() for one in text.split(";"))
    return "; ".join(one for one in owners if fold(one) in _posts())


def content_of(activities: Iterable[Activity]) -> list[dict[str, Any]]:
    """Return what the district reads of a roadmap: its lines without names, proofs and states.

    The lines are those of `activities_of`.
    """
    return [_sent(activity) for activity in activities]


def _sent(activity: Activity) -> dict[str, Any]:
    adoption = getattr(activity, "adoption", None)
    taken = adopted_line_of(adoption) if adoption else None
    return {
        "key": activity.pk,
        "number": activity.number,
        "section": activity.section,
        "title": activity.title,
        "term_text": activity.term_text,
        "ends_on": _iso(activity.ends_on),
        "result": activity.result,
        "posts": posts_of(activity.responsible),
        "line": taken.adoption.line_id if taken else None,
        "reason": taken.adoption.reason if taken and taken.is_later else "",
    }


@dataclass(frozen=True, slots=True)
class Changes:
    """What a roadmap says otherwise than what was sent: rows of `content_of`; changed ones before and after."""

    added: tuple[dict[str, Any], ...]
    removed: tuple[dict[str, Any], ...]
    changed: tuple[tuple[dict[str, Any], dict[str, Any]], ...]

    def __len__(self) -> int:
        return len(self.added) + len(self.removed) + len(self.changed)


def changes_between(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> Changes:
    """Compare two contents; a line is the same by its key."""
    old, new = ({row["key"]: row for row in rows} for rows in (before, after))
    return Changes(
        added=tuple(row for key, row in new.items() if key not in old),
        removed=tuple(row for key, row in old.items() if key not in new),
        changed=tuple(
            (old[key], row)
            for key, row in new.items()
            if key in old and any(old[key][name] != row[name] for name in TOLD)
        ),
    )


def changes_of(agreement: Agreement | None, activities: Iterable[Activity]) -> Changes:
    """Return what a roadmap says otherwise than what was sent; nothing where nothing was sent."""
    if agreement is None or agreement.status == AgreementStatus.DRAFT:
        return Changes((), (), ())
    return changes_between(agreement.content, content_of(activities))


# ---------------------------------------------------------------- the district's table

DONE, DUE, LATE, ABSENT, SKIPPED = "done", "due", "late", "absent", "skipped"


class SchoolCell(NamedTuple):
    """How a school stands with a line; `late_days` since the term was over, 0 when it is not."""

    state: str
    late_days: int = 0


DONE_CELL, DUE_CELL, SKIPPED_CELL = SchoolCell(DONE), SchoolCell(DUE), SchoolCell(SKIPPED)


def due_on(asked: dt.date | None, agreed: dt.date | None) -> dt.date | None:
    """Return the deadline a school is measured by: the district's, or a later one that was agreed."""
    return asked if asked is None or agreed is None else max(asked, agreed)


def cell_of(status: str, deadline: dt.date | None, day: dt.date, *, has_fact: bool) -> SchoolCell:
    """Return how a line stands; the same as `roadmaps.queries.line_of` says where the deadline is the same."""
    if status == ActivityStatus.SKIPPED:
        return SKIPPED_CELL
    if status == ActivityStatus.DONE or has_fact:
        return DONE_CELL
    if deadline is not None and deadline < day:
        return SchoolCell(LATE, (day - deadline).days)
    return DUE_CELL


def absent_cell(deadline: dt.date | None, day: dt.date) -> SchoolCell:
    """Return how a line stands that a school has not taken over."""
    return SchoolCell(
        ABSENT, (day - deadline).days if deadline is not None and deadline < day else 0
    )


def words_of(cell: SchoolCell) -> str:
    """Return a cell in words."""
    if not cell.late_days:
        return {
            DONE: _("done"), DUE: _("due"), ABSENT: _("not taken over"), SKIPPED: _("not held"),
        }[cell.state]  # fmt: skip
    late = ngettext("late by %(n)s day", "late by %(n)s days", cell.late_days)
    said = late % {"n": cell.late_days}
    return said if cell.state == LATE else _("not taken over, %(late)s") % {"late": said}


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """A school on the district's table.

    Attributes:
        status: of the agreement; empty when there is no roadmap at all.
        n_moved: lines whose term the school has changed since it was agreed.
        n_late: lines past their term, not taken over ones among them.
        worst_days: the longest lateness.
    """

    pk: int
    name: str
    status: str
    n_moved: int
    cells: tuple[SchoolCell, ...]
    n_done: int
    n_due: int
    n_absent: int
    n_late: int
    worst_days: int

    @property
    def status_words(self) -> str:
        """Return the state of the agreement in words."""
        return str(AgreementStatus(self.status).label) if self.status else _("no roadmap")


@dataclass(frozen=True, slots=True)
class DistrictTable:
    """Schools × lines of a district, the worst school first."""

    lines: tuple[DistrictLine, ...]
    rows: tuple[SchoolRow, ...]

    @property
    def n_late(self) -> int:
        """Return how many schools are late with something."""
        return sum(row.n_late > 0 for row in self.rows)


def lines_set_by(user: SignedIn, day: dt.date) -> list[DistrictLine]:
    """Return the lines the offices of a coordinator have set for the year of a day."""
    return list(
        DistrictLine.objects.standing()
        .filter(
            organisation_id__in=user.viewer.organisations(Perm.DISTRICT_VIEW),
            activity__roadmap__year__starts_on__lte=day,
            activity__roadmap__year__ends_on__gte=day,
        )
        .select_related("activity__roadmap__year")
    )


def table_of(user: SignedIn, day: dt.date, *, only: int | None = None) -> DistrictTable:
    """Return the table of a coordinator; the number of queries does not grow with it.

    Args:
        user: who looks.
        day: today.
        only: a school to narrow it to.
    """
    lines = lines_set_by(user, day)
    schools = _schools(user, day, only)
    marks = _marks(lines, schools)
    facts = _facts(lines, schools)
    asked = [_asked(line, day) for line in lines]
    rows = [
        _row(school, asked, marks.get(school["pk"], {}), facts.get(school["pk"], {}), day)
        for school in schools
    ]
    return DistrictTable(
        tuple(lines), tuple(sorted(rows, key=lambda row: (-row.n_late, -row.n_absent, row.name)))
    )


def _schools(user: SignedIn, day: dt.date, only: int | None) -> list[dict[str, Any]]:
    this_year = {"year__starts_on__lte": day, "year__ends_on__gte": day}
    roadmaps = Roadmap.objects.live().filter(organisation=OuterRef("pk"), **this_year)
    statuses = Agreement.objects.filter(
        organisation=OuterRef("pk"),
        roadmap__archived_at=None,
        roadmap__year__starts_on__lte=day,
        roadmap__year__ends_on__gte=day,
    ).values("status")
    schools = Organisation.objects.below(user)
    if only is not None:
        schools = schools.filter(pk=only)
    rows = (
        schools.annotate(status=Subquery(statuses[:1]), has_roadmap=Exists(roadmaps))
        .values("pk", "short_name", "status", "has_roadmap")
        .order_by("short_name", "pk")
    )
    return [dict(row) for row in rows]


# status, the later deadline that was agreed, whether the term was changed since
Mark = tuple[str, dt.date | None, int]


def _marks(
    lines: Sequence[DistrictLine], schools: Sequence[dict[str, Any]]
) -> dict[int, dict[int, Mark]]:
    """Return school → line → how it stands; days are compared by the database, thousands of them cost too much here."""
    same = Q(activity__ends_on=F("agreed_ends_on")) | Q(activity__ends_on=None, agreed_ends_on=None)
    rows = (
        Adoption.objects.filter(
            line__in=[line.pk for line in lines],
            organisation__in=[school["pk"] for school in schools],
        )
        .annotate(
            # what was agreed counts until the district changes its own term
            agreed=Case(When(taken_ends_on=F("line__activity__ends_on"), then=F("agreed_ends_on"))),
            moved=Case(When(same, then=0), default=1),
        )
        .order_by()
    )
    found: dict[int, dict[int, Mark]] = {}
    for school, line, *mark in rows.values_list(
        "organisation_id", "line_id", "activity__status", "agreed", "moved"
    ):
        found.setdefault(school, {})[line] = (mark[0], mark[1], mark[2])
    return found


def _facts(
    lines: Sequence[DistrictLine], schools: Sequence[dict[str, Any]]
) -> dict[int, dict[str, Fact]]:
    """Return the facts of the schools, asked for only where one could tick a line."""
    wanted = {code for line in lines for code in needed_facts(line.activity)}
    if not wanted:
        return {}
    year, keys = lines[0].activity.roadmap.year, [school["pk"] for school in schools]
    return facts_in(keys, year.starts_on, year.ends_on, wanted=wanted)


class _AskedLine(NamedTuple):
    """What a row needs of a line of the district, looked up once for all schools."""

    pk: int
    ends_on: dt.date | None
    needed: tuple[str, ...]
    absent: SchoolCell


def _asked(line: DistrictLine, day: dt.date) -> _AskedLine:
    activity = line.activity
    return _AskedLine(
        line.pk, activity.ends_on, needed_facts(activity), absent_cell(activity.ends_on, day)
    )


def _row(
    school: dict[str, Any],
    asked: Sequence[_AskedLine],
    marks: dict[int, Mark],
    facts: dict[str, Fact],
    day: dt.date,
) -> SchoolRow:
    cells = []
    for line in asked:
        if (mark := marks.get(line.pk)) is None:
            cells.append(line.absent)
            continue
        deadline = due_on(line.ends_on, mark[1])
        cells.append(cell_of(mark[0], deadline, day, has_fact=is_ticked(line.needed, facts)))
    status = school["status"] or (AgreementStatus.DRAFT if school["has_roadmap"] else "")
    n_moved = sum(mark[2] for mark in marks.values()) if status == AgreementStatus.AGREED else 0
    states = [cell.state for cell in cells]
    late = [cell.late_days for cell in cells if cell.late_days]
    return SchoolRow(
        school["pk"], school["short_name"], status, n_moved, tuple(cells), states.count(DONE),
        states.count(DUE), states.count(ABSENT), len(late), max(late, default=0),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Review:
    """One school as its district sees it: the lines asked for, and what the school has sent."""

    row: SchoolRow
    lines: tuple[tuple[DistrictLine, SchoolCell, AdoptedLine | None], ...]
    agreement: Agreement | None
    own: tuple[dict[str, Any], ...]
    changes: Changes


def review_of(user: SignedIn, organisation_id: int, day: dt.date) -> Review | None:
    """Return a school below the coordinator, None when there is no such school.

    What the school has not sent is not told: of its own lines the district sees those of `Agreement.content` only.
    """
    table = table_of(user, day, only=organisation_id)
    if not table.rows:
        return None
    [row] = table.rows
    agreement = (
        Agreement.objects.below(user)
        .filter(
            organisation_id=organisation_id,
            roadmap__archived_at=None,
            roadmap__year__starts_on__lte=day,
            roadmap__year__ends_on__gte=day,
        )
        .exclude(status=AgreementStatus.DRAFT)
        .first()
    )
    taken = (
        Adoption.objects.filter(organisation_id=organisation_id, line__in=table.lines)
        .select_related("activity", "line__activity")
        .order_by()
    )
    by_line = {one.line_id: adopted_line_of(one) for one in taken}
    own: tuple[dict[str, Any], ...] = ()
    changes = Changes((), (), ())
    if agreement is not None:
        own = tuple(one for one in agreement.content if one["line"] is None)
        changes = changes_of(agreement, activities_of(agreement.roadmap_id))
    return Review(
        row,
        tuple(
            (line, cell, by_line.get(line.pk))
            for line, cell in zip(table.lines, row.cells, strict=True)
        ),
        agreement,
        own,
        changes,
    )


def waiting_agreements(user: SignedIn) -> list[Agreement]:
    """Return what the schools have sent and nobody has answered yet, the longest waiting first."""
    rows = Agreement.objects.below(user).filter(
        status=AgreementStatus.SENT, roadmap__archived_at=None
    )
    return list(rows.select_related("organisation").defer("content").order_by("sent_at", "pk"))


def schools_level(organisation: Organisation) -> bool:
    """Tell whether an organisation is an office that may set lines for those below."""
    return organisation.level != Level.ORGANISATION


def office_over(organisation: Organisation) -> Organisation | None:
    """Return the nearest office above an organisation."""
    above = offices_above(organisation)
    return Organisation.objects.filter(pk=above[-1]).first() if above else None


def lines_of_roadmap(roadmap: Roadmap) -> dict[int, int]:
    """Return the activities of a municipal roadmap that are set for schools → how many schools took them over."""
    rows = DistrictLine.objects.standing().filter(activity__roadmap=roadmap)
    return dict(rows.annotate(n=Count("adoptions")).order_by("pk").values_list("activity_id", "n"))


def municipal_roadmap(user: SignedIn, day: dt.date) -> Roadmap | None:
    """Return the roadmap of the coordinator's office for the year of a day, else the latest."""
    return _latest(user.viewer.organisations(Perm.DISTRICT_VIEW), day)


def _latest(organisations: frozenset[int], day: dt.date) -> Roadmap | None:
    rows = (
        Roadmap.objects.live()
        .filter(organisation_id__in=organisations)
        .select_related("organisation", "year")
    )
    return rows.filter(year__starts_on__lte=day, year__ends_on__gte=day).first() or rows.first()
