import datetime as dt
import secrets
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.access.scope import ScopedQuerySet
from nastavnik.organisations.models import Organisation
from nastavnik.people.models import Person
from nastavnik.programmes.choices import Side
from nastavnik.programmes.models import MentoringForm, Programme
from nastavnik.questionnaires.choices import (
    AnswerSource,
    InvitationState,
    Mode,
    VersionStatus,
    WaveStatus,
)


class VersionQuerySet(ScopedQuerySet["InstrumentVersion"]):
    view_perm = Perm.WAVE_VIEW

    def visible_to(self, user: SignedIn) -> Self:
        """Return the shipped questionnaires and those of the user's organisations."""
        at = user.viewer.organisations(self.view_perm)
        return self.filter(Q(organisation=None) | Q(organisation_id__in=at))

    def shipped(self) -> Self:
        """Return the versions that came with the program."""
        return self.filter(organisation=None)

    def in_use(self) -> Self:
        """Leave those that may be asked: of each questionnaire the last published one."""
        return self.filter(status=VersionStatus.PUBLISHED)

    def drafts_of(self, user: SignedIn) -> Self:
        """Return the drafts a user may change."""
        at = user.viewer.organisations(Perm.WAVE_EDIT)
        return self.filter(organisation_id__in=at, status=VersionStatus.DRAFT)


class InstrumentVersion(models.Model):
    """A questionnaire as it stands since it was published: another word makes another version.

    Without an organisation it came with the program. `body` is the document `engine.instruments` reads, `sha256` its
    digest; a trigger of the database refuses another body once it is published.
    """

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, null=True, blank=True, related_name="instruments"
    )
    code = models.CharField(max_length=40)
    number = models.PositiveSmallIntegerField(default=1)
    title = models.CharField(_("title"), max_length=200)
    role = models.CharField(max_length=20)
    stage = models.CharField(max_length=20)
    forms = models.JSONField(default=list)
    body = models.JSONField()
    sha256 = models.CharField(max_length=64)
    status = models.CharField(max_length=10, choices=VersionStatus, default=VersionStatus.PUBLISHED)
    published_at = models.DateTimeField(null=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        ordering = ["title", "code", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "code", "number"], name="version_once"),
            models.UniqueConstraint(
                fields=["code", "number"],
                condition=Q(organisation=None),
                name="version_shipped_once",
            ),
            models.CheckConstraint(
                condition=Q(status=VersionStatus.DRAFT, published_at=None)
                | (~Q(status=VersionStatus.DRAFT) & Q(published_at__isnull=False)),
                name="version_published_has_moment",
            ),
        ]

    class Privacy:
        public = ["code", "number", "title", "role", "stage", "forms", "body", "status"]
        technical = ["id", "organisation", "sha256", "published_at"]

    def __str__(self) -> str:
        return self.title


class WaveQuerySet(ScopedQuerySet["Wave"]):
    view_perm = Perm.WAVE_VIEW

    def visible_to(self, user: SignedIn) -> Self:
        """Return the waves of the user's organisations; a curator of some forms those of the own forms."""
        return self.within(user, self.view_perm)

    def within(self, user: SignedIn, perm: Perm) -> Self:
        """Return the waves a right reaches."""
        within = Q(pk__in=[])
        for grant in user.viewer.grants_for(perm):
            rows = Q(organisation_id=grant.organisation_id)
            if grant.form_codes:
                rows &= Q(form__code__in=grant.form_codes)
            within |= rows
        return self.filter(within)

    def answerable(self, day: dt.date) -> Self:
        """Leave those that take answers on a day."""
        return self.filter(status=WaveStatus.OPEN, opens_on__lte=day, closes_on__gte=day)


class Wave(models.Model):
    """One asking of a questionnaire: who is asked, from which day to which.

    `side` and `form` are the rule by which people of the programme are invited, now and when more come; both empty: all
    of both bases. Neither `mode` nor `version` changes once somebody has answered.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="waves")
    programme = models.ForeignKey(Programme, models.CASCADE, related_name="waves")
    version = models.ForeignKey(InstrumentVersion, models.PROTECT, related_name="waves")
    title = models.CharField(_("name"), max_length=200)
    mode = models.CharField(max_length=12, choices=Mode, default=Mode.NAMED)
    side = models.CharField(max_length=6, choices=Side, blank=True)
    form = models.ForeignKey(
        MentoringForm, models.PROTECT, null=True, blank=True, related_name="waves"
    )
    opens_on = models.DateField(_("first day"))
    closes_on = models.DateField(_("last day"))
    status = models.CharField(max_length=6, choices=WaveStatus, default=WaveStatus.OPEN)
    closed_at = models.DateTimeField(null=True)
    room_sha256 = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001 - several without a room
    room_on = models.DateField(null=True)

    objects = WaveQuerySet.as_manager()

    class Meta:
        ordering = ["-opens_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_on__lte=F("closes_on")), name="wave_has_length"
            ),
            models.CheckConstraint(
                condition=Q(status=WaveStatus.OPEN, closed_at=None)
                | Q(status=WaveStatus.CLOSED, closed_at__isnull=False),
                name="wave_closed_has_moment",
            ),
        ]

    class Privacy:
        public = ["title", "mode", "side", "form", "opens_on", "closes_on", "status"]
        secret = ["room_sha256"]
        technical = ["id", "organisation", "programme", "version", "closed_at", "room_on"]

    def __str__(self) -> str:
        return self.title

    @property
    def is_confidential(self) -> bool:
        return self.mode == Mode.CONFIDENTIAL

    def takes_answers(self, day: dt.date) -> bool:
        """Tell whether somebody may answer on a day."""
        return self.status == WaveStatus.OPEN and self.opens_on <= day <= self.closes_on


class InvitationQuerySet(ScopedQuerySet["Invitation"]):
    view_perm = Perm.WAVE_VIEW

    def visible_to(self, user: SignedIn) -> Self:
        """Return who is asked in the waves the user sees."""
        return self.filter(wave__in=Wave.objects.visible_to(user).values("pk"))

    def own(self, user: SignedIn) -> Self:
        """Return what the user's own person is asked, in organisations where a role of today may answer."""
        viewer = user.viewer
        if viewer.person_id is None:
            return self.none()
        return self.filter(
            person_id=viewer.person_id,
            organisation_id__in=viewer.organisations(Perm.ANSWER_GIVE),
        )


class Invitation(models.Model):
    """Somebody is asked in a wave.

    Of the link only a digest is kept, so the link is seen once; of the code for the computer room only one that the address of the
    room goes into. A confidential wave keeps that somebody has answered and
    no moment of it. `submit_key` names the page that was sent: sent again it is no second answer.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="invitations")
    wave = models.ForeignKey(Wave, models.CASCADE, related_name="invitations")
    person = models.ForeignKey(Person, models.CASCADE, related_name="invitations")
    about = models.CharField(max_length=40, blank=True)
    token_sha256 = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001 - several without a link
    room_code_sha256 = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001 - several without a code
    state = models.CharField(max_length=8, choices=InvitationState, default=InvitationState.INVITED)
    answered_on = models.DateField(null=True)
    submit_key = models.CharField(max_length=32, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["person__search_name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["wave", "person", "about"], name="invited_once"),
            models.CheckConstraint(
                condition=Q(answered_on=None) | Q(state=InvitationState.ANSWERED),
                name="invitation_day_of_an_answer",
            ),
        ]

    class Privacy:
        personal = ["person", "about", "state", "answered_on"]
        secret = ["token_sha256", "room_code_sha256"]
        technical = ["id", "organisation", "wave", "submit_key"]


class Draft(models.Model):
    """What somebody has answered so far, sealed (`core.sealed`): the curator sees only that it is begun."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    invitation = models.OneToOneField(Invitation, models.CASCADE, related_name="draft")
    body = models.BinaryField()
    revision = models.PositiveIntegerField(default=1)

    objects = models.Manager()

    class Privacy:
        secret = ["body"]
        technical = ["id", "organisation", "invitation", "revision"]


def random_key() -> int:
    """Return a key that tells no order: of a confidential answer neither the key nor the place may name its author."""
    return secrets.randbits(62)


class ResponseQuerySet(ScopedQuerySet["Response"]):
    view_perm = Perm.ANSWER_VIEW

    def visible_to(self, user: SignedIn) -> Self:
        """Return the answers of the waves the user reads."""
        return self.filter(wave__in=Wave.objects.within(user, self.view_perm).values("pk"))


class Response(models.Model):
    """What somebody has answered, in three columns by class of data.

    `answers` are closed ones, `texts` written ones, `guarded` those a questionnaire marks as psychological. A confidential
    one has no invitation, no moment, no source.
    """

    id = models.BigAutoField(primary_key=True, default=random_key)
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="responses")
    wave = models.ForeignKey(Wave, models.CASCADE, related_name="responses")
    version_sha256 = models.CharField(max_length=64)
    mode = models.CharField(max_length=12, choices=Mode)
    invitation = models.OneToOneField(
        Invitation, models.CASCADE, null=True, related_name="response"
    )
    answers = models.JSONField(default=dict)
    texts = models.JSONField(default=dict)
    guarded = models.JSONField(default=dict)
    source = models.CharField(max_length=7, choices=AnswerSource, blank=True)
    submitted_at = models.DateTimeField(null=True)

    objects = ResponseQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(mode=Mode.NAMED, invitation__isnull=False, submitted_at__isnull=False)
                | Q(mode=Mode.CONFIDENTIAL, invitation=None, submitted_at=None, source=""),
                name="response_named_or_confidential",
            ),
        ]

    class Privacy:
        personal = ["invitation", "answers", "texts", "submitted_at"]
        psychological = ["guarded"]
        technical = ["id", "organisation", "wave", "version_sha256", "mode", "source"]
