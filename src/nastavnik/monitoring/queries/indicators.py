"""Reads of the indicators of the method: each with what it counts, what stayed out and why (method.md §6)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from nastavnik.core.access import SignedIn
from nastavnik.core.dates import age_on, today
from nastavnik.core.request_cache import cached
from nastavnik.core.text import fold
from nastavnik.engine.statistics.shares import CountedShare
from nastavnik.mentorships.models import Tie, TieQuerySet
from nastavnik.monitoring.catalogues import IndicatorRule, indicator_rules
from nastavnik.monitoring.models import HandCount
from nastavnik.organisations.models import Organisation
from nastavnik.people.choices import LEARNERS, PersonKind
from nastavnik.people.models import Person
from nastavnik.roadmaps.models import IndicatorTarget


@dataclass(frozen=True, slots=True)
class Found:
    """What a numerator has found.

    Attributes:
        n: how many are counted, each once.
        n_outside: who took part in the role and is left out by age or years of work.
        n_unknown: who took part and of whom the date that decides is not known: left out too.
    """

    n: int
    n_outside: int = 0
    n_unknown: int = 0


@dataclass(frozen=True, slots=True)
class PlannedValue:
    """A planned value of a roadmap, in the words of the document."""

    name: str
    value: float


@dataclass(frozen=True, slots=True)
class BirthCertificate:
    """The birth certificate of a value.

    Attributes:
        rule: the definition.
        year: calendar year.
        found: the numerator and who stayed out of it.
        entered: the denominator as somebody entered it; None: nobody has.
        planned: what the roadmaps plan for the year, as their documents name it.
    """

    rule: IndicatorRule
    year: int
    found: Found
    entered: HandCount | None
    planned: tuple[PlannedValue, ...]

    @property
    def share(self) -> CountedShare:
        """Return the value, if there is one."""
        return CountedShare(self.found.n, self.entered.value if self.entered else None)

    @property
    def is_over(self) -> bool:
        """Tell whether the year is over: before, the numerator may still grow."""
        return self.year < today().year


def ties_in(organisation: Organisation, year: int) -> TieQuerySet:
    """Return the mentees' places in pairs and groups begun by an order that stood on some day of a calendar year up to today."""
    first, last = dt.date(year, 1, 1), min(dt.date(year, 12, 31), today())
    return Tie.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=first),
        organisation=organisation,
        starts_on__lte=last,
    ).begun()


def certificates_of(
    user: SignedIn, organisation: Organisation, year: int
) -> list[BirthCertificate]:
    """Return every indicator of a year with its birth certificate; five queries."""
    ties = ties_in(organisation, year)
    mentees = set(ties.values_list("mentee__person_id", flat=True))
    mentors = set(ties.values_list("mentorship__mentor__person_id", flat=True))
    people = list(Person.objects.filter(pk__in=mentees | mentors))
    rows = HandCount.objects.visible_to(user).filter(organisation=organisation, year=year)
    entered = {row.code: row for row in rows.select_related("entered_by")}
    planned = planned_of(organisation, year)
    return [
        BirthCertificate(
            rule,
            year,
            found_by(rule, people, mentees=mentees, mentors=mentors, year=year),
            entered.get(rule.code),
            tuple(planned.get(rule.code, ())),
        )
        for rule in indicator_rules()
    ]


def found_by(
    rule: IndicatorRule,
    people: Iterable[Person],
    *,
    mentees: set[int],
    mentors: set[int],
    year: int,
) -> Found:
    """Count who took part, by the definition of an indicator.

    Args:
        rule: the definition.
        people: everybody who took part.
        mentees: keys of those who were mentees.
        mentors: keys of those who were mentors.
        year: the 31st of December of it decides age and years of work.
    """
    day = dt.date(year, 12, 31)
    in_role = {"mentee": mentees, "mentor": mentors, "any": mentees | mentors}[rule.role]
    took_part = [one for one in people if one.pk in in_role]
    if rule.people == "partners":
        outsiders = [one for one in took_part if one.kind == PersonKind.EMPLOYER]
        known = {one.partner_id for one in outsiders if one.partner_id}
        return Found(len(known), 0, sum(one.partner_id is None for one in outsiders))
    kinds = LEARNERS if rule.people == "learners" else (PersonKind.TEACHER,)
    answers = [_fits(rule, one, day) for one in took_part if one.kind in kinds]
    return Found(answers.count(True), answers.count(False), answers.count(None))


def _fits(rule: IndicatorRule, person: Person, day: dt.date) -> bool | None:
    """Tell whether somebody is within the bounds of an indicator on a day; None where the date that decides is not known."""
    if rule.work_years is not None:
        began = person.work_started_on
        if began is None:
            return None
        # exactly so many years on the day are inside
        return began <= day and age_on(began, day - dt.timedelta(1)) < rule.work_years
    if rule.age_from is None or rule.age_to is None:
        return True
    age = person.age_on(day)
    return None if age is None else rule.age_from <= age <= rule.age_to


def planned_of(organisation: Organisation, year: int) -> dict[str, list[PlannedValue]]:
    """Return code → planned values of the roadmaps that hold; one whose name fits several indicators or none has the code «»."""
    return cached(
        ("planned_of_indicators", organisation.pk, year), lambda: _planned_of(organisation, year)
    )


def _planned_of(organisation: Organisation, year: int) -> dict[str, list[PlannedValue]]:
    rows = IndicatorTarget.objects.filter(
        organisation=organisation, year=year, roadmap__archived_at=None, value__isnull=False
    )
    found: dict[str, list[PlannedValue]] = {}
    for row in rows:
        value = PlannedValue(row.name, row.value or 0.0)
        place = found.setdefault(code_by_name(row.name), [])
        if value not in place:
            place.append(value)
    return found


def code_by_name(name: str) -> str:
    """Return which indicator the name of a planned value means; empty where it fits none or more than one."""
    key = fold(name)
    fitting = [rule.code for rule in indicator_rules() if all(mark in key for mark in rule.marks)]
    return fitting[0] if len(fitting) == 1 else ""


@dataclass(frozen=True, slots=True)
class RosterHelp:
    """What the roster of the school holds now, beside a denominator to be entered: no denominator by itself."""

    n: int
    n_unknown: int


def roster_help(organisation: Organisation, rule: IndicatorRule, year: int) -> RosterHelp | None:
    """Count those of the roster of today who fit an indicator; None where the site cannot know, or the roster is empty."""
    if rule.people == "partners":
        return None
    kinds = LEARNERS if rule.people == "learners" else (PersonKind.TEACHER,)
    rows = Person.objects.filter(organisation=organisation, left_on=None, kind__in=kinds)
    answers = [_fits(rule, one, dt.date(year, 12, 31)) for one in rows]
    return RosterHelp(answers.count(True), answers.count(None)) if answers else None


def years_to_show(organisation: Organisation) -> list[int]:
    """Return the calendar years in which something began, is planned or entered, with this one, the newest first."""
    years = {today().year}
    begun = Tie.objects.filter(organisation=organisation).begun()
    years |= {day.year for day in begun.values_list("starts_on", flat=True).distinct()}
    live = IndicatorTarget.objects.filter(organisation=organisation, roadmap__archived_at=None)
    years |= set(live.values_list("year", flat=True))
    years |= set(HandCount.objects.filter(organisation=organisation).values_list("year", flat=True))
    return sorted(years, reverse=True)
