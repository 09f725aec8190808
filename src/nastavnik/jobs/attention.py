"""What came to nothing while its person was away."""

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from nastavnik.core.access import SignedIn
from nastavnik.core.hooks.attention import AttentionItem, Urgency
from nastavnik.jobs.choices import JobState
from nastavnik.jobs.queries import jobs_seen

AT_MOST = 3
#: What is older nobody waits for.
DAYS = 3


def items(user: SignedIn) -> Iterator[AttentionItem]:
    """Yield the own jobs that were interrupted or failed by a fault of the program."""
    since = timezone.now() - dt.timedelta(days=DAYS)
    states = (JobState.FAILED, JobState.LOST)
    own = jobs_seen(user).filter(asker_id=user.viewer.user_id, state__in=states)
    for job in own.filter(ended_at__gt=since, why="")[:AT_MOST]:
        yield AttentionItem(
            Urgency.LATER, "wait", _("Waits for you"), str(job.of_kind.heading),
            _("It was interrupted and nothing was written: it can be done anew."),
            _("Open"), reverse("jobs:progress", args=[job.pk]),
        )  # fmt: skip
