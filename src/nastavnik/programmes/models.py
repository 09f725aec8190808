from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from nastavnik.core.access import Perm, Role, SignedIn
from nastavnik.core.access.scope import ScopedQuerySet
from nastavnik.organisations.models import AcademicYear, Organisation
from nastavnik.people.models import Person, User
from nastavnik.programmes.choices import (
    MATCHED,
    MINUTES_SUFFIXES,
    MOST_AGES,
    MOST_COMMENT,
    MOST_CONTACTS,
    MOST_WORDS,
    ApprovingBody,
    InterviewOutcome,
    ParticipationStatus,
    Side,
)


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
    is_group = models.BooleanField(_("one mentor leads all mentees as one group"), default=False)
    approving_body = models.CharField(
        _("pairs are approved by"),
        max_length=20,
        choices=ApprovingBody,
        default=ApprovingBody.CURATOR,
    )
    # code of a rule of pairs → from when on it is told; what is not in it is as shipped
    attention_limits = models.JSONField(_("when pairs need a look"), default=dict, blank=True)

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
            "same_subject", "is_group", "approving_body", "attention_limits",
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
        return self.within(user, self.view_perm)

    def within(self, user: SignedIn, perm: Perm) -> Self:
        """Return the records a right reaches, whatever the user sees by other rights."""
        viewer = user.viewer
        within = Q(pk__in=[])
        for grant in viewer.grants_for(perm):
            rows = Q(organisation_id=grant.organisation_id)
            if grant.role == Role.CLASS_TEACHER:
                led = Person.objects.within(user, perm, led_only=True)
                rows &= Q(person__in=led.values("pk"))
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

    `areas` are codes of `data/areas.yaml`: of a mentee what is asked, of a mentor what is offered; `interests`,
    `time_slots`, `meeting_places` and `languages` are codes of the lists of these names, and may all be empty. `active_count` is
    the number of mentees in open pairs, held under `capacity` by the database. `contacts`, `achievements` and `wanted_ages` are
    asked of the person, `results` and `case_link` are entered at the end. `goes_on` is what somebody whose
    participation has ended said of the next year; None: not asked yet.
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
    time_slots = models.JSONField(_("when there is time to meet"), default=list, blank=True)
    meeting_places = models.JSONField(_("where or how to meet"), default=list, blank=True)
    languages = models.JSONField(_("languages besides Russian"), default=list, blank=True)
    capacity = models.PositiveSmallIntegerField(_("takes mentees, at most"), default=1)
    active_count = models.PositiveSmallIntegerField(default=0)
    experience_years = models.PositiveSmallIntegerField(
        _("years of experience"), null=True, blank=True
    )
    trained_on = models.DateField(_("trained on"), null=True, blank=True)
    trained_before = models.DateField(_("trained before, by other knowledge"), null=True)
    interviewed_on = models.DateField(_("interview on"), null=True, blank=True)
    interviewer = models.CharField(_("who held the interview"), max_length=200, blank=True)
    interview_outcome = models.CharField(
        _("outcome of the interview"), max_length=15, choices=InterviewOutcome, blank=True
    )
    cleared_on = models.DateField(
        _("certificate of no criminal record seen on"), null=True, blank=True
    )
    cleared_until = models.DateField(_("the certificate holds until"), null=True, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    goes_on = models.BooleanField(_("goes on next year"), null=True)
    contacts = models.CharField(_("contacts"), max_length=MOST_CONTACTS, blank=True)
    achievements = models.CharField(
        _("achievements that matter for the programme"), max_length=MOST_WORDS, blank=True
    )
    wanted_ages = models.CharField(_("wished age of the mentees"), max_length=MOST_AGES, blank=True)
    results = models.CharField(_("results of the programme"), max_length=MOST_WORDS, blank=True)
    case_link = models.CharField(
        _("link to the case or review"), max_length=MOST_CONTACTS, blank=True
    )

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
            models.CheckConstraint(
                condition=Q(interview_outcome="", interviewer="") | Q(interviewed_on__isnull=False),
                name="participation_interview_has_day",
            ),
            models.CheckConstraint(
                condition=Q(cleared_until=None)
                | Q(cleared_on__isnull=False, cleared_until__gte=F("cleared_on")),
                name="participation_clearance_has_term",
            ),
            models.CheckConstraint(
                condition=Q(goes_on=None) | Q(status=ParticipationStatus.FINISHED),
                name="participation_finished_goes_on",
            ),
        ]

    class Privacy:
        personal = [
            "person", "side", "forms", "status", "request", "areas", "interests", "time_slots", "meeting_places",
            "languages", "experience_years", "trained_on", "trained_before", "interviewed_on",
            "interviewer", "interview_outcome", "cleared_on", "cleared_until", "starts_on", "ends_on", "goes_on",
            "achievements", "wanted_ages", "results", "case_link",
        ]  # fmt: skip
        contact = ["contacts"]
        technical = ["id", "organisation", "programme", "capacity", "active_count"]

    @property
    def is_mentor(self) -> bool:
        return self.side == Side.MENTOR

    @property
    def may_be_matched(self) -> bool:
        """Tell whether it can be said of the person that they belong together with somebody, or do not."""
        return self.status in MATCHED[Side(self.side)]


def minutes_path(_meeting: "GroupMeeting", name: str) -> str:
    """Return where a file of minutes is kept: under a name that tells nothing."""
    suffix = f".{name.rpartition('.')[2].lower()}"
    return f"minutes/{uuid4().hex}{suffix if suffix in MINUTES_SUFFIXES else ''}"


class GroupMeetingQuerySet(ScopedQuerySet["GroupMeeting"]):
    view_perm = Perm.MATCHING_VIEW


class GroupMeeting(models.Model):
    """The common meeting of both bases, after which people choose each other (method.md §2.1 stage 5, §4.4).

    Choices may be changed until a matching has used them: from `closed_at` on they stand.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="group_meetings")
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="group_meetings")
    held_on = models.DateField(_("day"))
    place = models.CharField(_("place and time"), max_length=200, blank=True)
    minutes = models.TextField(_("minutes"), max_length=10_000, blank=True)
    minutes_file = models.FileField(_("minutes as a file"), upload_to=minutes_path, blank=True)
    minutes_name = models.CharField(max_length=200, blank=True)
    closed_at = models.DateTimeField(null=True)

    objects = GroupMeetingQuerySet.as_manager()

    class Meta:
        ordering = ["-held_on", "-pk"]

    class Privacy:
        public = ["held_on", "place"]
        personal = ["minutes", "minutes_file", "minutes_name"]
        technical = ["id", "organisation", "programme", "closed_at"]


class AttendanceQuerySet(ScopedQuerySet["Attendance"]):
    view_perm = Perm.MATCHING_VIEW

    def visible_to(self, user: SignedIn) -> Self:
        """Return who was invited among the records the user sees, and the own invitations."""
        viewer = user.viewer
        seen = Participation.objects.visible_to(user).values("pk")
        at = viewer.organisations(self.view_perm)
        whole = Q(organisation_id__in=at, record__in=seen)
        return self.filter(whole | self._own(user) | self._led(user))

    def choosing(self) -> Self:
        """Leave those who may choose and be chosen now: they came, and matching still concerns them."""
        mentor = Q(
            record__side=Side.MENTOR,
            record__status__in=[ParticipationStatus.READY, ParticipationStatus.PAIRED],
        )
        mentee = Q(record__side=Side.MENTEE, record__status=ParticipationStatus.READY)
        return self.filter(mentor | mentee, came=True, meeting__closed_at=None)

    def with_comments_for(self, user: SignedIn) -> Self:
        """Add `may_read_comment`: as choices are read, by the curator and never by the side across."""
        at = user.viewer.organisations(Perm.PREFERENCE_VIEW)
        readable = Q(organisation_id__in=at) & ~_across(user, "")
        return self.annotate(
            may_read_comment=models.ExpressionWrapper(readable, models.BooleanField())
        )

    def entered_by(self, user: SignedIn) -> Self:
        """Leave those whose choices the user may enter: the own ones, and as a curator all but of the side across."""
        at = user.viewer.organisations(Perm.MATCHING_EDIT)
        entered = (Q(organisation_id__in=at) | self._led(user)) & ~_across(user, "")
        return self.filter(entered | self._own(user))

    def led_by(self, user: SignedIn) -> Self:
        """Leave those whose slips a class teacher may type in."""
        return self.filter(self._led(user) & ~_across(user, ""))

    def _led(self, user: SignedIn) -> Q:
        """Return the condition «of the own class, and nobody else has answered»: a choice of others is not shown."""
        led = Person.objects.within(user, Perm.PREFERENCE_GIVE, led_only=True)
        unread = Q(answered_at=None) | Q(answered_by=user.viewer.user_id)
        return Q(record__person__in=led.values("pk")) & unread

    def _own(self, user: SignedIn) -> Q:
        viewer = user.viewer
        at = viewer.organisations(Perm.OWN_PAIR_VIEW)
        if viewer.person_id is None or not at:
            return Q(pk__in=[])
        return Q(organisation_id__in=at, record__person_id=viewer.person_id)


def _across(user: SignedIn, path: str) -> Q:
    """Return the condition «of the other side of a meeting in which the viewer stands», seen along a path."""
    person_id = user.viewer.person_id
    if person_id is None:
        return Q(pk__in=[])
    within = Q(pk__in=[])
    for own, other in ((Side.MENTOR, Side.MENTEE), (Side.MENTEE, Side.MENTOR)):
        mine = Attendance.objects.filter(record__person_id=person_id, record__side=own)
        within |= Q(**{f"{path}meeting__in": mine.values("meeting"), f"{path}record__side": other})
    return within


class Attendance(models.Model):
    """Somebody invited to a group meeting: whether they came, and when they chose; no choice made is an answer too.

    `comment` is said with the choices and as confidential as they are.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="attendances")
    meeting = models.ForeignKey(GroupMeeting, models.CASCADE, related_name="attendances")
    record = models.ForeignKey(Participation, models.CASCADE, related_name="attendances")
    came = models.BooleanField(null=True)
    comment = models.CharField(_("in own words"), max_length=MOST_COMMENT, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        ordering = ["record__person__search_name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "record"], name="attendance_once"),
            models.CheckConstraint(
                condition=Q(answered_at=None) | Q(came=True), name="attendance_answers_who_came"
            ),
        ]

    class Privacy:
        personal = ["meeting", "record", "came"]
        psychological = ["comment"]
        technical = ["id", "organisation", "answered_at", "answered_by"]


class PreferenceQuerySet(ScopedQuerySet["Preference"]):
    view_perm = Perm.PREFERENCE_VIEW

    def visible_to(self, user: SignedIn) -> Self:
        """Return choices for a curator, «not with» for a psychologist too; never of the side across one's own."""
        viewer = user.viewer
        seen = Participation.objects.visible_to(user).values("pk")
        readable = Q(organisation_id__in=viewer.organisations(self.view_perm)) | Q(
            organisation_id__in=viewer.organisations(Perm.REFUSAL_VIEW), rank=None
        )
        return self.filter(readable, chooser__record__in=seen, chosen__record__in=seen).exclude(
            _across(user, "chooser__")
        )


class Preference(models.Model):
    """One person's word on another after a group meeting: a choice by rank, or, without a rank, «not with».

    Confidential: read only by the curator, «not with» by the psychologist as well (method.md §4.4).
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="preferences")
    chooser = models.ForeignKey(Attendance, models.CASCADE, related_name="preferences")
    chosen = models.ForeignKey(Attendance, models.CASCADE, related_name="chosen_by")
    rank = models.PositiveSmallIntegerField(null=True)

    objects = PreferenceQuerySet.as_manager()

    class Meta:
        ordering = [F("rank").asc(nulls_last=True), "pk"]
        constraints = [
            models.UniqueConstraint(fields=["chooser", "chosen"], name="preference_once"),
            models.UniqueConstraint(fields=["chooser", "rank"], name="preference_rank_once"),
            models.CheckConstraint(
                condition=Q(rank=None) | Q(rank__gte=1), name="preference_rank_from_one"
            ),
            models.CheckConstraint(condition=~Q(chooser=F("chosen")), name="preference_of_another"),
        ]

    class Privacy:
        psychological = ["chooser", "chosen", "rank"]
        technical = ["id", "organisation"]
