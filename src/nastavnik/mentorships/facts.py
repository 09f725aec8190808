"""What the pairs tell: that they have been approved."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import ngettext

from nastavnik.core.access import Perm
from nastavnik.core.facts import Fact
from nastavnik.mentorships.models import Mentorship


def facts(organisation_id: int, first: dt.date, last: dt.date) -> Iterator[Fact]:
    """Yield the pairs approved in a time, with the day of the first."""
    told = Mentorship.objects.filter(
        organisation_id=organisation_id, starts_on__range=(first, last)
    ).aggregate(n=Count("pk"), since=Min("starts_on"))
    if told["n"]:
        yield Fact(
            "pairs_approved",
            ngettext("%(n)s pair approved", "%(n)s pairs approved", told["n"]) % {"n": told["n"]},
            told["since"],
            reverse("mentorships:list"),
            Perm.PAIR_VIEW,
        )
