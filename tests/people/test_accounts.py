"""Sign-in, accounts and dated roles."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from tests.cast import PASSWORD
from tests.pages import guest, said, signed_in, text, years_ago

from nastavnik.core import tries
from nastavnik.core.access import GRANTS, Perm, Role
from nastavnik.core.dates import today
from nastavnik.core.errors import RefusedError
from nastavnik.people.access import Accounts
from nastavnik.people.actions import add_account, end_role, grant_role
from nastavnik.people.models import Membership, User

pytestmark = pytest.mark.django_db

DAY = dt.timedelta(days=1)


def sign_in(client, login="curator1", password=PASSWORD, **more):
    return client.post("/sign-in/", {"login": login, "password": password, **more})


def opens(client, url="/people/"):
    return client.get(url).status_code == 200


@pytest.mark.parametrize("login", ["curator1", "CURATOR1", " Curator1 "])
def test_the_right_password_opens_whatever_the_case_of_the_login(cast, login):
    client = guest()
    assert sign_in(client, login)["Location"] == "/"
    assert opens(client)


@pytest.mark.parametrize(
    ("login", "password"),
    [("curator1", "не тот"), ("nobody", PASSWORD), ("curator1", PASSWORD.upper()), ("", "")],
)
def test_anything_else_does_not_and_never_says_which_was_wrong(cast, login, password):
    client = guest()
    response = sign_in(client, login, password)
    assert response.status_code == 200
    assert response.context["form"].errors
    assert not opens(client)
    assert password not in text(response) or not password


def test_wrong_login_and_wrong_password_read_the_same(cast):
    errors = [
        sign_in(guest(), *pair).context["form"].non_field_errors()
        for pair in (("curator1", "не тот"), ("nobody", "не тот"))
    ]
    assert errors[0] == errors[1]
    assert errors[0]


def test_a_wrong_password_is_called_so_and_nothing_is_said_to_be_missing(cast):
    page = text(sign_in(guest(), password="не тот"))
    assert "<b>The address and the password do not go together." in page
    assert "missing" not in page
    assert "Not signed in yet: something is missing." in text(sign_in(guest(), password=""))


def test_a_closed_account_does_not_open(cast):
    User.objects.filter(pk=cast.anna.pk).update(is_active=False)
    assert sign_in(guest()).status_code == 200


def test_an_account_without_a_password_opens_with_nothing(cast):
    add_account("later", None, full_name="Потом", by=None)
    for password in ("", "None", "!"):
        assert sign_in(guest(), "later", password).status_code == 200


@pytest.mark.parametrize(
    ("onward", "goes"),
    [
        ("/mentees/?q=а", "/mentees/?q=%D0%B0"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("http:///evil.example", "/"),
    ],
)
def test_after_sign_in_one_goes_on_inside_the_site_only(cast, onward, goes):
    assert sign_in(guest(), next=onward)["Location"] == goes
    assert signed_in(cast.anna).get("/sign-in/", {"next": onward})["Location"] == goes


def test_sign_out_ends_the_session(cast):
    client = signed_in(cast.anna)
    assert client.get("/sign-out/").status_code == 405
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert not opens(client)


@pytest.mark.parametrize(("language", "words"), [("en", "Too many tries"), ("ru", None)])
def test_wrong_tries_are_slowed_down_with_a_clear_sentence(cast, language, words):
    client = guest(language)
    for _try in range(tries.LOGIN.at_once):
        assert sign_in(client, password="не тот").status_code == 200
    response = sign_in(client, password="не тот")
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= tries.LOGIN.every.total_seconds()
    page = text(response)
    assert f'<html lang="{language}"' in page
    assert 'role="alert"' in page
    assert reverse("people:sign-in") in page
    if words:
        assert words in page
    assert sign_in(client).status_code == 429  # the right password waits as well
    assert sign_in(client, "curator2").status_code == 302  # others are not concerned


def test_fewer_slips_do_not_close_it_and_cost_the_browser_nothing_afterwards(cast):
    client = guest()
    for _morning in range(2):
        for _try in range(tries.LOGIN.at_once - 1):
            sign_in(client, password="не тот")
        assert sign_in(client).status_code == 302
        client.post("/sign-out/")


def test_a_new_password_ends_the_other_sessions(cast):
    here, there = signed_in(cast.anna), signed_in(cast.anna)
    new = {"old": PASSWORD, "password": "новые слова 8", "again": "новые слова 8"}
    response = here.post("/password/", new)
    assert response["Location"] == "/today/"
    assert opens(here)
    assert not opens(there)
    assert sign_in(guest(), password="новые слова 8").status_code == 302
    assert sign_in(guest()).status_code == 200


@pytest.mark.parametrize(
    ("password", "again", "field"),
    [
        ("новые слова 8", "новые слова 9", "again"),
        ("мало", "мало", "password"),
        ("", "", "password"),
        (PASSWORD, PASSWORD, "password"),  # the one of before
        ("curator1 и слова", "curator1 и слова", "password"),
        ("Кураторова поле", "Кураторова поле", "password"),
        ("Примерск 2027!", "Примерск 2027!", "password"),  # the town of the school
    ],
)
def test_a_slip_keeps_the_old_password(cast, password, again, field):
    client = signed_in(cast.anna)
    assert client.get("/password/").status_code == 200
    response = client.post("/password/", {"old": PASSWORD, "password": password, "again": again})
    assert field in response.context["form"].errors
    assert sign_in(guest()).status_code == 302


NEW = {
    "person": "",
    "full_name": "Психологова Полина",
    "role": "social_teacher",
    "login": "Polina",
}


def test_an_invited_person_signs_in_with_the_role(cast):
    page = signed_in(cast.anna).post("/settings/accounts/", NEW | {"role": "deputy_director"})
    ((slip, _group),) = page.context["slips"]
    assert slip.password in text(page)
    assert "no-store" in page["Cache-Control"]
    client = guest()
    assert sign_in(client, "polina", slip.password).status_code == 302
    own = {"password": "четыре слова 9", "again": "четыре слова 9"}
    assert client.post("/password/", own)["Location"] == "/today/"
    assert opens(client, "/matching/")
    assert client.get("/people/add/").status_code == 403


def test_the_role_nobody_looked_at_is_the_least(cast):
    form = signed_in(cast.anna).get("/settings/accounts/").context["form"]
    least = form.fields["role"].choices[0][0]
    assert all(
        GRANTS[Role(least)] <= GRANTS[role] or least == role for role in (Role.MENTOR, Role.MENTEE)
    )
    assert least == Role.MENTEE
    assert form.fields["role"].choices[-1][0] == Role.DEPUTY_DIRECTOR


def test_a_class_teacher_is_invited_from_the_roster(cast):
    person = cast.school.people["novice"]
    answers = NEW | {"person": person.pk, "full_name": "", "role": "class_teacher"}
    signed_in(cast.anna).post("/settings/accounts/", answers)
    user = User.objects.get(login="polina")
    assert (user.person, user.full_name) == (person, person.full_name)


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"login": "CURATOR2"}, "login"),  # taken in another school: a login is one for the site
        ({"full_name": ""}, "full_name"),
        ({"role": "mentor"}, "person"),
        ({"role": "mentee"}, "person"),
        ({"role": "class_teacher"}, "person"),
        ({"role": "coordinator"}, "role"),  # of the district, not of a school to give
        ({"person": "999999"}, "person"),
    ],
)
def test_a_slip_in_an_account_is_shown_at_its_field(cast, answers, field):
    n_users = User.objects.count()
    response = signed_in(cast.anna).post("/settings/accounts/", NEW | answers)
    assert response.status_code == 200
    assert field in response.context["form"].errors
    assert User.objects.count() == n_users


def test_nobody_of_another_school_or_with_an_account_is_offered(cast):
    form = signed_in(cast.anna).get("/settings/accounts/").context["form"]
    offered = set(form.fields["person"].queryset)
    own = {cast.school.people[key] for key in ("oldest", "youngest", "waiting", "novice")}
    assert offered == own


def test_a_role_that_ended_opens_nothing_at_the_very_next_request(cast):
    client = signed_in(cast.users[Role.PSYCHOLOGIST])
    assert opens(client)
    row = Membership.objects.get(user=cast.users[Role.PSYCHOLOGIST])
    signed_in(cast.users[Role.DIRECTOR]).post(reverse("people:end-role", args=[row.pk]))
    assert client.get("/people/").status_code == 403
    rows = signed_in(cast.anna).get("/settings/accounts/").context["table"].rows
    assert row.pk not in [one.pk for one in rows]


def test_a_role_given_and_ended_on_one_day_ends_too(cast):
    user = add_account("short", None, full_name="Ненадолго", by=None)
    row = grant_role(user, cast.school.organisation, Role.CURATOR, by=None)
    end_role(row, by=None)
    assert not User.objects.get(pk=user.pk).viewer.grants
    again = grant_role(user, cast.school.organisation, Role.CURATOR, by=None)
    assert again.pk != row.pk
    assert User.objects.get(pk=user.pk).viewer.may(Perm.BASE_EDIT)


def test_nobody_takes_a_role_from_oneself(cast):
    row = Membership.objects.get(user=cast.anna)
    response = signed_in(cast.anna).post(reverse("people:end-role", args=[row.pk]), follow=True)
    assert said(response)
    assert opens(signed_in(cast.anna))
    with pytest.raises(RefusedError):
        end_role(row, by=cast.anna)


def test_the_roles_of_another_school_are_out_of_reach(cast):
    row = Membership.objects.get(user=cast.vera)
    client = signed_in(cast.anna)
    assert client.post(reverse("people:end-role", args=[row.pk])).status_code == 404
    assert opens(signed_in(cast.vera))


@pytest.mark.parametrize(
    ("first", "last", "holds"),
    [
        (-1, None, True),
        (0, None, True),
        (1, None, False),
        (-9, -1, False),
        (-9, 0, True),
        (0, 9, True),
    ],
)
def test_a_role_holds_between_its_days(cast, first, last, holds):
    user = add_account("dated", None, full_name="Срокова", by=None)
    Membership.objects.create(
        organisation=cast.school.organisation,
        user=user,
        role=Role.DIRECTOR,
        starts_on=today() + first * DAY,
        ends_on=None if last is None else today() + last * DAY,
    )
    assert user.viewer.may(Perm.BASE_VIEW) == holds
    assert signed_in(user).get("/people/").status_code == (200 if holds else 403)
    assert bool(User.objects.get(pk=user.pk).role_title) == holds


def test_the_same_open_role_is_given_once(cast):
    first = Membership.objects.get(user=cast.anna)
    assert grant_role(cast.anna, cast.school.organisation, Role.CURATOR, by=None) == first


@pytest.mark.both
def test_the_database_keeps_one_open_role_and_periods_the_right_way_round(cast):
    organisation = cast.school.organisation
    row = {"organisation": organisation, "user": cast.anna, "role": Role.CURATOR}
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(**row, starts_on=today())
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(**row, starts_on=today(), ends_on=today() - DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(login="curator1", full_name="Двойник")


def test_a_curator_of_one_direction_sees_its_people_only(cast):
    client = signed_in(cast.staff_curator)
    names = {row.record.person for row in client.get("/mentees/").context["rows"]}
    assert names == {cast.school.people["novice"]}
    names = {row.record.person for row in client.get("/mentors/").context["rows"]}
    assert names == {cast.school.people["teacher"]}


def test_two_schools_add_up_and_never_mix(cast):
    """Curator of the second school, class teacher without a class in the first."""
    grant_role(cast.vera, cast.school.organisation, Role.CLASS_TEACHER, by=None)
    vera = User.objects.get(pk=cast.vera.pk)
    assert vera.workplace == cast.other.organisation
    shown = signed_in(vera).get("/people/").context["page"].object_list
    assert {person.organisation_id for person in shown} == {cast.other.organisation.pk}
    record = cast.school.records["older"]
    assert signed_in(vera).get(reverse("programmes:record", args=[record.pk])).status_code == 404


def test_names_of_an_account():
    user = add_account(" Two.Words@Example.RU ", None, full_name="Имя Фамилия", by=None)
    assert user.login == "two.words@example.ru"
    assert str(user) == "Имя Фамилия"
    assert (user.role_title, user.time_zone, user.organisation) == ("", "", None)
    assert User.objects.get_by_natural_key("TWO.words@example.ru") == user
    assert years_ago(14) < today()


def test_an_account_comes_with_its_roles_in_one_query(cast, django_assert_num_queries):
    with django_assert_num_queries(1):
        user = Accounts().get_user(cast.anna.pk)
        assert user == cast.anna
        assert user.viewer.grants
        assert user.organisation == cast.school.organisation
    plain = User.objects.get(pk=cast.anna.pk)
    assert (user.viewer, user.time_zone) == (plain.viewer, plain.time_zone)


def test_an_account_without_a_role_signs_in_and_a_closed_one_does_not(cast):
    Membership.objects.filter(user=cast.anna).delete()
    assert Accounts().get_user(cast.anna.pk) == cast.anna
    assert Accounts().get_user(cast.anna.pk).viewer.grants == ()
    assert Accounts().get_user(10**9) is None
    User.objects.filter(pk__in=[cast.anna.pk, cast.vera.pk]).update(is_active=False)
    assert Accounts().get_user(cast.anna.pk) is None
    assert Accounts().get_user(cast.vera.pk) is None


def test_a_role_that_has_ended_keeps_its_days_and_is_not_asked_about(cast):
    user = cast.users[Role.DEPUTY_DIRECTOR]
    row = Membership.objects.get(user=user, role=Role.DEPUTY_DIRECTOR)
    end_role(row, by=cast.anna)
    ended_on = today() - dt.timedelta(days=30)
    row.starts_on, row.ends_on = ended_on - dt.timedelta(days=60), ended_on
    row.save()
    with pytest.raises(RefusedError):
        end_role(row, by=cast.anna)
    row.refresh_from_db()
    assert row.ends_on == ended_on
    client = signed_in(cast.anna)
    own = Membership.objects.get(user=cast.anna)
    for one in (row, own):
        assert client.get(reverse("people:end-role", args=[one.pk])).status_code == 302
