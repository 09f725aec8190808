"""What the register tells: papers with number and date."""

import datetime as dt
from collections.abc import Collection, Iterator

from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nastavnik.core.access import Perm
from nastavnik.core.hooks.digest import DigestKind
from nastavnik.core.hooks.facts import Fact
from nastavnik.documents.choices import DocumentStatus
from nastavnik.documents.models import Document


def facts(
    organisation_ids: Collection[int], first: dt.date, last: dt.date
) -> Iterator[tuple[int, Fact]]:
    """Yield the registered papers of a time, the first of each kind."""
    place = Window(
        RowNumber(),
        partition_by=[F("organisation"), F("kind")],
        order_by=[F("dated_on").asc(), F("pk").asc()],
    )
    papers = (
        Document.objects.filter(
            organisation_id__in=organisation_ids,
            status=DocumentStatus.REGISTERED,
            dated_on__range=(first, last),
        )
        .annotate(place=place)
        .filter(place=1)
    )
    for paper in papers.only("organisation_id", "kind", "number", "dated_on"):
        yield (
            paper.organisation_id,
            Fact(
                paper.kind,
                _("order No. %(number)s of %(date)s")
                % {"number": paper.number, "date": f"{paper.dated_on:%d.%m.%Y}"},
                paper.dated_on,
                reverse("documents:card", args=[paper.pk]),
                Perm.DOCUMENT_VIEW,
            ),
        )


NEWS = (
    DigestKind(
        40, "document-registered", "documents.document", Perm.DOCUMENT_VIEW, Document.objects.visible_to,
        lambda n: ngettext("%(n)s paper was registered", "%(n)s papers were registered", n) % {"n": n},
        "documents:register",
    ),
)  # fmt: skip
