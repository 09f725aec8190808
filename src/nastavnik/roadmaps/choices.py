"""Closed lists of roadmaps."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RoadmapLevel(models.TextChoices):
    SCHOOL = "school", _("School")
    COLLEGE = "college", _("College")
    MUNICIPALITY = "municipality", _("Municipality")


class ActivityStatus(models.TextChoices):
    PLANNED = "planned", _("Planned")
    GOING = "going", _("Going on")
    DONE = "done", _("Done")
    SKIPPED = "skipped", _("Not held")


class Recurs(models.TextChoices):
    """The values are those of `engine.periods.terms.Recurrence`."""

    WEEKLY = "weekly", _("every week")
    MONTHLY = "monthly", _("every month")
    QUARTERLY = "quarterly", _("every quarter")
    YEARLY = "yearly", _("every year")
