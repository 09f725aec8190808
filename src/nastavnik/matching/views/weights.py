"""Rules and weights, and what others would change."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from nastavnik.core.access import Perm
from nastavnik.core.http import Request
from nastavnik.core.marks import requires
from nastavnik.matching import actions, adapter
from nastavnik.matching.catalogues import shipped_rules
from nastavnik.matching.forms import RulesForm
from nastavnik.matching.queries import forms_to_match, moves, rules_in_force
from nastavnik.programmes.queries import current_programme


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
            "tells_choices": request.user.viewer.may(Perm.PREFERENCE_VIEW)
            and bool(now.wishes.mentees or now.wishes.mentors),
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
