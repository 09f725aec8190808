import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from nastavnik.cabinet.choices import Step
from nastavnik.core.access import Perm
from nastavnik.core.access.scope import ScopedQuerySet
from nastavnik.organisations.models import Organisation
from nastavnik.people.models import User
from nastavnik.programmes.models import Programme


class StepAsideQuerySet(ScopedQuerySet["StepAside"]):
    view_perm = Perm.PROGRAMME_EDIT


class StepAside(models.Model):
    """A first step that an organisation has put aside for a programme; taken up again, the row goes.

    Whether a step is done is never kept: it is computed from what is there.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="steps_aside")
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="steps_aside")
    step = models.CharField(_("step"), max_length=16, choices=Step)
    put_aside_at = models.DateTimeField(auto_now_add=True)

    objects = StepAsideQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "step"], name="step_aside_once"),
        ]

    class Privacy:
        public = ["step"]
        technical = ["id", "organisation", "programme", "put_aside_at"]


class CalendarLinkQuerySet(ScopedQuerySet["CalendarLink"]):
    view_perm = Perm.ACCOUNT_EDIT


class CalendarLink(models.Model):
    """The secret address under which somebody's own calendar is read; made anew, the one before opens nothing.

    `key` names the calendar in the events it gives, so that those of two people and two installations are never one.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="calendar_links")
    user = models.OneToOneField(User, models.CASCADE, related_name="calendar_link")
    token_sha256 = models.CharField(max_length=64, unique=True)
    key = models.UUIDField(default=uuid.uuid4, editable=False)
    made_at = models.DateTimeField()

    objects = CalendarLinkQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    class Privacy:
        personal = ["user"]
        secret = ["token_sha256"]
        technical = ["id", "organisation", "key", "made_at"]
