"""Pages of the papers of a pair: which there are, and each as it would be printed."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.text import get_valid_filename
from django.views.decorators.http import require_GET

from nastavnik.core import looks
from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import requires
from nastavnik.core.http import Request
from nastavnik.core.ui.downloads import download
from nastavnik.documents.models import Document
from nastavnik.documents.queries import content_of
from nastavnik.documents.rendering import blocks_of
from nastavnik.mentorships.models import Mentorship
from nastavnik.pairpapers.documents import MONTHS
from nastavnik.pairpapers.papers import BY_CODE, PAIR_PAPERS, PairPaper
from nastavnik.pairpapers.queries import (
    MonthSpan,
    months_of,
    pairs_with_papers,
    people_of,
    why_closed,
)
from nastavnik.writers.blocks import code_of
from nastavnik.writers.looks import LINE, OLD_LINES, OLD_SIGNATURE
from nastavnik.writers.pdfs import draw_pdf
from nastavnik.writers.wordfiles import draw_docx

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"


def _pair(request: Request, pk: int) -> Mentorship:
    pair = get_object_or_404(pairs_with_papers(request.user), pk=pk)
    people = {one.pk for one in people_of(pair)}
    looks.note_look(request, "pair", people, organisation_id=pair.organisation_id)
    return pair


@require_GET
@requires(Perm.DOCUMENT_VIEW)
def papers(request: Request, pk: int) -> HttpResponse:
    """Show which papers of a pair can be drawn of what was entered."""
    pair = _pair(request, pk)
    context = {
        "pair": pair,
        "closed": why_closed(pair),
        "papers": [one for one in PAIR_PAPERS if not one.is_monthly],
        "monthly": [one for one in PAIR_PAPERS if one.is_monthly],
        "months": [(key_of_month(one), month_words(one)) for one in months_of(pair)],
    }
    return render(request, "pairpapers/pair.html", context)


def key_of_month(month: MonthSpan) -> str:
    """Return a month as an address names it."""
    return f"{month.first:%Y-%m}"


def month_words(month: MonthSpan) -> str:
    """Return a month as a paper names it."""
    return f"{MONTHS[month.first.month - 1]} {month.first.year}"


@require_GET
@requires(Perm.DOCUMENT_VIEW)
def paper(request: Request, pk: int, code: str) -> HttpResponse:
    """Show a paper of a pair as it would be printed, with where it comes from; give it as .docx or .pdf."""
    pair = _pair(request, pk)
    kind = BY_CODE.get(code)
    if kind is None:
        raise Http404
    document = _unkept(pair, kind, request.GET.get("month", ""))
    made = kind.assemble(document)
    if made is None:
        raise Http404
    content = content_of(kind.code, made.composed)
    title, blocks = content["title"], blocks_of(content)
    if wanted := request.GET.get("as"):
        people = {one.pk for one in people_of(pair)}
        looks.note_taken_out(request, "pair", people, as_file=True)
        name = get_valid_filename(title)
        if wanted == "pdf":
            return download(draw_pdf(title, blocks), f"{name}.pdf", PDF)
        return download(draw_docx(title, blocks), f"{name}.docx", DOCX)
    context = {
        "pair": pair,
        "title": title,
        "query": request.GET.urlencode(),
        "paper": [(f"documents/blocks/{code_of(block)}.html", block) for block in blocks],
        "line": LINE,
        "old": {"signature": OLD_SIGNATURE, "lines": OLD_LINES},
        "origins": made.origins,
        "doubts": content["doubts"],
    }
    return render(request, "pairpapers/paper.html", context)


def _unkept(pair: Mentorship, kind: PairPaper, month: str) -> Document:
    """Return a paper that is not in the register: it is drawn anew each time."""
    return Document(
        organisation=pair.organisation,
        year=pair.programme.year,
        kind=kind.code,
        subject_id=pair.pk,
        entered={"month": month} if kind.is_monthly and month else {},
    )
