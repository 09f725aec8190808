"""What the register tells: papers with number and date."""

import datetime as dt
from collections.abc import Collection, Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nastavnik.core.access import Perm
from nastavnik.core.hooks.digest import DigestKind
from nastavnik.core.hooks.facts import Fact
from nastavnik.documents.choices import DocumentStatus
from nastavnik.documents.models import Document
from nastavnik.documents.paper_kinds import kind_named, kinds
from nastavnik.documents.texts import codes


def told() -> set[str]:
    """Return the codes of all facts registered papers may tell: of their kinds, and what those prove."""
    return {*codes(), *(code for kind in kinds() for code in kind.proves)}


def facts(
    organisation_ids: Collection[int], first: dt.date, last: dt.date
) -> Iterator[tuple[int, Fact]]:
    """Yield the registered papers of a time, the first of each kind."""
    papers = (
        Document.objects.filter(
            organisation_id__in=organisation_ids,
            status=DocumentStatus.REGISTERED,
            dated_on__range=(first, last),
        )
        .order_by("dated_on", "pk")
        .values_list("organisation_id", "kind", "number", "dated_on", "pk")
    )
    told = set()
    for organisation_id, kind, number, dated_on, key in papers:
        if (organisation_id, kind) in told:
            continue
        told.add((organisation_id, kind))
        words = _("order No. %(number)s of %(date)s") % {
            "number": number,
            "date": f"{dated_on:%d.%m.%Y}",
        }
        url = reverse("documents:card", args=[key])
        for code in (kind, *kind_named(kind).proves):
            yield organisation_id, Fact(code, words, dated_on, url, Perm.DOCUMENT_VIEW)


NEWS = (
    DigestKind(
        40, "document-registered", "documents.document", Perm.DOCUMENT_VIEW, Document.objects.visible_to,
        lambda n: ngettext("%(n)s paper was registered", "%(n)s papers were registered", n) % {"n": n},
        "documents:register",
    ),
)  # fmt: skip
