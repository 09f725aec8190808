import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from nastavnik.core.access import SignedIn
from nastavnik.jobs import kinds
from nastavnik.jobs.choices import OPEN, JobState


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, user: SignedIn) -> Self:
        """Return the jobs of the user's organisations, by the right of their kind.

        A curator of one направление sees the own ones: of another's even the sentence of a refusal may name people.
        """
        viewer = user.viewer
        within = Q(pk__in=[])
        for kind in kinds.all_kinds():
            for grant in viewer.grants_for(kind.perm):
                rows = Q(kind=kind.code, organisation_id=grant.organisation_id)
                within |= rows & Q(asker_id=viewer.user_id) if grant.form_codes else rows
        return self.filter(within)

    def open(self) -> Self:
        """Leave what waits or runs."""
        return self.filter(state__in=OPEN)

    def goes_on(self, job: "Job") -> bool:
        """Tell whether a job that was begun is still wanted, by this very attempt."""
        return self.filter(pk=job.pk, state=JobState.RUNNING, tries=job.tries).exists()

    def note(self, job: "Job", step: str, n_done: int, n_all: int) -> bool:
        """Note how far a job is; False when it is no longer wanted.

        No action and no line in the trail: it changes nothing but the page of this job, and it comes every second.
        """
        mine = self.filter(pk=job.pk, state=JobState.RUNNING, tries=job.tries)
        return bool(mine.update(step=step, n_done=n_done, n_all=n_all))


class Job(models.Model):
    """Work done beside the requests: asked for by a person, done by the worker, once.

    The state is also the flag of «cancel»: what a job finds is written in the transaction that makes it `done`, and only
    while it is `running` by the same attempt (`tries`). Keys without foreign keys: the app stands below those it works for.
    `alone` names what may be done only once at a time. `upload` is gone as soon as the job is done, refused or cancelled.
    """

    organisation_id = models.PositiveBigIntegerField(db_index=True)
    asker_id = models.PositiveBigIntegerField(null=True)
    kind = models.CharField(max_length=40)
    alone = models.CharField(max_length=80, blank=True)
    language = models.CharField(max_length=8, blank=True)
    given = models.JSONField(default=dict)
    upload = models.BinaryField(null=True)
    state = models.CharField(max_length=9, choices=JobState, default=JobState.WAITING)
    tries = models.PositiveIntegerField(default=0)
    step = models.CharField(max_length=40, blank=True)
    n_done = models.PositiveIntegerField(default=0)
    n_all = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=dict)
    why = models.TextField(blank=True)
    asked_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["id"], condition=Q(state__in=OPEN), name="job_open"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["alone"],
                condition=Q(state__in=OPEN) & ~Q(alone=""),
                name="job_alone",
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN, ended_at=None)
                | (~Q(state__in=OPEN) & Q(ended_at__isnull=False)),
                name="job_ended_has_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state=JobState.RUNNING) | Q(started_at__isnull=False, tries__gt=0),
                name="job_running_was_begun",
            ),
            models.CheckConstraint(
                condition=~Q(state=JobState.DONE) | Q(upload=None), name="job_done_keeps_no_upload"
            ),
        ]

    class Privacy:
        # a refusal may name people, a list is full of them, and so may be what came of it
        personal = ["upload", "given", "result", "why"]
        technical = [
            "id", "organisation_id", "asker_id", "kind", "alone", "language", "state", "tries", "step", "n_done",
            "n_all", "asked_at", "started_at", "ended_at",
        ]  # fmt: skip

    @property
    def is_open(self) -> bool:
        """Tell whether it waits or runs."""
        return self.state in OPEN

    @property
    def is_refused(self) -> bool:
        """Tell whether it came to nothing for a reason that is said, and not by a fault of the program."""
        return self.state == JobState.FAILED and bool(self.why)

    @property
    def of_kind(self) -> kinds.JobKind:
        """Return what its app says of it."""
        return kinds.kind_of(self.kind)

    @property
    def ended(self) -> kinds.Ended:
        """Return it as its app sees it when it is done."""
        return kinds.Ended(self.pk, self.given, self.result)

    @property
    def may_be_retried(self) -> bool:
        """Tell whether it came to nothing and can be done anew: not without the file it was about."""
        return self.state in {JobState.FAILED, JobState.CANCELLED, JobState.LOST} and (
            self.upload is not None or not self.given.get("file_name")
        )

    @property
    def age(self) -> dt.timedelta:
        """Return how long it has been done."""
        return timezone.now() - (self.ended_at or timezone.now())

    @property
    def seconds(self) -> int:
        """Return how long it has been since somebody asked for it."""
        return int(((self.ended_at or timezone.now()) - self.asked_at).total_seconds())
