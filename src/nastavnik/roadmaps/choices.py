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


class ChangeKind(models.TextChoices):
    """What somebody did with a roadmap or a line."""

    MADE = "made", _("the roadmap was made")
    ARCHIVED = "archived", _("the roadmap was put into the archive")
    RESTORED = "restored", _("the roadmap was brought back from the archive")
    RETITLED = "retitled", _("the roadmap was changed")
    ADDED = "added", _("the line was added")
    CHANGED = "changed", _("the line was changed")
    REMOVED = "removed", _("the line was taken out")
    PROVED = "proved", _("a proof was added")
    UNPROVED = "unproved", _("a proof was taken back")
