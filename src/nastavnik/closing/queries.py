"""Reads of the close of a year: how far each of its steps is, and who is missing in it."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nastavnik.closing.choices import (
    CLOSING_DAYS,
    DAYS_FOR_LAST_WORDS,
    LAST_WORD_STAGES,
    ClosingStage,
    StageState,
    ThanksKind,
)
from nastavnik.closing.models import Thanks, without_own
from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.dates import today
from nastavnik.mentorships.choices import (
    AHEAD,
    OPEN,
    MeetingKind,
    MeetingStatus,
    MentorshipStatus,
)
from nastavnik.mentorships.models import Meeting, Mentorship, MentorshipQuerySet, Tie
from nastavnik.mentorships.queries import (
    PairNow,
    can_undo,
    pairs_now,
    pairs_seen,
    pairs_to_complete,
)
from nastavnik.plans.choices import PlanStatus
from nastavnik.plans.models import PlanItem
from nastavnik.programmes.choices import ParticipationStatus, Side
from nastavnik.programmes.models import MentoringForm, Participation, Programme
from nastavnik.programmes.queries import ENDING, marks_of_bases, to_settle
from nastavnik.questionnaires.choices import InvitationState, Mode
from nastavnik.questionnaires.models import InstrumentVersion, Invitation, Response, Wave

#: The code of the question «would you like to go on?» in the questionnaires after the year (method.md §4.1–4.3).
WOULD_GO_ON = "continue"
_TO_BE_HELD = (*AHEAD, MeetingStatus.MISSED)


@dataclass(frozen=True, slots=True)
class ClosingStep:
    """A step of the close.

    Attributes:
        stage: which it is.
        number: its place, from one.
        state: whether something can be pressed, others are waited for, or nothing is left.
        words: how far it is, in numbers.
        url: its page.
    """

    stage: ClosingStage
    number: int
    state: StageState
    words: str
    url: str

    @property
    def title(self) -> str:
        """What it is called."""
        return str(self.stage.label)


def closes_now(user: SignedIn, programme: Programme) -> bool:
    """Tell whether it is time to close: the last month has come, or half of the pairs are at their end."""
    pairs = _pairs_that_count(user, programme)
    if not pairs:
        return False
    is_last_month = programme.ends_on - today() <= dt.timedelta(CLOSING_DAYS)
    n_over = sum(one.is_over or one.status == MentorshipStatus.COMPLETED for one in pairs)
    return is_last_month or 2 * n_over >= len(pairs)


def _pairs_that_count(user: SignedIn, programme: Programme) -> list[PairNow]:
    return [
        one
        for one in pairs_now(user)
        if one.programme_id == programme.pk and one.status != MentorshipStatus.CANCELLED
    ]


def steps_of_closing(user: SignedIn, programme: Programme) -> list[ClosingStep]:
    """Return the steps of the close of a programme with how far each is."""
    told = {
        ClosingStage.MEETINGS: _meetings_told(user, programme),
        ClosingStage.WORDS: _words_told(user, programme),
        ClosingStage.COMPLETION: _completion_told(user, programme),
        ClosingStage.TALKS: _talks_told(user, programme),
        ClosingStage.RESULTS: _results_told(user, programme),
        ClosingStage.NEXT_YEAR: _next_year_told(user, programme),
    }
    return [
        ClosingStep(stage, number, *told[stage], reverse(f"closing:{stage.value}"))
        for number, stage in enumerate(ClosingStage, 1)
    ]


def next_step(steps: Iterable[ClosingStep]) -> ClosingStep | None:
    """Return the first step in which something can be pressed; None where nothing can."""
    return next((one for one in steps if one.state == StageState.GO), None)


# ---------------------------------------------------------------- final meetings


def _own_pairs(user: SignedIn, programme: Programme) -> MentorshipQuerySet:
    seen = Mentorship.objects.visible_to(user).allowed_to(user, Perm.PAIR_APPROVE)
    return seen.filter(programme=programme)


def _meetings_told(user: SignedIn, programme: Programme) -> tuple[StageState, str]:
    final = Q(meetings__kind=MeetingKind.FINAL)
    counted = (
        _own_pairs(user, programme)
        .exclude(status=MentorshipStatus.CANCELLED)
        .aggregate(
            n=Count("pk", distinct=True),
            n_held=Count(
                "pk", distinct=True, filter=final & Q(meetings__status=MeetingStatus.HELD)
            ),
            n_open=Count(
                "pk",
                distinct=True,
                filter=final & Q(status__in=OPEN, meetings__status__in=_TO_BE_HELD),
            ),
        )
    )
    words = ngettext(
        "held by %(n)s of %(total)s pair", "held by %(n)s of %(total)s pairs", counted["n"]
    ) % {"n": counted["n_held"], "total": counted["n"]}
    if counted["n_open"]:
        return StageState.GO, words
    return (StageState.DONE if counted["n"] else StageState.WAIT), words


@dataclass(frozen=True, slots=True)
class FinalMeeting:
    """The final meeting of a pair that goes on and has not been told of."""

    pair: Mentorship
    meeting: Meeting

    @property
    def has_come(self) -> bool:
        """Tell whether its planned day has come."""
        return self.meeting.planned_on <= today()


def final_meetings_ahead(user: SignedIn, programme: Programme) -> list[FinalMeeting]:
    """Return the final meetings nobody has told of, of the pairs the user decides on, by the mentors' names."""
    finals = Meeting.objects.filter(kind=MeetingKind.FINAL, status__in=_TO_BE_HELD)
    pairs = (
        pairs_seen(user)
        .allowed_to(user, Perm.PAIR_APPROVE)
        .filter(programme=programme, status__in=OPEN, meetings__in=finals)
        .prefetch_related(Prefetch("meetings", queryset=finals, to_attr="finals"))
    )
    return [FinalMeeting(pair, one) for pair in pairs for one in pair.finals]  # type: ignore[attr-defined]


def finals_to_take_back(user: SignedIn, programme: Programme) -> list[Meeting]:
    """Return the final meetings the user has noted as held and may take back now."""
    pairs = _own_pairs(user, programme).filter(status__in=OPEN)
    held = Meeting.objects.filter(
        mentorship__in=pairs,
        kind=MeetingKind.FINAL,
        status=MeetingStatus.HELD,
        noted_by_id=user.viewer.user_id,
    )
    now = timezone.now()
    return [one for one in held if can_undo(one, user.viewer.user_id, now)]


# ---------------------------------------------------------------- last words


@dataclass(frozen=True, slots=True)
class LastWord:
    """A questionnaire by which a side of a form says its last word, and its wave, if it is asked already.

    Attributes:
        version: what is asked.
        side: of whom.
        form: in which form of mentoring.
        wave: by which it is asked; it may ask others too.
        invitations: those of the wave to people of this side and form.
    """

    version: InstrumentVersion
    side: Side
    form: MentoringForm
    wave: Wave | None = None
    invitations: tuple[Invitation, ...] = ()

    @property
    def key(self) -> str:
        """Return what a page sends to name it."""
        return f"{self.version.pk}-{self.side}-{self.form.pk}"

    @property
    def n_asked(self) -> int:
        """Return how many of the side and form are asked."""
        return len(self.invitations)

    @property
    def n_answered(self) -> int:
        """Return how many of them have answered."""
        return sum(one.state == InvitationState.ANSWERED for one in self.invitations)

    @property
    def silent(self) -> list[str]:
        """Return the names of the others."""
        rows = [one for one in self.invitations if one.state != InvitationState.ANSWERED]
        return sorted(one.person.short_name for one in rows)


def last_words(user: SignedIn, programme: Programme) -> list[LastWord]:
    """Return what both sides of each form are asked at the end, with who has not answered; five queries at most.

    Of several questionnaires for one stage, side and form the school's own goes first, then the newest. A wave of the same stage
    that asks this side of this form counts, whichever version it asks.
    """
    own = user.viewer.own_form_codes(programme.organisation_id)
    there = [one for one in programme.forms.order_by("order", "code") if not own or one.code in own]
    versions = (
        InstrumentVersion.objects.visible_to(user)
        .in_use()
        .filter(
            Q(organisation=None) | Q(organisation=programme.organisation_id),
            stage__in=LAST_WORD_STAGES,
            role__in=Side.values,
        )
        .defer("body")
        .order_by(F("organisation").asc(nulls_first=True), "number", "pk")
    )
    by_use = {(one.stage, one.role, code): one for one in versions for code in one.forms}
    asked = list(
        _last_waves(programme)
        .filter(pk__in=Wave.objects.visible_to(user).values("pk"))
        .prefetch_related(
            Prefetch("invitations", queryset=Invitation.objects.select_related("person"))
        )
    )
    # only an asking wider than a line has people of others in it
    is_wide = any(not (one.side and one.form_id) for one in asked)
    people = _people_by_use(programme) if is_wide else {}
    found = []
    for form in there:
        for stage in LAST_WORD_STAGES:
            for side in (Side.MENTEE, Side.MENTOR):
                version = by_use.get((stage, side.value, form.code))
                wave = next((one for one in asked if _asks(one, stage, side, form)), None)
                if version or wave:
                    found.append(_last_word(version, side, form, wave, people))
    return found


def unasked(programme: Programme, words: Iterable[LastWord]) -> list[LastWord]:
    """Return those of the words that no wave asks now, whoever has opened it; to be read under a lock."""
    waves = list(_last_waves(programme))
    return [
        one
        for one in words
        if not any(_asks(wave, one.version.stage, one.side, one.form) for wave in waves)
    ]


def _last_waves(programme: Programme) -> QuerySet[Wave]:
    there = Wave.objects.filter(programme=programme, version__stage__in=LAST_WORD_STAGES)
    return there.select_related("version").order_by("pk")


def _people_by_use(programme: Programme) -> dict[tuple[str, int | None], set[int]]:
    """Return (side, form) → the people of the bases, those who have left among them: they may have answered before."""
    people: dict[tuple[str, int | None], set[int]] = defaultdict(set)
    rows = Participation.objects.filter(programme=programme).order_by()
    for side, form, person in rows.values_list("side", "forms", "person_id"):
        people[side, form].add(person)
    return people


def _asks(wave: Wave, stage: str, side: Side, form: MentoringForm) -> bool:
    return (
        wave.version.stage == stage
        and wave.version.role == side.value
        and wave.side in ("", side.value)
        and wave.form_id in (None, form.pk)
        and form.code in wave.version.forms
    )


def _last_word(
    version: InstrumentVersion | None,
    side: Side,
    form: MentoringForm,
    wave: Wave | None,
    people: Mapping[tuple[str, int | None], Collection[int]],
) -> LastWord:
    if wave is None:
        assert version is not None  # noqa: S101 - one of the two is there
        return LastWord(version, side, form)
    own = people.get((side.value, form.pk), ())
    is_whole = wave.side == side.value and wave.form_id == form.pk
    invited = [one for one in wave.invitations.all() if is_whole or one.person_id in own]
    return LastWord(wave.version, side, form, wave, tuple(invited))


def _words_told(user: SignedIn, programme: Programme) -> tuple[StageState, str]:
    found = last_words(user, programme)
    sheets = {row.pk: row for one in found for row in one.invitations}
    n_asked = len(sheets)
    n_answered = sum(one.state == InvitationState.ANSWERED for one in sheets.values())
    n_open = sum(one.wave is None for one in found)
    parts = []
    if any(one.wave for one in found):
        parts.append(
            ngettext(
                "%(n)s of %(total)s question sheet is answered",
                "%(n)s of %(total)s question sheets are answered",
                n_asked,
            )
            % {"n": n_answered, "total": n_asked}
        )
    if n_open:
        parts.append(
            ngettext(
                "%(n)s questionnaire is not asked", "%(n)s questionnaires are not asked", n_open
            )
            % {"n": n_open}
        )
    if n_open:
        state = StageState.GO
    elif n_answered < n_asked:
        state = StageState.WAIT
    else:
        state = StageState.DONE
    return state, ", ".join(parts) or _("the forms have no questionnaire for the end")


def usual_last_day(programme: Programme) -> dt.date:
    """Return until when the last words are asked: to the end of the programme, at least ten days."""
    return max(programme.ends_on, today() + dt.timedelta(DAYS_FOR_LAST_WORDS))


# ---------------------------------------------------------------- completion


def pairs_to_close(user: SignedIn, programme: Programme) -> MentorshipQuerySet:
    """Return the pairs of a programme that have come to their end, as `pairs_to_complete` does."""
    return pairs_to_complete(user).filter(programme=programme)


def pairs_going_on(user: SignedIn, programme: Programme) -> MentorshipQuerySet:
    """Return the pairs of a programme that go on and are not at their end yet."""
    there = pairs_seen(user).allowed_to(user, Perm.PAIR_APPROVE)
    over = pairs_to_close(user, programme).values("pk")
    return there.filter(programme=programme, status__in=OPEN).exclude(pk__in=over)


def _completion_told(user: SignedIn, programme: Programme) -> tuple[StageState, str]:
    pairs = _pairs_that_count(user, programme)
    n_completed = sum(one.status == MentorshipStatus.COMPLETED for one in pairs)
    words = ngettext(
        "%(n)s of %(total)s pair is completed", "%(n)s of %(total)s pairs are completed", len(pairs)
    ) % {"n": n_completed, "total": len(pairs)}
    if any(one.is_over for one in pairs):
        return StageState.GO, words
    is_done = bool(pairs) and n_completed == len(pairs)
    return (StageState.DONE if is_done else StageState.WAIT), words


# ---------------------------------------------------------------- talks of the head


def talked_with(user: SignedIn, programme: Programme) -> QuerySet[Participation]:
    """Return the mentees of a programme whose mentoring has ended, with whom the head speaks, by name."""
    there = Participation.objects.visible_to(user).filter(
        organisation_id__in=user.viewer.organisations(Perm.TALK_NOTE)
    )
    ended = Tie.objects.filter(mentorship__status=MentorshipStatus.COMPLETED).values("mentee_id")
    return (
        without_own(user, there)
        .filter(programme=programme, side=Side.MENTEE, pk__in=ended)
        .exclude(status=ParticipationStatus.LEFT)
        .select_related("person", "closing_talk")
        .order_by("person__search_name", "pk")
    )


def _talks_told(user: SignedIn, programme: Programme) -> tuple[StageState, str]:
    there = talked_with(user, programme).select_related(None)
    counted = there.aggregate(n=Count("pk"), n_held=Count("closing_talk"))
    words = ngettext(
        "%(n)s of %(total)s mentee is spoken with",
        "%(n)s of %(total)s mentees are spoken with",
        counted["n"],
    ) % {"n": counted["n_held"], "total": counted["n"]}
    if counted["n_held"] < counted["n"]:
        return StageState.GO, words
    return (StageState.DONE if counted["n"] else StageState.WAIT), words


# ---------------------------------------------------------------- results and thanks


@dataclass(frozen=True, slots=True)
class YearResult:
    """What came of the year for somebody of a base, as the rows tell it.

    Attributes:
        record: of somebody who has finished after at least one pair.
        words: assembled from what was entered: pairs, meetings, items of the plan.
        thanks: by what the person is thanked already.
    """

    record: Participation
    words: str
    thanks: tuple[str, ...]

    @property
    def is_written(self) -> bool:
        """Tell whether the base says a result already."""
        return bool(self.record.results)

    @property
    def may_be_thanked(self) -> bool:
        """Tell whether it is a mentor who is not thanked yet."""
        return self.record.is_mentor and not self.thanks


def year_results(user: SignedIn, programme: Programme) -> list[YearResult]:
    """Return what came of the year for everybody who has finished after a pair, mentees first; six queries."""
    records = list(
        Participation.objects.visible_to(user)
        .filter(programme=programme, status=ParticipationStatus.FINISHED)
        .select_related("person")
        .prefetch_related("thanks")
        .order_by("side", "person__search_name", "pk")
    )
    records.sort(key=lambda one: one.is_mentor)
    pairs = dict(Mentorship.objects.filter(programme=programme).values_list("pk", "status"))
    of_mentor: dict[int, set[int]] = defaultdict(set)
    of_mentee: dict[int, set[int]] = defaultdict(set)
    for mentor, pair in Mentorship.objects.filter(pk__in=pairs).values_list("mentor_id", "pk"):
        of_mentor[mentor].add(pair)
    for mentee, pair in Tie.objects.filter(mentorship__in=pairs).values_list(
        "mentee_id", "mentorship_id"
    ):
        of_mentee[mentee].add(pair)
    met = Counter(
        Meeting.objects.filter(mentorship__in=pairs, status=MeetingStatus.HELD).values_list(
            "mentorship_id", flat=True
        )
    )
    planned = _plans_of(programme)
    found = []
    for record in records:
        own = (of_mentor if record.is_mentor else of_mentee)[record.pk]
        if own:
            kinds = tuple(str(ThanksKind(one.kind).label) for one in record.thanks.all())
            ends = Counter(pairs[pair] for pair in own)
            n_met = sum(met[pair] for pair in own)
            words = _result_words(ends, n_met, planned.get(record.pk))
            found.append(YearResult(record, words, kinds))
    return found


def _plans_of(programme: Programme) -> dict[int, tuple[int, int]]:
    """Return mentee's record → how many items of the approved plan are done, and of how many."""
    items = PlanItem.objects.live().filter(
        plan__status=PlanStatus.APPROVED, plan__tie__mentorship__programme=programme
    )
    rows = (
        items.order_by()
        .values_list("plan__tie__mentee_id")
        .annotate(n_done=Count("pk", filter=Q(done_on__isnull=False)), n=Count("pk"))
    )
    return {mentee: (n_done, n) for mentee, n_done, n in rows}


def _result_words(ends: Mapping[str, int], n_met: int, plan: tuple[int, int] | None) -> str:
    """Return a result in sentences; what nobody entered is not in them."""
    said = []
    for status, words in (
        (MentorshipStatus.COMPLETED, _("Pairs completed: %(n)s.")),
        (MentorshipStatus.CANCELLED, _("Pairs ended early: %(n)s.")),
    ):
        if ends.get(status):
            said.append(words % {"n": ends[status]})
    said.append(_("Meetings held: %(n)s.") % {"n": n_met})
    if plan:
        said.append(
            _("Items of the plan done: %(n)s of %(total)s.") % {"n": plan[0], "total": plan[1]}
        )
    return " ".join(said)


def _results_told(user: SignedIn, programme: Programme) -> tuple[StageState, str]:
    there = Participation.objects.visible_to(user).filter(
        programme=programme, status=ParticipationStatus.FINISHED
    )
    there = there.filter(
        Exists(Tie.objects.filter(mentee=OuterRef("pk")))
        | Exists(Mentorship.objects.filter(mentor=OuterRef("pk")))
    )
    counted = there.aggregate(n=Count("pk"), n_written=Count("pk", filter=~Q(results="")))
    n_thanked = there.filter(Exists(Thanks.objects.filter(record=OuterRef("pk")))).count()
    words = _("results of %(n)s of %(total)s people are in the bases, thanked: %(thanked)s") % {
        "n": counted["n_written"], "total": counted["n"], "thanked": n_thanked,
    }  # fmt: skip
    if counted["n_written"] < counted["n"]:
        return StageState.GO, words
    return (StageState.DONE if counted["n"] else StageState.WAIT), words


# ---------------------------------------------------------------- next year


def unsettled(user: SignedIn, programme: Programme) -> list[Participation]:
    """Return who is in no pair and has not finished, or has finished and is not asked about the next year: mentees first."""
    found: list[Participation] = []
    for side in (Side.MENTEE, Side.MENTOR):
        found += to_settle(user, programme, side).filter(goes_on=None)
    return found


def said_of_going_on(user: SignedIn, programme: Programme) -> dict[tuple[int, str], bool]:
    """Return (person, side) → what was answered by name to «would you like to go on?»; the last answer counts."""
    rows = (
        Response.objects.visible_to(user)
        .filter(
            wave__programme=programme,
            wave__version__stage__in=LAST_WORD_STAGES,
            mode=Mode.NAMED,
            invitation__isnull=False,
        )
        .order_by("submitted_at", "pk")
        .values_list("invitation__person_id", "wave__version__role", "answers")
    )
    return {
        (person_id, role): answers[WOULD_GO_ON] == "yes"
        for person_id, role, answers in rows
        if answers.get(WOULD_GO_ON) in ("yes", "no")
    }


def _next_year_told(user: SignedIn, programme: Programme) -> tuple[StageState, str]:
    marks = marks_of_bases(user, programme, ENDING)
    n = {mark: sum(marks[side, mark] for side in Side) for mark in ENDING}
    going = ngettext("%(n)s person goes on", "%(n)s people go on", n["goes_on"]) % {
        "n": n["goes_on"]
    }
    n_left = n["waiting"] + n["unasked"]
    if n_left:
        left = ngettext("%(n)s person is not settled", "%(n)s people are not settled", n_left)
        return StageState.GO, f"{going}, {left % {'n': n_left}}"
    pairs = _pairs_that_count(user, programme)
    is_open = any(one.status in OPEN for one in pairs)
    return (StageState.WAIT if is_open else StageState.DONE), going
