from django.db import models
from django.utils.translation import gettext_lazy as _

from nastavnik.cabinet.choices import Step
from nastavnik.core.access import Perm
from nastavnik.core.access.scope import ScopedQuerySet
from nastavnik.organisations.models import Organisation
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
