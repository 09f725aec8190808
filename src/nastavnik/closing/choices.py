"""Closed lists of the close of a year."""

from django.db import models
from django.utils.translation import gettext_lazy as _

# the last month of a programme is the time of final meetings (method.md §2.2)
CLOSING_DAYS = 31
# stages of questionnaires by which both sides say their last word (method.md §4.1–4.6)
LAST_WORD_STAGES = ("after", "final")
# how long people have for it where the programme ends sooner (method.md §3.4: within ten days)
DAYS_FOR_LAST_WORDS = 10


MOST_TALK_WORDS = 500


class ThanksKind(models.TextChoices):
    """By what a mentor is thanked (method.md §3.4, §7.1 D32)."""

    GRATITUDE = "gratitude", _("letter of thanks")
    HONOUR = "honour", _("certificate of honour")
    BEST = "best", _("certificate «Best mentor»")
    PARENTS = "parents", _("letter of thanks to the parents of a pupil")
    GIFT = "gift", _("valuable gift")


class ClosingStage(models.TextChoices):
    """The steps of the close, in their order."""

    MEETINGS = "meetings", _("Final meetings")
    WORDS = "words", _("Last words of both sides")
    COMPLETION = "completion", _("Completion and order")
    TALKS = "talks", _("Closing talks of the head")
    RESULTS = "results", _("Results and thanks")
    NEXT_YEAR = "next-year", _("Who goes on")


class StageState(models.TextChoices):
    """How a step stands."""

    GO = "go", _("can be done now")
    WAIT = "wait", _("waits for others")
    DONE = "done", _("done")
