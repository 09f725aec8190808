"""Writes of the ledger."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile, File
from django.db import models, transaction
from django.db.models.fields.files import FieldFile
from django.utils import timezone
from django.utils.translation import gettext as _

from nastavnik.consents.choices import LINK_DAYS, MOST_BLANKS, EventKind, Purpose, Signer, Way
from nastavnik.consents.models import (
    BlankSheet,
    Consent,
    ConsentEvent,
    ConsentLink,
    ConsentScan,
    ConsentText,
    Guardian,
    PrintPack,
)
from nastavnik.consents.queries import (
    ByLink,
    asked_by,
    current_texts,
    guardians_who_sign,
    held_purposes,
    is_signed_by_right_person,
    needs_a_pen,
    only_one,
    papers_there,
    printed_guardians,
    signer_for,
    signs_now,
    versions_printed,
    why_not_withdrawn,
)
from nastavnik.consents.signals import consent_withdrawn, consents_mistaken
from nastavnik.core import audit
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.links import digest_of, fresh_token
from nastavnik.files import proofs
from nastavnik.organisations.models import Organisation
from nastavnik.people.models import Person, User


@transaction.atomic
def record_consents(
    people: Iterable[Person],
    purposes: Iterable[Purpose],
    *,
    signed_on: dt.date,
    by: models.Model | None,
    guardian: Guardian | None = None,
    conditions: str = "",
) -> list[Consent]:
    """Tick signed papers off: each person × purpose that has no live paper yet gets a line.

    The version of its text is that of the last blank printed here up to the day of signing; the school's own blank has none.
    A representative's paper ends when the person, 18 by now, signs alone (method.md §9.2).

    Which representative signed is `guardian`, else the only one who may; `conditions` says what a publication may show.

    Raises:
        RefusedError: the day of signing lies ahead, or this representative may not sign.
    """
    asked = [(person, one) for person in list(people) for one in list(purposes)]
    named = {} if guardian is None else dict.fromkeys(asked, guardian)
    _refuse_strangers(named, signed_on)
    return _record(
        asked,
        signed_on,
        by=by,
        named={(who.pk, what.value): one for (who, what), one in named.items()},
        conditions=conditions,
    )


def _refuse_strangers(named: Mapping[tuple[Person, Purpose], Guardian], day: dt.date) -> None:
    """Refuse a representative who is none of the person, signs no more, or may not sign this."""
    may = guardians_who_sign({person.pk for person, _purpose in named}, day) if named else {}
    wrong: dict[str, list[str]] = {}
    for (person, purpose), guardian in named.items():
        if guardian not in may.get((person.pk, purpose.value), ()):
            wrong.setdefault(guardian.full_name, []).append(str(purpose.label))
    if wrong:
        raise RefusedError(
            [
                _(
                    "%(name)s may not sign on this day: %(purposes)s. Correct it at the representative."
                )
                % {"name": name, "purposes": ", ".join(purposes)}
                for name, purposes in wrong.items()
            ]
        )


@transaction.atomic
def record_returned(
    sheets: Iterable[BlankSheet], *, signed_on: dt.date, by: models.Model | None
) -> list[Consent]:
    """Tick off blanks that came back signed, as `record_consents`: by whom and under which text is what stands on the blank.

    Raises:
        RefusedError: the day of signing lies ahead or before the blank was printed, or the representative named on it
            might not sign on that day.
    """
    sheets = list(sheets)
    if early := [one for one in sheets if one.pack.printed_on > signed_on]:
        raise RefusedError(
            _(
                "The blanks were printed on %(day)s, so nobody signed them before: put the date that stands on them."
            )
            % {"day": f"{early[0].pack.printed_on:%d.%m.%Y}"}
        )
    named = {
        (one.person, Purpose(one.purpose)): guardian
        for one, guardian in printed_guardians(sheets)
        if guardian is not None and signer_for(one.person, signed_on) != Signer.PERSON
    }
    _refuse_strangers(named, signed_on)
    return _record(
        [(one.person, Purpose(one.purpose)) for one in sheets],
        signed_on,
        by=by,
        named={(who.pk, what.value): guardian for (who, what), guardian in named.items()},
        printed={(one.person_id, one.purpose): one.text_version for one in sheets},
    )


def _record(
    asked: list[tuple[Person, Purpose]],
    signed_on: dt.date,
    *,
    by: models.Model | None,
    named: Mapping[tuple[int, str], Guardian],
    printed: Mapping[tuple[int, str], str] | None = None,
    way: Way = Way.PAPER,
    conditions: str = "",
) -> list[Consent]:
    """Give each person and purpose without a live paper a line, all of one moment, so that they are taken back together.

    `named`: by person and purpose which representative signed, where that is known; `printed`: the version of the text,
    else that of the last blank.
    """
    if signed_on > today():
        raise RefusedError(
            _("The day of signing is still ahead: put the date that stands on the paper.")
        )
    people = list({person.pk: person for person, _purpose in asked}.values())
    purposes = list({purpose for _person, purpose in asked})
    live = _live_papers(people, purposes, signed_on, by=by)
    if printed is None:
        printed = versions_printed(people, purposes, signed_on)
    may = guardians_who_sign({person.pk for person in people}, signed_on)
    now, who = timezone.now(), by if isinstance(by, User) else None
    fresh = Consent.objects.bulk_create(
        Consent(
            organisation_id=person.organisation_id,
            person=person,
            purpose=purpose,
            signer=(signer := signer_for(person, signed_on)),
            guardian=None
            if signer == Signer.PERSON
            else named.get((person.pk, purpose.value))
            or only_one(may.get((person.pk, purpose.value), ())),
            text_version=printed.get((person.pk, purpose.value), ""),
            way=way,
            conditions=conditions if purpose == Purpose.PUBLICATION else "",
            signed_on=signed_on,
            recorded_at=now,
            recorded_by=who,
        )
        for person, purpose in asked
        if (person.pk, purpose.value) not in live
    )
    _append(EventKind.GIVEN, fresh, [one.signed_on for one in fresh], at=now, by=by)
    audit.record_many("consent-recorded", fresh, by=by, fields=["person", "purpose", "signed_on"])
    return fresh


def _live_papers(
    people: list[Person], purposes: list[Purpose], day: dt.date, *, by: models.Model | None
) -> set[tuple[int, str]]:
    """Return person key and purpose of the papers that stand; those outgrown end the day before."""
    live = set()
    papers = papers_there(people, purposes)
    for paper in papers.exclude(ends_on__lt=day).select_related("person"):
        if is_signed_by_right_person(paper, day):
            live.add((paper.person_id, paper.purpose))
            continue
        paper.ends_on = max(paper.signed_on, day - dt.timedelta(days=1))
        paper.save(update_fields=["ends_on"])
        _append(EventKind.ENDED, [paper], [paper.ends_on + dt.timedelta(days=1)], by=by)
        audit.record("consent-outgrown", paper, by=by, fields=["ends_on"])
    return live


def _append(
    kind: EventKind,
    papers: Sequence[Consent],
    days: Sequence[dt.date],
    *,
    by: models.Model | None,
    at: dt.datetime | None = None,
) -> None:
    """Add what happened to some papers, each from its day on; the caller changes the papers in the same transaction."""
    now, who = at or timezone.now(), by if isinstance(by, User) else None
    ConsentEvent.objects.bulk_create(
        ConsentEvent(
            organisation_id=paper.organisation_id,
            consent=paper,
            kind=kind,
            effective_on=day,
            recorded_at=now,
            recorded_by=who,
        )
        for paper, day in zip(papers, days, strict=True)
    )


@transaction.atomic
def withdraw_consent(consent: Consent, *, by: models.Model | None) -> Consent:
    """Withdraw a consent from today: everything it covers stops at once, unless another paper of the person covers it.

    Raises:
        RefusedError: it holds no longer, was withdrawn already or was ticked by mistake.
    """
    standing = Consent.objects.select_for_update().get(pk=consent.pk)
    if refusal := why_not_withdrawn(standing, today()):
        raise RefusedError(refusal)
    consent.withdrawn_on = today()
    consent.save(update_fields=["withdrawn_on"])
    _append(EventKind.WITHDRAWN, [consent], [consent.withdrawn_on], by=by)
    audit.record("consent-withdrawn", consent, by=by, fields=["withdrawn_on"])
    held = held_purposes([consent.person_id], today())
    if consent.purpose not in held.get(consent.person_id, frozenset()):
        consent_withdrawn.send(sender=Consent, consent=consent, by=by)
    return consent


@transaction.atomic
def mark_mistaken(consents: Iterable[Consent], *, by: models.Model | None) -> list[Consent]:
    """Say of lines of the ledger that they were ticked by mistake; return those that were not marked before.

    A mistake is no withdrawal: nothing that a withdrawal stops is stopped, but who went to matching on it is asked again.
    A file kept as their paper is erased: there was no such paper, so nothing allows to keep it.

    Raises:
        RefusedError: one of them was withdrawn: it stays as it is.
    """
    keys = [consent.pk for consent in consents]
    rows = Consent.objects.select_for_update(of=("self",)).select_related("person")
    locked = list(rows.filter(pk__in=keys).order_by("pk"))
    if gone := [row.person.full_name for row in locked if row.withdrawn_on]:
        raise RefusedError(
            _("Withdrawn already, so it was there: %(names)s.") % {"names": ", ".join(gone)}
        )
    wrong = [row for row in locked if row.mistaken_on is None]
    for row in wrong:
        row.mistaken_on = today()
    Consent.objects.bulk_update(wrong, ["mistaken_on"])
    for scan in ConsentScan.objects.select_for_update(of=("self",)).filter(consent__in=wrong):
        remove_scan(scan, by=by)
    _append(EventKind.MISTAKEN, wrong, [today()] * len(wrong), by=by)
    audit.record_many("consent-mistaken", wrong, by=by, fields=["mistaken_on"])
    if people := sorted({row.person_id for row in wrong}):
        consents_mistaken.send(sender=Consent, people=people, by=by)
    return wrong


# ---------------------------------------------------------------- texts and blanks


@transaction.atomic
def print_blanks(
    organisation: Organisation,
    asked: Sequence[tuple[Person, Sequence[Purpose]]],
    *,
    title: str,
    by: models.Model | None,
) -> PrintPack:
    """Give out blanks: for each person one of each purpose, numbered in this order, with the text the school has now.

    Raises:
        RefusedError: nobody is to get one, or they are too many for one file.
    """
    n_sheets = sum(len(purposes) for _person, purposes in asked)
    if not n_sheets:
        raise RefusedError(_("Nothing to print: nobody here lacks a consent of those you marked."))
    if n_sheets > MOST_BLANKS:
        raise RefusedError(
            _("%(n)s blanks are too many for one file, %(most)s fit: choose a class.")
            % {"n": n_sheets, "most": MOST_BLANKS}
        )
    versions = _kept_versions(organisation, {one for _who, many in asked for one in many}, by=by)
    who = by if isinstance(by, User) else None
    pack = PrintPack.objects.create(
        organisation=organisation, title=title, printed_on=today(), printed_by=who
    )
    every = [(person, purpose) for person, purposes in asked for purpose in purposes]
    BlankSheet.objects.bulk_create(
        BlankSheet(
            organisation=organisation,
            pack=pack,
            number=number,
            person=person,
            purpose=purpose,
            text_version=versions[purpose],
        )
        for number, (person, purpose) in enumerate(every, 1)
    )
    audit.record("blanks-printed", pack, by=by, n_rows=n_sheets)
    return pack


def _kept_versions(
    organisation: Organisation, purposes: Iterable[Purpose], *, by: models.Model | None
) -> dict[Purpose, str]:
    """Return the versions of the present texts; a shipped one is kept from its first print on, for what is signed stays readable."""
    texts = current_texts(organisation)
    versions = {}
    for purpose in purposes:
        text = texts[purpose]
        versions[purpose] = text.version
        if not text.is_kept:
            ConsentText.objects.create(
                organisation=organisation,
                purpose=purpose,
                version=text.version,
                title=text.title,
                body=text.body,
                made_by=by if isinstance(by, User) else None,
            )
    return versions


@transaction.atomic
def note_blanks_taken(pack: PrintPack, kind: str, n_rows: int, *, by: models.Model | None) -> None:
    """Write into the trail that the blanks of a pack were taken out as a file of a kind."""
    audit.record("list-exported", pack, by=by, what=f"blanks {kind}", n_rows=n_rows)


@transaction.atomic
def change_text(
    organisation: Organisation,
    purpose: Purpose,
    *,
    title: str,
    body: str,
    by: models.Model | None,
) -> ConsentText:
    """Give a purpose another text in a school: a new version. What was signed before keeps the version it was signed under.

    Raises:
        RefusedError: it says what the present one says.
    """
    title, body = title.strip(), body.replace("\r\n", "\n").strip()
    present = current_texts(organisation)[purpose]
    if (present.title, present.body) == (title, body):
        raise RefusedError(_("This is the text that is printed now: nothing was changed."))
    own = ConsentText.objects.filter(organisation=organisation, purpose=purpose, is_own=True)
    fresh = ConsentText.objects.create(
        organisation=organisation,
        purpose=purpose,
        version=f"own-{own.count() + 1}",
        title=title,
        body=body,
        is_own=True,
        made_by=by if isinstance(by, User) else None,
    )
    audit.record("consent-text-changed", fresh, by=by, fields=["version"])
    return fresh


# ---------------------------------------------------------------- representatives


@transaction.atomic
def add_guardian(person: Person, *, by: models.Model | None, **said: Any) -> Guardian:
    """Note a legal representative of a person.

    Args:
        person: whose.
        by: who notes it.
        said: `full_name`, `relation`, `basis`, `may_sign` (without it every purpose), `ended_on`.

    Raises:
        RefusedError: one of this name is there.
    """
    _refuse_twice(person.guardians.all(), said["full_name"])
    said.setdefault("may_sign", list(Purpose.values))
    guardian = Guardian.objects.create(
        organisation_id=person.organisation_id, person=person, **said
    )
    audit.record("guardian-added", guardian, by=by, fields=said)
    return guardian


@transaction.atomic
def change_guardian(guardian: Guardian, *, by: models.Model | None, **said: Any) -> Guardian:
    """Correct what is noted of a representative, or say from when they sign no more; what was signed stays.

    Raises:
        RefusedError: another one of this name is there.
    """
    others = Guardian.objects.filter(person=guardian.person_id).exclude(pk=guardian.pk)
    _refuse_twice(others, said["full_name"])
    for name, value in said.items():
        setattr(guardian, name, value)
    guardian.save(update_fields=list(said))
    audit.record("guardian-changed", guardian, by=by, fields=said)
    return guardian


def _refuse_twice(there: models.QuerySet[Guardian], full_name: str) -> None:
    if there.filter(full_name=full_name).exists():
        raise RefusedError(_("%(name)s is noted already: correct that line.") % {"name": full_name})


# ---------------------------------------------------------------- links


@dataclass(frozen=True, slots=True)
class FreshConsentLink:
    """A fresh link: the only time its signs are seen."""

    link: ConsentLink
    token: str


@transaction.atomic
def make_consent_links(
    organisation: Organisation, wanted: Sequence[ByLink], *, by: models.Model | None
) -> list[FreshConsentLink]:
    """Make a personal link for each; the one somebody had stops working.

    Raises:
        RefusedError: there is nobody to make one for.
    """
    if not wanted:
        raise RefusedError(
            _("Nobody can sign by a link here: note the representatives first, or print blanks.")
        )
    texts = current_texts(organisation)
    asked = {one for row in wanted for one in row.purposes}
    if written := sorted(texts[one].title for one in asked if needs_a_pen(texts[one])):
        raise RefusedError(
            _("Given on paper only, for there are lines to write on: %(titles)s.")
            % {"titles": ", ".join(written)}
        )
    versions = _kept_versions(organisation, asked, by=by)
    now, last = timezone.now(), today() + dt.timedelta(days=LINK_DAYS)
    people = [row.person.pk for row in wanted]
    ConsentLink.objects.filter(person__in=people, closed_at=None).update(closed_at=now)
    fresh = []
    for row in wanted:
        token = fresh_token()
        link = ConsentLink(
            organisation=organisation,
            person=row.person,
            guardian=row.guardian,
            versions={purpose.value: versions[purpose] for purpose in row.purposes},
            token_sha256=digest_of(token),
            expires_on=last,
        )
        fresh.append(FreshConsentLink(link, token))
    links = ConsentLink.objects.bulk_create(one.link for one in fresh)
    audit.record_many("consent-link-made", links, by=by, fields=["person"])
    return fresh


@transaction.atomic
def answer_consent_link(
    link: ConsentLink,
    agreed: Iterable[Purpose],
    *,
    conditions: str = "",
    by: models.Model | None,
) -> list[Consent]:
    """Take the word of a family by its link: the agreed purposes get consents of today, the others are noted as refused.

    The link is closed by it: of two presses at once one writes. What a paper has covered meanwhile is left as it is.

    Raises:
        RefusedError: it is closed by now, or asks nothing of what was agreed to.
    """
    row = ConsentLink.objects.select_for_update(of=("self",)).get(pk=link.pk)
    if row.closed_at is not None or not signs_now(link):
        raise RefusedError(_("This link does not take answers any more."))
    agreed = list(agreed)
    if any(purpose.value not in row.versions for purpose in agreed):
        raise RefusedError(_("This link does not ask for that consent."))
    row.closed_at = row.used_at = timezone.now()
    said_yes = {purpose.value for purpose in agreed}
    row.refused = [purpose for purpose in asked_by(row) if purpose not in said_yes]
    row.save(update_fields=["closed_at", "used_at", "refused"])
    audit.record("consent-link-answered", row, by=by, fields=["used_at"])
    return _record(
        [(link.person, purpose) for purpose in agreed],
        today(),
        by=by,
        named={(link.person_id, one.value): link.guardian for one in agreed if link.guardian},
        printed={(link.person_id, one): version for one, version in row.versions.items()},
        way=Way.LINK,
        conditions=conditions,
    )


@transaction.atomic
def close_consent_link(link: ConsentLink, *, by: models.Model | None) -> ConsentLink:
    """Close a link nobody has used: whoever holds it opens nothing any more.

    Raises:
        RefusedError: it is closed already.
    """
    row = ConsentLink.objects.select_for_update(of=("self",)).get(pk=link.pk)
    if row.closed_at is not None:
        raise RefusedError(_("This link is closed already."))
    row.closed_at = timezone.now()
    row.save(update_fields=["closed_at"])
    audit.record("consent-link-closed", row, by=by, fields=["closed_at"])
    return row


# ---------------------------------------------------------------- scans


def attach_scan(consent: Consent, file: File[bytes], *, by: models.Model | None) -> ConsentScan:
    """Keep the signed paper of a consent as a file; one that is there already is replaced and erased.

    Raises:
        RefusedError: the line is a mistake, its paper may not be kept here, or the file is none that is kept.
    """
    if consent.mistaken_on is not None:
        raise RefusedError(_("This line was ticked by mistake: there is no paper of it."))
    if consent.purpose == Purpose.SPECIAL:
        raise RefusedError(
            _("What stands on a sheet of special categories stays on paper: it is not kept here.")
        )
    name = Path(file.name or "").name
    content = ContentFile(proofs.kept(name, file), name)
    with transaction.atomic():
        for old in ConsentScan.objects.select_for_update(of=("self",)).filter(consent=consent):
            remove_scan(old, by=by)
        scan = ConsentScan.objects.create(
            organisation_id=consent.organisation_id,
            consent=consent,
            file=content,
            file_name=name[-255:],
        )
        audit.record("consent-scan-added", scan, by=by, fields=["file"])
    return scan


@transaction.atomic
def remove_scan(scan: ConsentScan, *, by: models.Model | None) -> None:
    """Erase the file of a signed paper; the line of the ledger stays."""
    audit.record(audit.DELETED, scan, by=by)
    file = scan.file
    scan.delete()
    _forget(file)


def _forget(file: FieldFile) -> None:
    """Erase a stored file when what was written is certain."""
    storage, name = file.storage, file.name
    transaction.on_commit(lambda: storage.delete(name or ""))
