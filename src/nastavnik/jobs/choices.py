"""Closed lists of background work."""

from collections.abc import Mapping
from types import MappingProxyType

from django.db import models
from django.utils.translation import gettext_lazy as _


class JobState(models.TextChoices):
    """The life of a job."""

    WAITING = "waiting", _("waits for its turn")
    RUNNING = "running", _("is being done")
    DONE = "done", _("done")
    FAILED = "failed", _("not done")
    CANCELLED = "cancelled", _("cancelled")
    LOST = "lost", _("interrupted")


_S = JobState
#: State → the states after it; nothing else ever happens to a job.
NEXT: Mapping[JobState, frozenset[JobState]] = MappingProxyType(
    {
        _S.WAITING: frozenset({_S.RUNNING, _S.CANCELLED}),
        # back to waiting: the worker is stopped in good order and the next one begins anew
        _S.RUNNING: frozenset({_S.DONE, _S.FAILED, _S.CANCELLED, _S.LOST, _S.WAITING}),
        _S.DONE: frozenset(),
        _S.FAILED: frozenset({_S.WAITING}),
        _S.CANCELLED: frozenset({_S.WAITING}),
        _S.LOST: frozenset({_S.WAITING}),
    }
)
OPEN = (JobState.WAITING, JobState.RUNNING)
