"""Pages of pairs."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from nastavnik.core.access import Perm
from nastavnik.core.errors import RefusedError
from nastavnik.core.http import Request, ticked
from nastavnik.core.marks import requires
from nastavnik.matching.models import MatchingRun, Proposal
from nastavnik.mentorships import actions
from nastavnik.mentorships.choices import MentorshipStatus
from nastavnik.mentorships.forms import EndForm, PairFilter
from nastavnik.mentorships.models import Mentorship
from nastavnik.mentorships.queries import pairs_for, with_people
from nastavnik.people.queries import group_names
from nastavnik.programmes.queries import current_programme

PER_PAGE = 100


@require_GET
@requires(Perm.PAIR_VIEW)
def pair_list(request: Request) -> HttpResponse:
    """Show the pairs."""
    filters = PairFilter(current_programme(request.user), request.GET)
    filters.is_valid()
    page = Paginator(pairs_for(request.user, **filters.cleaned_data), PER_PAGE).get_page(
        request.GET.get("page")
    )
    return render(
        request,
        "mentorships/list.html",
        {
            "page": page,
            "groups": _groups(page.object_list),
            "filters": filters,
            "is_filtered": any(filters.cleaned_data.values()),
            "may_match": request.user.viewer.may(Perm.MATCHING_VIEW),
        },
    )


@require_GET
@requires(Perm.OWN_PAIR_VIEW)
def own(request: Request) -> HttpResponse:
    """Show a mentor or a mentee the own pairs."""
    pairs = with_people(Mentorship.objects.visible_to(request.user).open())
    return render(request, "mentorships/own.html", {"pairs": pairs, "groups": _groups(pairs)})


def _groups(pairs: object) -> dict[int, str]:
    return group_names(
        person
        for pair in pairs  # type: ignore[attr-defined]
        for person in (pair.mentor.person, *(tie.mentee.person for tie in pair.ties.all()))
    )


@require_GET
@requires(Perm.PAIR_VIEW)
def pair_card(request: Request, pk: int) -> HttpResponse:
    """Show one pair."""
    pair = get_object_or_404(with_people(Mentorship.objects.visible_to(request.user)), pk=pk)
    may_edit = request.user.viewer.may(Perm.PAIR_APPROVE)
    return render(
        request,
        "mentorships/card.html",
        {
            "pair": pair,
            "groups": _groups([pair]),
            "form": EndForm(),
            "steps": sorted(actions.NEXT[MentorshipStatus(pair.status)]) if may_edit else [],
            "may_read_papers": request.user.viewer.may(Perm.DOCUMENT_VIEW),
        },
    )


@require_POST
@requires(Perm.PAIR_APPROVE)
def set_status(request: Request, pk: int) -> HttpResponse:
    """Stop, resume or end a pair."""
    pair = get_object_or_404(Mentorship.objects.visible_to(request.user), pk=pk)
    form = EndForm(request.POST)
    status = request.POST.get("status", "")
    if status not in MentorshipStatus.values or not form.is_valid():
        messages.error(request, _("Choose what to do with the pair."))
        return redirect("mentorships:card", pk=pk)
    try:
        actions.set_pair_status(
            pair, MentorshipStatus(status), reason=form.cleaned_data["reason"], by=request.user
        )
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(
            request, _("Done. The pair: %(state)s.") % {"state": MentorshipStatus(status).label}
        )
    return redirect("mentorships:card", pk=pk)


@require_POST
@requires(Perm.PAIR_APPROVE)
def approve(request: Request, pk: int) -> HttpResponse:
    """Approve the proposed pairs of a matching, all or the ticked ones, and draft the order."""
    run = get_object_or_404(MatchingRun.objects.visible_to(request.user), pk=pk)
    # a curator of one направление approves her own forms only, whatever the address says
    seen = Proposal.objects.visible_to(request.user).filter(run=run)
    if "all" not in request.POST:
        seen = seen.filter(pk__in=ticked(request, "proposals"))
    try:
        document = actions.approve_run(
            run, only=list(seen.values_list("pk", flat=True)), by=request.user
        )
    except RefusedError as refusal:
        for reason in refusal.reasons:
            messages.error(request, reason)
        return redirect("matching:workspace")
    messages.success(
        request,
        _("The pairs are approved. The draft of the order is below: number, date, signature."),
    )
    return redirect("documents:card", pk=document.pk)
