"""A month of meetings of all pairs on one screen."""

import calendar
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.dates import today
from nastavnik.mentorships.choices import AHEAD, OPEN
from nastavnik.mentorships.models import Meeting, MentorshipQuerySet
from nastavnik.mentorships.queries.meetings import state_words
from nastavnik.mentorships.queries.pairs import PairRow, pair_rows, pairs_for

YEARS = range(2000, 2100)


@dataclass(frozen=True, slots=True)
class MonthMeeting:
    """One meeting of the month; `is_open` when one may say today what became of it."""

    meeting: Meeting
    is_open: bool
    words: str
    chosen: str = ""

    @property
    def name(self) -> str:
        """Return the name of its radio buttons: which meeting, and as what it was seen."""
        seen = self.meeting
        return f"meeting-{seen.pk}-{seen.status}-{seen.planned_on:%Y-%m-%d}"


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A pair and its meetings of the month, as many places in every row."""

    pair: PairRow
    cells: tuple[MonthMeeting | None, ...]


def month_bounds(year: int, month: int) -> tuple[dt.date, dt.date]:
    """Return the first and the last day of a month.

    Raises:
        ValueError: there is no such month, or no school has planned that far.
    """
    if year not in YEARS:
        raise ValueError(year)
    return dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1])


def kept_pairs(user: SignedIn, *, q: str = "", form: str = "") -> MentorshipQuerySet:
    """Return the open pairs whose meetings a user notes, narrowed by part of a name of either side and form."""
    return (
        pairs_for(user, q=q, form=form).allowed_to(user, Perm.MEETING_EDIT).filter(status__in=OPEN)
    )


def n_waiting(pairs: MentorshipQuerySet, first: dt.date, last: dt.date) -> int:
    """Return how many meetings of some pairs and a month wait for a note."""
    return Meeting.objects.filter(
        mentorship__in=pairs.order_by().values("pk"),
        status__in=AHEAD,
        planned_on__range=(first, min(last, today())),
    ).count()


def month_rows(
    user: SignedIn,
    pairs: MentorshipQuerySet,
    first: dt.date,
    last: dt.date,
    *,
    chosen: Mapping[int, str] | None = None,
) -> list[MonthRow]:
    """Return some pairs with what is planned in a month, in three statements whatever their number.

    A meeting stands in the month of its planned day. `chosen` is what was picked on the page, by the key of the meeting.
    """
    found, day, picked = pair_rows(user, pairs), today(), chosen or {}
    cells: dict[int, list[MonthMeeting]] = {pair.pk: [] for pair in found}
    meetings = Meeting.objects.filter(
        mentorship__in=list(cells), planned_on__range=(first, last)
    ).order_by("planned_on", "pk")
    for meeting in meetings:
        is_open = meeting.status in AHEAD and meeting.planned_on <= day
        cells[meeting.mentorship_id].append(
            MonthMeeting(meeting, is_open, state_words(meeting), picked.get(meeting.pk, ""))
        )
    width = max(map(len, cells.values()), default=0)
    return [
        MonthRow(pair, (*cells[pair.pk], *(None,) * (width - len(cells[pair.pk]))))
        for pair in found
    ]
