"""A word on two people: together, apart, what the psychologist thinks; each leads back to its line."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import requires
from nastavnik.core.errors import RefusedError
from nastavnik.core.http import Request
from nastavnik.core.ui.refusals import refusals_told
from nastavnik.matching import actions
from nastavnik.matching.choices import OpinionOutcome, Ruling
from nastavnik.matching.forms import USUAL_REASONS, OpinionForm, RulingForm
from nastavnik.matching.models import Opinion, PairRuling
from nastavnik.matching.queries import forms_to_match, proposal_of, runs_of
from nastavnik.matching.views.running import match
from nastavnik.programmes.models import Participation, Programme
from nastavnik.programmes.queries import current_programme

#: What of the address of the workspace a decision leads back to.
OF_PLACE = ("run", "view", "sort", "name", "form", "kind")


@require_http_methods(["GET", "POST"])
@requires(Perm.MATCHING_EDIT)
def rule(request: Request) -> HttpResponse:
    """Put two people together or apart; the next run keeps to it. Asked by GET, it asks for the reason."""
    programme = current_programme(request.user)
    if programme is None:
        return redirect("matching:workspace")
    given = request.POST if request.method == "POST" else request.GET
    form = RulingForm(request.user, programme, given)
    if not form.is_valid():
        messages.error(request, _not_theirs(given))
        return redirect("matching:workspace")
    data = form.cleaned_data
    ruling = Ruling(data["ruling"])
    if request.method == "GET":
        return _ask_why(request, form, ruling)
    if not data["reason"] and actions.is_override(data["mentor"], data["mentee"], ruling):
        named = {"mentee": data["mentee"].pk, "mentor": data["mentor"].pk, "ruling": ruling.value}
        kept = {name: given[name] for name in ("again", "place") if name in given}
        return redirect(f"{reverse('matching:rule')}?{urlencode(named | kept)}")
    return _decide(request, programme, data) or _back(request, data["mentee"])


def _not_theirs(given: QueryDict) -> str:
    """Say why two people cannot be decided on: one is not named, or is no longer there to be matched."""
    if given.get("mentee") and given.get("mentor"):
        return _(
            "One of the two can no longer be matched: a pair was approved or the base has changed"
            " meanwhile. Below is what is so now."
        )
    return _("Choose a mentee who waits and a mentor who is ready.")


def _decide(request: Request, programme: Programme, data: dict[str, Any]) -> HttpResponse | None:
    """Keep a word on two people, and match anew at once where that is asked; lead on where that takes long."""
    ruling = Ruling(data["ruling"])
    try:
        actions.rule_pair(
            data["mentor"], data["mentee"], ruling, reason=data["reason"], by=request.user
        )
    except RefusedError as refusal:
        messages.error(request, str(refusal))
        return None
    text = _ruled(data)
    if "again" in request.POST:
        return _run_anew(request, programme, text)
    hint = _("Run the matching anew to see what changes.")
    messages.success(request, f"{text} {hint}")
    return None


def _ask_why(request: Request, form: RulingForm, ruling: Ruling) -> HttpResponse:
    data = form.cleaned_data
    return render(
        request,
        "matching/why.html",
        {
            "form": form,
            "is_lock": ruling == Ruling.LOCK,
            "mentor": data["mentor"],
            "mentee": data["mentee"],
            "proposal": proposal_of(data["mentee"]),
            "is_override": actions.is_override(data["mentor"], data["mentee"], ruling),
            "again": "again" in request.GET,
            "place": request.GET.get("place", ""),
            "back": _place(request.GET.get("place", ""), data["mentee"]),
            "usual": USUAL_REASONS[ruling],
        },
    )


def _ruled(data: dict[str, Any]) -> str:
    names = {
        "mentor": data["mentor"].person.short_name,
        "mentee": data["mentee"].person.short_name,
    }
    text = (
        _("%(mentee)s and %(mentor)s: together.")
        if data["ruling"] == Ruling.LOCK
        else _("%(mentee)s and %(mentor)s: not together.")
    )
    return text % names


def _run_anew(request: Request, programme: Programme, said: str) -> HttpResponse | None:
    """Match anew the forms of the newest matching, as far as they are the user's own; the other pairs stay if they can."""
    shown = runs_of(request.user, programme).shown
    own = forms_to_match(request.user, programme)
    forms = [form for form in own if shown is None or form in shown.forms.all()]
    return match(request, programme, forms, said, keeps=True)


@require_POST
@requires(Perm.MATCHING_EDIT)
def lift(request: Request, pk: int) -> HttpResponse:
    """Take a lock or a ban back."""
    row = get_object_or_404(PairRuling.objects.visible_to(request.user), pk=pk)
    if actions.lift_ruling(row, by=request.user):
        messages.success(request, _("Taken back. Run the matching anew to see what changes."))
    else:
        messages.info(request, _("It has been taken back already."))
    return _back(request, row.mentee)


@require_POST
@requires(Perm.OPINION_GIVE)
def opine(request: Request) -> HttpResponse:
    """Note the psychologist's outcome on a pair or on a person."""
    programme = current_programme(request.user)
    if programme is None:
        return redirect("matching:workspace")
    form = OpinionForm(request.user, programme, request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a mentor, a mentee or both, of one programme."))
        return redirect("matching:workspace")
    data = form.cleaned_data
    outcome = OpinionOutcome(data["outcome"]) if data["outcome"] else None
    with refusals_told(request):
        actions.give_opinion(
            mentor=data["mentor"], mentee=data["mentee"], outcome=outcome, by=request.user
        )
        messages.success(
            request,
            _("Noted: the psychologist %(outcome)s. The curator sees the outcome and no reason.")
            % {"outcome": outcome.label}
            if outcome
            else _("Taken back."),
        )
    return _back(request, data["mentee"])


@require_POST
@requires(Perm.MATCHING_EDIT)
def discussed(request: Request, pk: int) -> HttpResponse:
    """Note that what the psychologist wanted to discuss has been discussed."""
    row = get_object_or_404(Opinion.objects.visible_to(request.user), pk=pk)
    actions.mark_discussed(row, by=request.user)
    messages.success(request, _("Noted: you have spoken about it."))
    return redirect(f"{_place(request.POST.get('place', ''))}#psychologist")


def _place(place: str, mentee: Participation | None = None) -> str:
    """Return the address of the workspace as it was looked at, at the line of a mentee."""
    given = QueryDict(place)
    kept = urlencode({name: given[name] for name in OF_PLACE if given.get(name)})
    line = f"#mentee-{mentee.pk}" if mentee else ""
    return f"{reverse('matching:workspace')}{'?' if kept else ''}{kept}{line}"


def _back(request: Request, mentee: Participation | None = None) -> HttpResponseRedirect:
    return redirect(_place(request.POST.get("place", ""), mentee))
