"""Writes of the ledger."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from nastavnik.consents.choices import EventKind, Purpose
from nastavnik.consents.models import Consent, ConsentEvent
from nastavnik.consents.queries import (
    events_told_by,
    is_signed_by_right_person,
    papers_there,
    signer_for,
    why_it_stays,
)
from nastavnik.consents.signals import consent_withdrawn, consents_mistaken
from nastavnik.core import audit
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.people.models import Person, User

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
    now, who = timezone.now(), by if isinstance(by, User) else None
    fresh = Consent.objects.bulk_create(
        Consent(
            organisation_id=person.organisation_id,
            person=person,
            purpose=purpose,
            signer=signer_for(person, signed_on),
            text_version=TEXT_VERSION,
            signed_on=signed_on,
            recorded_at=now,
            recorded_by=who,
        )
        for person in people
        for purpose in purposes
        if (person.pk, purpose.value) not in live
    )
    _append(EventKind.GIVEN, fresh, [one.signed_on for one in fresh], at=now, by=by)
    audit.record_many("consent-recorded", fresh, by=by, fields=["person", "purpose", "signed_on"])
    return fresh


def _live_papers(
    people: list[Person], purposes: list[Purpose], day: dt.date, *, by: models.Model | None
) -> set[tuple[int, str]]:
    """Return person key and purpose of the papers that stand; those outgrown end the day before."""
    live = set()
    papers = papers_there(people, purposes)
    for paper in papers.exclude(ends_on__lt=day).select_related("person"):
        if is_signed_by_right_person(paper, day):
            live.add((paper.person_id, paper.purpose))
            continue
        paper.ends_on = max(paper.signed_on, day - dt.timedelta(days=1))
        paper.save(update_fields=["ends_on"])
        _append(EventKind.ENDED, [paper], [paper.ends_on + dt.timedelta(days=1)], by=by)
        audit.record("consent-outgrown", paper, by=by, fields=["ends_on"])
    return live


def _append(
    kind: EventKind,
    papers: Sequence[Consent],
    days: Sequence[dt.date],
    *,
    by: models.Model | None,
    at: dt.datetime | None = None,
) -> None:
    """Add what happened to some papers, each from its day on; the caller changes the papers in the same transaction."""
    now, who = at or timezone.now(), by if isinstance(by, User) else None
    ConsentEvent.objects.bulk_create(
        ConsentEvent(
            organisation_id=paper.organisation_id,
            consent=paper,
            kind=kind,
            effective_on=day,
            recorded_at=now,
            recorded_by=who,
        )
        for paper, day in zip(papers, days, strict=True)
    )


def tell_events(papers: Iterable[Consent]) -> None:
    """Add the events of papers that came whole, from elsewhere: what each says of itself has happened to it."""
    ConsentEvent.objects.bulk_create(
        (
            ConsentEvent(
                organisation_id=paper.organisation_id,
                consent=paper,
                kind=kind,
                effective_on=day,
                recorded_at=paper.recorded_at if kind == EventKind.GIVEN else None,
            )
            for paper in papers
            for kind, day in events_told_by(paper)
        ),
        batch_size=500,
    )


@transaction.atomic
def withdraw_consent(consent: Consent, *, by: models.Model | None) -> Consent:
    """Withdraw a consent from today: everything it covers stops at once."""
    standing = Consent.objects.select_for_update().get(pk=consent.pk)
    if refusal := why_it_stays(standing):
        raise RefusedError(refusal)
    consent.withdrawn_on = today()
    consent.save(update_fields=["withdrawn_on"])
    _append(EventKind.WITHDRAWN, [consent], [consent.withdrawn_on], by=by)
    audit.record("consent-withdrawn", consent, by=by, fields=["withdrawn_on"])
    consent_withdrawn.send(sender=Consent, consent=consent, by=by)
    return consent


@transaction.atomic
def mark_mistaken(consents: Iterable[Consent], *, by: models.Model | None) -> list[Consent]:
    """Say of lines of the ledger that they were ticked by mistake; return those that were not marked before.

    A mistake is no withdrawal: nothing that a withdrawal stops is stopped, but who went to matching on it is asked again.

    Raises:
        RefusedError: one of them was withdrawn: it stays as it is.
    """
    keys = [consent.pk for consent in consents]
    rows = Consent.objects.select_for_update(of=("self",)).select_related("person")
    locked = list(rows.filter(pk__in=keys).order_by("pk"))
    if gone := [row.person.full_name for row in locked if row.withdrawn_on]:
        raise RefusedError(
            _("Withdrawn already, so it was there: %(names)s.") % {"names": ", ".join(gone)}
        )
    wrong = [row for row in locked if row.mistaken_on is None]
    for row in wrong:
        row.mistaken_on = today()
    Consent.objects.bulk_update(wrong, ["mistaken_on"])
    _append(EventKind.MISTAKEN, wrong, [today()] * len(wrong), by=by)
    audit.record_many("consent-mistaken", wrong, by=by, fields=["mistaken_on"])
    if people := sorted({row.person_id for row in wrong}):
        consents_mistaken.send(sender=Consent, people=people, by=by)
    return wrong
