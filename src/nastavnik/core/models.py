"""The audit trail: who changed what, with ids and names of fields, never values."""

from django.db import models


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
