from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.access.scope import ScopedQuerySet
from nastavnik.organisations.models import Organisation
from nastavnik.oversight.choices import MOST_WORDS, RecommendationStatus
from nastavnik.people.models import User


class RecommendationQuerySet(ScopedQuerySet["Recommendation"]):
    view_perm = Perm.ROADMAP_VIEW

    def below(self, user: SignedIn) -> Self:
        """Return those to the schools under the offices where the user coordinates."""
        return self.filter(organisation__in=Organisation.objects.below(user))


class Recommendation(models.Model):
    """What a district asks of one school after monitoring, until when (method.md §7.2, 001 3.3); its steps are the trace."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="recommendations")
    indicator = models.CharField(_("by which indicator"), max_length=10, blank=True)
    words = models.CharField(_("what is recommended"), max_length=MOST_WORDS)
    due_on = models.DateField(_("answer until"))
    status = models.CharField(
        _("state"), max_length=9, choices=RecommendationStatus, default=RecommendationStatus.GIVEN
    )

    objects = RecommendationQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="recommendation_has_words"),
        ]

    class Privacy:
        public = ["indicator", "due_on", "status"]
        personal = ["words"]
        technical = ["id", "organisation"]

    def __str__(self) -> str:
        return self.words[:80]


class RecommendationStepQuerySet(ScopedQuerySet["RecommendationStep"]):
    view_perm = Perm.ROADMAP_VIEW


class RecommendationStep(models.Model):
    """One step of a recommendation: given, answered, returned, settled, withdrawn; when, by whom, in which words. Never changed."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    recommendation = models.ForeignKey(Recommendation, models.CASCADE, related_name="steps")
    status = models.CharField(_("state"), max_length=9, choices=RecommendationStatus)
    words = models.CharField(_("words"), max_length=MOST_WORDS)
    taken_at = models.DateTimeField(auto_now_add=True)
    taken_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    objects = RecommendationStepQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="recommendation_step_has_words"),
        ]

    class Privacy:
        public = ["status"]
        personal = ["words"]
        technical = ["id", "organisation", "recommendation", "taken_at", "taken_by"]
