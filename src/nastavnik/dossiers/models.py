from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.access.scope import ScopedQuerySet
from nastavnik.dossiers.choices import EraseGround
from nastavnik.organisations.models import Organisation
from nastavnik.people.models import Person, User


class ErasureQuerySet(ScopedQuerySet["Erasure"]):
    view_perm = Perm.DOSSIER_ERASE

    def visible_to(self, user: SignedIn) -> Self:
        """Return the erasures of the organisations the user answers for as a whole."""
        return self.filter(organisation_id__in=user.viewer.answers_for(self.view_perm))


class Erasure(models.Model):
    """That a person's data are to be erased on a day, and what came of it (152-FZ art. 20, 21).

    Until `done_at` it can be taken back. `kept_name` is the name behind the evidence of consents, the only place it is kept in, and
    goes with them after `kept_until`. `counts` is title of a table → how many rows were erased or made nameless.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    person = models.OneToOneField(Person, models.CASCADE, related_name="erasure")
    ground = models.CharField(_("who has asked"), max_length=14, choices=EraseGround)
    asked_on = models.DateField(_("asked on"))
    due_on = models.DateField(_("to be erased on"))
    asked_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    done_at = models.DateTimeField(_("erased at"), null=True)
    counts = models.JSONField(default=dict)
    kept_name = models.CharField(_("name behind the consents"), max_length=400, blank=True)
    kept_until = models.DateTimeField(_("consents are kept until"), null=True)

    objects = ErasureQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(due_on__gte=models.F("asked_on")), name="erasure_due_afterwards"
            ),
            models.CheckConstraint(
                condition=Q(kept_name="") | Q(done_at__isnull=False, kept_until__isnull=False),
                name="erasure_keeps_a_name_until_a_day",
            ),
        ]

    class Privacy:
        personal = ["person", "ground", "asked_on", "due_on", "kept_name", "kept_until"]
        technical = ["id", "organisation", "asked_by", "done_at", "counts"]
