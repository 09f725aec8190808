"""Pages by a personal link: the strips that are handed out, the one page of every link that opens nothing, the thanks."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from nastavnik.core import codes, tries

_HERE_ONLY = ("localhost", "127.0.0.1", "::1")
_SENT_SECONDS = 600  # how long the browser that has sent may see the thanks


@dataclass(frozen=True, slots=True)
class LinkStrip:
    """A strip of paper with a link: its address, and as a QR code the side in modules and the path of an SVG.

    Where the address opens on this computer alone there is nothing to be photographed: `path` is empty.
    """

    address: str
    side: int
    path: str


def site_of(request: HttpRequest) -> str:
    """Return the address of the site as it is handed out, without a slash at its end."""
    return settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")


def opens_here_only(site: str) -> bool:
    """Tell whether an address of the site opens on the computer alone where it runs."""
    return urlsplit(site).hostname in _HERE_ONLY


def strip_of(site: str, path: str) -> LinkStrip:
    """Return the strip of a link; `path` begins with a slash and has small letters that may be written large."""
    address = f"{site}{path}"
    side, drawn = (0, "") if opens_here_only(site) else codes.drawn(address.upper())
    return LinkStrip(address, side, drawn)


def link_gone(request: HttpRequest) -> HttpResponse:
    """Return the page of every link that opens nothing: it tells neither what it was nor whether it was one.

    Each counts as a guess of its address: too many are answered with 429.
    """
    status = 404
    try:
        tries.take([(tries.LINK, tries.address_of(request))])
    except tries.TooManyError:
        status = 429
    return render(request, "link_gone.html", status=status)


def send_on(to: str, said: list[Any], *, name: str) -> HttpResponse:
    """Send the browser on to the page of thanks and let it alone open that.

    Args:
        to: the address of the page.
        said: plain values the page shows.
        name: of the cookie, one a kind of link.
    """
    response = HttpResponseRedirect(to)
    response.set_cookie(
        name,
        signing.dumps(said, salt=_salt(name)),
        max_age=_SENT_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


def sent_from(request: HttpRequest, *, name: str) -> list[Any] | None:
    """Return what `send_on` gave this browser; None for another one, or later."""
    try:
        said: list[Any] = signing.loads(
            request.COOKIES.get(name, ""), salt=_salt(name), max_age=_SENT_SECONDS
        )
    except signing.BadSignature:
        return None
    return said


def _salt(name: str) -> str:
    return f"nastavnik.{name}"
