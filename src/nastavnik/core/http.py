"""The request as our views see it: somebody is signed in, `@requires` has seen to it."""

from typing import TYPE_CHECKING

from django.http import HttpRequest

if TYPE_CHECKING:
    from nastavnik.people.models import User

    class Request(HttpRequest):
        """A request of a signed-in user."""

        user: User
else:
    Request = HttpRequest
