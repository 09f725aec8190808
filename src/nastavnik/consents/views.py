"""The ledger of consents."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from nastavnik.consents import actions
from nastavnik.consents.choices import NEEDED_FOR_BASE, Purpose
from nastavnik.consents.forms import LedgerFilter, RecordForm
from nastavnik.consents.models import Consent
from nastavnik.consents.queries import LedgerRow, ledger_rows
from nastavnik.consents.tables import ledger_lines
from nastavnik.core import concerned, confirm
from nastavnik.core.access import Perm
from nastavnik.core.errors import RefusedError
from nastavnik.core.http import Request
from nastavnik.core.marks import requires
from nastavnik.core.ticks import Ticks
from nastavnik.people.models import Person
from nastavnik.people.queries import class_names, roster

PER_PAGE = 50


@require_http_methods(["GET", "POST"])
@requires(Perm.CONSENT_VIEW)
def ledger(request: Request) -> HttpResponse:
    """Show who has signed what and who is missing; a curator ticks papers off, one or many."""
    may_edit = request.user.viewer.may(Perm.CONSENT_EDIT)
    people = Person.objects.visible_to(request.user).filter(
        pk__in=concerned.people_of(request.user)
    )
    filters = LedgerFilter(class_names(request.user), request.GET)
    filters.is_valid()
    chosen = {key: filters.cleaned_data.get(key, "") for key in ("q", "group", "kind")}
    rows = ledger_rows(
        roster(request.user, **chosen).filter(pk__in=people.values("pk")), NEEDED_FOR_BASE
    )
    n_missing = sum(1 for row in rows if row.missing)
    if filters.cleaned_data.get("show") == "missing":
        rows = [row for row in rows if row.missing]
    ticks = Ticks.of(request, "people")

    def found() -> list[int]:
        return [row.person.pk for row in rows]

    if request.method == "POST" and (moved := ticks.moved(filters, found)):
        return moved
    form = RecordForm(people, ticks.sent() if may_edit else None)
    if form.is_bound and form.is_valid() and _record(request, form):
        ticks.drop()
        return redirect(request.get_full_path())
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    shown = [row.person.pk for row in page.object_list]
    ticks.laid_on(page, found, shown, there=lambda: people.values_list("pk", flat=True))
    return render(
        request,
        "consents/ledger.html",
        {
            "form": form,
            "filters": filters,
            "is_filtered": any(filters.cleaned_data.values()),
            "page": page,
            "lines": ledger_lines(page.object_list, ticks),
            "ticks": ticks if may_edit else None,
            "n_people": len(rows),
            "n_missing": n_missing,
            "purposes": list(Purpose),
            "may_edit": may_edit,
        },
        status=422 if form.is_bound else 200,
    )


def _record(request: Request, form: RecordForm) -> bool:
    try:
        fresh = actions.record_consents(
            form.cleaned_data["people"],
            [Purpose(value) for value in form.cleaned_data["purposes"]],
            signed_on=form.cleaned_data["signed_on"],
            by=request.user,
        )
    except RefusedError as refusal:
        form.add_error("signed_on", list(refusal.reasons))
        return False
    messages.success(
        request,
        ngettext("%(n)s paper is ticked off.", "%(n)s papers are ticked off.", len(fresh))
        % {"n": len(fresh)},
    )
    return True


@require_GET
@requires(Perm.CONSENT_VIEW)
def person_consents(request: Request, pk: int) -> HttpResponse:
    """Show the papers of one person, withdrawn ones too."""
    person = get_object_or_404(Person.objects.visible_to(request.user), pk=pk)
    row: LedgerRow = ledger_rows([person], NEEDED_FOR_BASE)[0]
    return render(
        request,
        "consents/person.html",
        {
            "row": row,
            "person": person,
            "consents": Consent.objects.visible_to(request.user).filter(person=person),
            "may_edit": request.user.viewer.may(Perm.CONSENT_EDIT),
        },
    )


@require_http_methods(["GET", "POST"])
@requires(Perm.CONSENT_EDIT)
def withdraw(request: Request, pk: int) -> HttpResponse:
    """Ask, then withdraw a consent from today."""
    consent = get_object_or_404(
        Consent.objects.visible_to(request.user).select_related("person"), pk=pk
    )
    if request.method == "GET":
        return confirm.ask(
            request,
            heading=_("Withdraw the consent?"),
            sentence=_(
                "%(name)s, «%(purpose)s»: what it covers stops at once, the record leaves matching and an open pair is stopped until you decide. To go on, a new signed paper will be needed."
            )
            % {"name": consent.person.full_name, "purpose": consent.get_purpose_display()},
            action=_("Withdraw"),
            back=reverse("consents:person", args=[consent.person_id]),
        )
    try:
        actions.withdraw_consent(consent, by=request.user)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The consent is withdrawn. What it covered has stopped."))
    return redirect("consents:person", pk=consent.person_id)
