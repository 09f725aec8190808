"""Reads of roadmaps: each line with its state, its evidence, and the fact that ticks it."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nastavnik.core.access import SignedIn, Viewer
from nastavnik.core.hooks.facts import Fact, facts_of
from nastavnik.core.text import fold
from nastavnik.documents.models import Document
from nastavnik.people.choices import LEARNERS
from nastavnik.programmes.models import MentoringForm
from nastavnik.roadmaps.catalogues import CatalogueActivity, entries
from nastavnik.roadmaps.choices import ActivityStatus
from nastavnik.roadmaps.models import (
    Activity,
    Evidence,
    IndicatorTarget,
    Roadmap,
    RoadmapChange,
    RoadmapDraft,
    RoadmapSection,
)

S = ActivityStatus
DONE, GOING, NEXT, LATE, SKIPPED = "done", "go", "next", "risk", "stop"
SOON, SOON_DAYS = "soon", 14


def evidence_by(document: Document) -> list[Evidence]:
    """Return what a paper proves, with the lines."""
    return list(Evidence.objects.filter(document=document).select_related("activity__roadmap"))


def lines_proved_by(document: Document) -> list[str]:
    """Return of each line that a paper proves that it loses this proof, in sentences."""
    return [
        _("The line «%(line)s» of the roadmap loses this proof: the draft of the order.")
        % {"line": f"{one.activity.number} {one.activity.title}".strip()}
        for one in evidence_by(document)
    ]


def current_roadmap(user: SignedIn, day: dt.date) -> Roadmap | None:
    """Return the roadmap of the year that holds a day, else the latest."""
    rows = Roadmap.objects.visible_to(user).select_related("organisation", "year")
    return rows.filter(year__starts_on__lte=day, year__ends_on__gte=day).first() or rows.first()


def roadmap_of_year(user: SignedIn, organisation_id: int, begins_in: int) -> Roadmap | None:
    """Return the roadmap that holds in the academic year that begins in a calendar year."""
    rows = Roadmap.objects.visible_to(user).select_related("organisation", "year")
    return rows.filter(organisation_id=organisation_id, year__starts_on__year=begins_in).first()


@dataclass(frozen=True, slots=True)
class Weight:
    """What would go into the archive with a roadmap: lines, those marked as done, proofs."""

    lines: int
    done: int
    proofs: int


def weight_of(roadmap: Roadmap) -> Weight:
    """Return what a roadmap holds that another one would not have."""
    rows = Activity.objects.filter(roadmap=roadmap)
    done = Count("pk", filter=Q(status=S.DONE) | Q(n_held__gt=0))
    numbers = rows.aggregate(lines=Count("pk"), done=done)
    return Weight(**numbers, proofs=Evidence.objects.filter(activity__roadmap=roadmap).count())


def has_learners(user: SignedIn, roadmap: Roadmap) -> bool:
    """Tell whether pupils or students take part in the programmes of its year; not known is yes."""
    forms = MentoringForm.objects.visible_to(user).filter(programmes__year=roadmap.year_id)
    kinds = {kind for several in forms.values_list("mentee_kinds", flat=True) for kind in several}
    return not kinds or bool(kinds & set(LEARNERS))


@dataclass(frozen=True, slots=True)
class ActivityLine:
    """An activity as a page shows it.

    Attributes:
        state: a key of `components/state.html`: done, go, next, risk (late), stop (not held).
        words: the state in words.
        told: what the system knows of it by itself, with the page of each fact for those who may open it.
        is_known: whether that is all the line promises, so that it ticks itself.
        late_days: days since the term was over, 0 when it is not late.
        evidence: what proves it.
        is_soon: whether it is open and its last day is within two weeks.
    """

    activity: Activity
    state: str
    words: str
    told: tuple[tuple[Fact, str], ...]
    is_known: bool
    late_days: int
    evidence: tuple[Evidence, ...]
    is_soon: bool = False

    @property
    def is_unproved(self) -> bool:
        """Tell whether it is done and nothing says so."""
        return self.state == DONE and not self.is_known and not self.evidence


def lines_of(user: SignedIn, roadmap: Roadmap, day: dt.date) -> list[ActivityLine]:
    """Return the lines of a roadmap in their order, in as many queries whatever their number."""
    proofs = Evidence.objects.visible_to(user).select_related("document")
    rows = (
        (
            Activity.objects.visible_to(user, in_archive=True)
            if roadmap.archived_at
            else Activity.objects.visible_to(user)
        )
        .filter(roadmap=roadmap)
        .select_related("roadmap")
        .prefetch_related(Prefetch("evidence", proofs, to_attr="proofs"))
    )
    facts = facts_for(rows, roadmap)
    return [
        line_of(activity, facts, user.viewer, day, proofs=activity.proofs)  # type: ignore[attr-defined]
        for activity in rows
    ]


def needed_facts(activity: Activity) -> tuple[str, ...]:
    """Return the facts that have to hold for a line to tick itself; empty when it never does.

    A line of several activities of the catalogue needs those of all; a word that promises more than the catalogue's
    title does needs the fact that proves it.
    """
    return _needed(activity.catalogue_code, activity.title) if activity.catalogue_code else ()


@lru_cache(maxsize=4096)  # of the catalogue and a title, which are the same for everybody
def _needed(codes: str, title: str) -> tuple[str, ...]:
    meant = [entries().get(code) for code in codes.split()]
    if not all(entry and entry.facts for entry in meant):
        return ()
    return tuple(dict.fromkeys(_facts_of(meant, fold(title))))


def _facts_of(meant: Iterable[CatalogueActivity | None], title: str) -> Iterator[str]:
    for entry in meant:
        if entry:
            yield from entry.facts
            yield from (fact for word, fact in entry.also if word in title)


def facts_for(activities: Iterable[Activity], roadmap: Roadmap) -> dict[str, Fact]:
    """Return the facts some lines of a roadmap wait for; what none of them needs is not asked."""
    wanted = {code for one in activities for code in needed_facts(one)}
    year = roadmap.year
    return facts_of(roadmap.organisation_id, year.starts_on, year.ends_on, wanted=wanted)


def is_ticked(needed: Sequence[str], facts: Mapping[str, Fact]) -> bool:
    """Tell whether all the facts a line needs hold."""
    return bool(needed) and all(code in facts and facts[code].holds for code in needed)


def line_of(
    activity: Activity,
    facts: dict[str, Fact],
    viewer: Viewer,
    day: dt.date,
    *,
    proofs: Iterable[Evidence],
) -> ActivityLine:
    """Return one line; `facts` are those of its organisation and year."""
    needed = needed_facts(activity)
    is_known = is_ticked(needed, facts)
    told = [facts[code] for code in needed if code in facts]
    state, words, late_days = _state(activity, day, is_known=is_known)
    left = (activity.due_on - day).days if activity.due_on else -1
    is_soon = state in (GOING, NEXT) and 0 <= left <= SOON_DAYS
    return ActivityLine(
        activity,
        state,
        words,
        tuple((fact, fact.url if viewer.may(fact.perm) else "") for fact in told),
        is_known,
        late_days,
        tuple(proofs),
        is_soon,
    )


def _state(activity: Activity, day: dt.date, *, is_known: bool) -> tuple[str, str, int]:
    if activity.status == S.SKIPPED:
        return SKIPPED, _("not held"), 0
    if activity.status == S.DONE and activity.done_on:
        return DONE, _("done on %(date)s") % {"date": f"{activity.done_on:%d.%m.%Y}"}, 0
    if is_known:
        return DONE, _("done"), 0
    return _open_state(activity, day)


def _open_state(activity: Activity, day: dt.date) -> tuple[str, str, int]:
    starts_on, ends_on = activity.time
    if ends_on and ends_on < day:
        n_days = (day - ends_on).days
        words = ngettext("late by %(n)s day", "late by %(n)s days", n_days) % {"n": n_days}
        return LATE, words, n_days
    if activity.n_held and starts_on and day < starts_on:
        return NEXT, _("again from %(date)s") % {"date": f"{starts_on:%d.%m.%Y}"}, 0
    if activity.status == S.GOING or (starts_on and starts_on <= day):
        return GOING, _("going on"), 0
    return NEXT, _("ahead") if starts_on or ends_on else _("no days are set"), 0


@dataclass(frozen=True, slots=True)
class RoadmapPart:
    """A section with its lines; `stage` where it is one of the seven."""

    title: str
    stage: int | None
    lines: tuple[ActivityLine, ...]


def parts_of(lines: Iterable[ActivityLine]) -> list[RoadmapPart]:
    """Group lines by section: the seven stages in their order, other sections as they come."""
    groups: dict[tuple[int, str], list[ActivityLine]] = {}
    for line in lines:
        key = (line.activity.stage or 0, line.activity.section)
        groups.setdefault(key, []).append(line)
    order = sorted(groups, key=lambda key: key[0]) if all(key[0] for key in groups) else groups
    return [RoadmapPart(key[1], key[0] or None, tuple(groups[key])) for key in order]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many lines stand where; those that are not held count nowhere."""

    total: int
    done: int
    late: int
    going: int
    unproved: int


def counts_of(lines: Iterable[ActivityLine]) -> Counts:
    """Count lines by state."""
    held = [line for line in lines if line.state != SKIPPED]
    states = [line.state for line in held]
    return Counts(
        total=len(held),
        done=states.count(DONE),
        late=states.count(LATE),
        going=states.count(GOING),
        unproved=sum(line.is_unproved for line in held),
    )


def narrowed(
    lines: Sequence[ActivityLine], *, q: str = "", state: str = "", owner: str = "", stage: str = ""
) -> list[ActivityLine]:
    """Leave the lines with all words of `q`, in a state («open»: not done, or unproved), of an owner, of a stage."""
    words = fold(q).split()
    return [
        line
        for line in lines
        if all(word in _key(line.activity) for word in words)
        and _in_state(line, state)
        and fold(owner) in fold(line.activity.responsible)
        and (not stage or str(line.activity.stage) == stage)
    ]


def _key(activity: Activity) -> str:
    return fold(f"{activity.number} {activity.title} {activity.responsible} {activity.result}")


def _in_state(line: ActivityLine, state: str) -> bool:
    if state == "open":
        return line.state in (GOING, NEXT, LATE) or line.is_unproved
    if state == SOON:
        return line.is_soon
    return not state or line.state == state


def changes_of(
    user: SignedIn, roadmap: Roadmap, activity: Activity | None = None
) -> QuerySet[RoadmapChange]:
    """Return what was changed in a roadmap, or in one line of it, the latest first."""
    rows = RoadmapChange.objects.visible_to(user).filter(roadmap=roadmap)
    rows = rows.select_related("actor", "activity")
    return rows.filter(activity=activity) if activity else rows


def sections_of(user: SignedIn, roadmap: Roadmap) -> dict[str, RoadmapSection]:
    """Return title → what the document says of the section itself."""
    rows = RoadmapSection.objects.visible_to(user).filter(roadmap=roadmap)
    return {row.title: row for row in rows}


@dataclass(frozen=True, slots=True)
class PlannedIndicator:
    """An indicator with its planned values by year; None is a blank of the document."""

    name: str
    unit: str
    source_line: int
    values: tuple[tuple[int, float | None], ...]

    @property
    def said(self) -> str:
        """Return «2026: 10 %; 2027: нет данных»."""
        return words_of_values(self.unit, self.values)


def words_of_values(unit: str, values: Iterable[Sequence[Any]]) -> str:
    """Return planned values by year in words; a blank of the document is no zero."""
    return "; ".join(
        f"{year}: {_('no data')}"
        if value is None
        else f"{year}: {value:.10g} {unit}".rstrip().replace(".", ",")
        for year, value in values
    )


def sections_in(content: Mapping[str, Any]) -> dict[str, str]:
    """Return title → what a draft has read of the section itself."""
    return {one["title"]: RoadmapSection(**one).said for one in content.get("sections", [])}


def planned_in(content: Mapping[str, Any]) -> list[PlannedIndicator]:
    """Return the planned values a draft has read."""
    return [
        PlannedIndicator(one["name"], one["unit"], one["line"], tuple(map(tuple, one["values"])))
        for one in content.get("targets", [])
    ]


def targets_of(user: SignedIn, roadmap: Roadmap) -> list[PlannedIndicator]:
    """Return the planned values of the indicators, in the order of the document."""
    rows = IndicatorTarget.objects.visible_to(user).filter(roadmap=roadmap)
    return [
        PlannedIndicator(
            first.name, first.unit, first.source_line,
            tuple((row.year, row.value) for row in (first, *others)),
        )
        for _place, group in groupby(rows, key=lambda row: row.position)
        for first, *others in [list(group)]
    ]  # fmt: skip


def old_drafts(before: dt.datetime) -> QuerySet[RoadmapDraft]:
    """Return documents that were read before a moment and never taken."""
    return RoadmapDraft.objects.filter(read_at__lt=before).order_by("pk")
