"""Whom a matching takes, the matching itself, and one that goes on in the background."""

from collections.abc import Collection

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from nastavnik.core.access import Perm
from nastavnik.core.errors import RefusedError
from nastavnik.core.http import Request, ticked
from nastavnik.core.marks import requires
from nastavnik.matching import actions, tasks
from nastavnik.matching.choices import CountingState
from nastavnik.matching.models import Counting, MatchingRun, Proposal
from nastavnik.matching.queries import (
    changes_since,
    forms_to_match,
    n_pairs_to_look_at,
    who_is_matched,
)
from nastavnik.programmes.actions import make_ready
from nastavnik.programmes.models import MentoringForm, Programme
from nastavnik.programmes.queries import current_programme

#: As many mentees with another mentor are named in the message; of more only the number.
CHANGES_TOLD = 3


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


@require_GET
@requires(Perm.MATCHING_EDIT)
def counting(request: Request, pk: int) -> HttpResponse:
    """Show how far a matching in the background is; when it is done, lead to it."""
    row = get_object_or_404(Counting.objects.visible_to(request.user).select_related("run"), pk=pk)
    if row.run:
        _tell_proposed(request, row.run)
        return redirect("matching:workspace")
    is_lost = timezone.now() - row.started_at > actions.LONGEST
    is_running = row.state == CountingState.RUNNING and not is_lost
    seconds = int((timezone.now() - row.started_at).total_seconds())
    context = {
        "row": row,
        "is_running": is_running,
        "is_lost": is_lost,
        "seconds": seconds,
        "progress": tasks.progress_of(row),
    }
    return render(request, "matching/counting.html", context)


@require_POST
@requires(Perm.MATCHING_EDIT)
def cancel(request: Request, pk: int) -> HttpResponse:
    """Cancel a matching in the background."""
    row = get_object_or_404(Counting.objects.visible_to(request.user), pk=pk)
    actions.cancel_counting(row, by=request.user)
    return redirect("matching:counting", pk=pk)


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
            row = actions.start_counting(programme, forms, n_pairs=n_pairs, by=request.user)
            tasks.start(row, without=without, keeps=keeps, by=request.user)
            return redirect("matching:counting", pk=row.pk)
        made = actions.run_matching(
            programme, forms=forms, without=without, keeps=keeps, by=request.user
        )
    except RefusedError as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)
    else:
        _tell_proposed(request, made, said)
    return None


def _tell_proposed(request: Request, run: MatchingRun, said: str = "") -> None:
    """Say what a matching found, after what was decided by hand before it, and for whom it is another mentor than before."""
    n = run.n_matched
    if not n:
        nobody = _("No pair was found: why, is said below.")
        messages.warning(request, f"{said} {nobody}".strip())
        return
    text = ngettext("%(n)s pair is proposed.", "%(n)s pairs are proposed.", n) % {"n": n}
    messages.success(request, " ".join(filter(None, [said or text, _moved(request, run)])))


def _moved(request: Request, run: MatchingRun) -> str:
    proposals = Proposal.objects.visible_to(request.user).filter(run=run)
    people = proposals.select_related("mentee__person", "mentor__person")
    changes, _n_same = changes_since(request.user, run, list(people))
    if len(changes) <= CHANGES_TOLD:
        return " ".join(f"{change}." for change in changes)
    text = ngettext(
        "%(n)s mentee has another mentor: who, is said in the margin.",
        "%(n)s mentees have another mentor: who, is said in the margin.",
        len(changes),
    )
    return text % {"n": len(changes)}
