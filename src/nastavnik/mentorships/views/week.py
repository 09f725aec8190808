"""The list of the week: which pairs need a look, on the screen and on one sheet; what was said with them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import requires
from nastavnik.core.http import Request
from nastavnik.core.ui import listing
from nastavnik.core.ui.refusals import refusals_told
from nastavnik.mentorships import actions
from nastavnik.mentorships.choices import SpokenWith
from nastavnik.mentorships.forms import ContactForm, contact_form
from nastavnik.mentorships.models import Contact, Mentorship
from nastavnik.mentorships.queries import AT_MOST_A_WEEK, concerns_of, week_of_pairs
from nastavnik.mentorships.tables import week_table
from nastavnik.programmes.catalogues import pair_rules


@require_GET
@requires(Perm.PAIR_VIEW)
def week(request: Request) -> HttpResponse:
    """Show the pairs that need a look: ten of them, or all."""
    rule = pair_rules().get(request.GET.get("rule", ""))
    is_whole = bool(rule) or "all" in request.GET
    found = week_of_pairs(request.user, at_most=None if is_whole else AT_MOST_A_WEEK)
    rows = [
        row
        for row in found.rows
        if rule is None or rule.code in {one.code for one in row.risk.concerns}
    ]
    table = week_table(rows, found.n_more)
    if answer := listing.given(request, table):
        return answer
    may_speak = request.user.viewer.may(Perm.HELP_ANSWER)
    return render(
        request,
        "mentorships/week.html",
        {
            "rows": [(row, contact_form(row.concern.code, of=row.pair.pk)) for row in rows],
            "week": found,
            "rule": rule,
            "is_whole": is_whole,
            "may_speak": may_speak,
        },
    )


@require_POST
@requires(Perm.HELP_ANSWER)
def contact(request: Request, pk: int) -> HttpResponse:
    """Note what was said with a pair: the reason leaves the lists for some days."""
    readable = Mentorship.objects.visible_to(request.user).with_marks_for(request.user)
    pair = get_object_or_404(readable.select_related("form"), pk=pk)
    on_card = "card" in request.POST
    back = redirect("mentorships:card", pk=pk) if on_card else redirect("mentorships:week")
    form = ContactForm(request.POST)
    if not form.is_valid():
        for faults in form.errors.values():
            messages.error(request, str(faults[0]))
        return back
    data = form.cleaned_data
    concerns = concerns_of(request.user, pair)
    concern = next((one for one in concerns if one.code == data["rule"]), None)
    if concern is None:
        messages.info(request, _("It is so no more: there is nothing to put off."))
        return back
    with refusals_told(request):
        noted = actions.note_contact(
            pair,
            concern,
            spoken_with=SpokenWith(data["spoken_with"]),
            words=data["words"],
            spoken_on=data["spoken_on"],
            others=concerns,
            by=request.user,
        )
        messages.success(
            request,
            _("Noted. Until %(day)s it is off the list; if nothing changes, it comes back.")
            % {"day": f"{noted.quiet_until:%d.%m.%Y}"},
        )
    return back


@require_POST
@requires(Perm.HELP_ANSWER)
def wake(request: Request, pk: int) -> HttpResponse:
    """Bring what was put off back to the lists."""
    noted = get_object_or_404(Contact.objects.visible_to(request.user), pk=pk)
    actions.wake_concern(noted, by=request.user)
    messages.success(request, _("It is on the list again."))
    return redirect("mentorships:week")
