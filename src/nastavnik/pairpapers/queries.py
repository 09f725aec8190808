"""Reads for the papers of a pair: its people, what became of its meetings, what of the plans is done."""

import calendar
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch

from nastavnik.closing.choices import LAST_WORD_STAGES
from nastavnik.closing.models import ClosingTalk
from nastavnik.core.access import SignedIn
from nastavnik.core.dates import today
from nastavnik.documents.choices import DocumentStatus
from nastavnik.documents.models import Document
from nastavnik.mentorships.choices import AHEAD, MeetingStatus
from nastavnik.mentorships.models import Meeting, Mentorship, MentorshipQuerySet, Tie
from nastavnik.mentorships.queries import pairs_seen
from nastavnik.people.models import Person
from nastavnik.plans.access import may_be_kept
from nastavnik.plans.models import IndividualPlan, PlanItem
from nastavnik.programmes.choices import Side
from nastavnik.questionnaires.choices import Mode
from nastavnik.questionnaires.models import Response


def pairs_with_papers(user: SignedIn) -> MentorshipQuerySet:
    """Return the pairs whose papers a user may see, with their people."""
    return pairs_seen(user).select_related("programme__year", "organisation")


def pair_of_document(document: Document) -> Mentorship | None:
    """Return the pair a paper is of, with its people; None where it is gone, or none of them may be written about today."""
    ties = Tie.objects.present().select_related("mentee__person").order_by("pk")
    pair = (
        Mentorship.objects.filter(
            organisation=document.organisation_id, pk=document.subject_id or 0
        )
        .select_related("mentor__person__partner", "form", "programme__year", "organisation")
        .prefetch_related(Prefetch("ties", queryset=ties))
        .first()
    )
    return pair if pair is not None and not why_closed(pair) else None


def tie_of_document(document: Document) -> Tie | None:
    """Return the mentee of a pair a paper is of, the pair with its people beside; None as `pair_of_document`."""
    tie = (
        Tie.objects.present()
        .filter(organisation=document.organisation_id, pk=document.subject_id or 0)
        .select_related(
            "mentee__person__partner", "order", "mentorship__mentor__person__partner", "mentorship__form",
            "mentorship__programme__year", "mentorship__organisation",
        )
        .first()
    )  # fmt: skip
    if tie is None or may_be_kept([tie.mentee.person, tie.mentorship.mentor.person]).reasons:
        return None
    return tie


def plan_of(tie: Tie) -> IndividualPlan | None:
    """Return the plan of a mentee that counts, with its goals and items; None where there is none."""
    plans = IndividualPlan.objects.current().filter(tie=tie)
    return plans.prefetch_related("goals", "items").first()


def order_of(tie: Tie) -> Document | None:
    """Return the registered order that attaches a mentee to the mentor; the order is to be fetched."""
    order = tie.order
    return order if order is not None and order.status == DocumentStatus.REGISTERED else None


def last_answers(tie: Tie) -> Response | None:
    """Return what the mentee has answered by name at the end of the year; None where it may be about another mentor."""
    pair = tie.mentorship
    later = Tie.objects.filter(
        mentee=tie.mentee_id, mentorship__form=pair.form_id, pk__gt=tie.pk
    ).exclude(mentorship__mentor=pair.mentor_id)
    if later.exists():
        return None
    rows = Response.objects.filter(
        mode=Mode.NAMED,
        invitation__person=tie.mentee.person_id,
        wave__programme=pair.programme_id,
        wave__version__role=Side.MENTEE,
        wave__version__stage__in=LAST_WORD_STAGES,
    ).select_related("wave__version")
    # which forms a version is for is a list in JSON: no database of ours searches in it alike
    fitting = [
        one
        for one in rows.order_by("submitted_at", "pk")
        if pair.form.code in one.wave.version.forms
    ]
    return fitting[-1] if fitting else None


def talk_of(tie: Tie) -> ClosingTalk | None:
    """Return the talk of the head with a mentee at the end; None where none is noted."""
    return ClosingTalk.objects.filter(record=tie.mentee_id).first()


def stands_in(user: SignedIn, pair: Mentorship) -> bool:
    """Tell whether the user is one of the pair, whose words of each other are not for them."""
    return user.viewer.person_id in {one.pk for one in people_of(pair)}


def people_of(pair: Mentorship) -> list[Person]:
    """Return the mentor and the mentees; they are to be fetched."""
    return [pair.mentor.person, *pair.mentees]


def why_closed(pair: Mentorship) -> tuple[str, ...]:
    """Return why nothing may be written about the people of a pair today; nothing where it may."""
    return may_be_kept(people_of(pair)).reasons


@dataclass(frozen=True, slots=True)
class MonthSpan:
    """A month, or the whole time of a pair: both days inside."""

    first: dt.date
    last: dt.date

    def __contains__(self, day: dt.date | None) -> bool:
        return day is not None and self.first <= day <= self.last


def month_of(day: dt.date) -> MonthSpan:
    """Return the month of a day."""
    last = calendar.monthrange(day.year, day.month)[1]
    return MonthSpan(day.replace(day=1), day.replace(day=last))


def last_day_of(pair: Mentorship) -> dt.date:
    """Return until when something may have happened in a pair by today."""
    return min(pair.ended_on or pair.ends_on, today())


def months_of(pair: Mentorship) -> list[MonthSpan]:
    """Return the months in which a pair has run so far, the latest first; none before it begins."""
    found, day = [], last_day_of(pair)
    while day >= pair.starts_on:
        month = month_of(day)
        found.append(month)
        day = month.first - dt.timedelta(days=1)
    return found


@dataclass(frozen=True, slots=True)
class MeetingLine:
    """A meeting whose day has come, and the items of the plans that were ticked at it."""

    meeting: Meeting
    done: tuple[PlanItem, ...]

    @property
    def day(self) -> dt.date:
        """Return when it took place, or was to."""
        return self.meeting.held_on or self.meeting.planned_on

    @property
    def is_unsaid(self) -> bool:
        """Tell whether nobody has said what became of it."""
        return self.meeting.status in AHEAD


def meeting_lines(pair: Mentorship, span: MonthSpan | None = None) -> list[MeetingLine]:
    """Return the meetings of a pair whose day has come or that have taken place, by their days; in a span only its own."""
    done: dict[int, list[PlanItem]] = defaultdict(list)
    for item in done_items(pair):
        if item.meeting_id:
            done[item.meeting_id].append(item)
    rows = [
        MeetingLine(one, tuple(done[one.pk])) for one in Meeting.objects.filter(mentorship=pair)
    ]
    come = [one for one in rows if not one.is_unsaid or one.day <= last_day_of(pair)]
    return sorted(
        (one for one in come if span is None or one.day in span),
        key=lambda one: (one.day, one.meeting.pk),
    )


def done_items(pair: Mentorship, span: MonthSpan | None = None) -> list[PlanItem]:
    """Return what is done of the plans that count, by the days; in a span only its own."""
    items = PlanItem.objects.live().filter(plan__in=_plans(pair), done_on__isnull=False)
    rows = items.order_by("done_on", "place", "pk")
    return [one for one in rows if span is None or one.done_on in span]


def _plans(pair: Mentorship) -> Iterable[IndividualPlan]:
    return IndividualPlan.objects.current().filter(tie__mentorship=pair)


@dataclass(frozen=True, slots=True)
class PlanShare:
    """How much of the plan of one mentee is done."""

    tie: int
    n_done: int
    n: int


def plan_shares(pair: Mentorship, by: dt.date) -> list[PlanShare]:
    """Return of each plan of a pair how many of its items were done by the end of a day; a mentee without a plan is not there."""
    counted: dict[int, list[bool]] = defaultdict(list)
    items = PlanItem.objects.live().filter(plan__in=_plans(pair))
    for tie, done_on in items.order_by("plan__tie", "pk").values_list("plan__tie", "done_on"):
        counted[tie].append(done_on is not None and done_on <= by)
    return [PlanShare(tie, sum(marks), len(marks)) for tie, marks in counted.items()]


@dataclass(frozen=True, slots=True)
class MeetingCounts:
    """How many meetings have taken place, have not, and of how many nobody has said it."""

    n_held: int
    n_missed: int
    n_unsaid: int


def counts_of(lines: Sequence[MeetingLine]) -> MeetingCounts:
    """Count meetings by what became of them."""
    return MeetingCounts(
        sum(one.meeting.status == MeetingStatus.HELD for one in lines),
        sum(one.meeting.status == MeetingStatus.MISSED for one in lines),
        sum(one.is_unsaid for one in lines),
    )
