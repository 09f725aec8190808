"""People, accounts and classes, one at a time."""

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from nastavnik.core import audit
from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.text import fold
from nastavnik.organisations.models import AcademicYear, Organisation
from nastavnik.organisations.queries import year_for
from nastavnik.people import adapter
from nastavnik.people.access import may_be_corrected, may_end_role, may_give
from nastavnik.people.models import (
    Enrolment,
    Membership,
    Person,
    SlipHalf,
    StudyGroup,
    User,
    holds_on,
)
from nastavnik.people.queries import merged_into


@transaction.atomic
def add_account(
    login: str,
    password: str | None,
    *,
    full_name: str,
    person: Person | None = None,
    one_time_days: int = 0,
    by: models.Model | None,
) -> User:
    """Make an account; without a password nobody can sign in with it yet.

    With `one_time_days` the password is somebody else's choice: it works so long and is changed at first use.

    Raises:
        RefusedError: the login is taken, or the person has an account already, perhaps since a moment.
    """
    user = User(login=login.strip().lower(), full_name=full_name, person=person)
    if one_time_days:
        user.one_time_until = timezone.now() + dt.timedelta(days=one_time_days)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise RefusedError(_whose_account_is_there(user)) from error
    audit.record(audit.CREATED, user, by=by or user, fields=["login", "full_name", "person"])
    return user


def _whose_account_is_there(user: User) -> str:
    if user.person_id and User.objects.filter(person_id=user.person_id).exists():
        return _("This person has an account already: it stands in the list of accounts.")
    return _("This login is taken: add a figure or a dot.")


@transaction.atomic
def change_password(user: User, password: str, *, by: models.Model | None) -> User:
    """Set the password one has chosen; every session of the account but the actor's own ends with it."""
    user.set_password(password)
    user.one_time_until = None
    user.save(update_fields=["password", "one_time_until"])
    SlipHalf.objects.filter(user=user).exclude(half="").delete()
    audit.record("password-changed", user, by=by, fields=["password", "one_time_until"])
    return user


@transaction.atomic
def end_other_sessions(user: User, *, by: User) -> User:
    """End every session of an account; the caller's own goes on where its mark is renewed."""
    user.n_sessions_ended += 1
    user.save(update_fields=["n_sessions_ended"])
    audit.record("sessions-ended", user, by=by, fields=["n_sessions_ended"])
    return user


@transaction.atomic
def grant_role(
    user: User,
    organisation: Organisation,
    role: Role,
    *,
    starts_on: dt.date | None = None,
    form_codes: Iterable[str] = (),
    by: User | None,
) -> Membership:
    """Give a role from a day on, or return the open one.

    Raises:
        RefusedError: it is for oneself, or not one's own to give.
    """
    if by is not None:
        _check_giver(user, organisation, role, by=by)
    membership, created = Membership.objects.get_or_create(
        organisation=organisation,
        user=user,
        role=role,
        ends_on=None,
        defaults={"starts_on": starts_on or today(), "form_codes": sorted(form_codes)},
    )
    if created:
        audit.record(audit.CREATED, membership, by=by, fields=["user", "role", "form_codes"])
    return membership


def _check_giver(user: User, organisation: Organisation, role: Role, *, by: User) -> None:
    if user.pk == by.pk:
        raise RefusedError(_("Nobody gives a role to oneself: the director or the curator does."))
    if (verdict := may_give(by, Role(role), organisation)).reasons:
        raise RefusedError(verdict.reasons)


@transaction.atomic
def end_role(membership: Membership, *, by: User | None) -> Membership:
    """End a role today: it no longer holds at the very next request.

    Raises:
        RefusedError: it is one's own role, with which the way back would be lost, one that could not be given,
            or it has ended: its days stand.
    """
    if not (verdict := may_end_role(by, membership)):
        raise RefusedError(verdict.reasons)
    yesterday = today() - dt.timedelta(days=1)
    membership.ends_on = max(yesterday, membership.starts_on)
    if membership.starts_on > yesterday:
        membership.starts_on = membership.ends_on = yesterday
    membership.save(update_fields=["starts_on", "ends_on"])
    audit.record("role-ended", membership, by=by, fields=["ends_on"])
    return membership


@transaction.atomic
def add_person(organisation: Organisation, *, by: models.Model | None, **fields: Any) -> Person:
    """Put a person on the roster."""
    person = Person(organisation=organisation, **fields)
    person.save()
    audit.record(audit.CREATED, person, by=by, fields=fields)
    return person


@transaction.atomic
def change_person(person: Person, *, by: models.Model | None, **fields: Any) -> Person:
    """Change fields of a card; nothing is written when nothing differs."""
    changed = [name for name, value in fields.items() if getattr(person, name) != value]
    if changed:
        for name in changed:
            setattr(person, name, fields[name])
        person.save(update_fields=[*changed, "search_name"])
        audit.record(audit.CHANGED, person, by=by, fields=changed)
    return person


@transaction.atomic
def open_group(
    year: AcademicYear, name: str, *, grade: int | None = None, by: models.Model | None
) -> StudyGroup:
    """Open a class of a year, or return the one of that name."""
    group, created = StudyGroup.objects.get_or_create(
        organisation_id=year.organisation_id, year=year, name=name, defaults={"grade": grade}
    )
    if created:
        audit.record(audit.CREATED, group, by=by, fields=["name", "grade"])
    return group


@transaction.atomic
def appoint_class_teacher(
    group: StudyGroup, teacher: Person | None, *, by: models.Model | None
) -> StudyGroup:
    """Say who leads a class."""
    group.class_teacher = teacher
    group.save(update_fields=["class_teacher"])
    audit.record(audit.CHANGED, group, by=by, fields=["class_teacher"])
    return group


@transaction.atomic
def enrol(
    person: Person, group: StudyGroup, *, starts_on: dt.date, by: models.Model | None
) -> Enrolment:
    """Put a person into a class from a day on; the class of before ends the day before, one that begins later stays."""
    current = Enrolment.objects.filter(holds_on(starts_on), person=person).first()
    if current and current.study_group_id == group.pk:
        return current
    return enrol_all([(person, group, current)], starts_on=starts_on, by=by)[0]


@transaction.atomic
def enrol_all(
    places: list[tuple[Person, StudyGroup, Enrolment | None]],
    *,
    starts_on: dt.date,
    by: models.Model | None,
) -> list[Enrolment]:
    """Put people into classes, ending the enrolments of before, in statements for all of them.

    Args:
        places: person, class, and the enrolment that holds the day before, if there is one.
        starts_on: the first day; an open class of the person that begins later, that of the next year, stays as it is.
        by: the person who does it.
    """
    later = Enrolment.objects.filter(
        person__in=[person.pk for person, _group, _current in places],
        starts_on__gt=starts_on,
        ends_on=None,
    ).order_by("-starts_on")
    until = {
        person_id: day - dt.timedelta(days=1)
        for person_id, day in later.values_list("person_id", "starts_on")
    }
    ended = [current for _person, _group, current in places if current]
    for current in ended:
        current.ends_on = max(current.starts_on, starts_on - dt.timedelta(days=1))
    Enrolment.objects.bulk_update(ended, ["ends_on"])
    audit.record_many("enrolment-ended", ended, by=by, fields=["ends_on"])
    made = Enrolment.objects.bulk_create(
        Enrolment(
            organisation_id=person.organisation_id,
            person=person,
            study_group=group,
            starts_on=starts_on,
            ends_on=until.get(person.pk),
        )
        for person, group, _current in places
    )
    audit.record_many(audit.CREATED, made, by=by, fields=["person", "study_group", "starts_on"])
    return made


@transaction.atomic
def register_person(
    organisation: Organisation, *, group: str = "", by: models.Model | None, **fields: Any
) -> Person:
    """Put a person on the roster and, if a class is named, into that class of this year.

    Raises:
        RefusedError: the same learner is on the roster already, or a class is named but there is no academic year.
    """
    # one at a time: of grown-ups no constraint says that two of a name and birth date are one
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    key = fold(" ".join(str(fields.get(n, "")) for n in ("last_name", "first_name", "patronymic")))
    twin = Person.objects.filter(
        organisation=organisation, search_name=key, birth_date=fields.get("birth_date")
    )
    said = _("A person of this name and birth date is on the roster already.")
    if fields.get("birth_date") and twin.exists():
        raise RefusedError(said)
    try:
        with transaction.atomic():
            person = add_person(organisation, by=by, **fields)
    except IntegrityError as error:  # a list is being loaded beside this
        raise RefusedError(said) from error
    if group:
        _place(person, group, by=by)
    return person


@transaction.atomic
def correct_person(
    person: Person, *, group: str = "", by: models.Model | None, **fields: Any
) -> Person:
    """Correct a card and move the person to another class of this year if one is named.

    Raises:
        RefusedError: the same person is on the roster already, or an app above objects.
    """
    _ask_to_correct(person)
    try:
        with transaction.atomic():
            change_person(person, by=by, **fields)
    except IntegrityError as error:
        raise RefusedError(
            _("A person of this name and birth date is on the roster already.")
        ) from error
    if group:
        _place(person, group, by=by)
    return person


def _ask_to_correct(person: Person) -> None:
    verdict = may_be_corrected(person)
    if not verdict:
        raise RefusedError(verdict.reasons)


def _place(person: Person, group: str, *, by: models.Model | None) -> None:
    year = year_for(person.organisation, today())
    if year is None:
        raise RefusedError(
            _("There is no academic year yet: open one in the settings, then name the class.")
        )
    study_group = open_group(year, group, grade=grade_of(group), by=by)
    enrol(person, study_group, starts_on=first_day(year, today()), by=by)


def first_day(year: AcademicYear, day: dt.date) -> dt.date:
    """Return the day from which a class of a year counts when it is named on `day`."""
    return max(year.starts_on, min(day, year.ends_on))


def grade_of(group: str) -> int | None:
    """Return the step in a class name: 5 for «5А», None for «ИС-21» and «215»."""
    found = re.match(r"\d{1,2}(?!\d)", group)
    return int(found[0]) if found and int(found[0]) <= adapter.LAST_GRADE else None


@transaction.atomic
def mark_left(person: Person, *, by: models.Model | None) -> Person:
    """Say that a person left today; the class of before ends too."""
    own = Enrolment.objects.filter(person=person)
    for enrolment in own.filter(holds_on(today())):
        enrolment.ends_on = today()
        enrolment.save(update_fields=["ends_on"])
        audit.record("enrolment-ended", enrolment, by=by, fields=["ends_on"])
    for enrolment in own.filter(starts_on__gt=today()):
        audit.record(audit.DELETED, enrolment, by=by, fields=["person", "study_group"])
        enrolment.delete()
    return change_person(person, left_on=today(), by=by)


@transaction.atomic
def take_back(person: Person, *, by: models.Model | None) -> Person:
    """Undo `mark_left`: back on the roster, and in the class of that day while its year runs.

    Raises:
        RefusedError: the card was emptied into another one, or an app above objects.
    """
    _ask_to_correct(person)
    if merged_into(person):
        raise RefusedError(
            _(
                "Everything of this card is on another one now: take the two apart on the page of doubles."
            )
        )
    own = Enrolment.objects.filter(person=person)
    last = (
        own.filter(ends_on__gte=person.left_on, study_group__year__ends_on__gte=today())
        .order_by("-starts_on", "-pk")
        .first()
    )
    if last and not own.filter(ends_on=None).exists():
        last.ends_on = None
        last.save(update_fields=["ends_on"])
        audit.record("enrolment-reopened", last, by=by, fields=["ends_on"])
    return change_person(person, left_on=None, by=by)
