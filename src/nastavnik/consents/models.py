import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from nastavnik.consents.choices import Purpose, Signer
from nastavnik.core.access import Perm, Role, SignedIn
from nastavnik.core.access.scope import ScopedQuerySet
from nastavnik.organisations.models import Organisation
from nastavnik.people.models import Person, User


class ConsentQuerySet(ScopedQuerySet["Consent"]):
    view_perm = Perm.CONSENT_VIEW

    def visible_to(self, user: SignedIn) -> Self:
        """Return the consents of the people the user sees; a class teacher's own class only."""
        whole = user.viewer.organisations(self.view_perm, without=[Role.CLASS_TEACHER])
        seen = Person.objects.visible_to(user).values("pk")
        return super().visible_to(user).filter(Q(organisation_id__in=whole) | Q(person__in=seen))

    def correctable_by(self, user: SignedIn) -> Self:
        """Leave the lines a user may call a mistake: a class teacher the own ones, of the own class."""
        viewer = user.viewer
        own = Person.objects.within(user, Perm.CONSENT_TICK).values("pk")
        return self.filter(
            Q(organisation_id__in=viewer.organisations(Perm.CONSENT_EDIT))
            | Q(person__in=own, recorded_by=viewer.user_id)
        )

    def valid_on(self, day: dt.date) -> Self:
        """Leave the consents that hold on a day: signed, neither withdrawn nor run out."""
        return self.filter(
            Q(withdrawn_on=None) | Q(withdrawn_on__gt=day),
            Q(ends_on=None) | Q(ends_on__gte=day),
            signed_on__lte=day,
            mistaken_on=None,
        )


class Consent(models.Model):
    """A line of the ledger: one person, one purpose, one signed paper.

    `mistaken_on`: the line was ticked by mistake, no such paper was signed. It never held, and nobody withdrew it; it stays
    in the ledger for the record.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="consents")
    person = models.ForeignKey(Person, models.CASCADE, related_name="consents")
    purpose = models.CharField(_("purpose"), max_length=14, choices=Purpose)
    signer = models.CharField(_("signed by"), max_length=14, choices=Signer)
    text_version = models.CharField(max_length=20)
    signed_on = models.DateField(_("signed on"))
    ends_on = models.DateField(_("valid until"), null=True, blank=True)
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)
    mistaken_on = models.DateField(_("found to be a mistake on"), null=True, blank=True)
    recorded_at = models.DateTimeField(null=True)
    recorded_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["-signed_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "purpose"],
                condition=Q(withdrawn_on=None, ends_on=None, mistaken_on=None),
                name="consent_one_live_paper",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on=None) | Q(withdrawn_on__gte=F("signed_on")),
                name="consent_withdrawn_after_signing",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on=None) | Q(mistaken_on=None),
                name="consent_withdrawn_or_mistaken",
            ),
        ]

    class Privacy:
        personal = [
            "person",
            "purpose",
            "signer",
            "text_version",
            "signed_on",
            "ends_on",
            "withdrawn_on",
            "mistaken_on",
        ]
        technical = ["id", "organisation", "recorded_at", "recorded_by"]
