"""What plans tell the roadmap (method.md §8 A49): that they are approved, of how many mentees."""

import datetime as dt
from collections.abc import Collection, Iterator

from django.db.models import Count, Exists, Max, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from nastavnik.core.access import Perm
from nastavnik.core.hooks.facts import Fact
from nastavnik.plans.choices import SIGNED
from nastavnik.plans.models import IndividualPlan
from nastavnik.plans.queries import going_ties

CODES = {"plans_written"}


def facts(
    organisation_ids: Collection[int], first: dt.date, last: dt.date
) -> Iterator[tuple[int, Fact]]:
    """Yield of how many mentees whose pair began in a time and did not end early the plan is approved."""
    signed = IndividualPlan.objects.filter(tie=OuterRef("pk"), status__in=SIGNED)
    rows = (
        going_ties()
        .filter(organisation_id__in=organisation_ids, mentorship__starts_on__range=(first, last))
        .annotate(is_signed=Exists(signed))
        .order_by()
        .values("organisation_id")
        .annotate(
            of=Count("pk", distinct=True),
            n=Count("pk", filter=Q(is_signed=True), distinct=True),
            day=Max("plans__approved_on"),
        )
    )
    for row in rows:
        if row["n"]:
            words = _("individual plans are approved: %(n)s of %(of)s") % row
            url = reverse("plans:list")
            yield (
                row["organisation_id"],
                Fact("plans_written", words, row["day"], url, Perm.PAIR_VIEW, row["n"], row["of"]),
            )
