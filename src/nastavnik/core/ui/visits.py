"""When somebody was here last: kept in the person's own browser, since when people come is nobody else's business.

The cookie carries two moments: of the last look at the first page, and of the visit before this one. Looks less than
`PAUSE` apart are one visit, so what is new does not vanish when the page is opened again.
"""

import datetime as dt

from django.http import HttpRequest, HttpResponse

PAUSE = dt.timedelta(hours=4)
FIRST = dt.timedelta(days=7)  # without a visit before: the news of a week
LONGEST = dt.timedelta(days=60)
LONGEST_SECONDS = 10  # figures of a moment until the year 2286


def _name(user_id: int) -> str:
    return f"seen-{user_id}"


def _moments(
    request: HttpRequest, user_id: int, now: dt.datetime
) -> tuple[dt.datetime | None, dt.datetime | None]:
    """Return the visit before and the last look; None for one that lies ahead, is too long ago, or is no moment."""
    before, _dot, last = request.COOKIES.get(_name(user_id), "").partition(".")
    return _moment(before, now), _moment(last, now)


def _moment(seconds: str, now: dt.datetime) -> dt.datetime | None:
    if not (seconds.isascii() and seconds.isdecimal()) or len(seconds) > LONGEST_SECONDS:
        return None
    moment = dt.datetime.fromtimestamp(int(seconds), dt.UTC)
    return moment if now - LONGEST <= moment <= now else None


def last_visit(request: HttpRequest, user_id: int, now: dt.datetime) -> dt.datetime | None:
    """Return when the visit before this one ended, None when this browser knows of none."""
    before, last = _moments(request, user_id, now)
    if last is None:
        return None
    return last if now - last > PAUSE else before


def keep_visit(
    request: HttpRequest, response: HttpResponse, user_id: int, now: dt.datetime
) -> None:
    """Let the browser remember this look."""
    before = last_visit(request, user_id, now)
    response.set_cookie(
        _name(user_id),
        f"{int(before.timestamp()) if before else 0}.{int(now.timestamp())}",
        max_age=LONGEST,
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )
