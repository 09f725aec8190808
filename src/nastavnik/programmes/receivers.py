"""What the bases do when something below them happens."""

from typing import Any

from django.dispatch import receiver

from nastavnik.consents.choices import NEEDED_FOR_BASE
from nastavnik.consents.models import Consent
from nastavnik.consents.signals import consent_withdrawn
from nastavnik.programmes.actions import forget_preferences, set_participation_status
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
