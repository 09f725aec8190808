"""Where a pair gets more time and where the order on pairs that have ended is made."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import requires
from nastavnik.core.http import Request, ticked
from nastavnik.core.ui.refusals import refusals_told
from nastavnik.mentorships import actions
from nastavnik.mentorships.choices import ExtensionCause
from nastavnik.mentorships.forms import ExtendForm
from nastavnik.mentorships.models import OrderLine
from nastavnik.mentorships.queries import (
    draft_extension_of,
    ended_without_order,
    pairs_seen,
    why_no_more_time,
)


@require_http_methods(["GET", "POST"])
@requires(Perm.PAIR_APPROVE)
def extend(request: Request, pk: int) -> HttpResponse:
    """Ask how much more time a pair gets and why; put it into the draft of an order."""
    own = pairs_seen(request.user).allowed_to(request.user, Perm.PAIR_APPROVE)
    pair = get_object_or_404(own.select_related("programme"), pk=pk)
    if reasons := why_no_more_time(pair):
        for reason in reasons:
            messages.info(request, reason)
        return redirect("mentorships:card", pk=pk)
    waiting = draft_extension_of(pair)
    form = ExtendForm(pair, waiting, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        goal = reverse("mentorships:card", args=[pk])
        with refusals_told(request):
            order = actions.extend_pair(
                pair,
                ends_on=form.cleaned_data["ends_on"],
                cause=ExtensionCause(form.cleaned_data["cause"]),
                by=request.user,
            )
            messages.success(
                request,
                _("It is in the draft of the order: the last day moves when that is registered."),
            )
            goal = reverse("documents:card", args=[order.pk])
        return redirect(goal)
    context = {"pair": pair, "form": form, "waiting": waiting}
    status = 422 if form.is_bound else 200
    return render(request, "mentorships/extend.html", context, status=status)


@require_POST
@requires(Perm.PAIR_APPROVE)
def leave_order(request: Request, pk: int) -> HttpResponse:
    """Take a pair out of the draft of an order on more time or on its end."""
    own = pairs_seen(request.user).allowed_to(request.user, Perm.PAIR_APPROVE)
    pair = get_object_or_404(own, pk=pk)
    given = request.POST.get("line", "")
    lines = OrderLine.objects.visible_to(request.user).filter(mentorship=pair)
    line = get_object_or_404(lines, pk=given if given.isdecimal() and len(given) < 19 else 0)  # noqa: PLR2004 - digits of 64 bits
    with refusals_told(request):
        actions.drop_order_line(line, by=request.user)
        messages.success(request, _("The pair is out of the draft of the order."))
    return redirect("mentorships:card", pk=pk)


@require_http_methods(["GET", "POST"])
@requires(Perm.PAIR_APPROVE)
def ending_order(request: Request) -> HttpResponse:
    """Show the pairs that have ended and are in no order on it; put the ticked ones into a draft."""
    own = pairs_seen(request.user).allowed_to(request.user, Perm.PAIR_APPROVE)
    pairs = ended_without_order(own)
    if request.method == "POST":
        chosen = list(pairs.filter(pk__in=ticked(request, "pairs")))
        goal = reverse("mentorships:ending-order")
        with refusals_told(request):
            drafts = actions.draft_ending_order(chosen, by=request.user)
            messages.success(
                request,
                _(
                    "The draft of the order is ready: number, date, signature. Nothing else depends on it."
                ),
            )
            goal = reverse("documents:register")
            if len(drafts) == 1:
                goal = reverse("documents:card", args=[drafts[0].pk])
        return redirect(goal)
    return render(request, "mentorships/ending_order.html", {"pairs": list(pairs)})
