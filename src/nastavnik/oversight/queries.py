"""Reads of a district: the indicators of all its schools, summed and with no small count to be worked out (method.md §6, §7)."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db.models import F

from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.dates import today
from nastavnik.core.text import fold
from nastavnik.districts.queries import table_of
from nastavnik.engine.statistics.shares import CountedShare
from nastavnik.engine.statistics.suppression import CountOfPeople, hide_small, small_span
from nastavnik.mentorships.models import Tie
from nastavnik.monitoring.catalogues import IndicatorRule, indicator_rules
from nastavnik.monitoring.models import HandCount
from nastavnik.monitoring.queries.indicators import Found, found_by, ties_of_year
from nastavnik.organisations.models import Organisation
from nastavnik.oversight.choices import ASKED, RecommendationStatus
from nastavnik.oversight.models import Recommendation, RecommendationQuerySet
from nastavnik.people.choices import LEARNERS
from nastavnik.people.models import Person

PARTNERS = "partners"  # what counts organisations is no count of people: nothing of it is hidden


@dataclass(frozen=True, slots=True)
class RolledUp:
    """An indicator of one school, or the sum of them, as a district may see it.

    Attributes:
        n: how many; None where it is hidden, or no school is in the sum.
        whole: of how many; None where nobody has entered it.
        is_above: there are more than the whole: one of both is wrong, and it is in no sum.
        is_partial: of somebody the date that decides is not known; in a sum, of somebody of some school.
        n_schools: how many schools are in it.
    """

    n: int | None
    whole: int | None
    is_above: bool = False
    is_partial: bool = False
    n_schools: int = 1

    @property
    def share(self) -> CountedShare | None:
        """Return the share, None where the count is hidden or wrong."""
        return None if self.n is None or self.is_above else CountedShare(self.n, self.whole)


@dataclass(frozen=True, slots=True)
class SchoolIndicators:
    """A school in the table of indicators.

    Attributes:
        pk: its key; None for the sum of the district.
        name: what it is called.
        is_silent: nobody has entered a denominator, and no pair was begun in the year.
        n_unsaid: indicators without a denominator.
        n_late: lines of the district past their term today; None for a year that is over, or the sum.
        cells: in the order of the rules.
    """

    pk: int | None
    name: str
    is_silent: bool
    n_unsaid: int
    n_late: int | None
    cells: tuple[RolledUp, ...]


@dataclass(frozen=True, slots=True)
class RollUp:
    """The indicators of a district in a calendar year.

    Attributes:
        year: the year.
        rules: what is counted.
        schools: the silent first, then those with the most late lines.
        total: numerators and denominators of the schools that have both, summed.
        n_summed: code → how many schools are in the sum.
    """

    year: int
    rules: tuple[IndicatorRule, ...]
    schools: tuple[SchoolIndicators, ...]
    total: SchoolIndicators
    n_summed: Mapping[str, int]

    @property
    def n_silent(self) -> int:
        """Return how many schools have said nothing."""
        return sum(one.is_silent for one in self.schools)


def counted_rules() -> tuple[IndicatorRule, ...]:
    """Return the indicators that are rolled up: those the site counts; satisfaction is asked for, school by school."""
    return tuple(rule for rule in indicator_rules() if not rule.is_asked)


def roll_up(user: SignedIn, year: int) -> RollUp:
    """Return the indicators of the schools below a coordinator; the number of queries does not grow with them."""
    rules = counted_rules()
    names = dict(Organisation.objects.below(user).values_list("pk", "short_name"))
    found = found_by_school(user, rules, year)
    entered: dict[tuple[int, str], int] = {
        (school, code): value
        for school, code, value in HandCount.objects.filter(
            organisation__in=Organisation.objects.below(user), year=year
        ).values_list("organisation_id", "code", "value")
    }
    late = {}
    if year == today().year:
        late = {row.pk: row.n_late for row in table_of(user, today()).rows}
    cells, totals, n_summed = _columns(rules, list(names), found, entered)
    schools = [
        SchoolIndicators(
            pk,
            name,
            is_silent=pk not in found and not any((pk, rule.code) in entered for rule in rules),
            n_unsaid=sum((pk, rule.code) not in entered for rule in rules),
            n_late=late.get(pk, 0) if year == today().year else None,
            cells=tuple(cells[rule.code][pk] for rule in rules),
        )
        for pk, name in names.items()
    ]
    schools.sort(key=lambda one: (not one.is_silent, -(one.n_late or 0), -one.n_unsaid, one.name))
    total = SchoolIndicators(
        None, "", is_silent=False, n_unsaid=0, n_late=None,
        cells=tuple(totals[rule.code] for rule in rules),
    )  # fmt: skip
    return RollUp(year, rules, tuple(schools), total, n_summed)


def found_by_school(
    user: SignedIn, rules: Sequence[IndicatorRule], year: int
) -> dict[int, dict[str, Found]]:
    """Return school → code → numerator, by the very definition a school sees; schools without a pair are not in it."""
    ties = (
        ties_of_year(year)
        .filter(organisation__in=Organisation.objects.below(user))
        .order_by()
        .annotate(mentor_person=F("mentorship__mentor__person"))
    )
    mentees: dict[int, set[int]] = {}
    mentors: dict[int, set[int]] = {}
    for school, mentee, mentor in ties.values_list(
        "organisation_id", "mentee__person_id", "mentor_person"
    ):
        mentees.setdefault(school, set()).add(mentee)
        mentors.setdefault(school, set()).add(mentor)
    took_part = Person.objects.filter(
        pk__in=ties.values("mentee__person_id").union(ties.values("mentor_person"))
    ).only("organisation_id", "kind", "birth_date", "work_started_on", "partner_id")
    people = sorted(took_part, key=lambda one: one.organisation_id)
    return {
        school: {
            rule.code: found_by(
                rule, those, mentees=mentees[school], mentors=mentors[school], year=year
            )
            for rule in rules
        }
        for school, group in groupby(people, key=lambda one: one.organisation_id)
        if (those := list(group)) and school in mentees
    }


def _columns(
    rules: Sequence[IndicatorRule],
    schools: Sequence[int],
    found: Mapping[int, Mapping[str, Found]],
    entered: Mapping[tuple[int, str], int],
) -> tuple[dict[str, dict[int, RolledUp]], dict[str, RolledUp], dict[str, int]]:
    """Return code → school → value, code → sum, and how many schools are in it.

    The wider indicator goes first: where both are shown, their difference is a count of people as well.
    """
    cells: dict[str, dict[int, RolledUp]] = {}
    totals: dict[str, RolledUp] = {}
    n_summed: dict[str, int] = {}
    for rule in sorted(rules, key=lambda one: -sum(is_part(other, one) for other in rules)):
        wider = [other.code for other in rules if is_part(rule, other)]
        none = Found(0)
        numbers = {pk: found.get(pk, {}).get(rule.code, none) for pk in schools}
        shares = {
            pk: CountedShare(numbers[pk].n or 0, entered.get((pk, rule.code))) for pk in schools
        }
        summed = [pk for pk in schools if shares[pk].percent is not None]
        known = {
            pk: tuple(
                whole
                for whole in (shares[pk].denominator, *(cells[code][pk].n for code in wider))
                if whole is not None
            )
            for pk in schools
        }
        shown = _shown(rule, {pk: CountOfPeople(shares[pk].numerator, known[pk]) for pk in schools},
                       summed, _wholes(summed, shares, wider, totals))  # fmt: skip
        cells[rule.code] = {
            pk: RolledUp(
                shown[pk], shares[pk].denominator,
                is_above=shares[pk].is_above, is_partial=numbers[pk].n_unknown > 0,
            )
            for pk in schools
        }  # fmt: skip
        n_summed[rule.code] = len(summed)
        totals[rule.code] = RolledUp(
            shown[None] if summed else None,
            sum(shares[pk].denominator or 0 for pk in summed) or None,
            is_partial=any(numbers[pk].n_unknown for pk in summed),
            n_schools=len(summed),
        )
    return cells, totals, n_summed


def _wholes(
    summed: Sequence[int],
    shares: Mapping[int, CountedShare],
    wider: Iterable[str],
    totals: Mapping[str, RolledUp],
) -> list[int]:
    """Return the known sums the sum of an indicator is a part of."""
    sums = [sum(shares[pk].denominator or 0 for pk in summed), *(totals[one].n for one in wider)]
    return [one for one in sums if one]


def _shown(
    rule: IndicatorRule,
    counts: Mapping[int, CountOfPeople],
    summed: Sequence[int],
    wholes: Sequence[int],
) -> dict[int | None, int | None]:
    """Return school → count, None → sum; None for a hidden one. What is in no sum is hidden only where it is small itself."""
    shown: dict[int | None, int | None]
    if rule.people == PARTNERS:
        shown = {pk: one.n for pk, one in counts.items()}
        shown[None] = sum(counts[pk].n for pk in summed)
        return shown
    shown = {pk: None if small_span(one) else one.n for pk, one in counts.items()}
    column = hide_small([counts[pk] for pk in summed], wholes)
    shown |= dict(zip(summed, column.counts, strict=True))
    shown[None] = column.total
    return shown


def is_part(rule: IndicatorRule, other: IndicatorRule) -> bool:
    """Tell whether everybody an indicator counts is counted by another one too, who may count more."""
    if rule is other or rule.people != other.people or rule.people == PARTNERS:
        return False
    if rule.work_years != other.work_years or other.role not in (rule.role, "any"):
        return False
    if other.age_from is None or other.age_to is None:
        return rule.age_from is not None or rule.role != other.role
    if rule.age_from is None or rule.age_to is None:
        return False
    bounds, within = (rule.age_from, rule.age_to), (other.age_from, other.age_to)
    inside = within[0] <= bounds[0] and bounds[1] <= within[1]
    return inside and (bounds != within or rule.role != other.role)


def years_of_district(user: SignedIn) -> list[int]:
    """Return the calendar years of which a school below has begun something or entered a number, with this one, newest first."""
    schools = Organisation.objects.below(user)
    begun = Tie.objects.filter(organisation__in=schools).begun()
    days: Iterable[dt.date] = begun.order_by().values_list("starts_on", flat=True).distinct()
    entered = HandCount.objects.filter(organisation__in=schools).order_by()
    years = {today().year, *(day.year for day in days)}
    return sorted(years | set(entered.values_list("year", flat=True).distinct()), reverse=True)


# ---------------------------------------------------------------- recommendations


def asked_of(user: SignedIn) -> list[Recommendation]:
    """Return the recommendations a school has to answer, the earliest day first."""
    rows = Recommendation.objects.filter(
        organisation_id__in=user.viewer.organisations(Perm.ROADMAP_EDIT), status__in=ASKED
    )
    return list(rows)


def schools_below(user: SignedIn) -> list[Organisation]:
    """Return the organisations below a coordinator."""
    return list(Organisation.objects.below(user))


def recommended_below(user: SignedIn) -> RecommendationQuerySet:
    """Return what a district has recommended to its schools, each with the school."""
    return Recommendation.objects.below(user).select_related("organisation")


def given_to_schools(user: SignedIn) -> list[Recommendation]:
    """Return what a district has recommended: answered ones first, then by the day of the answer, the ended last."""
    rows = list(recommended_below(user))
    order = {RecommendationStatus.ANSWERED: 0, RecommendationStatus.SETTLED: 2, RecommendationStatus.WITHDRAWN: 2}  # fmt: skip
    return sorted(
        rows, key=lambda one: (order.get(RecommendationStatus(one.status), 1), one.due_on, one.pk)
    )


def pupil_named(organisation: Organisation, words: str) -> bool:
    """Tell whether a text names a pupil of the school: last and first name stand in it, in whatever case.

    A name is known by its beginning, so that «Иванову Петру» is found; of a last name alone, which may be a common word, nothing is said.
    """
    said = re.findall(r"[а-яёa-z]+", fold(words).replace("-", " "))
    names = Person.objects.filter(organisation=organisation, kind__in=LEARNERS).values_list(
        "last_name", "first_name"
    )
    return any(
        _stands_in(last, said) and _stands_in(first, said)
        for last, first in names
        if last and first
    )


def _stands_in(name: str, said: Sequence[str]) -> bool:
    """Tell whether the words hold a name, but for its last two letters, which change by case."""
    parts = fold(name).replace("-", " ").split()
    stem = parts[0][: max(len(parts[0]) - 2, 3)] if parts else ""
    return bool(stem) and any(
        one.startswith(stem) and len(one) <= len(parts[0]) + 3 for one in said
    )
