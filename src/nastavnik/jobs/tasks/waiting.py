"""The short wait of a page: what is ready within a second or two is shown at once."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse

from nastavnik.core.errors import RefusedError
from nastavnik.core.http import Request
from nastavnik.jobs.actions import ask_for_job
from nastavnik.jobs.choices import JobState
from nastavnik.jobs.kinds import JobKind
from nastavnik.jobs.models import Job
from nastavnik.jobs.tasks.attempts import work_on

LOOK_SECONDS = 0.05


def waited_for(*jobs: Job, seconds: float | None = None) -> None:
    """Wait a moment for jobs to end, and bring them up to date; not inside a transaction."""
    if settings.JOBS_AT_ONCE:
        for job in jobs:
            work_on(job)
    until = time.monotonic() + (settings.JOB_PATIENCE_SECONDS if seconds is None else seconds)
    waiting = [job.pk for job in jobs]
    while Job.objects.open().filter(pk__in=waiting).exists() and time.monotonic() < until:
        time.sleep(LOOK_SECONDS)
    for job in jobs:
        job.refresh_from_db()


def ask_and_wait(
    request: Request,
    kind: JobKind,
    *,
    given: Mapping[str, Any],
    alone: str = "",
    upload: bytes | None = None,
    organisation_id: int,
    by: models.Model | None,
) -> str:
    """Ask for a job and return the address to go to: of what came of it if it is done soon, else of its progress.

    Raises:
        RefusedError: it may not be asked for, or it was refused at once.
    """
    job = ask_for_job(kind, organisation_id, given=given, alone=alone, upload=upload, by=by)
    waited_for(job)
    if job.is_refused:
        raise RefusedError(job.why.splitlines())
    return address_of(request, [job])


def address_of(request: Request, jobs: Sequence[Job]) -> str:
    """Return where somebody goes on who waited for jobs: to what is still done, else to what came of the first; "" of none."""
    for job in jobs:
        if job.state != JobState.DONE:
            return reverse("jobs:progress", args=[job.pk])
    return jobs[0].of_kind.arrive(request, jobs[0].ended) if jobs else ""
