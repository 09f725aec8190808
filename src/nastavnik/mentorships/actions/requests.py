"""Writes of requests for another mentor or to be let go."""

from django.db import models, transaction
from django.utils.translation import gettext as _

from nastavnik.core import audit
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.mentorships.choices import OPEN
from nastavnik.mentorships.models import Mentorship, ReplacementRequest, Tie
from nastavnik.mentorships.queries import Voice
from nastavnik.people.models import User
from nastavnik.programmes.choices import Side


def _locked(request: ReplacementRequest) -> ReplacementRequest:
    """Return a request as it is now, held until the end of the transaction."""
    return ReplacementRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)


def _tie_of(pair: Mentorship, voice: Voice) -> Tie | None:
    """Return the tie of the mentee who speaks, None for the mentor."""
    if voice.side == Side.MENTOR:
        return None
    ties = pair.ties.filter(ends_on=None)
    return ties.get(pk=voice.tie) if voice.tie else ties.get()


@transaction.atomic
def ask_replacement(
    pair: Mentorship, voice: Voice, *, words: str = "", by: User
) -> ReplacementRequest:
    """Note that one of a pair asks for a replacement (method.md §3.4); the other side is not told.

    Args:
        pair: one that goes on.
        voice: who of it asks.
        words: why; nobody has to say.
        by: the account of who asks.

    Returns:
        The request; asked again before it is answered, the one that is open.

    Raises:
        RefusedError: the pair has ended.
    """
    locked = Mentorship.objects.select_for_update(of=("self",)).get(pk=pair.pk)
    if locked.status not in OPEN:
        raise RefusedError(_("This pair has ended already: there is nobody to be replaced."))
    tie = _tie_of(locked, voice)
    if twin := ReplacementRequest.objects.filter(mentorship=locked, tie=tie).open().first():
        return twin
    request = ReplacementRequest.objects.create(
        organisation_id=locked.organisation_id,
        mentorship=locked,
        tie=tie,
        words=words.strip(),
        asked_on=today(),
        asked_by=by,
    )
    audit.record("replacement-asked", locked, by=by, fields=["replacement_requests"])
    return request


@transaction.atomic
def withdraw_replacement(request: ReplacementRequest, *, by: models.Model) -> ReplacementRequest:
    """Take an own request back; what was taken back already stays so.

    Raises:
        RefusedError: it was answered meanwhile.
    """
    locked = _locked(request)
    if locked.answered_on:
        raise RefusedError(_("Your request has been answered meanwhile: read the answer."))
    if locked.withdrawn_on is None:
        locked.withdrawn_on = today()
        locked.save(update_fields=["withdrawn_on"])
        audit.record(
            "replacement-withdrawn", locked.mentorship, by=by, fields=["replacement_requests"]
        )
    return locked


@transaction.atomic
def answer_replacement(request: ReplacementRequest, *, words: str, by: User) -> ReplacementRequest:
    """Note what was decided about a request; who asked reads it.

    Raises:
        RefusedError: there are no words, it was taken back, or somebody else has answered it.
    """
    locked = _locked(request)
    if not words.strip():
        raise RefusedError(_("Write what was decided: who asked reads it. One line is enough."))
    if locked.withdrawn_on:
        raise RefusedError(
            _("The request has been taken back meanwhile: there is nothing to answer.")
        )
    if locked.answered_on:
        if locked.answer == words.strip():
            return locked
        raise RefusedError(_("Somebody has answered this request already: see what was decided."))
    locked.answered_on, locked.answered_by, locked.answer = today(), by, words.strip()
    locked.save(update_fields=["answered_on", "answered_by", "answer"])
    audit.record("replacement-answered", locked.mentorship, by=by, fields=["replacement_requests"])
    return locked
