"""A month of meetings of all pairs on one screen."""

import calendar
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Prefetch

from nastavnik.core.access import Perm
from nastavnik.core.dates import today
from nastavnik.core.marks import SignedIn
from nastavnik.mentorships.choices import AHEAD, OPEN
from nastavnik.mentorships.models import Meeting, Mentorship
from nastavnik.mentorships.queries.meetings import state_words
from nastavnik.mentorships.queries.pairs import pairs_for

YEARS = range(2000, 2100)


@dataclass(frozen=True, slots=True)
class Cell:
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

    pair: Mentorship
    cells: tuple[Cell | None, ...]


def month_bounds(year: int, month: int) -> tuple[dt.date, dt.date]:
    """Return the first and the last day of a month.

    Raises:
        ValueError: there is no such month, or no school has planned that far.
    """
    if year not in YEARS:
        raise ValueError(year)
    return dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1])


def month_rows(
    user: SignedIn,
    first: dt.date,
    last: dt.date,
    *,
    q: str = "",
    form: str = "",
    chosen: Mapping[int, str] | None = None,
) -> list[MonthRow]:
    """Return the open pairs a user keeps with what is planned in a month, in a fixed number of statements.

    A meeting stands in the month of its planned day. `chosen` is what was picked on the page, by the key of the meeting.
    """
    of_month = Meeting.objects.filter(planned_on__range=(first, last)).order_by("planned_on", "pk")
    pairs = list(
        pairs_for(user, q=q, form=form)
        .allowed_to(user, Perm.MEETING_EDIT)
        .filter(status__in=OPEN)
        .prefetch_related(Prefetch("meetings", queryset=of_month, to_attr="of_month"))
    )
    width = max((len(_of_month(pair)) for pair in pairs), default=0)
    picked = chosen or {}
    rows = []
    for pair in pairs:
        cells: list[Cell | None] = []
        for meeting in _of_month(pair):
            meeting.mentorship = pair
            is_open = meeting.status in AHEAD and meeting.planned_on <= today()
            words = state_words(meeting)
            cells.append(Cell(meeting, is_open, words, picked.get(meeting.pk, "")))
        rows.append(MonthRow(pair, (*cells, *(None,) * (width - len(cells)))))
    return rows


def _of_month(pair: Mentorship) -> list[Meeting]:
    found: list[Meeting] = pair.of_month  # type: ignore[attr-defined]
    return found
