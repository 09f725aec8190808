"""A large matching counted beside the requests: a thread of the server, one for each programme at most.

Two short transactions, one that reads and one that writes; between them nothing of the database is held, so the site
goes on. What is cancelled meanwhile is counted to its end and thrown away.
"""

import logging
import threading
from collections.abc import Collection

from django.db import connections, models
from django.utils import translation
from django.utils.translation import get_language

from nastavnik.core.errors import RefusedError
from nastavnik.matching.actions import fail_counting, finish_counting, read_counting
from nastavnik.matching.models import Counting

logger = logging.getLogger(__name__)


def start(
    row: Counting, *, without: Collection[int] = (), by: models.Model | None
) -> threading.Thread:
    """Count a matching in a thread of its own, in the language of the request."""
    thread = threading.Thread(
        target=_apart,
        args=(row, tuple(without), by, get_language() or ""),
        name=f"matching-{row.pk}",
        daemon=True,
    )
    thread.start()
    return thread


def _apart(row: Counting, without: tuple[int, ...], by: models.Model | None, language: str) -> None:
    try:
        with translation.override(language):
            count(row, without=without, by=by)
    finally:
        connections.close_all()


def count(row: Counting, *, without: Collection[int] = (), by: models.Model | None) -> None:
    """Count a matching and write it; what goes wrong is written beside it."""
    try:
        given = read_counting(row, without=without, by=by)
        finish_counting(row, given, given.run(), by=by)
    except RefusedError as refusal:
        fail_counting(row, why="\n".join(refusal.reasons), by=by)
    except Exception:
        logger.exception("A matching could not be counted")
        fail_counting(row, by=by)
