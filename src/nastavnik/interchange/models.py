from typing import Self

from django.db import models

from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.access.scope import ScopedQuerySet
from nastavnik.organisations.models import Organisation


class PackageKeyQuerySet(ScopedQuerySet["PackageKey"]):
    view_perm = Perm.PACKAGE_EXPORT

    def visible_to(self, user: SignedIn) -> Self:
        """Return the keys of the organisations whose package the user may take out."""
        return self.filter(organisation_id__in=user.viewer.answers_for(self.view_perm))


class PackageKey(models.Model):
    """By what a package called a row that came in with it: the next package calls it so again.

    No foreign key to the row: it may be of any table (`catalogues.SHEETS`).
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="package_keys")
    table = models.CharField(max_length=40)
    row_id = models.PositiveBigIntegerField()
    key = models.CharField(max_length=200)

    objects = PackageKeyQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "table", "key"], name="package_key_once"
            ),
            models.UniqueConstraint(
                fields=["organisation", "table", "row_id"], name="package_key_of_row_once"
            ),
        ]

    class Privacy:
        personal = ["key"]
        technical = ["id", "organisation", "table", "row_id"]
