"""Working days: holidays of the law, and the days that are moved from year to year."""

import datetime as dt
from dataclasses import dataclass

# Labour Code of Russia, article 112: (month, day)
PUBLIC_HOLIDAYS = frozenset(
    [(1, day) for day in range(1, 9)] + [(2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4)]
)
# Days off beside weekends and holidays, and weekend days that are worked. A year that is not here
# has only weekends and holidays; each autumn the government moves the days of the next year.
# 2026: Government Resolution No. 1466 of 24.09.2025, and article 112 for 9 March and 11 May.
DAYS_OFF = frozenset(
    [dt.date(2026, 1, 9), dt.date(2026, 3, 9), dt.date(2026, 5, 11), dt.date(2026, 12, 31)]
)
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are worked in a five-day week.

    Attributes:
        holidays: Days of every year, (month, day).
        days_off: Further days without work.
        worked: Weekend days (or holidays) that are worked.
    """

    holidays: frozenset[tuple[int, int]] = PUBLIC_HOLIDAYS
    days_off: frozenset[dt.date] = DAYS_OFF
    worked: frozenset[dt.date] = frozenset()

    def is_worked(self, day: dt.date) -> bool:
        """Tell whether people work on a day."""
        if day in self.worked:
            return True
        is_holiday = (day.month, day.day) in self.holidays or day in self.days_off
        return not is_holiday and day.weekday() < _SATURDAY

    def worked_from(self, day: dt.date) -> dt.date:
        """Return the day itself or the next one that is worked; the day if none is for a year."""
        return self._nearest(day, 1)

    def worked_until(self, day: dt.date) -> dt.date:
        """Return the day itself or the last worked one before; the day if none is for a year."""
        return self._nearest(day, -1)

    def _nearest(self, day: dt.date, step: int) -> dt.date:
        near = (day + dt.timedelta(days=step * n) for n in range(366))
        return next((one for one in near if self.is_worked(one)), day)
