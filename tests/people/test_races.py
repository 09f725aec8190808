"""Two who enter the same account, person or record of a base at the same moment: one does, the other reads why not."""

import contextlib
import datetime as dt
import threading

import pytest
from django.db import connection, models
from tests.cast import build_cast

from nastavnik.cabinet import actions as cabinet
from nastavnik.core.access import Role
from nastavnik.core.errors import RefusedError
from nastavnik.organisations.models import Organisation
from nastavnik.people import actions
from nastavnik.people.actions import roster
from nastavnik.people.models import Person, User
from nastavnik.programmes.actions import add_to_base
from nastavnik.programmes.choices import Side
from nastavnik.programmes.models import Participation

pytestmark = [pytest.mark.both, pytest.mark.django_db(transaction=True)]
PATIENCE = 0.5  # seconds: who holds the other back waits so long in vain
TEACHER = {"kind": "teacher", "last_name": "Двойникова", "first_name": "Вера", "birth_date": dt.date(1980, 2, 1)}  # fmt: skip


class Meeting:
    """A place in the middle of a write where two writers wait for each other, if both can come there."""

    def __init__(self):
        self.barrier = threading.Barrier(2)

    def wait(self):
        # broken when the other is held back: what is to be shown
        with contextlib.suppress(threading.BrokenBarrierError):
            self.barrier.wait(PATIENCE)

    def before(self, do):
        def met(*args, **kwargs):
            self.wait()
            return do(*args, **kwargs)

        return met


def twice_at_once(do):
    """Do the same from two threads; return what each of them came to."""
    came_to = []

    def one():
        try:
            came_to.append(do())
        except RefusedError as refusal:
            came_to.append(str(refusal))
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return came_to


def n_twins():
    return Person.objects.filter(last_name="Двойникова").count()


@pytest.mark.parametrize("fields", [{}, {"kind": "pupil", "birth_date": dt.date(2014, 2, 1)}])
def test_a_person_entered_twice_at_once_is_one(monkeypatch, fields):
    school = build_cast().school
    monkeypatch.setattr(roster, "add_person", Meeting().before(roster.add_person))
    came_to = twice_at_once(
        lambda: actions.register_person(
            school.organisation, by=school.curator, **{**TEACHER, **fields}
        )
    )
    assert n_twins() == 1
    assert len([one for one in came_to if "уже есть в списке" in str(one)]) == 1


def test_an_account_made_twice_at_once_is_one(monkeypatch):
    school = build_cast().school
    monkeypatch.setattr(User, "save", Meeting().before(User.save))
    came_to = twice_at_once(
        lambda: actions.invite(
            school.organisation, person=None, full_name="Двойникова Вера", role=Role.DEPUTY_DIRECTOR,
            login="dvoynikova", by=school.curator,
        )
    )  # fmt: skip
    assert User.objects.filter(login="dvoynikova").count() == 1
    assert len([one for one in came_to if "логин уже есть" in str(one)]) == 1


def test_a_person_given_two_accounts_at_once_has_one(monkeypatch):
    school = build_cast().school
    person = school.people["younger"]
    User.objects.filter(person=person).delete()
    monkeypatch.setattr(User, "save", Meeting().before(User.save))
    logins = iter(("odin", "dva"))
    came_to = twice_at_once(
        lambda: actions.invite(
            school.organisation, person=person, full_name="", role=Role.MENTEE,
            login=next(logins), by=school.curator,
        )
    )  # fmt: skip
    assert User.objects.filter(person=person).count() == 1
    assert len([one for one in came_to if "уже есть вход" in str(one)]) == 1


def test_a_person_put_into_a_base_twice_at_once_is_there_once(monkeypatch):
    school = build_cast().school
    person = actions.register_person(
        school.organisation, kind="pupil", last_name="Двойников", first_name="Пётр",
        birth_date=dt.date(school.year.starts_on.year - 12, 2, 1), group="6Б", by=school.curator,
    )  # fmt: skip
    create = Participation.objects.create
    monkeypatch.setattr(Participation.objects, "create", Meeting().before(create))
    came_to = twice_at_once(
        lambda: add_to_base(school.programme, [person], Side.MENTEE, by=school.curator)
    )
    assert Participation.objects.filter(person=person).count() == 1
    assert sorted(len(added) for added, _refused in came_to) == [0, 1]


# ---------------------------------------------------------------- without the walls it happens


def test_who_looks_and_writes_without_a_lock_writes_twice():
    school, meeting = build_cast().school, Meeting()

    def look_and_write():
        if not Person.objects.filter(last_name="Двойникова").exists():
            meeting.wait()
            Person.objects.create(organisation=school.organisation, **TEACHER)

    twice_at_once(look_and_write)
    assert n_twins() == 2


def test_with_the_lock_off_two_teachers_are_entered(monkeypatch, request):
    if request.config.getoption("--database") == "sqlite":
        pytest.skip("SQLite lets one writer in at a time")
    school = build_cast().school
    monkeypatch.setattr(models.QuerySet, "select_for_update", lambda rows, **_how: rows)
    monkeypatch.setattr(roster, "add_person", Meeting().before(roster.add_person))
    twice_at_once(
        lambda: actions.register_person(school.organisation, by=school.curator, **TEACHER)
    )
    assert n_twins() == 2


def test_two_who_set_an_empty_site_up_at_once_make_one(monkeypatch):
    first, last = dt.date(2026, 9, 1), dt.date(2027, 8, 31)
    # both would come to the end of it: whoever asks whether there is anybody finds nobody
    monkeypatch.setattr(cabinet, "has_any_account", lambda: False)
    monkeypatch.setattr(cabinet, "open_year", Meeting().before(cabinet.open_year))
    numbers = iter("12")
    came_to = twice_at_once(
        lambda: cabinet.set_up(
            municipality="", year_starts_on=first, year_ends_on=last, curator_name="Первая", by=None,
            login=f"first{next(numbers)}", password="три слова подряд",
            kind="school", full_name="Школа", short_name="Школа", town="Примерск",
        )
    )  # fmt: skip
    assert len([one for one in came_to if "set up already" in str(one) or "уже" in str(one)]) == 1
    assert (Organisation.objects.count(), User.objects.count()) == (1, 1)
