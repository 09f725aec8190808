"""Closed lists of matching."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RunStatus(models.TextChoices):
    PROPOSED = "proposed", _("proposed")
    APPROVED = "approved", _("approved")
    SUPERSEDED = "superseded", _("replaced by a newer one")


class Ruling(models.TextChoices):
    """What the curator decided of two people, whatever the engine thinks."""

    LOCK = "lock", _("together")
    FORBID = "forbid", _("not together")


class OpinionOutcome(models.TextChoices):
    """What the psychologist says of a pair or of a person; why stays with the psychologist."""

    FOR = "for", _("recommends")
    DISCUSS = "discuss", _("wants to discuss it")
    AGAINST = "against", _("does not recommend")
