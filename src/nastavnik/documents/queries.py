"""Reads of the register: what a paper still lacks."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nastavnik.core.access import SignedIn
from nastavnik.core.dates import today
from nastavnik.core.hooks.timeline import Subject, TimelineEvent
from nastavnik.documents.choices import Ask, DocumentStatus
from nastavnik.documents.models import Document
from nastavnik.documents.paper_kinds import (
    Composed,
    PaperGroup,
    PaperKind,
    Wanted,
    kind_of,
    offered,
)
from nastavnik.documents.rendering import blocks_of
from nastavnik.documents.signals import losses_asked
from nastavnik.documents.texts import BLANK, compose, form_of, phrase
from nastavnik.organisations.models import AcademicYear, Organisation
from nastavnik.writers.blocks import Block, Points, as_plain

CHANGED_SINCE = gettext_lazy(
    "What this paper says was changed in the database after it was registered, not by the site: it is not given out. "
    "Compare it with the signed sheet and restore a backup."
)


def content_of(code: str, composed: Composed) -> dict[str, Any]:
    """Return what is kept of a paper: its blocks, all a file needs to be drawn of, and what it asks and doubts.

    `has_gaps`: a line to write on stands in its points where a fact is lacking.
    """
    form = form_of(code)
    paper = compose(form, composed.facts)
    points = [point for block in paper if isinstance(block, Points) for point in block.items]
    return {
        "version": form["version"],
        "title": phrase(form, "title", composed.facts),
        # through JSON: lists, not tuples, as the database gives it back
        "blocks": json.loads(json.dumps(as_plain(paper))),
        "asks": list(composed.asks),
        "doubts": list(composed.doubts),
        "has_gaps": BLANK in " ".join(points),
        **composed.kept,
    }


@dataclass(frozen=True, slots=True)
class Drawn:
    """A paper as it stands today, for a file."""

    title: str
    blocks: list[Block]
    document: Document


def drawn(kind: PaperKind, organisation: Organisation, wanted: Wanted) -> Iterator[Drawn]:
    """Yield the papers of a kind an organisation has or could draw today; nothing is written.

    A registered paper stands as it was signed; one that was changed in the database since is left out.
    """
    for document in _papers(kind, organisation, wanted):
        if document.status == DocumentStatus.REGISTERED:
            if document.is_intact:
                yield Drawn(document.title, blocks_of(document.content), document)
        elif (composed := kind.compose(document)) is not None:
            content = content_of(kind.code, composed)
            yield Drawn(content["title"] or document.title, blocks_of(content), document)


def _papers(kind: PaperKind, organisation: Organisation, wanted: Wanted) -> Iterator[Document]:
    if kind.papers is not None:
        yield from kind.papers(organisation, wanted)
    elif wanted.is_any:
        yield from Document.objects.filter(organisation=organisation, kind=kind.code).order_by("pk")


@dataclass(frozen=True, slots=True)
class OfferedPaper:
    """A kind of paper a press begins, and those there are of it this year."""

    kind: PaperKind
    papers: list[Document]


def offered_papers(user: SignedIn, year: AcademicYear) -> list[tuple[str, list[OfferedPaper]]]:
    """Return by group the kinds of papers a press begins, each with what a user sees of it in a year."""
    known = defaultdict(list)
    for one in Document.objects.visible_to(user).filter(year=year).order_by("pk"):
        known[one.kind].append(one)
    groups: dict[str, list[OfferedPaper]] = {}
    for kind in offered():
        assert kind.offer is not None  # noqa: S101 - `offered` sees to it
        title = str(GROUPS[kind.offer.group])
        groups.setdefault(title, []).append(OfferedPaper(kind, known[kind.code]))
    return list(groups.items())


GROUPS = {
    PaperGroup.ORDERS: gettext_lazy("Orders"),
    PaperGroup.RULES: gettext_lazy("Regulation and programme"),
    PaperGroup.MINUTES: gettext_lazy("Minutes"),
    PaperGroup.TRAINING: gettext_lazy("Training of mentors"),
    PaperGroup.PARTNERS: gettext_lazy("Partners"),
    PaperGroup.REPORTS: gettext_lazy("Reports"),
    PaperGroup.TEXTS: gettext_lazy("Texts to read"),
}


def findings(document: Document) -> list[str]:
    """Return what is missing or doubtful in a draft, in sentences; of a registered paper, that it was changed."""
    if document.status == DocumentStatus.REGISTERED:
        return [] if document.is_intact else [str(CHANGED_SINCE)]
    content = document.content
    found = []
    if not document.number or document.dated_on is None:
        found.append(
            _("Number and date are not written yet: they are printed as lines to fill by hand.")
        )
    asks = [Ask(ask) for ask in content.get("asks", []) if _is_open(document, Ask(ask))]
    found += [_LACKING[ask]() for ask in asks]
    found += [
        _("%(what)s: not written, a line is printed.") % {"what": one.label}
        for one in kind_of(document).questions
        if one.is_needed and not document.entered.get(one.name)
    ]
    if not asks and not kind_of(document).questions and content.get("has_gaps"):
        found.append(_("Some words are missing in the points: they are printed as lines."))
    words = document.entered.get("words", {})
    if doubts := [one["given"] for one in content.get("doubts", []) if one["key"] not in words]:
        found.append(
            _("Check how these names are declined: %(names)s.") % {"names": ", ".join(doubts)}
        )
    return found + kind_of(document).findings(document)


def why_not_taken_back(document: Document) -> list[str]:
    """Return why a registration may not be taken back, and what to do instead; nothing where it may.

    Whoever lets something begin with a paper is asked too: what has gone on since keeps it.
    """
    if document.status != DocumentStatus.REGISTERED:
        return [_("This paper is a draft: there is no registration to take back.")]
    if not is_of_today(document):
        return [
            _(
                "A registration is taken back on its own day only. Later a new order changes or cancels this one."
            )
        ]
    return kind_of(document).stays(document)


def why_not_registered(document: Document) -> list[str]:
    """Return why a paper may not be registered, other than that its number and date are not written."""
    if document.status == DocumentStatus.REGISTERED:
        return [_("The paper is registered already.")]
    return kind_of(document).waits_for(document)


def is_of_today(document: Document) -> bool:
    """Tell whether a paper was registered today."""
    at = document.registered_at
    return at is not None and localdate(at) == today()


def consequences_of(document: Document, *, back: bool = False) -> list[str]:
    """Return what follows when a paper is registered, or its registration taken back, as whoever makes its kind says."""
    kind = kind_of(document)
    return kind.follows_back(document) if back else kind.follows(document)


def losses_with(document: Document) -> list[str]:
    """Return what goes when a draft is thrown away, as whoever holds on to it says."""
    told = losses_asked.send(sender=Document, document=document)
    return [sentence for _receiver, sentences in told for sentence in sentences or ()]


def is_parted(document: Document) -> bool:
    """Tell whether a draft was split from one that is a draft still, so that it can go back."""
    of = document.split_from
    return of is not None and of.status == document.status == DocumentStatus.DRAFT


def _is_open(document: Document, ask: Ask) -> bool:
    """Tell whether a question of the paper is answered not at all or by half."""
    entered = document.entered
    if ask == Ask.GROUND:
        return False  # an order stands without one
    if ask == Ask.CURATOR_POST:
        return not document.content.get("curator_post")
    if ask == Ask.AGREEMENTS:
        return not (entered.get("agreements_by") and entered.get("agreements_until"))
    named = entered.get(f"{ask}_number") and entered.get(f"{ask}_on")
    return not (named or entered.get(f"{ask}_absent"))


_LACKING: dict[Ask, Callable[[], str]] = {
    Ask.CURATOR_POST: lambda: _(
        "The curator's position is not written: the order names the curator without it."
    ),
    Ask.METHOD_COUNCIL: lambda: _(
        "The minutes of the methodical council are not named: a line is printed. Write them, or tick that there was no recommendation."
    ),
    Ask.CYCLE_COMMISSION: lambda: _(
        "The minutes of the cycle commission are not named: a line is printed. Write them, or tick that there was no recommendation."
    ),
    Ask.AGREEMENTS: lambda: _(
        "It is not written who draws up the agreements with the mentors and until when: lines are printed."
    ),
}


def timeline_events(user: SignedIn, subject: Subject) -> Iterator[TimelineEvent]:
    """Yield the signed papers of a subject that the user may read."""
    papers = Document.objects.visible_to(user).filter(
        pk__in=subject.documents, status=DocumentStatus.REGISTERED, dated_on__isnull=False
    )
    for paper in papers:
        assert paper.dated_on is not None  # noqa: S101 - the database sees to it
        number = f"{paper.title} № {paper.number}"
        yield TimelineEvent(paper.dated_on, "done", _("Signed: %(paper)s") % {"paper": number})
