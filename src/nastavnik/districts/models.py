from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.access.scope import ScopedQuerySet
from nastavnik.districts.choices import AgreementStatus
from nastavnik.organisations.models import Organisation
from nastavnik.people.models import User
from nastavnik.roadmaps.choices import Recurs
from nastavnik.roadmaps.models import Activity, Roadmap


class DistrictLineQuerySet(ScopedQuerySet["DistrictLine"]):
    view_perm = Perm.ROADMAP_VIEW

    def standing(self) -> Self:
        """Leave out what the district has withdrawn, and what stands in a roadmap of the archive."""
        return self.filter(withdrawn_on=None, activity__roadmap__archived_at=None)


class DistrictLine(models.Model):
    """A line of a municipal roadmap that is set for the schools of the district."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="district_lines")
    activity = models.OneToOneField(Activity, models.CASCADE, related_name="district_line")
    set_at = models.DateTimeField(auto_now_add=True)
    withdrawn_on = models.DateField(null=True, blank=True)

    objects = DistrictLineQuerySet.as_manager()

    class Meta:
        ordering = ["activity__position", "pk"]

    class Privacy:
        public = ["withdrawn_on"]
        technical = ["id", "organisation", "activity", "set_at"]

    def __str__(self) -> str:
        return str(self.activity)


class AdoptionQuerySet(ScopedQuerySet["Adoption"]):
    view_perm = Perm.ROADMAP_VIEW


class Adoption(models.Model):
    """A line of a school's roadmap that answers one of the district: the link and what was taken over.

    The columns `taken_…` are what the district's line said when the school last took it over or decided to keep its
    own words; what it says otherwise now is a difference to look at. `line` is empty once the district's line is gone.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="adoptions")
    activity = models.OneToOneField(Activity, models.CASCADE, related_name="adoption")
    line = models.ForeignKey(
        DistrictLine, models.SET_NULL, null=True, blank=True, related_name="adoptions"
    )
    adopted_at = models.DateTimeField(auto_now_add=True)
    taken_title = models.CharField(max_length=2000)
    taken_term_text = models.CharField(max_length=500, blank=True)
    taken_starts_on = models.DateField(null=True, blank=True)
    taken_ends_on = models.DateField(null=True, blank=True)
    taken_recurs = models.CharField(max_length=10, choices=Recurs, blank=True)
    taken_result = models.CharField(max_length=2000, blank=True)
    taken_document_text = models.CharField(max_length=1000, blank=True)
    reason = models.CharField(_("why later than the district asks"), max_length=300, blank=True)
    agreed_ends_on = models.DateField(null=True, blank=True)

    objects = AdoptionQuerySet.as_manager()

    class Meta:
        ordering = ["activity__position", "pk"]
        constraints = [
            # of one line of the district a roadmap has one copy
            models.UniqueConstraint(fields=["organisation", "line"], name="line_adopted_once"),
        ]

    class Privacy:
        public = [
            "taken_title", "taken_term_text", "taken_starts_on", "taken_ends_on", "taken_recurs", "taken_result",
            "taken_document_text", "agreed_ends_on",
        ]  # fmt: skip
        personal = ["reason"]
        technical = ["id", "organisation", "activity", "line", "adopted_at"]

    def __str__(self) -> str:
        return str(self.activity)


class AgreementQuerySet(ScopedQuerySet["Agreement"]):
    view_perm = Perm.ROADMAP_VIEW

    def below(self, user: SignedIn) -> Self:
        """Return the agreements of the schools under the offices where the user coordinates."""
        return self.filter(organisation__in=Organisation.objects.below(user))


class Agreement(models.Model):
    """How far a school's roadmap is agreed with the district.

    `content` is the roadmap as it was sent (`queries.content_of`): the district reads and agrees to that, and later
    changes of the school are told by comparing with it. It holds no names: who answers stays with the school.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="agreements")
    roadmap = models.OneToOneField(Roadmap, models.CASCADE, related_name="agreement")
    status = models.CharField(max_length=8, choices=AgreementStatus, default=AgreementStatus.DRAFT)
    content = models.JSONField(default=list)
    remark = models.CharField(_("remark"), max_length=2000, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = AgreementQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status=AgreementStatus.RETURNED) | ~Q(remark=""),
                name="returned_with_a_remark",
            ),
            models.CheckConstraint(
                condition=Q(status=AgreementStatus.DRAFT) | Q(sent_at__isnull=False),
                name="agreement_sent_at",
            ),
        ]

    class Privacy:
        public = ["status"]
        personal = ["content", "remark", "sent_by", "decided_by"]
        technical = ["id", "organisation", "roadmap", "sent_at", "decided_at"]

    def __str__(self) -> str:
        return str(self.get_status_display())
