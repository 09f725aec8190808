"""Writes of group meetings: who is invited, who came, the minutes, whom people choose."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from nastavnik.core import audit
from nastavnik.core.errors import RefusedError
from nastavnik.files import proofs
from nastavnik.people.models import User
from nastavnik.programmes.adapter import who_may_be_paired
from nastavnik.programmes.choices import MOST_CHOICES, Side
from nastavnik.programmes.models import (
    Attendance,
    GroupMeeting,
    Participation,
    Preference,
    Programme,
)

_ANSWER = ("answered_at", "answered_by", "comment")


@dataclass(frozen=True, slots=True)
class AttendeeWishes:
    """One person's word after the meeting, in keys of attendances.

    Attributes:
        ranked: whom the person chose, the dearest first.
        refused: with whom not.
        comment: what else the curator should know.
    """

    ranked: tuple[int, ...] = ()
    refused: frozenset[int] = frozenset()
    comment: str = ""


@transaction.atomic
def plan_group_meeting(
    programme: Programme,
    records: Iterable[Participation],
    *,
    held_on: dt.date,
    place: str = "",
    by: models.Model | None,
) -> GroupMeeting:
    """Plan a group meeting and invite people of both bases to it.

    Raises:
        RefusedError: nobody of one side is invited, or the day is not of the programme.
    """
    records = list(records)
    if len({record.side for record in records}) < len(("mentor", "mentee")):
        raise RefusedError(_("Invite both: at least one mentor and one mentee."))
    if not programme.starts_on <= held_on <= programme.ends_on:
        raise RefusedError(
            _("The day is to lie within the programme: %(first)s to %(last)s.")
            % {"first": f"{programme.starts_on:%d.%m.%Y}", "last": f"{programme.ends_on:%d.%m.%Y}"}
        )
    meeting = GroupMeeting.objects.create(
        organisation_id=programme.organisation_id,
        programme=programme,
        held_on=held_on,
        place=place,
    )
    audit.record(audit.CREATED, meeting, by=by, fields=["held_on", "place"])
    invite_to_meeting(meeting, records, by=by)
    return meeting


@transaction.atomic
def invite_to_meeting(
    meeting: GroupMeeting, records: Iterable[Participation], *, by: models.Model | None
) -> list[Attendance]:
    """Invite more people of the programme; who is invited already stays so."""
    _open(meeting)
    known = set(Attendance.objects.filter(meeting=meeting).values_list("record_id", flat=True))
    fresh = [
        Attendance(organisation_id=meeting.organisation_id, meeting=meeting, record=record)
        for record in records
        if record.pk not in known and record.programme_id == meeting.programme_id
    ]
    made = Attendance.objects.bulk_create(fresh)
    audit.record_many("meeting-invited", made, by=by, fields=["record"])
    return made


@transaction.atomic
def note_attendance(
    meeting: GroupMeeting,
    came: Collection[int],
    *,
    among: Iterable[int] | None = None,
    by: models.Model | None,
) -> int:
    """Note who came; return how many did. With somebody who did not come after all, their choices go.

    Args:
        meeting: whose choices are still open.
        came: keys of the attendances.
        among: the attendances that were asked about, None for all of the meeting.
        by: who notes it.

    Raises:
        RefusedError: a matching has used the choices, so they stand.
    """
    meeting = _open(meeting)
    rows = Attendance.objects.select_for_update().filter(meeting=meeting)
    if among is not None:
        rows = rows.filter(pk__in=list(among))
    changed = [row for row in rows.order_by("pk") if row.came != (row.pk in came)]
    gone = [row.pk for row in changed if row.came]
    Preference.objects.filter(models.Q(chooser__in=gone) | models.Q(chosen__in=gone)).delete()
    for row in changed:
        row.came = row.pk in came
        if not row.came:
            row.answered_at, row.answered_by, row.comment = None, None, ""
    Attendance.objects.bulk_update(changed, ["came", *_ANSWER], batch_size=200)
    audit.record_many("meeting-attended", changed, by=by, fields=["came"])
    return Attendance.objects.filter(meeting=meeting, came=True).count()


def keep_minutes(
    meeting: GroupMeeting,
    *,
    text: str,
    file: "UploadedFile[bytes] | None" = None,
    by: models.Model | None,
) -> GroupMeeting:
    """Keep the minutes as words, as a file, or as both; a new file replaces the old one.

    Raises:
        RefusedError: the file is of another kind, too big, or not what its name says.
    """
    content = None if file is None else proofs.kept(_name_of(file), file)
    with transaction.atomic():
        meeting = GroupMeeting.objects.select_for_update().get(pk=meeting.pk)
        meeting.minutes = text
        fields = ["minutes"]
        if file is not None and content is not None:
            fields += _put_file(meeting, _name_of(file), content)
        meeting.save(update_fields=fields)
        audit.record("minutes-kept", meeting, by=by, fields=fields)
    return meeting


def _name_of(file: "UploadedFile[bytes]") -> str:
    return PurePath(str(file.name)).name


def _put_file(meeting: GroupMeeting, name: str, content: bytes) -> list[str]:
    """Keep the file of the minutes in place of the old one; return the fields changed."""
    old, storage = meeting.minutes_file.name, meeting.minutes_file.storage
    meeting.minutes_name = name[-200:]
    meeting.minutes_file.save(name, ContentFile(content), save=False)
    if old:
        transaction.on_commit(lambda: storage.delete(old))
    return ["minutes_file", "minutes_name"]


@transaction.atomic
def give_preferences(
    meeting: GroupMeeting, wishes: Mapping[int, AttendeeWishes], *, by: models.Model | None
) -> int:
    """Write down whom people chose and with whom not, in place of what they said before; return how many people.

    Args:
        meeting: whose choices are still open.
        wishes: by the key of the attendance of the person who chooses; an empty word is an answer too.
        by: the person, or the curator for them.

    Raises:
        RefusedError: a matching has used the choices; somebody did not come; a word on somebody who is not of the
            other side or did not come, twice on the same person, more choices than are counted, or a choice of somebody
            with whom no form of both allows a pair. «Not with» such a person forbids nothing and may be said.
    """
    meeting = _open(meeting)
    present = {
        row.pk: row
        for row in Attendance.objects.select_for_update(of=("self",))
        .filter(meeting=meeting)
        .choosing()
        .select_related("record__person")
        .prefetch_related("record__forms")
        .order_by("pk")
    }
    for key, word in wishes.items():
        _check(present, key, word)
    _check_forms(present, wishes)
    Preference.objects.filter(chooser__in=list(wishes)).delete()
    Preference.objects.bulk_create(
        Preference(
            organisation_id=meeting.organisation_id, chooser_id=key, chosen_id=other, rank=rank
        )
        for key, word in wishes.items()
        for other, rank in (
            *((one, place) for place, one in enumerate(word.ranked, 1)),
            *((one, None) for one in sorted(word.refused)),
        )
    )
    answered = [present[key] for key in wishes]
    now = timezone.now()
    for row in answered:
        row.answered_at, row.answered_by = now, by if isinstance(by, User) else None
        row.comment = wishes[row.pk].comment.strip()
    Attendance.objects.bulk_update(answered, _ANSWER, batch_size=200)
    audit.record_many("preferences-given", answered, by=by, fields=["preferences", "comment"])
    return len(answered)


def _check(present: Mapping[int, Attendance], key: int, word: AttendeeWishes) -> None:
    if key not in present:
        raise RefusedError(_("Only who came to the meeting and waits for matching chooses."))
    named = [*word.ranked, *word.refused]
    if len(named) != len(set(named)):
        raise RefusedError(_("One person is named twice: leave them in one place."))
    if len(word.ranked) > MOST_CHOICES:
        raise RefusedError(_("Up to %(n)s choices are counted.") % {"n": MOST_CHOICES})
    side = present[key].record.side
    if any(one not in present or present[one].record.side == side for one in named):
        raise RefusedError(_("Only people of the other side who came to the meeting are chosen."))


def _check_forms(present: Mapping[int, Attendance], wishes: Mapping[int, AttendeeWishes]) -> None:
    """Refuse choices no form allows: matching could never meet them, and whoever chose would wait for it."""
    ranked = {key: word.ranked for key, word in wishes.items() if word.ranked}
    if not ranked:
        return
    named = {one for keys in ranked.values() for one in keys}
    allowed = who_may_be_paired([present[key] for key in ranked], [present[key] for key in named])
    fine = {key: {other.pk for other in others} for key, others in allowed.items()}
    reasons = [
        _("%(name)s and %(other)s: no form of mentoring of both allows this pair.")
        % {
            "name": present[key].record.person.short_name,
            "other": present[one].record.person.short_name,
        }
        for key, keys in ranked.items()
        for one in keys
        if one not in fine[key]
    ]
    if reasons:
        raise RefusedError(reasons)


def _open(meeting: GroupMeeting) -> GroupMeeting:
    """Lock a meeting whose choices are open."""
    meeting = GroupMeeting.objects.select_for_update().get(pk=meeting.pk)
    if meeting.closed_at is not None:
        raise RefusedError(
            _("A matching has used these choices already. The curator can open them again.")
        )
    return meeting


@transaction.atomic
def close_choices(
    programme: Programme, matched: Collection[int], *, by: models.Model | None
) -> list[GroupMeeting]:
    """Let the choices stand that a matching uses.

    A meeting nobody has chosen after stays open. So does one with choices of mentees who are not matched now: those of
    another form, whose curator matches them later.

    Args:
        programme: whose meetings.
        matched: keys of the records of the mentees who are matched.
        by: who matches.
    """
    answered = Attendance.objects.filter(meeting__programme=programme, answered_at__isnull=False)
    waiting = answered.choosing().filter(record__side=Side.MENTEE).exclude(record__in=matched)
    meetings = list(
        GroupMeeting.objects.select_for_update()
        .filter(closed_at=None, pk__in=answered.values("meeting"))
        .exclude(pk__in=waiting.values("meeting"))
        .order_by("pk")
    )
    for meeting in meetings:
        meeting.closed_at = timezone.now()
        meeting.save(update_fields=["closed_at"])
    audit.record_many("choices-used", meetings, by=by, fields=["closed_at"])
    return meetings


@transaction.atomic
def open_choices(meeting: GroupMeeting, *, by: models.Model | None) -> GroupMeeting:
    """Let people choose anew after a matching; the next one uses what they change."""
    meeting = GroupMeeting.objects.select_for_update().get(pk=meeting.pk)
    meeting.closed_at = None
    meeting.save(update_fields=["closed_at"])
    audit.record("choices-opened", meeting, by=by, fields=["closed_at"])
    return meeting


@transaction.atomic
def forget_preferences(person_id: int, *, by: models.Model | None) -> int:
    """Take away what a person has said after group meetings and what was said of them; return how many words.

    What a matching was given stays in its run: that is the record of a decision.
    """
    rows = Attendance.objects.filter(record__person_id=person_id)
    of_or_about = models.Q(chooser__in=rows) | models.Q(chosen__in=rows)
    n_words, _by_model = Preference.objects.filter(of_or_about).delete()
    answered = list(rows.filter(answered_at__isnull=False))
    for row in answered:
        row.answered_at, row.answered_by, row.comment = None, None, ""
    Attendance.objects.bulk_update(answered, _ANSWER)
    audit.record_many("preferences-forgotten", rows, by=by, fields=["preferences"])
    return n_words
