"""When a session ends, and what becomes of what was typed."""

import datetime as dt

import pytest
import time_machine
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from tests.cast import PASSWORD
from tests.pages import guest, said, signed_in, text

from nastavnik.core.access import Role
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
