"""What began by mistake is as it was before: an approval, a registration."""

from django.db import models, transaction
from django.utils.translation import gettext as _

from nastavnik.core import audit
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.documents.actions import discard_document, refresh_document
from nastavnik.documents.models import Document
from nastavnik.matching.actions import mark_run_proposed
from nastavnik.matching.models import MatchingRun
from nastavnik.mentorships.actions.pairs import lock_people, set_pair_status
from nastavnik.mentorships.choices import MentorshipStatus
from nastavnik.mentorships.models import Meeting, Mentorship, PairStep, Tie
from nastavnik.mentorships.queries import (
    attached_without,
    pairs_begun_by,
    ties_of_run,
    why_order_stays,
    why_run_stays,
)
from nastavnik.programmes.actions import free_place


@transaction.atomic
def halt_pairs(document: Document, *, by: models.Model | None) -> list[Mentorship]:
    """Let the pairs of an order whose registration is taken back wait for it again; return them.

    A pair or group that another order attaches runs on; one that is stopped stays so. The meetings planned go: they are
    planned anew when the pair runs.

    Raises:
        RefusedError: a pair has ended since, or has met.
    """
    pairs = list(pairs_begun_by(document).select_for_update(of=("self",)))
    if reasons := why_order_stays(document):
        raise RefusedError(reasons)
    attached = attached_without(document)
    halted = [pair for pair in pairs if pair.pk not in attached]
    Meeting.objects.filter(mentorship__in=halted).delete()
    for pair in halted:
        if pair.status == MentorshipStatus.ACTIVE:
            pair.status = MentorshipStatus.APPROVED
            pair.save(update_fields=["status"])
            PairStep.objects.create(
                organisation_id=pair.organisation_id,
                mentorship=pair,
                status=pair.status,
                on=today(),
            )
        audit.record("pair-halted", pair, by=by, fields=["status", "meetings"])
    return halted


@transaction.atomic
def take_back_run(run: MatchingRun, *, by: models.Model | None) -> int:
    """Unmake the pairs of an approved matching while no order on them is registered; return how many places are free again.

    The matching is proposed again, its draft order is thrown away. A pair that has ended since stays as it ended.

    Raises:
        RefusedError: it is not approved, nothing of it is left, or an order on it is registered. Nothing is written then.
    """
    run = MatchingRun.objects.select_for_update().get(pk=run.pk)
    if refusal := why_run_stays(run):
        raise RefusedError(refusal)
    ties = ties_of_run(run)
    people = lock_people(key for tie in ties for key in (tie.mentee_id, tie.mentorship.mentor_id))
    pairs = {tie.mentorship_id: tie.mentorship for tie in ties}
    orders = {tie.order_id: tie.order for tie in ties if tie.order}
    for tie in ties:
        audit.record("mentee-unseated", tie, by=by, fields=["mentorship", "mentee", "order"])
        tie.delete()
        for key in (tie.mentee_id, pairs[tie.mentorship_id].mentor_id):
            free_place(people[key], by=by)
    for pair in pairs.values():
        _unmake(pair, run, by=by)
    for order in orders.values():
        if Tie.objects.filter(order=order).exists():
            refresh_document(order, by=by)
        else:
            discard_document(order, by=by)
    mark_run_proposed(run, by=by)
    return len(ties)


def _unmake(pair: Mentorship, run: MatchingRun, *, by: models.Model | None) -> None:
    """Throw a pair away that has nobody in it any more; a group of an earlier matching ends instead, with its history."""
    if Tie.objects.open().filter(mentorship=pair).exists():
        return
    if pair.run_id == run.pk:
        audit.record("pair-unmade", pair, by=by, fields=["mentor", "form", "run", "ties"])
        pair.delete()
        return
    set_pair_status(
        pair,
        MentorshipStatus.CANCELLED,
        reason=_("The approval of the others was taken back."),
        by=by,
    )
