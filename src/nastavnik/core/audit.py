"""Writing and proving the audit trail.

Actions write a row in their own transaction (`record`); rows are sealed in batches into one hash chain per
organisation (`seal`), so neither writers queue on the chain nor erasure breaks it; `verify` finds the first change.
"""

import hashlib
import json
from collections.abc import Iterable

from django.db import models, transaction
from django.utils import timezone

from nastavnik.core.models import AuditEntry, AuditSeal

GENESIS = "0" * 64
CREATED, CHANGED, DELETED = "created", "changed", "deleted"


def record(
    action: str, subject: models.Model, *, by: models.Model | None, fields: Iterable[str] = ()
) -> AuditEntry:
    """Write that `by` (None: the program itself) did `action` to `subject`, touching `fields`."""
    if subject._meta.label_lower == "organisations.organisation":
        organisation_id = subject.pk
    else:
        organisation_id = getattr(subject, "organisation_id", None)
    return AuditEntry.objects.create(
        organisation_id=organisation_id,
        actor_id=None if by is None else by.pk,
        at=timezone.now(),
        action=action,
        subject=subject._meta.label_lower,
        subject_id=subject.pk,
        fields=sorted(fields),
    )


def record_many(
    action: str,
    subjects: Iterable[models.Model],
    *,
    by: models.Model | None,
    fields: Iterable[str] = (),
) -> None:
    """Write one row for each subject of a bulk write, in one statement."""
    now, names = timezone.now(), sorted(fields)
    AuditEntry.objects.bulk_create(
        [
            AuditEntry(
                organisation_id=getattr(subject, "organisation_id", None),
                actor_id=None if by is None else by.pk,
                at=now,
                action=action,
                subject=subject._meta.label_lower,
                subject_id=subject.pk,
                fields=names,
            )
            for subject in subjects
        ]
    )


def _digest(previous: str, entries: Iterable[AuditEntry]) -> str:
    whole = hashlib.sha256(previous.encode())
    for entry in entries:
        line = [
            entry.pk, entry.organisation_id, entry.actor_id, entry.at.isoformat(),
            entry.action, entry.subject, entry.subject_id, entry.fields,
        ]  # fmt: skip
        whole.update(json.dumps(line, ensure_ascii=False).encode())
    return whole.hexdigest()


@transaction.atomic
def seal(organisation_id: int | None) -> AuditSeal | None:
    """Seal all open entries of an organisation into the next link of its chain; None when there are none."""
    last = AuditSeal.objects.filter(organisation_id=organisation_id).order_by("-number").first()
    entries = list(
        AuditEntry.objects.select_for_update()
        .filter(organisation_id=organisation_id, seal=None)
        .order_by("pk")
    )
    if not entries:
        return None
    number = last.number + 1 if last else 1
    link = AuditSeal.objects.create(
        organisation_id=organisation_id,
        number=number,
        n_entries=len(entries),
        digest=_digest(last.digest if last else GENESIS, entries),
        at=timezone.now(),
    )
    AuditEntry.objects.filter(pk__in=[entry.pk for entry in entries]).update(seal=number)
    return link


def verify(organisation_id: int | None) -> int | None:
    """Return the number of the first seal that no longer fits its entries, or None when all do."""
    previous = GENESIS
    for link in AuditSeal.objects.filter(organisation_id=organisation_id).order_by("number"):
        entries = list(
            AuditEntry.objects.filter(organisation_id=organisation_id, seal=link.number).order_by(
                "pk"
            )
        )
        if len(entries) != link.n_entries or _digest(previous, entries) != link.digest:
            return link.number
        previous = link.digest
    return None


def organisations_with_open_entries() -> list[int | None]:
    """Return the organisations (None: the installation itself) that have something to seal."""
    return list(
        AuditEntry.objects.filter(seal=None)
        .order_by("organisation_id")
        .values_list("organisation_id", flat=True)
        .distinct()
    )


def seal_all() -> int:
    """Seal what is open in every organisation; return how many entries were closed."""
    links = [seal(key) for key in organisations_with_open_entries()]
    return sum(link.n_entries for link in links if link)


def sealed_organisations() -> list[int | None]:
    """Return the organisations (None: the installation itself) that have a chain."""
    return list(
        AuditSeal.objects.order_by("organisation_id")
        .values_list("organisation_id", flat=True)
        .distinct()
    )
