"""When a session ends, and what becomes of what was typed."""

import datetime as dt
import re

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.cast import PASSWORD
from tests.pages import guest, said, signed_in, text

from nastavnik.core.access import Role
from nastavnik.core.privacy import DataClass, classification
from nastavnik.people.actions import change_password
from nastavnik.people.models import Person, User

pytestmark = pytest.mark.django_db

IDLE = dt.timedelta(seconds=settings.IDLE_SECONDS)
MINUTE = dt.timedelta(minutes=1)


def opens(client):
    return client.get("/people/").status_code == 200


def test_a_session_left_alone_ends_and_one_in_use_does_not(cast):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        used, left = signed_in(cast.anna), signed_in(cast.anna)
        clock.shift(IDLE - MINUTE)
        assert opens(used)
        clock.shift(2 * MINUTE)
        assert opens(used)
        assert not opens(left)
        assert left.get("/people/?q=а")["Location"].startswith("/sign-in/?next=%2Fpeople%2F")


def test_after_half_a_day_it_ends_whatever_was_done(cast):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client = signed_in(cast.anna)
        for _page in range(24):
            clock.shift(IDLE - MINUTE)
            opened = opens(client)
        assert opened
        clock.shift(IDLE - MINUTE)
        assert not opens(client)


def typing(client, person, **more):
    answers = {
        "kind": "teacher", "last_name": person.last_name, "first_name": person.first_name,
        "position": "учитель физики и астрономии", "csrfmiddlewaretoken": "x", "again": "тайное",
    }  # fmt: skip
    return client.post(reverse("people:edit", args=[person.pk]), answers | more)


def test_what_was_typed_waits_until_one_has_signed_in_again(cast):
    person = cast.school.people["novice"]
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client = signed_in(cast.anna)
        clock.shift(IDLE + MINUTE)
        response = typing(client, person)
        assert response["Location"].startswith("/sign-in/")
        assert Person.objects.get(pk=person.pk).position == "учитель физики"
        back = client.post(
            "/sign-in/", {"login": "curator1", "password": PASSWORD, "next": "/people/"}
        )
        assert back["Location"] == "/typed/"
        page = client.get("/typed/")
        assert "учитель физики и астрономии" in text(page)
        assert "тайное" not in text(page)
        kept = page.context["kept"]
        client.post(kept["path"], dict(kept["fields"]))
        assert Person.objects.get(pk=person.pk).position == "учитель физики и астрономии"
        assert client.post("/typed/")["Location"] == "/today/"
        assert client.get("/typed/")["Location"] == "/today/"


def test_nobody_else_gets_what_was_typed(cast):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client = signed_in(cast.anna)
        clock.shift(IDLE + MINUTE)
        typing(client, cast.school.people["novice"])
        client.post("/sign-in/", {"login": "psychologist", "password": PASSWORD})
        assert client.get("/typed/")["Location"] == "/today/"


def test_too_much_is_not_kept(cast):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client = signed_in(cast.anna)
        clock.shift(IDLE + MINUTE)
        typing(client, cast.school.people["novice"], position="а" * 100_001)
        back = client.post("/sign-in/", {"login": "curator1", "password": PASSWORD})
        assert back["Location"] == "/"


def test_signing_out_leaves_nothing_in_the_browser(cast):
    client = signed_in(cast.anna)
    assert client.get("/people/")["Cache-Control"] == "no-store"
    response = client.post("/sign-out/")
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert response["Cache-Control"] == "no-store"
    assert client.get("/people/").status_code == 302


def test_the_cookie_of_the_session_goes_with_the_browser(cast):
    client = guest()
    client.post("/sign-in/", {"login": "curator1", "password": PASSWORD})
    assert client.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == ""


def test_one_press_ends_the_sessions_elsewhere(cast):
    here, there = signed_in(cast.anna), signed_in(cast.anna)
    other = signed_in(cast.users[Role.MENTOR])
    assert reverse("people:end-others") in text(here.get("/password/"))
    response = here.post("/password/others/", follow=True)
    assert said(response)
    assert opens(here)
    assert not opens(there)
    assert other.get("/today/").status_code == 200


@pytest.mark.parametrize("how", ["closed", "password"])
def test_no_session_of_a_closed_account_or_an_old_password_goes_on(cast, how):
    clients = [signed_in(cast.anna) for _n in range(5)]
    assert all(opens(client) for client in clients)
    anna = User.objects.get(pk=cast.anna.pk)
    if how == "closed":
        User.objects.filter(pk=anna.pk).update(is_active=False)
    else:
        change_password(anna, "новые слова 8", by=anna)
    assert not any(opens(client) for client in clients)


# ---------------------------------------------------------------- what a session and an account are


def key_of(client):
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def test_a_sign_in_begins_a_new_session(cast):
    client, keys = guest(), []
    for login in ("curator1", "curator1", "mentor"):
        client.post("/sign-in/", {"login": login, "password": PASSWORD})
        keys.append(key_of(client))
        client.cookies[settings.SESSION_COOKIE_NAME] = "x" * 32  # chosen by somebody else
    assert len(set(keys)) == 3
    assert {len(key) for key in keys} == {32}
    assert "x" * 32 not in keys


@pytest.mark.parametrize("safe", [True, False])
def test_every_cookie_is_for_this_site_alone(cast, settings, safe):
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = safe  # as the address says
    client = Client()
    client.get("/sign-in/", secure=safe)
    client.post("/sign-in/", {"login": "curator1", "password": PASSWORD}, secure=safe)
    for address, given in (("language", "en"), ("theme", "dark"), ("keys", "off")):
        client.post(f"/{address}/", {address: given}, secure=safe)
    client.get("/today/", secure=safe)
    cookies = client.cookies
    assert {"sessionid", "csrftoken", "device", "django_language", "theme", "keys"} < set(cookies)
    assert {cookie["samesite"] for cookie in cookies.values()} == {"Lax"}
    assert {bool(cookie["secure"]) for cookie in cookies.values()} == {safe}
    # the key of a form is compared with the form's own: no script reads it either, but none would gain by it
    assert {name for name, cookie in cookies.items() if not cookie["httponly"]} == {"csrftoken"}


def test_a_kept_cookie_opens_nothing_after_signing_out(cast):
    client, kept = signed_in(cast.anna), guest()
    kept.cookies[settings.SESSION_COOKIE_NAME] = key_of(client)
    assert opens(kept)
    client.post("/sign-out/")
    assert not opens(kept)


@pytest.mark.parametrize("role", Role)
def test_every_role_finds_the_way_out(cast, role):
    page = text(signed_in(cast.users[role]).get("/today/", follow=True))
    assert f'<form method="post" action="{reverse("people:sign-out")}">' in page


def test_passwords_are_masked_and_may_be_pasted(cast):
    for client, address, names in (
        (guest(), "/sign-in/", {"password": "current-password"}),
        (
            signed_in(cast.anna),
            "/password/",
            {"old": "current-password", "password": "new-password", "again": "new-password"},
        ),
    ):
        page = text(client.get(address))
        for name, told in names.items():
            (field,) = re.findall(rf'<input[^>]*\sname="{name}"[^>]*>', page)
            assert 'type="password"' in field
            assert f'autocomplete="{told}"' in field


def test_a_long_password_is_taken_whole_and_does_not_grow_old(cast):
    long = "на даче растут сливы и 5 вишен, за рекой пасутся козы, в печи стоит пирог с капустой и грибами!"
    assert len(long) > 64
    client = signed_in(cast.anna)
    response = client.post("/password/", {"old": PASSWORD, "password": long, "again": long})
    assert response["Location"] == "/today/"
    for cut in (long[:-1], long[:72], long[:64]):
        assert not User.objects.get(pk=cast.anna.pk).check_password(cut)
    with time_machine.travel(timezone.now() + dt.timedelta(days=1000), tick=False):
        later = guest()
        later.post("/sign-in/", {"login": "curator1", "password": long})
        assert later.get("/today/").status_code == 200


def test_an_account_has_one_secret():
    """No hint, no question, no second word that opens it."""
    secret = {name for name, kind in classification(User).items() if kind is DataClass.SECRET}
    assert secret == {"password"}
