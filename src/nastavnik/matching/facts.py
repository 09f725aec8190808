"""What the matching tells: that requests and skills have been compared."""

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from nastavnik.core.access import Perm
from nastavnik.core.facts import Fact
from nastavnik.matching.models import MatchingRun


def facts(organisation_id: int, first: dt.date, last: dt.date) -> Iterator[Fact]:
    """Yield the first matching of a time."""
    runs = MatchingRun.objects.filter(
        organisation_id=organisation_id, made_at__date__range=(first, last)
    )
    run = runs.only("made_at").order_by("made_at", "pk").first()
    if run is not None:
        yield Fact(
            "matching_run", _("the matching was run"), timezone.localdate(run.made_at),
            reverse("matching:workspace"), Perm.MATCHING_VIEW,
        )  # fmt: skip
