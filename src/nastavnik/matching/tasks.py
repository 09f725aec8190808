"""A large matching counted beside the requests: a thread of the server, one for each programme at most.

Two short transactions, one that reads and one that writes; between them nothing of the database is held, so the site
goes on. Twice a second the counting looks whether it is still wanted: what is cancelled meanwhile ends there.
"""

import logging
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db import connections, models
from django.utils import translation
from django.utils.translation import get_language

from nastavnik.core.errors import RefusedError
from nastavnik.matching.actions import fail_counting, finish_counting, read_counting
from nastavnik.matching.models import Counting

logger = logging.getLogger(__name__)

#: How often a counting looks whether it has been cancelled.
ASK_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a counting is: `step` is candidates, pairs or reasons; 0 of 0 where nobody can tell."""

    step: str
    done: int
    total: int


class CancelledError(Exception):
    """The counting is no longer wanted."""


#: Of the countings of this process, by key; who asks another process knows only that it runs.
_progress: dict[int, Progress] = {}


def progress_of(row: Counting) -> Progress | None:
    """Return how far a counting is, None where this process does not count it."""
    return _progress.get(row.pk)


def start(
    row: Counting, *, without: Collection[int] = (), keeps: bool = False, by: models.Model | None
) -> threading.Thread:
    """Count a matching in a thread of its own, in the language of the request."""
    thread = threading.Thread(
        target=_apart,
        args=(row, tuple(without), keeps, by, get_language() or ""),
        name=f"matching-{row.pk}",
        daemon=True,
    )
    thread.start()
    return thread


def _apart(
    row: Counting,
    without: tuple[int, ...],
    keeps: bool,  # noqa: FBT001 - a thread takes its arguments by place
    by: models.Model | None,
    language: str,
) -> None:
    try:
        with translation.override(language):
            count(row, without=without, keeps=keeps, by=by)
    finally:
        connections.close_all()


@dataclass(slots=True)
class _Watch:
    """Called by the engine: keeps how far it is, and now and then asks whether to go on."""

    pk: int
    asked_at: float = field(default_factory=time.monotonic)

    def __call__(self, step: str, done: int, total: int) -> None:
        _progress[self.pk] = Progress(step, done, total)
        if time.monotonic() - self.asked_at < ASK_SECONDS:
            return
        self.asked_at = time.monotonic()
        if not Counting.objects.running().filter(pk=self.pk).exists():
            raise CancelledError


def count(
    row: Counting, *, without: Collection[int] = (), keeps: bool = False, by: models.Model | None
) -> None:
    """Count a matching and write it; what goes wrong is written beside it, what is cancelled leaves nothing."""
    try:
        given = read_counting(row, without=without, keeps=keeps, by=by)
        finish_counting(row, given, given.run(_Watch(row.pk)), by=by)
    except CancelledError:
        logger.info("Counting %s was cancelled: no more is looked at", row.pk)
    except RefusedError as refusal:
        fail_counting(row, why="\n".join(refusal.reasons), by=by)
    except Exception:
        logger.exception("A matching could not be counted")
        fail_counting(row, by=by)
    finally:
        _progress.pop(row.pk, None)
