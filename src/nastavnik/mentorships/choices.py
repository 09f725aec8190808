"""Closed lists of pairs."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MentorshipStatus(models.TextChoices):
    """The life of a pair; `actions.NEXT` says what may follow what."""

    APPROVED = "approved", _("waits for the order")
    ACTIVE = "active", _("running")
    SUSPENDED = "suspended", _("stopped for now")
    COMPLETED = "completed", _("completed")
    CANCELLED = "cancelled", _("ended early")


OPEN = (MentorshipStatus.APPROVED, MentorshipStatus.ACTIVE, MentorshipStatus.SUSPENDED)
CLOSED = (MentorshipStatus.COMPLETED, MentorshipStatus.CANCELLED)
