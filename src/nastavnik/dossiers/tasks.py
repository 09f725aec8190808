"""What the site erases by itself."""

import datetime as dt
import logging

from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.hooks.retention import RetentionRule
from nastavnik.dossiers.actions import erase_person, forget_evidence, take_erasure_back
from nastavnik.dossiers.models import Erasure
from nastavnik.dossiers.queries import evidence_over

logger = logging.getLogger(__name__)


def erase_due() -> int:
    """Erase everybody whose day has come; return how many.

    Whoever takes part again stays, and the decision of then is ended: else it would come true at some later day nobody thinks of.
    """
    n = 0
    for erasure in Erasure.objects.filter(done_at=None, due_on__lte=today()):
        try:
            erase_person(erasure, by=None)
        except Erasure.DoesNotExist:  # taken back meanwhile
            continue
        except RefusedError:
            _end(erasure)
        except Exception as error:  # noqa: BLE001 - the others are not kept waiting; a message may hold a name
            logger.warning("Erasure %s failed: %s", erasure.pk, type(error).__name__)
        else:
            n += 1
    return n


def _end(erasure: Erasure) -> None:
    try:
        take_erasure_back(erasure, by=None)
    except RefusedError:  # another process has done it meanwhile
        return
    logger.warning("Erasure %s was refused on its day and is ended", erasure.pk)


def _n_over(before: dt.datetime) -> int:
    return evidence_over(before).count()


def _forget(before: dt.datetime) -> int:
    return forget_evidence(before, by=None)


EVIDENCE = RetentionRule("evidence", "согласия тех, чьи данные стёрты", _n_over, _forget)
