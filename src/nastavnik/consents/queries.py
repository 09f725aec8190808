"""Reads of the ledger: what holds, who signs, who is missing."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from nastavnik.consents.choices import Purpose, Signer
from nastavnik.consents.models import Consent
from nastavnik.core.dates import today
from nastavnik.core.marks import SignedIn
from nastavnik.core.timeline import Subject, TimelineEvent
from nastavnik.people.models import Person
from nastavnik.people.queries import group_names

AGE_OF_OWN_SIGNATURE = 14
AGE_OF_MAJORITY = 18


def signer_for(person: Person, day: dt.date) -> Signer:
    """Return who signs for a person on a day: under 14 the representative, to 17 both, from 18 the person.

    A pupil without a birth date is treated as the youngest; a grown-up by role signs alone (method.md §9.2).
    """
    age = person.age_on(day)
    if age is None:
        return Signer.REPRESENTATIVE if person.is_learner else Signer.PERSON
    if age >= AGE_OF_MAJORITY:
        return Signer.PERSON
    return Signer.BOTH if age >= AGE_OF_OWN_SIGNATURE else Signer.REPRESENTATIVE


def is_signed_by_right_person(consent: Consent, day: dt.date) -> bool:
    """Tell whether a paper (person fetched) still counts: on the 18th birthday an own consent is asked for."""
    return consent.signer == Signer.PERSON or signer_for(consent.person, day) != Signer.PERSON


def held_purposes(people: Iterable[int], day: dt.date) -> dict[int, frozenset[Purpose]]:
    """Return person key → purposes covered on a day; one query for all of them."""
    found: dict[int, set[Purpose]] = {}
    rows = Consent.objects.valid_on(day).filter(person_id__in=list(people)).select_related("person")
    for consent in rows:
        if is_signed_by_right_person(consent, day):
            found.setdefault(consent.person_id, set()).add(Purpose(consent.purpose))
    return {key: frozenset(purposes) for key, purposes in found.items()}


def missing_purposes(held: frozenset[Purpose], needed: Iterable[Purpose]) -> tuple[Purpose, ...]:
    """Return the needed purposes that are not covered, in the order asked."""
    return tuple(purpose for purpose in needed if purpose not in held)


def who_lacks(people: Iterable[Person], needed: Iterable[Purpose]) -> list[tuple[Person, Purpose]]:
    """Return the people who lack a purpose today, each with the first that is missing; one query."""
    people, needed = list(people), tuple(needed)
    held = held_purposes([person.pk for person in people], today())
    missing = [(one, missing_purposes(held.get(one.pk, frozenset()), needed)) for one in people]
    return [(person, purposes[0]) for person, purposes in missing if purposes]


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A person of the ledger: who signs today, what is covered, what is missing."""

    person: Person
    group: str
    signer: Signer
    held: frozenset[Purpose]
    missing: tuple[Purpose, ...]


def ledger_rows(people: Iterable[Person], needed: Iterable[Purpose]) -> list[LedgerRow]:
    """Return rows of the ledger in two queries whatever their number."""
    people, needed = list(people), tuple(needed)
    day = today()
    held = held_purposes([person.pk for person in people], day)
    groups = group_names(people)
    return [
        LedgerRow(
            person=person,
            group=groups.get(person.pk, ""),
            signer=signer_for(person, day),
            held=(own := held.get(person.pk, frozenset())),
            missing=missing_purposes(own, needed),
        )
        for person in people
    ]


def timeline_events(user: SignedIn, subject: Subject) -> Iterator[TimelineEvent]:
    """Yield the consents withdrawn by the people of a subject since it began."""
    withdrawn = Consent.objects.visible_to(user).filter(
        person_id__in=subject.people, withdrawn_on__gte=subject.from_day
    )
    for consent in withdrawn.select_related("person"):
        assert consent.withdrawn_on is not None  # noqa: S101 - filtered above
        yield TimelineEvent(
            consent.withdrawn_on,
            "risk",
            _("Consent withdrawn: %(person)s") % {"person": consent.person.short_name},
            str(consent.get_purpose_display()),
        )
