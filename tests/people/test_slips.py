"""One-time passwords: who gives them to whom, how they are shown, what they open and until when."""

import datetime as dt

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from tests.cast import CANARY, PASSWORD
from tests.guards.routes import addresses, all_routes, one_of_each_state
from tests.pages import guest, said, signed_in, text

from nastavnik.core import tries
from nastavnik.core.access import Role
from nastavnik.core.errors import RefusedError
from nastavnik.core.models import AuditEntry
from nastavnik.people.access import renewals
from nastavnik.people.actions import (
    add_account,
    end_role,
    give_one_time_password,
    give_slips,
    grant_role,
    invite,
)
from nastavnik.people.actions.accounts import MOST_AT_ONCE
from nastavnik.people.models import Membership, Person, User
from nastavnik.people.queries import free_login

pytestmark = pytest.mark.django_db
SLIPS = "/settings/accounts/slips/"
OWN = "четыре слова 9"


def user_of(cast, role):
    return User.objects.get(pk=cast.users[role].pk)


def sign_in(client, login, password):
    return client.post("/sign-in/", {"login": login, "password": password})


def press(client, who, *, query="", **more):
    """Open the page of slips and send it with some people ticked."""
    page = client.get(f"{SLIPS}{query}")
    group = page.context["form"]["group"].value() or ""
    given = {"who": who, "stamp": page.context["stamp"], "group": group, **more}
    return client.post(f"{SLIPS}{query}", given)


# ---------------------------------------------------------------- who gives one to whom

SCHOOL = set(Role) - {Role.COORDINATOR}


@pytest.mark.parametrize(
    ("giver", "never"),
    [
        (Role.DIRECTOR, {Role.COORDINATOR}),
        # whoever gives a password could sign in with it: nobody above oneself
        (Role.CURATOR, {Role.COORDINATOR, Role.DIRECTOR, Role.PSYCHOLOGIST}),
        (Role.DEPUTY_DIRECTOR, set(Role)),
        (Role.PSYCHOLOGIST, set(Role)),
        (Role.CLASS_TEACHER, set(Role)),
        (Role.MENTOR, set(Role)),
        (Role.COORDINATOR, set(Role)),
    ],
)
def test_a_password_is_given_to_nobody_above(cast, giver, never):
    by, users = user_of(cast, giver), [user_of(cast, role) for role in Role if role != giver]
    verdicts = renewals(by, users)
    given = {role for role in Role if role != giver and verdicts[cast.users[role].pk].allowed}
    assert given == set(Role) - never - {giver}
    for role in never & set(Role) - {giver}:
        before = user_of(cast, role).password
        with pytest.raises(RefusedError):
            give_one_time_password(user_of(cast, role), by=by)
        assert user_of(cast, role).password == before


def test_nobody_renews_the_own_password_without_the_old_one(cast):
    with pytest.raises(RefusedError):
        give_one_time_password(cast.anna, by=cast.anna)


def test_a_curator_of_some_forms_gives_none(cast):
    for role in (Role.MENTOR, Role.MENTEE, Role.CURATOR):
        with pytest.raises(RefusedError):
            give_one_time_password(user_of(cast, role), by=cast.staff_curator)
    assert give_one_time_password(cast.staff_curator, by=user_of(cast, Role.CURATOR)).password


def test_a_role_elsewhere_or_to_come_keeps_an_account_out_of_reach(cast):
    mentor, later = user_of(cast, Role.MENTOR), timezone.localdate() + dt.timedelta(days=3)
    grant_role(mentor, cast.other.organisation, Role.MENTEE, by=None)
    assert not renewals(cast.anna, [mentor])[mentor.pk]
    mentee = user_of(cast, Role.MENTEE)
    grant_role(mentee, cast.school.organisation, Role.DIRECTOR, starts_on=later, by=None)
    assert not renewals(cast.anna, [mentee])[mentee.pk]
    # two schools never add up: a curator there is nobody here
    assert not renewals(cast.vera, [user_of(cast, Role.CLASS_TEACHER)])[
        cast.users[Role.CLASS_TEACHER].pk
    ]


def test_an_account_without_a_role_gets_none(cast):
    end_role(Membership.objects.get(user=cast.users[Role.MENTOR]), by=cast.anna)
    with pytest.raises(RefusedError):
        give_one_time_password(user_of(cast, Role.MENTOR), by=cast.anna)


def test_the_pages_refuse_what_the_action_refuses(cast):
    client, director = signed_in(cast.anna), user_of(cast, Role.DIRECTOR)
    page = client.get(SLIPS)
    assert f"u{director.pk}" not in [line["box"] for line in page.context["lines"]]
    assert f'value="u{director.pk}"' not in text(page)
    response = press(client, [f"u{director.pk}", f"u{cast.users[Role.MENTOR].pk}"])
    assert response.status_code == 302
    for role in (Role.DIRECTOR, Role.MENTOR):  # all or none
        assert user_of(cast, role).one_time_until is None


def test_the_other_school_is_neither_shown_nor_reached(cast):
    client = signed_in(cast.anna)
    for query in ("", "?group=staff", "?group=%3D5А", f"?account={cast.vera.pk}"):
        assert CANARY not in text(client.get(f"{SLIPS}{query}"))
    stranger = cast.other.people["younger"]
    response = press(client, [f"u{cast.vera.pk}", f"p{stranger.pk}"], query="?group=%3D5А")
    assert said(client.get(response["Location"]))
    assert not User.objects.filter(person=stranger).exists()
    assert User.objects.get(pk=cast.vera.pk).one_time_until is None


def test_a_curator_of_some_forms_makes_no_curator(cast):
    new = {"person": None, "full_name": "Новая", "role": Role.CURATOR, "login": "new"}
    for codes in ([], ["pupil_pupil"], ["teacher_teacher"]):
        with pytest.raises(RefusedError):
            invite(cast.school.organisation, **new, form_codes=codes, by=cast.staff_curator)
    director = user_of(cast, Role.DIRECTOR)
    made = invite(cast.school.organisation, **new, form_codes=["teacher_teacher"], by=director)
    assert made.user.viewer.grants[0].form_codes == {"teacher_teacher"}


# ---------------------------------------------------------------- what a slip is


def test_a_forgotten_password_ends_with_an_own_one(cast):
    """The promise of the sign-in page, from the first press to the own password."""
    teacher = user_of(cast, Role.CLASS_TEACHER)
    at_work = signed_in(teacher)
    row = signed_in(cast.anna).get("/settings/accounts/")
    assert f"{SLIPS}?account={teacher.pk}" in text(row)
    page = press(signed_in(cast.anna), [f"u{teacher.pk}"], query=f"?account={teacher.pk}")
    ((slip, _group),) = page.context["slips"]
    for shown in (slip.password, teacher.login, teacher.full_name, "http://testserver"):
        assert shown in text(page)
    assert at_work.get("/people/").status_code == 302  # the sessions of before have ended
    assert sign_in(guest(), teacher.login, PASSWORD).status_code == 200
    client = guest()
    assert sign_in(client, teacher.login, slip.password).status_code == 302
    assert client.get("/people/")["Location"] == "/password/"
    assert "old" not in client.get("/password/").context["form"].fields
    own = {"password": OWN, "again": OWN}
    assert client.post("/password/", own)["Location"] == "/today/"
    assert client.get("/people/").status_code == 200
    assert sign_in(guest(), teacher.login, slip.password).status_code == 200
    assert sign_in(guest(), teacher.login, OWN).status_code == 302


def test_the_password_is_kept_as_a_hash_only_and_the_trail_holds_no_value(cast):
    slip = give_one_time_password(user_of(cast, Role.MENTOR), by=cast.anna)
    assert slip.password not in slip.user.password
    assert slip.user.password.startswith("argon2")
    line = AuditEntry.objects.get(action="one-time-password-given")
    assert (line.actor_id, line.subject_id) == (cast.anna.pk, slip.user.pk)
    assert sorted(line.fields) == ["one_time_until", "password"]


def test_two_slips_differ_and_are_read_from_paper_without_doubt(cast):
    mentor = user_of(cast, Role.MENTOR)
    passwords = {give_one_time_password(mentor, by=cast.anna).password for _n in range(5)}
    assert len(passwords) == 5
    assert not set("".join(passwords)) & set("01oil")
    assert {len(one) for one in passwords} == {14}


@pytest.mark.parametrize("days", [0, settings.ONE_TIME_DAYS + 1])
def test_a_slip_works_for_so_many_days(cast, days):
    slip = give_one_time_password(user_of(cast, Role.MENTOR), by=cast.anna)
    assert slip.until - timezone.now() > dt.timedelta(days=settings.ONE_TIME_DAYS - 1)
    User.objects.filter(pk=slip.user.pk).update(one_time_until=slip.until - dt.timedelta(days=days))
    response = sign_in(guest(), slip.user.login, slip.password)
    if days:
        assert "time of this one-time password is over" in text(response)
        assert not response.wsgi_request.user.is_authenticated
    else:
        assert response["Location"] == "/"


def test_the_one_time_password_is_no_password_of_ones_own(cast):
    slip = give_one_time_password(user_of(cast, Role.MENTOR), by=cast.anna)
    client = guest()
    sign_in(client, slip.user.login, slip.password)
    given = {"password": slip.password, "again": slip.password}
    assert "password" in client.post("/password/", given).context["form"].errors
    assert user_of(cast, Role.MENTOR).must_change_password


@pytest.mark.parametrize("role", [Role.CURATOR, Role.MENTEE])
def test_before_the_own_password_every_page_leads_to_it(cast, role):
    User.objects.filter(pk=cast.users[role].pk).update(one_time_until=timezone.now())
    client, viewer = signed_in(user_of(cast, role)), cast.users[role].viewer
    tried = 0
    for route in all_routes():
        if route.is_public or route.has_key or not viewer.may(route.access):
            continue
        for address in addresses(route, cast.school.organisation, one_of_each_state):
            for method in ("GET", "POST"):
                response = client.generic(method, address)
                if route.name == "people:password" or response.status_code == 405:
                    continue
                assert response.headers.get("Location") == "/password/", (method, route.name)
                tried += 1
    assert tried > (40 if role == Role.CURATOR else 2)


# ---------------------------------------------------------------- many at once


def test_a_whole_class_gets_slips_and_logins_of_its_own(cast):
    younger, youngest = (cast.school.people[key] for key in ("younger", "youngest"))
    mentee = user_of(cast, Role.MENTEE)
    page = press(signed_in(cast.anna), [f"u{mentee.pk}", f"p{youngest.pk}"], query="?group=%3D5А")
    slips = {slip.user.person: (slip, group) for slip, group in page.context["slips"]}
    assert set(slips) == {younger, youngest}
    assert {group for _slip, group in slips.values()} == {"5А"}
    slip, _group = slips[youngest]
    assert slip.user.login == "mladshova.m"
    assert [grant.role for grant in slip.user.viewer.grants] == [Role.MENTEE]
    assert sign_in(guest(), "mladshova.m", slip.password).status_code == 302
    assert slips[younger][0].user == mentee


def test_the_role_of_the_newcomers_is_chosen_once(cast):
    person = cast.school.people["novice"]
    press(signed_in(cast.anna), [f"p{person.pk}"], query="?group=staff", role="mentor")
    assert Membership.objects.get(user__person=person).role == Role.MENTOR
    with pytest.raises(RefusedError):
        give_slips(
            [], [person], organisation=cast.school.organisation, role=Role.MENTOR, by=cast.anna
        )


@pytest.mark.parametrize("role", ["curator", "director", "coordinator"])
def test_no_great_role_is_given_to_many(cast, role):
    person = cast.school.people["novice"]
    press(signed_in(cast.anna), [f"p{person.pk}"], query="?group=staff", role=role)
    assert [row.role for row in Membership.objects.filter(user__person=person)] == [Role.MENTEE]


def test_the_same_page_sent_twice_does_not_spoil_the_printed_slips(cast):
    client, mentor = signed_in(cast.anna), user_of(cast, Role.MENTOR)
    stamp = client.get(SLIPS).context["stamp"]
    given = {"who": [f"u{mentor.pk}"], "stamp": stamp, "group": ""}
    ((slip, _group),) = client.post(SLIPS, given).context["slips"]
    response = client.post(SLIPS, given, follow=True)
    assert said(response)
    assert user_of(cast, Role.MENTOR).check_password(slip.password)


def test_nobody_ticked_and_too_many_are_said(cast):
    client = signed_in(cast.anna)
    response = press(client, [])
    assert "Nobody is ticked" in said(client.get(response["Location"]))[0]
    crowd = [Person(pk=10**6 + n) for n in range(MOST_AT_ONCE + 1)]
    with pytest.raises(RefusedError):
        give_slips([], crowd, organisation=cast.school.organisation, role=Role.MENTEE, by=cast.anna)


def test_an_address_only_this_computer_opens_is_not_printed_in_silence(cast):
    client, mentor = signed_in(cast.anna), user_of(cast, Role.MENTOR)
    client.defaults["HTTP_HOST"] = "localhost"
    page = press(client, [f"u{mentor.pk}"])
    assert page.context["is_here_only"]
    assert 'class="fault"' in text(page)


def test_a_class_without_people_says_so(cast):
    page = signed_in(cast.anna).get(f"{SLIPS}?account=999999999")
    assert not page.context["rows"]
    assert 'class="blank"' in text(page)


@pytest.mark.parametrize(
    ("name", "login"),
    [
        ("Щукина Юлия Ивановна", "schukina.u"),
        ("Ёлкин", "elkin"),
        ("O'Brien Пётр", "obrien.p"),
        ("", "user"),
        ("—", "user"),
        ("Старшов-Белый Олег", "starshovbelyi.o"),
    ],
)
def test_a_login_is_made_of_the_name(name, login):
    assert free_login(name) == login
    add_account(login, None, full_name="Занято", by=None)
    assert free_login(name) == f"{login}2"
    add_account(f"{login}2", None, full_name="Занято", by=None)
    assert free_login(name) == f"{login}3"


# ---------------------------------------------------------------- the own password


def test_the_old_password_is_asked_for(cast):
    client = signed_in(cast.anna)
    for old in ("", "не тот", PASSWORD.upper()):
        response = client.post("/password/", {"old": old, "password": OWN, "again": OWN})
        assert "old" in response.context["form"].errors
    assert User.objects.get(pk=cast.anna.pk).check_password(PASSWORD)


def test_a_stolen_session_cannot_try_old_passwords_for_ever(cast):
    client = signed_in(cast.anna)
    for _try in range(tries.LOGIN.at_once):
        client.post("/password/", {"old": "не тот", "password": OWN, "again": OWN})
    given = {"old": "не тот", "password": OWN, "again": OWN}
    assert client.post("/password/", given).status_code == 429
    assert client.post("/password/", given | {"old": PASSWORD}).status_code == 429
    assert User.objects.get(pk=cast.anna.pk).check_password(PASSWORD)


@pytest.mark.parametrize("role", Role)
def test_every_role_finds_where_to_change_it(cast, role):
    client = signed_in(user_of(cast, role))
    first = client.get("/today/", follow=True)
    assert f'href="{reverse("people:password")}"' in text(first)
    assert client.get("/password/").status_code == 200


# ---------------------------------------------------------------- who keeps the server


def test_the_command_line_is_the_way_back_of_the_only_curator(cast, capsys):
    call_command("one_time_password", "CURATOR1")
    password = capsys.readouterr().out.split()[-1]
    anna = User.objects.get(pk=cast.anna.pk)
    assert anna.check_password(password)
    assert anna.must_change_password
    with pytest.raises(CommandError):
        call_command("one_time_password", "nobody")


def test_a_class_teacher_has_no_page_of_slips(cast):
    assert signed_in(user_of(cast, Role.CLASS_TEACHER)).get(SLIPS).status_code == 403
