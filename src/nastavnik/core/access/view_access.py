"""The one mark every view carries: `@requires(Perm.X)`, `@public` or `@by_link`; beside it what a page with files takes."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol, TypeVar, cast
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from nastavnik.core.access.permissions import Perm, SignedIn
from nastavnik.core.http import pressed_on


class RequestUser(SignedIn, Protocol):
    """What a mark needs of the user of a request."""

    @property
    def must_change_password(self) -> bool:
        """Tell whether the password is one somebody else has given."""
        ...

    def act_where(self, perm: Perm) -> None:
        """Forget for this request the organisations in which the user does not hold a right."""
        ...


SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
View = Callable[..., HttpResponse]
V = TypeVar("V", bound=Callable[..., Any])


def public(view: V) -> V:
    """Mark a view that anyone may open."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def by_link(view: View) -> View:
    """Mark a view opened by whoever holds the secret in its address, with an account or without.

    The view itself looks the secret up; a wrong one answers 404. No copy of the page is kept anywhere, for the next person at
    the computer has a «back» as well.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    guarded.access = "by_link"  # type: ignore[attr-defined]
    return guarded


def takes_files(*, most_megabytes: int) -> Callable[[V], V]:
    """Mark a view that is sent files: so many megabytes a press; any other page takes one (config.bodies)."""

    def mark(view: V) -> V:
        view.most_megabytes = most_megabytes  # type: ignore[attr-defined]
        return view

    return mark


def _wanted(request: HttpRequest) -> str:
    """Return the page a guest wants: where only a button leads, the page with the button, else after signing in there is none."""
    button = pressed_on(request) if request.method == "POST" else ""
    return button or request.get_full_path()


def requires(perm: Perm, *, with_one_time: bool = False) -> Callable[[View], View]:
    """Mark a view with the right it needs: sign-in page for a guest, 403 for a role without it.

    A press acts only where the user holds the right: other organisations are left out of the request.

    Whoever signed in with a one-time password is led to choosing an own one, from every page but those marked
    `with_one_time`.
    """

    def mark(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            user = cast("RequestUser", request.user)
            if not user.is_authenticated:
                query = urlencode({"next": _wanted(request)})
                return HttpResponseRedirect(f"{reverse('people:sign-in')}?{query}")
            if not user.viewer.may(perm):
                raise PermissionDenied
            if user.must_change_password and not with_one_time:
                return HttpResponseRedirect(reverse("people:password"))
            if request.method not in SAFE:
                user.act_where(perm)
            return view(request, *args, **kwargs)

        guarded.access = perm  # type: ignore[attr-defined]
        return guarded

    return mark
