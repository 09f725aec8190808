"""Where pairs are made and change: a matching approved, a mentor replaced."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace as replaced
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import requires
from nastavnik.core.errors import RefusedError
from nastavnik.core.http import Request, ticked
from nastavnik.core.ui import confirm
from nastavnik.core.ui.refusals import refusals_told
from nastavnik.documents.queries import losses_with
from nastavnik.jobs.queries import result_of
from nastavnik.jobs.tasks import ask_and_wait
from nastavnik.matching.access import may_approve
from nastavnik.matching.models import MatchingRun, Proposal
from nastavnik.matching.queries import MenteeMove, candidates, moves, n_pairs_to_look_at
from nastavnik.mentorships import actions, tasks
from nastavnik.mentorships.choices import OPEN, EndCause
from nastavnik.mentorships.forms import (
    ReplaceForm,
)
from nastavnik.mentorships.models import Mentorship
from nastavnik.mentorships.queries import (
    orders_only_of,
    pairs_led_to,
    pairs_seen,
    ties_of_run,
    why_run_stays,
)
from nastavnik.programmes.choices import ParticipationStatus

#: As many times the engine is asked at most, for the prices of a group; and how long its answer is believed.
RUNS_AT_MOST, FRESH = 4, dt.timedelta(minutes=10)


@require_http_methods(["GET", "POST"])
@requires(Perm.PAIR_APPROVE)
def replace(request: Request, pk: int) -> HttpResponse:
    """Show who could lead a pair instead of its mentor and what it costs; replace the mentor."""
    own = pairs_seen(request.user).allowed_to(request.user, Perm.PAIR_APPROVE)
    pair = get_object_or_404(own.select_related("programme"), pk=pk)
    if pair.status not in OPEN:
        messages.info(request, _("This pair has ended already."))
        return redirect("mentorships:card", pk=pk)
    counted = _counted(request, pair)
    if isinstance(counted, HttpResponse):
        return counted
    mentees = tasks.mentees_of(pair)
    shown = candidates(request.user, mentees, counted["found"])
    shift = counted["shift"]
    if shift is None:
        shift = () if shown else tasks.shift_for(pair)
    moved = [
        replaced(move, before=move.before or pair.mentor) for move in moves(request.user, shift)
    ]
    leads_on = any(move.after == pair.mentor for move in moved)
    form = ReplaceForm(
        request.user, [one.mentor for one in shown], request.POST or None, leads_on=leads_on
    )
    seen = ";".join(",".join(move) for move in shift)
    if request.method == "POST" and (shown or shift) and form.is_valid():
        if shift and (request.POST.get("seen") != seen or len(moved) < len(shift)):
            messages.error(
                request, _("The pairs have changed meanwhile: look at the moves once more.")
            )
        elif made := _replaced(request, pair, form, moved):
            return redirect("mentorships:card", pk=made.pk)
        return redirect("mentorships:replace", pk=pk)
    context = {
        "pair": pair,
        "form": form,
        "candidates": shown,
        "moved": moved,
        "leads_on": leads_on,
        "seen": seen,
        "mentees": mentees,
        "chosen": str(form.data.get("mentor", "")),
    }
    status = 422 if form.is_bound else 200
    return render(request, "mentorships/replace.html", context, status=status)


def _counted(request: Request, pair: Mentorship) -> Mapping[str, Any] | HttpResponse:
    """Return who could lead a pair and what would have to move; of a large base the page that has it counted first."""
    n_pairs = RUNS_AT_MOST * n_pairs_to_look_at(pair.programme, [pair.form])
    if n_pairs <= settings.MATCHING_PAIRS_AT_ONCE:
        return {"found": tasks.found_for(pair), "shift": None}
    job = result_of(request.user, tasks.REPLACEMENT, request.GET.get("job", ""))
    if job is not None and job.given["pair"] == pair.pk and job.age < FRESH:
        return dict(job.result)
    if "look" not in request.POST:
        return render(request, "mentorships/replace_large.html", {"pair": pair})
    try:
        address = ask_and_wait(
            request,
            tasks.REPLACEMENT,
            given={"pair": pair.pk},
            alone=f"replacement:{pair.pk}",
            organisation_id=pair.organisation_id,
            by=request.user,
        )
    except RefusedError as refusal:
        messages.error(request, str(refusal))
        return redirect("mentorships:card", pk=pair.pk)
    return redirect(address)


def _replaced(
    request: Request, pair: Mentorship, form: ReplaceForm, moved: list[MenteeMove]
) -> Mentorship | None:
    """Replace the mentor; where others move along, theirs as well."""
    data = form.cleaned_data
    along = [move for move in moved if move.before != pair.mentor]
    own = next((move.after for move in moved if move.before == pair.mentor), None)
    led = pairs_led_to(request.user, [move.mentee.pk for move in along])
    others = {
        led[move.mentee.pk]: move.after for move in along if move.after and move.mentee.pk in led
    }
    mentor = data.get("mentor") or own
    if mentor is None or len(others) < len(along):
        messages.error(request, _("One of the pairs that would move is not yours to change."))
        return None
    try:
        made = actions.replace_mentor(
            pair,
            mentor,
            cause=EndCause(data["cause"]),
            words=data["words"],
            others=others,
            by=request.user,
        )
    except RefusedError as refusal:
        messages.error(request, str(refusal))
        return None
    messages.success(
        request,
        _(
            "The mentor is replaced. The new pair waits for the order: its draft is beside the pair."
        ),
    )
    return made


@require_POST
@requires(Perm.PAIR_APPROVE)
def approve(request: Request, pk: int) -> HttpResponse:
    """Approve the proposed pairs of a matching, all or the ticked ones, and draft the order."""
    run = get_object_or_404(MatchingRun.objects.visible_to(request.user), pk=pk)
    # a curator of one направление approves her own forms only, whatever the address says
    seen = Proposal.objects.visible_to(request.user).filter(run=run)
    if "all" not in request.POST:
        if not (wanted := ticked(request, "proposals")):
            messages.error(request, _("Tick the pairs to approve: no pair is ticked."))
            return redirect("matching:workspace")
        seen = seen.filter(pk__in=wanted)
    if not (verdict := may_approve(request.user, list(run.forms.all()))):
        messages.error(request, verdict.reasons[0])
        return redirect("matching:workspace")
    if "all" not in request.POST and "sure" not in request.POST:
        return _ask_approval(request, run, list(seen.exclude(mentor=None)))
    try:
        document = actions.approve_run(
            run, only=list(seen.values_list("pk", flat=True)), by=request.user
        )
    except RefusedError as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)
        return redirect("matching:workspace")
    text = _(
        "The pairs are approved. The draft of the order is below: number, date, signature. Until it is registered the approval can be taken back under «Matching»."
    )
    messages.success(request, " ".join(filter(None, [text, _still_waiting(request, run)])))
    return redirect("documents:card", pk=document.pk)


def _ask_approval(request: Request, run: MatchingRun, ticked_ones: list[Proposal]) -> HttpResponse:
    """Return the page that says what approving the ticked pairs does."""
    n, n_mentors = len(ticked_ones), len({one.mentor_id for one in ticked_ones})
    proposed = Proposal.objects.visible_to(request.user).filter(run=run).exclude(mentor=None)
    follows = [
        ngettext("Of %(n)s mentor.", "Of %(n)s mentors.", n_mentors) % {"n": n_mentors},
        _("One draft of an order on them is made; they begin when the order is registered."),
        _("Until then the approval can be taken back as a whole under «Matching»."),
    ]
    if n_others := proposed.count() - n:
        follows.insert(
            1,
            ngettext(
                "%(n)s other proposed pair is not approved and is matched anew.",
                "%(n)s other proposed pairs are not approved and are matched anew.",
                n_others,
            )
            % {"n": n_others},
        )
    return confirm.ask(
        request,
        heading=ngettext("Approve %(n)s pair?", "Approve %(n)s pairs?", n) % {"n": n},
        sentence=_("They become pairs and take a place with their mentors."),
        action=ngettext("Approve %(n)s pair", "Approve %(n)s pairs", n) % {"n": n},
        back=reverse("matching:workspace"),
        follows=follows,
        fields=[*(("proposals", one.pk) for one in ticked_ones), ("sure", "1")],
        is_mild=True,
    )


@require_http_methods(["GET", "POST"])
@requires(Perm.PAIR_APPROVE)
def take_back(request: Request, pk: int) -> HttpResponse:
    """Say what taking an approval back undoes, then do it."""
    run = get_object_or_404(MatchingRun.objects.visible_to(request.user), pk=pk)
    verdict = may_approve(request.user, list(run.forms.all()))
    if refusal := why_run_stays(run) if verdict else verdict.reasons[0]:
        messages.error(request, refusal)
        return redirect("matching:workspace")
    if request.method == "GET":
        ties = ties_of_run(run)
        n = len(ties)
        return confirm.ask(
            request,
            heading=_("Take the approval back?"),
            sentence=ngettext(
                "Matching № %(number)s: %(n)s pair that waits for its order is unmade.",
                "Matching № %(number)s: %(n)s pairs that wait for their order are unmade.",
                n,
            )
            % {"number": run.number, "n": n},
            action=_("Take the approval back"),
            back=reverse("matching:workspace"),
            follows=[
                _("The people wait for a pair again, the draft of the order is thrown away."),
                *(loss for order in orders_only_of(ties) for loss in losses_with(order)),
                _("The matching is proposed again as it was; it can be changed and approved anew."),
            ],
        )
    with refusals_told(request):
        n = actions.take_back_run(run, by=request.user)
        text = ngettext(
            "%(n)s pair is unmade: the matching is proposed again.",
            "%(n)s pairs are unmade: the matching is proposed again.",
            n,
        )
        messages.success(request, text % {"n": n})
    return redirect("matching:workspace")


def _still_waiting(request: Request, run: MatchingRun) -> str:
    """Say how many proposed pairs were not among the ticked ones: they are no pairs, nor proposed any longer."""
    proposed = Proposal.objects.visible_to(request.user).filter(run=run).exclude(mentor=None)
    n = proposed.filter(mentee__status=ParticipationStatus.READY).count()
    text = ngettext(
        "%(n)s other pair is not approved: «Match anew» proposes one for that mentee again.",
        "%(n)s other pairs are not approved: «Match anew» proposes some for those mentees again.",
        n,
    )
    return text % {"n": n} if n else ""
