"""Classes taken over into the next year: names, teachers, alumni, the first day, and back."""

import contextlib
import datetime as dt

import pytest
from django.urls import reverse
from django.utils import translation
from tests.pages import signed_in, text

from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.organisations.actions import open_year
from nastavnik.organisations.models import AcademicYear
from nastavnik.organisations.queries import bounds_after
from nastavnik.people.actions import (
    accept_import,
    appoint_class_teacher,
    correct_person,
    enrol,
    mark_left,
    open_group,
    start_import,
    take_classes_over,
    take_transfer_back,
)
from nastavnik.people.choices import PersonKind, RosterKind
from nastavnik.people.models import ClassTransfer, Enrolment, Person, StudyGroup
from nastavnik.people.queries import (
    GRADUATES,
    classes_to_take_over,
    enrolments_on,
    next_year_bounds,
    year_to_leave,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english():
    """Refusals outside of a page speak the language of the installation; here it is that of the tests."""
    with translation.override("en"):
        yield


def year_of(cast):
    return cast.school.year


def rows_of(cast):
    return classes_to_take_over(cast.anna, year_of(cast))


def usual(cast):
    """Return the plan the page proposes."""
    return {row.group: GRADUATES if row.is_last else row.next_name for row in rows_of(cast)}


def classes_on(cast, day):
    people = Person.objects.filter(organisation=cast.school.organisation)
    rows = enrolments_on(day, people.values_list("pk", flat=True))
    return {row.person_id: row.study_group.name for row in rows}


def test_everybody_goes_on_from_the_first_day_and_not_before(cast):
    year = year_of(cast)
    first, last = next_year_bounds(year)
    before, plan = classes_on(cast, today()), usual(cast)
    last_class = {row.group.name for row in rows_of(cast) if row.is_last}
    assert before
    transfer = take_classes_over(year, plan, by=cast.anna)
    assert classes_on(cast, today()) == before
    after = classes_on(cast, first)
    names = {group.name: name for group, name in plan.items()}
    assert after == {key: names[name] for key, name in before.items() if name not in last_class}
    assert (transfer.to_year.starts_on, transfer.to_year.ends_on) == (first, last)
    assert year_to_leave(cast.school.organisation) is None


def test_names_go_up_a_step_and_groups_without_one_keep_theirs(cast):
    year = year_of(cast)
    for number, (name, after) in enumerate(
        (("9Б", "10Б"), ("1А", "2А"), ("ИС-21", "ИС-21"), ("215", "215"))
    ):
        person = Person.objects.filter(
            kind=PersonKind.PUPIL, organisation=cast.school.organisation
        )[number]
        enrol(person, open_group(year, name, by=cast.anna), starts_on=today(), by=cast.anna)
        found = {row.group.name: row.next_name for row in rows_of(cast)}
        assert found[name] == after


def test_the_last_class_becomes_alumni_and_back(cast):
    year = year_of(cast)
    person = Person.objects.filter(
        kind=PersonKind.PUPIL, organisation=cast.school.organisation
    ).first()
    group = open_group(year, "11А", grade=11, by=cast.anna)
    enrol(person, group, starts_on=today(), by=cast.anna)
    transfer = take_classes_over(year, usual(cast), by=cast.anna)
    person.refresh_from_db()
    assert person.kind == PersonKind.ALUMNUS
    assert Enrolment.objects.get(person=person, study_group=group).ends_on >= year.ends_on
    take_transfer_back(transfer, by=cast.anna)
    person.refresh_from_db()
    assert person.kind == PersonKind.PUPIL
    assert Enrolment.objects.get(person=person, study_group=group).ends_on is None


def test_class_teachers_go_on_with_their_classes(cast):
    row = rows_of(cast)[0]
    teacher = Person.objects.filter(kind=PersonKind.TEACHER).first()
    appoint_class_teacher(row.group, teacher, by=cast.anna)
    take_classes_over(year_of(cast), {row.group: "12Я"}, by=cast.anna)
    assert StudyGroup.objects.get(name="12Я").class_teacher == teacher


def test_taken_back_as_a_whole_everything_is_as_before(cast):
    def state():
        return (
            sorted(Enrolment.objects.values_list("person", "study_group", "starts_on", "ends_on")),
            sorted(StudyGroup.objects.values_list("name", "year")),
            sorted(Person.objects.values_list("pk", "kind")),
        )

    before = state()
    transfer = take_classes_over(year_of(cast), usual(cast), by=cast.anna)
    assert state() != before
    take_transfer_back(transfer, by=cast.anna)
    assert state() == before
    take_classes_over(year_of(cast), usual(cast), by=cast.anna)  # and it can be done again


def test_once_somebody_has_moved_it_stays(cast):
    transfer = take_classes_over(year_of(cast), usual(cast), by=cast.anna)
    moved = (
        Enrolment.objects.filter(pk__in=[int(key) for key in transfer.moves["made"]]).first().person
    )
    other = open_group(transfer.to_year, "7Э", by=cast.anna)
    enrol(moved, other, starts_on=transfer.to_year.starts_on + dt.timedelta(3), by=cast.anna)
    with pytest.raises(RefusedError, match="changed the class"):
        take_transfer_back(transfer, by=cast.anna)
    ClassTransfer.objects.update(made_at=transfer.made_at - dt.timedelta(days=61))
    with pytest.raises(RefusedError, match="60 days"):
        take_transfer_back(transfer, by=cast.anna)


def test_who_has_left_goes_nowhere(cast):
    pupil = (
        Enrolment.objects.filter(organisation=cast.school.organisation, ends_on=None).first().person
    )
    mark_left(pupil, by=cast.anna)
    take_classes_over(year_of(cast), usual(cast), by=cast.anna)
    first, _last = next_year_bounds(year_of(cast))
    assert pupil.pk not in classes_on(cast, first)


def test_two_classes_of_one_name_and_a_second_time_are_refused(cast):
    plan = dict.fromkeys(usual(cast), "6А")
    assert len(plan) > 1
    with pytest.raises(RefusedError, match="one name"):
        take_classes_over(year_of(cast), plan, by=cast.anna)
    plan = usual(cast)
    take_classes_over(year_of(cast), plan, by=cast.anna)
    with pytest.raises(RefusedError, match="any more"):
        take_classes_over(year_of(cast), plan, by=cast.anna)


def test_a_card_saved_before_the_new_year_leaves_the_transfer_as_it_is(cast):
    before = classes_on(cast, today())
    take_classes_over(year_of(cast), usual(cast), by=cast.anna)
    first, _last = next_year_bounds(year_of(cast))
    after = classes_on(cast, first)
    person = Person.objects.get(pk=min(set(before) & set(after)))
    correct_person(person, group=before[person.pk], patronymic="Иная", by=cast.anna)
    assert (classes_on(cast, today()), classes_on(cast, first)) == (before, after)
    # who moves in between is in the other class until the new year, and where everybody goes after it
    correct_person(person, group="4Я", by=cast.anna)
    assert classes_on(cast, today()) == before | {person.pk: "4Я"}
    assert classes_on(cast, first) == after


def test_a_list_loaded_before_the_new_year_leaves_the_transfer_as_it_is(cast):
    before = classes_on(cast, today())
    take_classes_over(year_of(cast), usual(cast), by=cast.anna)
    first, _last = next_year_bounds(year_of(cast))
    after = classes_on(cast, first)
    pupils = Person.objects.filter(pk__in=before, kind=PersonKind.PUPIL)
    lines = [f"{one.full_name}\t{one.birth_date:%d.%m.%Y}\t{before[one.pk]}" for one in pupils]
    (draft,) = start_import(
        cast.school.organisation,
        kind=RosterKind.PUPILS,
        file_name="июнь.txt",
        text="\n".join(["ФИО\tДата рождения\tКласс", *lines]),
        by=cast.anna,
    )
    with contextlib.suppress(
        RefusedError
    ):  # a list that changes nothing is refused, and that is as well
        accept_import(draft, by=cast.anna)
    assert (classes_on(cast, today()), classes_on(cast, first)) == (before, after)


def test_the_last_class_may_go_first_and_the_others_later(cast):
    year = year_of(cast)
    person = Person.objects.filter(
        kind=PersonKind.PUPIL, organisation=cast.school.organisation
    ).first()
    group = open_group(year, "11А", grade=11, by=cast.anna)
    enrol(person, group, starts_on=today(), by=cast.anna)
    take_classes_over(year, {group: GRADUATES}, by=cast.anna)
    client = signed_in(cast.anna)
    page = text(client.get(reverse("people:next-year")))
    assert reverse("people:next-year-back", args=[ClassTransfer.objects.get().pk]) in page
    take_classes_over(year, usual(cast), by=cast.anna)
    assert year_to_leave(cast.school.organisation) is None
    assert ClassTransfer.objects.count() == 2


def test_a_newcomer_of_the_new_year_stops_nobody(cast):
    year = year_of(cast)
    first, last = next_year_bounds(year)
    after = open_year(cast.school.organisation, starts_on=first, ends_on=last, by=cast.anna)
    newcomer = Person.objects.create(
        organisation=cast.school.organisation, kind=PersonKind.PUPIL, last_name="Новичков",
        first_name="Ник", birth_date=dt.date(first.year - 7, 1, 1),
    )  # fmt: skip
    enrol(newcomer, open_group(after, "1А", by=cast.anna), starts_on=first, by=cast.anna)
    assert year_to_leave(cast.school.organisation) == year
    take_classes_over(year, usual(cast), by=cast.anna)
    assert year_to_leave(cast.school.organisation) is None


@pytest.mark.parametrize("last", [(5, 31), (6, 30), (7, 31), (8, 31)])
def test_a_year_that_ends_before_summer_is_followed_by_the_next_september(last):
    year = AcademicYear(starts_on=dt.date(2026, 9, 1), ends_on=dt.date(2027, *last))
    assert bounds_after(year) == (dt.date(2027, 9, 1), dt.date(2028, 8, 31))


def test_who_leaves_meanwhile_stops_no_way_back(cast):
    transfer = take_classes_over(year_of(cast), usual(cast), by=cast.anna)
    first, _last = next_year_bounds(year_of(cast))
    gone = Person.objects.get(pk=min(classes_on(cast, first)))
    mark_left(gone, by=cast.anna)
    assert gone.pk not in classes_on(cast, first)
    take_transfer_back(transfer, by=cast.anna)
    assert not Enrolment.objects.filter(person=gone, ends_on=None).exists()
    assert usual(cast)


def test_students_who_finished_are_students_again(cast):
    person = Person.objects.filter(
        kind=PersonKind.PUPIL, organisation=cast.school.organisation
    ).first()
    Person.objects.filter(pk=person.pk).update(kind=PersonKind.STUDENT)
    group = open_group(year_of(cast), "ИС-41", by=cast.anna)
    enrol(person, group, starts_on=today(), by=cast.anna)
    transfer = take_classes_over(year_of(cast), {group: GRADUATES}, by=cast.anna)
    take_transfer_back(transfer, by=cast.anna)
    assert Person.objects.get(pk=person.pk).kind == PersonKind.STUDENT


def sent(form):
    return {name: form[name].value() for name in form.fields}


def test_the_page_proposes_takes_and_offers_the_way_back(cast):
    client = signed_in(cast.anna)
    address = reverse("people:next-year")
    assert address in text(client.get(reverse("people:groups")))
    page = client.get(address)
    given = sent(page.context["form"])
    names = [name for name in given if name.startswith("name_")]
    given[names[0]] = given[names[1]]
    assert client.post(address, given).status_code == 422
    given[names[0]] = "8Ю"
    assert client.post(address, given).url == address
    back = reverse("people:next-year-back", args=[ClassTransfer.objects.get().pk])
    assert back in text(client.get(address))
    assert client.get(back).status_code == 200
    client.post(back)
    assert ClassTransfer.objects.get().taken_back_at


def test_a_stranger_takes_nothing_back(cast):
    transfer = take_classes_over(year_of(cast), usual(cast), by=cast.anna)
    back = reverse("people:next-year-back", args=[transfer.pk])
    assert signed_in(cast.vera).post(back).status_code == 404
