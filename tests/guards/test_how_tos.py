"""Every page with the sections has a «?», and what it opens is there."""

import re
from urllib.parse import unquote

import pytest
from tests.guards.crawl import addresses_of, answer, may_open
from tests.guards.routes import all_routes, one_of_each_state
from tests.guards.world import ACTORS

from nastavnik.cabinet.rendering import is_there
from nastavnik.core.hooks.howtos import target_of, targets

pytestmark = pytest.mark.django_db
ROUTES = [route for route in all_routes() if not route.is_public]


def fault(page):
    """Return what is wrong with the «?» of a page, empty when nothing is or the page has no sections."""
    if 'class="rail"' not in page:
        return ""
    found = re.search(r'<a class="help" href="/help/([^"]*)"', page)
    if found is None:
        return "has no «?»"
    target = unquote(found[1]).replace("/", "", 1)
    return "" if is_there(target) else f"«?» leads to {target}, which is not there"


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_the_page_opens_its_how_to(world, route):
    everybody = ("curator", "coordinator", "mentor", *ACTORS[1:])
    reader = next(actor for actor in everybody if may_open(world, route, actor))
    wrong = []
    for address in addresses_of(route, world.cast.school.organisation, one_of_each_state)[:6]:
        page = answer(world, reader, "GET", address)
        if page.status_code == 200 and page.is_html:
            wrong.append(fault(page.content.decode()))
    assert not any(wrong), [one for one in wrong if one]


def test_what_is_said_of_pages_names_pages_that_are():
    names = {route.name for route in all_routes()}
    apps = {name.partition(":")[0] for name in names}
    assert {one for one in targets() if one not in names | apps} == set()
    assert {one for one in targets().values() if not is_there(one)} == set()


# ---------------------------------------------------------------- planted violations


def test_a_page_without_a_question_mark_is_seen():
    rail = '<nav class="rail"></nav>'
    assert fault(rail)
    assert fault(rail + '<a class="help" href="/help/nothing/">')
    assert fault(rail + '<a class="help" href="/help/today/#nowhere">')
    assert not fault(rail + '<a class="help" href="/help/today/">')
    assert not fault("<p>a leaf without sections</p>")


def test_a_page_nobody_spoke_for_has_none():
    assert target_of("nowhere:at-all") == ""
    assert target_of("people:list")
