"""Tries of a password or a code: a guesser is slowed down, whoever belongs here gets in (ADR 0026).

A budget lets so many wrong tries pass at once and one more each so often; a right one costs nothing. It is one moment
in a row of the database, so all processes count together. What is counted is kept as a keyed digest: neither logins nor
addresses stand there.

From a browser in which this login has signed in before (a signed cookie says so) tries are counted for that browser;
all other browsers share one budget of the login and one of the address. So whoever spends a login's budget on purpose
shuts out unknown browsers only.
"""

import datetime as dt
import ipaddress
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from nastavnik.core.models import Tries


@dataclass(frozen=True, slots=True)
class Limit:
    """How many wrong tries pass at once, and after how long one more does."""

    name: str
    at_once: int
    every: dt.timedelta


#: At most 10 wrong tries in any quarter of an hour: 6 at once, then one in 3 min 45 s.
LOGIN = Limit("login", 6, dt.timedelta(minutes=15) / 4)
DEVICE = Limit("device", 10, dt.timedelta(seconds=90))
#: A lesson of 30 pupils with two slips each passes within minutes; a list of logins goes on at 12 a minute.
ADDRESS = Limit("address", 40, dt.timedelta(seconds=5))
CODE = Limit("code", 5, dt.timedelta(minutes=3))
#: Of links that open nothing: a class behind one address that opens used ones passes, a guesser is slowed to one in two seconds.
LINK = Limit("link", 60, dt.timedelta(seconds=2))

Asked = tuple[Limit, str]

COOKIE = "device"
_SALT = "nastavnik.device"
_A_YEAR = 60 * 60 * 24 * 365
_MOST_LOGINS = 40  # of one browser: a computer of a classroom


class TooManyError(Exception):
    """The budget of a `limit` is spent; `wait` is how long until the next try."""

    def __init__(self, wait: dt.timedelta, limit: Limit) -> None:
        super().__init__()
        self.wait = wait
        self.limit = limit


class BusyError(Exception):
    """So many sign in at this moment that pages would wait for them."""


@transaction.atomic
def take(asked: Iterable[Asked]) -> None:
    """Count a try on each budget, before it is known whether it is right: parallel ones do not slip through.

    Raises:
        TooManyError: one of them is spent; then nothing is counted on any.
    """
    now = timezone.now()
    limits = {_key(limit, of): limit for limit, of in asked}
    Tries.objects.bulk_create(
        [Tries(key=key, free_at=now) for key in sorted(limits)], ignore_conflicts=True
    )
    rows = list(Tries.objects.select_for_update().filter(key__in=limits).order_by("key"))
    for row in rows:
        limit = limits[row.key]
        wait = row.free_at - now - limit.every * (limit.at_once - 1)
        if wait > dt.timedelta():
            raise TooManyError(wait, limit)
        row.free_at = max(row.free_at, now) + limit.every
    Tries.objects.bulk_update(rows, ["free_at"])


@transaction.atomic
def give_back(asked: Iterable[Asked]) -> None:
    """Take a try that was right off the budgets again."""
    limits = {_key(limit, of): limit for limit, of in asked}
    rows = list(Tries.objects.select_for_update().filter(key__in=limits).order_by("key"))
    for row in rows:
        row.free_at -= limits[row.key].every
    Tries.objects.bulk_update(rows, ["free_at"])


def forget(limit: Limit, of: str) -> None:
    """Open a budget anew: somebody who may has given a new password."""
    Tries.objects.filter(key=_key(limit, of)).delete()


def of_sign_in(request: HttpRequest | None, login: str) -> list[Asked]:
    """Return the budgets a try with a login from this browser is counted on."""
    if request is None:
        return [(LOGIN, login)]
    if device := device_of(request, login):
        return [(DEVICE, f"{device} {login}")]
    return [(LOGIN, login), (ADDRESS, address_of(request))]


def address_of(request: HttpRequest) -> str:
    """Return whence a request comes: of IPv6 the network, for everybody has a /64 of addresses.

    Whoever ends TLS on this very machine is believed when it says for whom; nobody else.
    """
    said = str(request.META.get("REMOTE_ADDR", ""))
    forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip()
    try:
        address = ipaddress.ip_address(said)
        if address.is_loopback and forwarded:
            address = ipaddress.ip_address(forwarded)
    except ValueError:
        return said
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))


def device_of(request: HttpRequest, login: str) -> str:
    """Return the name of the browser if this login has signed in there, else an empty word."""
    device, logins = _cookie(request)
    return device if _mark(device, login) in logins else ""


def remember_device(request: HttpRequest, response: HttpResponse, login: str) -> None:
    """Let the browser carry a signed word that this login has signed in there."""
    device, logins = _cookie(request)
    device = device or secrets.token_hex(8)
    mark = _mark(device, login)
    kept = [*[one for one in logins if one != mark], mark][-_MOST_LOGINS:]
    response.set_cookie(
        COOKIE,
        signing.dumps([device, kept], salt=_SALT),
        max_age=_A_YEAR,
        samesite="Lax",
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _cookie(request: HttpRequest) -> tuple[str, list[str]]:
    try:
        device, logins = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=_A_YEAR)
    except (signing.BadSignature, ValueError, TypeError):
        return "", []
    return str(device), [str(one) for one in logins]


def _mark(device: str, login: str) -> str:
    return salted_hmac(_SALT, f"{device} {login}").hexdigest()[:16]


def _key(limit: Limit, of: str) -> str:
    return salted_hmac("nastavnik.tries", f"{limit.name} {of}", algorithm="sha256").hexdigest()
