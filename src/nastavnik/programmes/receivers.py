"""What the bases do when something below them happens."""

from typing import Any

from django.dispatch import receiver

from nastavnik.consents.choices import NEEDED_FOR_BASE
from nastavnik.consents.models import Consent
from nastavnik.consents.signals import consent_withdrawn, consents_mistaken
from nastavnik.programmes.actions import forget_preferences, review_people, set_participation_status
from nastavnik.programmes.choices import ParticipationStatus
from nastavnik.programmes.models import Participation


@receiver(consent_withdrawn, dispatch_uid="programmes.step_back")
def step_back(*, consent: Consent, by: Any, **kwargs: Any) -> None:
    """Take a person whose consent is gone out of matching, and what was said of wishes with it, at once."""
    if consent.purpose not in NEEDED_FOR_BASE:
        return
    for record in Participation.objects.filter(
        person_id=consent.person_id, status=ParticipationStatus.READY
    ):
        set_participation_status(record, ParticipationStatus.CANDIDATE, by=by)
    forget_preferences(consent.person_id, by=by)


@receiver(consents_mistaken, dispatch_uid="programmes.review")
def review(*, people: list[int], by: Any, **kwargs: Any) -> None:
    """Ask the gate again of who went to matching on a paper that has never been signed; wishes stay."""
    review_people(people, by=by)
