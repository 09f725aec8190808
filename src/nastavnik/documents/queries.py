"""Reads of the register: what a paper still lacks."""

from collections.abc import Iterator

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from nastavnik.core.dates import today
from nastavnik.core.marks import SignedIn
from nastavnik.core.timeline import Subject, TimelineEvent
from nastavnik.documents.choices import DocumentStatus
from nastavnik.documents.models import Document
from nastavnik.documents.signals import consequences_asked
from nastavnik.documents.texts import BLANK


def findings(document: Document) -> list[str]:
    """Return what is missing or doubtful in a draft, in sentences; nothing for a registered paper."""
    if document.status == DocumentStatus.REGISTERED:
        return []
    content = document.content
    found = []
    if not document.number or document.dated_on is None:
        found.append(
            _("Number and date are not written yet: they are printed as lines to fill by hand.")
        )
    if not content.get("has_acts"):
        found.append(
            _(
                "The organisation's own acts (regulation, order on introduction) are not named: write them in the programme."
            )
        )
    if not content.get("has_head"):
        found.append(_("The head is not named: fill the organisation's card."))
    if BLANK in " ".join(content.get("points", ())):
        found.append(_("Some words are missing in the points: they are printed as lines."))
    if unsure := content.get("unsure"):
        found.append(
            _("Check how these names are declined: %(names)s.") % {"names": ", ".join(unsure)}
        )
    if not content.get("annex", {}).get("parts"):
        found.append(_("There is no pair in the annex."))
    return found


def why_not_taken_back(document: Document) -> str:
    """Return why a registration may not be taken back, and what to do instead; nothing where it may."""
    if document.status != DocumentStatus.REGISTERED:
        return _("This paper is a draft: there is no registration to take back.")
    if document.registered_at is None or localdate(document.registered_at) != today():
        return _(
            "A registration is taken back on its own day only. Later a new order changes or cancels this one."
        )
    return ""


def consequences_of(document: Document, *, back: bool = False) -> list[str]:
    """Return what follows when a paper is registered, or its registration taken back, as whoever makes its kind says."""
    told = consequences_asked.send(sender=Document, document=document, back=back)
    return [sentence for _receiver, sentences in told for sentence in sentences or ()]


def timeline_events(user: SignedIn, subject: Subject) -> Iterator[TimelineEvent]:
    """Yield the signed papers of a subject that the user may read."""
    papers = Document.objects.visible_to(user).filter(
        pk__in=subject.documents, status=DocumentStatus.REGISTERED, dated_on__isnull=False
    )
    for paper in papers:
        assert paper.dated_on is not None  # noqa: S101 - the database sees to it
        number = f"{paper.title} № {paper.number}"
        yield TimelineEvent(paper.dated_on, "done", _("Signed: %(paper)s") % {"paper": number})
