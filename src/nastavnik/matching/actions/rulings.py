"""Two people put together or kept apart by hand."""

from collections import Counter
from collections.abc import Iterable

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from nastavnik.core import audit
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.matching.adapter import Input, is_against_rules
from nastavnik.matching.choices import Ruling
from nastavnik.matching.models import PairRuling
from nastavnik.matching.queries import advised_against, proposal_of, rules_in_force
from nastavnik.programmes.choices import ParticipationStatus, Side
from nastavnik.programmes.models import Participation


def is_override(mentor: Participation, mentee: Participation, ruling: Ruling) -> bool:
    """Tell whether a word on two people goes against what is proposed or against the rules: then it needs a reason."""
    proposal = proposal_of(mentee)
    if ruling == Ruling.FORBID:
        return proposal is not None and proposal.mentor_id == mentor.pk
    if proposal is not None:
        return proposal.mentor_id != mentor.pk
    forms = mentee.programme.forms.all()
    rules = rules_in_force(mentee.organisation_id)
    return is_against_rules(mentor, mentee, forms, rules=rules, day=today())


@transaction.atomic
def rule_pair(
    mentor: Participation,
    mentee: Participation,
    ruling: Ruling,
    *,
    reason: str = "",
    by: models.Model | None,
) -> PairRuling:
    """Say that two people must be together or must not; a lock replaces the mentee's lock of before.

    What was ruled before is taken back and stays for the record. The same word again only writes the reason.

    Raises:
        RefusedError: the two records are not a mentor and a mentee of one programme, the mentor has no place, or the
            word goes against a proposal or a rule and no reason is given.
    """
    if (mentor.side, mentee.side) != (Side.MENTOR, Side.MENTEE) or (
        mentor.programme_id != mentee.programme_id
    ):
        raise RefusedError(_("These two are not a mentor and a mentee of one programme."))
    reason = reason.strip()
    rulings = PairRuling.objects.select_for_update().standing()
    before = rulings.filter(mentor=mentor, mentee=mentee).first()
    if before is not None and before.ruling == ruling:
        return _explain(before, reason, by=by)
    if not reason and is_override(mentor, mentee, ruling):
        raise RefusedError(_("Write why: this goes against what the matching proposes."))
    if ruling == Ruling.LOCK:
        _check_outcome(mentor, mentee)
        _check_place(mentor, mentee)
    for row in rulings.filter(
        Q(mentor=mentor, mentee=mentee) | Q(mentee=mentee, ruling=Ruling.LOCK)
        if ruling == Ruling.LOCK
        else Q(mentor=mentor, mentee=mentee)
    ):
        lift_ruling(row, by=by)
    row = PairRuling.objects.create(
        organisation_id=mentor.organisation_id,
        mentor=mentor,
        mentee=mentee,
        ruling=ruling,
        reason=reason,
    )
    audit.record(f"pair-{ruling}", row, by=by, fields=["mentor", "mentee", "ruling", "reason"])
    return row


def _explain(row: PairRuling, reason: str, *, by: models.Model | None) -> PairRuling:
    if reason and reason != row.reason:
        row.reason = reason
        row.save(update_fields=["reason"])
        audit.record("ruling-explained", row, by=by, fields=["reason"])
    return row


def _check_outcome(mentor: Participation, mentee: Participation) -> None:
    """Refuse a lock the psychologist does not recommend: nobody overrules that alone."""
    if advised_against(mentor.programme_id, [(mentor.pk, mentee.pk)]):
        raise RefusedError(
            _(
                "The psychologist does not recommend %(mentee)s and %(mentor)s: speak about it first."
            )
            % {"mentee": mentee.person.short_name, "mentor": mentor.person.short_name}
        )


def _check_place(mentor: Participation, mentee: Participation) -> None:
    """Refuse a lock when the other locks have taken the mentor's places."""
    held = PairRuling.objects.standing().filter(mentor=mentor, ruling=Ruling.LOCK)
    n_waiting = held.exclude(mentee=mentee).filter(mentee__status=ParticipationStatus.READY).count()
    if mentor.active_count + n_waiting >= mentor.capacity:
        raise RefusedError(_no_place(mentor))


def _no_place(mentor: Participation) -> str:
    return _(
        "%(name)s has no free place left: raise the limit in the record or choose another mentor."
    ) % {"name": mentor.person.full_name}


def check_locks(given: Input) -> None:
    """Refuse more locks of a mentor than free places: the limit was lowered after the lock."""
    asked = Counter(given.locked.values())
    full = [one.key for one in given.mentors if asked[one.key] > one.capacity]
    if full:
        people = Participation.objects.filter(pk__in=full).select_related("person")
        raise RefusedError(_no_place(record) for record in people)


@transaction.atomic
def lift_ruling(row: PairRuling, *, by: models.Model | None) -> bool:
    """Take a lock or a ban back, it stays for the record; False where somebody has done so already."""
    standing = PairRuling.objects.select_for_update().standing()
    if not standing.filter(pk=row.pk).exists():
        return False
    row.lifted_at = timezone.now()
    row.save(update_fields=["lifted_at"])
    audit.record("ruling-lifted", row, by=by, fields=["lifted_at"])
    return True


@transaction.atomic
def lift_locks(mentees: Iterable[int], *, by: models.Model | None) -> None:
    """Take back what was put together of some mentees: another pair has been decided since."""
    standing = PairRuling.objects.standing()
    for row in standing.filter(mentee__in=list(mentees), ruling=Ruling.LOCK):
        lift_ruling(row, by=by)
