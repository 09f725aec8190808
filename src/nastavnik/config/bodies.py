"""How much an address may be sent: said before anything is read (docs/decisions/0024).

Small forms are let through without a question. Only past that is it asked which page the address is, whether it takes files, and
whether somebody is signed in: an invented address and a stranger never get anything onto the disk.
"""

from dataclasses import dataclass
from importlib import import_module

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import parse_cookie
from django.urls import Resolver404, resolve

MEGABYTE = 1024 * 1024
#: What anybody may send to any address.
SMALL = 64 * 1024
#: What somebody signed in may send to a page that takes no files: the longest forms have some hundreds of lines.
FORM = MEGABYTE


@dataclass(frozen=True, slots=True)
class Allowed:
    """How many bytes an address takes from somebody.

    `is_read` is False where nobody would look at them: no such page, or one for people who are signed in. Such a request is
    answered as though it had brought nothing.
    """

    most_bytes: int
    is_read: bool = True


def allowed(path: str, cookies: str) -> Allowed:
    """Return how much may be sent to an address by whoever has these cookies."""
    try:
        view = resolve(path).func
    except Resolver404:
        return Allowed(SMALL, is_read=False)
    if not _is_signed_in(cookies):
        return Allowed(SMALL, is_read=getattr(view, "access", None) in ("public", "by_link"))
    return Allowed(getattr(view, "most_megabytes", 0) * MEGABYTE or FORM)


def _is_signed_in(cookies: str) -> bool:
    """Tell whether the cookies name a living session of somebody."""
    key = parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME)
    return bool(key) and SESSION_KEY in import_module(settings.SESSION_ENGINE).SessionStore(key)
