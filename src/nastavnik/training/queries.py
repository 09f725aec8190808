"""Reads of training: courses, their registers, who is still to be trained."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet

from nastavnik.core.access import Role, SignedIn
from nastavnik.core.dates import today
from nastavnik.people.choices import PersonKind
from nastavnik.people.models import Membership, Person, holds_on
from nastavnik.people.queries import group_names
from nastavnik.programmes.choices import ParticipationStatus, Side
from nastavnik.programmes.models import Participation
from nastavnik.programmes.queries import current_programme
from nastavnik.training.choices import TrainingAudience
from nastavnik.training.models import (
    SessionVisit,
    Trainee,
    TrainingCourse,
    TrainingMaterial,
    TrainingSession,
)


def courses(user: SignedIn) -> QuerySet[TrainingCourse]:
    """Return the courses with `n_trainees`, `n_finished`, `n_sessions`, `first_on`, `last_on`, the newest year first."""
    return (
        TrainingCourse.objects.visible_to(user)
        .select_related("year")
        .annotate(
            n_trainees=Count("trainees", distinct=True),
            n_finished=Count(
                "trainees", filter=Q(trainees__finished_on__isnull=False), distinct=True
            ),
            n_sessions=Count("sessions", distinct=True),
            first_on=Min("sessions__held_on"),
            last_on=Max("sessions__held_on"),
        )
        .order_by("-year__starts_on", "audience", "title", "pk")
    )


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """Somebody on the list of a course: what they are, and of each session whether they came (None: not noted)."""

    trainee: Trainee
    note: str
    sessions: tuple[TrainingSession, ...]
    visits: tuple[bool | None, ...]

    @property
    def by_session(self) -> list[tuple[TrainingSession, bool | None]]:
        """The sessions with what is noted of the person."""
        return list(zip(self.sessions, self.visits, strict=True))


@dataclass(frozen=True, slots=True)
class Register:
    """The register of a course: sessions across, people down."""

    sessions: tuple[TrainingSession, ...]
    rows: tuple[RegisterRow, ...]

    @property
    def visited(self) -> frozenset[int]:
        """The keys of the sessions somebody was at."""
        return frozenset(
            session.pk for row in self.rows for session, came in row.by_session if came
        )

    @property
    def absent(self) -> list[RegisterRow]:
        """Who was at no session and has no result: they may be taken off the list."""
        return [row for row in self.rows if row.trainee.finished_on is None and not any(row.visits)]

    @property
    def n_finished(self) -> int:
        """How many have a result."""
        return sum(row.trainee.finished_on is not None for row in self.rows)


def register_of(user: SignedIn, course: TrainingCourse) -> Register:
    """Return the register of a course, in a fixed number of queries."""
    sessions = tuple(TrainingSession.objects.visible_to(user).filter(course=course))
    trainees = list(Trainee.objects.visible_to(user).filter(course=course).select_related("person"))
    said = {
        (trainee, session): came
        for trainee, session, came in SessionVisit.objects.visible_to(user)
        .filter(session__course=course)
        .values_list("trainee_id", "session_id", "came")
    }
    groups = group_names([one.person for one in trainees])
    return Register(
        sessions,
        tuple(
            RegisterRow(
                one,
                groups.get(one.person_id, "") or one.person.position,
                sessions,
                tuple(said.get((one.pk, session.pk)) for session in sessions),
            )
            for one in trainees
        ),
    )


def materials_of(user: SignedIn, course: TrainingCourse) -> QuerySet[TrainingMaterial]:
    """Return what a course hands out."""
    return TrainingMaterial.objects.visible_to(user).filter(course=course)


def untrained_mentors(user: SignedIn) -> QuerySet[Participation]:
    """Return the mentors of the base the user works in who still lead or may lead somebody and are not trained."""
    programme = current_programme(user)
    if programme is None:
        return Participation.objects.none()
    return (
        Participation.objects.visible_to(user)
        .filter(programme=programme, trained_on=None)
        .of(Side.MENTOR)
        .exclude(status=ParticipationStatus.FINISHED)
        .select_related("person")
    )


@dataclass(frozen=True, slots=True)
class MayAttend:
    """Somebody who can be put on the list of a course; `is_suggested`: not trained yet."""

    person: Person
    note: str
    is_suggested: bool


def may_attend(user: SignedIn, course: TrainingCourse) -> list[MayAttend]:
    """Return who is not on the list yet: the mentors of the base, or the staff with the curators first."""
    on_list = Trainee.objects.filter(course=course).values("person_id")
    if course.audience == TrainingAudience.CURATORS:
        return _staff(user, course, on_list)
    programme = current_programme(user)
    if programme is None:
        return []
    records = (
        Participation.objects.visible_to(user)
        .filter(programme=programme)
        .of(Side.MENTOR)
        .exclude(status=ParticipationStatus.FINISHED)
        .exclude(person__in=on_list)
        .select_related("person")
    )
    groups = group_names([record.person for record in records])
    return [
        MayAttend(
            record.person,
            groups.get(record.person_id, "") or record.person.position,
            record.trained_on is None,
        )
        for record in records
    ]


def _staff(
    user: SignedIn, course: TrainingCourse, on_list: QuerySet[Trainee, Any]
) -> list[MayAttend]:
    curator = Membership.objects.filter(
        holds_on(today()),
        organisation=course.organisation_id,
        role=Role.CURATOR,
        user__person=OuterRef("pk"),
    )
    staff = (
        Person.objects.visible_to(user)
        .filter(organisation=course.organisation_id, kind=PersonKind.TEACHER.value, left_on=None)
        .exclude(pk__in=on_list)
        .annotate(is_curator=Exists(curator))
        .order_by("-is_curator", "search_name", "pk")
    )
    return [MayAttend(one, one.position, bool(vars(one)["is_curator"])) for one in staff]


def newest_trainings(people: Iterable[int]) -> dict[int, dt.date]:
    """Return person → the last day on which a course for mentors ended for them."""
    rows = (
        Trainee.objects.filter(
            person__in=list(people),
            course__audience=TrainingAudience.MENTORS,
            finished_on__isnull=False,
        )
        .order_by()
        .values("person_id")
        .annotate(day=Max("finished_on"))
    )
    return {row["person_id"]: row["day"] for row in rows}


def trainings_of(user: SignedIn, person_id: int) -> QuerySet[Trainee]:
    """Return the courses of one person, the newest first."""
    return (
        Trainee.objects.visible_to(user)
        .filter(person=person_id)
        .select_related("course")
        .order_by("-course__year__starts_on", "-pk")
    )


def unnoted_sessions(user: SignedIn) -> QuerySet[TrainingSession]:
    """Return the sessions that are over, with people on the list, of which nobody has noted who came."""
    return (
        TrainingSession.objects.visible_to(user)
        .filter(
            Exists(Trainee.objects.filter(course=OuterRef("course"))),
            ~Exists(SessionVisit.objects.filter(session=OuterRef("pk"))),
            held_on__lte=today(),
            course__year__ends_on__gte=today(),
        )
        .select_related("course")
        .order_by("held_on", "pk")
    )
