"""The remembered cast is the built one."""

import datetime as dt

import pytest
import time_machine
from django.apps import apps
from django.db import transaction
from django.utils import timezone
from tests.cast import approve_pairs, build_cast
from tests.guards.world import ACTORS, build_world
from tests.remembered import remembered, remembered_cast, remembered_step

from nastavnik.core import audit
from nastavnik.core.dates import today
from nastavnik.documents.models import Document
from nastavnik.people.models import User


def counts():
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


@pytest.mark.both
@pytest.mark.django_db
@pytest.mark.parametrize("turn", [1, 2])
def test_the_remembered_cast_has_every_row_of_the_built_one(turn):
    before = counts()
    remembered_cast()
    remembered = {label: n - before[label] for label, n in counts().items()}
    between = counts()
    # the logins are taken by the first cast, so the second one is built under another mark

    with transaction.atomic():
        for user in User.objects.all():
            user.login = f"{user.login}-1"
            user.save(update_fields=["login"])
        build_cast()
    built = {label: n - between[label] for label, n in counts().items()}
    assert remembered == built


@pytest.mark.both
@pytest.mark.django_db
@pytest.mark.parametrize("turn", [1, 2])
def test_one_can_work_with_the_remembered_cast(turn):
    cast = remembered_cast()
    order = approve_pairs(cast.school)
    assert order.organisation == cast.school.organisation
    audit.seal_all()
    assert audit.verify(cast.school.organisation.pk) is None


@pytest.mark.both
@pytest.mark.django_db
@pytest.mark.parametrize("turn", [1, 2])
def test_everybody_of_a_remembered_world_is_signed_in(turn):
    world = remembered(build_world)
    for actor in ACTORS[1:]:
        assert world.browser(actor).get("/").wsgi_request.user == world.actors[actor]


@pytest.mark.django_db
def test_a_remembered_world_has_every_row_of_the_built_one():
    before = counts()
    with transaction.atomic():
        remembered(build_world)  # built, perhaps by a test before this one
        first = counts()
        transaction.set_rollback(True)
    assert counts() == before
    remembered(build_world)
    assert counts() == first


# what is another at each making: moments, secrets, and what is hashed or sealed over them
MADE_ANEW = {"DateTimeField", "BinaryField"}


def rows():
    """Return every row there is, without what is another each time it is made."""
    return {
        model._meta.label: list(
            model._default_manager.order_by("pk").values_list(
                *(
                    field.attname
                    for field in model._meta.concrete_fields
                    if field.get_internal_type() not in MADE_ANEW
                )
            )
        )
        for model in apps.get_models(include_auto_created=True)
    }


def approved(*, is_written_before):
    """Return the rows after both schools have approved their pairs, and leave none of them."""
    with transaction.atomic():
        cast = remembered_cast()
        if is_written_before:
            User.objects.filter(pk=cast.anna.pk).update(full_name=cast.anna.full_name)
        orders = [approve_pairs(cast.school).pk, approve_pairs(cast.other).pk]
        found = rows()
        transaction.set_rollback(True)
    return orders, found


@pytest.mark.django_db
def test_a_remembered_approval_is_the_one_that_was_taken():
    first, again = approved(is_written_before=False), approved(is_written_before=False)
    assert again == first
    taken = approved(
        is_written_before=True
    )  # not a row may have been written for it to be remembered
    assert taken == first
    assert Document.objects.count() == 0


@pytest.mark.django_db
def test_a_step_is_taken_anew_once_anything_was_written():
    taken = []

    def name_anna():
        taken.append(1)
        return User.objects.filter(login="curator1").update(full_name="Иная")

    for is_written_before in (False, False, True, False):
        with transaction.atomic():
            cast = remembered_cast()
            if is_written_before:
                Document.objects.all().delete()
                User.objects.filter(pk=cast.vera.pk).update(full_name="Она же")
            assert remembered_step("name Anna", name_anna) == 1
            cast.anna.refresh_from_db()
            assert cast.anna.full_name == "Иная"
            transaction.set_rollback(True)
    assert len(taken) == 2


@pytest.mark.django_db
def test_a_step_of_another_day_is_not_laid_down_today():
    days = []
    for ahead in (7, 0):
        with transaction.atomic():
            remembered_cast()
            with time_machine.travel(timezone.now() + dt.timedelta(days=ahead)):
                days.append(remembered_step("the day of the step", today))
            transaction.set_rollback(True)
    assert days == [today() + dt.timedelta(days=7), today()]
