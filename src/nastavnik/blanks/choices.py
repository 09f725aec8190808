"""Closed lists of printed sheets."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ScanState(models.TextChoices):
    """What a page of a scan turned out to be."""

    READ = "read", _("read")
    OTHER = "other", _("another picture of the same page, with other marks")
    REPEATED = "repeated", _("read already, with the same marks")
    FOREIGN = "foreign", _("a sheet of something else")
    TROUBLE = "trouble", _("not read")
