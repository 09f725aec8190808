from typing import Self

from django.db import models
from django.db.models import Q

from nastavnik.blanks import kinds
from nastavnik.core.access import SignedIn
from nastavnik.engine.blanks.codes import NUMBER_DIGITS
from nastavnik.organisations.models import Organisation
from nastavnik.people.models import Person


def _within(user: SignedIn, way: str) -> Q:
    """Return the rows a user's rights reach by the kind of their print, found the given way."""
    within = Q(pk__in=[])
    for kind in kinds.all_kinds():
        at = user.viewer.organisations(kind.perm)
        within |= Q(**{f"{way}kind": kind.code}, organisation_id__in=at)
    return within


class PrintRunQuerySet(models.QuerySet["PrintRun"]):
    def visible_to(self, user: SignedIn) -> Self:
        """Return the prints of the user's organisations, by the right of their kind."""
        return self.filter(_within(user, ""))

    def about(self, kind: str, subject_id: int) -> Self:
        """Return the prints of one thing."""
        return self.filter(kind=kind, subject_id=subject_id)


class PrintRun(models.Model):
    """Sheets printed together.

    `kind` is the code of a `kinds.BlankKind`, `subject_id` the key of what they are about in its app. `layout` is where
    every box stood on the day of printing: it is never computed anew, for the sheets come back after upgrades. `pdf` is
    there to be printed once more, and is forgotten at its term.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="print_runs")
    kind = models.CharField(max_length=40)
    subject_id = models.PositiveBigIntegerField()
    layout = models.JSONField()
    n_personal = models.PositiveIntegerField()
    n_spare = models.PositiveIntegerField()
    pdf = models.BinaryField(null=True)
    printed_at = models.DateTimeField(auto_now_add=True)

    objects = PrintRunQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["kind", "subject_id"], name="print_run_subject")]
        constraints = [
            models.CheckConstraint(
                condition=Q(n_personal__gt=0) | Q(n_spare__gt=0), name="print_run_has_sheets"
            ),
        ]

    class Privacy:
        public = ["n_personal", "n_spare"]
        personal = ["pdf"]
        technical = ["id", "organisation", "kind", "subject_id", "layout", "printed_at"]


class BlankQuerySet(models.QuerySet["Blank"]):
    def visible_to(self, user: SignedIn) -> Self:
        """Return the sheets of the user's organisations, by the right of their kind."""
        return self.filter(_within(user, "run__"))


class Blank(models.Model):
    """One printed sheet, of one page or more.

    Its number stands in the codes of its corners: random, so it tells a stranger nothing and opens nothing. Without a
    person it has no name on it: whose it is, somebody says when it comes back, or nobody.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="blanks")
    run = models.ForeignKey(PrintRun, models.CASCADE, related_name="blanks")
    number = models.PositiveIntegerField(unique=True)
    person = models.ForeignKey(Person, models.CASCADE, null=True, related_name="blanks")

    objects = BlankQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(number__gt=0, number__lt=10**NUMBER_DIGITS), name="blank_number_fits"
            ),
        ]

    class Privacy:
        personal = ["person"]
        technical = ["id", "organisation", "run", "number"]
