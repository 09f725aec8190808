"""Reads of the facts a layout may show: a closed list of named numbers, days and words of one school and year. None names a person."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from django.db.models import Q

from nastavnik.mentorships.choices import MeetingStatus
from nastavnik.mentorships.models import Meeting
from nastavnik.monitoring.catalogues import indicator_rules, scorecard_rules
from nastavnik.monitoring.models import Scorecard, ScoreSheet
from nastavnik.monitoring.queries.indicators import every_certificate, ties_in
from nastavnik.monitoring.queries.scorecards import result_of
from nastavnik.organisations.models import Organisation
from nastavnik.programmes.models import MentoringForm

FactValue = int | float | str | None


@dataclass(frozen=True, slots=True)
class LayoutFact:
    """A fact a cell may be pointed at.

    Attributes:
        code: as mappings name it.
        title: in words, Russian: it is chosen by them.
        group: under which heading it stands.
        kind: number, percent, text or day, as `readers.layouts` takes it.
    """

    code: str
    title: str
    group: str
    kind: str


SIDES = {
    "pairs": "Пары и группы по приказу",
    "mentors": "Наставники",
    "mentees": "Наставляемые",
}


@cache
def layout_facts() -> tuple[LayoutFact, ...]:
    """Return all facts that are the same for every school."""
    return tuple(_fixed())


def _fixed() -> Iterator[LayoutFact]:
    for rule in indicator_rules():
        for part, words, kind in (
            ("value", "значение, %", "percent"),
            ("numerator", "числитель", "number"),
            ("denominator", "знаменатель", "number"),
            ("target", "план, %", "percent"),
            ("title", "название", "text"),
        ):
            yield LayoutFact(f"{rule.code}.{part}", f"{rule.code}: {words}", "Показатели", kind)
    yield LayoutFact("pairs.met", "Пары и группы, где встреча состоялась", "Численность", "number")
    yield LayoutFact(
        "pairs.confirmed",
        "Пары и группы, где встречу отметили обе стороны",
        "Численность",
        "number",
    )
    for side, words in SIDES.items():
        yield LayoutFact(side, f"{words}, всего", "Численность", "number")
    for one in scorecard_rules().indicators:
        yield LayoutFact(
            f"score.{one.code}", f"Карта оценки, {one.code}. {one.title}", "Карта оценки", "number"
        )
    yield LayoutFact("score.sum", "Карта оценки, сумма (все девять)", "Карта оценки", "number")
    yield LayoutFact("score.level", "Карта оценки, уровень", "Карта оценки", "text")
    for code, words, kind in (
        ("organisation.full_name", "Полное название", "text"),
        ("organisation.short_name", "Краткое название", "text"),
        ("organisation.town", "Населённый пункт", "text"),
        ("organisation.head_name", "Руководитель", "text"),
        ("year", "Год", "number"),
        ("on", "Отчётная дата", "day"),
    ):
        yield LayoutFact(code, words, "Организация", kind)


def facts_of(organisation: Organisation) -> dict[str, LayoutFact]:
    """Return code → fact, with the counts by form of those forms an organisation may have."""
    forms = MentoringForm.objects.filter(Q(organisation=organisation) | Q(organisation=None))
    titles = {form.code: form.title for form in forms.order_by("organisation_id", "order")}
    by_form = [
        LayoutFact(f"{side}.{code}", f"{words}, {title}", "Численность по формам", "number")
        for side, words in SIDES.items()
        for code, title in titles.items()
    ]
    return {fact.code: fact for fact in (*layout_facts(), *by_form)}


def values_of(
    organisation: Organisation, year: int, *, on: dt.date | None = None
) -> dict[str, FactValue]:
    """Return code → value of a calendar year; None: not known. A form in which nobody took part has 0: that is counted."""
    found: dict[str, FactValue] = {}
    day = on or dt.date(year, 12, 31)
    for row in every_certificate(organisation, year, on=day):
        value = row.share.percent
        found |= {
            f"{row.rule.code}.value": None if value is None else float(value),
            f"{row.rule.code}.numerator": row.found.n,
            f"{row.rule.code}.denominator": row.denominator,
            f"{row.rule.code}.target": row.target,
            f"{row.rule.code}.title": row.rule.title,
        }
    return (
        found
        | _counts(organisation, year)
        | _scores(organisation, year)
        | {
            f"organisation.{name}": getattr(organisation, name) or None
            for name in ("full_name", "short_name", "town", "head_name")
        }
        | {"year": year, "on": day.isoformat()}
    )


def _counts(organisation: Organisation, year: int) -> dict[str, FactValue]:
    """Return how many pairs, mentors and mentees a year had, in all and by form; each person once in each number."""
    found: dict[str, set[int]] = defaultdict(set)
    forms = MentoringForm.objects.filter(Q(organisation=organisation) | Q(organisation=None))
    for code in forms.values_list("code", flat=True):
        for side in SIDES:
            found[f"{side}.{code}"] = set()
    for side in SIDES:
        found[side] = set()
    rows = ties_in(organisation, year).values_list(
        "mentorship_id",
        "mentorship__mentor__person_id",
        "mentee__person_id",
        "mentorship__form__code",
    )
    for pair, mentor, mentee, form in rows:
        for side, key in (("pairs", pair), ("mentors", mentor), ("mentees", mentee)):
            found[side].add(key)
            found[f"{side}.{form}"].add(key)
    held = Meeting.objects.filter(
        organisation=organisation,
        mentorship__in=found["pairs"],
        status=MeetingStatus.HELD,
        held_on__year=year,
    )
    found["pairs.met"] = set(held.values_list("mentorship_id", flat=True))
    both = held.exclude(mentor_mark="").exclude(mentee_mark="")
    found["pairs.confirmed"] = set(both.values_list("mentorship_id", flat=True))
    return {code: len(keys) for code, keys in found.items()}


def _scores(organisation: Organisation, year: int) -> dict[str, FactValue]:
    """Return what the scorecard of the academic year that ends in a year gives; what is not scored, or scored otherwise by another, is not known."""
    card = Scorecard.objects.filter(
        organisation=organisation, programme__year__ends_on__year=year
    ).first()
    sheets = ScoreSheet.objects.filter(scorecard=card) if card else ScoreSheet.objects.none()
    result = result_of(sheets.select_related("scorer").prefetch_related("marks"))
    return {
        # points are not averaged: where scorers differ there is no one number
        **{f"score.{row.indicator.code}": _agreed(row.given) for row in result.rows},
        "score.sum": result.mean,
        "score.level": result.level.words if result.level else None,
    }


def _agreed(given: Sequence[int | None]) -> int | None:
    """Return the points everybody gave, where they are the same."""
    return given[0] if given and len(set(given)) == 1 else None
