"""The roster: search, cards, classes, who sees whom."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from tests.pages import signed_in, text

from nastavnik.core.access import Role
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.core.models import AuditEntry
from nastavnik.organisations.models import Partner
from nastavnik.people.actions import (
    add_person,
    change_person,
    enrol,
    grade_of,
    mark_left,
    open_group,
    register_person,
)
from nastavnik.people.models import Enrolment, Person, StudyGroup, User
from nastavnik.people.queries import curator_account_of, group_names, has_any_account, roster

pytestmark = pytest.mark.django_db


def found(user, **filters):
    return {person.last_name for person in roster(user, **filters)}


@pytest.mark.both
@pytest.mark.parametrize(
    "typed", ["ёжикова", "ЕЖИКОВА", "жико", "Ёжикова Алёна", "алена ежик", "  алён  "]
)
def test_a_name_is_found_by_any_part_in_any_case_with_yo_or_without(cast, typed):
    register_person(
        cast.school.organisation,
        kind="teacher",
        last_name="Ёжикова",
        first_name="Алёна",
        patronymic="Семёновна",
        by=cast.anna,
    )
    assert found(cast.anna, q=typed) == {"Ёжикова"}


@pytest.mark.both
@pytest.mark.parametrize("typed", ["100%", "_", "\\", "'", "старшов%"])
def test_signs_of_patterns_are_letters_like_others(cast, typed):
    assert found(cast.anna, q=typed) == set()


@pytest.mark.both
def test_the_order_is_of_the_alphabet(cast):
    for name in ("Ёлкин", "Елисеев", "Жуков", "абрамов"):
        add_person(
            cast.school.organisation, kind="teacher", last_name=name, first_name="А", by=None
        )
    names = [p.last_name for p in roster(cast.anna, kind="teacher")]
    own = [n for n in names if n in ("Ёлкин", "Елисеев", "Жуков", "абрамов")]
    assert own == ["абрамов", "Елисеев", "Ёлкин", "Жуков"]


def test_the_roster_is_narrowed_by_class_and_kind(cast):
    assert found(cast.anna, group="5А") == {"Младшов", "Младшова"}
    assert found(cast.anna, kind="teacher") == {"Учителева", "Новикова"}
    assert found(cast.anna, group="5А", q="маша") == {"Младшова"}
    response = signed_in(cast.anna).get("/people/", {"group": "5А", "kind": "pupil", "q": ""})
    assert [line["group"] for line in response.context["lines"]] == ["5А", "5А"]
    assert response.context["is_filtered"]


def test_a_filter_nobody_offered_narrows_nothing(cast):
    response = signed_in(cast.anna).get("/people/", {"group": "99Ю", "kind": "robot"})
    assert response.context["page"].paginator.count == len(cast.school.people)


def test_who_left_is_not_on_the_roster_and_comes_back(cast):
    person = cast.school.people["waiting"]
    client = signed_in(cast.anna)
    client.post(reverse("people:left", args=[person.pk]))
    person.refresh_from_db()
    assert person.left_on == today()
    assert person.last_name not in found(cast.anna)
    assert group_names([person]) in ({}, {person.pk: "6Б"})  # today is the last day in class
    assert not Enrolment.objects.filter(person=person, ends_on=None).exists()
    assert client.get(reverse("people:card", args=[person.pk])).status_code == 200
    client.post(reverse("people:left", args=[person.pk]))
    assert person.last_name in found(cast.anna)


def test_a_class_teacher_sees_the_own_class_only(cast):
    user = cast.users[Role.CLASS_TEACHER]
    assert found(user) == {"Младшов", "Младшова"}
    client = signed_in(user)
    assert (
        client.get(reverse("people:card", args=[cast.school.people["younger"].pk])).status_code
        == 200
    )
    for key in ("older", "teacher", "waiting"):
        card = reverse("people:card", args=[cast.school.people[key].pk])
        assert client.get(card).status_code == 404
    assert client.get("/people/add/").status_code == 403


def test_a_class_teacher_follows_the_class_and_not_the_past(cast):
    child = cast.school.people["younger"]
    other = open_group(cast.school.year, "5Б", grade=5, by=None)
    Enrolment.objects.filter(person=child).update(starts_on=today() - dt.timedelta(days=30))
    enrol(child, other, starts_on=today(), by=cast.anna)
    user = cast.users[Role.CLASS_TEACHER]
    assert found(user) == {"Младшова"}


def test_an_account_of_a_class_teacher_without_a_person_sees_nobody(cast):
    user = cast.users[Role.CLASS_TEACHER]
    user.person = None
    user.save()
    assert not roster(User.objects.get(pk=user.pk)).exists()


CARD = {
    "kind": "pupil",
    "last_name": "Новичков",
    "first_name": "Пётр",
    "patronymic": "",
    "gender": "",
    "birth_date": "2014-03-02",
    "position": "",
    "subject": "",
    "partner": "",
    "genitive": "",
    "dative": "",
    "group": "5А",
}


def test_a_pupil_is_added_with_the_class(cast):
    client = signed_in(cast.anna)
    assert client.get("/people/add/").status_code == 200
    response = client.post("/people/add/", CARD)
    person = Person.objects.get(last_name="Новичков")
    assert response["Location"] == reverse("people:card", args=[person.pk])
    assert person.organisation == cast.school.organisation
    assert group_names([person]) == {person.pk: "5А"}
    assert client.get(response["Location"]).context["enrolments"].count() == 1


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"birth_date": ""}, "birth_date"),  # nobody would know who signs
        ({"group": ""}, "group"),
        ({"last_name": ""}, "last_name"),
        ({"kind": "employer"}, "partner"),
        ({"birth_date": "32.13.2014"}, "birth_date"),
        ({"kind": "robot"}, "kind"),
    ],
)
def test_a_card_with_a_gap_is_not_saved(cast, answers, field):
    n_people = Person.objects.count()
    response = signed_in(cast.anna).post("/people/add/", CARD | answers)
    assert response.status_code == 200
    assert field in response.context["form"].errors
    assert Person.objects.count() == n_people


def test_the_same_pupil_is_not_added_twice(cast):
    client = signed_in(cast.anna)
    client.post("/people/add/", CARD)
    response = client.post("/people/add/", CARD | {"first_name": "ПЕТР"})
    assert response.context["form"].non_field_errors()
    assert Person.objects.filter(last_name="Новичков").count() == 1
    twin = client.post("/people/add/", CARD | {"birth_date": "2014-03-03"})
    assert twin.status_code == 302  # a namesake of another day


@pytest.mark.both
def test_the_database_keeps_a_learner_once(cast):
    row = {
        "kind": "pupil",
        "last_name": "Двойников",
        "first_name": "Иван",
        "birth_date": dt.date(2012, 1, 1),
        "by": None,
    }
    add_person(cast.school.organisation, **row)
    with pytest.raises(IntegrityError), transaction.atomic():
        add_person(cast.school.organisation, **row | {"last_name": "ДВОЙНИКОВ"})
    add_person(cast.other.organisation, **row)  # another school may have him too


def test_a_staff_member_needs_no_class_and_a_partner_only_of_the_own_school(cast):
    client = signed_in(cast.anna)
    teacher = CARD | {"kind": "teacher", "group": "", "birth_date": "", "last_name": "Физикова"}
    assert client.post("/people/add/", teacher).status_code == 302
    own = Partner.objects.get(organisation=cast.school.organisation)
    foreign = Partner.objects.get(organisation=cast.other.organisation)
    employer = teacher | {"kind": "employer", "last_name": "Заводов"}
    response = client.post("/people/add/", employer | {"partner": foreign.pk})
    assert "partner" in response.context["form"].errors
    assert client.post("/people/add/", employer | {"partner": own.pk}).status_code == 302


def card_of(person, **changes):
    kept = {name: getattr(person, name) or "" for name in CARD if name not in ("group", "partner")}
    return CARD | kept | {"group": group_names([person]).get(person.pk, "")} | changes


def test_a_correction_keeps_only_what_changed(cast):
    person = cast.school.people["younger"]
    client = signed_in(cast.anna)
    url = reverse("people:edit", args=[person.pk])
    assert client.get(url).context["form"]["group"].value() == "5А"
    client.post(url, card_of(person, last_name="Меньшов"))
    person.refresh_from_db()
    assert (person.last_name, person.search_name) == ("Меньшов", "меньшов миша ильич")
    assert AuditEntry.objects.filter(subject="people.person").latest("pk").fields == ["last_name"]
    n_entries = AuditEntry.objects.count()
    client.post(url, card_of(person))
    assert AuditEntry.objects.count() == n_entries  # nothing differs, nothing is written


def test_a_correction_that_makes_two_of_one_is_refused(cast):
    one, two = cast.school.people["younger"], cast.school.people["youngest"]
    answers = card_of(
        one,
        last_name=two.last_name,
        first_name=two.first_name,
        patronymic=two.patronymic,
        birth_date=two.birth_date,
    )
    response = signed_in(cast.anna).post(reverse("people:edit", args=[one.pk]), answers)
    assert response.context["form"].non_field_errors()
    one.refresh_from_db()
    assert one.first_name == "Миша"


def test_a_pupil_moves_to_another_class_by_the_card(cast):
    person = cast.school.people["younger"]
    Enrolment.objects.filter(person=person).update(starts_on=today() - dt.timedelta(days=9))
    signed_in(cast.anna).post(reverse("people:edit", args=[person.pk]), card_of(person, group="7В"))
    assert group_names([person]) == {person.pk: "7В"}
    rows = Enrolment.objects.filter(person=person).order_by("pk")
    assert [row.ends_on for row in rows] == [today() - dt.timedelta(days=1), None]
    assert StudyGroup.objects.get(name="7В", organisation=person.organisation).grade == 7
    signed_in(cast.anna).post(reverse("people:edit", args=[person.pk]), card_of(person, group="7В"))
    assert rows.count() == 2


def test_a_class_needs_a_year(cast):
    from tests.organisations.test_tree import node

    bare = node(None, "Без года")
    with pytest.raises(RefusedError):
        register_person(
            bare, group="5А", kind="pupil", last_name="А", first_name="Б", birth_date=None, by=None
        )
    assert not Person.objects.filter(organisation=bare).exists()


@pytest.mark.parametrize(("name", "grade"), [("5А", 5), ("11", 11), ("ИС-21", None), ("", None)])
def test_the_step_is_read_from_the_name(name, grade):
    assert grade_of(name) == grade


def test_classes_and_their_teachers(cast):
    client = signed_in(cast.anna)
    rows = client.get("/classes/").context["table"].rows
    assert [group.name for group in rows] == ["5А", "6Б", "9А", "10А"]  # by step, not by letter
    group = rows[1]
    url = reverse("people:group", args=[group.pk])
    form = client.get(url).context["form"]
    assert set(form.fields["teacher"].queryset) == {
        cast.school.people["teacher"],
        cast.school.people["novice"],
    }
    client.post(url, {"teacher": cast.school.people["novice"].pk})
    group.refresh_from_db()
    assert group.class_teacher == cast.school.people["novice"]
    client.post(url, {"teacher": cast.other.people["teacher"].pk})
    group.refresh_from_db()
    assert group.class_teacher == cast.school.people["novice"]
    client.post(url, {"teacher": ""})
    group.refresh_from_db()
    assert group.class_teacher is None


def test_a_reader_of_the_school_has_no_buttons(cast):
    client = signed_in(cast.users[Role.DIRECTOR])
    person = cast.school.people["older"]
    for url in ("/people/", reverse("people:card", args=[person.pk]), "/classes/"):
        response = client.get(url)
        assert response.status_code == 200
        assert not response.context["may_edit"]
        assert "/edit/" not in text(response)
        assert "/people/add/" not in text(response)
    assert client.post(reverse("people:left", args=[person.pk])).status_code == 403


def test_a_long_roster_comes_by_pages(cast):
    for number in range(120):
        add_person(
            cast.school.organisation,
            kind="teacher",
            last_name=f"Я{number}",
            first_name="А",
            by=None,
        )
    client = signed_in(cast.anna)
    first, last = client.get("/people/"), client.get("/people/", {"page": 2, "q": "я"})
    assert len(first.context["lines"]) == 50
    assert len(last.context["lines"]) == 50
    assert client.get("/people/", {"page": "тысяча"}).status_code == 200


def test_how_people_are_called(cast):
    pupil, teacher = cast.school.people["younger"], cast.school.people["teacher"]
    assert str(pupil) == "Младшов Миша Ильич"
    assert pupil.short_name == "Младшов Миша"
    assert teacher.short_name == "Учителева\u00a0У.\u00a0Ю."
    assert teacher.initials == "УУ"
    assert change_person(pupil, by=None) is pupil
    assert str(StudyGroup.objects.filter(name="5А").first()) == "5А"


def test_the_curator_in_papers_is_the_one_of_today(cast):
    assert has_any_account()
    assert curator_account_of(cast.school.organisation) == cast.anna
    from tests.organisations.test_tree import node

    assert curator_account_of(node(None, "Пустая школа")) is None


def test_leaving_ends_the_class(cast):
    person = cast.school.people["oldest"]
    mark_left(person, by=cast.anna)
    assert Enrolment.objects.get(person=person).ends_on == today()
    assert roster(cast.anna, group="10А").count() == 0
