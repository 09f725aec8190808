"""Closed lists of events."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EventAudience(models.TextChoices):
    """For whom a kind of event is held: what is ticked first when people are invited."""

    MENTORS = "mentors", _("mentors of the base")
    MENTEES = "mentees", _("mentees of the base")
    STAFF = "staff", _("all the staff")
    CLASSES = "classes", _("pupils of classes")
    FAMILIES = "families", _("parents and other representatives")
    OUTSIDE = "outside", _("alumni, partners, guests")


MINUTES_PAPER = "event_minutes"  # the kind of the paper, documents/data
MOST_AGENDA = 4000  # characters
MOST_MINUTES = 10_000
MOST_GUESTS = 1500  # of one event: the register is a table on one page
MOST_OTHERS = 5000  # who came and is on no list
