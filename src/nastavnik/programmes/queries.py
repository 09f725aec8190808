"""Reads of programmes and bases."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from nastavnik.consents.choices import NEEDED_FOR_BASE, Purpose
from nastavnik.consents.queries import held_purposes, missing_purposes
from nastavnik.core.access import Verdict
from nastavnik.core.dates import today
from nastavnik.core.marks import SignedIn
from nastavnik.core.text import fold
from nastavnik.people.models import Person
from nastavnik.people.queries import group_names, roster
from nastavnik.programmes import catalogues
from nastavnik.programmes.access import may_be_ready
from nastavnik.programmes.choices import ParticipationStatus, Side
from nastavnik.programmes.models import MentoringForm, Participation, Programme


def current_programme(user: SignedIn, day: dt.date | None = None) -> Programme | None:
    """Return the programme the user works in: the one that holds the day, else the latest."""
    programmes = Programme.objects.visible_to(user).select_related("organisation", "year")
    day = day or today()
    return programmes.filter(starts_on__lte=day, ends_on__gte=day).first() or programmes.first()


@dataclass(frozen=True, slots=True)
class BaseRow:
    """A record of a base as a page shows it: everything is read, no query is left to the template."""

    record: Participation
    group: str
    forms: tuple[str, ...]
    areas: tuple[str, ...]
    missing: tuple[Purpose, ...]
    verdict: Verdict


def base_rows(records: Iterable[Participation]) -> list[BaseRow]:
    """Return rows of a base in three queries whatever their number (`records` with person and forms fetched)."""
    records = list(records)
    day = today()
    held = held_purposes([record.person_id for record in records], day)
    groups = group_names([record.person for record in records])
    rows = []
    for record in records:
        forms = list(record.forms.all())
        own = held.get(record.person_id, frozenset())
        rows.append(
            BaseRow(
                record=record,
                group=groups.get(record.person_id, ""),
                forms=tuple(form.title for form in forms),
                areas=area_titles(record.areas),
                missing=missing_purposes(own, NEEDED_FOR_BASE),
                verdict=may_be_ready(record, own, forms, day),
            )
        )
    return rows


def area_titles(codes: Iterable[str]) -> tuple[str, ...]:
    """Return the words of area codes, unknown ones left out."""
    known = catalogues.areas()
    return tuple(known[code].title for code in codes if code in known)


@dataclass(frozen=True, slots=True)
class BaseCounts:
    """How many people stand where in one base."""

    total: int
    ready: int
    paired: int


def base_counts(user: SignedIn, programme: Programme, side: Side) -> BaseCounts:
    """Count a base of a programme, those who left are not counted."""
    statuses = list(
        Participation.objects.visible_to(user)
        .filter(programme=programme)
        .of(side)
        .values_list("status", flat=True)
    )
    return BaseCounts(
        total=len(statuses),
        ready=statuses.count(ParticipationStatus.READY),
        paired=statuses.count(ParticipationStatus.PAIRED),
    )


def candidates_of_roster(
    user: SignedIn, programme: Programme, side: Side, *, q: str = "", group: str = ""
) -> QuerySet[Person]:
    """Return the people of the roster who may enter a base by kind and are not in it yet."""
    forms = list(programme.forms.all())
    kinds = {
        kind
        for form in forms
        for kind in (form.mentor_kinds if side == Side.MENTOR else form.mentee_kinds)
    }
    inside = Participation.objects.filter(programme=programme, side=side).exclude(
        status=ParticipationStatus.LEFT
    )
    return (
        roster(user, q=q, group=group)
        .filter(organisation_id=programme.organisation_id, kind__in=kinds)
        .exclude(pk__in=inside.values("person_id"))
    )


def candidates(user: SignedIn, programme: Programme) -> QuerySet[Participation]:
    """Return the records of both bases that are still being prepared."""
    return (
        Participation.objects.visible_to(user)
        .filter(programme=programme, status=ParticipationStatus.CANDIDATE)
        .select_related("person")
        .prefetch_related("forms")
    )


def base_records(
    user: SignedIn,
    programme: Programme,
    side: Side,
    *,
    q: str = "",
    status: str = "",
    form: str = "",
) -> QuerySet[Participation]:
    """Return the records of one base a user sees, narrowed by part of a name, state and form."""
    records = (
        Participation.objects.visible_to(user)
        .filter(programme=programme, side=side)
        .select_related("person")
        .prefetch_related("forms")
    )
    records = (
        records.filter(status=status)
        if status
        else records.exclude(status=ParticipationStatus.LEFT)
    )
    for word in fold(q).split():
        records = records.filter(person__search_name__contains=word)
    if form:
        of_form = programme.forms.filter(code=form)
        records = records.filter(
            pk__in=Participation.forms.through.objects.filter(mentoringform__in=of_form).values(
                "participation_id"
            )
        )
    return records


def people_in_bases(user: SignedIn) -> list[int]:
    """Return the keys of the people who stand in a base of the programme the user works in."""
    programme = current_programme(user)
    if programme is None:
        return []
    return list(
        Participation.objects.visible_to(user)
        .filter(programme=programme)
        .exclude(status=ParticipationStatus.LEFT)
        .values_list("person_id", flat=True)
    )


def forms_of(user: SignedIn) -> list[tuple[str, str]]:
    """Return the forms of the user's organisation as choices."""
    return list(MentoringForm.objects.visible_to(user).values_list("code", "title"))
