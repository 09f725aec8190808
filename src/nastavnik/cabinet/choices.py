"""Closed lists of the shell."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Step(models.TextChoices):
    """The first steps of a programme, in the order of the work (method.md §2.1)."""

    SET_UP = "set_up", _("The card of the organisation")
    LISTS = "lists", _("The lists of pupils and staff")
    ROADMAP = "roadmap", _("The roadmap of the year")
    TEACHERS = "teachers", _("Class teachers")
    ACCOUNTS = "accounts", _("Accounts of colleagues")
    CONSENTS = "consents", _("Consents")
    REQUESTS = "requests", _("Requests and what mentors offer")
    MEETING = "meeting", _("The group meeting")
    MATCHING = "matching", _("The matching")
    ORDER = "order", _("The order on the pairs")
    FIRST_MEETINGS = "first_meetings", _("The first meetings")
