"""Atoms in, items out: single terms with their stretches, and what hangs around them."""

import calendar
from dataclasses import dataclass, field, replace

from nastavnik.engine.periods.scanning import Atom, Piece
from nastavnik.engine.periods.stretches import (
    LAST_DAY,
    Stretch,
    edge,
    months,
    one_day,
)
from nastavnik.engine.periods.terms import Recurrence, TermKind

_COMMON_YEAR = 2025  # any that is no leap year
_LISTS = {Piece.COMMA, Piece.DASH, Piece.TO}
_SPANS = {Piece.DASH, Piece.TO, Piece.BY}
_ANCHORED = {Piece.WORD, Piece.FROM, Piece.TO, Piece.BY, Piece.FILLER, Piece.UNIT, Piece.NUMBER}
_TERMS = {1: (9, 10), 2: (11, 12), 3: (1, 3), 4: (4, 5)}  # about: every school sets its own
_TRIMESTERS = {1: (9, 11), 2: (12, 2), 3: (3, 5)}
_NUMBERED = {Piece.UNIT, Piece.PART}
_N_UNITS = {"quarter": 4, "half": 2, "term": 4, "trimester": 3}


@dataclass(frozen=True, slots=True)
class TermItem:
    """One term: its kind, its stretch or both sides of it, the atoms it was made of.

    Attributes:
        kind: See `TermKind`; for a single stretch RANGE, even when it is a day.
        first: Left side, or the only one; None for a deadline.
        last: Right side, or None.
        limit: For the right side: "through" to its last day, "before" its first one, or to its
            "middle".
        start: Number of its first atom.
        end: Number after its last atom.
        anchor: Whether its own words say what it hangs on.
        is_guess: Whether something had to be guessed.
    """

    kind: TermKind
    start: int
    end: int
    first: Stretch | None = None
    last: Stretch | None = None
    limit: str = "through"
    anchor: bool = False
    is_guess: bool = False


@dataclass(slots=True)
class TermReading:
    """What the atoms say.

    Attributes:
        items: Terms, in their order.
        recurs: The first recurrence found.
        anchors: Numbers of the first atom and after the last one of each anchor.
        rest: Numbers of atoms not understood.
        is_guess: Whether a recurrence had to be guessed.
    """

    items: list[TermItem] = field(default_factory=list)
    recurs: Recurrence | None = None
    anchors: list[tuple[int, int]] = field(default_factory=list)
    rest: list[int] = field(default_factory=list)
    is_guess: bool = False


def parse(atoms: list[Atom]) -> TermReading:
    """Read atoms from left to right; what fits nowhere goes to the rest."""
    reading, place = TermReading(), 0
    atoms = _strays_to_words(atoms)
    while place < len(atoms):
        place = _step(_Cursor(atoms, place), reading)
    return reading


def _strays_to_words(atoms: list[Atom]) -> list[Atom]:
    """Make words of fillers that stand before a word: «на базе» is not understood as a whole."""
    made: list[Atom] = []
    for atom in reversed(atoms):
        if atom.piece is Piece.FILLER and made and made[-1].piece is Piece.WORD:
            made.append(replace(atom, piece=Piece.WORD))
        else:
            made.append(atom)
    return made[::-1]


def _step(cursor: "_Cursor", reading: TermReading) -> int:
    place, atom = cursor.place, cursor.atoms[cursor.place]
    if (items := _day_list(cursor)) or (items := _dated(cursor)):
        reading.items += items
        return cursor.place
    cursor.place = place
    if atom.piece is Piece.RECURRENCE and atom.recurs is None:
        # again and again, but in none of the four ways: its words stay in the rest
        reading.items.append(TermItem(TermKind.CONTINUOUS, place, place + 1))
        reading.rest.append(place)
    elif atom.piece is Piece.RECURRENCE:
        reading.recurs = reading.recurs or atom.recurs
        reading.is_guess |= atom.is_guess
    elif atom.piece is Piece.ONGOING:
        item = TermItem(TermKind.CONTINUOUS, place, place + 1, anchor=atom.name == "anchor")
        reading.items.append(item)
    elif atom.piece is Piece.ANCHOR:
        return _anchor(cursor, reading)
    elif atom.piece not in {Piece.FILLER, Piece.COMMA, Piece.STOP, Piece.DASH}:
        reading.rest.append(place)
    return place + 1


def _anchor(cursor: "_Cursor", reading: TermReading) -> int:
    """Take the words an anchor is made of, up to a sign or a term."""
    start, atom = cursor.place, cursor.atoms[cursor.place]
    cursor.place += 1
    if atom.name == "after":
        _dated(cursor)  # «по окончании учебного года»: the year says after what, not when
    while (piece := cursor.piece()) in _ANCHORED:
        if piece is not Piece.WORD and _dated(_Cursor(cursor.atoms, cursor.place)):
            break
        cursor.place += 1
    if atom.name == "ongoing":
        reading.items.append(TermItem(TermKind.CONTINUOUS, start, cursor.place, anchor=True))
    elif reading.anchors and reading.anchors[-1][1] == start:
        reading.anchors[-1] = (reading.anchors[-1][0], cursor.place)
    else:
        reading.anchors.append((start, cursor.place))
    return cursor.place


class _Cursor:
    """A place among atoms."""

    def __init__(self, atoms: list[Atom], place: int) -> None:
        self.atoms = atoms
        self.place = place

    def piece(self, ahead: int = 0) -> Piece | None:
        """Return what stands here, None after the end."""
        place = self.place + ahead
        return self.atoms[place].piece if place < len(self.atoms) else None

    def take(self, *pieces: Piece) -> Atom | None:
        """Step over the atom if it is one of these."""
        if self.piece() not in pieces:
            return None
        self.place += 1
        return self.atoms[self.place - 1]

    def pieces(self, *expected: Piece | set[Piece]) -> bool:
        """Tell whether these pieces stand here, one after another."""
        return all(
            self.piece(n) in (one if isinstance(one, set) else {one})
            for n, one in enumerate(expected)
        )


def _day_list(cursor: _Cursor) -> list[TermItem]:
    """Read «5, 12 и 19 октября»."""
    start, days = cursor.place, []
    while cursor.pieces(Piece.NUMBER, Piece.COMMA):
        days.append((cursor.atoms[cursor.place].number, cursor.place))
        cursor.place += 2
    last = _stretch(cursor) if days and cursor.piece() is Piece.NUMBER else None
    if last is None or not last.is_day:
        cursor.place = start
        return []
    listed = [
        TermItem(TermKind.RANGE, place, place + 2, replace(last, day=day, last_day=day))
        for day, place in days
    ]
    return [*listed, TermItem(TermKind.RANGE, listed[-1].end, cursor.place, last)]


def _dated(cursor: _Cursor) -> list[TermItem]:
    """Read a deadline, a range or one stretch; nothing if none stands here."""
    start = cursor.place
    item = _deadline(cursor, start) or _range(cursor, start)
    if item is None:
        cursor.place = start
        return []
    guess = any(atom.is_guess for atom in cursor.atoms[start : cursor.place])
    return [replace(item, is_guess=item.is_guess or guess, end=cursor.place)]


def _deadline(cursor: _Cursor, start: int) -> TermItem | None:
    word = cursor.take(Piece.BY, Piece.TO)
    if word is None:
        return None
    side = _limited(cursor, word.name or "through")
    if side is None:
        cursor.place = start
        return None
    last, limit, is_guess = side
    return TermItem(TermKind.BY, start, 0, last=last, limit=limit, is_guess=is_guess)


def _limited(cursor: _Cursor, limit: str) -> tuple[Stretch, str, bool] | None:
    """Read the right side after «до» or «по»: the stretch, up to where in it, and a guess.

    Without a limit, after a dash, «начало сентября» is a stretch of its own.
    """
    while cursor.take(Piece.FILLER):
        pass
    place = cursor.place
    named = cursor.take(Piece.EDGE) if limit else None
    if named:
        whole = _stretch(cursor)
        if whole is not None:
            limits = {"start": "before", "middle": "middle", "end": "through"}
            return whole, limits[named.name], named.name == "middle"
        cursor.place = place
    last = _stretch(cursor)
    if last is None:
        return None
    if cursor.piece() is Piece.FILLER and cursor.atoms[cursor.place].name == "inclusive":
        limit = "through"
    is_open = limit == "before" and not last.is_day
    return last, limit if is_open else "through", is_open


def _range(cursor: _Cursor, start: int) -> TermItem | None:
    """Read one stretch or two with a dash or «по» between them."""
    is_from = cursor.take(Piece.FROM) is not None
    first = _short_side(cursor) or _stretch(cursor)
    if first is None:
        return None
    open_limit = "open" if is_from else "through"
    place = cursor.place
    while cursor.take(Piece.FILLER, Piece.STOP) and cursor.piece() not in {None, *_SPANS}:
        pass
    word = cursor.take(*_SPANS)
    side = word and _limited(cursor, "" if word.piece is Piece.DASH else word.name or "through")
    if word and word.piece is Piece.DASH and side and _is_year_of(first, side[0]):
        return TermItem(
            TermKind.RANGE, start, 0, replace(first, year=side[0].year), limit=open_limit
        )
    if word and side and (is_from or word.piece is not Piece.BY):
        return TermItem(TermKind.RANGE, start, 0, first, side[0], side[1], is_guess=side[2])
    cursor.place = place
    return TermItem(TermKind.RANGE, start, 0, first, limit=open_limit)


def _is_year_of(first: Stretch, last: Stretch) -> bool:
    """Tell whether «15 октября – 2026 г.» is a date with its year: nothing lasts until a year."""
    is_short = first.month == first.last_month and first.year is None and first.base is None
    return is_short and is_calendar_year(last)


def is_calendar_year(stretch: Stretch | None) -> bool:
    """Tell whether it is one calendar year said in digits."""
    if stretch is None or stretch.year is None:
        return False
    return stretch == Stretch(1, 1, 12, year=stretch.year)


def _short_side(cursor: _Cursor) -> Stretch | None:
    """Read «1» of «1 – 15 сентября», «I» of «I – II квартал»; the cursor stays before the dash."""
    place = cursor.place
    if not cursor.pieces({Piece.NUMBER, Piece.ORDINAL}, _LISTS):
        return None
    number = cursor.atoms[place].number
    cursor.place += 2
    last = _stretch(cursor)
    named = [a for a in cursor.atoms[place + 2 : cursor.place] if a.piece in _NUMBERED]
    cursor.place = place
    if last is None:
        return None
    first: Stretch | None = None
    if last.is_day:
        first = replace(last, day=number, last_day=number)
    elif named:
        first = _like(last, named[0], number)
    if first is None:
        return None
    cursor.place += 1
    kept = replace(first, year=last.year, base=last.base, shift=last.shift)
    return replace(kept, is_either=last.is_either, rival=last.rival)


def _like(last: Stretch, named: Atom, number: int) -> Stretch | None:
    """Return the left side of «1–2 неделя сентября», «I–II квартал»."""
    if named.piece is Piece.UNIT:
        return _unit(named.name, number, is_calendar=last.year is not None)
    bounds = _bounds(named.name, number, last.month)
    return bounds and replace(last, day=bounds[0], last_day=bounds[1])


def _stretch(cursor: _Cursor) -> Stretch | None:
    while cursor.take(Piece.FILLER):
        pass
    place = cursor.place
    for read in (_whole, _month_day, _part_of_month, _numbered_unit, _edge_of):
        found = read(cursor)
        if found is not None:
            return found
        cursor.place = place
    return None


def _whole(cursor: _Cursor) -> Stretch | None:
    """Read a date, a year, a month, a season."""
    if year := cursor.take(Piece.YEAR):
        return Stretch(1, 1, 12, year=year.number)
    if month := cursor.take(Piece.MONTH):
        return _with_year(cursor, months(month.number, month.number))
    if season := cursor.take(Piece.SEASON):
        return _with_year(cursor, season.stretch) if season.stretch else None
    if whole := cursor.take(Piece.STRETCH):
        return whole.stretch
    return None


def _month_day(cursor: _Cursor) -> Stretch | None:
    number, month = cursor.take(Piece.NUMBER), cursor.take(Piece.MONTH)
    if number is None or month is None:
        return None
    return _with_year(cursor, one_day(number.number, month.number))


def _part_of_month(cursor: _Cursor) -> Stretch | None:
    """Read «первая неделя сентября», «вторая половина учебного года»."""
    number, part = cursor.take(Piece.NUMBER, Piece.ORDINAL), cursor.take(Piece.PART)
    whole = _stretch(cursor) if number and part else None
    if number is None or part is None or whole is None:
        return None
    if whole.month != whole.last_month:
        is_half = part.name == "half" and whole.last_month in {8, 12}
        return _half_of(whole, number.number) if is_half else None
    bounds = _bounds(part.name, number.number, whole.month)
    return bounds and replace(whole, day=bounds[0], last_day=bounds[1])


def _bounds(part: str, number: int, month: int) -> tuple[int, int] | None:
    """Return the first and the last day of a part of a month, None if there is no such part."""
    if part == "week" and number == -1:
        return calendar.monthrange(_COMMON_YEAR, month)[1] - 6, LAST_DAY
    if part == "week":
        return _nth(number, [(1, 7), (8, 14), (15, 21), (22, 28)])
    if part == "decade":
        return _nth(number, [(1, 10), (11, 20), (21, LAST_DAY)])
    return _nth(number, [(1, 15), (16, LAST_DAY)])


def _nth(number: int, bounds: list[tuple[int, int]]) -> tuple[int, int] | None:
    if number == -1:
        return bounds[-1]
    return bounds[number - 1] if 1 <= number <= len(bounds) else None


def _half_of(whole: Stretch, number: int) -> Stretch | None:
    half = _unit("half", number, is_calendar=whole.last_month == 12)  # noqa: PLR2004 - December
    return half and replace(
        half, year=whole.year, base=whole.base, shift=whole.shift, is_either=whole.is_either
    )


def _numbered_unit(cursor: _Cursor) -> Stretch | None:
    """Read «I квартал 2022 г.», «2 полугодие»."""
    number, unit = cursor.take(Piece.NUMBER, Piece.ORDINAL), cursor.take(Piece.UNIT)
    if number is None or unit is None:
        return None
    made = _unit(unit.name, number.number, is_calendar=cursor.pieces(Piece.YEAR))
    dated = made and _with_year(cursor, made)
    return dated and _of_school(dated, unit.name)


def _of_school(stretch: Stretch, unit: str) -> Stretch:
    """Say that «III четверть 2026» may be of two school years, and «I полугодие 2026» of the school or the calendar."""
    if stretch.year is None or unit == "quarter":
        return stretch
    if unit == "half":
        # the school's own lie in the other half of the year that is named
        return replace(stretch, rival=stretch.year - (stretch.month > 1))
    named = stretch.year + stretch.is_winter
    return replace(stretch, year=None, base=named - 1, is_either=True)


def _unit(name: str, number: int, *, is_calendar: bool) -> Stretch | None:
    """Return a quarter, half-year, school term; half-years are those of a school year.

    Only «I полугодие 2022 г.», with a calendar year, is January to June.
    """
    if number == -1:
        number = _N_UNITS[name]
    if not 1 <= number <= _N_UNITS[name]:
        return None
    if name == "quarter":
        return months(3 * number - 2, 3 * number)
    if name == "half" and is_calendar:
        return months(6 * number - 5, 6 * number)
    if name == "half":
        return months(9, 12) if number == 1 else months(1, 5)
    return months(*(_TERMS if name == "term" else _TRIMESTERS)[number])


def _edge_of(cursor: _Cursor) -> Stretch | None:
    named = cursor.take(Piece.EDGE)
    whole = _stretch(cursor) if named else None
    return edge(whole, named.name) if named and whole and not whole.is_day else None


def _with_year(cursor: _Cursor, stretch: Stretch) -> Stretch:
    """Add the year that follows, if one does."""
    place = cursor.place
    while cursor.take(Piece.STOP, Piece.COMMA, Piece.FILLER):
        pass
    if year := cursor.take(Piece.YEAR):
        is_winter = stretch.is_winter
        return replace(stretch, year=year.number - is_winter, is_either=is_winter)
    whole = cursor.take(Piece.STRETCH)
    named = whole.stretch if whole else None
    if named is None or named.is_day or named.month == named.last_month:
        cursor.place = place
        return stretch
    if named.year is not None:  # «ноябрь – май 2022–2023 гг.»
        return replace(stretch, base=named.year)
    if named.shift and stretch.is_winter:  # «зима следующего года» may begin in this one
        return replace(stretch, is_either=True, base=None, shift=None)
    return replace(stretch, base=named.base, shift=named.shift or None, is_either=named.is_either)
