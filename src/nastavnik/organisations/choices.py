"""Closed lists of the organisation tree."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    REGION = "region", _("Region")
    MUNICIPALITY = "municipality", _("Municipality")
    ORGANISATION = "organisation", _("Organisation")


class OrganisationKind(models.TextChoices):
    SCHOOL = "school", _("School")
    COLLEGE = "college", _("College")
    ADDITIONAL = "additional", _("Additional education")
    OFFICE = "office", _("Education office")


ZONES = [
    ("Europe/Kaliningrad", _("Kaliningrad (Moscow −1)")),
    ("Europe/Moscow", _("Moscow")),
    ("Europe/Samara", _("Samara (Moscow +1)")),
    ("Asia/Yekaterinburg", _("Yekaterinburg (Moscow +2)")),
    ("Asia/Omsk", _("Omsk (Moscow +3)")),
    ("Asia/Krasnoyarsk", _("Krasnoyarsk (Moscow +4)")),
    ("Asia/Irkutsk", _("Irkutsk (Moscow +5)")),
    ("Asia/Yakutsk", _("Yakutsk (Moscow +6)")),
    ("Asia/Vladivostok", _("Vladivostok (Moscow +7)")),
    ("Asia/Magadan", _("Magadan (Moscow +8)")),
    ("Asia/Kamchatka", _("Kamchatka (Moscow +9)")),
]
