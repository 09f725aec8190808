"""What jobs keep of people."""

from django.db.models import Q

from nastavnik.core.hooks.holdings import Mention
from nastavnik.jobs.models import Job

HELD = (
    Mention(
        Job,
        "работа в фоне: присланный файл и её итог",
        ("given", "result", "why"),
        "organisation_id",
        Q(),
    ),
)
