"""Settings of an organisation."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import requires
from nastavnik.core.dates import today
from nastavnik.core.http import Request
from nastavnik.organisations import actions
from nastavnik.organisations.forms import OrganisationForm, PartnerForm, YearForm
from nastavnik.organisations.models import AcademicYear, Organisation, Partner
from nastavnik.organisations.queries import bounds_after, year_bounds


@require_GET
@requires(Perm.ORGANISATION_VIEW)
def settings(request: Request) -> HttpResponse:
    """Show how the organisation works: its card, years, partners."""
    organisation = get_object_or_404(
        Organisation.objects.visible_to(request.user), pk=request.user.workplace.pk
    )
    years = AcademicYear.objects.visible_to(request.user).filter(organisation=organisation)
    newest = years.first()
    first, last = bounds_after(newest) if newest else year_bounds(today())
    return render(
        request,
        "organisations/settings.html",
        {
            "organisation": organisation,
            "years": years,
            "partners": Partner.objects.visible_to(request.user).filter(organisation=organisation),
            "year_form": YearForm(initial={"starts_on": first, "ends_on": last}),
            "partner_form": PartnerForm(),
            "may_edit": request.user.viewer.may(Perm.ORGANISATION_EDIT),
            "may_see_components": request.user.viewer.may(Perm.COMPONENTS_VIEW),
            "may_edit_accounts": request.user.viewer.may(Perm.ACCOUNT_EDIT),
            "may_take_package": organisation.pk
            in request.user.viewer.answers_for(Perm.PACKAGE_EXPORT),
        },
    )


@require_http_methods(["GET", "POST"])
@requires(Perm.ORGANISATION_EDIT)
def edit(request: Request) -> HttpResponse:
    """Change the card of the organisation."""
    organisation = get_object_or_404(
        Organisation.objects.visible_to(request.user), pk=request.user.workplace.pk
    )
    form = OrganisationForm(request.POST or None, instance=organisation)
    if request.method == "POST" and form.is_valid():
        actions.change_organisation(organisation, by=request.user, **form.cleaned_data)
        messages.success(
            request, _("The card is saved. Drafts of papers take it over by themselves.")
        )
        return redirect("organisations:settings")
    return render(request, "organisations/edit.html", {"form": form})


@require_POST
@requires(Perm.ORGANISATION_EDIT)
def add_year(request: Request) -> HttpResponse:
    """Open an academic year."""
    form = YearForm(request.POST)
    if form.is_valid():
        year = actions.open_year(request.user.workplace, by=request.user, **form.cleaned_data)
        messages.success(request, _("The year %(year)s is open.") % {"year": year})
    else:
        messages.error(request, _("The year is not opened: check both days."))
    return redirect("organisations:settings")


@require_POST
@requires(Perm.ORGANISATION_EDIT)
def add_partner(request: Request) -> HttpResponse:
    """Add a partner that lends mentors."""
    form = PartnerForm(request.POST)
    if form.is_valid():
        actions.add_partner(request.user.workplace, by=request.user, **form.cleaned_data)
        messages.success(request, _("The partner is added."))
    else:
        messages.error(request, _("Write the name of the enterprise or institution."))
    return redirect("organisations:settings")
