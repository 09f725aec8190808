"""The papers of a pair: codes of their kinds in the register (`documents.paper_kinds`); the sheets of thanks."""

from django.db import models
from django.utils.translation import gettext_lazy as _

JOURNAL = "meeting_journal"
MONTHLY_WORD = "monthly_word"
MENTOR_REPORT = "mentor_report"
MENTEE_REPORT = "mentee_report"
CLOSING_TALK = "closing_talk"
RESIGNATION = "mentor_resignation"
PETITION = "mentee_petition"
AGREEMENT = "additional_agreement"

#: How many days both sides have for their final reports (method.md §3.4).
DAYS_FOR_REPORTS = 10


class AwardKind(models.TextChoices):
    """The sheets that are given out at the end of a year (method.md §7.1 D32)."""

    CERTIFICATE = "certificate", _("certificate of taking part")
    GRATITUDE = "gratitude", _("letter of thanks")
    HONOUR = "honour", _("certificate of honour")
    BEST = "best", _("certificate «Best mentor»")
    PARENTS = "parents", _("letter of thanks to the parents of a pupil")
