"""Where a pair ends, after a page that says what follows, and where it is reopened."""

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
from nastavnik.core.ui.refusals import refusals_told
from nastavnik.mentorships import actions
from nastavnik.mentorships.choices import REOPEN_DAYS, MentorshipStatus
from nastavnik.mentorships.forms import EndForm
from nastavnik.mentorships.models import Mentorship
from nastavnik.mentorships.queries import (
    ending_of,
    meetings_of,
    meetings_to_strike,
    pairs_seen,
    pairs_to_complete,
)


@require_http_methods(["GET", "POST"])
@requires(Perm.PAIR_APPROVE)
def end(request: Request, pk: int) -> HttpResponse:
    """Say what the end of a pair does and whom it concerns, then end it."""
    own = pairs_seen(request.user).allowed_to(request.user, Perm.PAIR_APPROVE)
    pair = get_object_or_404(own.select_related("programme"), pk=pk)
    steps = actions.NEXT[MentorshipStatus(pair.status)]
    asked = request.POST.get("how", request.GET.get("how", ""))
    how = MentorshipStatus(asked) if asked in steps else None
    if how not in (MentorshipStatus.COMPLETED, MentorshipStatus.CANCELLED):
        messages.info(request, _("This end is not open to the pair as it is now."))
        return redirect("mentorships:card", pk=pk)
    ending = ending_of(pair, meetings_of(pair), meetings_to_strike(pair).count())
    form = EndForm(how, ending.last, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        with refusals_told(request):
            ended = actions.set_pair_status(
                pair, how, reason=form.cleaned_data["reason"], after=form.after, by=request.user
            )
            text = (
                _("Done. The group: %(state)s.")
                if pair.is_group
                else _("Done. The pair: %(state)s.")
            )
            messages.success(request, text % {"state": ended.get_status_display()})
        return redirect("mentorships:card", pk=pk)
    return render(
        request,
        "mentorships/end.html",
        {
            "pair": pair,
            "how": how.value,
            "ending": ending,
            "form": form,
            "n_days": REOPEN_DAYS,
        },
        status=422 if form.is_bound else 200,
    )


@require_http_methods(["GET", "POST"])
@requires(Perm.PAIR_APPROVE)
def complete(request: Request) -> HttpResponse:
    """Show the pairs that have come to their end; complete the ticked ones, with the draft of an order if wished."""
    pairs = pairs_to_complete(request.user)
    if request.method == "POST":
        chosen = list(pairs.filter(pk__in=ticked(request, "pairs")))
        goal = reverse("mentorships:complete")
        with refusals_told(request):
            orders = actions.complete_pairs(
                chosen, with_order="order" in request.POST, by=request.user
            )
            n = len(chosen)
            text = ngettext(
                "%(n)s pair is completed; for %(days)s days it can be reopened on its page.",
                "%(n)s pairs are completed; for %(days)s days each can be reopened on its page.",
                n,
            )
            messages.success(request, text % {"n": n, "days": REOPEN_DAYS})
            goal = reverse("mentorships:list")
            if len(orders) == 1:
                goal = reverse("documents:card", args=[orders[0].pk])
        return redirect(goal)
    return render(
        request,
        "mentorships/complete.html",
        {"pairs": list(pairs), "n_days": REOPEN_DAYS},
    )


@require_POST
@requires(Perm.PAIR_APPROVE)
def reopen(request: Request, pk: int) -> HttpResponse:
    """Let a pair that has ended go on, with its meetings."""
    own = Mentorship.objects.visible_to(request.user).allowed_to(request.user, Perm.PAIR_APPROVE)
    pair = get_object_or_404(own, pk=pk)
    try:
        reopened = actions.reopen_pair(pair, by=request.user)
    except RefusedError as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)
    else:
        text = (
            _("The group is back: %(state)s.")
            if pair.is_group
            else _("The pair is back: %(state)s.")
        )
        messages.success(request, text % {"state": reopened.get_status_display()})
    return redirect("mentorships:card", pk=pk)
