"""Writes of questionnaires: what may be asked, who is asked, what was answered."""

import datetime as dt
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from nastavnik.blanks.actions import drop_pages, use_blanks
from nastavnik.core import audit, sealed
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.links import digest_of, fresh_token, short_code
from nastavnik.engine.instruments import (
    Instrument,
    InstrumentError,
    body_of,
    check_answers,
    digest,
    parse_instrument,
)
from nastavnik.organisations.models import Organisation
from nastavnik.programmes.actions import describe_each
from nastavnik.programmes.models import Participation, Programme
from nastavnik.questionnaires import catalogues
from nastavnik.questionnaires.adapter import ReturnedSheet, in_columns, instrument_of
from nastavnik.questionnaires.choices import (
    FEWEST,
    AnswerSource,
    InvitationState,
    Mode,
    VersionStatus,
    WaveStatus,
)
from nastavnik.questionnaires.models import (
    Draft,
    InstrumentVersion,
    Invitation,
    Response,
    Wave,
    random_key,
)
from nastavnik.questionnaires.queries import (
    BY_LINK,
    AudienceRule,
    answers_so_far,
    audience_of,
    may_answer,
    may_change,
    overdue_waves,
    own_code,
    paper_queue,
    people_of_wave,
    people_offered,
    seal_of,
    why_not_taken_back,
)
from nastavnik.questionnaires.signals import response_submitted, wave_closed

#: A confidential wave is never opened again: what is added between two looks would be known by the difference.
NEXT: dict[WaveStatus, frozenset[WaveStatus]] = {
    WaveStatus.OPEN: frozenset({WaveStatus.CLOSED}),
    WaveStatus.CLOSED: frozenset({WaveStatus.OPEN}),
}


@transaction.atomic
def load_instruments(*, by: models.Model | None) -> int:
    """Bring the shipped questionnaires in step with their files; return how many fresh versions there are.

    A file that has changed makes another version: what was asked before stays as it was.
    """
    n_fresh = 0
    newest: dict[str, InstrumentVersion] = {}
    for row in InstrumentVersion.objects.shipped().order_by("code", "number"):
        newest[row.code] = row
    for code, (body, instrument) in catalogues.shipped().items():
        known, sha256 = newest.get(code), digest(body)
        if known is not None and known.sha256 == sha256:
            continue
        if known is not None:
            known.status = VersionStatus.RETIRED
            known.save(update_fields=["status"])
        fresh = InstrumentVersion.objects.create(
            code=code,
            number=known.number + 1 if known else 1,
            title=instrument.title,
            role=instrument.role,
            stage=instrument.stage,
            forms=list(instrument.forms),
            body=body,
            sha256=sha256,
            status=VersionStatus.PUBLISHED,
            published_at=timezone.now(),
        )
        audit.record("instrument-loaded", fresh, by=by, fields=["body"])
        n_fresh += 1
    return n_fresh


# ---------------------------------------------------------------- waves


@transaction.atomic
def open_wave(
    programme: Programme,
    version: InstrumentVersion,
    *,
    title: str,
    rule: AudienceRule,
    opens_on: dt.date,
    closes_on: dt.date,
    mode: str = Mode.NAMED,
    by: models.Model | None,
) -> Wave:
    """Begin to ask a questionnaire, and invite everybody the rule names whose papers are there.

    Raises:
        RefusedError: the days do not fit, the version is not for asking, or there is nobody to ask.
    """
    if version.status != VersionStatus.PUBLISHED:
        raise RefusedError(
            _("This version of the questionnaire is not asked any more: take the newest one.")
        )
    if closes_on < max(opens_on, today()):
        raise RefusedError(_("The last day is over before anybody could answer: put a later one."))
    wave = Wave.objects.create(
        organisation_id=programme.organisation_id,
        programme=programme,
        version=version,
        title=title or version.title,
        mode=mode,
        side=rule.side,
        form=rule.form,
        opens_on=opens_on,
        closes_on=closes_on,
    )
    audit.record("wave-opened", wave, by=by, fields=["version", "side", "form", "mode"])
    if not invite_people(wave, by=by):
        raise RefusedError(
            _(
                "Nobody could be asked: in this base nobody is, or nobody has signed the consent to personal data. Look at the base and at the consents first."
            )
        )
    return wave


@transaction.atomic
def invite_people(wave: Wave, *, by: models.Model | None) -> list[Invitation]:
    """Invite those the rule of a wave names who are not invited yet and whose papers are there; return the fresh ones.

    Raises:
        RefusedError: the wave is closed.
    """
    if wave.status != WaveStatus.OPEN:
        raise RefusedError(_("The wave is closed: open it again, then more people can be asked."))
    whole = audience_of(wave.programme, AudienceRule(wave.side, wave.form))
    known = set(Invitation.objects.filter(wave=wave).values_list("person_id", flat=True))
    fresh = Invitation.objects.bulk_create(
        Invitation(organisation_id=wave.organisation_id, wave=wave, person=person)
        for person in whole.people
        if person.pk not in known
    )
    audit.record_many("invited", fresh, by=by, fields=["person"])
    return fresh


@dataclass(frozen=True, slots=True)
class FreshLink:
    """A fresh link: the only time its signs are seen."""

    invitation: Invitation
    token: str


@transaction.atomic
def make_links(
    wave: Wave, invitations: Iterable[Invitation], *, by: models.Model | None
) -> list[FreshLink]:
    """Give those who have not answered a fresh link each; the one they had stops working.

    Raises:
        RefusedError: the wave is closed.
    """
    if wave.status != WaveStatus.OPEN:
        raise RefusedError(_("The wave is closed: nobody could answer by a link."))
    keys = [one.pk for one in invitations]
    rows = list(
        Invitation.objects.select_for_update(of=("self",))
        .filter(pk__in=keys, wave=wave)
        .exclude(state=InvitationState.ANSWERED)
        .select_related("person")
    )
    links = [FreshLink(row, fresh_token()) for row in rows]
    for link in links:
        link.invitation.token_sha256 = digest_of(link.token)
    Invitation.objects.bulk_update(rows, ["token_sha256"])
    audit.record_many("link-made", rows, by=by, fields=["token_sha256"])
    return links


@dataclass(frozen=True, slots=True)
class FreshRoom:
    """A computer room opened for the day: the only time its address and the codes of the slips are seen."""

    token: str
    slips: tuple[tuple[Invitation, str], ...]


@transaction.atomic
def open_room(
    wave: Wave, invitations: Iterable[Invitation], *, by: models.Model | None
) -> FreshRoom:
    """Let people answer today in a computer room, each by a code of the own; the room of this wave before closes.

    Whose consent does not hold gets no code: it would open nothing.

    Raises:
        RefusedError: answers are not taken today, or nobody of these is waited for.
    """
    standing = Wave.objects.select_for_update().get(pk=wave.pk)
    if not standing.takes_answers(today()):
        raise RefusedError(_("Answers are not taken today: look at the days of the wave."))
    chosen = {one.pk for one in invitations} & {one.pk for one in paper_queue(standing).rows}
    rows = list(
        Invitation.objects.select_for_update(of=("self",))
        .filter(pk__in=chosen, wave=wave)
        .exclude(state=InvitationState.ANSWERED)
        .select_related("person")
    )
    if not rows:
        raise RefusedError(
            _("Nobody of these is waited for: they have answered, or their consent does not hold.")
        )
    token = fresh_token()
    codes: set[str] = set()
    while len(codes) < len(rows):
        codes.add(short_code())
    Invitation.objects.filter(wave=wave, room_code_sha256__isnull=False).update(
        room_code_sha256=None
    )
    slips = tuple(zip(rows, codes, strict=True))
    for row, code in slips:
        row.room_code_sha256 = digest_of(f"{token}{code}")
    Invitation.objects.bulk_update(rows, ["room_code_sha256"])
    wave.room_sha256, wave.room_on = digest_of(token), today()
    wave.save(update_fields=["room_sha256", "room_on"])
    audit.record("room-opened", wave, by=by, fields=["room_on"])
    return FreshRoom(token, slips)


@transaction.atomic
def close_wave(wave: Wave, *, by: models.Model | None) -> Wave:
    """Take no more answers; of a confidential wave the answers are laid anew in an order that tells nothing.

    With fewer than five answers a confidential wave is shown to nobody: they are erased.

    Raises:
        RefusedError: it is closed already.
    """
    standing = Wave.objects.select_for_update().get(pk=wave.pk)
    if WaveStatus.CLOSED not in NEXT[WaveStatus(standing.status)]:
        raise RefusedError(_("The wave is closed already."))
    wave.status, wave.closed_at = WaveStatus.CLOSED, timezone.now()
    wave.save(update_fields=["status", "closed_at"])
    Draft.objects.filter(invitation__wave=wave).delete()
    Invitation.objects.filter(wave=wave, state=InvitationState.STARTED).update(
        state=InvitationState.INVITED
    )
    if wave.is_confidential:
        _shuffle(wave)
    audit.record("wave-closed", wave, by=by, fields=["status"])
    wave_closed.send(sender=Wave, wave=wave, by=by)
    return wave


def close_overdue_waves(*, by: models.Model | None) -> int:
    """Close the waves whose last day is long over, each by itself; return how many."""
    n = 0
    for key in list(overdue_waves(today()).values_list("pk", flat=True)):
        with transaction.atomic():
            Wave.objects.select_for_update().filter(pk=key).first()
            # once more behind the lock: somebody may have put a later day or closed it meanwhile
            wave = overdue_waves(today()).filter(pk=key).first()
            if wave is not None:
                close_wave(wave, by=by)
                n += 1
    return n


def _shuffle(wave: Wave) -> None:
    """Delete the answers of a wave and lay them anew: fresh keys, another order, one transaction for all of them.

    Who answered when is told by the keys, the order and, on PostgreSQL, the transaction of a row: after this all rows of
    answers and of invitations have the same (docs/decisions/0034).
    """
    rows = list(Response.objects.filter(wave=wave).select_for_update())
    Response.objects.filter(wave=wave).delete()
    if len(rows) >= FEWEST:
        secrets.SystemRandom().shuffle(rows)
        for row in rows:
            row.pk = random_key()
        Response.objects.bulk_create(rows)
    for state in InvitationState:
        Invitation.objects.filter(wave=wave, state=state).update(state=state, submit_key="")


@transaction.atomic
def reopen_wave(wave: Wave, *, closes_on: dt.date, by: models.Model | None) -> Wave:
    """Take answers again until another day: the links that were given work again.

    Raises:
        RefusedError: it is open, it is confidential, or the day is over.
    """
    standing = Wave.objects.select_for_update().get(pk=wave.pk)
    if WaveStatus.OPEN not in NEXT[WaveStatus(standing.status)]:
        raise RefusedError(_("The wave is open already."))
    if wave.is_confidential:
        raise RefusedError(
            _(
                "A confidential wave is not opened again: who answers after the others would be known by the difference. Begin a new one."
            )
        )
    if closes_on < today():
        raise RefusedError(_("The last day is over already: put a later one."))
    wave.status, wave.closed_at, wave.closes_on = WaveStatus.OPEN, None, closes_on
    wave.opens_on = min(wave.opens_on, closes_on)
    wave.save(update_fields=["status", "closed_at", "opens_on", "closes_on"])
    audit.record("wave-reopened", wave, by=by, fields=["status", "closes_on"])
    return wave


@transaction.atomic
def move_last_day(wave: Wave, *, closes_on: dt.date, by: models.Model | None) -> Wave:
    """Let an open wave take answers until another day.

    Raises:
        RefusedError: it is closed, or the day is over.
    """
    standing = Wave.objects.select_for_update().get(pk=wave.pk)
    if standing.status != WaveStatus.OPEN:
        raise RefusedError(_("The wave is closed: open it again and put the last day there."))
    if closes_on < max(today(), standing.opens_on):
        raise RefusedError(_("The last day is over already: put a later one."))
    wave.closes_on = closes_on
    wave.save(update_fields=["closes_on"])
    audit.record("wave-moved", wave, by=by, fields=["closes_on"])
    return wave


# ---------------------------------------------------------------- answers


@transaction.atomic
def keep_draft(
    invitation: Invitation, answers: Mapping[str, object], *, by: models.Model | None
) -> None:
    """Keep what is answered so far over what was kept, question by question; nobody reads it before it is sent.

    Raises:
        RefusedError: no answer is taken any more.
    """
    locked = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("wave")
        .get(pk=invitation.pk)
    )
    if not (may_answer(locked) or may_change(locked)):
        raise RefusedError(_no_more())
    whole = {**answers_so_far(locked), **answers}
    body = sealed.seal(json.dumps(whole).encode(), of=seal_of(locked))
    Draft.objects.update_or_create(
        invitation=locked, defaults={"body": body, "organisation_id": locked.organisation_id}
    )
    if locked.state == InvitationState.INVITED:
        locked.state = InvitationState.STARTED
        locked.save(update_fields=["state"])
        # of the wave, not of whoever began: the trail tells moments
        audit.record("answer-begun", locked.wave, by=None if locked.wave.is_confidential else by)


def _no_more() -> str:
    return _("Answers are taken no more. Ask the curator of the programme.")


@dataclass(frozen=True, slots=True)
class Sent:
    """What has become of answers that were sent: stored now, or stored by the same page before; else the faults.

    `hidden` are codes of questions whose answers were left out: their conditions do not hold.
    """

    is_stored: bool
    faults: Mapping[str, str]
    hidden: tuple[str, ...] = ()


@transaction.atomic
def submit_answers(
    invitation: Invitation,
    given: Mapping[str, object],
    *,
    submit_key: str,
    source: AnswerSource,
    people: Iterable[str] = (),
    over: str = "",
    by: models.Model | None,
) -> Sent:
    """Store what somebody has answered, once whatever is sent how often; by a link sent before, in its stead.

    Args:
        invitation: who is asked.
        given: code → what came, as the engine reads it.
        submit_key: of the page that was sent; the same key again is the same answer.
        source: by which way.
        people: keys of those who may be named.
        over: `submit_key` of the answers the page has shown to be changed; empty where it showed none.
        by: who sends, if anybody is signed in; a confidential wave does not keep it.

    Raises:
        RefusedError: it is answered already and not to be changed this way, or no answer is taken any more.
    """
    standing = Invitation.objects.select_related("wave__version").get(pk=invitation.pk)
    if (
        standing.state == InvitationState.ANSWERED
        and submit_key
        and standing.submit_key == submit_key
    ):
        return Sent(is_stored=True, faults={})
    changes = source in BY_LINK and over == standing.submit_key and may_change(standing)
    if not changes and not may_answer(standing):
        raise RefusedError(_no_more())
    # against a close at the same moment: what comes after it would stand apart from what was laid anew
    wave = (
        Wave.objects.select_for_update(of=("self",))
        .select_related("version")
        .get(pk=standing.wave_id)
    )
    instrument = instrument_of(wave.version)
    from_paper = source == AnswerSource.PAPER
    checked = check_answers(instrument, given, people=frozenset(people), may_be_blank=from_paper)
    if checked.faults:
        return Sent(is_stored=False, faults=checked.faults)
    named = not wave.is_confidential
    if changes:
        _change_answers(standing, wave, in_columns(instrument, checked.kept), submit_key, by=by)
        return Sent(is_stored=True, faults={}, hidden=checked.hidden)
    won = (
        Invitation.objects.filter(pk=standing.pk)
        .exclude(state=InvitationState.ANSWERED)
        .update(
            state=InvitationState.ANSWERED,
            submit_key=submit_key,
            answered_on=today() if named else None,
        )
    )
    if not won or wave.status != WaveStatus.OPEN:
        # another press of the same page, or another page, was first: the next look tells which
        raise RefusedError(_no_more())
    Response.objects.create(
        organisation_id=standing.organisation_id,
        wave=wave,
        version_sha256=wave.version.sha256,
        mode=wave.mode,
        invitation=standing if named else None,
        source=source if named else "",
        submitted_at=timezone.now() if named else None,
        **in_columns(instrument, checked.kept),
    )
    Draft.objects.filter(invitation=standing).delete()
    if from_paper and named:
        # somebody else's hand: the trail tells whose
        audit.record("answer-entered", standing, by=by, fields=["state"])
    else:
        # a pile is accepted at once: who presses tells nothing of whose a sheet is
        audit.record("answered", wave, by=by if named or from_paper else None)
    response_submitted.send(sender=Response, wave=wave, invitation=standing if named else None)
    return Sent(is_stored=True, faults={}, hidden=checked.hidden)


def _change_answers(
    standing: Invitation,
    wave: Wave,
    columns: Mapping[str, Any],
    submit_key: str,
    *,
    by: models.Model | None,
) -> None:
    """Put answers in the stead of those the same person has sent by a link."""
    won = Invitation.objects.filter(pk=standing.pk, submit_key=standing.submit_key).update(
        submit_key=submit_key, answered_on=today()
    )
    if not won or wave.status != WaveStatus.OPEN:
        # another page was first: what it has sent was not seen here
        raise RefusedError(_no_more())
    row = Response.objects.select_for_update(of=("self",)).get(invitation=standing)
    for name, said in columns.items():
        setattr(row, name, said)
    row.submitted_at = timezone.now()
    row.save(update_fields=[*columns, "submitted_at"])
    Draft.objects.filter(invitation=standing).delete()
    audit.record("answer-changed", wave, by=by)


@transaction.atomic
def enter_answers(
    invitation: Invitation,
    given: Mapping[str, object],
    *,
    submit_key: str,
    people: Iterable[str] = (),
    by: models.Model | None,
) -> Sent:
    """Store what stands on the paper of somebody who is asked, typed by `by`; any question may be blank there, not all.

    Raises:
        RefusedError: the wave is confidential, nothing is answered, or no answer is taken any more.
    """
    wave = Wave.objects.select_related("version").get(pk=invitation.wave_id)
    if wave.is_confidential:
        raise RefusedError(
            _(
                "The wave is confidential: nobody may see who answered what, so paper is not entered by name."
            )
        )
    keys = frozenset(people)
    checked = check_answers(instrument_of(wave.version), given, people=keys, may_be_blank=True)
    if not checked.kept and not checked.faults:
        raise RefusedError(
            _(
                "Nothing is marked. Mark at least one answer, or skip whoever gave back a blank sheet."
            )
        )
    return submit_answers(
        invitation,
        given,
        submit_key=submit_key,
        source=AnswerSource.PAPER,
        people=keys,
        by=by,
    )


@transaction.atomic
def take_back_answers(invitation: Invitation, *, by: models.Model | None) -> None:
    """Erase what was entered from paper, a wrong sheet or a wrong name: the person has not answered again.

    Raises:
        RefusedError: the person answered with the own hand or not at all, or the wave is closed.
    """
    Wave.objects.select_for_update().get(pk=invitation.wave_id)
    if refusal := why_not_taken_back(Invitation.objects.get(pk=invitation.pk)):
        raise RefusedError(refusal)
    Response.objects.filter(invitation=invitation, source=AnswerSource.PAPER).delete()
    Invitation.objects.filter(pk=invitation.pk).update(
        state=InvitationState.INVITED, answered_on=None, submit_key=""
    )
    audit.record("answer-taken-back", invitation, by=by, fields=["state"])


@dataclass(frozen=True, slots=True)
class AcceptedSheets:
    """What has become of sheets: how many are answers now, and why others are not, by name."""

    n: int
    refused: tuple[tuple[str, str], ...]


@transaction.atomic
def accept_sheets(
    wave: Wave, sheets: Iterable[ReturnedSheet], *, by: models.Model | None
) -> AcceptedSheets:
    """Store what was read from sheets and confirmed, as though typed from paper; their pictures go at once.

    A sheet that cannot be stored stays as it is and keeps no other from being stored.

    Raises:
        RefusedError: the wave is confidential.
    """
    if wave.is_confidential:
        raise RefusedError(_("The wave is confidential: sheets are accepted without names."))
    n, refused = 0, []
    for sheet in sheets:
        try:
            accept_sheet(sheet, by=by)
            n += 1
        except RefusedError as refusal:
            refused.append((sheet.whose, str(refusal)))
    return AcceptedSheets(n, tuple(refused))


@transaction.atomic
def accept_ballots(
    wave: Wave,
    sheets: Sequence[ReturnedSheet],
    who: Sequence[Invitation],
    *,
    by: models.Model | None,
) -> int:
    """Store sheets of a confidential wave, and that these people have answered: one apart from the other, all or nothing.

    Args:
        wave: the wave.
        sheets: without names. One with nothing on it counts as given back and is no answer.
        who: those who gave back a sheet, as many as there are sheets.
        by: who accepts.

    Raises:
        RefusedError: the wave keeps names, the numbers differ, they are fewer than five, so that it would be known who said
            what, or a sheet or a person cannot be taken.
    """
    if not wave.is_confidential:
        raise RefusedError(_("In this wave every sheet is accepted with its name."))
    _refuse_telling(sheets, who)
    mixed = list(sheets)
    # which sheet is stored beside which name is left to chance: nobody may know
    secrets.SystemRandom().shuffle(mixed)
    people = people_of_wave(wave, instrument_of(wave.version))
    keys = {key for rows in people.values() for key, _name in rows}
    for sheet, invitation in zip(mixed, who, strict=True):
        if sheet.is_empty:
            _note_given_back(invitation)
            continue
        sent = submit_answers(
            invitation,
            sheet.given,
            submit_key="",
            source=AnswerSource.PAPER,
            people=keys,
            by=by,
        )
        if not sent.is_stored:
            raise RefusedError(f"{sheet.whose}: {' '.join(sent.faults.values())}")
    use_blanks([sheet.blank for sheet in mixed], by=by)
    audit.record("ballots-accepted", wave, by=by)
    return len(mixed)


def _refuse_telling(sheets: Sequence[ReturnedSheet], who: Sequence[Invitation]) -> None:
    """Refuse sheets without names that are not as many as the people, tell who said what, or are not looked through."""
    if len(sheets) != len(who) or not sheets:
        raise RefusedError(
            _("%(sheets)s sheets are to be accepted and %(people)s people are ticked: the numbers must be the same.")
            % {"sheets": len(sheets), "people": len(who)}
        )  # fmt: skip
    if len(sheets) < FEWEST:
        raise RefusedError(
            _("At least %(fewest)s sheets are accepted together: of fewer one could tell who said what. Wait for more, or let these people answer by link.")
            % {"fewest": FEWEST}
        )  # fmt: skip
    if all(sheet.is_empty for sheet in sheets):
        raise RefusedError(_("Nothing is marked on any of these sheets."))
    if any(sheet.looks for sheet in sheets):
        raise RefusedError(_("Something on this sheet is still to be looked at."))


def _note_given_back(invitation: Invitation) -> None:
    """Let somebody of a confidential wave be asked no more, for a sheet with nothing on it."""
    rows = Invitation.objects.filter(pk=invitation.pk).exclude(state=InvitationState.ANSWERED)
    if not may_answer(invitation) or not rows.update(state=InvitationState.ANSWERED):
        raise RefusedError(_no_more())
    Draft.objects.filter(invitation=invitation).delete()


@transaction.atomic
def accept_sheet(sheet: ReturnedSheet, *, by: models.Model | None) -> None:
    """Store what stands on one sheet, as though typed from paper, and erase its pictures.

    Raises:
        RefusedError: something is still to be looked at, the questionnaire rules an answer out, or none is taken any more.
    """
    if sheet.invitation is None or sheet.looks:
        raise RefusedError(_("Something on this sheet is still to be looked at."))
    instrument = instrument_of(sheet.invitation.wave.version)
    offered = people_offered(sheet.invitation, instrument)
    sent = enter_answers(
        sheet.invitation,
        sheet.given,
        submit_key=f"sheet-{sheet.blank.number:07}",
        people={key for rows in offered.values() for key, _name in rows},
        by=by,
    )
    if not sent.is_stored:
        faults = (f"«{instrument.item(code).text}»: {why}" for code, why in sent.faults.items())
        raise RefusedError(list(faults))
    drop_pages(sheet.blank, by=by)


# ---------------------------------------------------------------- questionnaires of a school's own


@transaction.atomic
def copy_instrument(
    version: InstrumentVersion, organisation: Organisation, *, by: models.Model | None
) -> InstrumentVersion:
    """Return a draft to change: of a shipped questionnaire a copy under a code of its own, of an own one the next version.

    A draft that is there already is returned as it is.
    """
    own = _own_versions(organisation)
    if version.organisation_id is None:
        code, number = _free_code(version.code, own), 1
    else:
        code, number = version.code, _next_number(own, version.code)
        if (draft := own.filter(code=code, status=VersionStatus.DRAFT).first()) is not None:
            return draft
    return _draft(organisation, dict(version.body) | {"code": code}, number, by=by)


@transaction.atomic
def take_instrument(
    organisation: Organisation, body: Mapping[str, Any], *, by: models.Model | None
) -> InstrumentVersion:
    """Make a draft of a questionnaire from a file: the next version of an own one of this code, else one of its own.

    Raises:
        RefusedError: the file is no questionnaire, or a draft of it is there already.
    """
    code = _parsed_or_refused(body).code
    own = _own_versions(organisation)
    if own.filter(code=code, status=VersionStatus.DRAFT).exists():
        raise RefusedError(
            _(
                "There is a draft of this questionnaire already: publish or delete it, then load the file again."
            )
        )
    if InstrumentVersion.objects.shipped().filter(code=code).exists():
        code = _free_code(code, own)
    return _draft(organisation, dict(body) | {"code": code}, _next_number(own, code), by=by)


@transaction.atomic
def change_draft(
    draft: InstrumentVersion, body: Mapping[str, Any], *, by: models.Model | None
) -> None:
    """Put other words, questions or options into a draft.

    Raises:
        RefusedError: it is published already, or what came is no questionnaire.
    """
    row = _locked_draft(draft)
    instrument = _parsed_or_refused(dict(body) | {"code": row.code})
    _describe(row, instrument)
    row.save(update_fields=["body", "sha256", "title", "role", "stage", "forms"])
    audit.record("instrument-changed", row, by=by, fields=["body"])


@transaction.atomic
def publish_draft(draft: InstrumentVersion, *, by: models.Model | None) -> None:
    """Let a draft be asked; the version before it is asked no more, waves that run go on with it.

    Raises:
        RefusedError: it is published already.
    """
    row = _locked_draft(draft)
    earlier = InstrumentVersion.objects.filter(
        organisation=row.organisation, code=row.code, status=VersionStatus.PUBLISHED
    )
    earlier.update(status=VersionStatus.RETIRED)
    row.status = VersionStatus.PUBLISHED
    row.published_at = timezone.now()
    row.save(update_fields=["status", "published_at"])
    audit.record("instrument-published", row, by=by, fields=["status"])


@transaction.atomic
def delete_draft(draft: InstrumentVersion, *, by: models.Model | None) -> None:
    """Delete a draft: nobody has been asked it.

    Raises:
        RefusedError: it is published already.
    """
    row = _locked_draft(draft)
    audit.record("instrument-draft-deleted", row, by=by, fields=["body"])
    row.delete()


def _own_versions(organisation: Organisation) -> models.QuerySet[InstrumentVersion]:
    """Return the versions of an organisation; until the end of the transaction nobody else adds one."""
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    return InstrumentVersion.objects.filter(organisation=organisation)


def _free_code(code: str, own: models.QuerySet[InstrumentVersion]) -> str:
    taken = set(own.values_list("code", flat=True))
    return next(name for n in count(1) if (name := own_code(code, n)) not in taken)


def _next_number(own: models.QuerySet[InstrumentVersion], code: str) -> int:
    newest = own.filter(code=code).aggregate(newest=models.Max("number"))["newest"]
    return (newest or 0) + 1


def _draft(
    organisation: Organisation, body: dict[str, Any], number: int, *, by: models.Model | None
) -> InstrumentVersion:
    instrument = _parsed_or_refused(body)
    row = InstrumentVersion(
        organisation=organisation,
        code=instrument.code,
        number=number,
        status=VersionStatus.DRAFT,
    )
    _describe(row, instrument)
    row.save()
    audit.record("instrument-drafted", row, by=by, fields=["body"])
    return row


def _describe(row: InstrumentVersion, instrument: Instrument) -> None:
    row.body = body_of(instrument)
    row.sha256 = digest(row.body)
    row.title, row.role, row.stage = instrument.title, instrument.role, instrument.stage
    row.forms = list(instrument.forms)


def _locked_draft(draft: InstrumentVersion) -> InstrumentVersion:
    row = InstrumentVersion.objects.select_for_update().filter(pk=draft.pk).first()
    if row is None or row.status != VersionStatus.DRAFT:
        raise RefusedError(
            _("This is not a draft any more: open the questionnaire and press «Change».")
        )
    return row


def _parsed_or_refused(body: Mapping[str, Any]) -> Instrument:
    try:
        return parse_instrument(body)
    except InstrumentError as error:
        raise RefusedError(error.faults) from error


@transaction.atomic
def transfer_answers(
    wave: Wave, rows: Mapping[int, Mapping[str, Any]], *, by: models.Model | None
) -> list[Participation]:
    """Put what the answers of a wave say into the base, all of it or nothing; return the records.

    Args:
        wave: whose answers.
        rows: key of a record → fields (`adapter.changes_for_bases`); records of other programmes stay as they are.
        by: who has looked at it.

    Raises:
        RefusedError: what stands against one of them, with the name.
    """
    own = Participation.objects.filter(pk__in=rows, programme=wave.programme_id)
    keys = own.values_list("pk", flat=True)
    changed = describe_each({key: rows[key] for key in keys}, by=by)
    audit.record(
        "answers-transferred", wave, by=by, fields={name for row in rows.values() for name in row}
    )
    return changed


@transaction.atomic
def take_back_transfer(
    wave: Wave, before: Mapping[int, Mapping[str, Sequence[Any]]], *, by: models.Model | None
) -> list[Participation]:
    """Take a transfer back; a field somebody has written since stays. Return the records changed.

    Args:
        wave: whose answers were put.
        before: key of a record → field → what it held and what was put.
        by: who takes it back.

    Raises:
        RefusedError: what stands against one of them, with the name.
    """
    records = Participation.objects.filter(pk__in=before, programme=wave.programme_id)
    rows = {}
    for record in records:
        fields = {
            name: held
            for name, (held, put) in before[record.pk].items()
            if getattr(record, name) == put
        }
        if fields:
            rows[record.pk] = fields
    changed = describe_each(rows, by=by)
    audit.record(
        "transfer-taken-back", wave, by=by, fields={name for row in rows.values() for name in row}
    )
    return changed
