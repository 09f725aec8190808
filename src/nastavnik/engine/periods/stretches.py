"""Stretches of the calendar that may lack a year, and how an academic year places them.

The academic year runs from 1 September to 31 August. August without a year is the one before it:
in school plans August is the time of getting ready (method.md §8: A10, A19).
"""

import calendar
import datetime as dt
from dataclasses import dataclass, replace

FIRST_MONTH = 8  # of those placed in the year in which the academic year begins
LAST_DAY = 0  # of the month, whatever its number


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days from one date to another, both inside.

    Attributes:
        month: Of the first day.
        day: First day of that month.
        last_month: Of the last day; less than `month` if it lies in the next year.
        last_day: Of `last_month`; `LAST_DAY` for its end.
        year: Calendar year of the first day, if the text says it.
        more_years: How many years more until the last day.
        base: Calendar year in which the academic year named in the text begins.
        shift: For «этого года», «следующего года»: years from that in which the academic year
            begins.
        is_either: Of a term of a school's year that is named with one year: that may be the year in
            which the school's year ends, as it is taken here, or in which it begins.
        rival: Calendar year in which the academic year begins that a school's half-year would lie
            in, where «I полугодие 2026» is taken as one of the calendar.
    """

    month: int
    day: int
    last_month: int
    last_day: int = LAST_DAY
    year: int | None = None
    more_years: int = 0
    base: int | None = None
    shift: int | None = None
    is_either: bool = False
    rival: int | None = None

    @property
    def is_day(self) -> bool:
        """Tell whether it is one day."""
        return (self.month, self.day) == (self.last_month, self.last_day)

    @property
    def is_winter(self) -> bool:
        """Tell whether it goes over the new year itself, as of months only the winter does."""
        return self.last_month < self.month and not self.more_years

    def placed(self, base: int | None) -> "Stretch":
        """Return the stretch with its year, if the academic year or the text gives it."""
        if self.is_either:
            return self._settled(base)
        start = self.base if self.base is not None else base
        if self.year is not None or start is None:
            return self
        shift = self.shift
        if shift is None:
            shift = 0 if self.month >= FIRST_MONTH else 1
        return replace(self, year=start + shift)

    def _settled(self, base: int | None) -> "Stretch":
        """Return the one of both readings that lies in the academic year of the plan, if one does."""
        said = self.base
        if said is None and self.year is not None:
            said = self.year - (self.month < FIRST_MONTH)
        if base is not None and said is None:
            return replace(self, is_either=False).placed(base)
        if base is None or said is None or base not in {said, said + 1}:
            return self
        sure = replace(self, year=_plus(self.year, base - said), base=_plus(self.base, base - said))
        return replace(sure, is_either=False).placed(base)

    def days(self) -> tuple[dt.date, dt.date] | None:
        """Return the first and the last day, None without a year.

        Raises:
            ValueError: There is no such day.
        """
        if self.year is None:
            return None
        last_year = self.year + self.more_years + (self.last_month < self.month)
        return _day(self.year, self.month, self.day), _day(
            last_year, self.last_month, self.last_day
        )


def one_day(day: int, month: int, year: int | None = None) -> Stretch:
    """Return one day."""
    return Stretch(month, day, month, day, year)


def months(first: int, last: int, year: int | None = None) -> Stretch:
    """Return whole months."""
    return Stretch(first, 1, last, year=year)


def academic_year(base: int | None, more_years: int = 0) -> Stretch:
    """Return academic years, from 1 September to 31 August."""
    return Stretch(9, 1, 8, more_years=more_years, base=base)


def edge(stretch: Stretch, which: str) -> Stretch:
    """Return the beginning, the middle or the end of a stretch.

    Of a month it is the decade; of a quarter, a half-year, a year: its first, middle or last
    month, where an academic year ends with May, since lessons do.
    """
    if stretch.month == stretch.last_month and not stretch.more_years:
        first, last = {"start": (1, 10), "middle": (11, 20), "end": (21, LAST_DAY)}[which]
        return replace(stretch, day=first, last_day=last)
    last_month = 5 if (stretch.month, stretch.last_month) == (9, 8) else stretch.last_month
    n_months = (last_month - stretch.month) % 12 + 1
    offset = {"start": 0, "middle": n_months // 2, "end": n_months - 1}[which]
    carry, month = divmod(stretch.month + offset - 1, 12)
    more = stretch.more_years if which == "end" else 0
    return Stretch(
        month + 1,
        1,
        month + 1,
        year=_plus(stretch.year, carry + more),
        base=_plus(stretch.base, more),
        shift=_plus(stretch.shift, carry + more),
        is_either=stretch.is_either,
        rival=stretch.rival,
    )


def join(
    first: Stretch, last: Stretch, base: int | None, *, is_said: bool = True
) -> tuple[Stretch, Stretch]:
    """Give both sides of a range their years, each taking what only the other says.

    One year of a range over the new year is that of its end, «ноябрь – май 2027», but that of its beginning where it
    else would be over before the academic year begins, and in «осень – зима 2026», whose winter ends a year later.
    `is_said` tells whether the year of the last side stands in the text, and is not taken from a neighbour.
    """
    first, last = (one.placed(base) if one.is_either and one.base else one for one in (first, last))
    if any(one.is_either and one.base for one in (first, last)):
        return first, last  # of two school years neither is that of the plan
    base = first.base if first.base is not None else last.base if last.base is not None else base
    if last.year is not None and first.year is None and first.base is None:
        later = (first.month, first.day) > (last.month, last.day)
        more = is_said and (last.is_winter or (later and last.year == base))
        year = last.year + more
        return replace(first, year=year - later), replace(last, year=year, is_either=False)
    first, last = _side_by_side(first, last)
    first = first.placed(base)
    if last.year is None and last.shift is None and last.base is None and first.year is not None:
        earlier = (last.last_month, last.last_day or 31) < (first.month, first.day)
        crosses = last.last_month < last.month
        return first, replace(last, year=first.year + earlier - crosses)
    return first, last.placed(base)


def is_bent(first: Stretch, last: Stretch, base: int | None) -> bool:
    """Tell whether the one year of both is not that of the end, as one reads «ноябрь – май 2027», but of the beginning."""
    is_said_once = first.year is None and first.base is None and last.year is not None
    later = (first.month, first.day) > (last.month, last.day)
    return is_said_once and later and last.year == base


def _side_by_side(first: Stretch, last: Stretch) -> tuple[Stretch, Stretch]:
    """Of «осень 2026 – зима 2026», «зима 2026 – весна 2026» let the winter be the one that stands on its side."""
    if first.year is None or last.year is None or first.is_either == last.is_either:
        return first, last
    if last.is_either:
        is_over = (last.year, last.month) <= (first.year, first.month)
        return first, replace(last, year=last.year + is_over, is_either=False)
    is_before = (first.year + 1, first.month) < (last.year, last.month)
    return replace(first, year=first.year + is_before, is_either=False), last


def _plus(number: int | None, more: int) -> int | None:
    return None if number is None else number + more


def _day(year: int, month: int, day: int) -> dt.date:
    last = calendar.monthrange(year, month)[1] if 1 <= year <= dt.MAXYEAR else day
    return dt.date(year, month, day or last)
