"""The request as our views see it: somebody is signed in, `@requires` has seen to it."""

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    # the stubs' own name for the configured user model, so that core need not know where it lives
    from django.contrib.auth.models import _User

    class Request(HttpRequest):
        """A request of a signed-in user."""

        user: _User
else:
    Request = HttpRequest

LONGEST_KEY = 18  # digits: anything longer is no key of either database


def ticked(request: HttpRequest, name: str) -> list[int]:
    """Return the keys of the rows ticked in a list, what is no key left out."""
    given = request.POST.getlist(name)
    return [int(key) for key in given if key.isdecimal() and len(key) <= LONGEST_KEY]
