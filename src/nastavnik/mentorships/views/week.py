"""The list of the week: which pairs need a look, on the screen and on one sheet; what was said with them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import requires
from nastavnik.core.errors import RefusedError
from nastavnik.core.http import Request
from nastavnik.core.ui import listing
from nastavnik.mentorships import actions
from nastavnik.mentorships.choices import SpokenWith
from nastavnik.mentorships.forms import ContactForm, contact_form
from nastavnik.mentorships.models import Contact, Mentorship
from nastavnik.mentorships.queries import (
    AT_MOST_A_WEEK,
    Concern,
    concerns_of,
    pairs_seen,
    week_of_pairs,
)
from nastavnik.mentorships.tables import week_table
from nastavnik.people.models import User
from nastavnik.programmes.catalogues import PairRule, pair_rules


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
            "sees_all": bool(rows) or _sees_all(request.user),
        },
    )


def _sees_all(user: User) -> bool:
    """Tell whether no reason is kept from a user: who may not read a call for help is not told that nobody calls."""
    seen = Mentorship.objects.visible_to(user).open()
    readable = Mentorship.objects.visible_to(user).with_marks_for(user).values("pk")
    return user.viewer.may(Perm.CONSENT_VIEW) and not seen.exclude(pk__in=readable).exists()


@require_POST
@requires(Perm.HELP_ANSWER)
def contact(request: Request, pk: int) -> HttpResponse:
    """Note what was said with a pair: the reason leaves the lists for some days."""
    readable = pairs_seen(request.user).with_marks_for(request.user)
    pair = get_object_or_404(readable, pk=pk)
    on_card = "card" in request.POST
    back = redirect("mentorships:card", pk=pk) if on_card else redirect("mentorships:week")
    form = ContactForm(request.POST)
    rule = pair_rules().get(request.POST.get("rule", ""))
    if rule is None or not rule.quiet_days:
        messages.error(request, _("There is no such reason to put off."))
        return back
    if not form.is_valid():
        return _asked_again(request, pair, rule, form, on_card=on_card)
    data = form.cleaned_data
    concerns = concerns_of(request.user, pair)
    concern = next((one for one in concerns if one.code == rule.code), None)
    try:
        noted = actions.note_contact(
            pair,
            concern or Concern(rule.code),
            spoken_with=SpokenWith(data["spoken_with"]),
            words=data["words"],
            spoken_on=data["spoken_on"],
            others=concerns,
            is_gone=concern is None,
            by=request.user,
        )
    except RefusedError as refusal:
        form.add_error(None, str(refusal))
        return _asked_again(request, pair, rule, form, on_card=on_card)
    if noted.quiet_until is None:
        messages.info(request, _("Noted. It is so no more: there is nothing to put off."))
    else:
        messages.success(
            request,
            _("Noted. Until %(day)s it is off the list; if nothing changes, it comes back.")
            % {"day": f"{noted.quiet_until:%d.%m.%Y}"},
        )
    return back


def _asked_again(
    request: Request, pair: Mentorship, rule: PairRule, form: ContactForm, *, on_card: bool
) -> HttpResponse:
    """Show a conversation that was not taken with what was typed and what is wrong with it."""
    return render(
        request,
        "mentorships/contact.html",
        {"pair": pair, "rule": rule, "form": form, "on_card": on_card},
        status=422,
    )


@require_POST
@requires(Perm.HELP_ANSWER)
def wake(request: Request, pk: int) -> HttpResponse:
    """Bring what was put off back to the lists."""
    noted = get_object_or_404(Contact.objects.visible_to(request.user), pk=pk)
    actions.wake_concern(noted, by=request.user)
    if noted.rule in {one.code for one in concerns_of(request.user, noted.mentorship)}:
        messages.success(request, _("It is on the list again."))
    else:
        messages.info(
            request, _("It is put off no more. It is not so now, so it is not on the list.")
        )
    return redirect("mentorships:week")
