"""Reads of the indicators of the method: each with what it counts, what stayed out and why (method.md §6)."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.db.models import Q

from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.dates import age_on, today
from nastavnik.core.request_cache import cached
from nastavnik.core.text import fold
from nastavnik.engine.statistics.shares import CountedShare
from nastavnik.mentorships.models import Tie, TieQuerySet
from nastavnik.monitoring.catalogues import IndicatorRule, indicator_rules
from nastavnik.monitoring.models import HandCount, YearTarget
from nastavnik.monitoring.queries.satisfied import SatisfiedCount, satisfied_of
from nastavnik.organisations.models import Organisation
from nastavnik.people.choices import LEARNERS, PersonKind
from nastavnik.people.models import Person
from nastavnik.roadmaps.models import IndicatorTarget


@dataclass(frozen=True, slots=True)
class Found:
    """What a numerator has found.

    Attributes:
        n: how many are counted, each once; None: nobody was asked.
        n_outside: who took part in the role and is left out by age or years of work.
        n_unknown: who took part and of whom the date that decides is not known: left out too.
    """

    n: int | None
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
        on: the day on which age and years of work are counted.
        found: the numerator and who stayed out of it.
        entered: the denominator as somebody entered it; None: nobody has.
        typed: what the organisation plans itself, in per cent; None: nothing.
        planned: what the roadmaps plan for the year, as their documents name it.
        n_took_part: how many took part in the role; of those who are asked it is the denominator.
        satisfied: what the questionnaires tell, of an indicator for which people are asked.
        n_after: how many of those in the role began only after `on`.
    """

    rule: IndicatorRule
    year: int
    on: dt.date
    found: Found
    entered: HandCount | None
    typed: float | None
    planned: tuple[PlannedValue, ...]
    n_took_part: int
    satisfied: SatisfiedCount | None = None
    n_after: int = 0

    @property
    def denominator(self) -> int | None:
        """Return of how many: of those who are asked at least all who took part, whoever enters fewer."""
        entered = self.entered.value if self.entered else None
        if not self.rule.is_asked:
            return entered
        return max(entered or 0, self.n_took_part) or None

    @property
    def share(self) -> CountedShare:
        """Return the value, if there is one."""
        if self.found.n is None:
            return CountedShare(0, None)
        return CountedShare(self.found.n, self.denominator)

    @property
    def targets(self) -> tuple[float, ...]:
        """Return the planned values that hold: the typed one, else all different ones of the roadmaps. They are never averaged."""
        if self.typed is not None:
            return (self.typed,)
        return tuple(dict.fromkeys(one.value for one in self.planned))

    @property
    def target(self) -> float | None:
        """Return the planned value, where there is just one."""
        return self.targets[0] if len(self.targets) == 1 else None

    @property
    def is_over(self) -> bool:
        """Tell whether the year is over: before, the numerator may still grow."""
        return self.year < today().year


def ties_of_year(year: int) -> TieQuerySet:
    """Return the mentees' places in pairs and groups begun by an order that stood on some day of a calendar year up to today."""
    first, last = dt.date(year, 1, 1), min(dt.date(year, 12, 31), today())
    return Tie.objects.filter(Q(ends_on=None) | Q(ends_on__gte=first), starts_on__lte=last).begun()


def ties_in(organisation: Organisation, year: int) -> TieQuerySet:
    """Return those of one organisation."""
    return ties_of_year(year).filter(organisation=organisation)


def certificates_of(
    user: SignedIn, organisation: Organisation, year: int
) -> list[BirthCertificate]:
    """Return every indicator of a year with its birth certificate, with what the user may see of denominators and plans."""
    is_seen = organisation.pk in user.viewer.answers_for(Perm.MONITORING_VIEW)
    reads = user.viewer.may(Perm.ANSWER_VIEW)
    return every_certificate(organisation, year, is_whole=is_seen, reads_answers=reads)


def every_certificate(
    organisation: Organisation,
    year: int,
    *,
    on: dt.date | None = None,
    is_whole: bool = True,
    reads_answers: bool = True,
) -> list[BirthCertificate]:
    """Return every indicator of a year with its birth certificate.

    Args:
        organisation: whose.
        year: calendar year.
        on: the day on which age and years of work are counted; None: the 31st of December of the year.
        is_whole: whether what was entered is read too.
        reads_answers: whether satisfaction is told as it is; else not where fewer than five are on one side.
    """
    day = on or dt.date(year, 12, 31)
    mentees: dict[int, dt.date] = {}
    mentors: dict[int, dt.date] = {}
    rows = ties_in(organisation, year).order_by("-starts_on")
    for mentee, mentor, begun_on in rows.values_list(
        "mentee__person_id", "mentorship__mentor__person_id", "starts_on"
    ):
        mentees[mentee] = mentors[mentor] = begun_on
    people = list(Person.objects.filter(pk__in=mentees.keys() | mentors.keys()))
    entered, typed = {}, {}
    if is_whole:
        counts = HandCount.objects.filter(organisation=organisation, year=year)
        entered = {row.code: row for row in counts}
        targets = YearTarget.objects.filter(organisation=organisation, year=year)
        typed = {row.code: row.value for row in targets}
    planned = planned_of(organisation, year)

    def certificate(rule: IndicatorRule) -> BirthCertificate:
        began = {"mentee": mentees, "mentor": mentors, "any": mentors | mentees}[rule.role]
        satisfied = None
        if rule.is_asked:
            satisfied = satisfied_of(organisation, rule, began.keys(), year)
            if satisfied and not reads_answers and satisfied.tells_of_few:
                satisfied = replace(satisfied, n=0, n_answered=0, is_kept_back=True)
            is_told = satisfied is not None and not satisfied.is_kept_back
            found = Found(satisfied.n if satisfied and is_told else None)
        else:
            found = found_by(
                rule, people, mentees=set(mentees), mentors=set(mentors), year=year, on=day
            )
        return BirthCertificate(
            rule,
            year,
            day,
            found,
            entered.get(rule.code),
            typed.get(rule.code),
            tuple(planned.get(rule.code, ())),
            len(began),
            satisfied,
            sum(begun_on > day for begun_on in began.values()),
        )

    return [certificate(rule) for rule in indicator_rules()]


def found_by(
    rule: IndicatorRule,
    people: Iterable[Person],
    *,
    mentees: set[int],
    mentors: set[int],
    year: int,
    on: dt.date | None = None,
) -> Found:
    """Count who took part, by the definition of an indicator.

    Args:
        rule: the definition.
        people: everybody who took part.
        mentees: keys of those who were mentees.
        mentors: keys of those who were mentors.
        year: the 31st of December of it decides age and years of work.
        on: another day that decides.
    """
    day = on or dt.date(year, 12, 31)
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
    if rule.people == "partners" or rule.is_asked:
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
    years |= set(
        YearTarget.objects.filter(organisation=organisation).values_list("year", flat=True)
    )
    years |= set(HandCount.objects.filter(organisation=organisation).values_list("year", flat=True))
    return sorted(years, reverse=True)
