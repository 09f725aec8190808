"""Pages of the register."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from nastavnik.core import listing
from nastavnik.core.access import Perm
from nastavnik.core.errors import RefusedError
from nastavnik.core.http import Request
from nastavnik.core.marks import requires
from nastavnik.documents import actions
from nastavnik.documents.choices import DocumentStatus
from nastavnik.documents.forms import RequisitesForm
from nastavnik.documents.models import Document
from nastavnik.documents.queries import findings
from nastavnik.documents.rendering import render_order
from nastavnik.documents.signals import document_opened
from nastavnik.documents.tables import register_table

PER_PAGE = 50
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_GET
@requires(Perm.DOCUMENT_VIEW)
def register(request: Request) -> HttpResponse:
    """Show the papers, the newest on top."""
    papers = Document.objects.visible_to(request.user)
    page = Paginator(papers, PER_PAGE).get_page(request.GET.get("page"))
    table = register_table(listing.rows_for(request, page, papers))
    if answer := listing.given(request, table):
        return answer
    return render(request, "documents/register.html", {"page": page, "table": table})


def _opened(request: Request, pk: int) -> Document:
    document = get_object_or_404(Document.objects.visible_to(request.user), pk=pk)
    if document.status == DocumentStatus.DRAFT:
        document_opened.send(sender=Document, document=document)
        document.refresh_from_db()
    return document


@require_http_methods(["GET", "POST"])
@requires(Perm.DOCUMENT_VIEW)
def card(request: Request, pk: int) -> HttpResponse:
    """Show a paper; a curator writes number and date, and registers it."""
    document = _opened(request, pk)
    may_edit = (
        request.user.viewer.may(Perm.DOCUMENT_EDIT) and document.status == DocumentStatus.DRAFT
    )
    form = RequisitesForm(
        request.POST if request.method == "POST" and may_edit else None,
        initial={"number": document.number, "dated_on": document.dated_on},
    )
    if form.is_bound and form.is_valid():
        try:
            actions.set_requisites(document, by=request.user, **form.cleaned_data)
            if "register" in request.POST:
                actions.register_document(document, by=request.user)
                messages.success(request, _("The order is registered: the pairs run from now on."))
            else:
                messages.success(request, _("Number and date are saved."))
            return redirect("documents:card", pk=pk)
        except RefusedError as refusal:
            form.add_error(None, list(refusal.reasons))
            document.refresh_from_db()
    return render(
        request,
        "documents/card.html",
        {
            "document": document,
            "content": document.content,
            "form": form,
            "may_edit": may_edit,
            "findings": findings(document),
        },
    )


@require_GET
@requires(Perm.DOCUMENT_VIEW)
def download(request: Request, pk: int) -> HttpResponse:
    """Give the paper as .docx."""
    document = _opened(request, pk)
    name = get_valid_filename(f"{document.title} {document.number}".strip())
    response = HttpResponse(render_order(document.content), content_type=DOCX)
    response.headers["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=f"{name}.docx") or "attachment"
    )
    return response
