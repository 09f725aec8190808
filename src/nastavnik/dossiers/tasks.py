"""What the site erases by itself."""

import datetime as dt
import logging

from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.hooks.retention import RetentionRule
from nastavnik.dossiers.actions import erase_person, forget_evidence
from nastavnik.dossiers.models import Erasure
from nastavnik.dossiers.queries import evidence_over

logger = logging.getLogger(__name__)


def erase_due() -> int:
    """Erase everybody whose day has come; whoever takes part again stays, which the log tells. Return how many."""
    n = 0
    for erasure in Erasure.objects.filter(done_at=None, due_on__lte=today()):
        try:
            erase_person(erasure, by=None)
        except RefusedError as refusal:
            logger.warning("Erasure %s waits: %s", erasure.pk, type(refusal).__name__)
        else:
            n += 1
    return n


def _n_over(before: dt.datetime) -> int:
    return evidence_over(before).count()


def _forget(before: dt.datetime) -> int:
    return forget_evidence(before, by=None)


EVIDENCE = RetentionRule("evidence", "согласия тех, чьи данные стёрты", _n_over, _forget)
