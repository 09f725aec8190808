from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.access.scope import ScopedQuerySet
from nastavnik.monitoring.choices import MOST_CONCLUSION, MOST_WHY
from nastavnik.organisations.models import Organisation
from nastavnik.people.models import User
from nastavnik.programmes.models import Programme


class ScorecardQuerySet(ScopedQuerySet["Scorecard"]):
    view_perm = Perm.MONITORING_VIEW

    def visible_to(self, user: SignedIn) -> Self:
        """Return the cards of the user's organisations, for who sees the whole of them: a curator of some forms sees none."""
        return self.filter(organisation_id__in=user.viewer.answers_for(self.view_perm))


class Scorecard(models.Model):
    """The nine indicators of a programme as a whole, scored once a year by one or several people (method.md §5.2).

    `version` is the wording that is scored. While it is open sheets are filled in; once closed nothing in it changes.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="scorecards")
    programme = models.OneToOneField(Programme, models.PROTECT, related_name="scorecard")
    version = models.CharField(max_length=20)
    opened_on = models.DateField(_("begun on"))
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    conclusion = models.TextField(
        _("what follows from it, in your own words"), max_length=MOST_CONCLUSION, blank=True
    )

    objects = ScorecardQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=models.F("opened_on")),
                name="scorecard_closed_after_begun",
            ),
        ]

    class Privacy:
        public = ["version", "opened_on", "closed_on"]
        personal = ["conclusion"]
        technical = ["id", "organisation", "programme"]

    def __str__(self) -> str:
        return self.programme.title


class ScoreSheetQuerySet(ScopedQuerySet["ScoreSheet"]):
    view_perm = Perm.MONITORING_VIEW

    def visible_to(self, user: SignedIn) -> Self:
        """Return the sheets of the cards the user sees, and the user's own."""
        seen = Q(scorecard__in=Scorecard.objects.visible_to(user).values("pk"))
        return self.filter(seen | self._own(user))

    def own(self, user: SignedIn) -> Self:
        """Return the user's own sheets, in organisations where the user has a role of today."""
        return self.filter(self._own(user))

    def given_back_by(self, user: SignedIn) -> Self:
        """Return the sheets a user may open once more: the own ones, and those of cards the user leads."""
        led = Q(organisation_id__in=user.viewer.answers_for(Perm.MONITORING_EDIT))
        return self.filter(led | self._own(user))

    def _own(self, user: SignedIn) -> Q:
        viewer = user.viewer
        at = {grant.organisation_id for grant in viewer.grants}
        return Q(scorer_id=viewer.user_id, organisation_id__in=at)


class ScoreSheet(models.Model):
    """What one person gives each indicator. Nobody else reads it before it is handed in."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    scorecard = models.ForeignKey(Scorecard, models.CASCADE, related_name="sheets")
    scorer = models.ForeignKey(User, models.SET_NULL, null=True, related_name="score_sheets")
    handed_in_on = models.DateField(null=True)

    objects = ScoreSheetQuerySet.as_manager()

    class Meta:
        ordering = ["scorer__full_name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["scorecard", "scorer"], name="score_sheet_once"),
        ]

    class Privacy:
        personal = ["scorer", "handed_in_on"]
        technical = ["id", "organisation", "scorecard"]


class ScoreMark(models.Model):
    """What a sheet gives one indicator: points, or none with the reason why it cannot be scored; no row is «not said yet»."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    sheet = models.ForeignKey(ScoreSheet, models.CASCADE, related_name="marks")
    indicator = models.CharField(max_length=5)
    points = models.PositiveSmallIntegerField(null=True)
    why = models.CharField(_("why"), max_length=MOST_WHY, blank=True)

    objects = models.Manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "indicator"], name="score_mark_once"),
            models.CheckConstraint(
                condition=Q(points=None) | Q(points__lte=2), name="score_mark_of_three_points"
            ),
            models.CheckConstraint(
                condition=Q(points__isnull=False) | ~Q(why=""), name="score_mark_none_says_why"
            ),
        ]

    class Privacy:
        personal = ["points", "why"]
        public = ["indicator"]
        technical = ["id", "organisation", "sheet"]
