from typing import Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.access.scope import ScopedQuerySet
from nastavnik.mentorships.choices import OPEN
from nastavnik.mentorships.models import Meeting, Tie
from nastavnik.organisations.models import Organisation
from nastavnik.people.models import User
from nastavnik.plans.choices import IN_WORK, READ, SIGNED, Doer, PlanItemKind, PlanStatus
from nastavnik.programmes.models import MentoringForm, Participation


class LibraryItemQuerySet(ScopedQuerySet["LibraryItem"]):
    view_perm = Perm.PLAN_EDIT


class LibraryItem(models.Model):
    """A line of the organisation's own in the library of items: one of its own, or a shipped one put aside (`hides`).

    `variant` is the title of a variant of the form; empty: of all of them.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="plan_library")
    form = models.ForeignKey(MentoringForm, models.CASCADE, related_name="+")
    variant = models.CharField(_("variant"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=PlanItemKind, blank=True)
    title = models.CharField(_("what is to be done"), max_length=300, blank=True)
    result = models.CharField(_("expected result"), max_length=300, blank=True)
    hides = models.CharField(max_length=60, blank=True)

    objects = LibraryItemQuerySet.as_manager()

    class Meta:
        ordering = ["form", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(hides="") & ~Q(title="") & ~Q(kind=""))
                | (~Q(hides="") & Q(title="", kind="", result="", variant="")),
                name="library_adds_or_hides",
            ),
            models.UniqueConstraint(
                fields=["form", "hides"], condition=~Q(hides=""), name="library_hidden_once"
            ),
            models.UniqueConstraint(
                fields=["form", "variant", "title"],
                condition=Q(hides=""),
                name="library_title_once",
            ),
        ]

    class Privacy:
        public = ["variant", "kind", "title", "result", "hides"]
        technical = ["id", "organisation", "form"]


class PlanQuerySet(ScopedQuerySet["IndividualPlan"]):
    view_perm = Perm.PAIR_VIEW

    def visible_to(self, user: SignedIn) -> Self:
        """Return the plans of the mentees the user sees, and the own ones of open pairs: a mentee of a group only the own one."""
        viewer = user.viewer
        seen = Participation.objects.visible_to(user).values("pk")
        whole = Q(organisation_id__in=viewer.organisations(self.view_perm), tie__mentee__in=seen)
        return self.filter(whole | _own(user, Perm.OWN_PAIR_VIEW))

    def edited_by(self, user: SignedIn) -> Self:
        """Leave the plans the user may write: a mentor's own, a curator's of the own forms; never as a mentee."""
        viewer = user.viewer
        written = _of_forms(user, Perm.PAIR_APPROVE)
        if viewer.person_id is not None:
            mine = Q(tie__mentorship__mentor__person_id=viewer.person_id)
            at = viewer.organisations(Perm.PLAN_EDIT)
            written |= mine & Q(organisation_id__in=at, tie__mentorship__status__in=OPEN)
        return self.filter(written).exclude(_of_oneself(user))

    def approved_by(self, user: SignedIn) -> Self:
        """Leave the plans the user may approve: the head; a curator of the own forms notes what was signed on paper; never as a mentee."""
        return self.filter(_of_forms(user, Perm.PLAN_APPROVE)).exclude(_of_oneself(user))

    def in_work(self) -> Self:
        """Leave the editions that are not approved yet."""
        return self.filter(status__in=IN_WORK)

    def current(self) -> Self:
        """Leave of each mentee the edition that counts: the approved one, else the one in work."""
        approved = IndividualPlan.objects.filter(
            tie=models.OuterRef("tie"), status=PlanStatus.APPROVED
        )
        return self.filter(
            Q(status=PlanStatus.APPROVED) | (Q(status__in=IN_WORK) & ~models.Exists(approved))
        )


def _own(user: SignedIn, perm: Perm) -> Q:
    viewer = user.viewer
    if viewer.person_id is None:
        return Q(pk__in=[])
    side = Q(tie__mentorship__mentor__person_id=viewer.person_id) | Q(
        tie__mentee__person_id=viewer.person_id
    )
    return side & Q(
        organisation_id__in=viewer.organisations(perm),
        tie__mentorship__status__in=OPEN,
        tie__ends_on=None,
    )


def _of_oneself(user: SignedIn) -> Q:
    """Return the condition that a plan is of the user as a mentee: the mentor's notes in it are not for them."""
    me = user.viewer.person_id
    return Q(pk__in=[]) if me is None else Q(tie__mentee__person_id=me)


def _of_forms(user: SignedIn, perm: Perm) -> Q:
    viewer = user.viewer
    allowed = Q(pk__in=[])
    for organisation_id in viewer.organisations(perm):
        at = Q(organisation_id=organisation_id)
        codes = viewer.form_codes(perm, organisation_id)
        allowed |= at & Q(tie__mentorship__form__code__in=codes) if codes else at
    return allowed


class IndividualPlan(models.Model):
    """One edition of the plan of one mentee with one mentor (method.md §3.4, §7.4).

    `strengths` and `growth` are neutral words agreed by both and printed; `notes` are the mentor's own and shown to the
    mentor and the curator only. `version` grows with each change, so that nobody writes over what another has written.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="plans")
    tie = models.ForeignKey(Tie, models.CASCADE, related_name="plans")
    edition = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1)])
    status = models.CharField(
        _("state"), max_length=10, choices=PlanStatus, default=PlanStatus.DRAFT
    )
    variant = models.CharField(_("variant"), max_length=200, blank=True)
    strengths = models.CharField(_("strengths"), max_length=500, blank=True)
    growth = models.CharField(_("what is still to be learned"), max_length=500, blank=True)
    format = models.CharField(_("format of the joint work"), max_length=300, blank=True)
    notes = models.CharField(_("mentor's notes"), max_length=1000, blank=True)
    version = models.PositiveIntegerField(default=1)
    opened_at = models.DateTimeField(auto_now_add=True)
    opened_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    acquainted_on = models.DateField(_("read on"), null=True, blank=True)
    acquainted_on_paper = models.BooleanField(default=False)
    approved_on = models.DateField(_("day of approval"), null=True, blank=True)
    approved_on_paper = models.BooleanField(default=False)
    approved_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering = ["tie__mentee__person__search_name", "-edition"]
        constraints = [
            models.UniqueConstraint(fields=["tie", "edition"], name="plan_edition_once"),
            models.UniqueConstraint(
                fields=["tie"], condition=Q(status__in=IN_WORK), name="plan_one_in_work"
            ),
            models.UniqueConstraint(
                fields=["tie"], condition=Q(status=PlanStatus.APPROVED), name="plan_one_in_force"
            ),
            models.CheckConstraint(
                condition=Q(status__in=READ, acquainted_on__isnull=False)
                | (~Q(status__in=READ) & Q(acquainted_on=None, acquainted_on_paper=False)),
                name="plan_read_has_day",
            ),
            models.CheckConstraint(
                condition=Q(status__in=SIGNED, approved_on__isnull=False)
                | (~Q(status__in=SIGNED) & Q(approved_on=None, approved_on_paper=False)),
                name="plan_approved_has_day",
            ),
            models.CheckConstraint(condition=Q(edition__gte=1), name="plan_edition_from_one"),
        ]

    class Privacy:
        personal = [
            "tie", "status", "variant", "strengths", "growth", "format", "notes", "acquainted_on",
            "acquainted_on_paper", "approved_on", "approved_on_paper",
        ]  # fmt: skip
        technical = [
            "id", "organisation", "edition", "version", "opened_at", "opened_by", "approved_by",
        ]  # fmt: skip

    def is_written_by(self, user: SignedIn) -> bool:
        """Tell whether a user who sees the plan may write it (`edited_by`); pair, form and mentor are to be fetched."""
        pair, viewer = self.tie.mentorship, user.viewer
        if viewer.person_id is not None and self.tie.mentee.person_id == viewer.person_id:
            return False
        if pair.is_allowed_to(user, Perm.PAIR_APPROVE):
            return True
        is_own = viewer.person_id is not None and pair.mentor.person_id == viewer.person_id
        at = viewer.organisations(Perm.PLAN_EDIT)
        return is_own and pair.status in OPEN and self.organisation_id in at


class PlanGoalQuerySet(ScopedQuerySet["PlanGoal"]):
    view_perm = Perm.PAIR_VIEW

    def visible_to(self, user: SignedIn) -> Self:
        """Return the goals of the plans the user sees."""
        return self.filter(plan__in=IndividualPlan.objects.visible_to(user))


class PlanGoal(models.Model):
    """A goal of a plan for a period that ends on `until`; `criterion` says by what it is seen."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    plan = models.ForeignKey(IndividualPlan, models.CASCADE, related_name="goals")
    place = models.PositiveSmallIntegerField(default=0)
    text = models.CharField(_("goal"), max_length=500)
    until = models.DateField(_("due by"), null=True, blank=True)
    criterion = models.CharField(_("by what it is seen"), max_length=300, blank=True)

    objects = PlanGoalQuerySet.as_manager()

    class Meta:
        ordering = ["place", "pk"]

    class Privacy:
        personal = ["text", "until", "criterion"]
        technical = ["id", "organisation", "plan", "place"]


class PlanItemQuerySet(ScopedQuerySet["PlanItem"]):
    view_perm = Perm.PAIR_VIEW

    def visible_to(self, user: SignedIn) -> Self:
        """Return the items of the plans the user sees."""
        return self.filter(plan__in=IndividualPlan.objects.visible_to(user))

    def live(self) -> Self:
        """Leave what is to be done: not what was taken out of the plan."""
        return self.filter(is_dropped=False)


class PlanItem(models.Model):
    """One thing to be done by a plan.

    `meeting` is the meeting at which it was done; `origin` the same item in the edition before. What is taken out stays
    as `is_dropped` until the edition is approved, so that it can come back.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    plan = models.ForeignKey(IndividualPlan, models.CASCADE, related_name="items")
    origin = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
    place = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField(
        _("kind"), max_length=10, choices=PlanItemKind, default=PlanItemKind.OTHER
    )
    title = models.CharField(_("what is to be done"), max_length=300)
    due_on = models.DateField(_("due by"), null=True, blank=True)
    doer = models.CharField(_("who"), max_length=6, choices=Doer, default=Doer.BOTH)
    result = models.CharField(_("expected result"), max_length=300, blank=True)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    done_words = models.CharField(_("what came of it"), max_length=300, blank=True)
    meeting = models.ForeignKey(Meeting, models.SET_NULL, null=True, blank=True, related_name="+")
    is_dropped = models.BooleanField(default=False)

    objects = PlanItemQuerySet.as_manager()

    class Meta:
        ordering = ["place", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_on__isnull=False) | Q(meeting=None),
                name="plan_item_done_has_day",
            ),
            models.CheckConstraint(
                condition=Q(is_dropped=False) | Q(done_on=None), name="plan_item_done_stays"
            ),
            models.CheckConstraint(
                condition=Q(origin=None) | ~Q(origin=F("pk")), name="plan_item_not_its_own_origin"
            ),
        ]

    class Privacy:
        personal = [
            "kind", "title", "due_on", "doer", "result", "done_on", "done_words", "meeting",
        ]  # fmt: skip
        technical = ["id", "organisation", "plan", "origin", "place", "is_dropped"]
