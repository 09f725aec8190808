"""The remembered cast is the built one."""

import pytest
from django.apps import apps
from django.db import transaction
from tests.cast import approve_pairs, build_cast
from tests.guards.world import ACTORS, build_world
from tests.remembered import remembered, remembered_cast

from nastavnik.core import audit
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
