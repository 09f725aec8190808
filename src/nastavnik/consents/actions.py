"""Writes of the ledger."""

import datetime as dt
from collections.abc import Iterable

from django.db import models, transaction
from django.utils.translation import gettext as _

from nastavnik.consents.choices import Purpose
from nastavnik.consents.models import Consent
from nastavnik.consents.queries import signer_for
from nastavnik.consents.signals import consent_withdrawn
from nastavnik.core import audit
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.people.models import Person

TEXT_VERSION = "2026-1"


@transaction.atomic
def record_consents(
    people: Iterable[Person],
    purposes: Iterable[Purpose],
    *,
    signed_on: dt.date,
    by: models.Model | None,
) -> list[Consent]:
    """Tick signed papers off: each person × purpose that has no live paper yet gets a line.

    Raises:
        RefusedError: the day of signing lies ahead.
    """
    if signed_on > today():
        raise RefusedError(
            _("The day of signing is still ahead: put the date that stands on the paper.")
        )
    people, purposes = list(people), list(purposes)
    live = set(
        Consent.objects.filter(
            person__in=people, purpose__in=purposes, withdrawn_on=None
        ).values_list("person_id", "purpose")
    )
    fresh = Consent.objects.bulk_create(
        Consent(
            organisation_id=person.organisation_id,
            person=person,
            purpose=purpose,
            signer=signer_for(person, signed_on),
            text_version=TEXT_VERSION,
            signed_on=signed_on,
        )
        for person in people
        for purpose in purposes
        if (person.pk, purpose.value) not in live
    )
    audit.record_many("consent-recorded", fresh, by=by, fields=["person", "purpose", "signed_on"])
    return fresh


@transaction.atomic
def withdraw_consent(consent: Consent, *, by: models.Model | None) -> Consent:
    """Withdraw a consent from today: everything it covers stops at once."""
    if consent.withdrawn_on is not None:
        raise RefusedError(_("This consent has been withdrawn already."))
    consent.withdrawn_on = today()
    consent.save(update_fields=["withdrawn_on"])
    audit.record("consent-withdrawn", consent, by=by, fields=["withdrawn_on"])
    consent_withdrawn.send(sender=Consent, consent=consent, by=by)
    return consent
