"""What the pairs tell: that they have been approved."""

import datetime as dt
from collections.abc import Collection, Iterator

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import ngettext

from nastavnik.core.access import Perm
from nastavnik.core.facts import Fact
from nastavnik.mentorships.models import Mentorship


def facts(
    organisation_ids: Collection[int], first: dt.date, last: dt.date
) -> Iterator[tuple[int, Fact]]:
    """Yield the pairs approved in a time, with the day of the first."""
    told = (
        Mentorship.objects.filter(
            organisation_id__in=organisation_ids, starts_on__range=(first, last)
        )
        .values_list("organisation_id")
        .order_by("organisation_id")
        .annotate(n=Count("pk"), since=Min("starts_on"))
    )
    for organisation_id, number, since in told:
        yield (
            organisation_id,
            Fact(
                "pairs_approved",
                ngettext("%(n)s pair approved", "%(n)s pairs approved", number) % {"n": number},
                since,
                reverse("mentorships:list"),
                Perm.PAIR_VIEW,
            ),
        )
