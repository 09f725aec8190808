"""Reads of events: the list with the common meetings of both bases, who is invited, what waits."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from nastavnik.core.access import Perm, Role, SignedIn
from nastavnik.core.dates import today
from nastavnik.core.links import digest_of
from nastavnik.core.request_cache import cached
from nastavnik.events.models import EventGuest, ProgrammeEvent
from nastavnik.people.choices import LEARNERS, OUTSIDERS, PersonKind
from nastavnik.people.models import Enrolment, Person, StudyGroup, holds_on
from nastavnik.people.queries import group_names, roster
from nastavnik.programmes.choices import ParticipationStatus, Side
from nastavnik.programmes.models import GroupMeeting, Participation
from nastavnik.programmes.queries import current_programme

PLANNED, HELD, UNNOTED, CANCELLED = "planned", "held", "unnoted", "cancelled"


@dataclass(frozen=True, slots=True)
class EventRow:
    """A line of the list: an event, or a common meeting of both bases, which has a page of its own."""

    pk: int
    is_group_meeting: bool
    held_on: dt.date
    kind: str
    title: str
    place: str
    n_invited: int
    n_came: int | None
    state: str


def event_rows(user: SignedIn) -> list[EventRow]:
    """Return the events and the common meetings the user sees, the newest first; two queries."""
    is_part = sees_part(user)
    found = [_row(event, is_part=is_part) for event in with_counts(user)]
    meetings = GroupMeeting.objects.visible_to(user).annotate(
        n_invited=Count("attendances"),
        n_came=Count("attendances", filter=Q(attendances__came=True)),
        n_noted=Count("attendances", filter=Q(attendances__came__isnull=False)),
    )
    found += [
        EventRow(
            pk=one.pk,
            is_group_meeting=True,
            held_on=one.held_on,
            kind="Общая встреча наставников и наставляемых",
            title="",
            place=one.place,
            n_invited=_n(one, "invited"),
            n_came=_n(one, "came") if _n(one, "noted") else None,
            state=_state(one.held_on, is_noted=_n(one, "noted") > 0),
        )
        for one in meetings.order_by("-held_on", "-pk")
    ]
    return sorted(found, key=lambda row: (row.held_on, row.pk), reverse=True)


def with_counts(user: SignedIn) -> QuerySet[ProgrammeEvent]:
    """Return the events with `n_invited`, `n_listed` (of them came), `n_noted`; of a class teacher's the own class alone."""
    seen = Q(guests__in=EventGuest.objects.visible_to(user).values("pk"))
    return ProgrammeEvent.objects.visible_to(user).annotate(
        n_invited=Count("guests", filter=seen),
        n_listed=Count("guests", filter=seen & Q(guests__came=True)),
        n_noted=Count("guests", filter=seen & Q(guests__came__isnull=False)),
    )


def _row(event: ProgrammeEvent, *, is_part: bool) -> EventRow:
    """Return the line of an event; who came and is on no list is of no class, so a class teacher does not count them."""
    n_others = 0 if is_part else event.n_others or 0
    is_noted = _n(event, "noted") > 0 or n_others > 0
    return EventRow(
        pk=event.pk,
        is_group_meeting=False,
        held_on=event.held_on,
        kind=event.sort.title,
        title=event.title,
        place=event.place,
        n_invited=_n(event, "invited"),
        n_came=_n(event, "listed") + n_others if is_noted else None,
        state=CANCELLED if event.cancelled_on else _state(event.held_on, is_noted=is_noted),
    )


def _n(row: ProgrammeEvent | GroupMeeting, what: str) -> int:
    """Return one of the numbers the query has counted."""
    return int(getattr(row, f"n_{what}"))


def _state(held_on: dt.date, *, is_noted: bool) -> str:
    if is_noted:
        return HELD
    return UNNOTED if held_on < today() else PLANNED


def sees_part(user: SignedIn) -> bool:
    """Tell whether the user sees only the invitations of an own class."""
    whole = user.viewer.organisations(Perm.EVENT_VIEW, without=[Role.CLASS_TEACHER])
    return not whole


@dataclass(frozen=True, slots=True)
class Invited:
    """Somebody invited: what they are, and how the row is called aloud."""

    guest: EventGuest
    note: str

    @property
    def of_whom(self) -> str:
        """Say that the family is invited, not the person."""
        return _("family") if self.guest.is_family else ""


@dataclass(frozen=True, slots=True)
class GuestList:
    """Who is invited to an event, as the viewer sees it."""

    rows: tuple[Invited, ...]

    @property
    def n_came(self) -> int:
        """How many of the list came."""
        return sum(row.guest.came is True for row in self.rows)

    @property
    def is_noted(self) -> bool:
        """Tell whether it is noted of anybody."""
        return any(row.guest.came is not None for row in self.rows)

    @property
    def n_will_come(self) -> int:
        """How many said they would come."""
        return sum(row.guest.will_come is True for row in self.rows)

    @property
    def n_will_not(self) -> int:
        """How many said they would not."""
        return sum(row.guest.will_come is False for row in self.rows)

    @property
    def n_silent(self) -> int:
        """How many have not answered."""
        return sum(row.guest.will_come is None for row in self.rows)


def guest_list(user: SignedIn, event: ProgrammeEvent) -> GuestList:
    """Return who is invited to an event, in a fixed number of queries."""
    reached = Person.objects.within(user, Perm.EVENT_VIEW)
    guests = list(
        EventGuest.objects.visible_to(user)
        .filter(event=event, person__in=reached.values("pk"))
        .select_related("person__partner")
    )
    groups = group_names([one.person for one in guests])
    return GuestList(
        tuple(Invited(one, groups.get(one.person_id, "") or one.person.position) for one in guests)
    )


@dataclass(frozen=True, slots=True)
class Circle:
    """Whom an invitation is for, in sets: people of the bases (of some forms), staff, outsiders, classes, and single ones."""

    mentors: bool = False
    mentees: bool = False
    staff: bool = False
    outsiders: bool = False
    forms: tuple[str, ...] = ()
    classes: tuple[int, ...] = ()
    people: tuple[int, ...] = ()


def people_of(user: SignedIn, circle: Circle) -> QuerySet[Person]:
    """Return the present people of the roster a circle holds, as far as the user sees them."""
    held = Q(pk__in=circle.people)
    sides = [
        side
        for side, is_in in ((Side.MENTOR, circle.mentors), (Side.MENTEE, circle.mentees))
        if is_in
    ]
    programme = current_programme(user)
    if sides and programme:
        records = Participation.objects.visible_to(user).filter(programme=programme, side__in=sides)
        records = records.exclude(status=ParticipationStatus.LEFT)
        if circle.forms:
            records = records.filter(forms__code__in=circle.forms)
        held |= Q(pk__in=records.values("person_id"))
    if circle.staff:
        held |= Q(kind=PersonKind.TEACHER)
    if circle.outsiders:
        held |= Q(kind__in=OUTSIDERS)
    if circle.classes:
        groups = StudyGroup.objects.visible_to(user).filter(pk__in=circle.classes)
        in_class = Enrolment.objects.filter(holds_on(today()), study_group__in=groups)
        held |= Q(pk__in=in_class.values("person_id"))
    return Person.objects.visible_to(user).present().filter(held).distinct()


def classes_of_today(user: SignedIn) -> QuerySet[StudyGroup]:
    """Return the classes of today that the user sees."""
    day = today()
    groups = StudyGroup.objects.visible_to(user)
    return groups.filter(year__starts_on__lte=day, year__ends_on__gte=day)


def named_people(user: SignedIn, words: str) -> list[Person]:
    """Return the present people whose name holds these words, at most two."""
    return list(roster(user, q=words)[:2])


def are_learners(people: Iterable[Person]) -> list[Person]:
    """Return those of some people who have representatives: pupils and students."""
    return [one for one in people if one.kind in LEARNERS]


SOON_DAYS = 14


def waiting(user: SignedIn) -> tuple[list[ProgrammeEvent], list[ProgrammeEvent]]:
    """Return the events that are over and not noted, and those of the next days to which nobody is invited; one query."""
    day = today()
    guests = EventGuest.objects.filter(event=OuterRef("pk"))
    rows = (
        ProgrammeEvent.objects.visible_to(user)
        .still_on()
        .annotate(is_invited=Exists(guests), is_noted=Exists(guests.filter(came__isnull=False)))
        .filter(
            Q(held_on__lt=day, is_noted=False, n_others=None)
            | Q(
                held_on__range=(day, day + dt.timedelta(SOON_DAYS)),
                is_invited=False,
                invited_others="",
            )
        )
        .order_by("held_on", "pk")
    )
    events = list(rows)
    return [one for one in events if one.held_on < day], [
        one for one in events if one.held_on >= day
    ]


def guest_by(token: str) -> EventGuest | None:
    """Return the invitation a link opens today, of a cancelled event too; None for a wrong, ended or late one alike."""
    return (
        EventGuest.objects.filter(
            token_sha256=digest_of(token), event__held_on__gte=today(), person__left_on=None
        )
        .select_related("event__organisation", "person")
        .first()
    )


def n_answers(event: ProgrammeEvent) -> int:
    """Return how many of the invited have answered."""
    return EventGuest.objects.filter(event=event, will_come__isnull=False).count()


def own_invitations(user: SignedIn) -> list[EventGuest]:
    """Return the own invitations to what is today or ahead, cancelled ones too, the nearest first; once a page."""
    if user.viewer.person_id is None:
        return []
    return cached(
        ("events.own_invitations", user.viewer.user_id), lambda: list(_own_invitations(user))
    )


def _own_invitations(user: SignedIn) -> QuerySet[EventGuest]:
    return (
        EventGuest.objects.own(user)
        .filter(event__held_on__gte=today())
        .select_related("event")
        .order_by("event__held_on", "pk")
    )
