"""The picture of a year: where bars lie, in units of the SVG. Colour is the theme's; a sign tells the state without it."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

TOP = 22
LANE, HEIGHT, BELOW = 20, 16, 16
NARROWEST, SIGNED, COUNTED = 8.0, 14.0, 22.0
MOST_MONTHS, EVERY_MONTH = 48, 14
DEADLINE_DAYS = 7  # a deadline is drawn as the week before it


@dataclass(frozen=True, slots=True)
class Frame:
    """The sheet: its width, where the year begins and ends; labels stand beside the bars or above them."""

    width: int
    left: float
    right: float
    label_above: bool


WIDE = Frame(806, 150.0, 798.0, label_above=False)
NARROW = Frame(328, 0.0, 326.0, label_above=True)  # of a telephone: a whole year without scrolling
LABEL_HEIGHT = 20


@dataclass(frozen=True, slots=True)
class Span:
    """A line to draw: days (either may be missing), state (done, go, next, late), a key that ties may name."""

    starts_on: dt.date | None
    ends_on: dt.date | None
    state: str
    key: int = 0


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar; `n` lines of one state and the same days are one bar, `keys` are theirs."""

    x: float
    y: int
    width: float
    state: str
    n: int
    keys: tuple[int, ...] = ()

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
        room = SIGNED if self.count_x is None else SIGNED + COUNTED / 2
        return self.state in ("done", "late") and self.width >= room

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
class TieLine:
    """A line from a bar to the one that needs it: from its end down or up, then aside to the other."""

    x: float
    y: int
    end_x: float
    end_y: int
    is_broken: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """A whole picture; `today_x` is None when today lies outside of it."""

    width: int
    height: int
    bottom: int
    months: tuple[tuple[float, dt.date], ...]
    rows: tuple[ChartRow, ...]
    today_x: float | None
    today_is_right: bool
    ties: tuple[TieLine, ...]


@dataclass
class _Scale:
    frame: Frame
    first: dt.date
    last: dt.date
    n_days: int = field(init=False)

    def __post_init__(self) -> None:
        self.n_days = (self.last - self.first).days + 1

    def x(self, day: dt.date) -> float:
        share = min(max((day - self.first).days / self.n_days, 0.0), 1.0)
        return round(self.frame.left + share * (self.frame.right - self.frame.left), 1)


def draw_chart(
    parts: Sequence[tuple[str, Sequence[Span]]],
    *,
    first: dt.date,
    last: dt.date,
    today: dt.date,
    ties: Iterable[tuple[int, int, bool]] = (),
    frame: Frame = WIDE,
) -> Chart:
    """Lay out the lines of each part over the days from `first` to `last`, more if lines go beyond.

    Args:
        parts: label and lines; lines without days are not drawn.
        first: the first day of the year.
        last: its last day.
        today: drawn as a line.
        ties: key of what is needed, key of what needs it, whether their order is broken.
        frame: the sheet to draw on.
    """
    days = [day for _l, spans in parts for s in spans for day in (s.starts_on, s.ends_on) if day]
    begin = min([first, *days]).replace(day=1)
    scale = _Scale(frame, begin, min(max([last, *days]), _after(begin, MOST_MONTHS)))
    rows, y = [], TOP + 9
    for label, spans in parts:
        label_y = y + HEIGHT - 4
        y += LABEL_HEIGHT if frame.label_above else 0
        bars = _bars(spans, scale, y)
        rows.append(ChartRow(label, label_y, bars))
        y = max([y, *(bar.y for bar in bars)]) + LANE + 6
    inside = scale.first <= today <= scale.last
    x = scale.x(today) if inside else None
    return Chart(
        width=frame.width,
        height=y + BELOW,
        bottom=y,
        months=tuple((scale.x(day), day) for day in _months(scale)),
        rows=tuple(rows),
        today_x=x,
        today_is_right=x is not None and x > (frame.left + frame.right) / 2,
        ties=_ties(rows, ties),
    )


def _ties(rows: Iterable[ChartRow], ties: Iterable[tuple[int, int, bool]]) -> tuple[TieLine, ...]:
    """Return the lines between bars: two bars are tied once, and broken if any of their lines is."""
    bar_of = {key: bar for row in rows for bar in row.bars for key in bar.keys}
    found: dict[tuple[Bar, Bar], bool] = {}
    for needed, needing, is_broken in ties:
        if needed in bar_of and needing in bar_of and bar_of[needed] is not bar_of[needing]:
            pair = bar_of[needed], bar_of[needing]
            found[pair] = found.get(pair, False) or is_broken
    return tuple(_tie(*pair, is_broken) for pair, is_broken in found.items())


def _tie(needed: Bar, needing: Bar, is_broken: bool) -> TieLine:  # noqa: FBT001 - a third of what is tied
    x = round(needed.x + needed.width - 4, 1)
    return TieLine(
        x=x,
        y=needed.middle,
        end_x=min(max(x, needing.x), round(needing.x + needing.width, 1)),
        end_y=needing.middle,
        is_broken=is_broken,
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
    gathered: dict[tuple[dt.date, dt.date, str], list[int]] = {}
    for span in spans:
        if (ends := _ends(span, scale)) is not None:
            gathered.setdefault((*ends, span.state), []).append(span.key)
    lanes: list[float] = []
    bars = []
    for (first, last, state), keys in sorted(gathered.items()):
        x = scale.x(first)
        end = max(scale.x(last + dt.timedelta(days=1)) - 3, x + NARROWEST)
        lane = next((place for place, free in enumerate(lanes) if free <= x), len(lanes))
        lanes[lane : lane + 1] = [end + 2]
        bars.append(Bar(x, y + lane * LANE, round(end - x, 1), state, len(keys), tuple(keys)))
    return tuple(bars)


def _ends(span: Span, scale: _Scale) -> tuple[dt.date, dt.date] | None:
    if span.ends_on is None:
        return (span.starts_on, scale.last) if span.starts_on else None
    if span.starts_on is None:
        return span.ends_on - dt.timedelta(days=DEADLINE_DAYS - 1), span.ends_on
    return span.starts_on, span.ends_on
