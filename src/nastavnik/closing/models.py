from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from nastavnik.closing.choices import MOST_TALK_WORDS, ThanksKind
from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.access.scope import ScopedQuerySet
from nastavnik.mentorships.models import Tie
from nastavnik.organisations.models import Organisation
from nastavnik.people.models import User
from nastavnik.programmes.models import Participation


class ClosingTalkQuerySet(ScopedQuerySet["ClosingTalk"]):
    view_perm = Perm.TALK_NOTE

    def visible_to(self, user: SignedIn) -> Self:
        """Return the talks with mentees the user sees; never those about a pair the user stands in."""
        records = Participation.objects.visible_to(user).filter(
            organisation_id__in=user.viewer.organisations(self.view_perm)
        )
        return self.filter(record__in=without_own(user, records).values("pk"))


def without_own(
    user: SignedIn, records: models.QuerySet[Participation]
) -> models.QuerySet[Participation]:
    """Leave the records of mentees that are not the user's own, nor led by the user: what is said of a mentor is not for the mentor."""
    me = user.viewer.person_id
    if me is None:
        return records
    led = Tie.objects.filter(mentorship__mentor__person_id=me).values("mentee_id")
    return records.exclude(person_id=me).exclude(pk__in=led)


class ClosingTalk(models.Model):
    """That the head has spoken with a mentee by themselves when mentoring ended, and in which words (method.md §3.4, D25)."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="closing_talks")
    record = models.OneToOneField(
        Participation, models.CASCADE, related_name="closing_talk", verbose_name=_("Mentee")
    )
    held_on = models.DateField(_("day of the conversation"))
    held_by = models.CharField(_("who spoke"), max_length=200)
    words = models.CharField(_("in neutral words"), max_length=MOST_TALK_WORDS, blank=True)
    noted_at = models.DateTimeField(default=timezone.now)
    noted_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    objects = ClosingTalkQuerySet.as_manager()

    class Meta:
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(held_by=""), name="closing_talk_has_a_head"),
        ]

    class Privacy:
        personal = ["record", "held_on", "held_by"]
        psychological = ["words"]
        technical = ["id", "organisation", "noted_at", "noted_by"]


class ThanksQuerySet(ScopedQuerySet["Thanks"]):
    view_perm = Perm.BASE_VIEW

    def visible_to(self, user: SignedIn) -> Self:
        """Return the thanks to people of the bases the user sees."""
        return self.filter(record__in=Participation.objects.visible_to(user).values("pk"))


class Thanks(models.Model):
    """By what somebody of a base is thanked for the year; the papers are made from it."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="thanks")
    record = models.ForeignKey(Participation, models.CASCADE, related_name="thanks")
    kind = models.CharField(_("by what"), max_length=10, choices=ThanksKind)
    given_on = models.DateField(_("day"))

    objects = ThanksQuerySet.as_manager()

    class Meta:
        ordering = ["given_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["record", "kind"], name="thanks_once_a_kind"),
        ]

    class Privacy:
        personal = ["record", "kind", "given_on"]
        technical = ["id", "organisation"]
