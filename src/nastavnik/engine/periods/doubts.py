"""Which readings to give up: what was left over would have changed the days.

«До 30 09 …» of which only a year was understood is no year with a rest. A term that is not
understood asks to be looked at; one that is understood wrongly is believed.
"""

import itertools

from nastavnik.engine.periods.grammar import TermItem, TermReading, is_calendar_year
from nastavnik.engine.periods.scanning import DAY_OF_MONTH, Atom, Piece

_SIGNS = {Piece.STOP, Piece.DASH, Piece.FILLER, Piece.NUMBER}
_LIMITS = {Piece.BY, Piece.FROM, Piece.TO}
_PARTS = {Piece.UNIT, Piece.PART, Piece.EDGE, Piece.ORDINAL}
_NUMBER = "number"  # a word with a digit in it


def is_doubtful(atoms: list[Atom], reading: TermReading) -> bool:
    """Tell whether a blank, a number or a «до» left over makes the days read a guess."""
    if any(atom.piece is Piece.BLANK for atom in atoms):
        return True
    dated = {
        n for item in reading.items if item.first or item.last for n in range(item.start, item.end)
    }
    if not dated:
        return False
    rest = set(reading.rest) - _days_of_months(atoms, reading)
    years = [is_calendar_year(item.first) for item in reading.items if item.first or item.last]
    if any(_is_number(atoms[n]) for n in rest) and any(years):
        return True  # «1 дня, 2026»: of a date the year alone
    if all(years) and any(atoms[n].piece is Piece.WORD for n in rest):
        return True  # «зимние каникулы 2026»: what is left would say when in the year
    return any(
        _spoils(atoms, part, dated, rest) for part in _segments(atoms, dated)
    ) or _has_stray_year(atoms, reading)


def _days_of_months(atoms: list[Atom], reading: TermReading) -> set[int]:
    """Return the «до 5 числа» of what comes back every month: it changes no month."""
    if not reading.recurs:
        return set()
    days = [n for n, atom in enumerate(atoms) if atom.name == DAY_OF_MONTH]
    return {near for n in days for near in (n - 1, n)}


def _has_stray_year(atoms: list[Atom], reading: TermReading) -> bool:
    """Tell whether a year stands beside a date it may belong to: «15.10-.2026»."""
    return any(
        one.end <= other.start
        and not _has_year(one)
        and is_calendar_year(other.first)
        and all(atom.piece in _SIGNS | {Piece.COMMA} for atom in atoms[one.end : other.start])
        for one, other in itertools.pairwise(reading.items)
    )


def _has_year(item: TermItem) -> bool:
    stretch = item.last or item.first
    return stretch is None or stretch.year is not None or stretch.base is not None


def _segments(atoms: list[Atom], dated: set[int]) -> list[list[int]]:
    """Return the numbers of atoms between commas and brackets that stand outside of dates."""
    segments: list[list[int]] = [[]]
    for n, atom in enumerate(atoms):
        if n not in dated and (atom.piece is Piece.COMMA or atom.name == "bracket"):
            segments.append([])
        else:
            segments[-1].append(n)
    return segments


def _spoils(atoms: list[Atom], segment: list[int], dated: set[int], rest: set[int]) -> bool:
    left = [n for n in segment if n in rest]
    has_words = any(atoms[n].piece is Piece.WORD and atoms[n].name != _NUMBER for n in left)
    is_beside = any(n in dated for n in segment)
    return any(
        (_is_number(atoms[n]) and (is_beside or not has_words))
        or _is_limit_of(atoms, n, dated)
        or (atoms[n].piece in _PARTS and n + 1 in dated)
        for n in left
    )


def _is_number(atom: Atom) -> bool:
    return atom.piece is Piece.NUMBER or atom.name == _NUMBER


def _is_limit_of(atoms: list[Atom], n: int, dated: set[int]) -> bool:
    """Tell whether a «до» that found no date stands right before one, or before a word of one."""
    if atoms[n].piece not in _LIMITS:
        return False
    place = n + 1
    while place < len(atoms) and atoms[place].piece in _SIGNS and place not in dated:
        place += 1
    if place == len(atoms) or place in dated or atoms[place].piece is not Piece.WORD:
        return True
    return place + 1 in dated and atoms[place + 1].piece is not Piece.FILLER
