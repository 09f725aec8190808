"""Who signed in and who failed to: noted without a word of what was typed, seen by whom it concerns, forgotten at its term."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone
from tests.cast import PASSWORD
from tests.pages import guest, signed_in, text

from nastavnik.core import signins
from nastavnik.core.hooks import retention
from nastavnik.core.models import SignIn, SignInKind
from nastavnik.people.models import User

pytestmark = pytest.mark.django_db

WRONG = "совсем не тот пароль"


@pytest.fixture
def quiet():
    """Leave no sign-in of the building of the cast."""
    SignIn.objects.all().delete()


def sign_in(client, login="curator1", password=PASSWORD):
    return client.post("/sign-in/", {"login": login, "password": password, "next": "/people/"})


def lines():
    return list(SignIn.objects.order_by("pk").values_list("user_id", "kind", "n"))


@pytest.mark.both
def test_a_sign_in_and_the_failures_of_an_hour_are_noted(cast, quiet):
    anna = cast.anna.pk
    with time_machine.travel(timezone.now().replace(minute=10), tick=False) as clock:
        for _try in range(3):
            sign_in(guest(), password=WRONG)
        clock.shift(dt.timedelta(hours=1))
        sign_in(guest(), password=WRONG)
        sign_in(guest())
    assert lines() == [(anna, "wrong", 3), (anna, "wrong", 1), (anna, "right", 1)]
    assert set(SignIn.objects.values_list("organisation_id", flat=True)) == {
        cast.school.organisation.pk
    }


def test_nothing_that_was_typed_is_kept_and_an_invented_login_costs_the_same(
    cast, quiet, django_assert_num_queries
):
    typed = "пароль-вместо-логина"
    for login in (typed, "curator1"):  # what is made once is made
        sign_in(guest(), login, WRONG)
    with django_assert_num_queries(len(queries_of("curator1"))):
        sign_in(guest(), typed, WRONG)
    assert typed not in str(list(SignIn.objects.values()))
    assert (signins.NOBODY, "wrong", 2) in lines()


def queries_of(login):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        sign_in(guest(), login, WRONG)
    return captured


def test_a_browser_that_is_known_is_told_from_a_new_one(cast, quiet):
    client = guest()
    sign_in(client)
    client.post("/sign-out/")
    sign_in(client)
    assert list(SignIn.objects.order_by("pk").values_list("is_known", flat=True)) == [False, True]


def test_whoever_signs_in_is_told_of_many_wrong_tries_and_not_of_a_few(cast, quiet):
    client = guest()
    with time_machine.travel(timezone.now().replace(minute=10), tick=False) as clock:
        sign_in(client)
        client.post("/sign-out/")
        for _again in range(2):  # once more: those of before the sign-in before do not count again
            clock.shift(dt.timedelta(hours=1))
            for _try in range(4):
                sign_in(guest(), password=WRONG)
            sign_in(client)
            assert "wrong password or code" not in text(client.get("/people/"))
            client.post("/sign-out/")
        clock.shift(dt.timedelta(hours=2))
        for _try in range(5):
            sign_in(guest(), password=WRONG)
        sign_in(client)
        assert "wrong password or code was typed 5 times" in text(client.get("/people/"))


def test_one_sees_the_own_sign_ins_and_nobody_elses(cast, quiet):
    sign_in(guest(), password=WRONG)
    sign_in(guest())
    own = text(signed_in(cast.anna).get("/password/"))
    assert "wrong password: 1" in own
    assert "a browser not seen before" in own
    assert "wrong password" not in text(signed_in(cast.vera).get("/password/"))


def test_the_list_of_accounts_says_the_day_and_the_failures_of_the_own_school(cast, quiet):
    vera = User.objects.get(pk=cast.vera.pk)
    other = vera.organisation
    signins.note_failure(SignInKind.WRONG, vera.pk, other.pk)
    signins.note_failure(SignInKind.WRONG, cast.anna.pk, cast.school.organisation.pk)
    told = signins.summaries(cast.anna, [cast.anna.pk, vera.pk])
    assert {key: one.n_wrong for key, one in told.items()} == {cast.anna.pk: 1}
    sign_in(guest())
    page = text(signed_in(cast.anna).get("/settings/accounts/"))
    assert "Last sign-in" in page
    assert f"{timezone.localtime():%d.%m.%Y}" in page


def test_what_is_old_counts_not_and_goes_at_its_term(cast, quiet):
    signins.note_failure(SignInKind.WRONG, cast.anna.pk, cast.school.organisation.pk)
    with time_machine.travel(timezone.now() + dt.timedelta(days=31)):
        assert signins.summaries(cast.anna, [cast.anna.pk])[cast.anna.pk].n_wrong == 0
        retention.forget_all()
        assert SignIn.objects.exists()
    with time_machine.travel(timezone.now() + dt.timedelta(days=184)):
        retention.forget_all()
        assert not SignIn.objects.exists()
