"""Which jobs there are."""

import datetime as dt

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet

from nastavnik.core.access import SignedIn
from nastavnik.core.http import key_of
from nastavnik.jobs.choices import OPEN, JobState
from nastavnik.jobs.kinds import JobKind, Order
from nastavnik.jobs.models import Job

#: Columns a page need not carry.
HEAVY = ("upload", "result")
AT_MOST = 20


def jobs_seen(user: SignedIn) -> QuerySet[Job]:
    """Return the jobs a user may know of, without the files they are about."""
    return Job.objects.visible_to(user).defer(*HEAVY)


def open_job(user: SignedIn, alone: str) -> Job | None:
    """Return what is being done of something that is done once at a time, if the user may know of it."""
    return Job.objects.visible_to(user).open().filter(alone=alone).defer(*HEAVY).first()


def is_alone(job: Job) -> bool:
    """Tell whether nothing else is being done that keeps a job from being done anew."""
    others = Job.objects.open().filter(alone=job.alone).exclude(pk=job.pk)
    return not job.alone or not others.exists()


def unfinished(user: SignedIn, kind: JobKind) -> list[Job]:
    """Return the jobs of a kind that wait, run, or were interrupted and can be done anew; the newest first."""
    rows = jobs_seen(user).filter(kind=kind.code)
    interrupted = Q(state__in=(JobState.FAILED, JobState.LOST), why="")
    return list(rows.filter(Q(state__in=OPEN) | interrupted)[:AT_MOST])


def result_of(user: SignedIn, kind: JobKind, asked: str) -> Job | None:
    """Return a job of a kind that is done, by the key a request names."""
    rows = Job.objects.visible_to(user).defer("upload")
    return rows.filter(pk=key_of(asked), kind=kind.code, state=JobState.DONE).first()


def old_jobs(before: dt.datetime) -> QuerySet[Job]:
    """Return what ended before a moment."""
    return Job.objects.filter(ended_at__lt=before).defer(*HEAVY)


def order_of(job: Job) -> Order:
    """Return what a job is given."""
    by = get_user_model().objects.filter(pk=job.asker_id or 0).first()
    upload = None if job.upload is None else bytes(job.upload)
    return Order(job.organisation_id, job.given, upload, by)


def next_jobs(kinds: list[str], at_most: int) -> list[Job]:
    """Return the jobs of some kinds that wait, the oldest first."""
    rows = Job.objects.filter(state=JobState.WAITING, kind__in=kinds).order_by("pk")
    return list(rows.defer(*HEAVY)[:at_most])
