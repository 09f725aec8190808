"""Pages of the district about its schools."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import requires
from nastavnik.core.dates import today
from nastavnik.core.http import Request
from nastavnik.core.ui import listing
from nastavnik.engine.statistics.suppression import FEWEST
from nastavnik.oversight.queries import roll_up, years_of_district
from nastavnik.oversight.tables import indicators_table


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
