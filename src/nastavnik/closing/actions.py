"""Writes of the close of a year: many at once, each by an action of the app below."""

import datetime as dt
from collections.abc import Iterable, Mapping

from django.db import models, transaction
from django.utils.translation import gettext as _

from nastavnik.closing.queries import LastWord
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.mentorships.actions import Note, enter_month, undo_note
from nastavnik.mentorships.choices import MeetingStatus
from nastavnik.mentorships.models import Meeting
from nastavnik.programmes.actions import settle_next_year
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
        words: those without a wave.
        closes_on: the last day to answer, usually `queries.usual_last_day`.
        by: who asks.

    Raises:
        RefusedError: the day is over, or nobody may be asked at all.
    """
    opened = []
    for word in words:
        rule = AudienceRule(word.side, word.form)
        if word.wave is not None or not audience_of(programme, rule).people:
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
