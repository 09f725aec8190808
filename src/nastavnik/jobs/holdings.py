"""What jobs keep of people."""

from typing import Any

from django.db.models import QuerySet

from nastavnik.core.hooks.holdings import Mention, Wiping
from nastavnik.jobs.models import Job


def forget_jobs(rows: QuerySet[Any], wiping: Wiping) -> None:
    """Forget ended jobs that name a person; one under way ends within the hour and is forgotten at its term."""
    for job in rows:
        if not job.is_open and wiping.names([job.given, job.result, job.why]):
            job.delete()


HELD = (
    Mention(
        Job,
        "работа в фоне: присланный файл и её итог",
        ("given", "result", "why"),
        wipe=forget_jobs,
    ),
)
