"""Per request: the language the person chose, the zone of the organisation, no copies of private pages."""

import zoneinfo
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from nastavnik.core import memory

Next = Callable[[HttpRequest], HttpResponse]


def choose_language(get_response: Next) -> Next:
    """Activate the language of the cookie, else Russian: a school's browser may be set to anything."""
    known = {code for code, _ in settings.LANGUAGES}

    def middleware(request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in known else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response

    return middleware


def choose_zone(get_response: Next) -> Next:
    """Show times in the zone of the user's organisation."""

    def middleware(request: HttpRequest) -> HttpResponse:
        name = getattr(request.user, "time_zone", None) or settings.TIME_ZONE
        with timezone.override(zoneinfo.ZoneInfo(name)):
            return get_response(request)

    return middleware


def remember(get_response: Next) -> Next:
    """Let a page that is only read ask each question once."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return get_response(request)
        with memory.remembering():
            return get_response(request)

    return middleware


def keep_private(get_response: Next) -> Next:
    """Forbid every cache to keep a page that a signed-in person saw."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.user.is_authenticated and "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        return response

    return middleware
