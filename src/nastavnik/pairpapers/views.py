"""Pages of the papers of a pair: which there are, and each as it would be printed."""

from collections import Counter
from collections.abc import Mapping

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nastavnik.core import looks
from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import requires
from nastavnik.core.errors import RefusedError
from nastavnik.core.http import Request, key_of, shown_with, ticked
from nastavnik.core.ui.downloads import download
from nastavnik.core.ui.paging import page_of
from nastavnik.documents.actions import draft_document, refresh_document
from nastavnik.documents.choices import DocumentStatus
from nastavnik.documents.models import Document
from nastavnik.documents.paper_kinds import title_of
from nastavnik.documents.queries import content_of
from nastavnik.documents.rendering import blocks_of
from nastavnik.jobs.queries import unfinished
from nastavnik.jobs.tasks import ask_and_wait
from nastavnik.mentorships.models import Mentorship
from nastavnik.pairpapers.documents import (
    MONTHS,
    award_lines,
    award_title,
    drafts_left,
    kinds_lacking,
    registered_papers,
)
from nastavnik.pairpapers.forms import AwardFilter
from nastavnik.pairpapers.models import PaperFile
from nastavnik.pairpapers.papers import BY_CODE, PairPaper, folder_papers, papers_for
from nastavnik.pairpapers.queries import (
    MonthSpan,
    months_of,
    pairs_with_papers,
    people_of,
    why_closed,
)
from nastavnik.pairpapers.tasks import AWARDS, FOLDER, given_for, given_for_folder
from nastavnik.programmes.queries import current_programme
from nastavnik.writers.awards import draw_award_docx, draw_awards_pdf
from nastavnik.writers.blocks import code_of
from nastavnik.writers.looks import LINE, OLD_LINES, OLD_SIGNATURE
from nastavnik.writers.pdfs import draw_pdf
from nastavnik.writers.wordfiles import draw_docx

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"
PER_PAGE = 100
FORMS = ("pdf", "zip")


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
    found = papers_for(request.user, pair)
    context = {
        "pair": pair,
        "closed": why_closed(pair),
        "papers": [one for one in found if one.of != "month"],
        "monthly": [one for one in found if one.of == "month"],
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
    kind = _kind(request, pair, code)
    document = _unkept(pair, kind, request.GET)
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
        "kind": kind,
        "tie": document.subject_id if kind.of == "mentee" else None,
        "title": title,
        "query": request.GET.urlencode(),
        "paper": [(f"documents/blocks/{code_of(block)}.html", block) for block in blocks],
        "line": LINE,
        "old": {"signature": OLD_SIGNATURE, "lines": OLD_LINES},
        "origins": made.origins,
        "doubts": content["doubts"],
        "may_register": kind.is_numbered and request.user.viewer.may(Perm.DOCUMENT_EDIT),
        "known": _known(request, document) if kind.is_numbered else (),
    }
    return render(request, "pairpapers/paper.html", context)


def _kind(request: Request, pair: Mentorship, code: str) -> PairPaper:
    kind = BY_CODE.get(code)
    if kind is None or kind not in papers_for(request.user, pair):
        raise Http404
    return kind


def _unkept(pair: Mentorship, kind: PairPaper, asked: Mapping[str, str]) -> Document:
    """Return a paper that is not in the register: it is drawn anew each time."""
    subject: int | None = pair.pk
    if kind.of == "mentee":
        ties = {tie.pk: tie for tie in pair.ties.all()}
        subject = key_of(asked["tie"]) if "tie" in asked else next(iter(ties), None)
        if subject not in ties:
            raise Http404
    month = asked.get("month", "")
    return Document(
        organisation=pair.organisation,
        year=pair.programme.year,
        kind=kind.code,
        subject_id=subject,
        entered={"month": month} if kind.of == "month" and month else {},
    )


def _known(request: Request, document: Document) -> list[Document]:
    """Return the papers of the same kind and subject in the register."""
    seen = Document.objects.visible_to(request.user)
    return list(seen.filter(kind=document.kind, subject_id=document.subject_id))


@require_POST
@requires(Perm.DOCUMENT_EDIT)
def register(request: Request, pk: int, code: str) -> HttpResponse:
    """Put a paper of a pair into the register as a draft, or open the draft that is there."""
    pair = _pair(request, pk)
    kind = _kind(request, pair, code)
    if not kind.is_numbered:
        raise Http404
    document = _unkept(pair, kind, request.POST)
    known = [one for one in _known(request, document) if one.status == DocumentStatus.DRAFT]
    if known:
        return redirect("documents:card", pk=known[0].pk)
    if kind.assemble(document) is None:
        raise Http404
    made = draft_document(
        pair.programme.year, kind.code, subject_id=document.subject_id, by=request.user
    )
    refresh_document(made, by=request.user)
    messages.success(request, _("The paper is in the register as a draft."))
    return redirect("documents:card", pk=made.pk)


# ---------------------------------------------------------------- certificates and thanks


@require_http_methods(["GET", "POST"])
@requires(Perm.DOCUMENT_EDIT)
def awards(request: Request) -> HttpResponse:
    """Show for whom there are certificates and thanks, each name as it is going to be printed; draw many into one file."""
    programme = current_programme(request.user)
    asked = AwardFilter(request.POST if request.method == "POST" else request.GET)
    asked.is_valid()
    kind = asked.chosen
    lines = award_lines(request.user, programme, kind) if programme else []
    if request.method == "POST" and programme:
        keys = (
            shown_with(request, "all") if "all" in request.POST else set(ticked(request, "records"))
        )
        chosen = [one.record.pk for one in lines if one.record.pk in keys and one.award]
        wanted = request.POST.get("form", "")
        if not chosen:
            messages.error(request, _("Tick for whom the sheets are: nobody is ticked."))
        else:
            try:
                return redirect(
                    ask_and_wait(
                        request,
                        AWARDS,
                        given=given_for(
                            programme, kind, chosen, wanted if wanted in FORMS else "pdf"
                        ),
                        organisation_id=programme.organisation_id,
                        by=request.user,
                    )
                )
            except RefusedError as refusal:
                for reason in refusal.reasons:
                    messages.error(request, reason)
    found = asked.left_of(lines)
    page = page_of(request, found, PER_PAGE)
    context = {
        "programme": programme,
        "filters": asked,
        "kind": kind,
        "title": award_title(kind),
        "page": page,
        "n_all": len(lines),
        "drawable": [one.record.pk for one in found if one.award],
        "n_doubts": sum(one.award is not None and not one.is_sure for one in found),
        "files": list(PaperFile.objects.visible_to(request.user).defer("data")[:10]),
        "under_way": unfinished(request.user, AWARDS),
        "ticked": ticked(request, "records"),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "pairpapers/awards.html", context, status=status)


@require_GET
@requires(Perm.DOCUMENT_EDIT)
def award(request: Request, pk: int) -> HttpResponse:
    """Give one sheet, .pdf or .docx."""
    programme = current_programme(request.user)
    asked = AwardFilter(request.GET)
    asked.is_valid()
    lines = award_lines(request.user, programme, asked.chosen) if programme else []
    line = next((one for one in lines if one.record.pk == pk), None)
    if line is None or line.award is None:
        raise Http404
    looks.note_taken_out(request, "award", {line.record.person_id}, as_file=True)
    title = f"{award_title(asked.chosen)} {line.record.person.full_name}"
    name = get_valid_filename(title)
    if request.GET.get("as") == "docx":
        return download(draw_award_docx(line.award), f"{name}.docx", DOCX)
    return download(draw_awards_pdf(title, [line.award]), f"{name}.pdf", PDF)


# ---------------------------------------------------------------- the folder of the year


@require_http_methods(["GET", "POST"])
@requires(Perm.DOCUMENT_EDIT)
def folder(request: Request) -> HttpResponse:
    """Say what the folder of the year will hold and what it lacks; assemble it into one file."""
    programme = current_programme(request.user)
    kept = registered_papers(request.user, programme.year) if programme else []
    pairs = (
        list(pairs_with_papers(request.user).filter(programme__year=programme.year))
        if programme
        else []
    )
    wanted = folder_papers(request.user, pairs)
    if request.method == "POST" and programme:
        form = request.POST.get("form", "")
        try:
            return redirect(
                ask_and_wait(
                    request,
                    FOLDER,
                    given=given_for_folder(programme, wanted, form if form in FORMS else "zip"),
                    alone=f"folder-{request.user.pk}",
                    organisation_id=programme.organisation_id,
                    by=request.user,
                )
            )
        except RefusedError as refusal:
            for reason in refusal.reasons:
                messages.error(request, reason)
    by_kind = Counter(one.kind for one in kept)
    of_pairs = Counter(code for code, _subject in wanted)
    context = {
        "programme": programme,
        "n_kept": len(kept),
        "kept": [(title_of(code), n) for code, n in by_kind.items()],
        "of_pairs": [(title_of(code), n) for code, n in of_pairs.items()],
        "n_all": len(kept) + len(wanted),
        "drafts": drafts_left(request.user, programme.year) if programme else [],
        "lacking": kinds_lacking(kept) if programme else [],
        "files": list(PaperFile.objects.visible_to(request.user).defer("data")[:10]),
        "under_way": unfinished(request.user, FOLDER),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "pairpapers/folder.html", context, status=status)


@require_GET
@requires(Perm.DOCUMENT_EDIT)
def paper_file(request: Request, pk: int) -> HttpResponse:
    """Give a file of many papers to whoever has asked for it."""
    made = get_object_or_404(PaperFile.objects.visible_to(request.user), pk=pk)
    people = set(made.named.values_list("person_id", flat=True))
    looks.note_taken_out(request, "papers", people, as_file=True)
    return download(bytes(made.data), made.file_name)
