"""The world of the guards is built once a run and laid down for each module; the mark `django_db` leaves it as it was."""

import logging

import pytest
from django.db import transaction


@pytest.fixture(autouse=True, scope="package")
def _refusals_are_not_told():
    """Refusals are what the guards ask for, by the ten thousand; failures are told still."""
    log = logging.getLogger("django.request")
    before = log.level
    log.setLevel(logging.ERROR)
    yield
    log.setLevel(before)


@pytest.fixture(autouse=True, scope="package")
def _crawl_whole_in_the_long_run(request):
    from tests.guards import crawl

    crawl.is_whole = request.config.getoption("--deep")


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    from tests.guards.world import build_world
    from tests.remembered import remembered

    with django_db_blocker.unblock(), transaction.atomic():
        yield remembered(build_world)
        transaction.set_rollback(True)
