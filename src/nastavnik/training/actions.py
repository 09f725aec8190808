"""Writes of training."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from nastavnik.core import audit
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.files import proofs
from nastavnik.organisations.models import AcademicYear
from nastavnik.people.models import Person
from nastavnik.programmes.actions import note_trained
from nastavnik.training.access import may_close
from nastavnik.training.choices import MOST_SESSIONS, TrainingAudience
from nastavnik.training.models import (
    SessionVisit,
    Trainee,
    TrainingCourse,
    TrainingMaterial,
    TrainingSession,
)
from nastavnik.training.queries import newest_trainings


@transaction.atomic
def open_course(
    year: AcademicYear, *, title: str, hours: int, by: models.Model | None, **fields: Any
) -> TrainingCourse:
    """Open a course of a year; `fields` are those of `TrainingCourse`.

    Raises:
        RefusedError: the year has a course of this title.
    """
    course = TrainingCourse(
        organisation_id=year.organisation_id, year=year, title=title, hours=hours, **fields
    )
    _keep(course)
    audit.record(audit.CREATED, course, by=by, fields=["title", "hours", *fields])
    return course


@transaction.atomic
def change_course(
    course: TrainingCourse, *, by: models.Model | None, **fields: Any
) -> TrainingCourse:
    """Change what a course says of itself.

    Raises:
        RefusedError: the year has another course of this title, or it is meant for others now and somebody has a result.
    """
    before = TrainingCourse.objects.select_for_update().get(pk=course.pk)
    moved = fields.get("audience", before.audience) != before.audience
    if moved and before.trainees.filter(finished_on__isnull=False).exists():
        raise RefusedError(
            _("Somebody has a result of this course: whom it prepares stays. Open a second course.")
        )
    for name, value in fields.items():
        setattr(course, name, value)
    _keep(course)
    audit.record(audit.CHANGED, course, by=by, fields=fields)
    return course


def _keep(course: TrainingCourse) -> None:
    try:
        with transaction.atomic():
            course.save()
    except IntegrityError as error:
        raise RefusedError(
            _("There is a course «%(title)s» in this year already: give this one another title.")
            % {"title": course.title}
        ) from error


@transaction.atomic
def close_course(course: TrainingCourse, *, by: models.Model | None) -> None:
    """Take away a course that was begun by mistake.

    Raises:
        RefusedError: somebody is on its list, or something is handed out.
    """
    course = TrainingCourse.objects.select_for_update().get(pk=course.pk)
    if not (verdict := may_close(course)):
        raise RefusedError(verdict.reasons)
    audit.record(audit.DELETED, course, by=by, fields=["title"])
    course.delete()


@transaction.atomic
def plan_session(
    course: TrainingCourse, *, held_on: dt.date, theme: str, by: models.Model | None, **fields: Any
) -> TrainingSession:
    """Put a session into the schedule; `fields` are those of `TrainingSession`.

    Raises:
        RefusedError: it is there already, there are too many, or the day is not of the year of the course.
    """
    year = course.year
    if not year.starts_on <= held_on <= year.ends_on:
        raise RefusedError(
            _("The day is to lie within the year of the course: %(first)s to %(last)s.")
            % {"first": f"{year.starts_on:%d.%m.%Y}", "last": f"{year.ends_on:%d.%m.%Y}"}
        )
    course = TrainingCourse.objects.select_for_update().get(pk=course.pk)
    if course.sessions.count() >= MOST_SESSIONS:
        raise RefusedError(
            _("A course has %(n)s sessions at most: open a second course.") % {"n": MOST_SESSIONS}
        )
    if course.sessions.filter(held_on=held_on, theme=theme).exists():
        raise RefusedError(_("This session is in the schedule already."))
    session = TrainingSession.objects.create(
        organisation_id=course.organisation_id,
        course=course,
        held_on=held_on,
        theme=theme,
        **fields,
    )
    audit.record(audit.CREATED, session, by=by, fields=["held_on", "theme", *fields])
    return session


@transaction.atomic
def cancel_session(session: TrainingSession, *, by: models.Model | None) -> None:
    """Take a session out of the schedule.

    Raises:
        RefusedError: somebody was at it.
    """
    session = TrainingSession.objects.select_for_update().get(pk=session.pk)
    if session.visits.filter(came=True).exists():
        raise RefusedError(
            _("It is noted who was at this session, so it stays. Take the ticks off first.")
        )
    audit.record(audit.DELETED, session, by=by, fields=["held_on", "theme"])
    session.delete()


@transaction.atomic
def enrol_trainees(
    course: TrainingCourse, people: Iterable[Person], *, by: models.Model | None
) -> list[Trainee]:
    """Put people on the list of a course; who is on it stays so."""
    TrainingCourse.objects.select_for_update().get(pk=course.pk)
    known = set(course.trainees.values_list("person_id", flat=True))
    made = Trainee.objects.bulk_create(
        Trainee(organisation_id=course.organisation_id, course=course, person=person)
        for person in people
        if person.pk not in known and person.organisation_id == course.organisation_id
    )
    audit.record_many("trainee-enrolled", made, by=by, fields=["person"])
    return made


@transaction.atomic
def drop_trainees(trainees: Iterable[Trainee], *, by: models.Model | None) -> list[Trainee]:
    """Take people off the list of a course.

    Raises:
        RefusedError: somebody has a result or was at a session, by name. Nobody is taken off then.
    """
    keys = [one.pk for one in trainees]
    asked = list(
        Trainee.objects.select_for_update(of=("self",))
        .filter(pk__in=keys)
        .order_by("pk")
        .select_related("person")
    )
    came = set(
        SessionVisit.objects.filter(trainee__in=keys, came=True).values_list(
            "trainee_id", flat=True
        )
    )
    if reasons := [
        _("%(name)s was at a session or has a result: take that off first.")
        % {"name": one.person.full_name}
        for one in asked
        if one.finished_on or one.pk in came
    ]:
        raise RefusedError(reasons)
    audit.record_many("trainee-dropped", asked, by=by, fields=["person"])
    Trainee.objects.filter(pk__in=[one.pk for one in asked]).delete()
    return asked


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """What the register says of one person.

    Attributes:
        visits: key of a session → whether the person came, None where it is not noted.
        finished_on: the day of the result; None without one.
        certificate_number: of the certificate.
    """

    visits: Mapping[int, bool | None]
    finished_on: dt.date | None = None
    certificate_number: str = ""


@transaction.atomic
def keep_register(
    course: TrainingCourse, entries: Mapping[int, RegisterEntry], *, by: models.Model | None
) -> int:
    """Keep who came and who has a result, all at once; return of how many people something changed.

    The bases learn of results of courses for mentors: `Participation.trained_on`.

    Args:
        course: whose register it is.
        entries: by the key of the trainee.
        by: who keeps it.

    Raises:
        RefusedError: a result in the future, or a certificate of somebody without a result, by name.
    """
    course = TrainingCourse.objects.select_for_update().get(pk=course.pk)
    asked = list(Trainee.objects.filter(course=course, pk__in=entries).select_related("person"))
    if reasons := [reason for one in asked for reason in _faults(one, entries[one.pk])]:
        raise RefusedError(reasons)
    changed = _keep_visits(course, asked, entries, by=by) | _keep_results(
        course, asked, entries, by=by
    )
    return len(changed)


def _faults(trainee: Trainee, entry: RegisterEntry) -> Iterable[str]:
    name = {"name": trainee.person.short_name}
    if entry.finished_on is None and entry.certificate_number:
        yield _("%(name)s: there is a certificate and no day of the result.") % name
    if entry.finished_on and entry.finished_on > today():
        yield _("%(name)s: the day of the result has not come yet.") % name


def _keep_visits(
    course: TrainingCourse,
    asked: Iterable[Trainee],
    entries: Mapping[int, RegisterEntry],
    *,
    by: models.Model | None,
) -> set[int]:
    sessions = set(course.sessions.values_list("pk", flat=True))
    rows = SessionVisit.objects.select_for_update().filter(session__course=course).order_by("pk")
    known = {(row.trainee_id, row.session_id): row for row in rows}
    fresh, moved, gone = [], [], []
    for one in asked:
        for session, came in entries[one.pk].visits.items():
            row = known.get((one.pk, session))
            if session not in sessions or (row.came if row else None) == came:
                continue
            if row is None:
                fresh.append(
                    SessionVisit(
                        organisation_id=course.organisation_id,
                        session_id=session,
                        trainee=one,
                        came=bool(came),
                    )
                )
            elif came is None:
                gone.append(row)
            else:
                row.came = came
                moved.append(row)
    audit.record_many("session-attended", gone, by=by, fields=["came"])
    SessionVisit.objects.filter(pk__in=[row.pk for row in gone]).delete()
    SessionVisit.objects.bulk_update(moved, ["came"], batch_size=200)
    made = SessionVisit.objects.bulk_create(fresh)
    audit.record_many("session-attended", [*made, *moved], by=by, fields=["came"])
    return {row.trainee_id for row in (*made, *moved, *gone)}


def _keep_results(
    course: TrainingCourse,
    asked: Iterable[Trainee],
    entries: Mapping[int, RegisterEntry],
    *,
    by: models.Model | None,
) -> set[int]:
    changed: list[Trainee] = []
    was: dict[int, dt.date | None] = {}
    for one in asked:
        entry = entries[one.pk]
        if (one.finished_on, one.certificate_number) != (
            entry.finished_on,
            entry.certificate_number,
        ):
            was[one.person_id] = one.finished_on
            one.finished_on = entry.finished_on
            one.certificate_number = entry.certificate_number
            changed.append(one)
    fields = ["finished_on", "certificate_number"]
    Trainee.objects.bulk_update(changed, fields, batch_size=200)
    audit.record_many("training-finished", changed, by=by, fields=fields)
    if changed and course.audience == TrainingAudience.MENTORS:
        newest = newest_trainings(was)
        note_trained(
            {person: (before, newest.get(person)) for person, before in was.items()}, by=by
        )
    return {one.pk for one in changed}


def keep_material(
    course: TrainingCourse,
    *,
    title: str,
    source: str,
    file: "UploadedFile[bytes]",
    by: models.Model | None,
) -> TrainingMaterial:
    """Keep a material to hand out, as the file it is.

    Raises:
        RefusedError: the file is of another kind than is kept, too big, or not what its name says.
    """
    name = PurePath(str(file.name)).name
    content = proofs.kept(name, file)
    with transaction.atomic():
        material = TrainingMaterial(
            organisation_id=course.organisation_id,
            course=course,
            title=title or PurePath(name).stem[:200],
            source=source,
            file_name=name[-200:],
        )
        material.file.save(name, ContentFile(content), save=False)
        material.save()
        audit.record("material-kept", material, by=by, fields=["title", "source", "file"])
    return material


@transaction.atomic
def drop_material(material: TrainingMaterial, *, by: models.Model | None) -> None:
    """Take a material away, with its file."""
    audit.record("material-dropped", material, by=by, fields=["title", "file"])
    name, storage = str(material.file.name), material.file.storage
    material.delete()
    transaction.on_commit(lambda: storage.delete(name))
