from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from nastavnik.core.access import Perm, Role
from nastavnik.core.marks import SignedIn
from nastavnik.core.scope import ScopedQuerySet
from nastavnik.organisations.models import AcademicYear, Organisation
from nastavnik.people.models import Person
from nastavnik.programmes.choices import ApprovingBody, ParticipationStatus, Side


class FormQuerySet(ScopedQuerySet["MentoringForm"]):
    view_perm = Perm.PROGRAMME_VIEW

    def directory(self) -> Self:
        """Return the forms shipped with the program, from which organisations copy."""
        return self.filter(organisation=None)


class MentoringForm(models.Model):
    """A form of mentoring: in the directory (no organisation) or an organisation's own copy with its own limits.

    Titles of the five forms are those of order Р-145 (method.md §1.1).
    """

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, null=True, blank=True, related_name="forms"
    )
    code = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField(default=1)
    title = models.CharField(_("title"), max_length=200)
    in_r145 = models.BooleanField(default=False)
    order = models.PositiveSmallIntegerField(default=0)
    synonyms = models.JSONField(default=list, blank=True)
    mentor_kinds = models.JSONField(_("who may be a mentor"), default=list)
    mentee_kinds = models.JSONField(_("who may be a mentee"), default=list)
    organisation_kinds = models.JSONField(default=list)
    max_mentees = models.PositiveSmallIntegerField(_("mentees of one mentor, at most"), default=3)
    mentee_min_age = models.PositiveSmallIntegerField(_("mentee's age from"), null=True, blank=True)
    mentor_min_years = models.PositiveSmallIntegerField(
        _("mentor's years of experience from"), null=True, blank=True
    )
    min_grade_gap = models.PositiveSmallIntegerField(
        _("mentor is older by classes, at least"), default=0
    )
    same_subject = models.BooleanField(_("same subject"), default=False)
    approving_body = models.CharField(
        _("pairs are approved by"),
        max_length=20,
        choices=ApprovingBody,
        default=ApprovingBody.CURATOR,
    )

    objects = FormQuerySet.as_manager()

    class Meta:
        ordering = ["order", "code"]
        constraints = [
            # two, since SQLite does not know NULLS NOT DISTINCT
            models.UniqueConstraint(fields=["organisation", "code"], name="form_once"),
            models.UniqueConstraint(
                fields=["code"], condition=Q(organisation=None), name="form_once_in_directory"
            ),
            models.CheckConstraint(condition=Q(max_mentees__gte=1), name="form_takes_a_mentee"),
        ]

    class Privacy:
        public = [
            "code", "version", "title", "in_r145", "order", "synonyms", "mentor_kinds", "mentee_kinds",
            "organisation_kinds", "max_mentees", "mentee_min_age", "mentor_min_years", "min_grade_gap",
            "same_subject", "approving_body",
        ]  # fmt: skip
        technical = ["id", "organisation"]

    def __str__(self) -> str:
        return self.title


class RoleVariant(models.Model):
    """A variant of interaction inside a form, e.g. «успевающий – неуспевающий» (method.md §1.2–1.5)."""

    form = models.ForeignKey(MentoringForm, models.CASCADE, related_name="variants")
    title = models.CharField(max_length=200)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["form", "title"], name="variant_once"),
        ]

    class Privacy:
        public = ["title", "order"]
        technical = ["id", "form"]

    def __str__(self) -> str:
        return self.title


class ProgrammeQuerySet(ScopedQuerySet["Programme"]):
    view_perm = Perm.BASE_VIEW


class Programme(models.Model):
    """One set of forms in one academic year of one organisation."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="programmes")
    year = models.ForeignKey(AcademicYear, models.PROTECT, related_name="programmes")
    title = models.CharField(_("title"), max_length=300)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    forms = models.ManyToManyField(
        MentoringForm, related_name="programmes", verbose_name=_("forms")
    )
    acts = models.TextField(_("the organisation's own acts"), max_length=2000, blank=True)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__lte=F("ends_on")), name="programme_has_length"
            ),
        ]

    class Privacy:
        public = ["title", "starts_on", "ends_on", "forms", "acts"]
        technical = ["id", "organisation", "year"]

    def __str__(self) -> str:
        return self.title


class ParticipationQuerySet(ScopedQuerySet["Participation"]):
    view_perm = Perm.BASE_VIEW

    def visible_to(self, user: SignedIn) -> Self:
        """Return the base of the user's organisations: a class teacher's own class, a curator's own forms."""
        viewer = user.viewer
        within = Q(pk__in=[])
        for grant in viewer.grants_for(self.view_perm):
            rows = Q(organisation_id=grant.organisation_id)
            if grant.role == Role.CLASS_TEACHER:
                rows &= Q(person__in=Person.objects.visible_to(user).values("pk"))
            if grant.form_codes:
                of_forms = MentoringForm.objects.filter(
                    organisation_id=grant.organisation_id, code__in=grant.form_codes
                )
                rows &= Q(
                    pk__in=Participation.forms.through.objects.filter(
                        mentoringform__in=of_forms
                    ).values("participation_id")
                )
            within |= rows
        return self.filter(within)

    def of(self, side: Side) -> Self:
        """Return the base of mentors or of mentees, the departed left out."""
        return self.filter(side=side).exclude(status=ParticipationStatus.LEFT)


class Participation(models.Model):
    """A record in the base of mentors or of mentees (method.md §7.3).

    `areas` are codes of `data/areas.yaml`: of a mentee what is asked, of a mentor what is offered. `active_count` is
    the number of mentees in open pairs, held under `capacity` by the database.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="participations")
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="participations")
    person = models.ForeignKey(Person, models.CASCADE, related_name="participations")
    side = models.CharField(max_length=6, choices=Side)
    forms = models.ManyToManyField(
        MentoringForm, related_name="participations", verbose_name=_("forms"), blank=True
    )
    status = models.CharField(
        max_length=10, choices=ParticipationStatus, default=ParticipationStatus.CANDIDATE
    )
    request = models.CharField(_("request, in neutral words"), max_length=500, blank=True)
    areas = models.JSONField(_("areas"), default=list, blank=True)
    interests = models.JSONField(_("interests"), default=list, blank=True)
    capacity = models.PositiveSmallIntegerField(_("takes mentees, at most"), default=1)
    active_count = models.PositiveSmallIntegerField(default=0)
    experience_years = models.PositiveSmallIntegerField(
        _("years of experience"), null=True, blank=True
    )
    trained_on = models.DateField(_("trained on"), null=True, blank=True)
    cleared_on = models.DateField(
        _("certificate of no criminal record seen on"), null=True, blank=True
    )
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = ParticipationQuerySet.as_manager()

    class Meta:
        ordering = ["person__search_name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "person", "side"],
                condition=~Q(status=ParticipationStatus.LEFT),
                name="participation_once",
            ),
            models.CheckConstraint(
                condition=Q(active_count__lte=F("capacity")), name="participation_capacity"
            ),
            models.CheckConstraint(
                condition=(
                    Q(status__in=[ParticipationStatus.FINISHED, ParticipationStatus.LEFT])
                    & Q(ends_on__isnull=False)
                )
                | (
                    ~Q(status__in=[ParticipationStatus.FINISHED, ParticipationStatus.LEFT])
                    & Q(ends_on=None)
                ),
                name="participation_ended_has_date",
            ),
        ]

    class Privacy:
        personal = [
            "person", "side", "forms", "status", "request", "areas", "interests", "experience_years", "trained_on",
            "cleared_on", "starts_on", "ends_on",
        ]  # fmt: skip
        technical = ["id", "organisation", "programme", "capacity", "active_count"]

    @property
    def is_mentor(self) -> bool:
        return self.side == Side.MENTOR
