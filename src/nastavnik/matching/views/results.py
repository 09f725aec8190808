"""Pages of a matching that was made: the workspace, one of before, all of them, two compared."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import requires
from nastavnik.core.http import Request
from nastavnik.core.ui import listing
from nastavnik.core.ui.paging import page_of
from nastavnik.core.ui.refusals import refusals_told
from nastavnik.jobs.queries import open_job
from nastavnik.jobs.tasks import ask_and_wait
from nastavnik.matching.access import may_approve
from nastavnik.matching.actions import engine_input
from nastavnik.matching.choices import RunStatus
from nastavnik.matching.forms import (
    OWN_WORDS,
    ComparisonForm,
    OpinionForm,
    ResultFilter,
    RulingForm,
)
from nastavnik.matching.models import MatchingRun
from nastavnik.matching.queries import (
    LINE_ORDERS,
    all_rulings,
    changed_since,
    compare_runs,
    forms_to_match,
    lines_of,
    opinions_seen,
    past_runs,
    rulings_of,
    run_view,
    runs_of,
    why_approval_stays,
)
from nastavnik.matching.tables import narrowed, result_table, runs_table, unmatched_lines
from nastavnik.matching.tasks import RECOUNT, alone_for, recounted, tell_recounted
from nastavnik.programmes.choices import Side
from nastavnik.programmes.models import MentoringForm
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
        "may_advise": request.user.viewer.may(Perm.OPINION_GIVE),
    }
    if programme:
        runs = runs_of(request.user, programme, request.GET.get("run", ""))
        run = runs.shown
        forms = forms_to_match(request.user, programme)
        run_forms = list(run.forms.all()) if run else forms
        result = _result(request, run, run_forms)
        if answer := _taken_out(request, result):
            return answer
        context |= {
            "mentees": base_counts(request.user, programme, Side.MENTEE),
            "mentors": base_counts(request.user, programme, Side.MENTOR),
            **result,
            "rulings": rulings_of(request.user, programme),
            "form": RulingForm(
                request.user, programme, initial={"mentee": request.GET.get("mentee")}
            ),
            "forms": forms,
            "run_forms": run_forms,
            "verdict": (verdict := may_approve(request.user, run_forms)),
            "may_approve": (
                may_approve_run := bool(verdict) and request.user.viewer.may(Perm.PAIR_APPROVE)
            ),
            "may_take_back": may_approve_run
            and run is not None
            and run.status == RunStatus.APPROVED
            and not why_approval_stays(run),
            "others": runs.others,
            "gathering": last_group_meeting(request.user, programme),
            "opinions": opinions_seen(request.user, programme.pk),
            "outcomes": OWN_WORDS,
            "counting": open_job(request.user, alone_for(programme)),
            "since": _since(request, run, run_forms) if run else (),
        }
        if context["may_advise"]:
            context["opinion_form"] = OpinionForm(request.user, programme, auto_id="opinion_%s")
    return render(request, "matching/workspace.html", context)


def _since(request: Request, run: MatchingRun, forms: list[MentoringForm]) -> tuple[str, ...]:
    """Return what has changed since a matching that waits for approval was counted."""
    if run.status != RunStatus.PROPOSED:
        return ()
    now = engine_input(run.programme, forms, without=run.snapshot.get("without", ())).snapshot()
    may_edit = request.user.viewer.may(Perm.MATCHING_EDIT)
    return changed_since(request.user, run.snapshot, now, with_choices=may_edit)


def _result(
    request: Request, run: MatchingRun | None, run_forms: list[MentoringForm]
) -> dict[str, object]:
    """Return a run as the page shows it: in columns, or as a table where that is asked for."""
    shown = run_view(request.user, run) if run else None
    if shown is None:
        return {"board": shown}
    filters = ResultFilter(
        run_forms,
        request.GET,
        with_choices=shown.n_chosen is not None,
        with_opinions=request.user.viewer.may(Perm.OPINION_VIEW),
    )
    asked = filters.chosen()
    sort = request.GET.get("sort", "")
    sort = sort if sort.removeprefix("-") in LINE_ORDERS else "mentee"
    lines = narrowed(
        lines_of(shown, form=asked["form"], sort=sort), name=asked["name"], kind=asked["kind"]
    )
    keys = {line.mentee.pk for line in lines}
    groups = [
        own for own in shown.groups if any(card.proposal.mentee_id in keys for card in own.cards)
    ]
    # which pairs were asked for may be who chose whom: that is not written over a sheet of paper
    named = [one for one in listing.narrowed_by(filters) if one[0] != filters.fields["kind"].label]
    return {
        "board": shown,
        "table": result_table(lines, shown.run, named),
        "n_seen": shown.n_pairs + len(shown.left_out),
        "is_table": request.GET.get("view") == "table",
        "lines": lines,
        "groups": groups,
        "n_shown": sum(len(own.cards) for own in groups),
        "unmatched": unmatched_lines(shown.left_out, keys, shown.groups),
        "filters": filters,
        "is_filtered": any(asked.values()),
        "sort": sort,
        "place": request.GET.urlencode(),
    }


def _taken_out(request: Request, result: dict[str, object]) -> HttpResponse | None:
    """Return the result as a file or a print where that is asked for."""
    table = result.get("table")
    return listing.given(request, table) if isinstance(table, listing.Table) else None


@require_GET
@requires(Perm.MATCHING_VIEW)
def past_run(request: Request, pk: int) -> HttpResponse:
    """Show a matching of before."""
    run = get_object_or_404(
        MatchingRun.objects.visible_to(request.user).select_related("programme"), pk=pk
    )
    result = _result(request, run, list(run.forms.all()))
    if answer := _taken_out(request, result):
        return answer
    return render(
        request,
        "matching/run.html",
        {
            **result,
            "run": run,
            "rules": run.snapshot.get("rules", {}),
            "newest": past_runs(request.user, run.programme).prefetch_related(None).first(),
            "may_recount": request.user.viewer.may(Perm.MATCHING_EDIT),
        },
    )


@require_POST
@requires(Perm.MATCHING_EDIT)
def recount(request: Request, pk: int) -> HttpResponse:
    """Compute an old matching again from what it kept, and say whether it comes out the same."""
    run = get_object_or_404(MatchingRun.objects.visible_to(request.user), pk=pk)
    snapshot = run.snapshot
    n_pairs = len(snapshot.get("mentors", ())) * len(snapshot.get("mentees", ()))
    with refusals_told(request):
        if n_pairs > settings.MATCHING_PAIRS_AT_ONCE:
            address = ask_and_wait(
                request,
                RECOUNT,
                given={"run": run.pk},
                alone=f"recount:{run.pk}",
                organisation_id=run.organisation_id,
                by=request.user,
            )
            return redirect(address)
        tell_recounted(request, recounted(run))
    return redirect("matching:past", pk=run.pk)


@require_GET
@requires(Perm.MATCHING_VIEW)
def history(request: Request) -> HttpResponse:
    """Show all matchings of the programme; compare two of them."""
    programme = current_programme(request.user)
    if programme is None:
        return redirect("matching:workspace")
    runs = past_runs(request.user, programme)
    page = page_of(request, runs, RUNS_PER_PAGE)
    table = runs_table(listing.rows_for(request, page, runs))
    if answer := listing.given(request, table):
        return answer
    newest = dict(zip(("after", "before"), page, strict=False))
    asked = request.GET if "before" in request.GET else None
    form = ComparisonForm(request.user, programme, asked, initial=newest)
    comparison = None
    if form.is_valid():
        comparison = compare_runs(
            request.user, form.cleaned_data["before"], form.cleaned_data["after"]
        )
    context = {
        "page": page,
        "table": table,
        "form": form,
        "may_edit": request.user.viewer.may(Perm.MATCHING_EDIT),
        "comparison": comparison,
        "rulings": all_rulings(request.user, programme)[:RUNS_PER_PAGE],
    }
    return render(request, "matching/history.html", context)
