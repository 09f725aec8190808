"""Every view says who may open it, and keeps its word: every URL × everybody × every method."""

import ast
import datetime as dt
import re
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import path
from django.views.decorators.http import require_GET
from tests.cast import PASSWORD
from tests.guards.crawl import addresses_of, answers, by_every_method, viewer_of
from tests.guards.routes import (
    addresses,
    all_routes,
    one_of_each_state,
    unregistered,
    walk,
)
from tests.guards.world import ACTORS

import nastavnik
from nastavnik.core.access import GRANTS, NOBODY, Perm, Role
from nastavnik.core.access.view_access import by_link, public, requires
from nastavnik.core.dates import today

pytestmark = pytest.mark.django_db
ROUTES = all_routes()
GIVEN = {200, 302, 404, 405, 422}


def unmarked(routes):
    """Return the pages that do not say who may open them."""
    return [
        route.name for route in routes if not (route.is_public or isinstance(route.access, Perm))
    ]


def broken_word(route, viewer, method, response):
    """Return how an answer breaks the mark of its page, empty when it keeps it."""
    status = response.status_code
    said = f"{method} {route.name}: {status}"
    if route.is_public:
        # a public page may send on or be gone; it never refuses by role, and a wrong link opens nothing to anybody
        given = {404, 405, 429} if route.access == "by_link" else GIVEN
        return "" if status in given else said
    if viewer is None:
        to_sign_in = status == 302 and response.headers["Location"].startswith("/sign-in/?")
        return "" if to_sign_in or status == 405 else f"{said}, a guest is to be led to sign-in"
    if viewer.may(route.access):
        return "" if status in GIVEN else f"{said}, though the role may {route.access}"
    return "" if status in {403, 405} else f"{said}, though the role may not {route.access}"


def test_every_view_is_marked():
    assert len(ROUTES) > 30
    assert unmarked(ROUTES) == []


def test_every_key_has_its_objects():
    assert unregistered(ROUTES) == []


@pytest.mark.parametrize("actor", ACTORS)
@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_page_keeps_its_word(world, route, actor):
    viewer = viewer_of(world, actor)
    wrong = [
        broken_word(route, viewer, answer.method, answer) for answer in answers(world, route, actor)
    ]
    assert wrong
    assert not any(wrong), [one for one in wrong if one]


def test_a_method_is_refused_by_a_decorator_alone():
    """So what one address of a page refuses with 405 all of them do, which `by_every_method` goes by."""
    files = Path(nastavnik.__file__).parent.rglob("*.py")
    # the one that dresses in words what a decorator has refused
    rest = [path for path in files if path.parts[-2:] != ("core", "middleware.py")]
    assert not [path for path in rest if re.search(r"NotAllowed|\b405\b", path.read_text())]


# what may stand over a mark: it asks for the method or hides what was typed, and looks at neither address nor reader
OVER_A_MARK = {
    "require_GET", "require_POST", "require_safe", "require_http_methods", "sensitive_post_parameters", "never_cache",
}  # fmt: skip
MARKS = {"requires", "public", "by_link"}


def hasty(source):
    """Return the functions of some code whose mark has something over it that might look at the address first."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            names = [ast.unparse(one).partition("(")[0] for one in node.decorator_list]
            over = next((names[:n] for n, name in enumerate(names) if name in MARKS), [])
            found += [node.name] if set(over) - OVER_A_MARK else []
    return found


def test_nothing_looks_at_the_address_before_the_mark():
    """So whom a page refuses at one address it refuses at all, which `crawl.asked_of` goes by."""
    files = Path(nastavnik.__file__).parent.rglob("*.py")
    assert [name for path in files for name in hasty(path.read_text())] == []


def test_a_decorator_that_looks_before_the_mark_is_seen():
    view = "@{}\n@requires(Perm.HOME)\ndef view(request, pk): ..."
    assert hasty(view.format("with_the_row")) == ["view"]
    assert hasty(view.format("require_http_methods(['GET'])")) == []
    assert hasty("@requires(Perm.HOME)\n@with_the_row\ndef view(request, pk): ...") == []


def test_a_method_refused_once_is_not_asked_again_and_any_other_is():
    asked = []

    def ask(method, address):
        asked.append((method, address))
        return HttpResponse(status=405 if method == "PUT" else 403)

    assert len(list(by_every_method(["/a/", "/b/"], ask))) == 9
    assert [one for one in asked if one[0] == "PUT"] == [("PUT", "/a/")]


@pytest.mark.parametrize("role", Role)
def test_each_role_has_an_account_of_that_role_alone(world, role):
    assert {grant.role for grant in world.viewer(role.value).grants} == {role}


def test_a_right_password_without_its_code_opens_nothing(world):
    """Between the password and the code of the second step every page answers as it answers nobody."""
    browser = Client()
    answer = browser.post("/sign-in/", {"login": "psychologist", "password": PASSWORD})
    assert answer.headers["Location"] == "/sign-in/code/"
    n_asked = 0
    for route in ROUTES:
        if not route.is_public:
            found = addresses_of(route, world.cast.school.organisation, one_of_each_state)
            for response in by_every_method(found[:1], browser.generic):
                method = response.wsgi_request.method
                assert broken_word(route, None, method, response) == ""
                n_asked += 1
    assert n_asked > 300
    assert browser.get("/sign-in/code/").status_code == 200  # it still waits for the code


def test_a_role_no_longer_held_opens_nothing(world):
    from nastavnik.people.models import Membership

    browser = world.browser(Role.CURATOR.value)
    yesterday = today() - dt.timedelta(days=1)
    Membership.objects.filter(user=world.cast.anna).update(starts_on=yesterday, ends_on=yesterday)
    for route in ROUTES:
        if not route.is_public:
            address, *_others = addresses_of(route, world.cast.school.organisation)
            assert broken_word(route, NOBODY, "GET", browser.get(address)) == ""


# ---------------------------------------------------------------- planted violations


def _answer(request):
    return HttpResponse("ok")


def _lying(perm):
    """Return a view that carries a mark and asks nobody for it."""

    def view(request):
        return _answer(request)

    view.access = perm
    return view


def test_a_view_without_a_mark_is_seen():
    planted = walk(
        [path("a/", _answer, name="bare"), path("b/", public(_lying(None)), name="open")]
    )
    assert unmarked(planted) == ["bare"]


def test_a_mark_under_a_decorator_that_hides_it_is_seen():
    def hiding(view):
        def hidden(request):
            return view(request)

        return hidden

    planted = walk([path("a/", hiding(require_GET(requires(Perm.HOME)(_answer))), name="hidden")])
    assert unmarked(planted) == ["hidden"]


def test_a_key_nobody_described_is_named():
    (said,) = unregistered(walk([path("a/<int:pk>/", _answer, name="fresh")]))
    assert "fresh" in said
    assert "OBJECTS" in said


@pytest.mark.parametrize(
    ("actor", "perm"),
    [("anonymous", Perm.HOME), ("mentor", Perm.BASE_EDIT), ("coordinator", Perm.ROSTER_VIEW)],
)
def test_a_page_that_only_claims_its_mark_is_caught(world, rf, actor, perm):
    (route,) = walk([path("a/", _lying(perm), name="lying")])
    response = route.pattern.callback(rf.get("/a/"))
    assert "lying" in broken_word(route, world.viewer(actor), "GET", response)


@pytest.mark.parametrize("status", [200, 302, 403, 500])
def test_a_page_by_link_that_opens_to_a_wrong_secret_is_caught(world, status):
    (route,) = walk([path("a/", by_link(_answer), name="ajar")])
    assert broken_word(route, None, "GET", HttpResponse(status=404)) == ""
    assert broken_word(route, world.viewer("curator"), "GET", HttpResponse(status=status))


@pytest.mark.parametrize("status", [403, 500, 503])
def test_a_page_that_refuses_those_it_should_let_in_is_caught(world, status):
    (route,) = walk([path("a/", requires(Perm.HOME)(_answer), name="shut")])
    assert broken_word(route, world.viewer("curator"), "GET", HttpResponse(status=status))


def test_a_table_that_grants_nothing_would_be_noticed():
    assert all(perm in {p for perms in GRANTS.values() for p in perms} for perm in Perm)


@pytest.mark.parametrize("key", ["²", "x", "-1", "", "9" * 30])
def test_a_ticked_key_that_is_no_key_breaks_nothing(world, key):
    browser = world.browser("curator")
    (approve,) = [route for route in ROUTES if route.name == "mentorships:approve"]
    run = addresses(approve, world.cast.school.organisation)[-1]
    for address, name in (("/base/mentee/ready/", "records"), (run, "proposals")):
        assert browser.post(address, {name: key}).status_code == 302
