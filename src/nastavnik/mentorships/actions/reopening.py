"""A pair that has ended goes on: what was pressed by mistake, or was not the end after all."""

from django.db import models, transaction
from django.utils.translation import gettext as _

from nastavnik.core import audit
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.mentorships.actions.meetings import restore_meetings
from nastavnik.mentorships.actions.orders import drop_drafts_on
from nastavnik.mentorships.actions.pairs import lock_people
from nastavnik.mentorships.actions.papers import attach_anew, lock_drafts
from nastavnik.mentorships.choices import CLOSED, REOPEN_DAYS, RUNNING, MentorshipStatus
from nastavnik.mentorships.models import Mentorship, PairStep, Tie
from nastavnik.mentorships.queries import (
    is_attached,
    reopens_until,
    status_before_end,
    ties_of_end,
    why_end_stands,
    why_not_together,
)
from nastavnik.programmes.actions import take_place


@transaction.atomic
def reopen_pair(pair: Mentorship, *, by: models.Model | None) -> Mentorship:
    """Let a pair that has ended go on as it was before the end, with the meetings the end has struck.

    Raises:
        RefusedError: it has not ended or too long ago, its mentor was replaced, somebody of it is elsewhere by now, has
            left or lacks a consent, or the mentor has no free place. Nothing is written then.
    """
    lock_drafts([pair])
    pair = Mentorship.objects.select_for_update().get(pk=pair.pk)
    _check_end(pair)
    ties = list(ties_of_end(pair).select_related("mentee"))
    people = lock_people([pair.mentor_id, *(tie.mentee_id for tie in ties)])
    mentor, mentees = people[pair.mentor_id], [people[tie.mentee_id] for tie in ties]
    if reasons := why_end_stands(pair) or why_not_together(pair, mentor, mentees):
        raise RefusedError(reasons)
    pair.status = status_before_end(pair)
    pair.ended_on, pair.end_reason, pair.end_cause = None, "", ""
    for tie, mentee in zip(ties, mentees, strict=True):
        take_place(mentee, by=by)
        take_place(mentor, by=by)
        tie.ends_on = None
        tie.save(update_fields=["ends_on"])
    if pair.status == MentorshipStatus.ACTIVE and not is_attached(pair):
        pair.status = MentorshipStatus.APPROVED
    fields = ["status", "ended_on", "end_reason", "end_cause"]
    pair.save(update_fields=fields)
    PairStep.objects.create(
        organisation_id=pair.organisation_id, mentorship=pair, status=pair.status, on=today()
    )
    audit.record("pair-reopened", pair, by=by, fields=fields)
    drop_drafts_on(pair, by=by)
    restore_meetings(pair, by=by)
    if pair.status in RUNNING:
        attach_anew(pair, by=by)
    return pair


def _check_end(pair: Mentorship) -> None:
    if pair.status not in CLOSED:
        raise RefusedError(_("This pair has not ended: it goes on as it is."))
    if Tie.objects.filter(moved_from=pair).exists():
        raise RefusedError(
            _("The mentor was replaced: the mentees are in the new pair. Replace the mentor there.")
        )
    until = reopens_until(pair)
    if until is None or until < today():
        raise RefusedError(
            _(
                "It ended more than %(n)s days ago and stays as it is. Return the people to the base and match them anew."
            )
            % {"n": REOPEN_DAYS}
        )
