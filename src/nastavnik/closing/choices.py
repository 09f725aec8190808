"""Closed lists of the close of a year."""

from django.db import models
from django.utils.translation import gettext_lazy as _

# the last month of a programme is the time of final meetings (method.md §2.2)
CLOSING_DAYS = 31
# stages of questionnaires by which both sides say their last word (method.md §4.1–4.6)
LAST_WORD_STAGES = ("after", "final")
# how long people have for it where the programme ends sooner (method.md §3.4: within ten days)
DAYS_FOR_LAST_WORDS = 10


class ClosingStage(models.TextChoices):
    """The steps of the close, in their order."""

    MEETINGS = "meetings", _("Final meetings")
    WORDS = "words", _("Last words of both sides")
    COMPLETION = "completion", _("Completion and order")
    NEXT_YEAR = "next-year", _("Who goes on")


class StageState(models.TextChoices):
    """How a step stands."""

    GO = "go", _("can be done now")
    WAIT = "wait", _("waits for others")
    DONE = "done", _("done")
