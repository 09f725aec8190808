import datetime as dt
from functools import cached_property
from typing import ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import F, Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from nastavnik.core.access import Grant, Perm, Role, SignedIn, Viewer
from nastavnik.core.access.scope import ScopedQuerySet
from nastavnik.core.dates import age_on, today
from nastavnik.core.text import fold
from nastavnik.organisations.models import AcademicYear, Organisation, Partner
from nastavnik.people.choices import (
    LEARNERS,
    ROLE_CHOICES,
    Gender,
    ImportStatus,
    PersonKind,
    RosterKind,
)


def holds_on(day: dt.date) -> Q:
    """Return the condition that a dated period holds a day."""
    return Q(starts_on__lte=day) & (Q(ends_on=None) | Q(ends_on__gte=day))


class PersonQuerySet(ScopedQuerySet["Person"]):
    view_perm = Perm.ROSTER_VIEW

    def visible_to(self, user: SignedIn) -> Self:
        """Return the roster of the user's organisations; a class teacher's own class only."""
        return self.within(user, Perm.ROSTER_VIEW)

    def within(self, user: SignedIn, perm: Perm, *, led_only: bool = False) -> Self:
        """Return the people a right reaches: those of the organisation, by the role of a class teacher the own class.

        Who reads the whole school by one role and leads a class by another writes of the class only; `led_only` asks
        for that alone.
        """
        viewer = user.viewer
        whole = viewer.organisations(perm, without=[Role.CLASS_TEACHER])
        own = viewer.organisations(perm) - whole
        if led_only:
            own, whole = (
                viewer.organisations(perm, without=set(Role) - {Role.CLASS_TEACHER}),
                frozenset(),
            )
        if not own:
            return self.filter(organisation_id__in=whole)
        in_own_class = Enrolment.objects.filter(
            holds_on(today()),
            study_group__class_teacher_id=viewer.person_id,
            study_group__class_teacher_id__isnull=False,
        )
        return self.filter(
            Q(organisation_id__in=whole)
            | Q(organisation_id__in=own, pk__in=in_own_class.values("person_id"))
        )

    def present(self) -> Self:
        """Leave out those who have left."""
        return self.filter(left_on=None)


class HouseholdQuerySet(ScopedQuerySet["Household"]):
    view_perm = Perm.ROSTER_EDIT


class Household(models.Model):
    """People of one family, whom matching keeps apart; who is whose is not kept."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="households")

    objects = HouseholdQuerySet.as_manager()

    class Privacy:
        technical = ["id", "organisation"]


class Person(models.Model):
    """A pupil, a member of staff or an outsider: the roster, kept on the school's own ground.

    Nothing here needs a consent; requests and questionnaires do, and live elsewhere.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="people")
    kind = models.CharField(_("who"), max_length=10, choices=PersonKind)
    last_name = models.CharField(_("last name"), max_length=100)
    first_name = models.CharField(_("first name"), max_length=100)
    patronymic = models.CharField(_("patronymic"), max_length=100, blank=True)
    gender = models.CharField(_("gender in papers"), max_length=6, choices=Gender, blank=True)
    birth_date = models.DateField(_("birth date"), null=True, blank=True)
    position = models.CharField(_("position"), max_length=200, blank=True)
    subject = models.CharField(_("subject"), max_length=200, blank=True)
    work_started_on = models.DateField(_("works in the profession since"), null=True, blank=True)
    partner = models.ForeignKey(
        Partner, models.PROTECT, null=True, blank=True, verbose_name=_("works at")
    )
    household = models.ForeignKey(
        Household, models.SET_NULL, null=True, blank=True, related_name="members"
    )
    genitive = models.CharField(_("name in the genitive (кого?)"), max_length=320, blank=True)
    dative = models.CharField(_("name in the dative (кому?)"), max_length=320, blank=True)
    instrumental = models.CharField(
        _("name in the instrumental (кем?)"), max_length=320, blank=True
    )
    search_name = models.CharField(max_length=320, editable=False, db_index=True)
    left_on = models.DateField(_("left on"), null=True, blank=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        ordering = ["search_name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "search_name", "birth_date"],
                condition=Q(kind__in=[kind.value for kind in LEARNERS]),
                name="learner_once",
            ),
        ]

    class Privacy:
        personal = [
            "kind", "last_name", "first_name", "patronymic", "gender", "birth_date", "position", "subject",
            "work_started_on", "partner", "household", "genitive", "dative", "instrumental", "search_name", "left_on",
        ]  # fmt: skip
        technical = ["id", "organisation"]

    def __str__(self) -> str:
        return self.full_name

    def save(self, *args: object, **kwargs: object) -> None:
        """Keep the search key in step with the name."""
        self.search_name = fold(self.full_name)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def full_name(self) -> str:
        return " ".join(part for part in (self.last_name, self.first_name, self.patronymic) if part)

    @property
    def short_name(self) -> str:
        """Pupils «Фамилия Имя», grown-ups «Фамилия И. О.», with no break inside the initials."""
        if self.is_learner:
            return f"{self.last_name} {self.first_name}".strip()
        initials = "\u00a0".join(
            f"{part[0]}." for part in (self.first_name, self.patronymic) if part
        )
        return f"{self.last_name}\u00a0{initials}".strip()

    @property
    def initials(self) -> str:
        return f"{self.last_name[:1]}{self.first_name[:1]}".upper()

    @property
    def is_learner(self) -> bool:
        return self.kind in LEARNERS

    def age_on(self, day: dt.date) -> int | None:
        """Return full years on a day, None when the birth date is not known."""
        return None if self.birth_date is None else age_on(self.birth_date, day)


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        """Find an account whatever the case its login was typed in."""
        return self.get(login=(username or "").strip().lower())


class User(AbstractBaseUser):
    """An account. What it may do comes from its memberships of today."""

    login = models.CharField(_("login"), max_length=150, unique=True)
    full_name = models.CharField(_("full name"), max_length=320)
    is_active = models.BooleanField(default=True)
    # the password was given by somebody else: it works until this moment and is to be changed at first use
    one_time_until = models.DateTimeField(null=True, blank=True)
    # part of the mark of a session: one more ends them all
    n_sessions_ended = models.PositiveIntegerField(default=0)
    person = models.OneToOneField(
        Person, models.SET_NULL, null=True, blank=True, related_name="account"
    )

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    objects = UserManager()

    class Privacy:
        personal = ["full_name", "person"]
        contact = ["login"]
        secret = ["password"]
        technical = ["id", "is_active", "last_login", "one_time_until", "n_sessions_ended"]

    def __str__(self) -> str:
        return self.full_name

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        marked = f"{self.password} {self.n_sessions_ended}"
        return salted_hmac(
            "people.User.session", marked, secret=secret, algorithm="sha256"
        ).hexdigest()

    @property
    def must_change_password(self) -> bool:
        return self.one_time_until is not None

    @cached_property
    def viewer(self) -> Viewer:
        """Return what this user may do today; one query, kept for the request."""
        rows = self._memberships_of_today
        grants = tuple(
            Grant(Role(row.role), row.organisation_id, frozenset(row.form_codes)) for row in rows
        )
        return Viewer(self.pk, self.person_id, grants)

    @cached_property
    def _memberships_of_today(self) -> list["Membership"]:
        rows = self.memberships.filter(holds_on(today())).order_by("pk")
        return list(rows.select_related("organisation"))

    def act_where(self, perm: Perm) -> None:
        """Forget for this request the organisations in which the user does not hold a right.

        Who writes in one school and only looks on in another would else write in both: rows are found by the right to see them.
        """
        at = self.viewer.organisations(perm)
        if at != {grant.organisation_id for grant in self.viewer.grants}:
            rows = [row for row in self._memberships_of_today if row.organisation_id in at]
            for kept in ("viewer", "organisation"):
                self.__dict__.pop(kept, None)
            self.remember_roles(rows)

    def remember_roles(self, roles: list["Membership"]) -> None:
        """Take the roles of today as fetched already, organisations with them."""
        self._memberships_of_today = roles

    @cached_property
    def organisation(self) -> Organisation | None:
        """Return the organisation the user works in: the one of the first membership of today."""
        if not self.viewer.grants:
            return None
        return self._memberships_of_today[0].organisation

    @property
    def workplace(self) -> Organisation:
        """Return the organisation new rows belong to; a user without a role of today has none."""
        if self.organisation is None:
            raise PermissionDenied
        return self.organisation

    @property
    def time_zone(self) -> str:
        return self.organisation.time_zone if self.organisation else ""

    @property
    def role_title(self) -> str:
        """Return the role the person is greeted by."""
        titles = dict(ROLE_CHOICES)
        return str(titles[self.viewer.grants[0].role]) if self.viewer.grants else ""


class MembershipQuerySet(ScopedQuerySet["Membership"]):
    view_perm = Perm.ACCOUNT_EDIT


class Membership(models.Model):
    """A role in an organisation for a dated period."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=ROLE_CHOICES)
    form_codes = models.JSONField(default=list, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "user", "role"],
                condition=Q(ends_on=None),
                name="membership_once",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="membership_ends_after_start",
            ),
        ]

    class Privacy:
        personal = ["user", "role", "form_codes", "starts_on", "ends_on"]
        technical = ["id", "organisation"]


class SlipHalfQuerySet(ScopedQuerySet["SlipHalf"]):
    view_perm = Perm.SLIP_WITNESS

    def visible_to(self, user: SignedIn) -> Self:
        """Return what somebody else has given to somebody else: neither the giver nor the owner is a witness.

        A curator of some forms is none either: an account is not of a form. What was given by one alone its owner
        sees too.
        """
        viewer = user.viewer
        rows = super().visible_to(user).exclude(given_by=viewer.user_id)
        narrowed = {grant.organisation_id for grant in viewer.grants if grant.form_codes}
        return rows.exclude(organisation_id__in=narrowed).exclude(
            ~Q(half=""), user_id=viewer.user_id
        )


class SlipHalf(models.Model):
    """The half of a one-time password its giver has not seen, until a second person shows it.

    Without a half: there was no second person, the giver saw the whole; it stands until somebody has read that.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="slip_halves")
    user = models.OneToOneField(User, models.CASCADE, related_name="slip_half")
    half = models.CharField(max_length=20, blank=True)
    given_by = models.ForeignKey(User, models.CASCADE, related_name="halves_given")
    given_at = models.DateTimeField(auto_now_add=True)

    objects = SlipHalfQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    class Privacy:
        secret = ["half"]
        personal = ["user", "given_by"]
        technical = ["id", "organisation", "given_at"]


class SecondStepQuerySet(ScopedQuerySet["SecondStep"]):
    view_perm = Perm.ACCOUNT_EDIT

    def on(self) -> Self:
        """Return those that are asked at sign-in."""
        return self.exclude(confirmed_at=None)


class SecondStep(models.Model):
    """The second step of a sign-in: begun (a key), on (confirmed by a code), or ended (the key forgotten).

    A row is never taken away: the trail says whose step somebody has ended.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="second_steps")
    user = models.OneToOneField(User, models.CASCADE, related_name="second_step")
    secret = models.CharField(max_length=64, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    # the step of the clock of the last code: the same code is not taken twice
    last_counter = models.PositiveBigIntegerField(default=0)
    # what is kept of the recovery codes that are still good
    recovery = models.JSONField(default=list, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    # nobody: at the command line of the server
    ended_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="steps_ended"
    )
    # whether the owner has read who ended it
    is_noted = models.BooleanField(default=True)

    objects = SecondStepQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | ~Q(secret=""), name="step_on_has_key"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(secret=""), name="step_ended_has_no_key"
            ),
        ]

    class Privacy:
        secret = ["secret", "recovery"]
        personal = ["user", "ended_by"]
        technical = ["id", "organisation", "confirmed_at", "last_counter", "ended_at", "is_noted"]

    @property
    def is_on(self) -> bool:
        return self.confirmed_at is not None

    @property
    def is_begun(self) -> bool:
        return self.confirmed_at is None and bool(self.secret)

    @property
    def n_recovery(self) -> int:
        return len(self.recovery)


class StudyGroupQuerySet(ScopedQuerySet["StudyGroup"]):
    view_perm = Perm.ROSTER_VIEW

    def visible_to(self, user: SignedIn) -> Self:
        """Return the classes of the user's organisations; a class teacher's own ones only."""
        viewer = user.viewer
        whole = Q(
            organisation_id__in=viewer.organisations(self.view_perm, without=[Role.CLASS_TEACHER])
        )
        own = Q(class_teacher_id=viewer.person_id, class_teacher_id__isnull=False)
        return super().visible_to(user).filter(whole | own)


class StudyGroup(models.Model):
    """A class of a school or a group of a college, in one academic year."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="study_groups")
    year = models.ForeignKey(AcademicYear, models.CASCADE, related_name="study_groups")
    name = models.CharField(_("class"), max_length=30)
    grade = models.PositiveSmallIntegerField(_("step"), null=True, blank=True)
    class_teacher = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="led_groups"
    )

    objects = StudyGroupQuerySet.as_manager()

    class Meta:
        ordering = ["grade", "name"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "year", "name"], name="group_once"),
        ]

    class Privacy:
        public = ["name", "grade"]
        personal = ["class_teacher"]
        technical = ["id", "organisation", "year"]

    def __str__(self) -> str:
        return self.name


class EnrolmentQuerySet(ScopedQuerySet["Enrolment"]):
    view_perm = Perm.ROSTER_VIEW

    def visible_to(self, user: SignedIn) -> Self:
        """Return the enrolments of the people the user sees."""
        return self.filter(person__in=Person.objects.visible_to(user).values("pk"))


class Enrolment(models.Model):
    """A person in a class for a period of a year."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="enrolments")
    person = models.ForeignKey(Person, models.CASCADE, related_name="enrolments")
    study_group = models.ForeignKey(StudyGroup, models.CASCADE, related_name="enrolments")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(ends_on=None), name="enrolled_in_one_class"
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="enrolment_ends_after_start",
            ),
        ]

    class Privacy:
        personal = ["person", "study_group", "starts_on", "ends_on"]
        technical = ["id", "organisation"]


class ClassTransferQuerySet(ScopedQuerySet["ClassTransfer"]):
    view_perm = Perm.ROSTER_EDIT

    def standing(self) -> Self:
        """Leave those that were not taken back."""
        return self.filter(taken_back_at=None)


class ClassTransfer(models.Model):
    """The classes of one year taken over into the next: kept so that it can be taken back as a whole.

    `moves` holds keys: enrolments `ended`; those `made`, each with its person; `groups` opened by it; `graduates`, each with
    the kind of person it was.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="class_transfers")
    from_year = models.ForeignKey(AcademicYear, models.CASCADE, related_name="+")
    to_year = models.ForeignKey(AcademicYear, models.CASCADE, related_name="+")
    moves = models.JSONField(default=dict)
    made_at = models.DateTimeField(auto_now_add=True)
    taken_back_at = models.DateTimeField(null=True, blank=True)

    objects = ClassTransferQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    class Privacy:
        personal = ["moves"]
        technical = ["id", "organisation", "from_year", "to_year", "made_at", "taken_back_at"]


class RosterImportQuerySet(ScopedQuerySet["RosterImport"]):
    view_perm = Perm.ROSTER_EDIT


class RosterImport(models.Model):
    """A list on its way into the roster: nothing uploaded is lost, nothing half-written stays.

    `rows` is the grid as read, `columns` how it is understood (`adapter.Understanding`), `answers` what was said about
    rows that waited (`adapter.Answers`), `summary` what came of it.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="roster_imports")
    kind = models.CharField(_("who is in the list"), max_length=6, choices=RosterKind)
    file_name = models.CharField(max_length=200)
    rows = models.JSONField()
    header_row = models.PositiveIntegerField(null=True)
    columns = models.JSONField(default=dict)
    answers = models.JSONField(default=dict)
    status = models.CharField(max_length=8, choices=ImportStatus, default=ImportStatus.DRAFT)
    summary = models.JSONField(default=dict)
    loaded_at = models.DateTimeField(auto_now_add=True)
    accepted_at = models.DateTimeField(null=True)

    objects = RosterImportQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status=ImportStatus.DRAFT, accepted_at=None)
                | Q(status=ImportStatus.ACCEPTED, accepted_at__isnull=False),
                name="import_accepted_has_moment",
            ),
        ]

    class Privacy:
        personal = ["file_name", "rows", "answers", "summary"]
        technical = [
            "id", "organisation", "kind", "header_row", "columns", "status", "loaded_at", "accepted_at",
        ]  # fmt: skip


class PersonMergeQuerySet(ScopedQuerySet["PersonMerge"]):
    view_perm = Perm.ROSTER_EDIT

    def standing(self) -> Self:
        """Leave those that were not taken apart again."""
        return self.filter(undone_at=None)


class PersonMerge(models.Model):
    """Two cards of one person made one, kept so that it can be taken apart again without loss.

    `gone` stays as an empty card off the roster. `moves` are the rows that have gone over, by table and field; `before` is what
    stood on both cards and was changed, `after` what stands on the kept one since.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="merges")
    kept = models.ForeignKey(Person, models.CASCADE, related_name="merges_kept")
    gone = models.ForeignKey(Person, models.CASCADE, related_name="merges_gone")
    moves = models.JSONField(default=dict)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    made_at = models.DateTimeField(auto_now_add=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects = PersonMergeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["gone"], condition=Q(undone_at=None), name="merged_into_one"
            ),
            models.CheckConstraint(condition=~Q(kept=F("gone")), name="merge_of_two"),
        ]

    class Privacy:
        personal = ["kept", "gone", "moves", "before", "after"]
        technical = ["id", "organisation", "made_at", "undone_at"]
