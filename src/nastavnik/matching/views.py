"""The matching workspace."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from nastavnik.core.access import Perm
from nastavnik.core.errors import RefusedError
from nastavnik.core.http import Request
from nastavnik.core.marks import requires
from nastavnik.matching import actions
from nastavnik.matching.access import may_approve
from nastavnik.matching.choices import Ruling
from nastavnik.matching.forms import RulingForm
from nastavnik.matching.models import MatchingRun, PairRuling
from nastavnik.matching.queries import (
    board,
    forms_to_match,
    rulings_of,
    runs_of,
)
from nastavnik.programmes.choices import Side
from nastavnik.programmes.queries import base_counts, current_programme, last_group_meeting


@require_GET
@requires(Perm.MATCHING_VIEW)
def workspace(request: Request) -> HttpResponse:
    """Show a matching, the newest by default: who is without a mentor first, then the pairs with reasons."""
    programme = current_programme(request.user)
    context: dict[str, object] = {
        "programme": programme,
        "may_edit": request.user.viewer.may(Perm.MATCHING_EDIT),
    }
    if programme:
        runs = runs_of(request.user, programme, request.GET.get("run", ""))
        run = runs.shown
        forms = forms_to_match(request.user, programme)
        run_forms = list(run.forms.all()) if run else forms
        context |= {
            "mentees": base_counts(request.user, programme, Side.MENTEE),
            "mentors": base_counts(request.user, programme, Side.MENTOR),
            "board": board(request.user, run) if run else None,
            "rulings": rulings_of(request.user, programme),
            "form": RulingForm(request.user, programme),
            "forms": forms,
            "run_forms": run_forms,
            "verdict": (verdict := may_approve(request.user, run_forms)),
            "may_approve": bool(verdict) and request.user.viewer.may(Perm.PAIR_APPROVE),
            "others": runs.others,
            "gathering": last_group_meeting(request.user, programme),
        }
    return render(request, "matching/workspace.html", context)


@require_GET
@requires(Perm.MATCHING_VIEW)
def past_run(request: Request, pk: int) -> HttpResponse:
    """Show a matching of before."""
    run = get_object_or_404(
        MatchingRun.objects.visible_to(request.user).select_related("programme"), pk=pk
    )
    return render(request, "matching/run.html", {"board": board(request.user, run), "run": run})


@require_POST
@requires(Perm.MATCHING_EDIT)
def run(request: Request) -> HttpResponse:
    """Match everyone who is ready in the ticked forms, in all of one's own when none is asked about."""
    programme = current_programme(request.user)
    if programme is None:
        return redirect("matching:workspace")
    forms = forms_to_match(request.user, programme)
    if "chosen" in request.POST:
        wanted = set(request.POST.getlist("forms"))
        forms = [form for form in forms if str(form.pk) in wanted]
    try:
        made = actions.run_matching(programme, forms=forms, by=request.user)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request,
            ngettext("%(n)s pair is proposed.", "%(n)s pairs are proposed.", made.n_matched)
            % {"n": made.n_matched},
        )
    return redirect("matching:workspace")


@require_POST
@requires(Perm.MATCHING_EDIT)
def rule(request: Request) -> HttpResponse:
    """Put two people together or apart; the next run keeps to it."""
    programme = current_programme(request.user)
    if programme is None:
        return redirect("matching:workspace")
    form = RulingForm(request.user, programme, request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a mentee who waits and a mentor who is ready."))
        return redirect("matching:workspace")
    data = form.cleaned_data
    try:
        actions.rule_pair(
            data["mentor"],
            data["mentee"],
            Ruling(data["ruling"]),
            reason=data["reason"],
            by=request.user,
        )
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        names = {
            "mentor": data["mentor"].person.short_name,
            "mentee": data["mentee"].person.short_name,
        }
        together = data["ruling"] == Ruling.LOCK
        text = (
            _("%(mentee)s and %(mentor)s: together.")
            if together
            else _("%(mentee)s and %(mentor)s: not together.")
        )
        hint = _("Run the matching anew to see what changes.")
        messages.success(request, f"{text % names} {hint}")
    return redirect("matching:workspace")


@require_POST
@requires(Perm.MATCHING_EDIT)
def lift(request: Request, pk: int) -> HttpResponse:
    """Take a lock or a ban back."""
    row = get_object_or_404(PairRuling.objects.visible_to(request.user), pk=pk)
    actions.lift_ruling(row, by=request.user)
    messages.success(request, _("Taken back. Run the matching anew to see what changes."))
    return redirect("matching:workspace")
