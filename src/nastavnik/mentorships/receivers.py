"""What the pairs do when something below them happens."""

from typing import Any

from django.dispatch import receiver

from nastavnik.consents.choices import NEEDED_FOR_BASE
from nastavnik.consents.models import Consent
from nastavnik.consents.signals import consent_withdrawn
from nastavnik.documents import signals as documents_signals
from nastavnik.documents.choices import DocumentKind
from nastavnik.documents.models import Document
from nastavnik.documents.signals import (
    consequences_asked,
    document_joined,
    document_opened,
    document_registered,
    document_split,
    document_taken_back,
)
from nastavnik.matching import signals as matching_signals
from nastavnik.matching.models import MatchingRun
from nastavnik.mentorships.actions import (
    halt_pairs,
    join_pairs,
    part_staff_pairs,
    pause_mentee,
    refresh_order,
    set_pair_status,
    start_pairs,
)
from nastavnik.mentorships.choices import MentorshipStatus
from nastavnik.mentorships.queries import (
    goes_on_without,
    running_pairs_led_by,
    running_ties_of,
    what_registering_does,
    what_taking_back_does,
    why_order_stays,
    why_order_waits,
    why_run_stays,
)


@receiver(document_opened, dispatch_uid="mentorships.redraw")
def redraw(*, document: Document, by: Any = None, **kwargs: Any) -> None:
    """Draw a draft order anew before anybody sees it."""
    refresh_order(document, by=by)


@receiver(document_registered, dispatch_uid="mentorships.start")
def start(*, document: Document, by: Any, **kwargs: Any) -> None:
    """Let the pairs of a registered order run."""
    if document.kind == DocumentKind.PAIR_ORDER:
        start_pairs(document, by=by)


@receiver(document_taken_back, dispatch_uid="mentorships.halt")
def halt(*, document: Document, by: Any, **kwargs: Any) -> None:
    """Let the pairs of an order wait for it again."""
    if document.kind == DocumentKind.PAIR_ORDER:
        halt_pairs(document, by=by)


@receiver(consequences_asked, dispatch_uid="mentorships.consequences")
def foresee(*, document: Document, back: bool, **kwargs: Any) -> list[str]:
    """Say what an order does to the pairs, and what its taking back undoes."""
    if document.kind != DocumentKind.PAIR_ORDER:
        return []
    return what_taking_back_does(document) if back else what_registering_does(document)


@receiver(documents_signals.obstacles_asked, dispatch_uid="mentorships.obstacles")
def object_to_paper(*, document: Document, back: bool, **kwargs: Any) -> list[str]:
    """Say why an order on pairs may not be registered, or its registration not be taken back."""
    if document.kind != DocumentKind.PAIR_ORDER:
        return []
    return why_order_stays(document) if back else why_order_waits(document)


@receiver(matching_signals.obstacles_asked, dispatch_uid="mentorships.obstacles_of_run")
def object_to_unmaking(*, run: MatchingRun, **kwargs: Any) -> list[str]:
    """Say why the approval of a matching may not be taken back."""
    refusal = why_run_stays(run)
    return [refusal] if refusal else []


@receiver(document_split, dispatch_uid="mentorships.part")
def part(*, document: Document, made: Document, by: Any, **kwargs: Any) -> None:
    """Give the pairs of staff an order of their own."""
    if document.kind == DocumentKind.PAIR_ORDER:
        part_staff_pairs(document, made, by=by)


@receiver(document_joined, dispatch_uid="mentorships.join")
def join(*, document: Document, into: Document, by: Any, **kwargs: Any) -> None:
    """Take the pairs of an order back into the one it was parted from."""
    if document.kind == DocumentKind.PAIR_ORDER:
        join_pairs(document, into, by=by)


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
