"""What a roadmap tells of itself: that it has been approved."""

import datetime as dt
from collections.abc import Collection, Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from nastavnik.core.access import Perm
from nastavnik.core.hooks.facts import Fact
from nastavnik.roadmaps.choices import RoadmapLevel
from nastavnik.roadmaps.models import Roadmap


def facts(
    organisation_ids: Collection[int], first: dt.date, last: dt.date
) -> Iterator[tuple[int, Fact]]:
    """Yield the roadmaps of the years of a time that the head has approved; a plan of work in hand is not yet one."""
    rows = Roadmap.objects.filter(
        organisation_id__in=organisation_ids,
        archived_at=None,
        year__starts_on__range=(first, last),
        approved_on__isnull=False,
    )
    for roadmap in rows.order_by("pk"):
        is_municipal = roadmap.level == RoadmapLevel.MUNICIPALITY
        yield (
            roadmap.organisation_id,
            Fact(
                "municipal_roadmap" if is_municipal else "roadmap_approved",
                _("the roadmap was approved on %(date)s")
                % {"date": f"{roadmap.approved_on:%d.%m.%Y}"},
                roadmap.approved_on,
                reverse("roadmaps:show", args=[roadmap.pk]),
                Perm.ROADMAP_VIEW,
            ),
        )
