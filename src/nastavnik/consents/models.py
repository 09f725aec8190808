import datetime as dt
import uuid
from pathlib import Path
from typing import Any, NoReturn, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from nastavnik.consents.choices import (
    LAST_EVENTS,
    VERSION_LENGTH,
    EventKind,
    Purpose,
    Relation,
    Signer,
    Way,
)
from nastavnik.core.access import Perm, Role, SignedIn
from nastavnik.core.access.scope import ScopedQuerySet
from nastavnik.core.hooks import consent_needs
from nastavnik.organisations.models import Organisation
from nastavnik.people.models import Person, User


def taken_in_by(user: SignedIn) -> Q:
    """Return the condition that a row's person is one for whom the user takes consents in.

    Of a class teacher these are the own class, of a curator of some forms those in the bases of these forms.
    """
    viewer, perm = user.viewer, Perm.CONSENT_TICK
    reached = Q(person__in=Person.objects.within(user, perm).values("pk"))
    curated = [one for one in viewer.grants_for(perm) if one.role != Role.CLASS_TEACHER]
    whole = {one.organisation_id for one in curated if not one.form_codes}
    narrowed = {one.organisation_id for one in curated} - whole
    if not narrowed:
        return reached
    led = Person.objects.within(user, perm, led_only=True)
    of_forms = Q(person__in=consent_needs.people_needing_consent(user))
    return reached & (~Q(organisation_id__in=narrowed) | of_forms | Q(person__in=led.values("pk")))


class GuardianQuerySet(ScopedQuerySet["Guardian"]):
    view_perm = Perm.CONSENT_VIEW

    def visible_to(self, user: SignedIn) -> Self:
        """Return the representatives of the people the user sees."""
        return super().visible_to(user).filter(person__in=Person.objects.visible_to(user))

    def who_sign_on(self, day: dt.date) -> Self:
        """Leave those whose right has not ended by a day."""
        return self.filter(Q(ended_on=None) | Q(ended_on__gt=day))


class Guardian(models.Model):
    """A legal representative of a person: what relation, on which ground, which consents are theirs to sign.

    From `ended_on` on the representative signs no more; what was signed before stays.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="guardians")
    person = models.ForeignKey(Person, models.CASCADE, related_name="guardians")
    full_name = models.CharField(_("full name"), max_length=320)
    relation = models.CharField(_("what relation"), max_length=11, choices=Relation)
    basis = models.CharField(
        _("on which ground"),
        max_length=300,
        blank=True,
        help_text=_("A document and its number: a birth certificate, an act of guardianship."),
    )
    may_sign = models.JSONField(_("may sign"), default=list)
    ended_on = models.DateField(
        _("signs no more from"),
        null=True,
        blank=True,
        help_text=_("Leave it empty as long as the right lasts."),
    )

    objects = GuardianQuerySet.as_manager()

    class Meta:
        ordering = ["full_name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "full_name"], name="guardian_of_person_once"),
        ]

    class Privacy:
        personal = ["person", "full_name", "relation", "basis", "may_sign", "ended_on"]
        technical = ["id", "organisation"]

    def __str__(self) -> str:
        return self.full_name


class ConsentQuerySet(ScopedQuerySet["Consent"]):
    view_perm = Perm.CONSENT_VIEW

    def visible_to(self, user: SignedIn) -> Self:
        """Return the consents of the people the user sees; a class teacher's own class only."""
        whole = user.viewer.organisations(self.view_perm, without=[Role.CLASS_TEACHER])
        seen = Person.objects.visible_to(user).values("pk")
        return super().visible_to(user).filter(Q(organisation_id__in=whole) | Q(person__in=seen))

    def correctable_by(self, user: SignedIn) -> Self:
        """Leave the lines a user may call a mistake: a class teacher the own ones, of the own class."""
        viewer = user.viewer
        own = Person.objects.within(user, Perm.CONSENT_TICK).values("pk")
        return self.filter(
            Q(organisation_id__in=viewer.organisations(Perm.CONSENT_EDIT))
            | Q(person__in=own, recorded_by=viewer.user_id)
        )

    def valid_on(self, day: dt.date) -> Self:
        """Leave the consents that hold on a day: signed, neither withdrawn nor run out."""
        return self.filter(
            Q(withdrawn_on=None) | Q(withdrawn_on__gt=day),
            Q(ends_on=None) | Q(ends_on__gte=day),
            signed_on__lte=day,
            mistaken_on=None,
        )


class Consent(models.Model):
    """A line of the ledger: one person, one purpose, one signed paper; what happened to it are its events.

    `mistaken_on`: the line was ticked by mistake, no such paper was signed. It never held, and nobody withdrew it; it stays
    in the ledger for the record. `text_version`: of the text printed here that was signed (`ConsentText`); empty where the blank
    was the school's own.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="consents")
    person = models.ForeignKey(Person, models.CASCADE, related_name="consents")
    purpose = models.CharField(_("purpose"), max_length=14, choices=Purpose)
    signer = models.CharField(_("signed by"), max_length=14, choices=Signer)
    guardian = models.ForeignKey(
        Guardian, models.SET_NULL, null=True, blank=True, related_name="consents"
    )
    text_version = models.CharField(max_length=VERSION_LENGTH, blank=True)
    way = models.CharField(_("how it was given"), max_length=5, choices=Way, default=Way.PAPER)
    conditions = models.CharField(_("what may be shown"), max_length=500, blank=True)
    signed_on = models.DateField(_("signed on"))
    ends_on = models.DateField(_("valid until"), null=True, blank=True)
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)
    mistaken_on = models.DateField(_("found to be a mistake on"), null=True, blank=True)
    recorded_at = models.DateTimeField(null=True)
    recorded_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["-signed_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "purpose"],
                condition=Q(withdrawn_on=None, ends_on=None, mistaken_on=None),
                name="consent_one_live_paper",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on=None) | Q(withdrawn_on__gte=F("signed_on")),
                name="consent_withdrawn_after_signing",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on=None) | Q(mistaken_on=None),
                name="consent_withdrawn_or_mistaken",
            ),
        ]

    class Privacy:
        personal = [
            "person",
            "purpose",
            "signer",
            "guardian",
            "text_version",
            "way",
            "conditions",
            "signed_on",
            "ends_on",
            "withdrawn_on",
            "mistaken_on",
        ]
        technical = ["id", "organisation", "recorded_at", "recorded_by"]


class ConsentEventQuerySet(ScopedQuerySet["ConsentEvent"]):
    view_perm = Perm.CONSENT_VIEW

    def visible_to(self, user: SignedIn) -> Self:
        """Return the events of the papers the user sees."""
        seen = Consent.objects.visible_to(user).values("pk")
        return super().visible_to(user).filter(consent__in=seen)

    def update(self, **_values: Any) -> NoReturn:
        """Refuse: what has happened is added to, never written over."""
        raise TypeError(_APPENDED)


_APPENDED = "events of consents are only added"


class ConsentEvent(models.Model):
    """What happened to a paper; the line of the ledger is what its events add up to.

    `effective_on` is the day from which it is so: a signed paper holds from it, an ended or withdrawn one holds no longer; of a
    mistake, the day it was found. `recorded_at` is when the ledger learned of it, unknown of what was there before events were kept.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="consent_events")
    consent = models.ForeignKey(Consent, models.CASCADE, related_name="events")
    kind = models.CharField(_("what happened"), max_length=9, choices=EventKind)
    effective_on = models.DateField(_("from"))
    recorded_at = models.DateTimeField(null=True)
    recorded_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    objects = ConsentEventQuerySet.as_manager()

    class Meta:
        ordering = ["consent", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["consent"],
                condition=Q(kind=EventKind.GIVEN),
                name="consent_event_given_once",
            ),
            models.UniqueConstraint(
                fields=["consent"],
                condition=Q(kind__in=LAST_EVENTS),
                name="consent_event_one_last",
            ),
        ]

    class Privacy:
        personal = ["consent", "kind", "effective_on"]
        technical = ["id", "organisation", "recorded_at", "recorded_by"]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the event.

        Raises:
            TypeError: it is there already, and what has happened is not written over.
        """
        if not self._state.adding:
            raise TypeError(_APPENDED)
        super().save(*args, **kwargs)


class ConsentTextQuerySet(ScopedQuerySet["ConsentText"]):
    view_perm = Perm.CONSENT_VIEW

    def update(self, **_values: Any) -> NoReturn:
        """Refuse: what people have signed is not written over."""
        raise TypeError(_SIGNED)


_SIGNED = "a text of a consent never changes: a change is a new version"


class ConsentText(models.Model):
    """One version of the text of a purpose in a school: the shipped one once it was printed, or a changed one. It never changes."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="consent_texts")
    purpose = models.CharField(_("purpose"), max_length=14, choices=Purpose)
    version = models.CharField(_("version"), max_length=VERSION_LENGTH)
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("text"), max_length=6000)
    is_own = models.BooleanField(default=False)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    objects = ConsentTextQuerySet.as_manager()

    class Meta:
        ordering = ["organisation", "purpose", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "purpose", "version"], name="consent_text_version_once"
            ),
        ]

    class Privacy:
        public = ["purpose", "version", "title", "body", "is_own"]
        technical = ["id", "organisation", "made_at", "made_by"]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the version.

        Raises:
            TypeError: it is there already.
        """
        if not self._state.adding:
            raise TypeError(_SIGNED)
        super().save(*args, **kwargs)


class PrintPackQuerySet(ScopedQuerySet["PrintPack"]):
    view_perm = Perm.CONSENT_TICK

    def visible_to(self, user: SignedIn) -> Self:
        """Return the packs of the user's organisations; a class teacher's own ones only."""
        whole = user.viewer.organisations(self.view_perm, without=[Role.CLASS_TEACHER])
        own = Q(printed_by=user.viewer.user_id)
        return super().visible_to(user).filter(Q(organisation_id__in=whole) | own)


class PrintPack(models.Model):
    """Blanks of consents printed together: for whom is in its sheets."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="print_packs")
    title = models.CharField(_("for whom"), max_length=200)
    printed_on = models.DateField(_("printed on"))
    printed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")

    objects = PrintPackQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]

    class Privacy:
        personal = ["title"]
        public = ["printed_on"]
        technical = ["id", "organisation", "printed_by"]


class BlankSheetQuerySet(ScopedQuerySet["BlankSheet"]):
    view_perm = Perm.CONSENT_TICK

    def visible_to(self, user: SignedIn) -> Self:
        """Return the blanks of the people for whom the user takes consents in."""
        return super().visible_to(user).filter(taken_in_by(user))


class BlankSheet(models.Model):
    """A blank given out: whose, what for, with which text."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="blank_sheets")
    pack = models.ForeignKey(PrintPack, models.CASCADE, related_name="sheets")
    number = models.PositiveSmallIntegerField(_("number"))
    person = models.ForeignKey(Person, models.CASCADE, related_name="blank_sheets")
    purpose = models.CharField(_("purpose"), max_length=14, choices=Purpose)
    text_version = models.CharField(_("version"), max_length=VERSION_LENGTH)

    objects = BlankSheetQuerySet.as_manager()

    class Meta:
        ordering = ["pack", "number"]
        constraints = [
            models.UniqueConstraint(fields=["pack", "number"], name="blank_sheet_number_once"),
            models.UniqueConstraint(
                fields=["pack", "person", "purpose"], name="blank_sheet_of_person_once"
            ),
        ]

    class Privacy:
        personal = ["person", "purpose", "text_version"]
        technical = ["id", "organisation", "pack", "number"]


class ConsentLinkQuerySet(ScopedQuerySet["ConsentLink"]):
    view_perm = Perm.CONSENT_TICK

    def visible_to(self, user: SignedIn) -> Self:
        """Return the links of the people for whom the user takes consents in."""
        return super().visible_to(user).filter(taken_in_by(user))


class ConsentLink(models.Model):
    """A personal link by which one family says yes or no to some consents, each by itself.

    `versions`: purpose → version of the text that is shown; `refused`: purposes that were answered by no. Closed once used, or when
    another one is made; only a digest of its signs is kept.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="consent_links")
    person = models.ForeignKey(Person, models.CASCADE, related_name="consent_links")
    guardian = models.ForeignKey(Guardian, models.CASCADE, null=True, related_name="links")
    versions = models.JSONField()
    token_sha256 = models.CharField(max_length=64, unique=True)
    expires_on = models.DateField(_("open until"))
    closed_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    refused = models.JSONField(default=list)

    objects = ConsentLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(closed_at=None), name="consent_link_one_open"
            ),
            models.CheckConstraint(
                condition=Q(used_at=None) | Q(closed_at__isnull=False),
                name="consent_link_used_is_closed",
            ),
        ]

    class Privacy:
        personal = ["person", "guardian", "versions", "refused", "used_at"]
        secret = ["token_sha256"]
        technical = ["id", "organisation", "expires_on", "closed_at"]


def scan_place(scan: "ConsentScan", name: str) -> str:
    """Return where a scan is kept: under a name of our own, so that nothing in theirs can lead elsewhere."""
    return f"consents/{scan.organisation_id}/{uuid.uuid4().hex}{Path(name).suffix.lower()}"


class ConsentScanQuerySet(ScopedQuerySet["ConsentScan"]):
    view_perm = Perm.CONSENT_TICK

    def visible_to(self, user: SignedIn) -> Self:
        """Return the scans of those for whom the user takes consents in: on the paper stands more than the ledger keeps."""
        own = Consent.objects.filter(taken_in_by(user)).values("pk")
        return super().visible_to(user).filter(consent__in=own)


class ConsentScan(models.Model):
    """The signed paper of a consent as a picture or a .pdf."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="consent_scans")
    consent = models.OneToOneField(Consent, models.CASCADE, related_name="scan")
    file = models.FileField(_("file"), upload_to=scan_place, max_length=200)
    file_name = models.CharField(_("name of the file"), max_length=255)
    added_at = models.DateTimeField(auto_now_add=True)

    objects = ConsentScanQuerySet.as_manager()

    class Privacy:
        personal = ["consent", "file", "file_name"]
        technical = ["id", "organisation", "added_at"]
