"""Writes of the close of a year: many at once, each by an action of the app below."""

import datetime as dt
from collections.abc import Iterable, Mapping

from django.db import models, transaction
from django.utils.translation import gettext as _

from nastavnik.closing.choices import ThanksKind
from nastavnik.closing.models import ClosingTalk, Thanks
from nastavnik.closing.queries import LastWord, YearResult, unasked
from nastavnik.core import audit
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.mentorships.actions import Note, enter_month, undo_note
from nastavnik.mentorships.choices import MeetingStatus
from nastavnik.mentorships.models import Meeting
from nastavnik.people.models import User
from nastavnik.programmes.actions import change_participation, settle_next_year
from nastavnik.programmes.choices import AfterEnd
from nastavnik.programmes.models import Participation, Programme
from nastavnik.questionnaires.actions import open_wave
from nastavnik.questionnaires.models import Wave
from nastavnik.questionnaires.queries import AudienceRule, audience_of


@transaction.atomic
def hold_final_meetings(
    meetings: Iterable[Meeting], *, on: dt.date | None, by: models.Model | None
) -> int:
    """Note final meetings as held, all or nothing; return how many have changed.

    Args:
        meetings: as they were seen, with their pairs and mentors.
        on: the day of all of them, not later than today; None: each on the day it was planned for.
        by: who says so.

    Raises:
        RefusedError: none is named, a day has not come, or one has changed since, each by name.
    """
    meetings = list(meetings)
    if not meetings:
        raise RefusedError(
            _("Tick the pairs that have held their final meeting: no pair is ticked.")
        )
    if on is None and (early := [one for one in meetings if one.planned_on > today()]):
        raise RefusedError(
            _("%(name)s: planned for %(day)s, which has not come. Write the day on which they met.")
            % {"name": one.mentorship.mentor.person.short_name, "day": f"{one.planned_on:%d.%m}"}
            for one in early
        )
    notes = {one: Note(status=MeetingStatus.HELD, on=on or one.planned_on) for one in meetings}
    return enter_month(notes, by=by)


@transaction.atomic
def take_final_meetings_back(meetings: Iterable[Meeting], *, by: models.Model) -> int:
    """Take back what the person has just noted of final meetings; return of how many.

    Raises:
        RefusedError: ten minutes have passed, or somebody else has noted one since.
    """
    return len([undo_note(one, by=by) for one in meetings])


@transaction.atomic
def ask_last_words(
    programme: Programme, words: Iterable[LastWord], *, closes_on: dt.date, by: models.Model | None
) -> list[Wave]:
    """Begin to ask both sides what they say at the end; a questionnaire for which nobody is there is left out.

    Args:
        programme: the one that ends.
        words: those without a wave, as they were seen; what somebody has asked since is left out.
        closes_on: the last day to answer, usually `queries.usual_last_day`.
        by: who asks.

    Raises:
        RefusedError: the day is over, all is asked already, or nobody may be asked at all.
    """
    programme = Programme.objects.select_for_update().get(pk=programme.pk)
    left = unasked(programme, words)
    if not left:
        raise RefusedError(
            _("Nothing is left to ask: it is asked already. Look at the page once more.")
        )
    opened = []
    for word in left:
        rule = AudienceRule(word.side, word.form)
        if not audience_of(programme, rule).people:
            continue
        opened.append(
            open_wave(
                programme, word.version, title="", rule=rule, opens_on=today(), closes_on=closes_on, by=by
            )
        )  # fmt: skip
    if not opened:
        raise RefusedError(
            _(
                "Nobody could be asked: the bases are empty or the consents to personal data are missing."
            )
        )
    return opened


@transaction.atomic
def settle_year(
    answers: Mapping[Participation, AfterEnd], *, by: models.Model | None
) -> list[Participation]:
    """Keep of many people what becomes of them after the year, each by their own answer; return those it changed.

    Raises:
        RefusedError: nobody is named, or somebody is in a pair or has left, by name. Nothing is written then.
    """
    if not answers:
        raise RefusedError(_("Choose for somebody what becomes of them: nothing is chosen."))
    changed = []
    for after in dict.fromkeys(answers.values()):
        some = [record for record, said in answers.items() if said == after]
        changed += settle_next_year(some, after=after, by=by)
    return changed


@transaction.atomic
def note_talks(
    talks: Mapping[Participation, str], *, held_on: dt.date, held_by: str, by: models.Model | None
) -> list[ClosingTalk]:
    """Note that the head has spoken with mentees at the end of their mentoring; return the fresh talks.

    Args:
        talks: mentee's record → what was said, in neutral words, or nothing. Who has a talk already is left out.
        held_on: the day of all of them, not later than today.
        held_by: who spoke.
        by: who notes it.

    Raises:
        RefusedError: nobody is named, nobody has spoken, or the day has not come.
    """
    if not talks:
        raise RefusedError(_("Tick with whom the head has spoken: nobody is ticked."))
    if not held_by.strip():
        raise RefusedError(_("Write who has spoken with them."))
    if held_on > today():
        raise RefusedError(_("This day has not come yet: note the talk when it was held."))
    records = Participation.objects.select_for_update().filter(pk__in=[one.pk for one in talks])
    known = set(ClosingTalk.objects.filter(record__in=talks).values_list("record_id", flat=True))
    words = {record.pk: said.strip() for record, said in talks.items()}
    fresh = ClosingTalk.objects.bulk_create(
        ClosingTalk(
            organisation_id=record.organisation_id,
            record=record,
            held_on=held_on,
            held_by=held_by.strip(),
            words=words[record.pk],
            noted_by=by if isinstance(by, User) else None,
        )
        for record in records.order_by("pk")
        if record.pk not in known
    )
    audit.record_many("closing-talk-noted", fresh, by=by, fields=["held_on", "held_by", "words"])
    return fresh


@transaction.atomic
def drop_talk(talk: ClosingTalk, *, by: models.Model | None) -> None:
    """Take a talk that was noted by mistake out again, its words with it."""
    audit.record("closing-talk-dropped", talk, by=by, fields=["held_on", "words"])
    talk.delete()


@transaction.atomic
def forget_talk_words(before: dt.datetime, *, by: models.Model | None) -> int:
    """Empty the words of talks noted before a moment; return of how many. That there was a talk stays."""
    old = list(ClosingTalk.objects.exclude(words="").filter(noted_at__lt=before))
    ClosingTalk.objects.filter(pk__in=[one.pk for one in old]).update(words="")
    audit.record_many("closing-words-forgotten", old, by=by, fields=["words"])
    return len(old)


@transaction.atomic
def write_results(results: Iterable[YearResult], *, by: models.Model | None) -> int:
    """Write what came of the year into the bases where they say nothing yet; return of how many people."""
    fresh = [one for one in results if not one.is_written]
    for one in fresh:
        change_participation(one.record, results=one.words, by=by)
    return len(fresh)


@transaction.atomic
def take_results_back(results: Iterable[YearResult], *, by: models.Model | None) -> int:
    """Empty the results that are just what the program has assembled; what somebody wrote otherwise stays."""
    same = [one for one in results if one.is_written and one.record.results == one.words]
    for one in same:
        change_participation(one.record, results="", by=by)
    return len(same)


@transaction.atomic
def thank_people(
    records: Iterable[Participation], kind: ThanksKind, *, on: dt.date, by: models.Model | None
) -> list[Thanks]:
    """Keep that people are thanked by something; who is thanked by it already is left out."""
    there = {one.pk: one for one in records}
    known = set(
        Thanks.objects.filter(record__in=there, kind=kind).values_list("record_id", flat=True)
    )
    fresh = Thanks.objects.bulk_create(
        Thanks(organisation_id=one.organisation_id, record=one, kind=kind, given_on=on)
        for one in there.values()
        if one.pk not in known
    )
    audit.record_many("thanked", fresh, by=by, fields=["record", "kind"])
    return fresh


@transaction.atomic
def take_thanks_back(thanks: Iterable[Thanks], *, by: models.Model | None) -> int:
    """Take thanks out again that were noted by mistake; return how many."""
    thanks = list(thanks)
    audit.record_many("thanks-taken-back", thanks, by=by, fields=["kind"])
    Thanks.objects.filter(pk__in=[one.pk for one in thanks]).delete()
    return len(thanks)
