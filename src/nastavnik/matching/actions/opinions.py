"""What the psychologist says of a pair or of a person."""

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from nastavnik.core import audit
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.matching.actions.rulings import lift_ruling
from nastavnik.matching.choices import OpinionOutcome, Ruling
from nastavnik.matching.models import Opinion, PairRuling
from nastavnik.programmes.choices import Side
from nastavnik.programmes.models import Participation


@transaction.atomic
def give_opinion(
    *,
    mentor: Participation | None,
    mentee: Participation | None,
    outcome: OpinionOutcome | None,
    by: models.Model | None,
) -> Opinion | None:
    """Note the psychologist's outcome on a pair, or on one person; None takes it back.

    «Does not recommend» is a hard rule of the next matching and takes a lock of these people back.

    Raises:
        RefusedError: nobody is named, or the two are not a mentor and a mentee of one programme.
    """
    sides = {Side.MENTOR: mentor, Side.MENTEE: mentee}
    named = [one for one in sides.values() if one is not None]
    if (
        not named
        or any(one is not None and one.side != side for side, one in sides.items())
        or len({one.programme_id for one in named}) > 1
    ):
        raise RefusedError(_("Choose a mentor, a mentee or both, of one programme."))
    before = Opinion.objects.select_for_update().filter(mentor=mentor, mentee=mentee).first()
    if outcome is None:
        if before is not None:
            audit.record("opinion-taken-back", before, by=by, fields=["outcome"])
            before.delete()
        return None
    row = before or Opinion(organisation_id=named[0].organisation_id, mentor=mentor, mentee=mentee)
    row.outcome, row.discussed_on = outcome, None
    row.save()
    audit.record("opinion-given", row, by=by, fields=["outcome", "discussed_on"])
    if outcome == OpinionOutcome.AGAINST:
        locks = PairRuling.objects.standing().filter(ruling=Ruling.LOCK)
        ours = Q(mentor=mentor) if mentor else Q()
        ours &= Q(mentee=mentee) if mentee else Q()
        for lock in locks.filter(ours):
            lift_ruling(lock, by=by)
    return row


@transaction.atomic
def mark_discussed(row: Opinion, *, by: models.Model | None) -> Opinion:
    """Note that the curator and the psychologist have spoken about it."""
    row.discussed_on = today()
    row.save(update_fields=["discussed_on"])
    audit.record("opinion-discussed", row, by=by, fields=["discussed_on"])
    return row
