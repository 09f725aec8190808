"""Per request: the language the person chose, the zone of the organisation, no copies of private pages."""

import math
import zoneinfo
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone, translation

from nastavnik.core import request_cache, sessions, tries
from nastavnik.core.text import plain

A_MOMENT = 3  # seconds

Next = Callable[[HttpRequest], HttpResponse]


def clean_text(get_response: Next) -> Next:
    """Take out of everything that is typed or sent what is not seen, in one place, before anybody looks at it.

    The body is still read only by whoever asks for it. A password stays as it was typed.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        _clean_when_read(request)
        return get_response(request)

    return middleware


# ruff: noqa: SLF001 - Django reads a body in one place and has no name of its own for «after that»
def _clean_when_read(request: Any) -> None:  # noqa: ANN401 - what is private is in no stub
    request.GET = _cleaned(request.GET)
    load = request._load_post_and_files

    def load_cleaned() -> None:
        load()
        request._post = _cleaned(request._post)
        for _name, files in request._files.lists():
            for file in files:
                file.name = plain(file.name)

    request._load_post_and_files = load_cleaned


def _cleaned(given: QueryDict) -> QueryDict:
    """Return the same fields with plain texts; the very same object where nothing is to be done."""
    kept = {
        name: values if "password" in name else [plain(value) for value in values]
        for name, values in given.lists()
    }
    if kept == dict(given.lists()):
        return given
    cleaned = QueryDict(mutable=True, encoding=given.encoding)
    for name, values in kept.items():
        cleaned.setlist(name, values)
    cleaned._mutable = False
    return cleaned


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


def end_idle(get_response: Next) -> Next:
    """End a session that was left alone too long, before anything is done in it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        sessions.end_when_due(request)
        return get_response(request)

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
        with request_cache.caching():
            return get_response(request)

    return middleware


def tell_to_wait(get_response: Next) -> Next:
    """Say in words that a password was tried too often, or that too many sign in at this moment."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_exception(request: HttpRequest, error: Exception) -> HttpResponse | None:
        is_busy = isinstance(error, tries.BusyError)
        if isinstance(error, tries.TooManyError):
            wait = math.ceil(error.wait.total_seconds())
        elif is_busy:
            wait = A_MOMENT
        else:
            return None
        is_code = isinstance(error, tries.TooManyError) and error.limit is tries.CODE
        context = {
            "wait": wait,
            "minutes": math.ceil(wait / 60),
            "is_busy": is_busy,
            "is_code": is_code,
        }
        response = render(request, "wait.html", context, status=503 if is_busy else 429)
        response.headers["Retry-After"] = str(wait)
        return response

    middleware.process_exception = process_exception  # type: ignore[attr-defined]
    return middleware


def tell_of_buttons(get_response: Next) -> Next:
    """Answer in words whoever opens as a page an address where only a button leads: browsers show an empty 405 as a broken site."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and request.method == "GET":
            # without the request, for a page of trouble asks the database nothing
            page = HttpResponse(render_to_string("405.html"), status=response.status_code)
            page.headers["Allow"] = response.headers["Allow"]
            return page
        return response

    return middleware


def keep_private(get_response: Next) -> Next:
    """Forbid every cache to keep a page that a signed-in person saw."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.user.is_authenticated and "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        return response

    return middleware
