"""Writes of events."""

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from nastavnik.core import audit
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.links import digest_of, fresh_token
from nastavnik.events.access import may_cancel, may_note, may_remove
from nastavnik.events.choices import MOST_GUESTS
from nastavnik.events.models import EventGuest, ProgrammeEvent
from nastavnik.organisations.models import AcademicYear
from nastavnik.people.choices import LEARNERS
from nastavnik.people.models import Person


@transaction.atomic
def plan_event(
    year: AcademicYear,
    *,
    kind: str,
    title: str,
    held_on: dt.date,
    by: models.Model | None,
    **fields: Any,
) -> ProgrammeEvent:
    """Put an event into the plan of a year; `fields` are those of `ProgrammeEvent`.

    Raises:
        RefusedError: the day is not of the year.
    """
    _in_year(year, held_on)
    event = ProgrammeEvent.objects.create(
        organisation_id=year.organisation_id, year=year, kind=kind, title=title, held_on=held_on, **fields
    )  # fmt: skip
    audit.record(audit.CREATED, event, by=by, fields=["kind", "title", "held_on", *fields])
    return event


def _in_year(year: AcademicYear, day: dt.date) -> None:
    if not year.starts_on <= day <= year.ends_on:
        raise RefusedError(
            _("The day is to lie within the academic year: %(first)s to %(last)s.")
            % {"first": f"{year.starts_on:%d.%m.%Y}", "last": f"{year.ends_on:%d.%m.%Y}"}
        )


@transaction.atomic
def change_event(
    event: ProgrammeEvent, *, by: models.Model | None, **fields: Any
) -> ProgrammeEvent:
    """Change what an event says of itself; moved to another day it says so, and who has answered is asked anew.

    Raises:
        RefusedError: the event is cancelled; it is noted who came or there are minutes, and the day moves; the day is not of
            the year.
    """
    before = _locked(event)
    if before.cancelled_on:
        raise RefusedError(_("The event is cancelled: bring it back first."))
    changed = dict(fields)
    held_on = fields.get("held_on", before.held_on)
    if held_on != before.held_on:
        _in_year(before.year, held_on)
        if before.n_others is not None or before.guests.filter(came__isnull=False).exists():
            raise RefusedError(
                _("It is noted who came on %(day)s: an event that was held is not moved.")
                % {"day": f"{before.held_on:%d.%m.%Y}"}
            )
        if before.heard or before.decided:
            raise RefusedError(
                _("There are minutes of %(day)s: an event that was held is not moved.")
                % {"day": f"{before.held_on:%d.%m.%Y}"}
            )
        changed["moved_from"] = _told_before(before, held_on)
        changed["invited_on"] = None  # what was given out names the day before
        _ask_anew(before, by=by)
    for name, value in changed.items():
        setattr(before, name, value)
    before.save(update_fields=list(changed))
    audit.record(audit.CHANGED, before, by=by, fields=changed)
    return before


def _told_before(event: ProgrammeEvent, held_on: dt.date) -> dt.date | None:
    """Return the day people know of: the first one told, None when it is that again or nobody was invited."""
    known = event.moved_from or (event.held_on if event.guests.exists() else None)
    return None if known == held_on else known


def _ask_anew(event: ProgrammeEvent, *, by: models.Model | None) -> None:
    answered = list(event.guests.filter(will_come__isnull=False))
    EventGuest.objects.filter(pk__in=[one.pk for one in answered]).update(
        will_come=None, answered_on=None
    )
    audit.record_many("event-answered", answered, by=by, fields=["will_come"])


@transaction.atomic
def cancel_event(
    event: ProgrammeEvent, *, reason: str = "", by: models.Model | None
) -> ProgrammeEvent:
    """Cancel an event: it stays, and its invitations say so. Cancelled before: nothing changes.

    Raises:
        RefusedError: it is noted who came.
    """
    event = _locked(event)
    if event.cancelled_on:
        return event
    if not (verdict := may_cancel(event)):
        raise RefusedError(verdict.reasons)
    event.cancelled_on, event.cancel_reason = today(), reason
    event.save(update_fields=["cancelled_on", "cancel_reason"])
    audit.record("event-cancelled", event, by=by, fields=["cancelled_on", "cancel_reason"])
    return event


@transaction.atomic
def restore_event(event: ProgrammeEvent, *, by: models.Model | None) -> ProgrammeEvent:
    """Bring a cancelled event back, with all who were invited."""
    event = _locked(event)
    if event.cancelled_on is None:
        return event
    event.cancelled_on, event.cancel_reason = None, ""
    event.save(update_fields=["cancelled_on", "cancel_reason"])
    audit.record("event-restored", event, by=by, fields=["cancelled_on", "cancel_reason"])
    return event


@transaction.atomic
def remove_event(event: ProgrammeEvent, *, by: models.Model | None) -> None:
    """Take an event away that was begun by mistake.

    Raises:
        RefusedError: people are invited, or something is noted.
    """
    event = _locked(event)
    if not (verdict := may_remove(event)):
        raise RefusedError(verdict.reasons)
    audit.record(audit.DELETED, event, by=by, fields=["title"])
    event.delete()


@transaction.atomic
def invite_guests(
    event: ProgrammeEvent,
    people: Iterable[Person],
    *,
    is_family: bool = False,
    by: models.Model | None,
) -> list[EventGuest]:
    """Invite people, or with `is_family` the families of the learners among them; who is invited stays so.

    Raises:
        RefusedError: the event is cancelled, or more people than a register holds.
    """
    event = _locked(event)
    if event.cancelled_on:
        raise RefusedError(_("The event is cancelled: bring it back first."))
    rows = event.guests.values_list("person_id", "is_family")
    known = {person for person, of_family in rows if of_family == is_family}
    fresh = [
        EventGuest(
            organisation_id=event.organisation_id, event=event, person=one, is_family=is_family
        )
        for one in people
        if one.pk not in known
        and one.organisation_id == event.organisation_id
        and (not is_family or one.kind in LEARNERS)
    ]
    if len(rows) + len(fresh) > MOST_GUESTS:
        raise RefusedError(
            _("An event takes at most %(n)s invitations: plan it in two parts.")
            % {"n": MOST_GUESTS}
        )
    made = EventGuest.objects.bulk_create(fresh)
    audit.record_many("event-invited", made, by=by, fields=["person"])
    return made


@transaction.atomic
def uninvite_guests(
    event: ProgrammeEvent, guests: Iterable[EventGuest], *, by: models.Model | None
) -> list[EventGuest]:
    """Take people off the list of an event, with what they answered.

    Raises:
        RefusedError: it is noted of somebody that they came, by name. Nobody is taken off then.
    """
    event = _locked(event)
    keys = [one.pk for one in guests]
    asked = list(
        event.guests.select_for_update(of=("self",))
        .filter(pk__in=keys)
        .order_by("pk")
        .select_related("person")
    )
    if came := [one.person.full_name for one in asked if one.came]:
        raise RefusedError(
            [_("%(name)s came: take that off first.") % {"name": name} for name in came]
        )
    audit.record_many("event-uninvited", asked, by=by, fields=["person"])
    EventGuest.objects.filter(pk__in=[one.pk for one in asked]).delete()
    return asked


@transaction.atomic
def note_who_came(
    event: ProgrammeEvent,
    came: Collection[int],
    *,
    among: Collection[int],
    n_others: int | None = None,
    by: models.Model | None,
) -> int:
    """Note who of the list came and how many others did; return how many rows changed.

    Where nobody came and nobody was noted before, nothing is: an empty page is not «nobody was there».

    Args:
        event: that was held.
        came: keys of the guests.
        among: keys of the guests that were asked about.
        n_others: how many came and are on no list; None or 0: nobody is counted.
        by: who notes it.

    Raises:
        RefusedError: the event is ahead or cancelled.
    """
    event = _locked(event)
    if not (verdict := may_note(event)):
        raise RefusedError(verdict.reasons)
    rows = list(event.guests.select_for_update().filter(pk__in=list(among)).order_by("pk"))
    n_others = n_others or None  # nobody else is nothing noted: an event nobody was at was not held
    is_told = bool(came) or any(row.came is not None for row in rows)
    changed = [row for row in rows if is_told and row.came != (row.pk in came)]
    for row in changed:
        row.came = row.pk in came
    EventGuest.objects.bulk_update(changed, ["came"], batch_size=200)
    audit.record_many("event-attended", changed, by=by, fields=["came"])
    if n_others != event.n_others:
        event.n_others = n_others
        event.save(update_fields=["n_others"])
        audit.record("event-attended", event, by=by, fields=["n_others"])
        return len(changed) + 1
    return len(changed)


@transaction.atomic
def note_invitations_given(
    event: ProgrammeEvent, *, invited_on: dt.date | None, by: models.Model | None
) -> ProgrammeEvent:
    """Keep on which day the invitations were given out; None takes it back.

    Raises:
        RefusedError: the day has not come yet, or the event is cancelled.
    """
    event = _locked(event)
    if event.cancelled_on:
        raise RefusedError(_("The event is cancelled: bring it back first."))
    if invited_on and invited_on > today():
        raise RefusedError(_("The day the invitations were given out has not come yet."))
    if invited_on != event.invited_on:
        event.invited_on = invited_on
        event.save(update_fields=["invited_on"])
        audit.record(audit.CHANGED, event, by=by, fields=["invited_on"])
    return event


@transaction.atomic
def keep_event_minutes(
    event: ProgrammeEvent,
    *,
    chair: str,
    secretary: str,
    heard: str,
    decided: str,
    by: models.Model | None,
) -> ProgrammeEvent:
    """Keep what the minutes of an event say; empty is nothing said.

    Raises:
        RefusedError: the event is ahead or cancelled.
    """
    event = _locked(event)
    if not (verdict := may_note(event)):
        raise RefusedError(verdict.reasons)
    said = {"chair": chair, "secretary": secretary, "heard": heard, "decided": decided}
    changed = [name for name, value in said.items() if getattr(event, name) != value]
    if changed:
        for name in changed:
            setattr(event, name, said[name])
        event.save(update_fields=changed)
        audit.record("event-minutes-kept", event, by=by, fields=changed)
    return event


@transaction.atomic
def forget_who_came(event: ProgrammeEvent, *, by: models.Model | None) -> int:
    """Take back all that is noted of who came; return of how many it was."""
    event = _locked(event)
    rows = list(event.guests.filter(came__isnull=False).order_by("pk"))
    EventGuest.objects.filter(pk__in=[row.pk for row in rows]).update(came=None)
    audit.record_many("event-attended", rows, by=by, fields=["came"])
    if event.n_others is not None:
        event.n_others = None
        event.save(update_fields=["n_others"])
        audit.record("event-attended", event, by=by, fields=["n_others"])
    return len(rows)


@transaction.atomic
def make_event_links(
    event: ProgrammeEvent,
    guests: Iterable[EventGuest],
    *,
    again: bool = False,
    by: models.Model | None,
) -> list[tuple[EventGuest, str]]:
    """Make a personal link for each who has none, with `again` for all: then the link somebody had opens nothing.

    Returns:
        Each with the signs of the link, which are seen this once.

    Raises:
        RefusedError: the event is over or cancelled.
    """
    event = _locked(event)
    if event.cancelled_on or event.held_on < today():
        raise RefusedError(_("The event is over or cancelled: there is nothing to answer."))
    rows = event.guests.select_for_update(of=("self",)).filter(pk__in=[one.pk for one in guests])
    if not again:
        rows = rows.filter(token_sha256="")
    made = [(one, fresh_token()) for one in rows.select_related("person")]
    for one, token in made:
        one.token_sha256 = digest_of(token)
    EventGuest.objects.bulk_update([one for one, _token in made], ["token_sha256"], batch_size=200)
    audit.record_many("event-link-made", [one for one, _token in made], by=by, fields=["person"])
    return made


@transaction.atomic
def answer_invitation(guest: EventGuest, *, will_come: bool, by: models.Model | None) -> EventGuest:
    """Keep whether somebody invited will come; until the day it may be changed.

    Raises:
        RefusedError: the event is over or cancelled.
    """
    event = _locked(guest.event)
    if event.cancelled_on:
        raise RefusedError(_("The event is cancelled: there is nothing to answer."))
    if event.held_on < today():
        raise RefusedError(_("The event is over: there is nothing to answer."))
    guest = event.guests.select_for_update().get(pk=guest.pk)
    if guest.will_come is not will_come:
        guest.will_come, guest.answered_on = will_come, today()
        guest.save(update_fields=["will_come", "answered_on"])
        audit.record("event-answered", guest, by=by, fields=["will_come"])
    return guest


def _locked(event: ProgrammeEvent) -> ProgrammeEvent:
    return (
        ProgrammeEvent.objects.select_for_update(of=("self",))
        .select_related("year")
        .get(pk=event.pk)
    )
