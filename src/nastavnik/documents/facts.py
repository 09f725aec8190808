"""What the register tells: papers with number and date."""

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nastavnik.core.access import Perm
from nastavnik.core.facts import Fact
from nastavnik.core.news import Kind
from nastavnik.documents.choices import DocumentStatus
from nastavnik.documents.models import Document


def facts(organisation_id: int, first: dt.date, last: dt.date) -> Iterator[Fact]:
    """Yield the registered papers of a time, the first of each kind."""
    papers = Document.objects.filter(
        organisation_id=organisation_id,
        status=DocumentStatus.REGISTERED,
        dated_on__range=(first, last),
    ).order_by("dated_on", "pk")
    told: set[str] = set()
    for paper in papers.only("kind", "number", "dated_on")[:50]:
        if paper.kind in told:
            continue
        told.add(paper.kind)
        yield Fact(
            paper.kind,
            _("order No. %(number)s of %(date)s")
            % {"number": paper.number, "date": f"{paper.dated_on:%d.%m.%Y}"},
            paper.dated_on,
            reverse("documents:card", args=[paper.pk]),
            Perm.DOCUMENT_VIEW,
        )


NEWS = (
    Kind(
        40, "document-registered", "documents.document", Perm.DOCUMENT_VIEW, Document.objects.visible_to,
        lambda n: ngettext("%(n)s paper was registered", "%(n)s papers were registered", n) % {"n": n},
        "documents:register",
    ),
)  # fmt: skip
