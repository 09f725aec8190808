"""The picture of a year: where bars lie, in units of the SVG. Colour is the theme's; a sign tells the state without it."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

LEFT, RIGHT, TOP = 150.0, 798.0, 22
LANE, HEIGHT, BELOW = 20, 16, 16
NARROWEST, SIGNED, COUNTED = 8.0, 14.0, 30.0
MOST_MONTHS, EVERY_MONTH = 48, 14
DEADLINE_DAYS = 7  # a deadline is drawn as the week before it


@dataclass(frozen=True, slots=True)
class Span:
    """A line to draw: days (either may be missing) and state: done, go, next, late."""

    starts_on: dt.date | None
    ends_on: dt.date | None
    state: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar; `n` lines of one state and the same days are one bar. `sign`: tick, bang or nothing."""

    x: float
    y: int
    width: float
    state: str
    n: int

    @property
    def sign_x(self) -> float:
        """Return where the sign begins, in the middle of a narrow bar."""
        return round(self.x + min(6.0, self.width / 2 - 5), 1)

    @property
    def middle(self) -> int:
        """Return the height of the sign."""
        return self.y + HEIGHT // 2

    @property
    def baseline(self) -> int:
        """Return the baseline of a text in the bar."""
        return self.y + HEIGHT - 3

    @property
    def has_sign(self) -> bool:
        """Tell whether a tick or «!» fits in."""
        return self.state in ("done", "late") and self.width >= SIGNED

    @property
    def count_x(self) -> float | None:
        """Return where the number of lines stands, None if there is one line or no room."""
        return round(self.x + self.width - 6, 1) if self.n > 1 and self.width >= COUNTED else None


@dataclass(frozen=True, slots=True)
class ChartRow:
    """A stage: its words beside its bars."""

    label: str
    y: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A whole picture; `today_x` is None when today lies outside of it."""

    height: int
    bottom: int
    months: tuple[tuple[float, dt.date], ...]
    rows: tuple[ChartRow, ...]
    today_x: float | None
    today_is_right: bool


@dataclass
class _Scale:
    first: dt.date
    last: dt.date
    n_days: int = field(init=False)

    def __post_init__(self) -> None:
        self.n_days = (self.last - self.first).days + 1

    def x(self, day: dt.date) -> float:
        share = min(max((day - self.first).days / self.n_days, 0.0), 1.0)
        return round(LEFT + share * (RIGHT - LEFT), 1)


def draw_chart(
    parts: Sequence[tuple[str, Sequence[Span]]], *, first: dt.date, last: dt.date, today: dt.date
) -> Chart:
    """Lay out the lines of each part over the days from `first` to `last`, more if lines go beyond.

    Args:
        parts: label and lines; lines without days are not drawn.
        first: the first day of the year.
        last: its last day.
        today: drawn as a line.
    """
    days = [day for _l, spans in parts for s in spans for day in (s.starts_on, s.ends_on) if day]
    begin = min([first, *days]).replace(day=1)
    scale = _Scale(begin, min(max([last, *days]), _after(begin, MOST_MONTHS)))
    rows, y = [], TOP + 9
    for label, spans in parts:
        bars = _bars(spans, scale, y)
        rows.append(ChartRow(label, y + HEIGHT - 4, bars))
        y = max([y, *(bar.y for bar in bars)]) + LANE + 6
    inside = scale.first <= today <= scale.last
    x = scale.x(today) if inside else None
    return Chart(
        height=y + BELOW,
        bottom=y,
        months=tuple((scale.x(day), day) for day in _months(scale)),
        rows=tuple(rows),
        today_x=x,
        today_is_right=x is not None and x > (LEFT + RIGHT) / 2,
    )


def _after(day: dt.date, n_months: int) -> dt.date:
    more, month = divmod(day.month - 1 + n_months, 12)
    return dt.date(day.year + more, month + 1, 1) - dt.timedelta(days=1)


def _months(scale: _Scale) -> Iterable[dt.date]:
    """Yield the first day of each month; of a long plan of each quarter."""
    day, step = scale.first, 1 if scale.n_days <= EVERY_MONTH * 31 else 3
    while day <= scale.last:
        yield day
        day = _after(day, step) + dt.timedelta(days=1)


def _bars(spans: Sequence[Span], scale: _Scale, y: int) -> tuple[Bar, ...]:
    """Return the bars of one part, those that overlap one under the other."""
    counted: dict[tuple[dt.date, dt.date, str], int] = {}
    for span in spans:
        if (ends := _ends(span, scale)) is not None:
            counted[*ends, span.state] = counted.get((*ends, span.state), 0) + 1
    lanes: list[float] = []
    bars = []
    for (first, last, state), n in sorted(counted.items()):
        x = scale.x(first)
        end = max(scale.x(last + dt.timedelta(days=1)) - 3, x + NARROWEST)
        lane = next((place for place, free in enumerate(lanes) if free <= x), len(lanes))
        lanes[lane : lane + 1] = [end + 2]
        bars.append(Bar(x, y + lane * LANE, round(end - x, 1), state, n))
    return tuple(bars)


def _ends(span: Span, scale: _Scale) -> tuple[dt.date, dt.date] | None:
    if span.ends_on is None:
        return (span.starts_on, scale.last) if span.starts_on else None
    if span.starts_on is None:
        return span.ends_on - dt.timedelta(days=DEADLINE_DAYS - 1), span.ends_on
    return span.starts_on, span.ends_on
