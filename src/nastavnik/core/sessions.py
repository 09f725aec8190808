"""When a session ends: left alone for half an hour, or after twelve hours whatever was done.

Moments stand in the session itself, `since` of the sign-in and `seen` of the last page, the latter written at most once
a minute. What somebody has just typed into a form of a session left alone too long is kept for the same account until
it has signed in again (`typed_by`).
"""

import time
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse

from nastavnik.core import condition

_SEEN, _SINCE, _TYPED, _HALF = "seen", "since", "typed", "half"
_HALF_SECONDS = 5 * 60
_EVERY = 60  # seconds
_MOST_TYPED = 100_000  # characters
_SECRETS = ("password", "again", "old", "code", "csrfmiddlewaretoken")


class KeptWherePossible(SessionMiddleware):
    """Django's, but a page is shown also where only its session cannot be written: on a full disk."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Save the session and set its cookie."""
        try:
            return super().process_response(request, response)
        except (DatabaseError, SessionInterrupted) as error:
            if condition.of_error(error) is None:
                raise
            return response  # what the page has done is done


def begin(request: HttpRequest, **_more: Any) -> None:
    """Note the moment of a sign-in."""
    request.session[_SEEN] = request.session[_SINCE] = int(time.time())


def end_when_due(request: HttpRequest) -> None:
    """End the session of a request that comes too late; what was typed waits for the same account."""
    session, now = request.session, int(time.time())
    if SESSION_KEY not in session:
        return
    seen, since = session.get(_SEEN, now), session.get(_SINCE, now)
    # where nothing can be written, the last page cannot be noted either: reading goes on until the twelve hours are over
    is_idle = now - seen > settings.IDLE_SECONDS and condition.of_storage() is None
    if not is_idle and now - since <= settings.SESSION_COOKIE_AGE:
        if now - seen >= _EVERY or _SEEN not in session:
            session[_SEEN] = now
            session.setdefault(_SINCE, now)
        return
    account, typed = session[SESSION_KEY], _typed(request)
    logout(request)
    if typed:
        request.session[_TYPED] = {"account": account, "path": request.path, "fields": typed}


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    if request.method != "POST":
        return []
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in _SECRETS
        for value in values
    ]
    is_short = sum(len(value) for _name, value in fields) <= _MOST_TYPED
    return fields if is_short else []


def typed_by(request: HttpRequest) -> dict[str, Any] | None:
    """Return what this account had typed when its session ended: `path` and `fields`; None for nothing."""
    kept: dict[str, Any] | None = request.session.get(_TYPED)
    is_own = kept is not None and kept["account"] == request.session.get(SESSION_KEY)
    return kept if is_own else None


def forget_typed(request: HttpRequest) -> None:
    """Throw away what was typed."""
    request.session.pop(_TYPED, None)


def begin_half(request: HttpRequest, *, account: int, mark: str, onward: str) -> None:
    """Note that the right password was typed and a code is still to come; nobody is signed in by it."""
    request.session.cycle_key()
    now = int(time.time())
    request.session[_HALF] = {"account": account, "mark": mark, "onward": onward, "at": now}


def half_of(request: HttpRequest) -> dict[str, Any] | None:
    """Return the account, the mark of its password and where it goes on, for five minutes; None for nothing."""
    kept: dict[str, Any] | None = request.session.get(_HALF)
    is_fresh = kept is not None and 0 <= time.time() - kept["at"] <= _HALF_SECONDS
    return kept if is_fresh else None


def forget_half(request: HttpRequest) -> bool:
    """Forget a sign-in that waits for its code; tell whether there was one."""
    return request.session.pop(_HALF, None) is not None
