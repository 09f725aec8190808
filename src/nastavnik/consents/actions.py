"""Writes of the ledger."""

import datetime as dt
from collections.abc import Iterable

from django.db import models, transaction
from django.utils.translation import gettext as _

from nastavnik.consents.choices import Purpose
from nastavnik.consents.models import Consent
from nastavnik.consents.queries import is_signed_by_right_person, signer_for
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

    A representative's paper ends when the person, 18 by now, signs alone (method.md §9.2).

    Raises:
        RefusedError: the day of signing lies ahead.
    """
    if signed_on > today():
        raise RefusedError(
            _("The day of signing is still ahead: put the date that stands on the paper.")
        )
    people, purposes = list(people), list(purposes)
    live = _live_papers(people, purposes, signed_on, by=by)
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


def _live_papers(
    people: list[Person], purposes: list[Purpose], day: dt.date, *, by: models.Model | None
) -> set[tuple[int, str]]:
    """Return person key and purpose of the papers that stand; those outgrown end the day before."""
    live = set()
    papers = Consent.objects.filter(person__in=people, purpose__in=purposes, withdrawn_on=None)
    for paper in papers.exclude(ends_on__lt=day).select_related("person"):
        if is_signed_by_right_person(paper, day):
            live.add((paper.person_id, paper.purpose))
            continue
        paper.ends_on = max(paper.signed_on, day - dt.timedelta(days=1))
        paper.save(update_fields=["ends_on"])
        audit.record("consent-outgrown", paper, by=by, fields=["ends_on"])
    return live


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
