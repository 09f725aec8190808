from typing import Any, Self

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.timezone import localtime

from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.access.scope import ScopedQuerySet
from nastavnik.matching.choices import OpinionOutcome, Ruling, RunStatus
from nastavnik.organisations.models import Organisation
from nastavnik.programmes.models import MentoringForm, Participation, Programme


def _with_own_forms(user: SignedIn, perm: Perm, links: QuerySet[Any], column: str) -> Q:
    """Return which rows of the user's organisations hold at least one of the user's own forms."""
    within = Q(pk__in=[])
    for grant in user.viewer.grants_for(perm):
        rows = Q(organisation_id=grant.organisation_id)
        if grant.form_codes:
            own = links.filter(mentoringform__code__in=grant.form_codes)
            rows &= Q(pk__in=own.values(column))
        within |= rows
    return within


class RunQuerySet(ScopedQuerySet["MatchingRun"]):
    view_perm = Perm.MATCHING_VIEW

    def visible_to(self, user: SignedIn) -> Self:
        """Return the runs of the user's organisations: a curator of one направление those with her forms."""
        own = MatchingRun.forms.through.objects.all()
        return self.filter(_with_own_forms(user, self.view_perm, own, "matchingrun_id"))


class MatchingRun(models.Model):
    """One matching: the rules and people it saw, what it proposed, the proof that it is optimal.

    `snapshot` is the engine's whole input (keys, not names), so that an old result can be computed again, with the sums of
    what it answered: of the fit, the wishes and the loads. `total_score` is that of the fit alone, for wishes are confidential.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="matching_runs")
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="runs")
    forms = models.ManyToManyField(MentoringForm, related_name="+")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=RunStatus, default=RunStatus.PROPOSED)
    snapshot = models.JSONField(default=dict)
    n_mentees = models.PositiveIntegerField()
    n_matched = models.PositiveIntegerField()
    total_score = models.BigIntegerField()
    is_certified = models.BooleanField()
    made_at = models.DateTimeField(auto_now_add=True)
    approved_at = models.DateTimeField(null=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "number"], name="run_number_once"),
            models.CheckConstraint(
                condition=Q(status=RunStatus.APPROVED, approved_at__isnull=False)
                | (~Q(status=RunStatus.APPROVED) & Q(approved_at=None)),
                name="run_approved_has_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"№ {self.number}, {date_format(localtime(self.made_at), 'd.m.Y H:i')}"

    class Privacy:
        # who chose whom, and who not, is in it
        psychological = ["snapshot"]
        technical = [
            "id", "organisation", "programme", "forms", "number", "status", "n_mentees", "n_matched", "total_score",
            "is_certified", "made_at", "approved_at",
        ]  # fmt: skip


class RuleSetQuerySet(ScopedQuerySet["RuleSet"]):
    view_perm = Perm.MATCHING_VIEW


class RuleSet(models.Model):
    """What a school set of the rules of matching; the newest is in force, the older ones stay for the record."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="rule_sets")
    number = models.PositiveIntegerField()
    weights = models.JSONField(default=dict)
    load_cost = models.PositiveIntegerField()
    rank_weight = models.PositiveIntegerField()
    made_at = models.DateTimeField(auto_now_add=True)

    objects = RuleSetQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="rule_set_number_once"),
        ]

    class Privacy:
        public = ["weights", "load_cost", "rank_weight"]
        technical = ["id", "organisation", "number", "made_at"]


class ProposalQuerySet(ScopedQuerySet["Proposal"]):
    view_perm = Perm.MATCHING_VIEW

    def visible_to(self, user: SignedIn) -> Self:
        """Return proposals of the mentees the user sees: a curator of one направление her forms only."""
        seen = Participation.objects.visible_to(user).values("pk")
        return super().visible_to(user).filter(mentee__in=seen)


class Proposal(models.Model):
    """A proposed pair, or a mentee left out: with the parts of the score or the reasons, as codes.

    `score` is the sum of the parts without the wishes, which lie in `explanation` with the other confidential reasons.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="proposals")
    run = models.ForeignKey(MatchingRun, models.CASCADE, related_name="proposals")
    mentee = models.ForeignKey(Participation, models.CASCADE, related_name="proposed_as_mentee")
    mentor = models.ForeignKey(
        Participation, models.CASCADE, null=True, related_name="proposed_as_mentor"
    )
    form = models.ForeignKey(MentoringForm, models.PROTECT, null=True, related_name="+")
    score = models.IntegerField(default=0)
    is_locked = models.BooleanField(default=False)
    explanation = models.JSONField(default=dict)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["run", "mentee"], name="proposal_once"),
            models.CheckConstraint(
                condition=Q(mentor=None, form=None) | Q(mentor__isnull=False, form__isnull=False),
                name="proposal_pair_has_form",
            ),
        ]

    class Privacy:
        personal = ["mentee", "mentor", "form", "score", "is_locked"]
        psychological = ["explanation"]
        technical = ["id", "organisation", "run"]


class RulingQuerySet(ScopedQuerySet["PairRuling"]):
    view_perm = Perm.MATCHING_VIEW

    def visible_to(self, user: SignedIn) -> Self:
        """Return the rulings on mentees the user sees: a curator of one направление her forms only."""
        seen = Participation.objects.visible_to(user).values("pk")
        return super().visible_to(user).filter(mentee__in=seen)

    def standing(self) -> Self:
        """Leave the rulings that hold: a ruling taken back stays for the record."""
        return self.filter(lifted_at=None)


class PairRuling(models.Model):
    """The curator's word on two people: together, or not together. It outlives runs and keeps its reason."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="pair_rulings")
    mentor = models.ForeignKey(Participation, models.CASCADE, related_name="rulings_as_mentor")
    mentee = models.ForeignKey(Participation, models.CASCADE, related_name="rulings_as_mentee")
    ruling = models.CharField(max_length=6, choices=Ruling)
    reason = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    lifted_at = models.DateTimeField(null=True, blank=True)

    objects = RulingQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["mentor", "mentee"], condition=Q(lifted_at=None), name="ruling_once"
            ),
            models.UniqueConstraint(
                fields=["mentee"],
                condition=Q(ruling=Ruling.LOCK, lifted_at=None),
                name="ruling_one_lock",
            ),
        ]

    class Privacy:
        personal = ["mentor", "mentee", "ruling", "reason"]
        technical = ["id", "organisation", "made_at", "lifted_at"]

    @property
    def may_be_explained(self) -> bool:
        """Tell whether both can be matched still: of others nothing is decided any more."""
        return self.mentor.may_be_matched and self.mentee.may_be_matched


class OpinionQuerySet(ScopedQuerySet["Opinion"]):
    view_perm = Perm.OPINION_VIEW

    def visible_to(self, user: SignedIn) -> Self:
        """Return the opinions on records the user sees, never on the user's own person."""
        seen = Participation.objects.visible_to(user).values("pk")
        rows = (
            super()
            .visible_to(user)
            .filter(Q(mentee__in=seen) | Q(mentee=None), Q(mentor__in=seen) | Q(mentor=None))
        )
        if (own := user.viewer.person_id) is None:
            return rows
        # not `exclude`: a side that is not named must not drop the row
        return rows.filter(
            Q(mentor=None) | ~Q(mentor__person_id=own), Q(mentee=None) | ~Q(mentee__person_id=own)
        )

    def against(self) -> Self:
        """Leave those that rule a pair or a person out."""
        return self.filter(outcome=OpinionOutcome.AGAINST)


class Opinion(models.Model):
    """The psychologist's outcome on a pair, or on one person whoever the other is (method.md §3.1).

    There is no place for the reason on purpose: it stays with the psychologist, no diagnosis is kept here.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="opinions")
    mentor = models.ForeignKey(
        Participation, models.CASCADE, null=True, blank=True, related_name="opinions_as_mentor"
    )
    mentee = models.ForeignKey(
        Participation, models.CASCADE, null=True, blank=True, related_name="opinions_as_mentee"
    )
    outcome = models.CharField(max_length=7, choices=OpinionOutcome)
    given_at = models.DateTimeField(auto_now=True)
    discussed_on = models.DateField(null=True, blank=True)

    objects = OpinionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["mentor", "mentee"],
                condition=Q(mentor__isnull=False, mentee__isnull=False),
                name="opinion_on_pair_once",
            ),
            models.UniqueConstraint(
                fields=["mentor"], condition=Q(mentee=None), name="opinion_on_mentor_once"
            ),
            models.UniqueConstraint(
                fields=["mentee"], condition=Q(mentor=None), name="opinion_on_mentee_once"
            ),
            models.CheckConstraint(
                condition=Q(mentor__isnull=False) | Q(mentee__isnull=False),
                name="opinion_is_of_somebody",
            ),
        ]

    class Privacy:
        psychological = ["mentor", "mentee", "outcome", "discussed_on"]
        technical = ["id", "organisation", "given_at"]
