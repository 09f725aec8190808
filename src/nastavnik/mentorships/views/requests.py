"""Requests for another mentor or to be let go: asked by who stands in the pair, answered by who leads the programme."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from nastavnik.core.access import Perm
from nastavnik.core.access.view_access import requires
from nastavnik.core.http import Request
from nastavnik.core.ui.refusals import refusals_told
from nastavnik.mentorships import actions
from nastavnik.mentorships.models import Mentorship, ReplacementRequest
from nastavnik.mentorships.queries import own_voice, pairs_seen

LONGEST = 300


@require_POST
@requires(Perm.OWN_PAIR_VIEW)
def ask_replacement(request: Request, pk: int) -> HttpResponse:
    """Ask for a replacement by one press; why may be said or not."""
    pair = get_object_or_404(pairs_seen(request.user), pk=pk)
    voice = own_voice(request.user, pair)
    if voice is None:
        raise Http404
    with refusals_told(request):
        words = request.POST.get("words", "").replace("\x00", "")[:LONGEST]
        actions.ask_replacement(pair, voice, words=words, by=request.user)
        messages.success(
            request, _("Asked. The curator and the psychologist see it; the other side does not.")
        )
    return redirect("mentorships:own")


@require_POST
@requires(Perm.OWN_PAIR_VIEW)
def withdraw_replacement(request: Request, pk: int) -> HttpResponse:
    """Take an own request back."""
    own = ReplacementRequest.objects.visible_to(request.user).filter(asked_by=request.user)
    row = get_object_or_404(own, pk=pk)
    with refusals_told(request):
        actions.withdraw_replacement(row, by=request.user)
        messages.success(request, _("Taken back: it is as it was."))
    return redirect("mentorships:own")


@require_POST
@requires(Perm.HELP_ANSWER)
def answer_replacement(request: Request, pk: int) -> HttpResponse:
    """Note what was decided about a request."""
    readable = Mentorship.objects.visible_to(request.user).with_marks_for(request.user)
    seen = ReplacementRequest.objects.visible_to(request.user)
    row = get_object_or_404(seen.filter(mentorship__in=readable.values("pk")), pk=pk)
    with refusals_told(request):
        words = request.POST.get("words", "").replace("\x00", "")[:LONGEST]
        actions.answer_replacement(row, words=words, by=request.user)
        messages.success(request, _("Noted: who asked reads it."))
    return redirect("mentorships:card", pk=row.mentorship_id)
