from typing import Self, TypeVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.access.scope import ScopedQuerySet
from nastavnik.monitoring.choices import (
    MOST_CONCLUSION,
    MOST_SWOT_WORDS,
    MOST_WHY,
    SwotField,
)
from nastavnik.organisations.models import Organisation
from nastavnik.people.models import User
from nastavnik.programmes.models import Programme
from nastavnik.questionnaires.models import Wave

M = TypeVar("M", bound=models.Model)


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


class WholeProgrammeQuerySet(ScopedQuerySet[M]):
    view_perm = Perm.MONITORING_VIEW

    def visible_to(self, user: SignedIn) -> Self:
        """Return the rows of the user's organisations, for who sees the whole of them."""
        return self.filter(organisation_id__in=user.viewer.answers_for(self.view_perm))


class ProcessSnapshot(models.Model):
    """Numbers of the process as they were on one day, frozen, with the curator's own assessment (method.md §5.1, stage 1).

    `numbers` are plain data in the order of `data/process.yaml` of that day: code, words, source, n, total. One a day: taken
    again on the same day it replaces the one before.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="snapshots")
    taken_on = models.DateField()
    numbers = models.JSONField()
    assessment = models.TextField(_("your own assessment"), max_length=MOST_CONCLUSION, blank=True)

    objects = WholeProgrammeQuerySet["ProcessSnapshot"].as_manager()

    class Meta:
        ordering = ["-taken_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "taken_on"], name="snapshot_once_a_day"),
        ]

    class Privacy:
        public = ["taken_on", "numbers"]
        personal = ["assessment"]
        technical = ["id", "organisation", "programme"]


class SwotNote(models.Model):
    """What the curator has put into one of the four fields: an answer in its own words, or words of the curator.

    Of an answer `wave` and `item` say where it comes from, `n_said` how many said just that, `answer_sha256` that it is sorted
    already. Nothing says whose answer it was.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="swot")
    field = models.CharField(_("field"), max_length=11, choices=SwotField)
    words = models.TextField(_("words"), max_length=MOST_SWOT_WORDS)
    wave = models.ForeignKey(Wave, models.SET_NULL, null=True, related_name="+")
    item = models.CharField(max_length=40, blank=True)
    n_said = models.PositiveSmallIntegerField(default=0)
    answer_sha256 = models.CharField(max_length=64, blank=True)

    objects = WholeProgrammeQuerySet["SwotNote"].as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "answer_sha256"],
                condition=~Q(answer_sha256=""),
                name="swot_answer_sorted_once",
            ),
            models.CheckConstraint(condition=~Q(words=""), name="swot_note_has_words"),
        ]

    class Privacy:
        public = ["field", "n_said"]
        personal = ["words"]
        technical = ["id", "organisation", "programme", "wave", "item", "answer_sha256"]


class HandCount(models.Model):
    """The denominator of an indicator in a calendar year, as somebody entered it and answers for it (method.md §6.3).

    `signed_by` is the name of whom it is signed by, as it was on that day: it travels with the number, an account does not.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    code = models.CharField(max_length=10)
    year = models.PositiveSmallIntegerField()
    value = models.PositiveIntegerField(_("how many there are"))
    basis = models.CharField(_("where the number is from"), max_length=300)
    entered_on = models.DateField()
    entered_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    signed_by = models.CharField(_("signed by"), max_length=200, blank=True)

    objects = WholeProgrammeQuerySet["HandCount"].as_manager()

    class Meta:
        ordering = ["-year", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "code", "year"], name="hand_count_once_a_year"
            ),
            models.CheckConstraint(condition=Q(value__gte=1), name="hand_count_is_no_nought"),
            models.CheckConstraint(condition=~Q(basis=""), name="hand_count_says_where_from"),
        ]

    class Privacy:
        public = ["code", "year", "value", "basis"]
        personal = ["signed_by"]
        technical = ["id", "organisation", "entered_on", "entered_by"]


class YearTarget(models.Model):
    """The planned value of an indicator in a calendar year, typed by the organisation, in per cent; blank stays blank (method.md §6.2)."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    code = models.CharField(max_length=10)
    year = models.PositiveSmallIntegerField()
    value = models.FloatField(_("planned, %"), null=True, blank=True)

    objects = WholeProgrammeQuerySet["YearTarget"].as_manager()

    class Meta:
        ordering = ["-year", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "code", "year"], name="year_target_once_a_year"
            ),
            models.CheckConstraint(
                condition=Q(value=None) | Q(value__gte=0, value__lte=100),
                name="year_target_is_a_share",
            ),
        ]

    class Privacy:
        public = ["code", "year", "value"]
        technical = ["id", "organisation"]
