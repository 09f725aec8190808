from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from nastavnik.core.access import Perm
from nastavnik.core.marks import SignedIn
from nastavnik.core.scope import ScopedQuerySet
from nastavnik.documents.models import Document
from nastavnik.matching.models import MatchingRun
from nastavnik.mentorships.choices import CLOSED, OPEN, MentorshipStatus
from nastavnik.organisations.models import Organisation
from nastavnik.programmes.models import MentoringForm, Participation, Programme


class MentorshipQuerySet(ScopedQuerySet["Mentorship"]):
    view_perm = Perm.PAIR_VIEW

    def visible_to(self, user: SignedIn) -> Self:
        """Return the pairs of the people the user sees, and the user's own open pairs."""
        viewer = user.viewer
        seen = Participation.objects.visible_to(user).values("pk")
        whole = Q(organisation_id__in=viewer.organisations(Perm.PAIR_VIEW)) & Q(
            pk__in=Tie.objects.filter(mentee__in=seen).values("mentorship_id")
        )
        own = Q(pk__in=[])
        if viewer.person_id is not None and (at := viewer.organisations(Perm.OWN_PAIR_VIEW)):
            mine = Q(mentor__person_id=viewer.person_id) | Q(
                pk__in=Tie.objects.filter(mentee__person_id=viewer.person_id, ends_on=None).values(
                    "mentorship_id"
                )
            )
            own = Q(organisation_id__in=at, status__in=OPEN) & mine
        return self.filter(whole | own)

    def open(self) -> Self:
        """Leave the pairs that go on."""
        return self.filter(status__in=OPEN)


class Mentorship(models.Model):
    """A pair or a group: one mentor with one or several mentees in one form."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="mentorships")
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="mentorships")
    form = models.ForeignKey(MentoringForm, models.PROTECT, related_name="mentorships")
    mentor = models.ForeignKey(Participation, models.PROTECT, related_name="mentorships_as_mentor")
    status = models.CharField(
        _("state"), max_length=10, choices=MentorshipStatus, default=MentorshipStatus.APPROVED
    )
    run = models.ForeignKey(MatchingRun, models.SET_NULL, null=True, related_name="mentorships")
    order = models.ForeignKey(Document, models.SET_NULL, null=True, related_name="mentorships")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    end_reason = models.CharField(_("why it ended"), max_length=300, blank=True)

    objects = MentorshipQuerySet.as_manager()

    class Meta:
        ordering = ["mentor__person__search_name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on__lte=F("ends_on")), name="pair_has_length"
            ),
            models.CheckConstraint(
                condition=Q(status__in=CLOSED, ended_on__isnull=False)
                | (~Q(status__in=CLOSED) & Q(ended_on=None)),
                name="pair_closed_has_date",
            ),
        ]

    class Privacy:
        personal = [
            "form", "mentor", "status", "starts_on", "ends_on", "ended_on", "end_reason",
        ]  # fmt: skip
        technical = ["id", "organisation", "programme", "run", "order"]


class TieQuerySet(ScopedQuerySet["Tie"]):
    view_perm = Perm.PAIR_VIEW


class Tie(models.Model):
    """A mentee in a pair or group; one open tie at a time, held by the database."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="ties")
    mentorship = models.ForeignKey(Mentorship, models.CASCADE, related_name="ties")
    mentee = models.ForeignKey(Participation, models.PROTECT, related_name="ties")
    ends_on = models.DateField(null=True, blank=True)

    objects = TieQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["mentee"], condition=Q(ends_on=None), name="mentee_in_one_pair"
            ),
        ]

    class Privacy:
        personal = ["mentorship", "mentee", "ends_on"]
        technical = ["id", "organisation"]
