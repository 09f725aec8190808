"""Reads of people."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import QuerySet

from nastavnik.core.dates import today
from nastavnik.people.models import Enrolment, Person, User, holds_on


def has_any_account() -> bool:
    """Tell whether anybody can sign in yet."""
    return User.objects.exists()


def enrolments_on(day: dt.date, people: Iterable[int]) -> QuerySet[Enrolment]:
    """Return the enrolments of some people that hold a day, with their classes."""
    return Enrolment.objects.filter(holds_on(day), person_id__in=people).select_related(
        "study_group"
    )


def group_names(people: Iterable[Person]) -> dict[int, str]:
    """Return person key → name of the class of today; those without a class are left out."""
    keys = [person.pk for person in people]
    return {row.person_id: row.study_group.name for row in enrolments_on(today(), keys)}
