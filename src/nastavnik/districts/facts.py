"""What the agreement tells: that the district has agreed to a roadmap."""

import datetime as dt
from collections.abc import Collection, Iterator

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from nastavnik.core.access import Perm
from nastavnik.core.hooks.facts import Fact
from nastavnik.districts.choices import AgreementStatus
from nastavnik.districts.models import Agreement


def facts(
    organisation_ids: Collection[int], first: dt.date, last: dt.date
) -> Iterator[tuple[int, Fact]]:
    """Yield the agreements to the roadmaps of the years of a time."""
    rows = Agreement.objects.filter(
        organisation_id__in=organisation_ids,
        roadmap__year__starts_on__range=(first, last),
        status=AgreementStatus.AGREED,
        roadmap__archived_at=None,
        decided_at__isnull=False,
    )
    for organisation_id, roadmap_id, decided_at in rows.order_by("pk").values_list(
        "organisation_id", "roadmap_id", "decided_at"
    ):
        day = timezone.localdate(decided_at)
        yield (
            organisation_id,
            Fact(
                "roadmap_agreed", _("agreed with the district on %(date)s") % {"date": f"{day:%d.%m.%Y}"}, day,
                reverse("districts:asked", args=[roadmap_id]), Perm.ROADMAP_VIEW,
            ),
        )  # fmt: skip
