"""What was done long ago is forgotten, with the files that nobody came back for."""

import datetime as dt

from nastavnik.core.hooks.retention import RetentionRule
from nastavnik.jobs.actions import forget_old_jobs
from nastavnik.jobs.queries import old_jobs


def _n_old(before: dt.datetime) -> int:
    return old_jobs(before).count()


def _forget(before: dt.datetime) -> int:
    return forget_old_jobs(before, by=None)


ENDED = RetentionRule("jobs", "работы в фоне, которые закончились, и их файлы", _n_old, _forget)
