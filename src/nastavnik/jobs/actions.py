"""Every change of a job: asked for, begun, done, failed, cancelled, lost, asked for anew."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from nastavnik.core import audit
from nastavnik.core.errors import RefusedError
from nastavnik.jobs.choices import NEXT, OPEN, JobState
from nastavnik.jobs.kinds import JobKind
from nastavnik.jobs.models import Job
from nastavnik.jobs.queries import old_jobs, order_of

#: Of one organisation at a time: what is asked for by mistake fifty times does not keep the others waiting.
MOST_OPEN = 20


@transaction.atomic
def ask_for_job(
    kind: JobKind,
    organisation_id: int,
    *,
    given: Mapping[str, Any],
    alone: str = "",
    upload: bytes | None = None,
    by: models.Model | None,
) -> Job:
    """Note that something is to be done beside the requests; the worker begins when the transaction has ended.

    Args:
        kind: what is to be done.
        organisation_id: for whom.
        given: what `JobKind.find` and `JobKind.keep` need: keys rather than names.
        alone: what may be done only once at a time, "" for nothing.
        upload: the file it is about; `given` then has its `file_name`.
        by: who asks.

    Raises:
        RefusedError: the same is being done already, or too much is waiting.
    """
    if Job.objects.open().filter(organisation_id=organisation_id).count() >= MOST_OPEN:
        raise RefusedError(_("Too much is waiting to be done already: try again in a minute."))
    job = Job(
        organisation_id=organisation_id,
        asker_id=None if by is None else by.pk,
        kind=kind.code,
        alone=alone,
        language=get_language() or "",
        given=dict(given),
        upload=upload,
    )
    try:
        with transaction.atomic():
            job.save()
    except IntegrityError as error:
        raise RefusedError(str(kind.busy)) from error
    audit.record("job-asked", job, by=by, fields=["kind", "given"])
    return job


@transaction.atomic
def begin_job(job: Job, *, by: models.Model | None) -> Job | None:
    """Take a job that waits; None where another has taken it or it was cancelled meanwhile."""
    held = _held(job)
    if held is None or held.state != JobState.WAITING:
        return None
    held.tries += 1
    held.started_at = timezone.now()
    return _move(held, JobState.RUNNING, "job-begun", by=by, fields=["tries", "started_at"])


@transaction.atomic
def finish_job(job: Job, found: Any, *, by: models.Model | None) -> Job | None:  # noqa: ANN401 - of a kind
    """Write what a job found and that it is done, both or neither; nothing where it is no longer wanted.

    Raises:
        RefusedError: what was found cannot be kept.
    """
    held = _held(job)
    if held is None or held.state != JobState.RUNNING or held.tries != job.tries:
        return None
    held.result = dict(held.of_kind.keep(order_of(held), found))
    held.upload = None
    return _move(held, JobState.DONE, "job-done", by=by, fields=["result", "upload"])


@transaction.atomic
def fail_job(job: Job, *, reasons: tuple[str, ...] = (), by: models.Model | None) -> Job | None:
    """Note that a job came to nothing: refused with reasons, which ends its file too, or by a fault of the program."""
    held = _held(job)
    if held is None or held.state != JobState.RUNNING or held.tries != job.tries:
        return None
    held.why = "\n".join(reasons)
    if reasons:
        held.upload = None
    return _move(held, JobState.FAILED, "job-failed", by=by, fields=["why", "upload"])


@transaction.atomic
def cancel_job(job: Job, *, by: models.Model | None) -> Job:
    """Call a job off: the worker sees it soon and ends; whatever it finds after that is not written.

    Raises:
        RefusedError: it has ended already.
    """
    held = _held(job)
    if held is None or not held.is_open:
        raise RefusedError(_("It has ended already: there is nothing to cancel."))
    held.upload = None
    return _move(held, JobState.CANCELLED, "job-cancelled", by=by, fields=["upload"])


@transaction.atomic
def retry_job(job: Job, *, by: models.Model | None) -> Job:
    """Let a job that came to nothing be done anew.

    Raises:
        RefusedError: it is done or being done, its file is gone, or another of the same is being done.
    """
    held = _held(job)
    if held is None or not held.may_be_retried:
        raise RefusedError(_("It cannot be done anew: begin it once more from its page."))
    held.started_at = held.ended_at = None
    held.why = held.step = ""
    held.n_done = held.n_all = 0
    try:
        with transaction.atomic():
            return _move(
                held, JobState.WAITING, "job-retried", by=by,
                fields=["started_at", "why", "step", "n_done", "n_all"],
            )  # fmt: skip
    except IntegrityError as error:
        raise RefusedError(str(held.of_kind.busy)) from error


@transaction.atomic
def put_job_back(job: Job, *, by: models.Model | None) -> Job | None:
    """Let a job wait again: the worker is stopped in good order, the next one begins it anew."""
    held = _held(job)
    if held is None or held.state != JobState.RUNNING or held.tries != job.tries:
        return None
    held.started_at = None
    return _move(held, JobState.WAITING, "job-put-back", by=by, fields=["started_at"])


@transaction.atomic
def lose_jobs(*, by: models.Model | None) -> int:
    """Note when the worker starts that what was running under the one before it is lost; return how many."""
    rows = list(Job.objects.select_for_update().filter(state=JobState.RUNNING))
    for row in rows:
        _move(row, JobState.LOST, "job-lost", by=by, fields=[])
    return len(rows)


@transaction.atomic
def forget_old_jobs(before: dt.datetime, *, by: models.Model | None) -> int:
    """Throw away what has ended long ago, with the files that nobody came back for; return how many."""
    rows = list(old_jobs(before))
    audit.record_many(audit.DELETED, rows, by=by)
    Job.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def _held(job: Job) -> Job | None:
    """Hold the row to the end of the transaction."""
    return Job.objects.select_for_update().filter(pk=job.pk).first()


def _move(
    held: Job, state: JobState, action: str, *, by: models.Model | None, fields: list[str]
) -> Job:
    if state not in NEXT[JobState(held.state)]:
        raise RefusedError(_("It has ended already."))
    held.state = state
    held.ended_at = None if state in OPEN else timezone.now()
    changed = [*fields, "state", "ended_at"]
    held.save(update_fields=changed)
    audit.record(action, held, by=by, fields=changed)
    return held
