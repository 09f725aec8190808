"""What the matching tells: that requests and skills have been compared."""

import datetime as dt
from collections.abc import Collection, Iterator

from django.db.models import Min
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from nastavnik.core.access import Perm
from nastavnik.core.hooks.facts import Fact
from nastavnik.matching.models import MatchingRun


def facts(
    organisation_ids: Collection[int], first: dt.date, last: dt.date
) -> Iterator[tuple[int, Fact]]:
    """Yield the first matching of a time."""
    runs = (
        MatchingRun.objects.filter(
            organisation_id__in=organisation_ids, made_at__date__range=(first, last)
        )
        .values_list("organisation_id")
        .order_by("organisation_id")
        .annotate(first_at=Min("made_at"))
    )
    for organisation_id, made_at in runs:
        yield (
            organisation_id,
            Fact(
                "matching_run", _("the matching was run"), timezone.localdate(made_at),
                reverse("matching:workspace"), Perm.MATCHING_VIEW,
            ),
        )  # fmt: skip
