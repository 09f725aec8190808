"""Two cards of one person made one: everything goes over, nothing is lost, and it can be taken apart again."""

import datetime as dt

import pytest
import time_machine
from django.apps import apps
from django.forms.models import model_to_dict
from django.utils import timezone, translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.mentorships.scenes import run_pairs

from nastavnik.consents.actions import record_consents
from nastavnik.consents.choices import Purpose
from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.people.actions import (
    correct_person,
    forget_old_merges,
    merge_people,
    register_person,
    take_back,
    unmerge_people,
)
from nastavnik.people.choices import MERGE_UNDO_DAYS, PersonKind, RosterKind
from nastavnik.people.models import Enrolment, Household, Person, PersonMerge
from nastavnik.people.queries import MERGED_FIELDS, known_people, likely_doubles, may_be_one
from nastavnik.programmes.actions import add_to_base
from nastavnik.programmes.choices import Side
from nastavnik.programmes.models import Participation


def double(cast, last="Учителева", first="Ульяна", **card):
    said = {"patronymic": "", "birth_date": None, "position": "", "subject": "физика", "group": ""}
    return register_person(
        cast.school.organisation, last_name=last, first_name=first,
        by=cast.anna, **{"kind": PersonKind.TEACHER, **said, **card},
    )  # fmt: skip


def everything():
    """Every row of every table that leads to a person, and every card."""
    models = {Person, *(one.related_model for one in Person._meta.related_objects)} - {PersonMerge}
    return {
        model._meta.label: {
            row.pk: {k: v for k, v in model_to_dict(row).items() if not hasattr(v, "all")}
            | {"search": getattr(row, "search_name", "")}
            for row in model._base_manager.all()
        }
        for model in sorted(models, key=lambda one: one._meta.label)
    }


@pytest.mark.both
@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    taken=st.sets(st.sampled_from(MERGED_FIELDS)),
    papers=st.sets(st.sampled_from([Purpose.CONTACTS, Purpose.PUBLICATION])),
    in_base=st.booleans(),
    turned=st.booleans(),
)
def test_merged_and_taken_apart_nothing_is_lost(cast, db, taken, papers, in_base, turned):
    """Whatever hangs on either card and whatever is chosen: merge, then undo, leaves every row as it was."""
    from django.db import transaction

    with transaction.atomic():
        teacher, other = cast.school.people["teacher"], double(cast, patronymic="Юрьевна")
        record_consents([other], papers, signed_on=today(), by=cast.anna)
        if in_base:
            add_to_base(cast.school.programme, [other], Side.MENTEE, by=cast.anna)
        before = everything()
        kept, gone = (other, teacher) if turned else (teacher, other)
        merge = merge_people(kept, gone, taken=dict.fromkeys(taken, True), by=cast.anna)
        for model in before:
            if model not in ("people.Person", "people.Enrolment"):
                name = "class_teacher" if model == "people.StudyGroup" else "person"
                rows = apps.get_model(model)._base_manager.filter(**{name: gone.pk})
                assert not rows.exists(), model
        assert everything() != before
        unmerge_people(merge, by=cast.anna)
        assert everything() == before
        transaction.set_rollback(True)


def test_pairs_and_classes_go_over(cast):
    """A second card of a mentor's with a pair: the pair is of the kept card, a second place in a class stays behind."""
    run_pairs(cast.school)
    older = cast.school.people["older"]
    second = register_person(
        cast.school.organisation, group="9А", kind=PersonKind.PUPIL, last_name=older.last_name,
        first_name=older.first_name, patronymic="", birth_date=None, position="", subject="", by=cast.anna,
    )  # fmt: skip
    assert (older, second) in [
        tuple(sorted(p, key=lambda o: o.pk)) for p in likely_doubles(cast.anna)
    ]
    records = Participation.objects.filter(person=older).count()
    merge_people(second, older, taken={"birth_date": True, "patronymic": True}, by=cast.anna)
    second.refresh_from_db()
    assert second.full_name == older.full_name
    assert second.birth_date == older.birth_date
    assert Participation.objects.filter(person=second).count() == records > 0
    assert (
        Enrolment.objects.get(person=older).study_group
        == Enrolment.objects.get(person=second).study_group
    )
    found = known_people(cast.school.organisation, RosterKind.PUPILS, cast.school.year)
    assert older.pk not in {one.person.pk for one in found}


@pytest.mark.both
def test_what_a_person_has_once_refuses_the_whole(cast):
    teacher, other = cast.school.people["teacher"], double(cast)
    record_consents([other], [Purpose.DATA], signed_on=today(), by=cast.anna)
    before = everything()
    with pytest.raises(RefusedError):
        merge_people(teacher, other, taken={}, by=cast.anna)
    assert everything() == before
    assert not PersonMerge.objects.exists()


def test_nobody_is_a_mentor_of_oneself(cast):
    run_pairs(cast.school)
    people = cast.school.people
    with pytest.raises(RefusedError):
        merge_people(people["teacher"], people["novice"], taken={}, by=cast.anna)
    with pytest.raises(RefusedError):
        merge_people(people["teacher"], people["teacher"], taken={}, by=cast.anna)
    with pytest.raises(RefusedError):
        merge_people(people["teacher"], cast.other.people["teacher"], taken={}, by=cast.anna)


def test_another_first_name_speaks_against_one_person(cast):
    teacher = cast.school.people["teacher"]
    assert may_be_one(teacher, double(cast))
    assert not may_be_one(teacher, double(cast, first="Уля"))
    assert not may_be_one(teacher, double(cast, patronymic="Петровна"))
    assert not may_be_one(teacher, double(cast, birth_date=teacher.birth_date + dt.timedelta(1)))


def test_what_came_since_stays(cast):
    teacher, other = cast.school.people["teacher"], double(cast)
    merge = merge_people(teacher, other, taken={"subject": True}, by=cast.anna)
    teacher.refresh_from_db()
    assert teacher.subject == "физика"
    correct_person(teacher, subject="астрономия", by=cast.anna)
    record_consents([teacher], [Purpose.CONTACTS], signed_on=today(), by=cast.anna)
    unmerge_people(merge, by=cast.anna)
    teacher.refresh_from_db()
    assert teacher.subject == "астрономия"
    assert teacher.consents.filter(purpose=Purpose.CONTACTS).exists()
    with pytest.raises(RefusedError):
        unmerge_people(merge, by=cast.anna)


def test_the_term_ends(cast):
    teacher, other = cast.school.people["teacher"], double(cast)
    merge = merge_people(teacher, other, taken={}, by=cast.anna)
    other.refresh_from_db()
    with pytest.raises(RefusedError):
        take_back(other, by=cast.anna)
    with time_machine.travel(timezone.now() + dt.timedelta(days=MERGE_UNDO_DAYS + 1), tick=False):
        with pytest.raises(RefusedError):
            unmerge_people(merge, by=cast.anna)
        assert forget_old_merges(timezone.now(), by=None) == 1
    assert not Person.objects.filter(pk=other.pk).exists()
    assert Person.objects.filter(pk=teacher.pk).exists()


def test_a_card_on_which_something_was_put_since_is_not_deleted(cast):
    """A consent on an emptied card: it and its merge stay, and those merged into it; without it they go."""
    first, second, third = (
        double(cast),
        double(cast, patronymic="Юрьевна"),
        double(cast, patronymic="Ю"),
    )
    merge_people(second, first, taken={}, by=cast.anna)
    merge_people(third, second, taken={}, by=cast.anna)
    record_consents([first], [Purpose.CONTACTS], signed_on=today(), by=cast.anna)
    later = timezone.now() + dt.timedelta(seconds=1)
    assert forget_old_merges(later, by=None) == 0
    assert first.consents.exists()
    assert PersonMerge.objects.standing().count() == 2
    first.consents.all().delete()
    assert forget_old_merges(later, by=None) == 2
    assert not Person.objects.filter(pk__in=[first.pk, second.pk]).exists()


def test_two_different_classes_refuse_the_whole(cast):
    pupil = {"kind": PersonKind.PUPIL, "subject": ""}
    one, other = double(cast, "Классова", group="9А", **pupil), double(cast, "Классова", group="9Б", patronymic="Юрьевна", **pupil)  # fmt: skip
    before = everything()
    with translation.override("en"), pytest.raises(RefusedError, match="different classes"):
        merge_people(one, other, taken={}, by=cast.anna)
    assert everything() == before
    correct_person(other, group="9А", by=cast.anna)
    merge_people(one, other, taken={}, by=cast.anna)


def test_what_a_card_led_to_may_be_gone_when_it_is_taken_apart(cast):
    teacher, other = cast.school.people["teacher"], double(cast)
    other.household = Household.objects.create(organisation=cast.school.organisation)
    other.save()
    merge = merge_people(teacher, other, taken={}, by=cast.anna)
    Household.objects.all().delete()
    unmerge_people(merge, by=cast.anna)
    other.refresh_from_db()
    assert (other.household, other.left_on) == (None, None)


def test_on_the_pages(cast, client):
    """From the roster to the pair of cards, one press, and back by one press; strangers find nothing."""
    teacher, other = cast.school.people["teacher"], double(cast)
    client.force_login(cast.anna)
    assert "/people/doubles/" in client.get("/people/").content.decode()
    address = f"/people/{teacher.pk}/merge/?with={other.pk}"
    page = client.get("/people/doubles/").content.decode()
    assert address in page or f"/people/{other.pk}/merge/?with={teacher.pk}" in page
    form = client.get(address).context["form"]
    sent = {name: field.initial for name, field in form.fields.items()}
    for user in (cast.vera, cast.users[Role.CLASS_TEACHER]):
        client.force_login(user)
        assert client.post(address, sent).status_code in (403, 404)
    client.force_login(cast.anna)
    assert client.post(address, sent).status_code == 302
    merge = PersonMerge.objects.get()
    assert teacher.full_name in client.get(f"/people/{other.pk}/").content.decode()
    client.force_login(cast.vera)
    assert client.post(f"/people/doubles/{merge.pk}/back/").status_code == 404
    client.force_login(cast.anna)
    client.post(f"/people/doubles/{merge.pk}/back/")
    other.refresh_from_db()
    assert other.left_on is None
