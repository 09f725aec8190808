"""Times of a term that do not follow one another: «октябрь, апрель» is two, «сентябрь, октябрь» one."""

import datetime as dt

from nastavnik.engine.periods.terms import Term

Time = tuple[dt.date | None, dt.date]


def separate_times(term: Term) -> tuple[Time, ...]:
    """Return first and last day of each time, in the order of the calendar; nothing where there is one time.

    Times that touch or overlap are one. A deadline has no first day. With a time that has no end there are no
    separate ones: all of the term is one.
    """
    found: list[Time] = []
    dated = [part for part in term.parts if part.start or part.end]
    if any(part.end is None for part in dated):
        return ()
    for first, last in sorted(
        ((part.start, part.end) for part in dated if part.end), key=lambda days: days[0] or days[1]
    ):
        before = found[-1] if found else None
        if before and first and first <= before[1] + dt.timedelta(days=1):
            found[-1] = before[0], max(before[1], last)
        elif not before or before != (first, last):
            found.append((first, last))
    return tuple(found) if len(found) > 1 else ()
