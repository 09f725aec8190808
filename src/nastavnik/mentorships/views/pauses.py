"""Where a pair gets a pause, and where a pause ends before its day."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import requires
from nastavnik.core.http import Request
from nastavnik.core.ui.refusals import refusals_told
from nastavnik.mentorships import actions
from nastavnik.mentorships.choices import ExtensionCause
from nastavnik.mentorships.forms import PauseForm
from nastavnik.mentorships.models import Mentorship
from nastavnik.mentorships.queries import pairs_seen
from nastavnik.mentorships.queries.pauses import (
    draft_pause_of,
    faults_of_pause,
    shift_of,
    why_not_paused,
)


def _own(request: Request, pk: int) -> Mentorship:
    own = pairs_seen(request.user).allowed_to(request.user, Perm.PAIR_APPROVE)
    return get_object_or_404(own.select_related("programme"), pk=pk)


@require_http_methods(["GET", "POST"])
@requires(Perm.PAIR_APPROVE)
def pause(request: Request, pk: int) -> HttpResponse:
    """Ask from when to when a pair pauses and why; say what moves, then put it into the draft of an order."""
    pair = _own(request, pk)
    if reasons := why_not_paused(pair):
        for reason in reasons:
            messages.info(request, reason)
        return redirect("mentorships:card", pk=pk)
    waiting = draft_pause_of(pair)
    form = PauseForm(waiting, request.POST if request.method == "POST" else None)
    shift = None
    if form.is_bound and form.is_valid():
        first, last = form.cleaned_data["first"], form.cleaned_data["last"]
        if faults := faults_of_pause(pair, first, last):
            form.add_error(None, faults)
        elif request.POST.get("go") == "order":
            goal = reverse("mentorships:card", args=[pk])
            with refusals_told(request):
                order = actions.pause_pair(
                    pair,
                    first=first,
                    last=last,
                    cause=ExtensionCause(form.cleaned_data["cause"]),
                    by=request.user,
                )
                messages.success(
                    request,
                    _("It is in the draft of the order: the pause begins when that is registered."),
                )
                goal = reverse("documents:card", args=[order.pk])
            return redirect(goal)
        else:
            shift = shift_of(pair, first, last)
    context = {"pair": pair, "form": form, "waiting": waiting, "shift": shift}
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "mentorships/pause.html", context, status=status)


@require_POST
@requires(Perm.PAIR_APPROVE)
def end_pause(request: Request, pk: int) -> HttpResponse:
    """Let a pair that pauses meet again or do without its pause, or take that back."""
    pair = _own(request, pk)
    with refusals_told(request):
        if request.POST.get("go") == "back":
            actions.resume_pause(pair, by=request.user)
            messages.success(request, _("The pause lasts as its order says."))
        else:
            actions.end_pause(pair, by=request.user)
            messages.success(
                request,
                _(
                    "The pause is ended; the last day and the meetings stay as the order moved them."
                ),
            )
    return redirect("mentorships:card", pk=pk)
