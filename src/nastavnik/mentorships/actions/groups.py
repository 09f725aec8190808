"""Writes of who is in a pair or group: seating a mentee, sitting out, leaving."""

import datetime as dt

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from nastavnik.core import audit
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.documents.models import Document
from nastavnik.mentorships.actions.papers import attach_anew, check_consents
from nastavnik.mentorships.choices import OPEN
from nastavnik.mentorships.models import Mentorship, Tie
from nastavnik.mentorships.queries import goes_on_without
from nastavnik.programmes.actions import free_place, take_place
from nastavnik.programmes.models import Participation


@transaction.atomic
def seat_mentee(
    pair: Mentorship,
    mentee: Participation,
    order: Document,
    *,
    starts_on: dt.date,
    moved_from: Mentorship | None = None,
    by: models.Model | None,
) -> Tie:
    """Give a mentee a place in a pair or group; both sides have one place less.

    Args:
        pair: a new pair, or an open group; its mentor and form are to be fetched.
        mentee: who is free.
        order: the draft that attaches them.
        starts_on: from when on.
        moved_from: the pair whose mentor was replaced.
        by: the person who decides.

    Raises:
        RefusedError: the mentor has no free place, the group is full, or a pair has its mentee already.
    """
    limit = pair.form.max_mentees if pair.is_group else 1
    if Tie.objects.open().filter(mentorship=pair).count() >= limit:
        raise RefusedError(
            _("%(name)s: the group is full, the form allows %(n)s at most. Run the matching anew.")
            % {"name": pair.mentor.person.full_name, "n": limit}
        )
    try:
        with transaction.atomic():
            take_place(pair.mentor, by=by)
            take_place(mentee, by=by)
    except IntegrityError as error:
        raise RefusedError(
            _("%(name)s has no free place any more. Run the matching anew.")
            % {"name": pair.mentor.person.full_name}
        ) from error
    tie = Tie.objects.create(
        organisation_id=pair.organisation_id,
        mentorship=pair,
        mentee=mentee,
        order=order,
        moved_from=moved_from,
        starts_on=starts_on,
    )
    audit.record("mentee-seated", tie, by=by, fields=["mentorship", "order", "starts_on"])
    return tie


@transaction.atomic
def leave_group(tie: Tie, *, reason: str, by: models.Model | None) -> Tie:
    """Let one mentee leave a group that goes on; the place of both sides becomes free.

    Raises:
        RefusedError: it is no open group, nobody else would go on in it, or the reason is missing.
    """
    tie = _of_open_group(tie)
    if not goes_on_without(tie):
        raise RefusedError(_("Nobody else goes on in this group: end it as a whole."))
    if not reason.strip():
        raise RefusedError(_("Write why the mentee leaves the group: one line is enough."))
    tie.ends_on, tie.end_reason = today(), reason.strip()
    tie.save(update_fields=["ends_on", "end_reason"])
    free_place(tie.mentee, by=by)
    free_place(tie.mentorship.mentor, by=by)
    audit.record("mentee-left-group", tie, by=by, fields=["ends_on", "end_reason"])
    return tie


@transaction.atomic
def pause_mentee(tie: Tie, *, by: models.Model | None) -> Tie:
    """Let one mentee of a group sit out while the others go on: for want of a consent, or for a time.

    Raises:
        RefusedError: it is no open group, or nobody else would go on: then the whole of it stops.
    """
    tie = _of_open_group(tie)
    if not goes_on_without(tie):
        raise RefusedError(_("Nobody else goes on in this group: stop it as a whole."))
    tie.paused_on = tie.paused_on or today()
    tie.save(update_fields=["paused_on"])
    audit.record("mentee-paused", tie, by=by, fields=["paused_on"])
    return tie


@transaction.atomic
def resume_mentee(tie: Tie, *, by: models.Model | None) -> Tie:
    """Let a mentee who sat out go on in the group; whom no order names gets a draft of one.

    Raises:
        RefusedError: it is no open group, or a consent is missing.
    """
    tie = _of_open_group(tie)
    check_consents([tie.mentee.person])
    tie.paused_on = None
    tie.save(update_fields=["paused_on"])
    audit.record("mentee-resumed", tie, by=by, fields=["paused_on"])
    attach_anew(tie.mentorship, by=by)
    tie.refresh_from_db(fields=["order"])
    return tie


def _of_open_group(tie: Tie) -> Tie:
    """Lock a group and return a tie of it as it stands, or refuse."""
    pair = Mentorship.objects.select_for_update().get(pk=tie.mentorship_id)
    tie = Tie.objects.select_related("mentee__person", "mentorship__mentor").get(pk=tie.pk)
    if not pair.is_group or pair.status not in OPEN or tie.ends_on:
        raise RefusedError(_("This is no group that goes on, or the mentee has left it already."))
    return tie
