from typing import Self

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from nastavnik.core.access import Perm, Role, SignedIn
from nastavnik.core.access.scope import ScopedQuerySet
from nastavnik.events.catalogues import KindOfEvent, kinds
from nastavnik.events.choices import MOST_AGENDA, MOST_MINUTES, MOST_OTHERS
from nastavnik.organisations.models import AcademicYear, Organisation
from nastavnik.people.models import Person


class ProgrammeEventQuerySet(ScopedQuerySet["ProgrammeEvent"]):
    view_perm = Perm.EVENT_VIEW

    def visible_to(self, user: SignedIn) -> Self:
        """Return the events of the user's organisations; to a class teacher those to which somebody of the class is invited."""
        viewer = user.viewer
        whole = viewer.organisations(self.view_perm, without=[Role.CLASS_TEACHER])
        part = viewer.organisations(self.view_perm) - whole
        if not part:
            return self.filter(organisation_id__in=whole)
        led = EventGuest.objects.filter(
            organisation_id__in=part, person__in=Person.objects.within(user, self.view_perm)
        )
        return self.filter(Q(organisation_id__in=whole) | Q(pk__in=led.values("event_id")))

    def still_on(self) -> Self:
        """Leave out the cancelled ones."""
        return self.filter(cancelled_on=None)


class ProgrammeEvent(models.Model):
    """An event of the mentoring programme of a year, other than the common meeting before the matching (method.md §8).

    `kind` is a code of `data/kinds.yaml`. `moved_from` is the day people were told before, `invited_on` when the invitations were
    given out. `n_others` came and are on no list. `heard` and `decided` are what the minutes say; who kept them is written by hand.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="events")
    year = models.ForeignKey(AcademicYear, models.PROTECT, related_name="events")
    kind = models.CharField(_("what it is"), max_length=20)
    title = models.CharField(_("title"), max_length=200)
    held_on = models.DateField(_("day"))
    starts_at = models.TimeField(_("time"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=200, blank=True)
    agenda = models.TextField(_("what is planned, one a line"), max_length=MOST_AGENDA, blank=True)
    invited_others = models.CharField(
        _("who else is invited, on no list"), max_length=300, blank=True
    )
    invited_on = models.DateField(_("invitations given out on"), null=True, blank=True)
    moved_from = models.DateField(null=True)
    cancelled_on = models.DateField(null=True)
    cancel_reason = models.CharField(_("why it is cancelled"), max_length=300, blank=True)
    n_others = models.PositiveSmallIntegerField(
        _("how many others came"), null=True, validators=[MaxValueValidator(MOST_OTHERS)]
    )
    chair = models.CharField(_("chair"), max_length=200, blank=True)
    secretary = models.CharField(_("secretary"), max_length=200, blank=True)
    heard = models.TextField(_("what was heard, one a line"), max_length=MOST_MINUTES, blank=True)
    decided = models.TextField(
        _("what was decided, one a line"), max_length=MOST_MINUTES, blank=True
    )

    objects = ProgrammeEventQuerySet.as_manager()

    class Meta:
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(moved_from=None) | ~Q(moved_from=F("held_on")), name="event_moved_away"
            ),
            models.CheckConstraint(
                condition=Q(cancel_reason="") | Q(cancelled_on__isnull=False),
                name="event_reason_of_the_cancelled",
            ),
            models.CheckConstraint(
                condition=Q(cancelled_on=None) | Q(n_others=None),
                name="event_cancelled_nobody_came",
            ),
        ]

    class Privacy:
        public = [
            "kind", "title", "held_on", "starts_at", "place", "agenda", "invited_others", "invited_on", "moved_from",
            "cancelled_on", "cancel_reason", "n_others",
        ]  # fmt: skip
        personal = ["chair", "secretary", "heard", "decided"]
        technical = ["id", "organisation", "year"]

    def __str__(self) -> str:
        return self.title

    @property
    def sort(self) -> KindOfEvent:
        """The kind; one that is shipped no more is some other event."""
        return kinds().get(self.kind) or kinds()["other"]


class EventGuestQuerySet(ScopedQuerySet["EventGuest"]):
    view_perm = Perm.EVENT_VIEW

    def visible_to(self, user: SignedIn) -> Self:
        """Return who is invited, to a class teacher those of the class; and everybody the own invitations."""
        reached = Person.objects.within(user, self.view_perm)
        return self.filter(Q(person__in=reached.values("pk")) | self._own(user))

    def own(self, user: SignedIn) -> Self:
        """Return the invitations of the user."""
        return self.filter(self._own(user))

    def _own(self, user: SignedIn) -> Q:
        viewer = user.viewer
        at = {grant.organisation_id for grant in viewer.grants}
        return Q(person_id=viewer.person_id or 0, is_family=False, organisation_id__in=at)


class EventGuest(models.Model):
    """An invitation: of a person, or of the family of a pupil (`is_family`): whether they will come, whether they came.

    No answer and nothing noted are empty, not «no». Of a personal link only a digest of its signs is kept.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+")
    event = models.ForeignKey(ProgrammeEvent, models.CASCADE, related_name="guests")
    person = models.ForeignKey(Person, models.CASCADE, related_name="event_invitations")
    is_family = models.BooleanField(default=False)
    will_come = models.BooleanField(null=True)
    answered_on = models.DateField(null=True)
    came = models.BooleanField(null=True)
    token_sha256 = models.CharField(max_length=64, blank=True)

    objects = EventGuestQuerySet.as_manager()

    class Meta:
        ordering = ["person__search_name", "is_family", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "person", "is_family"], name="event_guest_once"
            ),
            models.UniqueConstraint(
                fields=["token_sha256"], condition=~Q(token_sha256=""), name="event_link_once"
            ),
            models.CheckConstraint(
                condition=Q(will_come=None, answered_on=None)
                | Q(will_come__isnull=False, answered_on__isnull=False),
                name="event_answer_has_a_day",
            ),
        ]

    class Privacy:
        personal = ["event", "person", "is_family", "will_come", "answered_on", "came"]
        secret = ["token_sha256"]
        technical = ["id", "organisation"]
