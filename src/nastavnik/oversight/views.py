"""Pages of the district about its schools."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import requires
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.http import Request
from nastavnik.core.ui import listing
from nastavnik.engine.statistics.suppression import FEWEST
from nastavnik.oversight import actions
from nastavnik.oversight.choices import RecommendationStatus
from nastavnik.oversight.forms import RecommendationForm, WordsForm
from nastavnik.oversight.models import Recommendation
from nastavnik.oversight.queries import (
    given_to_schools,
    recommended_below,
    roll_up,
    schools_below,
    years_of_district,
)
from nastavnik.oversight.tables import (
    indicators_table,
    recommendation_state,
    recommendations_table,
)


@require_GET
@requires(Perm.DISTRICT_VIEW)
def indicators(request: Request) -> HttpResponse:
    """Show schools × indicators of a calendar year."""
    years = years_of_district(request.user)
    asked = request.GET.get("year", "")
    year = next((one for one in years if str(one) == asked), today().year)
    rolled = roll_up(request.user, year)
    table = indicators_table(rolled)
    if answer := listing.given(request, table):
        return answer
    context = {
        "rolled": rolled,
        "table": table,
        "year": year,
        "years": years,
        "n_summed": [(rule, rolled.n_summed[rule.code]) for rule in rolled.rules],
        "n_most": FEWEST - 1,
        "is_running": year >= today().year,
    }
    return render(request, "oversight/indicators.html", context)


# ---------------------------------------------------------------- recommendations of the district


@require_GET
@requires(Perm.DISTRICT_VIEW)
def recommendations(request: Request) -> HttpResponse:
    """Show what is recommended to which school, and what waits for a decision."""
    rows = given_to_schools(request.user)
    table = recommendations_table(rows, "oversight:given", is_of_district=True)
    if answer := listing.given(request, table):
        return answer
    waiting = sum(one.status == RecommendationStatus.ANSWERED for one in rows)
    context = {"table": table, "n_waiting": waiting, "is_of_district": True}
    return render(request, "oversight/recommendations.html", context)


@require_http_methods(["GET", "POST"])
@requires(Perm.DISTRICT_EDIT)
def give(request: Request) -> HttpResponse:
    """Recommend something to a school."""
    schools = schools_below(request.user)
    form = RecommendationForm(
        schools, request.POST or None, initial={"school": request.GET.get("school", "")}
    )
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        key = said.pop("school")
        school = next(one for one in schools if str(one.pk) == key)
        try:
            made = actions.give_recommendation(school, by=request.user, **said)
        except RefusedError as refusal:
            form.add_error("due_on", list(refusal.reasons))
        else:
            messages.success(
                request, _("The recommendation is given: the school sees it on «Today».")
            )
            return redirect("oversight:given", pk=made.pk)
    return render(request, "oversight/give.html", {"form": form, "schools": schools})


@require_http_methods(["GET", "POST"])
@requires(Perm.DISTRICT_VIEW)
def given(request: Request, pk: int) -> HttpResponse:
    """Show a recommendation with its trace; who leads the district decides on the answer."""
    one = get_object_or_404(recommended_below(request.user), pk=pk)
    steps = actions.NEXT[RecommendationStatus(one.status)] - {RecommendationStatus.ANSWERED}
    may_decide = bool(steps) and request.user.viewer.may(Perm.DISTRICT_EDIT)
    form = WordsForm(request.POST or None) if may_decide else None
    wanted = request.POST.get("do", "")
    if form is not None and wanted in RecommendationStatus.values and form.is_valid():
        try:
            actions.decide_recommendation(
                one, RecommendationStatus(wanted), form.cleaned_data["words"], by=request.user
            )
        except RefusedError as refusal:
            form.add_error("words", list(refusal.reasons))
        else:
            messages.success(request, _("The decision is kept: the school sees it."))
            return redirect("oversight:given", pk=pk)
    return _card(request, one, form, steps=steps, is_of_district=True)


# ---------------------------------------------------------------- the school


@require_GET
@requires(Perm.ROADMAP_VIEW)
def own(request: Request) -> HttpResponse:
    """Show what the district has recommended to the school."""
    rows = list(Recommendation.objects.visible_to(request.user))
    table = recommendations_table(rows, "oversight:recommendation", is_of_district=False)
    if answer := listing.given(request, table):
        return answer
    return render(request, "oversight/recommendations.html", {"table": table})


@require_http_methods(["GET", "POST"])
@requires(Perm.ROADMAP_VIEW)
def recommendation(request: Request, pk: int) -> HttpResponse:
    """Show a recommendation with its trace; the curator answers it."""
    rows = Recommendation.objects.visible_to(request.user).select_related("organisation")
    one = get_object_or_404(rows, pk=pk)
    leads = one.organisation_id in request.user.viewer.organisations(Perm.ROADMAP_EDIT)
    is_asked = RecommendationStatus.ANSWERED in actions.NEXT[RecommendationStatus(one.status)]
    form = WordsForm(request.POST or None) if leads and is_asked else None
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            actions.answer_recommendation(one, form.cleaned_data["words"], by=request.user)
        except RefusedError as refusal:
            form.add_error("words", list(refusal.reasons))
        else:
            messages.success(request, _("The answer is sent: the district sees it."))
            return redirect("oversight:recommendation", pk=pk)
    return _card(request, one, form)


def _card(
    request: Request,
    one: Recommendation,
    form: WordsForm | None,
    *,
    steps: frozenset[RecommendationStatus] = frozenset(),
    is_of_district: bool = False,
) -> HttpResponse:
    context = {
        "one": one,
        "state": recommendation_state(one),
        "steps": [(step.status, step) for step in one.steps.all()],
        "form": form,
        "may": {step.value for step in steps},
        "is_of_district": is_of_district,
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "oversight/recommendation.html", context, status=status)
