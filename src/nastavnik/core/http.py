"""The request as our views see it: somebody is signed in, `@requires` has seen to it."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

if TYPE_CHECKING:
    # the stubs' own name for the configured user model, so that core need not know where it lives
    from django.contrib.auth.models import _User

    class Request(HttpRequest):
        """A request of a signed-in user."""

        user: _User
else:
    Request = HttpRequest

LONGEST_KEY = 18  # digits: anything longer is no key of either database


def key_of(given: str) -> int:
    """Return the key a request names, 0 (no row has it) for what is no key of either database."""
    return int(given) if given.isdecimal() and len(given) <= LONGEST_KEY else 0


def onward_from(request: HttpRequest, given: str) -> str:
    """Return an address of this site to go on to; the first page for anything else."""
    ours = url_has_allowed_host_and_scheme(
        given, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return given if ours and given.startswith("/") else "/"


def pressed_on(request: HttpRequest) -> str:
    """Return the page of this site on which a button was pressed, empty when the browser does not say."""
    page = urlsplit(request.headers.get("Referer", ""))
    if page.path.startswith("/") and page.netloc == request.get_host():
        return urlunsplit(("", "", page.path, page.query, ""))
    return ""


def ticked(request: HttpRequest, name: str) -> list[int]:
    """Return the keys of the rows ticked in a list, what is no key left out."""
    given = request.POST.getlist(name)
    return [int(key) for key in given if key.isdecimal() and len(key) <= LONGEST_KEY]


def shown_with(request: HttpRequest, name: str) -> set[int]:
    """Return the keys a button for many rows carries: those its page has shown, parted by commas."""
    return {key for given in request.POST.get(name, "").split(",") if (key := key_of(given))}
