"""A right to write in one school is none in another, where the same person may only look."""

import pytest
from django.db import transaction
from django.test import Client
from tests.cast import PASSWORD
from tests.guards.crawl import addresses_of
from tests.guards.routes import all_routes, one_of_each_state

from nastavnik.core.access import GRANTS, Role
from nastavnik.people.actions import add_account, grant_role

pytestmark = pytest.mark.django_db
REFUSED = {403, 404, 405}


def let_in(browser, school, perms, app=""):
    """Return page → answers of those at which a press was not refused, of the pages whose right is none of `perms`."""
    found = {}
    for route in all_routes():
        if route.is_public or not route.has_key or route.access in perms:
            continue
        if not route.name.startswith(app):
            continue
        for address in addresses_of(route, school.organisation, one_of_each_state):
            with transaction.atomic():
                status = browser.post(address).status_code
                transaction.set_rollback(True)
            if status == 405:
                break
            if status not in REFUSED:
                found.setdefault(route.name, []).append(status)
    return found


@pytest.mark.parametrize("looks_on_as", [Role.PSYCHOLOGIST, Role.DIRECTOR])
def test_who_writes_in_one_school_only_looks_on_in_the_other(world, looks_on_as):
    own, other = world.cast.school, world.cast.other
    both = add_account(f"both-{looks_on_as}", PASSWORD, full_name="Двойная Дора", by=None)
    for school, role in ((own, Role.CURATOR), (other, looks_on_as)):
        grant_role(both, school.organisation, role, starts_on=school.year.starts_on, by=None)
    browser = Client()
    browser.force_login(both)
    assert let_in(browser, other, GRANTS[looks_on_as]) == {}
    # in the own school the same presses are let in
    assert len(let_in(browser, own, GRANTS[looks_on_as], "consents:")) > 3
