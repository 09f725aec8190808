from pathlib import PurePath
from typing import Self
from uuid import uuid4

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.access.scope import ScopedQuerySet
from nastavnik.organisations.models import AcademicYear, Organisation
from nastavnik.people.models import Person
from nastavnik.programmes.models import Participation
from nastavnik.training.choices import MOST_THEMES, TrainingAudience


class CourseQuerySet(ScopedQuerySet["TrainingCourse"]):
    view_perm = Perm.TRAINING_VIEW


class TrainingCourse(models.Model):
    """A programme of training of one academic year, for mentors or for curators (method.md §2.3).

    `themes` are lines, one theme each; `provider` is who teaches when it is not the school itself.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="courses")
    year = models.ForeignKey(AcademicYear, models.PROTECT, related_name="courses")
    title = models.CharField(_("title"), max_length=200)
    audience = models.CharField(
        _("whom it prepares"),
        max_length=10,
        choices=TrainingAudience,
        default=TrainingAudience.MENTORS,
    )
    hours = models.PositiveSmallIntegerField(_("hours"), validators=[MinValueValidator(1)])
    themes = models.TextField(_("themes, one a line"), max_length=MOST_THEMES, blank=True)
    provider = models.CharField(_("who teaches, if not the school"), max_length=200, blank=True)

    objects = CourseQuerySet.as_manager()

    class Meta:
        ordering = ["-year__starts_on", "audience", "title", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["year", "title"], name="course_once_a_year"),
            models.CheckConstraint(condition=Q(hours__gte=1), name="course_has_hours"),
        ]

    class Privacy:
        public = ["title", "audience", "hours", "themes", "provider"]
        technical = ["id", "organisation", "year"]

    def __str__(self) -> str:
        return self.title


class SessionQuerySet(ScopedQuerySet["TrainingSession"]):
    view_perm = Perm.TRAINING_VIEW


class TrainingSession(models.Model):
    """One session of a course in its schedule."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    course = models.ForeignKey(TrainingCourse, models.CASCADE, related_name="sessions")
    held_on = models.DateField(_("day"))
    theme = models.CharField(_("theme"), max_length=300)
    place = models.CharField(_("place and time"), max_length=200, blank=True)
    leader = models.CharField(_("who leads it"), max_length=200, blank=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["held_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["course", "held_on", "theme"], name="training_session_once"
            ),
        ]

    class Privacy:
        public = ["held_on", "theme", "place"]
        personal = ["leader"]
        technical = ["id", "organisation", "course"]


class TraineeQuerySet(ScopedQuerySet["Trainee"]):
    view_perm = Perm.TRAINING_VIEW

    def visible_to(self, user: SignedIn) -> Self:
        """Return the trainees of the user's organisations; to a curator of some forms none of the base of others."""
        rows, viewer = super().visible_to(user), user.viewer
        at = viewer.organisations(self.view_perm)
        if not any(viewer.form_codes(self.view_perm, organisation_id) for organisation_id in at):
            return rows
        seen = Participation.objects.visible_to(user).values("person_id")
        in_base = Participation.objects.filter(organisation__in=at).values("person_id")
        return rows.filter(Q(person__in=seen) | ~Q(person__in=in_base))


class Trainee(models.Model):
    """Somebody on the list of a course; `finished_on` is the day of the result and of the certificate, if there is one."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    course = models.ForeignKey(TrainingCourse, models.CASCADE, related_name="trainees")
    person = models.ForeignKey(Person, models.CASCADE, related_name="trainings")
    finished_on = models.DateField(_("trained on"), null=True)
    certificate_number = models.CharField(_("No. of the certificate"), max_length=40, blank=True)

    objects = TraineeQuerySet.as_manager()

    class Meta:
        ordering = ["person__search_name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["course", "person"], name="trainee_once"),
            models.CheckConstraint(
                condition=Q(certificate_number="") | Q(finished_on__isnull=False),
                name="certificate_of_the_finished",
            ),
        ]

    class Privacy:
        personal = ["person", "finished_on", "certificate_number"]
        technical = ["id", "organisation", "course"]


class SessionVisitQuerySet(ScopedQuerySet["SessionVisit"]):
    view_perm = Perm.TRAINING_VIEW


class SessionVisit(models.Model):
    """Whether somebody was at a session; no row: not noted."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    session = models.ForeignKey(TrainingSession, models.CASCADE, related_name="visits")
    trainee = models.ForeignKey(Trainee, models.CASCADE, related_name="visits")
    came = models.BooleanField()

    objects = SessionVisitQuerySet.as_manager()

    class Meta:
        ordering = ["session", "trainee"]
        constraints = [
            models.UniqueConstraint(fields=["session", "trainee"], name="session_visit_once"),
        ]

    class Privacy:
        personal = ["session", "trainee", "came"]
        technical = ["id", "organisation"]


def material_place(material: "TrainingMaterial", name: str) -> str:
    """Return where a material is kept: under a name that tells nothing."""
    return f"training/{material.organisation_id}/{uuid4().hex}{PurePath(name).suffix.lower()}"


class TrainingMaterialQuerySet(ScopedQuerySet["TrainingMaterial"]):
    view_perm = Perm.TRAINING_VIEW


class TrainingMaterial(models.Model):
    """A methodical material of a course, to hand out; `source` says whose it is, so that the author's rights are kept."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    course = models.ForeignKey(TrainingCourse, models.CASCADE, related_name="materials")
    title = models.CharField(_("title"), max_length=200)
    source = models.CharField(_("author or source"), max_length=200, blank=True)
    file = models.FileField(_("file"), upload_to=material_place, max_length=200)
    file_name = models.CharField(max_length=200)

    objects = TrainingMaterialQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]

    class Privacy:
        public = ["title", "file"]
        personal = ["source", "file_name"]
        technical = ["id", "organisation", "course"]
