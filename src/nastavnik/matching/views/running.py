"""Whom a matching takes, and the matching itself."""

from collections.abc import Collection

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import requires
from nastavnik.core.errors import RefusedError
from nastavnik.core.http import Request, ticked
from nastavnik.jobs.tasks import ask_and_wait
from nastavnik.matching import actions, tasks
from nastavnik.matching.queries import forms_to_match, n_pairs_to_look_at, who_is_matched
from nastavnik.programmes.actions import make_ready
from nastavnik.programmes.models import MentoringForm, Programme
from nastavnik.programmes.queries import current_programme


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
    without: frozenset[int] = frozenset()
    if "picked" in request.POST:
        without = who_is_matched(request.user, programme).keys - set(ticked(request, "people"))
    keeps = "keeps" in request.POST
    answer = match(request, programme, forms, without=without, keeps=keeps)
    return answer or redirect("matching:workspace")


@require_GET
@requires(Perm.MATCHING_EDIT)
def people(request: Request) -> HttpResponse:
    """Show whom the next matching takes, to leave somebody out, and whom it cannot take and why."""
    programme = current_programme(request.user)
    if programme is None:
        return redirect("matching:workspace")
    who = who_is_matched(request.user, programme)
    context = {
        "who": who,
        "n_complete": sum(bool(row.verdict) for row in who.unready),
        "may_let_in": request.user.viewer.may(Perm.BASE_EDIT),
    }
    return render(request, "matching/people.html", context)


@require_POST
@requires(Perm.BASE_EDIT)
def let_in(request: Request) -> HttpResponse:
    """Let everybody into matching of whom nothing is missing."""
    programme = current_programme(request.user)
    if programme is None:
        return redirect("matching:workspace")
    who = who_is_matched(request.user, programme)
    complete = [row.record for row in who.unready if row.verdict]
    passed, _stopped = make_ready(complete, by=request.user)
    text = ngettext(
        "%(n)s record is ready for matching.", "%(n)s records are ready for matching.", len(passed)
    )
    messages.success(request, text % {"n": len(passed)})
    return redirect("matching:people")


def match(
    request: Request,
    programme: Programme,
    forms: list[MentoringForm],
    said: str = "",
    without: Collection[int] = (),
    *,
    keeps: bool = False,
) -> HttpResponse | None:
    """Match some forms, at once or, where that would take long, in the background: then lead to its page."""
    n_pairs = n_pairs_to_look_at(programme, forms)
    try:
        if n_pairs > settings.MATCHING_PAIRS_AT_ONCE:
            given = tasks.given_for(
                programme, forms, n_pairs=n_pairs, without=without, keeps=keeps, said=said
            )
            address = ask_and_wait(
                request,
                tasks.MATCHING,
                given=given,
                alone=tasks.alone_for(programme),
                organisation_id=programme.organisation_id,
                by=request.user,
            )
            return redirect(address)
        made = actions.run_matching(
            programme, forms=forms, without=without, keeps=keeps, by=request.user
        )
    except RefusedError as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)
    else:
        tasks.tell_proposed(request, made, said)
    return None
