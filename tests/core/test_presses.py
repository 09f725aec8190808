"""The same press writes once, whatever sends it twice; a page opened anew is another press."""

import datetime as dt
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.messages import get_messages
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from tests.cast import build_cast

from nastavnik.core import presses
from nastavnik.core.models import Press
from nastavnik.organisations.models import Partner
from nastavnik.people.models import Person
from nastavnik.programmes.models import GroupMeeting
from nastavnik.roadmaps.actions import make_from_catalogue
from nastavnik.roadmaps.choices import RoadmapLevel
from nastavnik.roadmaps.models import Activity

pytestmark = [pytest.mark.both, pytest.mark.django_db]
ADD = "/people/add/"
TEACHER = {"kind": "teacher", "last_name": "Повторова", "first_name": "Вера"}
N_PRESSES = 50


@pytest.fixture
def browser(cast, client):
    client.force_login(cast.anna)
    return client


def token_of(client, address=ADD):
    page = client.get(address).content.decode()
    return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]


def send(client, token, address=ADD, **given):
    values = {**TEACHER, **given, **({"csrfmiddlewaretoken": token} if token else {})}
    return client.post(address, values, headers={"referer": f"http://testserver{address}"})


def told(response):
    return [str(one) for one in get_messages(response.wsgi_request)]


def n_teachers():
    return Person.objects.filter(last_name=TEACHER["last_name"]).count()


def test_the_second_press_gets_the_answer_of_the_first(browser):
    token = token_of(browser)
    first = send(browser, token)
    browser.cookies.pop("messages")  # the browser has dropped the first answer
    second = send(browser, token)
    assert n_teachers() == 1
    assert first.headers["Location"] == second.headers["Location"]
    assert "Повторова Вера" in browser.get(second.headers["Location"]).content.decode()
    assert second.cookies["messages"].value == first.cookies["messages"].value


def test_a_page_opened_once_more_is_another_press(browser):
    one, other = token_of(browser), token_of(browser)
    assert one != other
    send(browser, one)
    send(browser, other)
    assert n_teachers() == 2


def test_what_is_changed_on_the_way_back_is_another_press(browser):
    token = token_of(browser)
    send(browser, token)
    send(browser, token, first_name="Нина")
    assert n_teachers() == 2


def test_the_same_from_another_account_is_another_press(browser, cast):
    token = token_of(browser)
    send(browser, token)
    client = Client()
    client.force_login(cast.vera)
    send(client, token)
    assert n_teachers() == 2


def test_a_file_is_part_of_the_press(browser, tmp_path):
    token = token_of(browser, "/people/import/")
    for name in ("Первов", "Второв", "Первов"):
        file = tmp_path / "list.csv"
        file.write_text(f"ФИО;Класс;Дата рождения\n{name} Иван;5А;01.02.2014\n")
        with file.open("rb") as stream:
            answer = browser.post("/people/import/", {"file": stream, "csrfmiddlewaretoken": token})
        assert answer.status_code == 302
    assert Press.objects.count() == 2


def test_what_is_refused_is_judged_anew(browser):
    pupil = {"kind": "pupil", "birth_date": "2014-02-01", "group": "5А"}
    send(browser, token_of(browser), **pupil)
    token = token_of(browser)
    assert send(browser, token, **pupil).status_code == 200
    Person.objects.filter(last_name=TEACHER["last_name"]).delete()
    assert send(browser, token, **pupil).status_code == 302
    assert n_teachers() == 1


def test_pressed_on_an_old_page_one_is_told_so(browser):
    token = token_of(browser)
    answer = send(browser, token)
    Press.objects.update(at=timezone.now() - dt.timedelta(minutes=5))
    browser.cookies.pop("messages")
    again = send(browser, token)
    assert again.headers["Location"] == answer.headers["Location"]
    (said,) = told(again)
    assert "второй раз ничего не записано" in said
    assert n_teachers() == 1


def test_a_press_killed_before_its_answer_is_not_done_twice(browser, monkeypatch):
    monkeypatch.setattr(presses, "PATIENCE_SECONDS", 0)
    token = token_of(browser)
    send(browser, token)
    Press.objects.update(answer="", told="")
    browser.cookies.pop("messages")
    again = send(browser, token)
    assert again.headers["Location"] == ADD
    assert len(told(again)) == 1
    assert n_teachers() == 1


def test_a_page_with_passwords_is_not_shown_twice(browser):
    """What is shown once cannot be shown again: the list says that the account is there."""
    address = "/settings/accounts/"
    token = token_of(browser, address)
    given = {"full_name": "Новенькая Нина", "role": "social_teacher", "login": "nina"}
    slip = send(browser, token, address, **given)
    assert slip.status_code == 200
    again = send(browser, token, address, **given)
    assert again.headers["Location"] == address
    assert "nina" in browser.get(address).content.decode()


def test_what_is_older_than_a_day_is_forgotten(browser):
    send(browser, token_of(browser))
    Press.objects.update(at=timezone.now() - dt.timedelta(days=1, minutes=1))
    send(browser, token_of(browser))
    assert Press.objects.count() == 1


def test_a_press_rolled_back_is_claimed_anew(db):
    """An action takes back half of what it wrote and goes on: the press stands with what stays."""
    token = presses._now.set(presses.Pressing("a" * 64))
    try:
        with transaction.atomic():
            presses.claim()
            transaction.set_rollback(True)
        assert not Press.objects.exists()
        presses.claim()
        presses.claim()
    finally:
        presses._now.reset(token)
    assert Press.objects.count() == 1


def test_a_press_told_apart_by_nothing_is_not_kept(browser):
    send(browser, "")
    send(browser, "")
    assert n_teachers() == 2
    assert not Press.objects.exists()


# ---------------------------------------------------------------- a crowd


def crowd(cast, token, address, *, n, **given):
    """Send the same from many browsers of one session at once, each over a connection of its own."""
    first = Client()
    first.force_login(cast.anna)

    def press(_number):
        client = Client()
        client.cookies = first.cookies.copy()
        try:
            return send(client, token, address, **given)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(press, range(n)))


@pytest.fixture
def forms_of_creation():
    """Address of a form → what it is given, and how many rows there are of it."""
    cast = build_cast()
    make_from_catalogue(cast.school.year, RoadmapLevel.SCHOOL, by=cast.anna)
    roadmap = cast.school.year.roadmaps.get()
    records = [cast.school.records[key].pk for key in ("older", "younger")]
    return cast, {
        ADD: ({}, n_teachers),
        f"/roadmap/{roadmap.pk}/add/": (
            {"title": "Повторное дело", "term_text": "май", "responsible": "Директор"},
            lambda: Activity.objects.filter(title="Повторное дело").count(),
        ),
        "/group-meetings/add/": (
            {
                "people": records,
                "held_on": cast.school.year.starts_on.isoformat(),
                "place": "повторный зал",
            },
            lambda: GroupMeeting.objects.filter(place="повторный зал").count(),
        ),
    }


@pytest.mark.django_db(transaction=True)
def test_fifty_equal_presses_at_once_write_once(forms_of_creation, request):
    cast, forms = forms_of_creation
    for address, (given, count) in forms.items():
        n = N_PRESSES if address == ADD or request.config.getoption("--deep") else 10
        answers = crowd(cast, token_in(cast, address), address, n=n, **given)
        assert {answer.status_code for answer in answers} == {302}, address
        assert len({answer.headers["Location"] for answer in answers}) == 1, address
        assert count() == 1, address


@pytest.mark.django_db(transaction=True)
def test_without_the_key_the_crowd_writes_as_often_as_it_presses(forms_of_creation):
    """The control: what is tried above would happen."""
    cast, forms = forms_of_creation
    for address, (given, count) in forms.items():
        crowd(cast, "", address, n=6, **given)
        assert count() == 6, address


def token_in(cast, address):
    client = Client()
    client.force_login(cast.anna)
    return token_of(client, address)


# ---------------------------------------------------------------- two who write the same


def test_whoever_meets_a_unique_constraint_reads_words(browser, cast, monkeypatch):
    from nastavnik.organisations import actions

    def race(organisation, *, name, by):
        for _ in range(2):
            Partner.objects.create(organisation=organisation, name=name)

    monkeypatch.setattr(actions, "add_partner", race)
    with transaction.atomic():
        answer = send(browser, "", "/settings/partners/", name="Завод")
    assert answer.status_code == 302
    (said,) = told(answer)
    assert "в эту же минуту" in said


def test_what_is_no_double_stays_a_failure(rf):
    error = IntegrityError("CHECK constraint failed: year_has_length")
    middleware = presses.Presses(lambda _request: None)
    assert middleware.process_exception(rf.post("/"), error) is None
