"""What the pairs do when something below them happens."""

from typing import Any

from django.dispatch import receiver
from django.utils.translation import gettext as _

from nastavnik.consents.choices import NEEDED_FOR_BASE
from nastavnik.consents.models import Consent
from nastavnik.consents.signals import consent_withdrawn
from nastavnik.matching.models import MatchingRun
from nastavnik.matching.signals import obstacles_asked
from nastavnik.mentorships.actions import pause_mentee, set_pair_status
from nastavnik.mentorships.choices import MentorshipStatus
from nastavnik.mentorships.queries import (
    are_in_one_pair,
    goes_on_without,
    running_pairs_led_by,
    running_ties_of,
    why_run_stays,
)
from nastavnik.people.models import Person
from nastavnik.people.signals import merge_asked


@receiver(obstacles_asked, dispatch_uid="mentorships.obstacles_of_run")
def object_to_unmaking(*, run: MatchingRun, **kwargs: Any) -> list[str]:
    """Say why the approval of a matching may not be taken back."""
    refusal = why_run_stays(run)
    return [refusal] if refusal else []


@receiver(merge_asked, dispatch_uid="mentorships.obstacles_of_merge")
def object_to_merging(*, kept: Person, gone: Person, **kwargs: Any) -> list[str]:
    """Say why two cards may not be one: nobody is a mentor of oneself, nor twice in a group."""
    return [_("They stand in one pair or group.")] if are_in_one_pair(kept, gone) else []


@receiver(consent_withdrawn, dispatch_uid="mentorships.suspend")
def suspend(*, consent: Consent, by: Any, **kwargs: Any) -> None:
    """Stop the running pairs of a person whose consent is gone, until the curator decides; a group goes on without."""
    if consent.purpose not in NEEDED_FOR_BASE:
        return
    stopped = running_pairs_led_by(consent.person_id)
    for tie in running_ties_of(consent.person_id):
        if goes_on_without(tie):
            pause_mentee(tie, by=by)
        else:
            stopped.append(tie.mentorship)
    for pair in stopped:
        set_pair_status(pair, MentorshipStatus.SUSPENDED, by=by)
