"""Who is of one family: kept so that matching never makes them a pair, and nothing more is kept of it."""

from django.db import models, transaction
from django.utils.translation import gettext as _

from nastavnik.core import audit
from nastavnik.core.errors import RefusedError
from nastavnik.people.models import Household, Person


@transaction.atomic
def join_family(person: Person, other: Person, *, by: models.Model | None) -> Household:
    """Note that two people are of one family; whoever is of theirs already is of it as well.

    Raises:
        RefusedError: it is one and the same person, or they are of different organisations.
    """
    if person.pk == other.pk or person.organisation_id != other.organisation_id:
        raise RefusedError(_("Choose another person of the same organisation."))
    both = Person.objects.select_for_update().filter(pk__in=[person.pk, other.pk]).order_by("pk")
    homes = sorted({one.household_id for one in both if one.household_id})
    home = (
        Household.objects.get(pk=homes[0])
        if homes
        else Household.objects.create(organisation_id=person.organisation_id)
    )
    members = models.Q(pk__in=[person.pk, other.pk]) | models.Q(household__in=homes)
    joined = list(Person.objects.filter(members).exclude(household=home))
    _set_household(joined, home, by=by)
    Household.objects.filter(pk__in=homes).exclude(pk=home.pk).delete()
    return home


@transaction.atomic
def leave_family(person: Person, *, by: models.Model | None) -> None:
    """Note that a person is not of the family after all; of the last one nothing is kept either."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    home = person.household
    if home is None:
        return
    rest = list(Person.objects.filter(household=home).exclude(pk=person.pk))
    _set_household([person, *(rest if len(rest) == 1 else ())], None, by=by)
    if len(rest) <= 1:
        home.delete()


def _set_household(
    people: list[Person], home: Household | None, *, by: models.Model | None
) -> None:
    for person in people:
        person.household = home
        person.save(update_fields=["household"])
        audit.record(audit.CHANGED, person, by=by, fields=["household"])
