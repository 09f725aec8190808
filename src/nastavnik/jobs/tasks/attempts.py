"""One attempt at a job: begun once whoever tries, ended in one transaction with what it writes."""

import contextlib
import logging
import time
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Event

from django.conf import settings
from django.db import models
from django.utils import timezone, translation

from nastavnik.core.errors import RefusedError
from nastavnik.jobs.actions import begin_job, fail_job, finish_job, put_job_back
from nastavnik.jobs.models import Job
from nastavnik.jobs.queries import order_of

logger = logging.getLogger(__name__)

#: How often a job looks whether it has been cancelled, and how often it says how far it is.
ASK_SECONDS, NOTE_SECONDS = 0.5, 1.0


class EndedError(Exception):
    """The job is no longer wanted, or no longer by this attempt."""


class StoppedError(Exception):
    """The worker is to end: the job waits for the next one."""


@dataclass(slots=True)
class _Watch:
    """Called by the work: notes how far it is, at most once a second, and asks whether to go on."""

    job: Job
    stopping: Event
    asked_at: float = field(default_factory=time.monotonic)
    noted_at: float = 0.0
    noted: tuple[str, int, int] = ("", 0, 0)

    def __call__(self, step: str, n_done: int, n_all: int) -> None:
        if self.stopping.is_set():
            raise StoppedError
        now = time.monotonic()
        if now - self.asked_at < ASK_SECONDS:
            return
        self.asked_at = now
        told = (step, n_done, n_all)
        if told != self.noted and now - self.noted_at >= NOTE_SECONDS:
            self.noted_at, self.noted = now, told
            is_wanted = Job.objects.note(self.job, *told)
        else:
            is_wanted = Job.objects.goes_on(self.job)
        if not is_wanted:
            raise EndedError


def work_on(job: Job, *, stopping: Event | None = None) -> None:
    """Do a job that waits; nothing at all where somebody else has begun it or it was cancelled."""
    begun = begin_job(job, by=None)
    if begun is None:
        return
    by = order_of(begun).by
    with _speaking(begun, by):
        try:
            _attempt(begun, stopping or Event())
        except EndedError:
            logger.info("Job %s is no longer wanted", begun.pk)
        except StoppedError:
            put_job_back(begun, by=None)
        except RefusedError as refusal:
            fail_job(begun, reasons=tuple(str(reason) for reason in refusal.reasons), by=by)
        except Exception:
            logger.exception("A job of the kind %s could not be done", begun.kind)
            fail_job(begun, by=by)


def _attempt(job: Job, stopping: Event) -> None:
    order = order_of(job)
    found = job.of_kind.find(order, _Watch(job, stopping))
    finish_job(job, found, by=order.by)


@contextlib.contextmanager
def _speaking(job: Job, by: models.Model | None) -> Iterator[None]:
    """Speak the language of who asked, and let it be the day it is there."""
    zone = getattr(by, "time_zone", "") or settings.TIME_ZONE
    with (
        translation.override(job.language or settings.LANGUAGE_CODE),
        timezone.override(zoneinfo.ZoneInfo(zone)),
    ):
        yield
