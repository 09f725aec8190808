import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.access.scope import ScopedQuerySet
from nastavnik.core.dates import today
from nastavnik.core.ui.components import listed
from nastavnik.documents.choices import DocumentStatus
from nastavnik.documents.models import Document
from nastavnik.matching.models import MatchingRun
from nastavnik.mentorships.choices import (
    AHEAD,
    CLOSED,
    MOVING,
    OPEN,
    EndCause,
    ExtensionCause,
    Mark,
    MeetingKind,
    MeetingStatus,
    MentorshipStatus,
    OrderLineKind,
    SpokenWith,
)
from nastavnik.organisations.models import Organisation
from nastavnik.people.models import Person, User
from nastavnik.programmes.choices import Side
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

    def with_marks_for(self, user: SignedIn) -> Self:
        """Leave the pairs whose marks the user may read: never a pair the user stands in."""
        rows = self.allowed_to(user, Perm.MARK_VIEW)
        if (person_id := user.viewer.person_id) is None:
            return rows
        led = Tie.objects.filter(mentee__person_id=person_id).values("mentorship_id")
        return rows.exclude(mentor__person_id=person_id).exclude(pk__in=led)

    def allowed_to(self, user: SignedIn, perm: Perm) -> Self:
        """Leave the pairs of the organisations and forms in which the user holds a right."""
        viewer = user.viewer
        allowed = Q(pk__in=[])
        for organisation_id in viewer.organisations(perm):
            at = Q(organisation_id=organisation_id)
            codes = viewer.form_codes(perm, organisation_id)
            allowed |= at & Q(form__code__in=codes) if codes else at
        return self.filter(allowed)

    def open(self) -> Self:
        """Leave the pairs that go on."""
        return self.filter(status__in=OPEN)

    def begun(self) -> Self:
        """Leave the pairs that have run by a registered order, whatever became of them.

        Not one that was ended while it waited for its order, nor one whose registration was taken back before. Of a pair that
        came from another system no step is known: there the registered order decides.
        """
        taken_back = PairStep.objects.filter(
            mentorship=OuterRef("mentorship"),
            status=MentorshipStatus.APPROVED,
            pk__gt=OuterRef("pk"),
        )
        ran = PairStep.objects.filter(
            ~Exists(taken_back), mentorship=OuterRef("pk"), status=MentorshipStatus.ACTIVE
        ).order_by()
        ordered = Tie.objects.filter(
            mentorship=OuterRef("pk"), order__status=DocumentStatus.REGISTERED
        ).order_by()
        runs_or_ran = (
            Q(status__in=(MentorshipStatus.ACTIVE, MentorshipStatus.COMPLETED))
            | Exists(ran)
            | (~Exists(PairStep.objects.filter(mentorship=OuterRef("pk"))) & Exists(ordered))
        )
        return self.filter(runs_or_ran).exclude(status=MentorshipStatus.APPROVED)


class Mentorship(models.Model):
    """A pair or a group: one mentor with one or several mentees in one form.

    A mentor leads one group of a form at a time: whoever is added later joins it. `struck` are the planned meetings an end
    has struck, as plain data: they come back if the pair is reopened.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="mentorships")
    programme = models.ForeignKey(Programme, models.PROTECT, related_name="mentorships")
    form = models.ForeignKey(MentoringForm, models.PROTECT, related_name="mentorships")
    mentor = models.ForeignKey(Participation, models.PROTECT, related_name="mentorships_as_mentor")
    status = models.CharField(
        _("state"), max_length=10, choices=MentorshipStatus, default=MentorshipStatus.APPROVED
    )
    is_group = models.BooleanField(_("group"), default=False)
    run = models.ForeignKey(MatchingRun, models.SET_NULL, null=True, related_name="mentorships")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    end_reason = models.CharField(_("why it ended"), max_length=300, blank=True)
    end_cause = models.CharField(_("cause"), max_length=8, choices=EndCause, blank=True)
    struck = models.JSONField(default=list, blank=True)
    pause_from = models.DateField(_("pauses from"), null=True, blank=True)
    pause_until = models.DateField(_("pauses until"), null=True, blank=True)

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
            models.CheckConstraint(
                condition=Q(end_cause="") | Q(status__in=CLOSED), name="pair_open_has_no_cause"
            ),
            models.CheckConstraint(
                condition=Q(pause_from=None, pause_until=None)
                | Q(
                    pause_from__isnull=False,
                    pause_until__isnull=False,
                    pause_from__lte=F("pause_until"),
                ),
                name="pair_pause_has_both_days",
            ),
            models.UniqueConstraint(
                fields=["mentor", "form"],
                condition=Q(is_group=True, status__in=OPEN),
                name="group_of_mentor_once",
            ),
        ]

    class Privacy:
        personal = [
            "form", "mentor", "status", "starts_on", "ends_on", "ended_on", "end_reason",
            "end_cause", "pause_from", "pause_until",
        ]  # fmt: skip
        # a mark may be in it
        psychological = ["struck"]
        technical = ["id", "organisation", "programme", "is_group", "run"]

    @property
    def is_paused(self) -> bool:
        """Tell whether today is a day of its pause."""
        return self.pauses_on(today())

    def pauses_on(self, day: dt.date) -> bool:
        """Tell whether a day is one of its pause, both ends inside."""
        first, last = self.pause_from, self.pause_until
        return first is not None and last is not None and first <= day <= last

    @property
    def end_words(self) -> str:
        """Return why the pair ended: the cause of a replacement and the words written beside it."""
        cause = self.get_end_cause_display() if self.end_cause else ""
        return ": ".join(part for part in (cause, self.end_reason) if part)

    @property
    def mentees(self) -> list[Person]:
        """Return the mentees; ties and people are to be fetched."""
        return [tie.mentee.person for tie in self.ties.all()]

    @property
    def names(self) -> str:
        """Return who is in it, the mentor first; of a large group the first ones and how many more."""
        return listed([one.short_name for one in (self.mentor.person, *self.mentees)])

    def is_allowed_to(self, user: SignedIn, perm: Perm) -> bool:
        """Tell whether the user holds a right in the organisation and form of this pair; `form` is to be fetched."""
        viewer = user.viewer
        if self.organisation_id not in viewer.organisations(perm):
            return False
        codes = viewer.form_codes(perm, self.organisation_id)
        return not codes or self.form.code in codes


class TieQuerySet(ScopedQuerySet["Tie"]):
    view_perm = Perm.PAIR_VIEW

    def visible_to(self, user: SignedIn) -> Self:
        """Return the mentees a user may be told of: those of the bases seen, and those of one's own pair or group.

        A class teacher is told of a group only who of the own class is in it.
        """
        told = Q(mentee__in=Participation.objects.visible_to(user).values("pk"))
        if (me := user.viewer.person_id) is not None:
            own = Tie.objects.filter(mentee__person_id=me, ends_on=None).values("mentorship_id")
            told |= Q(mentorship__mentor__person_id=me) | Q(mentee__person_id=me)
            told |= Q(mentorship__in=own)
        return self.filter(told)

    def present(self) -> Self:
        """Leave the mentees who are in their pair, or were when it ended: not those who have left a group."""
        return self.filter(Q(ends_on=None) | Q(ends_on=F("mentorship__ended_on")))

    def begun(self) -> Self:
        """Leave the mentees of pairs that have run, but for those whom no registered order has attached yet."""
        ran = Mentorship.objects.begun().values("pk")
        return self.filter(mentorship__in=ran).exclude(order__status=DocumentStatus.DRAFT)

    def open(self) -> Self:
        """Leave the ties that hold."""
        return self.filter(ends_on=None)

    def paused(self) -> Self:
        """Leave the mentees who sit out while their group goes on."""
        return self.filter(ends_on=None, paused_on__isnull=False)

    def of_order(self, document: Document) -> Self:
        """Leave those an order is about: whoever left or stopped before it was signed is not in it."""
        closed_early = [MentorshipStatus.CANCELLED, MentorshipStatus.SUSPENDED]
        return (
            self.present()
            .filter(order=document, paused_on=None)
            .exclude(mentorship__status__in=closed_early)
        )


class Tie(models.Model):
    """A mentee in a pair or group; one open tie at a time, held by the database.

    An order attaches a mentee to a mentor, so the tie is what it is about: whoever joins a group later has an order of
    their own. `moved_from` is the pair or group whose mentor was replaced; `paused_on` since when one mentee of a group
    sits out while the others go on, for want of a consent.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="ties")
    mentorship = models.ForeignKey(Mentorship, models.CASCADE, related_name="ties")
    mentee = models.ForeignKey(Participation, models.PROTECT, related_name="ties")
    order = models.ForeignKey(Document, models.SET_NULL, null=True, related_name="ties")
    moved_from = models.ForeignKey(
        Mentorship, models.SET_NULL, null=True, blank=True, related_name="moved_ties"
    )
    starts_on = models.DateField(_("from"))
    paused_on = models.DateField(_("stopped on"), null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    end_reason = models.CharField(_("why it ended"), max_length=300, blank=True)

    objects = TieQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["mentee"], condition=Q(ends_on=None), name="mentee_in_one_pair"
            ),
        ]

    class Privacy:
        personal = [
            "mentorship", "mentee", "moved_from", "starts_on", "paused_on", "ends_on", "end_reason",
        ]  # fmt: skip
        technical = ["id", "organisation", "order"]


class OrderLineQuerySet(ScopedQuerySet["OrderLine"]):
    view_perm = Perm.PAIR_VIEW

    def visible_to(self, user: SignedIn) -> Self:
        """Return the lines on the pairs the user sees."""
        return self.filter(mentorship__in=Mentorship.objects.visible_to(user))


class OrderLine(models.Model):
    """What one order says of one pair after its beginning: more time, or that it has ended.

    An extension and a pause move the pair's last day when their order is registered; of a pause `moved` keeps the days its meetings had; `ended_before` then keeps the day that stood, and
    `final_before` the final meeting as it was, so that it can be taken back. The end of a pair is in force without an order, which follows it.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="order_lines")
    mentorship = models.ForeignKey(Mentorship, models.CASCADE, related_name="order_lines")
    order = models.ForeignKey(Document, models.CASCADE, related_name="order_lines")
    kind = models.CharField(_("what is ordered"), max_length=10, choices=OrderLineKind)
    ends_on = models.DateField(_("new last day"), null=True, blank=True)
    ended_before = models.DateField(_("last day before"), null=True, blank=True)
    final_before = models.JSONField(null=True)
    cause = models.CharField(_("cause"), max_length=8, choices=ExtensionCause, blank=True)
    pause_from = models.DateField(_("first day of the pause"), null=True, blank=True)
    pause_until = models.DateField(_("last day of the pause"), null=True, blank=True)
    moved = models.JSONField(null=True)

    objects = OrderLineQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(kind__in=MOVING, ends_on__isnull=False) & ~Q(cause=""))
                | (~Q(kind__in=MOVING) & Q(ends_on=None, ended_before=None, cause="")),
                name="order_line_moving_has_day_and_cause",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind=OrderLineKind.PAUSE,
                    pause_from__isnull=False,
                    pause_until__isnull=False,
                    pause_from__lte=F("pause_until"),
                )
                | (~Q(kind=OrderLineKind.PAUSE) & Q(pause_from=None, pause_until=None)),
                name="order_line_pause_has_days",
            ),
            models.CheckConstraint(
                condition=Q(ended_before=None) | Q(ends_on__gt=F("ended_before")),
                name="order_line_extension_gives_time",
            ),
            models.UniqueConstraint(
                fields=["mentorship", "order"], name="order_line_once_an_order"
            ),
            models.UniqueConstraint(
                fields=["mentorship"],
                condition=~Q(kind__in=MOVING),
                name="order_line_ends_pair_once",
            ),
        ]

    class Privacy:
        personal = [
            "mentorship", "kind", "ends_on", "ended_before", "cause", "pause_from", "pause_until", "moved"
        ]  # fmt: skip
        psychological = ["final_before"]
        technical = ["id", "organisation", "order"]


class PairStepQuerySet(ScopedQuerySet["PairStep"]):
    view_perm = Perm.PAIR_VIEW

    def visible_to(self, user: SignedIn) -> Self:
        """Return the steps of the pairs the user sees."""
        return self.filter(mentorship__in=Mentorship.objects.visible_to(user))


class PairStep(models.Model):
    """A change of a pair's state, for its timeline."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="pair_steps")
    mentorship = models.ForeignKey(Mentorship, models.CASCADE, related_name="steps")
    status = models.CharField(_("state"), max_length=10, choices=MentorshipStatus)
    on = models.DateField(_("date"))

    objects = PairStepQuerySet.as_manager()

    class Meta:
        ordering = ["on", "pk"]

    class Privacy:
        personal = ["mentorship", "status", "on"]
        technical = ["id", "organisation"]


class MeetingQuerySet(ScopedQuerySet["Meeting"]):
    view_perm = Perm.PAIR_VIEW

    def visible_to(self, user: SignedIn) -> Self:
        """Return the meetings of the pairs the user sees."""
        return self.filter(mentorship__in=Mentorship.objects.visible_to(user))

    def ahead(self) -> Self:
        """Leave the meetings nobody has answered yet."""
        return self.filter(status__in=AHEAD)

    def told(self) -> Self:
        """Leave the meetings of which somebody has said something."""
        return self.exclude(status=MeetingStatus.PLANNED, mentor_mark="", mentee_mark="", note="")

    def asking_for_help(self) -> Self:
        """Leave the meetings at which a side asked for help and nobody has answered."""
        return self.filter(
            Q(mentor_mark=Mark.HELP) | Q(mentee_mark=Mark.HELP), help_answered_on=None
        )


_WITHOUT_MEETING = (Mark.NONE, Mark.HELP)


class Meeting(models.Model):
    """A planned meeting of a pair and what became of it.

    A mark belongs to its side: it is shown to that side and to those who hold `Perm.MARK_VIEW`, never to the other.
    In a group each mentee marks alone: `mentee_marks` is key of the tie → mark, and `mentee_mark` the heaviest of them,
    a call for help before all. `before` keeps what the last note changed, so that its author can take it back for ten
    minutes.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="meetings")
    mentorship = models.ForeignKey(Mentorship, models.CASCADE, related_name="meetings")
    kind = models.CharField(_("kind"), max_length=12, choices=MeetingKind)
    status = models.CharField(
        _("state"), max_length=10, choices=MeetingStatus, default=MeetingStatus.PLANNED
    )
    planned_on = models.DateField(_("planned for"))
    held_on = models.DateField(_("held on"), null=True, blank=True)
    postponed_from = models.DateField(_("postponed from"), null=True, blank=True)
    n_postponed = models.PositiveSmallIntegerField(default=0)
    mentor_mark = models.CharField(_("mentor's mark"), max_length=5, choices=Mark, blank=True)
    mentee_mark = models.CharField(_("mentee's mark"), max_length=5, choices=Mark, blank=True)
    mentee_marks = models.JSONField(default=dict, blank=True)
    help_answered_on = models.DateField(_("help given on"), null=True, blank=True)
    note = models.CharField(_("curator's note"), max_length=300, blank=True)
    noted_at = models.DateTimeField(null=True)
    noted_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    before = models.JSONField(null=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["planned_on", "pk"]
        indexes = [models.Index(fields=["organisation", "planned_on"], name="meeting_by_month")]
        constraints = [
            models.UniqueConstraint(
                fields=["mentorship", "kind"],
                condition=~Q(kind=MeetingKind.REGULAR),
                name="meeting_of_single_kind_once",
            ),
            models.CheckConstraint(
                condition=Q(status=MeetingStatus.HELD, held_on__isnull=False)
                | (~Q(status=MeetingStatus.HELD) & Q(held_on=None)),
                name="meeting_held_has_date",
            ),
            models.CheckConstraint(
                condition=Q(n_postponed=0, postponed_from=None)
                | Q(n_postponed__gt=0, postponed_from__isnull=False),
                name="meeting_postponed_from_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(status=MeetingStatus.POSTPONED) | Q(n_postponed__gt=0),
                name="meeting_postponed_is_counted",
            ),
            models.CheckConstraint(
                condition=Q(status=MeetingStatus.HELD)
                | Q(mentor_mark__in=_WITHOUT_MEETING, mentee_mark__in=_WITHOUT_MEETING),
                name="meeting_mark_needs_a_meeting",
            ),
        ]

    class Privacy:
        personal = [
            "mentorship", "kind", "status", "planned_on", "held_on", "postponed_from", "n_postponed", "note",
        ]  # fmt: skip
        psychological = ["mentor_mark", "mentee_mark", "mentee_marks", "help_answered_on", "before"]
        technical = ["id", "organisation", "noted_at", "noted_by"]


class ContactQuerySet(ScopedQuerySet["Contact"]):
    view_perm = Perm.PAIR_VIEW

    def visible_to(self, user: SignedIn) -> Self:
        """Return what was said of the pairs whose marks the user may read: why one spoke may be a mark."""
        readable = Mentorship.objects.visible_to(user).with_marks_for(user)
        return self.filter(mentorship__in=readable.values("pk"))


class Contact(models.Model):
    """That somebody has spoken with a pair that needed a look, and why it did.

    Until `quiet_until` all reasons that held then are off the lists, none for longer than its own days; then those that still hold come back, and earlier one whose
    number has grown since where that means worse. Without that day they are back at once.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="contacts")
    mentorship = models.ForeignKey(Mentorship, models.CASCADE, related_name="contacts")
    rule = models.CharField(_("reason"), max_length=40)
    # code of each reason that held then → its number
    reasons = models.JSONField(_("reason"), default=dict)
    spoken_with = models.CharField(_("Whom you spoke with"), max_length=6, choices=SpokenWith)
    spoken_on = models.DateField(_("day of the conversation"))
    words = models.CharField(_("What was agreed"), max_length=300)
    quiet_until = models.DateField(_("off the list until"), null=True)
    noted_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    objects = ContactQuerySet.as_manager()

    class Meta:
        ordering = ["-spoken_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_until=None) | Q(quiet_until__gte=F("spoken_on")),
                name="contact_is_quiet_afterwards",
            ),
            models.CheckConstraint(condition=~Q(words=""), name="contact_leaves_a_trace"),
        ]

    class Privacy:
        personal = ["mentorship", "spoken_with", "spoken_on", "quiet_until"]
        # why one spoke may be a mark, and so may be told in the words
        psychological = ["rule", "reasons", "words"]
        technical = ["id", "organisation", "noted_by"]


class ReplacementRequestQuerySet(ScopedQuerySet["ReplacementRequest"]):
    view_perm = Perm.PAIR_VIEW

    def visible_to(self, user: SignedIn) -> Self:
        """Return the own requests and those of the pairs whose marks the user may read: the other side reads none."""
        readable = Mentorship.objects.visible_to(user).with_marks_for(user)
        return self.filter(
            Q(mentorship__in=readable.values("pk")) | Q(asked_by=user.viewer.user_id)
        )

    def open(self) -> Self:
        """Leave those nobody has answered or taken back, of those who still stand in a pair that goes on."""
        return self.filter(
            _UNANSWERED, Q(tie=None) | Q(tie__ends_on=None), mentorship__status__in=OPEN
        )


_UNANSWERED = Q(answered_on=None, withdrawn_on=None)


class ReplacementRequest(models.Model):
    """That somebody of a pair has asked for another mentor or to be let go (method.md §3.4: either side may ask).

    The mentor asks where there is no tie, else the mentee of the tie. Open until it is answered or taken back.
    """

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="replacement_requests"
    )
    mentorship = models.ForeignKey(Mentorship, models.CASCADE, related_name="replacement_requests")
    tie = models.ForeignKey(Tie, models.CASCADE, null=True, related_name="replacement_requests")
    words = models.CharField(_("Why, if you wish to say"), max_length=300, blank=True)
    asked_on = models.DateField(_("asked on"))
    asked_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    withdrawn_on = models.DateField(_("taken back on"), null=True)
    answered_on = models.DateField(_("answered on"), null=True)
    answered_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    answer = models.CharField(_("What was decided"), max_length=300, blank=True)

    objects = ReplacementRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["mentorship"],
                condition=_UNANSWERED & Q(tie=None),
                name="replacement_request_of_mentor_once",
            ),
            models.UniqueConstraint(
                fields=["tie"], condition=_UNANSWERED, name="replacement_request_of_mentee_once"
            ),
            models.CheckConstraint(
                condition=Q(answered_on=None) | Q(withdrawn_on=None),
                name="replacement_request_ends_one_way",
            ),
            models.CheckConstraint(
                condition=Q(answered_on=None) | ~Q(answer=""),
                name="replacement_request_answer_has_words",
            ),
        ]

    class Privacy:
        personal = ["mentorship", "tie", "asked_on", "withdrawn_on", "answered_on"]
        # why somebody wants to leave is read as a mark is
        psychological = ["words", "answer"]
        technical = ["id", "organisation", "asked_by", "answered_by"]


class BaseDraftQuerySet(ScopedQuerySet["BaseDraft"]):
    view_perm = Perm.BASE_EDIT

    def visible_to(self, user: SignedIn) -> Self:
        """Return the files of the user's organisations: a file holds a whole base, so a curator of some forms sees none."""
        whole = user.viewer.answers_for(self.view_perm)
        return super().visible_to(user).filter(organisation_id__in=whole)


class BaseDraft(models.Model):
    """A file of a base that has come back, waiting to be looked over; taken or thrown away, it is gone.

    `rows` are what `adapter.read_base` returns: the number of the row and its words by the names of `catalogues.base_columns`.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="base_drafts")
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="base_drafts")
    side = models.CharField(max_length=6, choices=Side)
    file_name = models.CharField(max_length=200)
    rows = models.JSONField(default=list)
    read_at = models.DateTimeField(auto_now_add=True)

    objects = BaseDraftQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    class Privacy:
        personal = ["rows", "file_name"]
        technical = ["id", "organisation", "programme", "side", "read_at"]
