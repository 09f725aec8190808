"""Rules and weights, and what others would change."""

from collections.abc import Mapping

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import requires
from nastavnik.core.errors import RefusedError
from nastavnik.core.http import Request
from nastavnik.jobs.queries import result_of
from nastavnik.jobs.tasks import ask_and_wait
from nastavnik.matching import actions, tasks
from nastavnik.matching.adapter import Effect
from nastavnik.matching.catalogues import shipped_rules
from nastavnik.matching.forms import RulesForm
from nastavnik.matching.queries import forms_to_match, moves, n_pairs_to_look_at, rules_in_force
from nastavnik.programmes.models import Programme
from nastavnik.programmes.queries import current_programme


@require_http_methods(["GET", "POST"])
@requires(Perm.MATCHING_EDIT)
def rules(request: Request) -> HttpResponse:
    """Show what a pair is given points for; show what other points would change before they are kept."""
    programme = current_programme(request.user)
    if programme is None:
        return redirect("matching:workspace")
    job = result_of(request.user, tasks.EFFECT, request.GET.get("job", ""))
    if job is not None and job.given["programme"] != programme.pk:
        job = None
    typed = request.POST or (job.given["typed"] if job else None)
    form = RulesForm(rules_in_force(programme.organisation_id), typed)
    context: dict[str, object] = {"form": form, "programme": programme}
    if request.method == "POST" and form.is_valid():
        if "keep" in request.POST:
            actions.set_rules(programme.organisation, form.chosen(), by=request.user)
            messages.success(request, _("The rules are kept. The next matching goes by them."))
            return redirect("matching:workspace")
        return _shown(request, programme, form, context)
    if job is not None:
        context |= _effect(request, tasks.effect_from(job.result), job.result)
    return render(request, "matching/rules.html", context)


def _shown(
    request: Request, programme: Programme, form: RulesForm, context: dict[str, object]
) -> HttpResponse:
    """Show what other rules would change, at once or, where that would take long, when it is counted."""
    own = forms_to_match(request.user, programme)
    # everybody is matched twice
    if 2 * n_pairs_to_look_at(programme, own) <= settings.MATCHING_PAIRS_AT_ONCE:
        effect, more = tasks.effect_of_rules(programme, own, form.chosen())
        context |= _effect(request, effect, more)
        return render(request, "matching/rules.html", context)
    try:
        address = ask_and_wait(
            request,
            tasks.EFFECT,
            given=tasks.effect_given(programme, own, form.cleaned_data),
            alone=f"effect:{request.user.pk}",
            organisation_id=programme.organisation_id,
            by=request.user,
        )
    except RefusedError as refusal:
        messages.error(request, str(refusal))
        return render(request, "matching/rules.html", context)
    return redirect(address)


def _effect(request: Request, effect: Effect, more: Mapping[str, object]) -> dict[str, object]:
    """Return the effect as the page shows it."""
    may_know = request.user.viewer.may(Perm.PREFERENCE_VIEW)
    return {
        "effect": effect,
        "tells_choices": may_know and bool(more["has_choices"]),
        "moved": moves(request.user, effect.moved),
        "is_empty": more["is_empty"],
    }


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
