import datetime as dt
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.access.scope import ScopedQuerySet
from nastavnik.organisations.choices import ZONES, Level, OrganisationKind


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def visible_to(self, user: SignedIn) -> Self:
        """Return the organisations the user works in."""
        return self.filter(pk__in={grant.organisation_id for grant in user.viewer.grants})

    def below(self, user: SignedIn) -> Self:
        """Return the organisations under the offices where the user coordinates, offices left out."""
        within = Q(pk__in=[])
        for key in user.viewer.organisations(Perm.DISTRICT_VIEW):
            within |= Q(path__contains=f"/{key}/")
        return self.filter(within, level=Level.ORGANISATION)


class YearQuerySet(ScopedQuerySet["AcademicYear"]):
    view_perm = Perm.HOME

    def on(self, day: dt.date) -> Self:
        """Return the years that hold a day."""
        return self.filter(starts_on__lte=day, ends_on__gte=day)


class PartnerQuerySet(ScopedQuerySet["Partner"]):
    view_perm = Perm.ROSTER_VIEW


class Organisation(models.Model):
    """A node of the tree region → municipality → organisation.

    `path` is the chain of keys from the root, `/1/4/9/`, so that a coordinator's scope is one prefix.
    """

    level = models.CharField(_("level"), max_length=12, choices=Level, default=Level.ORGANISATION)
    kind = models.CharField(
        _("kind"), max_length=10, choices=OrganisationKind, default=OrganisationKind.SCHOOL
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    path = models.CharField(max_length=200, blank=True, db_index=True)
    full_name = models.CharField(_("full name, as in orders"), max_length=500)
    short_name = models.CharField(_("short name"), max_length=200)
    town = models.CharField(_("town"), max_length=100)
    time_zone = models.CharField(
        _("time zone"), max_length=40, choices=ZONES, default="Europe/Moscow"
    )
    head_name = models.CharField(_("head: full name"), max_length=200, blank=True)
    head_position = models.CharField(_("head: position"), max_length=200, blank=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        ordering = ["short_name", "pk"]

    class Privacy:
        public = [
            "level", "kind", "parent", "full_name", "short_name", "town", "time_zone", "head_name", "head_position",
        ]  # fmt: skip
        technical = ["id", "path"]

    def __str__(self) -> str:
        return self.short_name


class AcademicYear(models.Model):
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="years")
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))

    objects = YearQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "starts_on"], name="year_once"),
            models.CheckConstraint(condition=Q(starts_on__lt=F("ends_on")), name="year_has_length"),
        ]

    class Privacy:
        public = ["starts_on", "ends_on"]
        technical = ["id", "organisation"]

    def __str__(self) -> str:
        return f"{self.starts_on.year}/{self.ends_on.year % 100:02d}"


class Partner(models.Model):
    """An enterprise or institution that lends mentors (method.md §3.1 «Организации-партнёры»)."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="partners")
    name = models.CharField(_("name"), max_length=300)

    objects = PartnerQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="partner_once"),
        ]

    class Privacy:
        public = ["name"]
        technical = ["id", "organisation"]

    def __str__(self) -> str:
        return self.name
