"""Signed papers as files beside their lines of the ledger."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from nastavnik.consents import actions
from nastavnik.consents.forms import ScanForm
from nastavnik.consents.models import Consent, ConsentScan, taken_in_by
from nastavnik.core import looks
from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import requires, takes_files
from nastavnik.core.errors import RefusedError
from nastavnik.core.http import Request
from nastavnik.core.ui import confirm
from nastavnik.core.ui.downloads import download_stored
from nastavnik.people.models import Person


@require_http_methods(["GET", "POST"])
@requires(Perm.CONSENT_TICK)
@takes_files(most_megabytes=12)
def scan(request: Request, pk: int) -> HttpResponse:
    """Attach the signed paper of a consent as a file."""
    seen = Person.objects.visible_to(request.user).values("pk")
    papers = Consent.objects.visible_to(request.user).filter(
        taken_in_by(request.user), person__in=seen
    )
    paper = get_object_or_404(papers.select_related("person"), pk=pk)
    form = ScanForm(request.POST, request.FILES) if request.method == "POST" else ScanForm()
    if form.is_bound and form.is_valid():
        try:
            actions.attach_scan(paper, form.cleaned_data["file"], by=request.user)
        except RefusedError as refusal:
            form.add_error("file", list(refusal.reasons))
        else:
            messages.success(request, _("The signed paper is kept."))
            return redirect("consents:person", pk=paper.person_id)
    there = ConsentScan.objects.visible_to(request.user).filter(consent=paper).first()
    context = {"paper": paper, "form": form, "scan": there}
    return render(request, "consents/scan.html", context, status=422 if form.is_bound else 200)


@require_GET
@requires(Perm.CONSENT_TICK)
def scan_file(request: Request, pk: int) -> HttpResponse:
    """Give the signed paper, never to be opened inside the site."""
    row = get_object_or_404(
        ConsentScan.objects.visible_to(request.user).select_related("consent"), pk=pk
    )
    looks.note_taken_out(request, "consents", {row.consent.person_id}, as_file=True)
    return download_stored(row.file, row.file_name)


@require_http_methods(["GET", "POST"])
@requires(Perm.CONSENT_TICK)
def scan_remove(request: Request, pk: int) -> HttpResponse:
    """Ask, then erase the file of a signed paper."""
    row = get_object_or_404(
        ConsentScan.objects.visible_to(request.user).select_related("consent__person"), pk=pk
    )
    if request.method == "GET":
        return confirm.ask(
            request,
            heading=_("Erase the file?"),
            sentence=_("%(name)s, «%(purpose)s»: the file is erased for good, the consent stays.")
            % {
                "name": row.consent.person.full_name,
                "purpose": row.consent.get_purpose_display(),
            },
            action=_("Erase"),
            back=reverse("consents:scan", args=[row.consent_id]),
        )
    person = row.consent.person_id
    actions.remove_scan(row, by=request.user)
    messages.success(request, _("The file is erased; the consent stays."))
    return redirect("consents:person", pk=person)
