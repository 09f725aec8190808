"""Papers found by a part of the title or by the number."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.formats import date_format

from nastavnik.core.access import SignedIn
from nastavnik.core.hooks import search
from nastavnik.documents.models import Document
from nastavnik.documents.paper_kinds import title_of


def find(user: SignedIn, words: tuple[str, ...]) -> Iterator[search.Hit]:
    """Yield papers, the newest first; one query."""
    papers = Document.objects.visible_to(user).filter(search.containing("search_text", words))
    for paper in papers.defer("content")[: search.AT_MOST + 1]:
        said = [title_of(paper.kind), paper.get_status_display()]
        if paper.dated_on:
            said.append(date_format(paper.dated_on, "d.m.Y"))
        yield search.Hit(
            kind="paper",
            title=f"{paper.title} № {paper.number}" if paper.number else paper.title,
            subtitle=", ".join(said),
            url=reverse("documents:card", args=[paper.pk]),
        )
