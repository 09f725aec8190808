"""The whole year of the demo: questionnaires before and after, ends of every kind, and how the year is closed."""

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import count

from nastavnik.closing.actions import (
    ask_last_words,
    hold_final_meetings,
    note_talks,
    settle_year,
    thank_people,
    write_results,
)
from nastavnik.closing.choices import ThanksKind
from nastavnik.closing.queries import (
    final_meetings_ahead,
    last_words,
    pairs_to_close,
    said_of_going_on,
    talked_with,
    unsettled,
    year_results,
)
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.documents.actions import (
    draft_document,
    enter_particulars,
    refresh_document,
    register_document,
    set_requisites,
)
from nastavnik.documents.choices import DocumentStatus
from nastavnik.documents.models import Document
from nastavnik.engine.instruments.model import Item, ItemKind
from nastavnik.mentorships.actions import (
    complete_pairs,
    extend_pair,
    pause_pair,
    replace_mentor,
    set_pair_status,
)
from nastavnik.mentorships.choices import (
    ORDERS,
    EndCause,
    ExtensionCause,
    MentorshipStatus,
)
from nastavnik.mentorships.models import Mentorship
from nastavnik.monitoring.actions import (
    Scored,
    begin_scorecard,
    close_scorecard,
    conclude_scorecard,
    hand_in,
    invite_scorer,
    keep_marks,
)
from nastavnik.monitoring.catalogues import scorecard_rules
from nastavnik.monitoring.choices import ANNUAL_REPORT
from nastavnik.people.models import User
from nastavnik.programmes.choices import AfterEnd, Side
from nastavnik.programmes.models import Participation, Programme
from nastavnik.questionnaires.actions import close_wave, enter_answers, open_wave
from nastavnik.questionnaires.adapter import instrument_of
from nastavnik.questionnaires.models import InstrumentVersion, Invitation, Wave
from nastavnik.questionnaires.queries import AudienceRule, audience_of

LIVED = dt.timedelta(days=285)  # of the year that has passed by today
PREPARED = dt.timedelta(days=42)  # before the pairs begin
DAYS_LEFT = {"closing": 3, "finished": 0}
EARLY, REPLACED, EXTENDED, PAUSED = 10, 12, 14, 16  # places of the pairs that end otherwise
RECOMMENDED = "Провести обучение наставников до октября.\nСпрашивать об ожиданиях и о том, как вышло, в одни и те же недели."
SILENT = 7  # every seventh leaves a questionnaire unanswered
TALK_WORDS = (
    "доволен, хочет продолжать",
    "стал увереннее отвечать у доски",
    "просит заниматься и летом",
)


def whole_year() -> tuple[dt.date, dt.date]:
    """Return the first and the last day of a year of which nine months have passed by today."""
    first = (today() - LIVED).replace(day=1)
    return first, first.replace(year=first.year + 1) - dt.timedelta(days=1)


def sign_orders(programme: Programme, *, day: dt.date, numbers: Iterable[int], by: User) -> None:
    """Give every draft of an order on pairs its number and register it."""
    drafts = Document.objects.filter(
        organisation_id=programme.organisation_id, kind__in=ORDERS, status=DocumentStatus.DRAFT
    )
    for draft, number in zip(drafts.order_by("pk"), numbers, strict=False):
        order = set_requisites(draft, number=f"{number}-о", dated_on=day, by=by)
        answers = {
            "curator_post": "заместитель директора по воспитательной работе",
            "method_council_number": "5",
            "method_council_on": (day - dt.timedelta(days=3)).isoformat(),
            "agreements_by": "Кадрова Нина Павловна",
            "agreements_post": "специалист по кадрам",
            "agreements_until": (day + dt.timedelta(days=10)).isoformat(),
            "ground": "заявления участников",
        }
        enter_particulars(order, answers, by=by)
        register_document(refresh_document(order, by=by), by=by)


def ask(programme: Programme, stage: str, *, opens_on: dt.date, by: User) -> None:
    """Ask both sides of each form the questionnaires of a stage, let most answer, close the waves."""
    for form in programme.forms.order_by("order", "code"):
        for side in Side:
            version = (
                InstrumentVersion.objects.shipped()
                .in_use()
                .filter(stage=stage, role=side.value)
                .order_by("pk")
            )
            fitting = [one for one in version if form.code in one.forms]
            rule = AudienceRule(side.value, form)
            if not fitting or not audience_of(programme, rule).people:
                continue
            wave = open_wave(
                programme, fitting[0], title="", rule=rule, opens_on=opens_on, closes_on=today(), by=by
            )  # fmt: skip
            answer(wave, by=by)
            close_wave(wave, by=by)


def answer(wave: Wave, *, by: User) -> None:
    """Let most of those who are asked answer the closed questions of a wave, always the same."""
    items = [item for item in instrument_of(wave.version).items if item.asks]
    asked = Invitation.objects.filter(wave=wave).select_related("wave__version", "person")
    for number, invitation in enumerate(asked.order_by("person__search_name", "pk")):
        if number % SILENT == (SILENT - 1 if wave.version.stage == "before" else 2):
            continue
        given = {
            item.code: said
            for place, item in enumerate(items)
            if (said := _said(item, number + place, wave.version.stage)) is not None
        }
        enter_answers(invitation, given, submit_key=f"{invitation.pk}", by=by)


def _said(item: Item, turn: int, stage: str) -> object:
    """Return the answer to a closed question: after the year a little better than before it; None to an open one."""
    if item.kind == ItemKind.SCALE:
        assert item.minimum is not None  # noqa: S101 - of every scale
        assert item.maximum is not None  # noqa: S101 - of every scale
        height = item.maximum - item.minimum
        share = (5 + turn % 4) if stage == "before" else (6 + turn * 3 % 5)
        return item.minimum + round(height * share / 10)
    if item.kind == ItemKind.YES_NO:
        return "no" if turn % 5 == 0 else "yes"
    if item.kind == ItemKind.CHOICE:
        return item.options[turn % len(item.options)].code
    return None


def end_otherwise(programme: Programme, *, by: User) -> None:
    """Let one pair end early, one have another mentor, one get more time, one pause, each with its order."""
    pairs = list(
        Mentorship.objects.filter(
            programme=programme, status=MentorshipStatus.ACTIVE, is_group=False
        ).order_by("pk")
    )
    if len(pairs) <= PAUSED:
        return
    set_pair_status(
        pairs[EARLY], MentorshipStatus.CANCELLED, reason="переезд в другой город", by=by
    )
    _replace(pairs[REPLACED], by=by)
    extend_pair(
        pairs[EXTENDED],
        ends_on=programme.ends_on + dt.timedelta(days=20),
        cause=ExtensionCause.ABSENCE,
        by=by,
    )
    pause_pair(
        pairs[PAUSED],
        first=today(),
        last=today() + dt.timedelta(days=6),
        cause=ExtensionCause.ABSENCE,
        by=by,
    )
    sign_orders(programme, day=today() - dt.timedelta(days=1), numbers=count(171), by=by)


def _replace(pair: Mentorship, *, by: User) -> None:
    """Give a pair the first mentor of its form who has a place and may lead it."""
    free = Participation.objects.filter(
        programme_id=pair.programme_id, side=Side.MENTOR, forms=pair.form
    ).exclude(pk=pair.mentor_id)
    for mentor in free.order_by("active_count", "pk"):
        if mentor.active_count < mentor.capacity:
            try:
                replace_mentor(pair, mentor, cause=EndCause.ASKED, by=by)
            except RefusedError:
                continue
            return


def score(programme: Programme, scorers: Sequence[User], *, by: User) -> None:
    """Fill in the scorecard as several people do: each a sheet of their own, not agreed about everything."""
    card = begin_scorecard(programme, scorer=None, by=by)
    for place, scorer in enumerate(scorers):
        sheet = invite_scorer(card, scorer, by=by)
        codes = [one.code for one in scorecard_rules().indicators]
        given = {code: Scored(1 if (at + place) % 4 == 0 else 2) for at, code in enumerate(codes)}
        keep_marks(sheet, given, by=scorer)
        hand_in(sheet, by=scorer)
    conclude_scorecard(
        card, conclusion="Работа идёт по программе; усилить обучение наставников.", by=by
    )
    close_scorecard(card, by=by)


def close(programme: Programme, *, by: User) -> None:
    """Close the year as a curator does, step by step."""
    for final in final_meetings_ahead(by, programme):
        hold_final_meetings([final.meeting], on=min(final.meeting.planned_on, today()), by=by)
    waves = ask_last_words(programme, last_words(by, programme), closes_on=today(), by=by)
    for wave in waves:
        answer(wave, by=by)
        close_wave(wave, by=by)
    complete_pairs(pairs_to_close(by, programme), with_order=True, by=by)
    sign_orders(programme, day=today(), numbers=count(204), by=by)
    talks = {
        record: TALK_WORDS[number] if number < len(TALK_WORDS) else ""
        for number, record in enumerate(talked_with(by, programme))
    }
    note_talks(talks, held_on=today(), held_by=programme.organisation.head_name, by=by)
    write_results(year_results(by, programme), by=by)
    mentors = [one.record for one in year_results(by, programme) if one.may_be_thanked]
    thank_people(mentors[:3], ThanksKind.BEST, on=today(), by=by)
    thank_people(mentors[3:], ThanksKind.GRATITUDE, on=today(), by=by)
    thank_people(mentors[:1], ThanksKind.HONOUR, on=today(), by=by)
    pupils = [one for one in mentors if one.person.is_learner]
    thank_people(pupils[:2], ThanksKind.PARENTS, on=today(), by=by)
    said = said_of_going_on(by, programme)
    answers = {
        record: AfterEnd.LATER
        if (goes_on := said.get((record.person_id, record.side))) is None
        else AfterEnd.GOES_ON
        if goes_on
        else AfterEnd.STOPS
        for record in unsettled(by, programme)
    }
    settle_year(answers, by=by)
    report = draft_document(programme.year, ANNUAL_REPORT, subject_id=None, by=by)
    enter_particulars(report, {"recommendations": RECOMMENDED}, by=by)
    refresh_document(report, by=by)
