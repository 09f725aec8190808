"""A right to write in one school is none in another, where the same person may only look."""

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from tests.cast import PASSWORD
from tests.guards.crawl import addresses_of
from tests.guards.routes import all_routes, one_of_each_state

from nastavnik.core.access import GRANTS, Role
from nastavnik.documents.choices import DocumentStatus
from nastavnik.documents.models import Document
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


def browser_of_both(own, other, looks_on_as):
    """Return the browser of a curator of one school who has another role in the other one."""
    both = add_account(f"both-{looks_on_as}", PASSWORD, full_name="Двойная Дора", by=None)
    for school, role in ((own, Role.CURATOR), (other, looks_on_as)):
        grant_role(both, school.organisation, role, starts_on=school.year.starts_on, by=None)
    browser = Client()
    browser.force_login(both)
    return browser


@pytest.mark.parametrize("looks_on_as", [Role.PSYCHOLOGIST, Role.DIRECTOR])
def test_who_writes_in_one_school_only_looks_on_in_the_other(world, looks_on_as):
    own, other = world.cast.school, world.cast.other
    browser = browser_of_both(own, other, looks_on_as)
    assert let_in(browser, other, GRANTS[looks_on_as]) == {}
    # in the own school the same presses are let in
    assert len(let_in(browser, own, GRANTS[looks_on_as], "consents:")) > 3


def test_a_page_shown_to_whoever_looks_on_takes_no_press_there(world):
    """A paper is shown and changed on one page, under the right to see it."""
    own, other = world.cast.school, world.cast.other
    browser = browser_of_both(own, other, Role.DIRECTOR)
    for school, is_written in ((other, False), (own, True)):
        papers = Document.objects.filter(organisation=school.organisation)
        paper = papers.filter(status=DocumentStatus.DRAFT).first()
        sent = {"number": "77-чужой", "dated_on": school.year.starts_on.isoformat()}
        browser.post(reverse("documents:card", args=[paper.pk]), sent)
        paper.refresh_from_db()
        assert (paper.number == "77-чужой") == is_written
