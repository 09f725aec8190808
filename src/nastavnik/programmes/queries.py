"""Reads of programmes and bases."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from typing import NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from nastavnik.consents.choices import NEEDED_FOR_BASE, Purpose
from nastavnik.consents.queries import held_purposes, missing_purposes
from nastavnik.core.access import Perm, SignedIn, Verdict
from nastavnik.core.dates import today
from nastavnik.core.request_cache import cached
from nastavnik.core.text import fold
from nastavnik.organisations.models import AcademicYear, Organisation
from nastavnik.organisations.queries import year_for
from nastavnik.people.choices import OUTSIDERS, PersonKind
from nastavnik.people.models import Person
from nastavnik.people.queries import group_names, in_class, roster
from nastavnik.programmes import catalogues
from nastavnik.programmes.access import may_be_ready, warnings_of
from nastavnik.programmes.choices import (
    CLEARANCE_SOON_DAYS,
    SHORTEST_PAIR_DAYS,
    ParticipationStatus,
    Side,
)
from nastavnik.programmes.models import (
    Attendance,
    GroupMeeting,
    MentoringForm,
    Participation,
    Preference,
    Programme,
)


def current_programme(user: SignedIn, day: dt.date | None = None) -> Programme | None:
    """Return the programme the user works in: the one that holds the day, else the latest."""
    day = day or today()
    return cached(("current_programme", user.viewer.user_id, day), lambda: _programme_on(user, day))


def _programme_on(user: SignedIn, day: dt.date) -> Programme | None:
    programmes = Programme.objects.visible_to(user).select_related("organisation", "year")
    return programmes.filter(starts_on__lte=day, ends_on__gte=day).first() or programmes.first()


@dataclass(frozen=True, slots=True)
class BaseRow:
    """A record of a base as a page shows it: everything is read, no query is left to the template."""

    record: Participation
    group: str
    forms: tuple[str, ...]
    areas: tuple[str, ...]
    missing: tuple[Purpose, ...]
    verdict: Verdict
    warnings: tuple[str, ...]

    @property
    def key(self) -> str:
        """The key of the record as a form sends it."""
        return str(self.record.pk)


def base_rows(records: Iterable[Participation], *, with_groups: bool = True) -> list[BaseRow]:
    """Return rows of a base in two queries whatever their number (`records` with person and forms fetched).

    Without `with_groups` the classes are not asked for and left empty.
    """
    records = list(records)
    day = today()
    held = held_purposes([record.person_id for record in records], day)
    groups = group_names([record.person for record in records]) if with_groups else {}
    rows = []
    for record in records:
        forms = list(record.forms.all())
        own = held.get(record.person_id, frozenset())
        rows.append(
            BaseRow(
                record=record,
                group=groups.get(record.person_id, ""),
                forms=tuple(form.title for form in forms),
                areas=area_titles(record.areas),
                missing=missing_purposes(own, NEEDED_FOR_BASE),
                verdict=may_be_ready(record, own, forms, day),
                warnings=warnings_of(record, day),
            )
        )
    return rows


def area_titles(codes: Iterable[str]) -> tuple[str, ...]:
    """Return the words of area codes, unknown ones left out."""
    known = catalogues.areas()
    return tuple(known[code].title for code in codes if code in known)


def areas_offered(record: Participation, forms: Iterable[MentoringForm]) -> list[tuple[str, str]]:
    """Return the areas a record may name as choices: what may be asked, or offered to the mentees of these forms."""
    if not record.is_mentor:
        return catalogues.area_choices(learner=record.person.is_learner)
    kinds = {kind for form in forms for kind in form.mentee_kinds}
    choices = []
    if kinds - {PersonKind.TEACHER.value}:
        choices += catalogues.area_choices(learner=True)
    if PersonKind.TEACHER.value in kinds:
        choices += catalogues.area_choices(learner=False)
    return choices


@dataclass(frozen=True, slots=True)
class BaseCounts:
    """How many people stand where in one base."""

    total: int
    ready: int
    paired: int


def base_counts(user: SignedIn, programme: Programme, side: Side) -> BaseCounts:
    """Count a base of a programme, those who left are not counted."""
    numbers = states_of_bases(user, programme)
    return BaseCounts(
        total=sum(n for (of, _status), n in numbers.items() if of == side),
        ready=numbers[side, ParticipationStatus.READY],
        paired=numbers[side, ParticipationStatus.PAIRED],
    )


def states_of_bases(user: SignedIn, programme: Programme) -> Counter[tuple[str, str]]:
    """Return (side, status) → how many records, of both bases, without those who left; one query a page."""
    return cached(
        ("states_of_bases", user.viewer.user_id, programme.pk),
        lambda: Counter((row.side, row.status) for row in standing_in(user, programme)),
    )


def is_closing(user: SignedIn, programme: Programme) -> bool:
    """Tell whether a programme is being closed: somebody has finished, nobody is in a pair, and no pair will begin.

    None begins where nobody waits for one, or where less is left of the programme than a pair needs.
    """
    states = states_of_bases(user, programme)
    if states[Side.MENTEE, ParticipationStatus.PAIRED]:
        return False
    nobody_waits = not states[Side.MENTEE, ParticipationStatus.READY]
    is_late = programme.ends_on - today() < dt.timedelta(days=SHORTEST_PAIR_DAYS)
    return states[Side.MENTEE, ParticipationStatus.FINISHED] > 0 and (nobody_waits or is_late)


def candidates_of_roster(
    user: SignedIn,
    programme: Programme,
    side: Side,
    *,
    q: str = "",
    group: str = "",
    kind: str = "",
) -> QuerySet[Person]:
    """Return the people of the roster who may enter a base by kind and are not in it yet."""
    forms = list(programme.forms.all())
    kinds = {
        kind
        for form in forms
        for kind in (form.mentor_kinds if side == Side.MENTOR else form.mentee_kinds)
    }
    inside = Participation.objects.filter(programme=programme, side=side).exclude(
        status=ParticipationStatus.LEFT
    )
    within = Person.objects.within(user, Perm.MENTEE_PROPOSE)
    return (
        roster(user, q=q, group=group, kind=kind)
        .filter(
            organisation_id=programme.organisation_id, kind__in=kinds, pk__in=within.values("pk")
        )
        .exclude(pk__in=inside.values("person_id"))
    )


def going_on(user: SignedIn, programme: Programme) -> QuerySet[Participation]:
    """Return the records of the year before whose people said to go on, and who were never in that base of this programme."""
    years = Programme.objects.filter(
        organisation_id=programme.organisation_id,
        year__starts_on__lt=programme.year.starts_on,
    )
    before = years.order_by("-year__starts_on").values("year")[:1]
    inside = Participation.objects.filter(
        programme=programme, side=OuterRef("side"), person=OuterRef("person")
    )
    return (
        Participation.objects.within(user, Perm.BASE_EDIT)
        .filter(
            ~Exists(inside),
            programme__organisation=programme.organisation_id,
            programme__year__in=before,
            status=ParticipationStatus.FINISHED,
            goes_on=True,
            person__left_on=None,
        )
        .select_related("person")
        .order_by("side", "person__search_name", "pk")
    )


def programme_before(organisation: Organisation, year: AcademicYear) -> Programme | None:
    """Return the last programme of an earlier year, from which a new one is copied."""
    programmes = Programme.objects.filter(organisation=organisation)
    return programmes.filter(year__starts_on__lt=year.starts_on).first()


def years_to_open(organisation: Organisation) -> list[AcademicYear]:
    """Return the years in which a programme may begin: the present one and those ahead; one without a programme is first."""
    present = year_for(organisation, today())
    if present is None:
        return []
    years = AcademicYear.objects.filter(
        organisation=organisation, starts_on__gte=present.starts_on
    ).order_by("starts_on")
    taken = set(Programme.objects.filter(year__in=years).values_list("year", flat=True))
    return sorted(years, key=lambda year: (year.pk in taken, year.starts_on))


def why_nobody(
    user: SignedIn, programme: Programme, side: Side, everybody: QuerySet[Person]
) -> str:
    """Say why the roster offers nobody for a base (`candidates_of_roster`), the filter last."""
    if everybody.exists():
        return _("Nobody fits the filter.")
    if Participation.objects.filter(programme=programme).of(side).exists():
        return _("Everybody on the roster whom the forms take is in the base already.")
    if roster(user).exists():
        return _("Nobody on the roster fits the forms of the programme.")
    return _("The roster is empty so far.")


def candidates(user: SignedIn, programme: Programme) -> QuerySet[Participation]:
    """Return the records of both bases that are still being prepared."""
    return (
        Participation.objects.visible_to(user)
        .filter(programme=programme, status=ParticipationStatus.CANDIDATE)
        .select_related("person")
        .prefetch_related("forms")
    )


def undescribed(user: SignedIn, programme: Programme, side: Side) -> QuerySet[Participation]:
    """Return the records of one base that wait because nothing says what is asked or offered."""
    silent = {"areas": []} if side == Side.MENTOR else {"areas": [], "request": ""}
    return candidates(user, programme).filter(side=side, **silent)


# what else a base may be narrowed to than the states of its records; `told` is of a mentor what is offered
_TOLD = {Side.MENTEE: ~Q(areas=[], request=""), Side.MENTOR: ~Q(areas=[])}
_STILL_IN = ~Q(status=ParticipationStatus.LEFT)
_FINISHED = Q(status=ParticipationStatus.FINISHED)
OUTSIDE = Q(person__kind__in=OUTSIDERS) | Q(person__partner__isnull=False)


def _uncleared() -> Q:
    return Q(cleared_on=None) | Q(cleared_until__lt=today())


def _clearance_ends() -> Q:
    day = today()
    return Q(cleared_until__range=(day, day + dt.timedelta(days=CLEARANCE_SOON_DAYS)))


BASE_MARKS: dict[str, Callable[[Side], Q]] = {
    "told": lambda side: _STILL_IN & _TOLD[side],
    "untold": lambda side: _STILL_IN & ~_TOLD[side],
    "admitted": lambda _side: _STILL_IN & ~Q(status=ParticipationStatus.CANDIDATE),
    "trained": lambda _side: _STILL_IN & Q(trained_on__isnull=False),
    "uninterviewed": lambda _side: (
        _STILL_IN & ~_FINISHED & Q(interview_outcome="", interviewed_on=None)
    ),
    "uncleared": lambda _side: _STILL_IN & ~_FINISHED & OUTSIDE & _uncleared(),
    "clearance_ends": lambda _side: _STILL_IN & ~_FINISHED & OUTSIDE & _clearance_ends(),
    "untrained": lambda _side: _STILL_IN & ~_FINISHED & Q(trained_on=None),
    "waiting": lambda _side: Q(
        status__in=(ParticipationStatus.CANDIDATE, ParticipationStatus.READY)
    ),
    "unasked": lambda _side: _FINISHED & Q(goes_on=None),
    "goes_on": lambda _side: _FINISHED & Q(goes_on=True),
    "stops": lambda _side: _FINISHED & Q(goes_on=False),
}


class BaseStanding(NamedTuple):
    """What the first page counts a record of a base by: an object of the model costs more than the question itself."""

    person_id: int
    side: str
    status: str
    areas: list[str]
    request: str
    trained_on: dt.date | None
    interview_outcome: str
    goes_on: bool | None
    cleared_on: dt.date | None
    cleared_until: dt.date | None
    active_count: int
    kind: str
    partner_id: int | None

    @property
    def is_told(self) -> bool:
        """Tell whether anything says what is asked or, of a mentor, offered."""
        return bool(self.areas) or (self.side == Side.MENTEE and bool(self.request))

    @property
    def has_finished(self) -> bool:
        """Tell whether the participation has ended."""
        return self.status == ParticipationStatus.FINISHED

    @property
    def is_from_outside(self) -> bool:
        """Tell whether a certificate of no criminal record is asked of the person."""
        return self.kind in OUTSIDERS or self.partner_id is not None

    @property
    def is_cleared(self) -> bool:
        """Tell whether a certificate holds today."""
        is_over = self.cleared_until is not None and self.cleared_until < today()
        return self.cleared_on is not None and not is_over

    @property
    def clearance_ends_soon(self) -> bool:
        """Tell whether a certificate that holds ends within `CLEARANCE_SOON_DAYS`."""
        day = today()
        last = day + dt.timedelta(days=CLEARANCE_SOON_DAYS)
        return self.cleared_until is not None and day <= self.cleared_until <= last


_OF_STANDING = (
    "person_id", "side", "status", "areas", "request", "trained_on", "interview_outcome", "goes_on", "cleared_on",
    "cleared_until", "active_count", "person__kind", "person__partner_id",
)  # fmt: skip

#: The same marks as `BASE_MARKS`, of a record that was read already.
HOLDS: dict[str, Callable[[BaseStanding], bool]] = {
    "told": lambda row: row.is_told,
    "untold": lambda row: not row.is_told,
    "admitted": lambda row: row.status != ParticipationStatus.CANDIDATE,
    "trained": lambda row: row.trained_on is not None,
    "uninterviewed": lambda row: not row.has_finished and not row.interview_outcome,
    "uncleared": lambda row: not row.has_finished and row.is_from_outside and not row.is_cleared,
    "clearance_ends": lambda row: (
        not row.has_finished and row.is_from_outside and row.clearance_ends_soon
    ),
    "untrained": lambda row: not row.has_finished and row.trained_on is None,
    "waiting": lambda row: row.status in (ParticipationStatus.CANDIDATE, ParticipationStatus.READY),
    "unasked": lambda row: row.has_finished and row.goes_on is None,
    "goes_on": lambda row: row.has_finished and row.goes_on is True,
    "stops": lambda row: row.has_finished and row.goes_on is False,
}


#: The marks of a programme that goes on, and those of one that ends: a page asks for the one or the other.
GOING_ON = ("told", "untold", "admitted", "trained")
ENDING = ("waiting", "unasked", "goes_on", "stops")


def marks_of_bases(
    user: SignedIn, programme: Programme, marks: tuple[str, ...] = GOING_ON
) -> dict[tuple[Side, str], int]:
    """Return (side, mark) → how many records a base narrowed to the mark lists; of the one reading of the bases a page has."""
    return cached(
        ("marks_of_bases", user.viewer.user_id, programme.pk, marks),
        lambda: _marks_of_bases(user, programme, marks),
    )


def _marks_of_bases(
    user: SignedIn, programme: Programme, marks: tuple[str, ...]
) -> dict[tuple[Side, str], int]:
    counted = Counter(
        (Side(row.side), mark)
        for row in standing_in(user, programme)
        for mark in marks
        if HOLDS[mark](row)
    )
    return {(side, mark): counted[side, mark] for side in Side for mark in marks}


# how a base may be ordered
BASE_ORDERS: dict[str, tuple[str, ...]] = {
    "name": ("person__search_name",),
    "load": ("active_count", "person__search_name"),
    "state": ("status", "person__search_name"),
}


def base_records(
    user: SignedIn,
    programme: Programme,
    side: Side,
    *,
    q: str = "",
    status: str = "",
    form: str = "",
    sort: str = "name",
) -> QuerySet[Participation]:
    """Return the records of one base a user sees, narrowed by part of a name, state and form.

    `status` is a state or a key of `BASE_MARKS`, `sort` a key of `BASE_ORDERS`, with «-» before it turned round.
    """
    records = (
        Participation.objects.visible_to(user)
        .filter(programme=programme, side=side)
        .select_related("person")
        .prefetch_related("forms")
    )
    if status in BASE_MARKS:
        records = records.filter(BASE_MARKS[status](side))
    else:
        records = records.filter(Q(status=status) if status else _STILL_IN)
    for word in fold(q).split():
        records = records.filter(person__search_name__contains=word)
    sign = "-" if sort.startswith("-") else ""
    fields = (*BASE_ORDERS[sort.removeprefix("-")], "pk")
    records = records.order_by(*(sign + name for name in fields))
    if form:
        of_form = programme.forms.filter(code=form)
        records = records.filter(
            pk__in=Participation.forms.through.objects.filter(mentoringform__in=of_form).values(
                "participation_id"
            )
        )
    return records


def to_settle(user: SignedIn, programme: Programme, side: Side) -> QuerySet[Participation]:
    """Return those of a base of whom it can be said what becomes of them after the year: in no pair, not left."""
    records = base_records(user, programme, side)
    return records.filter(
        status__in=(
            ParticipationStatus.CANDIDATE,
            ParticipationStatus.READY,
            ParticipationStatus.FINISHED,
        ),
        active_count=0,
    )


def of_class_and_kind(
    records: QuerySet[Participation], group: str, kind: str
) -> QuerySet[Participation]:
    """Return the records of people of one class and kind; empty means whichever."""
    if kind:
        records = records.filter(person__kind=kind)
    if group:
        records = records.filter(person__in=in_class(group).values("person_id"))
    return records


def people_in_bases(user: SignedIn) -> list[int]:
    """Return the keys of the people who stand in a base of the programme the user works in."""
    return [row.person_id for row in _standing(user)]


def people_paired(user: SignedIn) -> list[int]:
    """Return the keys of the people who are in a pair of the programme the user works in."""
    return [row.person_id for row in _standing(user) if row.status == ParticipationStatus.PAIRED]


def _standing(user: SignedIn) -> list[BaseStanding]:
    """Return everybody in a base of the programme the user works in."""
    programme = current_programme(user)
    return [] if programme is None else standing_in(user, programme)


def standing_in(user: SignedIn, programme: Programme) -> list[BaseStanding]:
    """Return everybody in the bases of a programme whom the user sees, without those who left; one query a page."""

    def ask() -> list[BaseStanding]:
        rows = Participation.objects.visible_to(user).filter(programme=programme).order_by()
        standing = rows.exclude(status=ParticipationStatus.LEFT)
        return [BaseStanding(*row) for row in standing.values_list(*_OF_STANDING)]

    return cached(("standing_in_bases", user.viewer.user_id, programme.pk), ask)


def papers_of_bases(user: SignedIn) -> dict[int, frozenset[Purpose]]:
    """Return the papers that hold today of everybody in a base, as `held_purposes`; asked once a page."""
    return cached(
        ("papers_of_bases", user.viewer.user_id),
        lambda: held_purposes(people_in_bases(user), today()),
    )


def people_prepared(user: SignedIn) -> list[int]:
    """Return the keys of the people who stand in a base and are still being prepared; of a class teacher the own ones."""
    programme = current_programme(user)
    if programme is None:
        return []
    rows = candidates(user, programme)
    if not user.viewer.may(Perm.BASE_EDIT):
        rows = rows.filter(pk__in=Participation.objects.within(user, Perm.REQUEST_WRITE))
    return list(rows.values_list("person_id", flat=True))


def forms_of(user: SignedIn) -> list[tuple[str, str]]:
    """Return the forms of the user's organisation as choices."""
    return list(MentoringForm.objects.visible_to(user).values_list("code", "title"))


@dataclass(frozen=True, slots=True)
class Choices:
    """What people said after the group meetings of a programme, in keys of their records.

    Attributes:
        of_mentees: mentee → mentors chosen, the dearest first, of the last meeting at which the person chose.
        of_mentors: the same turned round.
        refused: (mentor, mentee) of whom one said «not with», at whichever meeting.
    """

    of_mentees: dict[int, tuple[int, ...]]
    of_mentors: dict[int, tuple[int, ...]]
    refused: frozenset[tuple[int, int]]


def choices_of(programme: Programme) -> Choices:
    """Return the choices of a programme for matching; one query. Who reads them on a page is asked elsewhere."""
    rows = (
        Preference.objects.filter(chooser__meeting__programme=programme)
        .order_by("chooser__meeting__held_on", "chooser__meeting_id", "rank")
        .values_list(
            "chooser__meeting_id",
            "chooser__record_id",
            "chooser__record__side",
            "chosen__record_id",
            "rank",
        )
    )
    wishes: dict[str, dict[int, tuple[int, tuple[int, ...]]]] = {side: {} for side in Side}
    refused = set()
    for meeting, chooser, side, chosen, rank in rows:
        if rank is None:
            pair = (chosen, chooser) if side == Side.MENTEE else (chooser, chosen)
            refused.add(pair)
            continue
        before, ranked = wishes[side].get(chooser, (meeting, ()))
        wishes[side][chooser] = (meeting, (*(ranked if before == meeting else ()), chosen))
    mentees, mentors = (
        {key: ranked for key, (_meeting, ranked) in wishes[side].items()}
        for side in (Side.MENTEE, Side.MENTOR)
    )
    return Choices(mentees, mentors, frozenset(refused))


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody invited to a group meeting as its page shows it.

    Attributes:
        row: the invitation.
        group: the class.
        chosen: names in the order of choice, empty where the viewer may not read them.
        refused: names of «not with», likewise.
        comment: what was said with the choices, likewise.
        may_choose: the choices may be entered now by the viewer.
    """

    row: Attendance
    group: str
    chosen: tuple[str, ...]
    refused: tuple[str, ...]
    comment: str
    may_choose: bool


def guests_of(user: SignedIn, meeting: GroupMeeting) -> list[Guest]:
    """Return everybody the viewer sees at a meeting, in a fixed number of queries."""
    rows = list(
        Attendance.objects.visible_to(user)
        .with_comments_for(user)
        .filter(meeting=meeting)
        .select_related("record__person__partner", "meeting")
    )
    groups = group_names([row.record.person for row in rows])
    open_ones = Attendance.objects.filter(meeting=meeting).choosing().entered_by(user)
    may_choose = set(open_ones.values_list("pk", flat=True))
    chosen: dict[int, list[str]] = {}
    refused: dict[int, list[str]] = {}
    readable = Preference.objects.visible_to(user).filter(chooser__meeting=meeting)
    for word in readable.select_related("chosen__record__person"):
        into = chosen if word.rank else refused
        into.setdefault(word.chooser_id, []).append(word.chosen.record.person.short_name)
    return [
        Guest(
            row=row,
            group=groups.get(row.record.person_id, ""),
            chosen=tuple(chosen.get(row.pk, ())),
            refused=tuple(refused.get(row.pk, ())),
            comment=row.comment if row.may_read_comment else "",  # type: ignore[attr-defined]
            may_choose=row.pk in may_choose,
        )
        for row in rows
    ]


def invitable(user: SignedIn, programme: Programme) -> QuerySet[Participation]:
    """Return who matching concerns now: mentees who wait, mentors with a free place; with person."""
    waits = Q(side=Side.MENTEE, status=ParticipationStatus.READY)
    free = Q(
        side=Side.MENTOR,
        status__in=[ParticipationStatus.READY, ParticipationStatus.PAIRED],
        active_count__lt=F("capacity"),
    )
    return (
        Participation.objects.visible_to(user)
        .filter(waits | free, programme=programme)
        .select_related("person")
    )


def offered_to(row: Attendance, user: SignedIn) -> list[Attendance]:
    """Return the other side of the meeting, those who came; of them the forms say who may be chosen (`adapter`).

    A person is offered all of them, and so is the class teacher with the person's slip in hand; a curator who writes for
    the person those of the own forms.
    """
    present = Attendance.objects.all()
    is_led = Attendance.objects.filter(pk=row.pk).led_by(user).exists()
    if row.record.person_id != user.viewer.person_id and not is_led:
        present = present.visible_to(user)
    return list(
        present.filter(meeting=row.meeting_id)
        .choosing()
        .exclude(record__side=row.record.side)
        .select_related("record__person")
        .prefetch_related("record__forms")
    )


def own_choices(user: SignedIn) -> QuerySet[Attendance]:
    """Return the own invitations at which the user may choose now, the newest meeting first."""
    person_id = user.viewer.person_id
    if person_id is None:
        return Attendance.objects.none()
    return (
        Attendance.objects.visible_to(user)
        .choosing()
        .filter(record__person_id=person_id)
        .select_related("meeting", "record__person")
        .order_by("-meeting__held_on", "pk")
    )


def class_choices(user: SignedIn) -> QuerySet[Attendance]:
    """Return the invitations of a class teacher's pupils whose choices may be typed in now, the newest meeting first."""
    return (
        Attendance.objects.led_by(user)
        .choosing()
        .exclude(record__person_id=user.viewer.person_id or 0)
        .select_related("meeting", "record__person")
        .order_by("-meeting__held_on", "record__person__search_name")
    )


def given_by(row: Attendance) -> tuple[list[int], list[int]]:
    """Return whom somebody chose, in order, and with whom not, as keys of attendances."""
    words = list(Preference.objects.filter(chooser=row).values_list("chosen_id", "rank"))
    return [key for key, rank in words if rank], [key for key, rank in words if not rank]


def words_of(rows: Iterable[Attendance]) -> dict[int, tuple[list[int], list[int]]]:
    """Return the same of many, by the key of who chose; one query."""
    given: dict[int, tuple[list[int], list[int]]] = {row.pk: ([], []) for row in rows}
    words = Preference.objects.filter(chooser__in=list(given)).order_by("rank", "pk")
    for chooser, key, rank in words.values_list("chooser_id", "chosen_id", "rank"):
        given[chooser][rank is None].append(key)
    return given


@dataclass(frozen=True, slots=True)
class Gathering:
    """The newest group meeting: of how many it is noted whether they came, how many did, how many chose."""

    pk: int
    held_on: dt.date
    closed_at: dt.datetime | None
    n_noted: int
    n_came: int
    n_chose: int


def last_group_meeting(user: SignedIn, programme: Programme) -> Gathering | None:
    """Return the newest group meeting of a programme in numbers."""
    names = [field.name for field in fields(Gathering)]
    row = group_meetings(user, programme).values(*names).first()
    return None if row is None else Gathering(**row)


def group_meetings(user: SignedIn, programme: Programme) -> QuerySet[GroupMeeting]:
    """Return the group meetings of a programme with `n_invited`, `n_noted`, `n_came`, `n_chose`, the newest first."""
    return (
        GroupMeeting.objects.visible_to(user)
        .filter(programme=programme)
        .annotate(
            n_invited=Count("attendances"),
            n_came=Count("attendances", filter=Q(attendances__came=True)),
            n_chose=Count("attendances", filter=Q(attendances__answered_at__isnull=False)),
            n_noted=Count("attendances", filter=Q(attendances__came__isnull=False)),
        )
        .order_by("-held_on", "-pk")
    )
