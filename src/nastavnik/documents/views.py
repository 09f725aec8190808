"""Pages of the register."""

from collections.abc import Callable, Iterable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import requires, takes_files
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.http import Request
from nastavnik.core.ui import confirm, downloads, listing
from nastavnik.core.ui.paging import page_of
from nastavnik.documents import actions
from nastavnik.documents.adapter import check_paper, check_upload
from nastavnik.documents.choices import DocumentStatus
from nastavnik.documents.forms import CheckForm, ParticularsForm, RequisitesForm, TakeBackForm
from nastavnik.documents.models import Document
from nastavnik.documents.paper_kinds import Parting, kind_of
from nastavnik.documents.queries import (
    CHANGED_SINCE,
    consequences_of,
    findings,
    is_of_today,
    is_parted,
    offered_papers,
    why_not_registered,
    why_not_taken_back,
)
from nastavnik.documents.rendering import blocks_of
from nastavnik.documents.tables import register_table
from nastavnik.organisations.queries import year_for
from nastavnik.writers.blocks import Block, code_of
from nastavnik.writers.looks import LINE, OLD_LINES, OLD_SIGNATURE
from nastavnik.writers.pdfs import draw_pdf
from nastavnik.writers.wordfiles import draw_docx

PER_PAGE = 50
NEWEST = 8  # papers offered beside a file
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PDF = "application/pdf"


@require_GET
@requires(Perm.DOCUMENT_VIEW)
def register(request: Request) -> HttpResponse:
    """Show the papers, the newest on top."""
    papers = Document.objects.visible_to(request.user)
    page = page_of(request, papers, PER_PAGE)
    table = register_table(listing.rows_for(request, page, papers))
    if answer := listing.given(request, table):
        return answer
    context = {
        "page": page,
        "table": table,
        "may_draw": request.user.viewer.may(Perm.DOCUMENT_EDIT),
    }
    return render(request, "documents/register.html", context)


@require_http_methods(["GET", "POST"])
@requires(Perm.DOCUMENT_EDIT)
def new(request: Request) -> HttpResponse:
    """Show which papers of the organisation can be begun; a press begins one and opens it."""
    workplace = request.user.workplace
    may_write = workplace.pk in request.user.viewer.organisations(Perm.DOCUMENT_EDIT)
    year = year_for(workplace, today()) if may_write else None
    if year is None:
        messages.error(request, _("There is no academic year yet: open a programme first."))
        return redirect("documents:register")
    if request.method == "POST":
        try:
            made = actions.begin_paper(year, request.POST.get("kind", ""), by=request.user)
        except RefusedError as refusal:
            for reason in refusal.reasons:
                messages.error(request, reason)
            return redirect("documents:new")
        return redirect("documents:card", pk=made.pk)
    context = {"groups": offered_papers(request.user, year), "year": year}
    return render(request, "documents/new.html", context)


@require_http_methods(["GET", "POST"])
@requires(Perm.DOCUMENT_VIEW)
@takes_files(most_megabytes=12)
def check(request: Request) -> HttpResponse:
    """Read a file and show what a checker would find in it; nothing of it is kept."""
    is_sent = request.method == "POST"
    form = CheckForm(request.POST, request.FILES) if is_sent else CheckForm()
    found = None
    if is_sent and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            found = check_upload(file.read(), file.name, user=request.user)
        except RefusedError as refusal:
            form.add_error("file", list(refusal.reasons))
    papers = Document.objects.visible_to(request.user).defer("content")[:NEWEST]
    shown = {"form": form, "found": found, "papers": papers, "name": _name_of(form)}
    return render(request, "documents/check.html", shown, status=422 if form.errors else 200)


def _name_of(form: CheckForm) -> str:
    return form.cleaned_data["file"].name if form.is_bound and not form.errors else ""


@require_GET
@requires(Perm.DOCUMENT_VIEW)
def check_registered(request: Request, pk: int) -> HttpResponse:
    """Show what a checker would find in a paper of the register."""
    document = _opened(request, pk)
    found = check_paper(blocks_of(document.content), user=request.user)
    return render(request, "documents/checked.html", {"document": document, "found": found})


def _opened(request: Request, pk: int) -> Document:
    document = get_object_or_404(Document.objects.visible_to(request.user), pk=pk)
    return actions.refresh_document(document, by=None)


@require_http_methods(["GET", "POST"])
@requires(Perm.DOCUMENT_VIEW)
def card(request: Request, pk: int) -> HttpResponse:
    """Show a paper; a curator answers what it asks, writes number and date, and registers it."""
    document = _opened(request, pk)
    writes_in = request.user.viewer.organisations(Perm.DOCUMENT_EDIT)
    may_edit = document.organisation_id in writes_in and document.status == DocumentStatus.DRAFT
    data = request.POST if request.method == "POST" and may_edit else None
    form = RequisitesForm(data, initial={"number": document.number, "dated_on": document.dated_on})
    # an older page, or a script, may send number and date only: then the answers stay as they are
    asked = ParticularsForm(document, data if data is not None and "asked" in data else None)
    if form.is_bound and form.is_valid() and (asked.is_valid() or not asked.is_bound):
        try:
            if asked.is_bound:
                document = actions.enter_particulars(document, asked.entered(), by=request.user)
            actions.set_requisites(document, by=request.user, **form.cleaned_data)
            if "register" not in request.POST:
                messages.success(request, _("The draft is saved."))
                return redirect("documents:card", pk=pk)
            if all(form.cleaned_data.values()):
                return redirect("documents:register-paper", pk=pk)
            form.add_error(None, _("Write the number and the date of the paper first."))
        except RefusedError as refusal:
            form.add_error(None, list(refusal.reasons))
            document.refresh_from_db()
    return render(
        request,
        "documents/card.html",
        {
            "document": document,
            "paper": [
                (f"documents/blocks/{code_of(block)}.html", block)
                for block in blocks_of(document.content)
            ],
            "line": LINE,
            "old": {"signature": OLD_SIGNATURE, "lines": OLD_LINES},
            "form": form,
            "particulars": asked,
            "may_edit": may_edit,
            "parting": _parting(document) if may_edit else None,
            "may_join": may_edit and is_parted(document),
            "findings": findings(document),
            "waits_for": why_not_registered(document) if may_edit else (),
            "asks_to_take_back": (
                asks_back := request.user.viewer.may(Perm.DOCUMENT_TAKE_BACK)
                and is_of_today(document)
            ),
            "stays": why_not_taken_back(document) if asks_back else (),
        },
    )


def _parting(document: Document) -> Parting | None:
    """Return how this draft may be parted; None where it may not."""
    parting = kind_of(document).parting
    return parting if parting and parting.is_offered(document) else None


@require_http_methods(["GET", "POST"])
@requires(Perm.DOCUMENT_EDIT)
def register_paper(request: Request, pk: int) -> HttpResponse:
    """Say what follows when a paper is registered, then register it."""
    document = _opened(request, pk)
    if refused := _not_registered(document):
        for reason in refused:
            messages.error(request, reason)
        return redirect("documents:card", pk=pk)
    if request.method == "GET":
        return confirm.ask(
            request,
            heading=_("Register № %(number)s of %(day)s?")
            % {"number": document.number, "day": f"{document.dated_on:%d.%m.%Y}"},
            sentence=_("%(title)s. Register it when the paper is signed.")
            % {"title": document.title},
            action=_("Signed: register"),
            back=reverse("documents:card", args=[pk]),
            follows=[
                *consequences_of(document),
                _("The text of the paper does not change any more."),
                _("A registration by mistake is taken back on the same day, with a reason."),
            ],
            is_mild=True,
        )
    try:
        actions.register_document(document, by=request.user)
    except RefusedError as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)
    else:
        messages.success(request, str(kind_of(document).registered))
    return redirect("documents:card", pk=pk)


def _not_registered(document: Document) -> list[str]:
    """Return why a paper may not be registered as it is."""
    if reasons := why_not_registered(document):
        return reasons
    if not document.number or document.dated_on is None:
        return [_("Write the number and the date of the paper first.")]
    return []


@require_http_methods(["GET", "POST"])
@requires(Perm.DOCUMENT_TAKE_BACK)
def take_back(request: Request, pk: int) -> HttpResponse:
    """Say what follows when a registration is taken back, ask why, then take it back."""
    document = get_object_or_404(Document.objects.visible_to(request.user), pk=pk)
    if stays := why_not_taken_back(document):
        for reason in stays:
            messages.error(request, reason)
        return redirect("documents:card", pk=pk)
    form = TakeBackForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            actions.take_back_registration(
                document, reason=form.cleaned_data["reason"], by=request.user
            )
        except RefusedError as refused:
            for reason in refused.reasons:
                messages.error(request, reason)
        else:
            messages.success(
                request, _("The registration is taken back: the paper is a draft again.")
            )
        return redirect("documents:card", pk=pk)
    return render(
        request,
        "documents/take_back.html",
        {"document": document, "form": form, "follows": consequences_of(document, back=True)},
        status=422 if form.is_bound else 200,
    )


@require_POST
@requires(Perm.DOCUMENT_EDIT)
def split(request: Request, pk: int) -> HttpResponse:
    """Give the pairs of staff an order of their own."""
    document = get_object_or_404(Document.objects.visible_to(request.user), pk=pk)
    try:
        made = actions.split_document(document, by=request.user)
    except RefusedError as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)
        return redirect("documents:card", pk=pk)
    parting = kind_of(made).parting
    messages.success(request, str(parting.done) if parting else "")
    return redirect("documents:card", pk=made.pk)


@require_POST
@requires(Perm.DOCUMENT_EDIT)
def join(request: Request, pk: int) -> HttpResponse:
    """Take an order back into the one it was parted from."""
    document = get_object_or_404(Document.objects.visible_to(request.user), pk=pk)
    try:
        into = actions.join_document(document, by=request.user)
    except RefusedError as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)
        return redirect("documents:card", pk=pk)
    messages.success(request, _("All pairs are in one order again."))
    return redirect("documents:card", pk=into.pk)


@require_GET
@requires(Perm.DOCUMENT_VIEW)
def download(request: Request, pk: int) -> HttpResponse:
    """Give the paper as .docx."""
    return _file(request, pk, draw_docx, "docx", DOCX)


@require_GET
@requires(Perm.DOCUMENT_VIEW)
def download_pdf(request: Request, pk: int) -> HttpResponse:
    """Give the paper as .pdf."""
    return _file(request, pk, draw_pdf, "pdf", PDF)


def _file(
    request: Request,
    pk: int,
    draw: Callable[[str, Iterable[Block]], bytes],
    ending: str,
    content_type: str,
) -> HttpResponse:
    document = _opened(request, pk)
    if not document.is_intact:
        messages.error(request, str(CHANGED_SINCE))
        return redirect("documents:card", pk=pk)
    name = get_valid_filename(f"{document.title} {document.number}".strip())
    data = draw(document.title, blocks_of(document.content))
    return downloads.download(data, f"{name}.{ending}", content_type)
