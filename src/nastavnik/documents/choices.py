"""Closed lists of papers."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DocumentStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    REGISTERED = "registered", _("Registered")


class Ask(models.TextChoices):
    """What a paper asks of a person before it is signed; the content of a draft names those it needs."""

    CURATOR_POST = "curator_post", _("the curator's position")
    METHOD_COUNCIL = "method_council", _("minutes of the methodical council")
    CYCLE_COMMISSION = "cycle_commission", _("minutes of the cycle commission")
    AGREEMENTS = "agreements", _("who draws up the agreements and until when")
    GROUND = "ground", _("the ground of the order")


MINUTES = (Ask.METHOD_COUNCIL, Ask.CYCLE_COMMISSION)
