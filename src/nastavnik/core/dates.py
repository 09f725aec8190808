"""The day it is where the organisation stands."""

import datetime as dt

from django.utils import timezone


def today() -> dt.date:
    """Return today's date in the zone that is active for this request."""
    return timezone.localdate()


def age_on(born_on: dt.date, day: dt.date) -> int:
    """Return full years of age on a day: a person born on 29 February grows older on 1 March."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))
