from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from nastavnik.core.access import Perm, SignedIn
from nastavnik.organisations.models import Organisation
from nastavnik.people.models import Person, User


class PaperFileQuerySet(models.QuerySet["PaperFile"]):
    def visible_to(self, user: SignedIn) -> Self:
        """Return the files a user has asked for, as long as the right lasts: each holds what its asker may see."""
        at = user.viewer.organisations(Perm.DOCUMENT_EDIT)
        return self.filter(organisation_id__in=at, made_by_id=user.viewer.user_id)


class PaperFile(models.Model):
    """Many papers drawn into one file in the background, there to be fetched until its term."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="paper_files")
    title = models.CharField(_("title"), max_length=200)
    file_name = models.CharField(max_length=200)
    n_papers = models.PositiveIntegerField(_("papers"))
    data = models.BinaryField()
    made_at = models.DateTimeField(_("drawn"), auto_now_add=True)
    made_by = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")

    objects = PaperFileQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(n_papers__gt=0), name="paper_file_has_papers"),
        ]

    class Privacy:
        public = ["title", "n_papers"]
        personal = ["data", "file_name"]
        technical = ["id", "organisation", "made_at", "made_by"]


class NamedInFileQuerySet(models.QuerySet["NamedInFile"]):
    def visible_to(self, user: SignedIn) -> Self:
        """Return who is named in the files a user sees."""
        return self.filter(file__in=PaperFile.objects.visible_to(user).values("pk"))


class NamedInFile(models.Model):
    """Somebody a file of papers names: whoever is erased takes the file along."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    file = models.ForeignKey(PaperFile, models.CASCADE, related_name="named")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+")

    objects = NamedInFileQuerySet.as_manager()

    class Privacy:
        personal = ["person"]
        technical = ["id", "organisation", "file"]
