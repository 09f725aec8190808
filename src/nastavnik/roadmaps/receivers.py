"""What the roadmap does when a paper that proves a line goes, or goes into another."""

from typing import Any

from django.dispatch import receiver

from nastavnik.documents.models import Document
from nastavnik.documents.signals import document_discarded, document_joined, losses_asked
from nastavnik.roadmaps.actions import prove_by_another, remove_evidence
from nastavnik.roadmaps.queries import evidence_by, lines_proved_by


@receiver(losses_asked, dispatch_uid="roadmaps.losses")
def say_losses(*, document: Document, **kwargs: Any) -> list[str]:
    """Say which lines a draft proves."""
    return lines_proved_by(document)


@receiver(document_discarded, dispatch_uid="roadmaps.unproved")
def unprove(*, document: Document, by: Any, **kwargs: Any) -> None:
    """Take a draft away from the lines it proves, each in the trail and in the history of its roadmap."""
    for evidence in evidence_by(document):
        remove_evidence(evidence, by=by)


@receiver(document_joined, dispatch_uid="roadmaps.joined")
def follow_paper(*, document: Document, into: Document, by: Any, **kwargs: Any) -> None:
    """Let the lines a draft proves be proved by the one it goes into."""
    for evidence in evidence_by(document):
        prove_by_another(evidence, into, by=by)
