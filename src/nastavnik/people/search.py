"""People found by a part of the name."""

from collections.abc import Iterator

from django.db.models import F
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from nastavnik.core.access import SignedIn
from nastavnik.core.hooks import search
from nastavnik.people.models import Person
from nastavnik.people.queries import group_names


def find(user: SignedIn, words: tuple[str, ...]) -> Iterator[search.Hit]:
    """Yield people of the roster, those who left last; two queries."""
    people = Person.objects.visible_to(user).filter(search.containing("search_name", words))
    ordered = people.order_by(F("left_on").asc(nulls_first=True), "search_name", "pk")
    found = list(ordered[: search.AT_MOST + 1])
    groups = group_names(found) if found else {}
    for person in found:
        yield search.Hit(
            kind="person",
            title=person.full_name,
            subtitle=_subtitle(person, groups.get(person.pk, "")),
            url=reverse("people:card", args=[person.pk]),
        )


def _subtitle(person: Person, group: str) -> str:
    if person.left_on:
        return _("Left on %(day)s.") % {"day": date_format(person.left_on, "d.m.Y")}
    return group or person.position or person.get_kind_display()
