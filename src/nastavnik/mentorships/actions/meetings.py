"""Writes of meetings: the plan of a pair, what became of each meeting, a month at once, undoing."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from nastavnik.core import audit
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.mentorships.catalogues import cycle
from nastavnik.mentorships.choices import (
    HEAVIEST,
    OPEN,
    Mark,
    MeetingKind,
    MeetingStatus,
    SpokenWith,
)
from nastavnik.mentorships.models import Contact, Meeting, Mentorship, Tie
from nastavnik.mentorships.queries import Voice, can_undo, mark_of, meetings_to_strike
from nastavnik.people.models import User
from nastavnik.programmes.choices import Side

S = MeetingStatus
NEXT: dict[MeetingStatus, frozenset[MeetingStatus]] = {
    S.PLANNED: frozenset({S.HELD, S.POSTPONED, S.MISSED}),
    S.POSTPONED: frozenset({S.HELD, S.POSTPONED, S.MISSED}),
    # the news of a meeting may come late
    S.MISSED: frozenset({S.HELD}),
    S.HELD: frozenset(),
}
# What a note may change, and so what undoing gives back.
NOTED = (
    "status", "planned_on", "held_on", "postponed_from", "n_postponed", "mentor_mark", "mentee_mark",
    "mentee_marks", "help_answered_on", "note",
)  # fmt: skip
_DATES = ("planned_on", "held_on", "postponed_from", "help_answered_on")
_TRACE = ("noted_at", "noted_by", "before")


@dataclass(frozen=True, slots=True)
class Note:
    """What is said of a meeting.

    Attributes:
        status: what became of it; None leaves that open, as a call for help does.
        on: the day it was held, or the day it is postponed to; None means the usual one.
        marks: marks by whose word they are.
        words: the curator's neutral line; empty leaves what is there.
    """

    status: MeetingStatus | None = None
    on: dt.date | None = None
    marks: Mapping[Voice, Mark] | None = None
    words: str = ""


@transaction.atomic
def plan_meetings(
    pairs: Iterable[Mentorship],
    *,
    by: models.Model | None,
) -> list[Meeting]:
    """Plan the chain of meetings of pairs that have none yet (method.md §2.2); return the new meetings."""
    pairs = list(pairs)
    planned = set(
        Meeting.objects.filter(mentorship__in=pairs).values_list("mentorship_id", flat=True)
    )
    meetings = Meeting.objects.bulk_create(
        Meeting(organisation_id=pair.organisation_id, mentorship=pair, kind=kind, planned_on=day)
        for pair in pairs
        if pair.pk not in planned
        for kind, day in cycle().days(pair.starts_on, pair.ends_on)
    )
    audit.record_many("meetings-planned", _once(meetings), by=by, fields=["meetings"])
    return meetings


def _once(meetings: Iterable[Meeting]) -> list[Mentorship]:
    return list({meeting.mentorship_id: meeting.mentorship for meeting in meetings}.values())


@transaction.atomic
def stretch_meetings(pair: Mentorship, *, by: models.Model | None) -> dict[str, Any] | None:
    """Move the final meeting of a pair that got more time to its new end, and plan regular ones up to there.

    Returns:
        The final meeting as it was, as `shorten_meetings` takes it; None where the pair has none to move.
    """
    days = cycle().days(pair.starts_on, pair.ends_on)
    there = Meeting.objects.filter(mentorship=pair)
    usual = there.exclude(kind=MeetingKind.FINAL).order_by("-planned_on")
    last = max(usual.values_list("planned_on", flat=True).first() or pair.starts_on, today())
    Meeting.objects.bulk_create(
        Meeting(organisation_id=pair.organisation_id, mentorship=pair, kind=kind, planned_on=day)
        for kind, day in days
        if kind == MeetingKind.REGULAR and day > last
    )
    final = there.filter(kind=MeetingKind.FINAL).exclude(status=S.HELD).first()
    before = None
    if final:
        before = {name: _plain(getattr(final, name)) for name in NOTED}
        final.planned_on = days[-1][1]
        if final.status == S.MISSED:  # it is still to come
            final.status = S.PLANNED
        # a note of before is of another day: it is not taken back on its own
        final.noted_at = final.noted_by = final.before = None
        final.save(update_fields=[*NOTED, *_TRACE])
    audit.record("meetings-planned", pair, by=by, fields=["meetings"])
    return before


@transaction.atomic
def shorten_meetings(
    pair: Mentorship, *, final: dict[str, Any] | None, by: models.Model | None
) -> None:
    """Bring the final meeting of a pair back to how it was before it got more time; what was planned after it goes.

    Args:
        pair: with its old last day again.
        final: what `stretch_meetings` has returned; None leaves the meeting, moved to the old end.
        by: the person who decides.
    """
    last = cycle().days(pair.starts_on, pair.ends_on)[-1][1]
    ahead = Meeting.objects.filter(mentorship=pair).ahead()
    ahead.filter(kind=MeetingKind.REGULAR, planned_on__gte=last, n_postponed=0).delete()
    there = ahead.filter(kind=MeetingKind.FINAL)
    before = {name: _read(name, final[name]) for name in NOTED} if final else {"planned_on": last}
    there.update(**before)
    audit.record("meetings-struck", pair, by=by, fields=["meetings"])


@transaction.atomic
def strike_meetings(pair: Mentorship, *, by: models.Model | None) -> int:
    """Strike the meetings of a pair that has ended and will not meet again; return how many. They are kept with it."""
    struck = list(meetings_to_strike(pair))
    pair.struck = [
        {name: _plain(getattr(meeting, name)) for name in ("kind", *NOTED)} for meeting in struck
    ]
    pair.save(update_fields=["struck"])
    Meeting.objects.filter(pk__in=[meeting.pk for meeting in struck]).delete()
    if struck:
        audit.record("meetings-struck", pair, by=by, fields=["meetings", "struck"])
    return len(struck)


@transaction.atomic
def restore_meetings(pair: Mentorship, *, by: models.Model | None) -> list[Meeting]:
    """Bring back the meetings struck when a pair ended, as they were; return them."""
    singles = set(Meeting.objects.filter(mentorship=pair).values_list("kind", flat=True))
    singles.discard(MeetingKind.REGULAR)
    meetings = Meeting.objects.bulk_create(
        Meeting(
            organisation_id=pair.organisation_id,
            mentorship=pair,
            kind=kept["kind"],
            **{name: _read(name, kept[name]) for name in NOTED},
        )
        for kept in pair.struck
        if kept["kind"] not in singles
    )
    pair.struck = []
    pair.save(update_fields=["struck"])
    if meetings:
        audit.record("meetings-restored", pair, by=by, fields=["meetings", "struck"])
    return meetings


@transaction.atomic
def note_meeting(
    meeting: Meeting,
    status: MeetingStatus | None,
    *,
    voice: Voice | None = None,
    mark: Mark = Mark.NONE,
    on: dt.date | None = None,
    words: str = "",
    by: models.Model | None,
) -> Meeting:
    """Note what became of a meeting, how one side found it, or that a side asks for help.

    Args:
        meeting: as the person saw it: a note on a meeting that has changed since is refused.
        status: None only with `Mark.HELP`, which needs no meeting.
        voice: whose mark it is, a side or one mentee of a group; None when it is nobody's.
        mark: of that voice.
        on: the day it was held, by default the planned one, not later than today; for a postponed one the new day.
        words: the curator's neutral line.
        by: who notes.

    Raises:
        RefusedError: the pair has ended, there is no such step, the day has not come, somebody was faster, or the
            mark is of nobody who is in the group now.
    """
    marks = {voice: mark} if voice and mark else {}
    note = Note(status=status, on=on, marks=marks, words=words)
    (locked,) = _locked([meeting])
    _refuse_late(locked, meeting, note)
    if _apply(locked, note):
        _keep([locked], by=by)
    return locked


@transaction.atomic
def postpone_meeting(
    meeting: Meeting, *, to: dt.date | None = None, by: models.Model | None
) -> Meeting:
    """Move a meeting to another day, a week later when none is named."""
    return note_meeting(meeting, S.POSTPONED, on=to, by=by)


@transaction.atomic
def enter_month(notes: Mapping[Meeting, Note], *, by: models.Model | None) -> int:
    """Note many meetings at once, all or nothing; return how many have changed.

    Args:
        notes: meeting as it was seen → what is said of it. What is so already stays untouched.
        by: who notes.

    Raises:
        RefusedError: with a reason for every meeting that could not be noted. Nothing is written then.
    """
    seen = {meeting.pk: (meeting, note) for meeting, note in notes.items()}
    changed, reasons = [], []
    for locked in _locked(notes):
        meeting, note = seen[locked.pk]
        try:
            _refuse_late(locked, meeting, note)
            if _apply(locked, note):
                changed.append(locked)
        except RefusedError as refusal:
            mentor = locked.mentorship.mentor.person.short_name
            reasons += [f"{mentor}, {meeting.planned_on:%d.%m}: {one}" for one in refusal.reasons]
    if reasons:
        raise RefusedError(reasons)
    _keep(changed, by=by)
    return len(changed)


@transaction.atomic
def answer_help(meeting: Meeting, *, words: str = "", by: models.Model | None) -> Meeting:
    """Note that somebody has taken care of a call for help; the call stays in the record.

    Who answered, when and in which words stands as a conversation, read by those who may read the call.
    """
    (locked,) = _locked([meeting])
    callers = [
        side
        for side, mark in (("mentor", locked.mentor_mark), ("mentee", locked.mentee_mark))
        if mark == Mark.HELP
    ]
    if not callers or locked.help_answered_on:
        return locked
    locked.before = None
    locked.help_answered_on = today()
    locked.save(update_fields=["help_answered_on", "before"])
    Contact.objects.create(
        organisation_id=locked.organisation_id,
        mentorship_id=locked.mentorship_id,
        rule="help",
        spoken_with=SpokenWith(callers[0]) if len(callers) == 1 else SpokenWith.BOTH,
        spoken_on=today(),
        words=words.strip() or _("Help is given"),
        noted_by=by if isinstance(by, User) else None,
    )
    audit.record("help-answered", locked, by=by, fields=["help_answered_on"])
    return locked


@transaction.atomic
def undo_note(meeting: Meeting, *, by: models.Model) -> Meeting:
    """Take the last note of a meeting back.

    Raises:
        RefusedError: ten minutes have passed, or somebody else has noted it since.
    """
    (locked,) = _locked([meeting])
    if not can_undo(locked, by.pk, timezone.now()):
        raise RefusedError(
            _("It cannot be taken back any more. Tell the curator what was really so.")
        )
    for name, value in cast("dict[str, Any]", locked.before).items():
        setattr(locked, name, _read(name, value))
    locked.before = locked.noted_at = locked.noted_by = None
    locked.save(update_fields=[*NOTED, *_TRACE])
    audit.record("meeting-undone", locked, by=by, fields=NOTED)
    return locked


def _locked(meetings: Iterable[Meeting]) -> list[Meeting]:
    """Lock meetings in one order, so that two people who enter the same month wait for each other."""
    return list(
        Meeting.objects.select_for_update(of=("self",))
        .select_related("mentorship__mentor__person")
        .filter(pk__in=[meeting.pk for meeting in meetings])
        .order_by("pk")
    )


def _refuse_late(locked: Meeting, seen: Meeting, note: Note) -> None:
    """Refuse a note on a meeting that is no longer what the person saw, unless both say the same."""
    if note.status is None or (locked.status, locked.planned_on) == (seen.status, seen.planned_on):
        return
    same = locked.status == note.status and note.status != S.POSTPONED
    if not same:
        raise RefusedError(
            _("Somebody has noted it meanwhile: %(state)s. Look at it anew.")
            % {"state": locked.get_status_display()}
        )


def _apply(meeting: Meeting, note: Note) -> bool:
    """Put a note on a locked meeting in memory; tell whether anything has changed."""
    if meeting.mentorship.status not in OPEN:
        raise RefusedError(_("The pair has ended: nothing more is noted."))
    before = {name: getattr(meeting, name) for name in NOTED}
    if note.status is not None and (note.status != meeting.status or note.status == S.POSTPONED):
        _move(meeting, note.status, note.on)
    for voice, mark in (note.marks or {}).items():
        _set_mark(meeting, voice, mark)
    meeting.note = note.words.strip() or meeting.note
    after = {name: getattr(meeting, name) for name in NOTED}
    if before == after:
        return False
    meeting.before = {name: _plain(value) for name, value in before.items()}
    return True


def _move(meeting: Meeting, status: MeetingStatus, on: dt.date | None) -> None:
    if status not in NEXT[S(meeting.status)]:
        raise RefusedError(
            _("From «%(before)s» there is no step to «%(after)s».")
            % {"before": meeting.get_status_display(), "after": status.label}
        )
    if status == S.POSTPONED:
        meeting.postponed_from, meeting.n_postponed = meeting.planned_on, meeting.n_postponed + 1
        meeting.planned_on = _new_day(meeting, on)
    elif status == S.HELD:
        meeting.held_on = min(meeting.planned_on, today()) if on is None else on
        if meeting.held_on > today():
            raise RefusedError(_("This day has not come yet: note the meeting when it is over."))
    elif meeting.planned_on > today():
        raise RefusedError(_("This day has not come yet: postpone the meeting if it will not be."))
    meeting.status = status


def _new_day(meeting: Meeting, to: dt.date | None) -> dt.date:
    pair = meeting.mentorship
    if to is None:
        after = max(meeting.planned_on, today()) + dt.timedelta(cycle().limits.postpone_days)
        return max(min(after, pair.ends_on), meeting.planned_on)
    if not pair.starts_on <= to <= pair.ends_on:
        raise RefusedError(
            _("The new day is to lie within the period of the pair: %(first)s to %(last)s.")
            % {"first": f"{pair.starts_on:%d.%m.%Y}", "last": f"{pair.ends_on:%d.%m.%Y}"}
        )
    return to


def _set_mark(meeting: Meeting, voice: Voice, mark: Mark) -> None:
    _check_voice(meeting, voice)
    old = mark_of(meeting, voice)
    if mark == Mark.HELP:
        # a call repeated after an answer is a new call
        meeting.help_answered_on = None
    elif meeting.status != S.HELD:
        raise RefusedError(_("A mark is for a meeting that took place."))
    elif old and old != mark and not (old == Mark.HELP and meeting.help_answered_on):
        raise RefusedError(_("There is a mark already."))
    if voice.side == Side.MENTOR:
        meeting.mentor_mark = mark
    elif voice.tie is None:
        meeting.mentee_mark = mark
    else:
        meeting.mentee_marks = {**meeting.mentee_marks, str(voice.tie): mark.value}
        given = meeting.mentee_marks.values()
        meeting.mentee_mark = next(one for one in HEAVIEST if one in given)


def _check_voice(meeting: Meeting, voice: Voice) -> None:
    """Refuse a mentees' mark of a group without a name, and that of somebody who is not in it."""
    pair = meeting.mentorship
    if voice.side == Side.MENTOR or not (pair.is_group or voice.tie):
        return
    if not Tie.objects.open().filter(mentorship=pair, pk=voice.tie or 0).exists():
        raise RefusedError(_("Say which mentee of the group it is: somebody who is in it now."))


def _plain(value: object) -> object:
    """Return a value as `before` keeps it: days and moments as ISO text."""
    return value.isoformat() if isinstance(value, dt.date) else value


def _read(name: str, value: Any) -> Any:  # noqa: ANN401 - of a field of the model
    """Return what `_plain` has made plain."""
    return dt.date.fromisoformat(value) if value and name in _DATES else value


def _keep(meetings: list[Meeting], *, by: models.Model | None) -> None:
    now = timezone.now()
    for meeting in meetings:
        meeting.noted_at, meeting.noted_by = now, by if isinstance(by, User) else None
    # The rows are locked and there: an insert that always meets its conflict writes many rows by one plain
    # statement, where `bulk_update` builds a CASE of every field of every row.
    Meeting.objects.bulk_create(
        meetings, update_conflicts=True, unique_fields=["id"], update_fields=[*NOTED, *_TRACE]
    )
    audit.record_many("meeting-noted", meetings, by=by, fields=NOTED)
