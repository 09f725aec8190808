"""Writing and proving the audit trail.

Actions write a row in their own transaction (`record`); rows are sealed in batches into one hash chain per
organisation (`seal`), so neither writers queue on the chain nor erasure breaks it. Each link is closed with a key and its
number kept beside the data (`core.anchors`), so `verify` finds the first change, also by somebody who computes digests,
and misses what was taken off the end.
"""

import datetime as dt
import functools
import hashlib
import hmac
import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from django.db import models, transaction
from django.utils import timezone

from nastavnik.core import anchors, presses
from nastavnik.core.anchors import Anchor, Anchors, chain_name
from nastavnik.core.models import AuditEntry, AuditSeal

logger = logging.getLogger(__name__)

MOST_ENTRIES = (
    1000  # in one link: sealing holds the writers of the embedded database no longer than a moment
)
CODE_LENGTH = 16  # letters of the digest in a code for the safe
GENESIS = "0" * 64
CREATED, CHANGED, DELETED = "created", "changed", "deleted"


def record(
    action: str,
    subject: models.Model,
    *,
    by: models.Model | None,
    fields: Iterable[str] = (),
    what: str = "",
    n_rows: int | None = None,
    purpose: str = "",
) -> AuditEntry:
    """Write that `by` (None: the program itself) did `action` to `subject`, touching `fields`.

    Of a list taken out also `what` it was and as what, how many rows it had and the purpose.
    """
    presses.claim()
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
        what=what,
        n_rows=n_rows,
        purpose=purpose,
    )


def record_many(
    action: str,
    subjects: Iterable[models.Model],
    *,
    by: models.Model | None,
    fields: Iterable[str] = (),
) -> None:
    """Write one row for each subject of a bulk write, in one statement."""
    presses.claim()
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


def _said(entry: AuditEntry) -> list[object]:
    """Return what a digest is made of; the lines of older versions read as they were written."""
    fields = entry.fields
    if entry.n_rows is not None:
        fields = sorted([*fields, *entry.what.split(), f"rows:{entry.n_rows}"])
    line = [
        entry.pk, entry.organisation_id, entry.actor_id, entry.at.isoformat(),
        entry.action, entry.subject, entry.subject_id, fields,
    ]  # fmt: skip
    what = entry.what if entry.n_rows is None else ""
    return [*line, *filter(None, (what, entry.purpose))]


def _digest(previous: str, entries: Iterable[AuditEntry]) -> str:
    whole = hashlib.sha256(previous.encode())
    for entry in entries:
        whole.update(json.dumps(_said(entry), ensure_ascii=False).encode())
    return whole.hexdigest()


def _mac(secret: bytes, link: AuditSeal) -> str:
    said = [link.organisation_id, link.number, link.n_entries, link.digest, link.at.isoformat()]
    return hmac.new(secret, json.dumps(said).encode(), hashlib.sha256).hexdigest()


def _is_ours(secret: bytes, link: AuditSeal) -> bool:
    return hmac.compare_digest(_mac(secret, link).encode(), link.mac.encode())


# ---------------------------------------------------------------- closing


@transaction.atomic
def seal(organisation_id: int | None) -> AuditSeal | None:
    """Seal open entries of an organisation into the next link of its chain; None when there are none."""
    entries = list(
        AuditEntry.objects.select_for_update()
        .filter(organisation_id=organisation_id, seal=None)
        .order_by("pk")[:MOST_ENTRIES]
    )
    if not entries:
        return None
    # after the entries are held: of two who seal, the second sees the link of the first
    last = _links(organisation_id).last()
    secret = anchors.key()
    link = AuditSeal(
        organisation_id=organisation_id,
        number=last.number + 1 if last else 1,
        n_entries=len(entries),
        digest=_digest(last.digest if last else GENESIS, entries),
        key=anchors.print_of(secret),
        at=timezone.now(),
    )
    link.mac = _mac(secret, link)
    link.save()
    AuditEntry.objects.filter(pk__in=[entry.pk for entry in entries]).update(seal=link.number)
    transaction.on_commit(functools.partial(_keep_anchor, link))
    return link


def _links(organisation_id: int | None) -> models.QuerySet[AuditSeal]:
    return AuditSeal.objects.filter(organisation_id=organisation_id).order_by("number")


def _keep_anchor(link: AuditSeal) -> None:
    """Remember the last link beside the data; a full disk does not undo what is sealed."""
    name = chain_name(link.organisation_id)

    def moved(kept: Anchors) -> Anchors:
        before = kept.chains.get(name) or Anchor(0, GENESIS)
        if link.number <= before.number:
            return kept
        now = replace(before, number=link.number, digest=link.digest)
        kept = kept if kept.key else replace(kept, key=link.key, since=link.at.isoformat())
        return replace(kept, chains={**kept.chains, name: now})

    try:
        anchors.keep(moved)
    except OSError as error:
        logger.warning("The anchor of the audit trail is put off: %s", type(error).__name__)


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
    take_up_key()
    n_closed = 0
    for organisation_id in organisations_with_open_entries():
        while link := seal(organisation_id):
            n_closed += link.n_entries
    return n_closed


def take_up_key() -> None:
    """Close every link anew when the key is not the one the anchors know: first start, restored data, a lost key."""
    secret = anchors.key()
    known = anchors.print_of(secret)
    if anchors.read().key == known:
        return
    chains = {
        chain_name(one): anchor for one in sealed_organisations() if (anchor := _anew(one, secret))
    }
    fresh = Anchors(key=known, since=timezone.now().isoformat(), chains=chains)
    try:
        anchors.keep(lambda _kept: fresh)
    except OSError as error:
        logger.warning("The anchors of the audit trail are put off: %s", type(error).__name__)


@transaction.atomic
def _anew(organisation_id: int | None, secret: bytes) -> Anchor | None:
    """Close the links of a chain with another key; return its anchor, which says what could not be proven."""
    known, links = anchors.print_of(secret), list(_links(organisation_id))
    fault = _first_fault(organisation_id, secret=secret, only=known)
    # before there was a key no link had one: its digest was all the proof, and it has been looked at
    had_keys = any(one.key for one in links)
    unproved = max((one.number for one in links if had_keys and one.key != known), default=0)
    for link in links:
        link.key, link.mac = known, _mac(secret, link)
    AuditSeal.objects.bulk_update(links, ["key", "mac"], batch_size=200)
    last = links[-1]
    return Anchor(last.number, last.digest, unproved, fault.number if fault else 0)


def sealed_organisations() -> list[int | None]:
    """Return the organisations (None: the installation itself) that have a chain."""
    return list(
        AuditSeal.objects.order_by("organisation_id")
        .values_list("organisation_id", flat=True)
        .distinct()
    )


# ---------------------------------------------------------------- proving


class ChainFault(StrEnum):
    """What can be wrong with a chain."""

    CHANGED = "changed"  # entries of a link differ from what was sealed
    MISSING = "missing"  # a link is not there and later ones are
    FORGED = "forged"  # a link was not closed with our key
    CUT = "cut"  # the end of the journal, or all of it, is gone
    STRAY = "stray"  # entries name a link that never was
    BEFORE = "before"  # it did not fit already when its links were closed anew


@dataclass(frozen=True, slots=True)
class ChainFinding:
    """The first thing wrong with a chain.

    Attributes:
        fault: what it is.
        number: of the link.
    """

    fault: ChainFault
    number: int


def verify(organisation_id: int | None) -> ChainFinding | None:
    """Return the first thing that is wrong with a chain, or None when it is as it was sealed."""
    anchor = anchors.read().chains.get(chain_name(organisation_id))
    if anchor and anchor.broken:
        return ChainFinding(ChainFault.BEFORE, anchor.broken)
    return _first_fault(organisation_id, secret=anchors.key(), anchor=anchor)


def _first_fault(
    organisation_id: int | None,
    *,
    secret: bytes | None,
    only: str = "",
    anchor: Anchor | None = None,
) -> ChainFinding | None:
    """Look a chain through: its digests, with a key also by whom its links were closed, with an anchor its end.

    Args:
        organisation_id: whose chain it is.
        secret: the key.
        only: the print of the key; links that say they were closed with another one are let through.
        anchor: the last link that is known.
    """
    previous, number, anchored = GENESIS, 0, anchor is None or not anchor.number
    for number, link in enumerate(_links(organisation_id), 1):
        if link.number != number:
            return ChainFinding(ChainFault.MISSING, number)
        entries = list(_entries(organisation_id).filter(seal=number).order_by("pk"))
        if len(entries) != link.n_entries or _digest(previous, entries) != link.digest:
            return ChainFinding(ChainFault.CHANGED, number)
        if secret and only in ("", link.key) and not _is_ours(secret, link):
            return ChainFinding(ChainFault.FORGED, number)
        previous = link.digest
        anchored = anchored or (anchor is not None and anchor.digest == previous)
    if not anchored:
        return ChainFinding(ChainFault.CUT, number + 1)
    if _entries(organisation_id).filter(seal__gt=number).exists():
        return ChainFinding(ChainFault.STRAY, number)
    return None


def _entries(organisation_id: int | None) -> models.QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(organisation_id=organisation_id)


def check_and_keep() -> None:
    """Look every chain through and keep beside the data when that was and which link did not fit."""
    found = {chain_name(one): finding.number for one, finding in verify_all().items()}
    checked: dict[str, str | int] = {"at": timezone.now().isoformat(), **found}
    anchors.keep(lambda kept: replace(kept, checked=checked))


def verify_all() -> dict[int | None, ChainFinding]:
    """Return the organisations (None: the installation itself) whose chain is not as it was sealed."""
    known = [None if name == "site" else int(name) for name in anchors.read().chains]
    every = dict.fromkeys([*sealed_organisations(), *known])
    return {one: finding for one in every if (finding := verify(one))}


def last_link(organisation_id: int | None) -> AuditSeal | None:
    """Return the last link of a chain."""
    return _links(organisation_id).last()


def code_of(link: AuditSeal) -> str:
    """Return a short code of a link for the safe: whoever has it can later prove all entries up to this link.

    It needs no key: it is made of the number and the digest, and still holds when the key is lost.
    """
    letters = link.digest[:CODE_LENGTH].upper()
    return "-".join([str(link.number), *(letters[n : n + 4] for n in range(0, CODE_LENGTH, 4))])


def check_code(organisation_id: int | None, code: str) -> dt.datetime | None:
    """Return when the link of a code was closed if everything up to it is as it was then; None if it is not.

    Raises:
        ValueError: it is no code.
    """
    number, _dash, letters = code.strip().partition("-")
    letters = letters.replace("-", "").lower()
    if not (number.isascii() and number.isdecimal()) or len(letters) != CODE_LENGTH:
        raise ValueError(code)
    link = _links(organisation_id).filter(number=int(number[:9])).first()
    if link is None or link.digest[:CODE_LENGTH] != letters:
        return None
    finding = _first_fault(organisation_id, secret=None)
    return None if finding and finding.number <= link.number else link.at
