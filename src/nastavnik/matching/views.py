"""The matching workspace."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nastavnik.core.access import Perm
from nastavnik.core.errors import RefusedError
from nastavnik.core.http import Request
from nastavnik.core.marks import requires
from nastavnik.matching import actions, adapter
from nastavnik.matching.access import may_approve
from nastavnik.matching.catalogues import shipped_rules
from nastavnik.matching.choices import Ruling
from nastavnik.matching.forms import ComparisonForm, RulesForm, RulingForm
from nastavnik.matching.models import MatchingRun, PairRuling
from nastavnik.matching.queries import (
    board,
    compare_runs,
    forms_to_match,
    moves,
    past_runs,
    rules_in_force,
    rulings_of,
    runs_of,
)
from nastavnik.matching.tables import run_lines
from nastavnik.programmes.choices import Side
from nastavnik.programmes.models import Programme
from nastavnik.programmes.queries import base_counts, current_programme, last_group_meeting

RUNS_PER_PAGE = 50


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
    return render(
        request,
        "matching/run.html",
        {
            "board": board(request.user, run),
            "run": run,
            "rules": run.snapshot.get("rules", {}),
            "may_recount": request.user.viewer.may(Perm.MATCHING_EDIT),
        },
    )


@require_POST
@requires(Perm.MATCHING_EDIT)
def recount(request: Request, pk: int) -> HttpResponse:
    """Compute an old matching again from what it kept, and say whether it comes out the same."""
    run = get_object_or_404(MatchingRun.objects.visible_to(request.user), pk=pk)
    try:
        answer = adapter.recount(run.snapshot)
    except ValueError:
        messages.error(
            request,
            _("What this matching kept was written by another version: it is not counted anew."),
        )
        return redirect("matching:past", pk=run.pk)
    then = {
        str(mentee): str(mentor)
        for mentee, mentor in run.proposals.exclude(mentor=None).values_list(
            "mentee_id", "mentor_id"
        )
    }
    if (answer.mentor_of, answer.total_score) == (then, run.total_score) and answer.is_certified:
        messages.success(
            request,
            _("Counted anew from what was kept: the same pairs, the same sum, proven again."),
        )
    else:
        n = sum(answer.mentor_of.get(key) != then.get(key) for key in {*answer.mentor_of, *then})
        messages.warning(
            request,
            _(
                "Counted anew: it differs for %(n)s mentees. The rules of counting have changed since."
            )
            % {"n": n},
        )
    return redirect("matching:past", pk=run.pk)


@require_GET
@requires(Perm.MATCHING_VIEW)
def history(request: Request) -> HttpResponse:
    """Show all matchings of the programme; compare two of them."""
    programme = current_programme(request.user)
    if programme is None:
        return redirect("matching:workspace")
    form = ComparisonForm(request.user, programme, request.GET or None)
    comparison = None
    if request.GET and form.is_valid():
        comparison = compare_runs(
            request.user, form.cleaned_data["before"], form.cleaned_data["after"]
        )
    page = Paginator(past_runs(request.user, programme), RUNS_PER_PAGE).get_page(
        request.GET.get("page")
    )
    return render(
        request,
        "matching/history.html",
        {"page": page, "lines": run_lines(page), "form": form, "comparison": comparison},
    )


@require_http_methods(["GET", "POST"])
@requires(Perm.MATCHING_EDIT)
def rules(request: Request) -> HttpResponse:
    """Show what a pair is given points for; show what other points would change before they are kept."""
    programme = current_programme(request.user)
    if programme is None:
        return redirect("matching:workspace")
    form = RulesForm(rules_in_force(programme.organisation_id), request.POST or None)
    context: dict[str, object] = {"form": form, "programme": programme}
    if request.method == "POST" and form.is_valid():
        if "keep" in request.POST:
            actions.set_rules(programme.organisation, form.chosen(), by=request.user)
            messages.success(request, _("The rules are kept. The next matching goes by them."))
            return redirect("matching:workspace")
        own = forms_to_match(request.user, programme)
        now = actions.engine_input(programme, own)
        then = actions.engine_input(programme, own, rules=form.chosen())
        effect = adapter.effect_of(now, then)
        context |= {
            "effect": effect,
            "moved": moves(request.user, effect.moved),
            "is_empty": not (now.mentees and now.mentors),
        }
    return render(request, "matching/rules.html", context)


@require_POST
@requires(Perm.MATCHING_EDIT)
def shipped(request: Request) -> HttpResponse:
    """Go back to the rules as shipped."""
    programme = current_programme(request.user)
    if programme is not None:
        actions.set_rules(programme.organisation, shipped_rules(), by=request.user)
        messages.success(
            request, _("The rules are as shipped again. The next matching goes by them.")
        )
    return redirect("matching:rules")


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
        if "again" in request.POST:
            _run_anew(request, programme)
            hint = ""
        messages.success(request, f"{text % names} {hint}".strip())
    return redirect("matching:workspace")


def _run_anew(request: Request, programme: Programme) -> None:
    """Match anew the forms of the newest matching, as far as they are the user's own."""
    shown = runs_of(request.user, programme).shown
    own = forms_to_match(request.user, programme)
    forms = [form for form in own if shown is None or form in shown.forms.all()]
    try:
        actions.run_matching(programme, forms=forms, by=request.user)
    except RefusedError as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)


@require_POST
@requires(Perm.MATCHING_EDIT)
def lift(request: Request, pk: int) -> HttpResponse:
    """Take a lock or a ban back."""
    row = get_object_or_404(PairRuling.objects.visible_to(request.user), pk=pk)
    actions.lift_ruling(row, by=request.user)
    messages.success(request, _("Taken back. Run the matching anew to see what changes."))
    return redirect("matching:workspace")
