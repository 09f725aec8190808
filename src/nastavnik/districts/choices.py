"""Closed lists of the district's side of roadmaps."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AgreementStatus(models.TextChoices):
    DRAFT = "draft", _("Not sent yet")
    SENT = "sent", _("Sent for agreement")
    AGREED = "agreed", _("Agreed")
    RETURNED = "returned", _("Returned with a remark")
