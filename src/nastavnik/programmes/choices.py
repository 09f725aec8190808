"""Closed lists of programmes."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from nastavnik.files.proofs import BEGINNINGS


class Side(models.TextChoices):
    MENTOR = "mentor", _("Mentor")
    MENTEE = "mentee", _("Mentee")


class ParticipationStatus(models.TextChoices):
    """Where a person stands in the base; `actions.NEXT` says what may follow what."""

    CANDIDATE = "candidate", _("being prepared")
    READY = "ready", _("ready for matching")
    PAIRED = "paired", _("in a pair")
    FINISHED = "finished", _("finished")
    LEFT = "left", _("left the programme")


class ApprovingBody(models.TextChoices):
    """Who approves the pairs of a form (method.md §1.2–1.4)."""

    CURATOR = "curator", _("curator")
    METHOD_COUNCIL = "method_council", _("methodical council")
    CYCLE_COMMISSION = "cycle_commission", _("cycle commission")


# whom one person may choose after the group meeting, at most, in order
MOST_COMMENT = 300  # characters
MOST_CHOICES = 3
MINUTES_SUFFIXES = tuple(BEGINNINGS)  # what a file of minutes may be
