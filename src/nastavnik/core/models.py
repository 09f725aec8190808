"""The audit trail: who changed what, with ids and names of fields, never values."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.access.scope import ScopedQuerySet

# What a line tells already by being there: only for who may see the thing itself.
_ONLY_FOR = {
    Perm.OPINION_VIEW: models.Q(subject="matching.opinion"),
    Perm.MARK_VIEW: models.Q(action="help-answered") | models.Q(action__startswith="replacement-"),
    Perm.PREFERENCE_VIEW: models.Q(action__startswith="preferences-"),
}


class AuditEntryQuerySet(ScopedQuerySet["AuditEntry"]):
    view_perm = Perm.TRAIL_VIEW

    def visible_to(self, user: SignedIn) -> Self:
        """Return the lines of the user's organisations, for who answers for the whole of them.

        A curator of some forms would see what others do in the other forms, so sees none.
        """
        viewer, found = user.viewer, self.none()
        for organisation_id in sorted(viewer.answers_for(self.view_perm)):
            rows = self.filter(organisation_id=organisation_id)
            for perm, lines in _ONLY_FOR.items():
                if organisation_id not in viewer.organisations(perm):
                    rows = rows.exclude(lines)
            found = found | rows
        return found


class AuditEntry(models.Model):
    """One write. No foreign keys, so erasing a person breaks nothing; no values, so it needs no erasing."""

    organisation_id = models.PositiveBigIntegerField(null=True)
    actor_id = models.PositiveBigIntegerField(null=True)
    at = models.DateTimeField()
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=60)
    subject_id = models.PositiveBigIntegerField(null=True)
    fields = models.JSONField(default=list)
    # of lists taken out: which and as what, how many rows, what for
    what = models.CharField(max_length=60, blank=True)
    n_rows = models.PositiveIntegerField(null=True)
    purpose = models.CharField(max_length=20, blank=True)
    seal = models.PositiveBigIntegerField(null=True, db_index=True)

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organisation_id", "id"], name="audit_by_organisation"),
            models.Index(fields=["subject", "subject_id"], name="audit_by_subject"),
        ]

    class Privacy:
        technical = [
            "id", "organisation_id", "actor_id", "at", "action", "subject", "subject_id", "fields", "what",
            "n_rows", "purpose", "seal",
        ]  # fmt: skip


class AuditSeal(models.Model):
    """A batch of entries of one organisation, chained to the batch before it by its digest.

    Anybody can compute the digest; `mac` says with the key of the installation, which no database holds, that the link
    is ours. `key` tells which key that was.
    """

    organisation_id = models.PositiveBigIntegerField(null=True)
    number = models.PositiveIntegerField()
    n_entries = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    mac = models.CharField(max_length=64, blank=True)
    key = models.CharField(max_length=12, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            # two, since SQLite does not know NULLS NOT DISTINCT
            models.UniqueConstraint(fields=["organisation_id", "number"], name="audit_seal_number"),
            models.UniqueConstraint(
                fields=["number"],
                condition=models.Q(organisation_id=None),
                name="audit_seal_number_of_site",
            ),
        ]

    class Privacy:
        technical = ["id", "organisation_id", "number", "n_entries", "digest", "mac", "key", "at"]


class Press(models.Model):
    """A press of a button that has written something, kept for a day so that the same press writes nothing twice.

    `key` is the digest of what was sent (core.presses); `answer` is empty until the press is done.
    """

    key = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField(db_index=True)
    answer = models.TextField(blank=True)
    told = models.TextField(blank=True)

    class Privacy:
        personal = ["answer", "told"]
        technical = ["id", "key", "at"]


class Tries(models.Model):
    """A budget of wrong tries, spent until `free_at` (core.tries); of whom is a keyed digest."""

    key = models.CharField(max_length=64, unique=True)
    free_at = models.DateTimeField(db_index=True)

    class Privacy:
        technical = ["id", "key", "free_at"]


class LookKind(models.TextChoices):
    """How somebody came to know what is kept about a person."""

    LOOKED = "looked", _("looked")
    EXPORTED = "exported", _("exported")
    PRINTED = "printed", _("printed")


class LookQuerySet(ScopedQuerySet["Look"]):
    view_perm = Perm.TRAIL_VIEW

    def visible_to(self, user: SignedIn) -> Self:
        """Return the looks into the user's organisations, for who answers for the whole of them."""
        return self.filter(organisation_id__in=user.viewer.answers_for(self.view_perm))


class Look(models.Model):
    """Somebody saw what is kept about a person. No foreign keys: erasing breaks nothing, and the line has its own term.

    `purpose` is what a file or a print was said to be for, a code of `taking_out.TakenOutFor` or own words.
    """

    organisation_id = models.PositiveBigIntegerField()
    actor_id = models.PositiveBigIntegerField()
    role = models.CharField(max_length=20, blank=True)
    on = models.DateField()
    at = models.DateTimeField(db_index=True)
    kind = models.CharField(max_length=8, choices=LookKind)
    page = models.CharField(max_length=40)
    person_id = models.PositiveBigIntegerField(db_index=True)
    sitting = models.CharField(max_length=16, blank=True)
    purpose = models.CharField(max_length=60, blank=True)

    objects = LookQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sitting", "page", "person_id"],
                condition=models.Q(kind="looked"),
                name="look_once_a_sitting",
            ),
        ]

    class Privacy:
        personal = ["actor_id", "person_id", "role", "purpose"]
        technical = ["id", "organisation_id", "on", "at", "kind", "page", "sitting"]


class SignInKind(models.TextChoices):
    """How a try to sign in ended."""

    RIGHT = "right", _("signed in")
    WRONG = "wrong", _("wrong password")
    CODE = "code", _("wrong code of the second step")


class SignInQuerySet(ScopedQuerySet["SignIn"]):
    view_perm = Perm.ACCOUNT_EDIT

    def visible_to(self, user: SignedIn) -> Self:
        """Return the sign-ins of the user's organisations, for who answers for the whole of them."""
        return self.filter(organisation_id__in=user.viewer.answers_for(self.view_perm))


class SignIn(models.Model):
    """A sign-in, or the tries of an hour that failed. No foreign keys, as `Look`: it has its own term.

    Attributes:
        is_known: the login had signed in from this browser before.
        n: how many tries; of a good sign-in one.
    """

    organisation_id = models.PositiveBigIntegerField()
    user_id = models.PositiveBigIntegerField()
    at = models.DateTimeField(db_index=True)
    kind = models.CharField(max_length=5, choices=SignInKind)
    is_known = models.BooleanField(default=False)
    n = models.PositiveIntegerField()

    objects = SignInQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["user_id", "at"], name="sign_in_of_user")]
        constraints = [
            models.UniqueConstraint(
                fields=["user_id", "kind", "at"],
                condition=~models.Q(kind="right"),
                name="failures_once_an_hour",
            ),
        ]

    class Privacy:
        personal = ["user_id", "at", "kind", "n"]
        technical = ["id", "organisation_id", "is_known"]
