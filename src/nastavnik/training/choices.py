"""Closed lists of training."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TrainingAudience(models.TextChoices):
    """Whom a course prepares (method.md §2.3, §8 A18 and A39–A41)."""

    MENTORS = "mentors", _("mentors")
    CURATORS = "curators", _("curators and organisers")


MOST_THEMES = 4000  # characters
MOST_SESSIONS = 40  # of one course: the register is a table on one page
