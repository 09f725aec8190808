"""The own calendar of somebody, as other programs read it: days and kinds of things, nobody's name."""

import datetime as dt
from collections import Counter

from nastavnik.cabinet.models import CalendarLink
from nastavnik.core.dates import today
from nastavnik.core.hooks import upcoming
from nastavnik.core.links import digest_of
from nastavnik.people.models import User
from nastavnik.writers.calendars import Event

#: How far the calendar looks ahead, in days: a school year.
DAYS_AHEAD = 300


def calendar_link(token: str) -> CalendarLink | None:
    """Return the link a secret opens; None for a wrong or ended one, and when its account is closed or has no role today."""
    link = (
        CalendarLink.objects.filter(token_sha256=digest_of(token), user__is_active=True)
        .select_related("user")
        .first()
    )
    return link if link is not None and link.user.viewer.grants else None


def own_calendar_link(user: User) -> CalendarLink | None:
    """Return the link somebody has made for oneself."""
    return CalendarLink.objects.filter(user=user).first()


def events_of(user: User, key: str, site: str) -> list[Event]:
    """Return what lies ahead of somebody, from today on.

    Args:
        user: whose; nothing stands in it that one does not see on the site.
        key: names the calendar in the keys of its events.
        site: the address of the site, without a slash at its end; the notes lead there.
    """
    first = today()
    seen: Counter[tuple[str, dt.date]] = Counter()
    found: list[Event] = []
    for provider, one in upcoming.between(user, first, first + dt.timedelta(days=DAYS_AHEAD)):
        seen[provider, one.on] += 1
        name = f"{provider}-{one.on:%Y%m%d}-{seen[provider, one.on]}.{key}@nastavnik"
        note = f"{site}{one.url}" if one.url else ""
        found.append(Event(name, one.on, one.on, one.outside or one.title, note))
    return sorted(found, key=lambda event: event.first)
