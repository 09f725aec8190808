"""How much an address may be sent: pages with files, forms, invented addresses, strangers."""

import inspect

import pytest
from django.urls import get_resolver, reverse
from tests.guards.routes import all_routes

from nastavnik.config import bodies


@pytest.fixture
def signed_in(client, cast):
    client.force_login(cast.anna, backend="nastavnik.people.access.Accounts")
    return f"sessionid={client.cookies['sessionid'].value}"


@pytest.mark.django_db
def test_a_stranger_gets_little_in(signed_in):
    for cookies in ("", "sessionid=invented", "sessionid=" + "x" * 500):
        assert bodies.allowed("/invented/4f3a9c/", cookies) == bodies.Allowed(
            bodies.SMALL, is_read=False
        )
        assert bodies.allowed("/people/import/", cookies) == bodies.Allowed(
            bodies.SMALL, is_read=False
        )
        assert bodies.allowed("/sign-in/", cookies) == bodies.Allowed(bodies.SMALL)
    # the control: with a living session the same address takes files
    assert bodies.allowed("/people/import/", signed_in).most_bytes > bodies.FORM
    assert bodies.allowed("/invented/4f3a9c/", signed_in).is_read is False


@pytest.mark.django_db
def test_a_form_takes_a_megabyte_and_a_page_with_files_what_is_said(signed_in):
    assert bodies.allowed(reverse("people:add"), signed_in) == bodies.Allowed(bodies.MEGABYTE)
    assert bodies.allowed(reverse("people:import"), signed_in) == bodies.Allowed(
        30 * bodies.MEGABYTE
    )


@pytest.mark.django_db
def test_a_session_that_has_ended_is_none(client, signed_in):
    client.logout()
    assert bodies.allowed("/people/import/", signed_in).most_bytes == bodies.SMALL


def reads_files(view):
    return "request.FILES" in inspect.getsource(inspect.unwrap(view))


def test_every_page_that_reads_files_says_how_much_it_takes():
    assert get_resolver().url_patterns
    found = [route for route in all_routes() if reads_files(route.pattern.callback)]
    assert len(found) >= 5
    for route in found:
        assert route.pattern.callback.most_megabytes > 1, route.name  # more than a form takes


def test_a_page_that_reads_files_and_says_nothing_is_found():
    def planted(request):
        return request.FILES

    assert reads_files(planted)
    assert not hasattr(planted, "most_megabytes")
