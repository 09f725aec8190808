"""A guesser is slowed down, whoever belongs here gets in."""

import datetime as dt
import threading

import pytest
import time_machine
from django.contrib.auth import authenticate
from django.core import signing
from django.db import connection
from django.http import HttpResponse
from django.utils import timezone
from tests.cast import PASSWORD
from tests.pages import guest, text

from nastavnik.core import passwords, tries
from nastavnik.core.models import Tries
from nastavnik.people import access
from nastavnik.people.actions import give_one_time_password
from nastavnik.people.models import User

pytestmark = pytest.mark.django_db

NOON = dt.datetime(2027, 3, 9, 12, tzinfo=dt.UTC)
HERE = {"REMOTE_ADDR": "203.0.113.7"}


def sign_in(client, login, password, **more):
    return client.post("/sign-in/", {"login": login, "password": password}, **(HERE | more))


def n_passing(limit, *, seconds, every=1):
    """Return how many tries of a guesser that tries each `every` seconds pass within so many."""
    passed = 0
    for second in range(0, seconds, every):
        with time_machine.travel(NOON + dt.timedelta(seconds=second), tick=False):
            try:
                tries.take([(limit, "one")])
                passed += 1
            except tries.TooManyError:
                continue
    return passed


def test_a_login_is_tried_at_most_ten_times_in_a_quarter_of_an_hour():
    assert n_passing(tries.LOGIN, seconds=15 * 60, every=5) <= 10


def test_who_waits_as_told_gets_the_next_try():
    with time_machine.travel(NOON, tick=False) as clock:
        for _try in range(tries.LOGIN.at_once):
            tries.take([(tries.LOGIN, "one")])
        with pytest.raises(tries.TooManyError) as spent:
            tries.take([(tries.LOGIN, "one")])
        clock.shift(spent.value.wait)
        tries.take([(tries.LOGIN, "one")])
        with pytest.raises(tries.TooManyError):
            tries.take([(tries.LOGIN, "one")])


def test_a_right_try_costs_nothing_and_a_refused_one_is_counted_on_no_budget():
    for _try in range(50):
        tries.take([(tries.LOGIN, "one")])
        tries.give_back([(tries.LOGIN, "one")])
    for _try in range(tries.LOGIN.at_once):
        tries.take([(tries.LOGIN, "one")])
    before = list(Tries.objects.values_list("key", "free_at"))
    with pytest.raises(tries.TooManyError):
        tries.take([(tries.LOGIN, "one"), (tries.ADDRESS, "there")])
    after = dict(Tries.objects.values_list("key", "free_at"))
    assert all(after[key] == at for key, at in before)
    for _try in range(tries.ADDRESS.at_once):
        tries.take([(tries.ADDRESS, "there")])


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_parallel_tries_do_not_slip_through():
    passed, lock = [], threading.Lock()

    def one():
        try:
            tries.take([(tries.LOGIN, "one"), (tries.ADDRESS, "there")])
        except tries.TooManyError:
            return
        finally:
            connection.close()
        with lock:
            passed.append(1)

    threads = [threading.Thread(target=one) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(passed) == tries.LOGIN.at_once


# ---------------------------------------------------------------- whom it slows down


def spray(logins, address="203.0.113.9"):
    """Try one password with each login; return how many tries were looked at."""
    client = guest()
    answers = [sign_in(client, login, "Лето2026 лето", REMOTE_ADDR=address) for login in logins]
    return sum(answer.status_code == 200 for answer in answers)


def test_a_list_of_logins_from_one_address_is_slowed_down(cast):
    logins = [f"pupil{n}" for n in range(60)]
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert spray(logins) == tries.ADDRESS.at_once
        clock.shift(dt.timedelta(minutes=1))
        assert spray(logins[40:]) == 12
    assert sign_in(guest(), "curator1", PASSWORD).status_code == 302  # from elsewhere


def test_without_a_budget_of_the_address_the_list_would_pass(cast, monkeypatch):
    monkeypatch.setattr(tries, "address_of", lambda request: request.META["REMOTE_PORT"])
    client = guest()
    for n in range(tries.ADDRESS.at_once + 5):
        assert sign_in(client, f"pupil{n}", "не тот", REMOTE_PORT=str(n)).status_code == 200


def test_thirty_pupils_behind_one_address_sign_in_within_a_lesson(cast):
    """Each types the password wrongly twice: all are in after 10 minutes, most at once."""
    with time_machine.travel(timezone.now(), tick=False) as clock:
        waiting = {n: [False, False, True] for n in range(30)}
        for _second in range(0, 600, 5):
            for n, left in list(waiting.items()):
                asked = [(tries.LOGIN, f"pupil{n}"), (tries.ADDRESS, "school")]
                try:
                    tries.take(asked)
                except tries.TooManyError:
                    continue
                if left.pop(0):
                    tries.give_back(asked)
                    del waiting[n]
            clock.shift(dt.timedelta(seconds=5))
        assert not waiting


def test_who_has_signed_in_here_gets_in_while_a_guesser_is_shut_out(cast):
    own = guest()
    assert sign_in(own, "curator1", PASSWORD).status_code == 302
    own.post("/sign-out/")
    assert own.cookies[tries.COOKIE]["httponly"]
    guesser = guest()
    for _try in range(tries.LOGIN.at_once):
        sign_in(guesser, "curator1", "не тот", REMOTE_ADDR="198.51.100.1")
    assert sign_in(guesser, "curator1", PASSWORD, REMOTE_ADDR="198.51.100.2").status_code == 429
    assert sign_in(own, "curator1", PASSWORD).status_code == 302


def test_a_stolen_word_of_a_browser_has_a_budget_too(cast):
    own = guest()
    sign_in(own, "curator1", PASSWORD)
    own.post("/sign-out/")
    answers = [sign_in(own, "curator1", "не тот").status_code for _try in range(12)]
    assert answers == [200] * tries.DEVICE.at_once + [429] * 2


def test_the_word_of_a_browser_holds_for_a_year(rf):
    request, response = rf.get("/"), HttpResponse()
    with time_machine.travel(NOON, tick=False) as clock:
        tries.remember_device(request, response, "pupil")
        request.COOKIES[tries.COOKIE] = response.cookies[tries.COOKIE].value
        clock.shift(dt.timedelta(days=364))
        assert tries.device_of(request, "pupil")
        clock.shift(dt.timedelta(days=2))
        assert tries.device_of(request, "pupil") == ""


@pytest.mark.parametrize("forged", ["", "x", signing.dumps(["a", ["b"]], salt="другая"), signing.dumps("a", salt="nastavnik.device")])  # fmt: skip
def test_a_forged_word_of_a_browser_is_none(cast, rf, forged):
    request = rf.get("/")
    request.COOKIES[tries.COOKIE] = forged
    assert tries.device_of(request, "curator1") == ""


def test_the_word_of_a_browser_is_of_the_logins_that_signed_in_there(rf):
    request, response = rf.get("/"), HttpResponse()
    for n in range(45):
        tries.remember_device(request, response, f"pupil{n}")
        request.COOKIES[tries.COOKIE] = response.cookies[tries.COOKIE].value
    assert tries.device_of(request, "pupil44") == tries.device_of(request, "pupil5") != ""
    assert tries.device_of(request, "pupil4") == ""  # forty at most
    assert tries.device_of(request, "curator1") == ""
    assert "pupil" not in response.cookies[tries.COOKIE].value


def test_a_new_slip_opens_what_a_guesser_has_shut(cast):
    mentor = User.objects.get(login="mentor")
    for _try in range(tries.LOGIN.at_once + 1):
        sign_in(guest(), "mentor", "не тот")
    slip = give_one_time_password(mentor, by=cast.anna)
    assert sign_in(guest(), "mentor", slip.password).status_code == 302


# ---------------------------------------------------------------- what is counted, what is kept


@pytest.mark.parametrize(
    ("peer", "forwarded", "counted"),
    [
        ("203.0.113.7", "", "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),  # a stranger may say what it likes
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "10.0.0.1, 198.51.100.1", "198.51.100.1"),  # what the proxy added itself
        ("::1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "", "203.0.113.7"),
        ("127.0.0.1", "вздор", "127.0.0.1"),
        ("", "", ""),
    ],
)
def test_an_address_is_the_one_that_asks(rf, peer, forwarded, counted):
    more = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    assert tries.address_of(rf.get("/", REMOTE_ADDR=peer, **more)) == counted


def test_neither_logins_nor_addresses_are_kept(cast):
    sign_in(guest(), "curator1", "не тот")
    kept = "".join(Tries.objects.values_list("key", flat=True))
    assert len(kept) == 128
    assert set(kept) <= set("0123456789abcdef")


def test_an_unknown_login_costs_the_same_hash(cast, monkeypatch):
    done = []
    hasher = passwords.Argon2idHasher
    for name in ("encode", "verify"):
        real = getattr(hasher, name)
        monkeypatch.setattr(
            hasher, name, lambda self, *given, real=real: (done.append(1), real(self, *given))[1]
        )
    User.objects.filter(login="mentee").update(is_active=False)
    counts = []
    for login in ("curator1", "nobody", "mentee"):
        done.clear()
        assert authenticate(None, username=login, password="не тот") is None
        counts.append(len(done))
    assert counts == [1, 1, 1]


def test_when_too_many_are_at_it_one_is_told_to_wait_a_moment(cast):
    taken = 0
    try:
        while access._TRYING.acquire(blocking=False):
            taken += 1
        response = sign_in(guest(), "curator1", PASSWORD)
    finally:
        for _one in range(taken):
            access._TRYING.release()
    assert response.status_code == 503
    assert response["Retry-After"] == "3"
    assert "Many sign in at this moment" in text(response)
    assert not Tries.objects.exists()
    assert sign_in(guest(), "curator1", PASSWORD).status_code == 302


def test_at_most_two_hashes_are_at_work():
    for _one in range(passwords._HASHES):
        assert passwords._AT_ONCE.acquire(blocking=False)
    assert not passwords._AT_ONCE.acquire(blocking=False)
    assert max(2, passwords._N_PROCESSES) >= passwords._HASHES * passwords._N_PROCESSES
    waiting = threading.Thread(target=passwords.Argon2idHasher().encode, args=("a", "saltsaltsalt"))
    waiting.start()
    waiting.join(0.3)
    assert waiting.is_alive()
    for _one in range(passwords._HASHES):
        passwords._AT_ONCE.release()
    waiting.join(10)
    assert not waiting.is_alive()
