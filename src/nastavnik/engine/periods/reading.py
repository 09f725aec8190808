"""`read_term`: a term of a plan in Russian words, and what it means in days."""

import datetime as dt
import itertools
from dataclasses import replace

from nastavnik.engine.periods.doubts import is_doubtful
from nastavnik.engine.periods.grammar import TermItem, TermReading, parse
from nastavnik.engine.periods.letters import EvenText, even
from nastavnik.engine.periods.scanning import Atom, Piece, scan
from nastavnik.engine.periods.stretches import Stretch, edge, is_bent, join
from nastavnik.engine.periods.terms import Term, TermKind

_LONGEST = 1_000  # what stands after so many letters is no term, and reading must stay quick
_GUESSED, _LEFT_OVER, _SEVERAL = 0.8, 0.6, 0.9
_TWO_YEARS = 0.6  # one year is named, and two could be meant
_MIDDLE_DAY = 15
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_NOTHING = {Piece.STOP, Piece.COMMA, Piece.DASH}

Days = tuple[dt.date | None, dt.date | None]


def read_term(text: str, *, year: int | None) -> Term:
    """Read a term as people write it in roadmaps (method.md §7.2, §8).

    Args:
        text: The cell.
        year: Calendar year in which the academic year begins; places what has no year: August to
            December in it, January to July in the next one. None places nothing: such a term
            keeps its kind and has no days.

    Returns:
        What it means; of several terms the days of all, when they follow one another, else of
        the first with days. Nothing is raised: what is not understood is `rest`.
    """
    term = _read(text[:_LONGEST], year)
    tail = " ".join(text[_LONGEST:].split())
    if not tail:
        return term
    rest = f"{term.rest} {tail}".strip()
    return replace(term, rest=rest, confidence=min(term.confidence, _LEFT_OVER))


def _read(text: str, year: int | None) -> Term:
    evened = even(text)
    atoms = scan(evened)
    reading = parse(atoms)
    if not (reading.items or reading.recurs or reading.anchors) or is_doubtful(atoms, reading):
        return _unknown(evened, atoms)
    n_left = len(reading.rest)
    parts = _parts(evened, atoms, reading, year)
    if len(reading.rest) > n_left:  # one of its terms has no such days: no word on the others
        return _unknown(evened, atoms)
    anchors = [_words(evened, atoms, start, end) for start, end in reading.anchors]
    main = _main(parts)
    anchor = ", ".join(filter(None, [main.anchor, *anchors]))
    kind = main.kind
    if kind is TermKind.UNKNOWN and reading.recurs:
        kind = TermKind.CONTINUOUS
    rest = _rest(evened, atoms, reading.rest)
    confidence = main.confidence
    confidence *= _GUESSED if reading.is_guess else 1
    confidence *= _LEFT_OVER if rest else 1
    confidence *= _TWO_YEARS if _has_two_readings(reading.items, year) else 1
    if kind is TermKind.UNKNOWN and not anchor:
        confidence = 0.0
    return replace(
        main,
        kind=kind,
        recurs=reading.recurs,
        anchor=anchor,
        rest=rest,
        confidence=round(confidence, 2),
        parts=tuple(parts) if len(parts) > 1 else (),
    )


def _sides(items: list[TermItem]) -> list[Stretch]:
    return [side for item in items for side in (item.first, item.last) if side is not None]


def _has_two_readings(items: list[TermItem], year: int | None) -> bool:
    """Tell whether a year that is named could be another one for whoever wrote it."""
    sides = _sides(items)
    return any(side.is_either or side.rival is not None for side in sides) or any(
        is_bent(one, other, year) for one, other in itertools.pairwise(sides)
    )


def _unknown(text: EvenText, atoms: list[Atom]) -> Term:
    meant = [n for n, atom in enumerate(atoms) if atom.piece not in _NOTHING]
    rest = _words(text, atoms, meant[0], meant[-1] + 1) if meant else ""
    return Term(TermKind.UNKNOWN, rest=rest, confidence=0.0 if rest else 1.0)


def _words(text: EvenText, atoms: list[Atom], start: int, end: int) -> str:
    return text.slice(atoms[start].start, atoms[end - 1].end)


def _rest(text: EvenText, atoms: list[Atom], numbers: list[int]) -> str:
    """Return left-over words; those that stood together stay together, signs and all."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        between = atoms[runs[-1][1] : number] if runs else []
        if runs and all(atom.piece in _NOTHING for atom in between):
            runs[-1][1] = number + 1
        else:
            runs.append([number, number + 1])
    return " ".join(_words(text, atoms, start, end) for start, end in runs)


def _parts(text: EvenText, atoms: list[Atom], reading: TermReading, year: int | None) -> list[Term]:
    """Return the single terms; one with impossible days goes to the rest."""
    parts: list[Term] = []
    anchors: list[str] = []
    for item in _dated_by_neighbours(reading.items, year):
        if item.kind is TermKind.CONTINUOUS:
            if item.anchor:
                anchors.append(_words(text, atoms, item.start, item.end))
            continue
        try:
            parts.append(_term(item, year))
        except ValueError:
            reading.rest += range(item.start, item.end)
    ongoing = [n for n, one in enumerate(reading.items) if one.kind is TermKind.CONTINUOUS]
    if ongoing:
        place = min(ongoing[0], len(parts))
        parts.insert(place, Term(TermKind.CONTINUOUS, anchor=", ".join(anchors)))
    return parts


def _dated_by_neighbours(items: list[TermItem], year: int | None) -> list[TermItem]:
    """Share years along a list: «сентябрь, октябрь 2022», «сентябрь 2022, май»."""
    said = items
    items = list(items)
    for n in range(len(items) - 1, 0, -1):
        one, other = items[n - 1].first, items[n].first
        if one and other and not items[n - 1].last:
            is_said = said[n].first == other
            one, after = join(one, other, year, is_said=is_said)
            items[n - 1] = replace(items[n - 1], first=one)
            if other.year is not None:  # of «осень, зима 2026» both sides get another year
                items[n] = replace(items[n], first=after)
    for n in range(1, len(items)):
        one, before, other = items[n - 1].first, items[n - 1].last, items[n].first
        if one and before:
            one = join(one, before, year)[1]
        if one and other and one.year is not None and not items[n].last:
            items[n] = replace(items[n], first=join(one, other, year)[1])
    return items


def _term(item: TermItem, year: int | None) -> Term:
    if year is not None and any(side.rival == year for side in _sides([item])):
        raise ValueError("Полугодие школы или календаря?")
    confidence = _GUESSED if item.is_guess else 1.0
    if item.last is None and item.first is not None:
        return replace(_single(item.first.placed(year), item.limit), confidence=confidence)
    if item.first is None and item.last is not None:
        end = _limit(item.last.placed(year), item.limit)
        return Term(TermKind.BY, None, end, confidence=confidence)
    start, end = _range(item, year)
    return Term(TermKind.RANGE, start, end, confidence=confidence)


def _single(stretch: Stretch, limit: str) -> Term:
    start, end = _checked(stretch)
    if limit == "open":
        return Term(TermKind.RANGE, start, None)
    return Term(TermKind.ON if stretch.is_day else TermKind.RANGE, start, end)


def _range(item: TermItem, year: int | None) -> Days:
    if item.first is None or item.last is None:
        raise ValueError("Нет одной из сторон срока.")
    first, last = join(item.first, item.last, year)
    start, end = _checked(first)[0], _limit(last, item.limit)
    if start is None or end is None:
        return None, None
    if end < start:
        raise ValueError("Конец срока раньше начала.")
    return start, end


def _limit(stretch: Stretch, limit: str) -> dt.date | None:
    """Return the last day of «до …»: «до сентября» is over on 31 August."""
    start, end = _checked(stretch)
    if start is None or end is None or limit == "through":
        return end
    if limit == "before":
        return start - dt.timedelta(days=1)
    middle = edge(stretch, "middle").days()
    return middle and middle[0].replace(day=_MIDDLE_DAY)


def _checked(stretch: Stretch) -> Days:
    if stretch.is_either:
        raise ValueError("Какой из двух лет?")
    days = stretch.days()
    if days is None:
        stretch.placed(_LAST_YEAR).days()  # no such day in any year; 29 February may pass
        return None, None
    if not _FIRST_YEAR <= days[0].year <= days[1].year <= _LAST_YEAR:
        raise ValueError("Год вне разумного.")
    return days


def _main(parts: list[Term]) -> Term:
    """Return the term that stands for all parts."""
    dated = [part for part in parts if part.kind is not TermKind.CONTINUOUS]
    if not dated:
        return parts[0] if parts else Term(TermKind.UNKNOWN)
    first, last = dated[0], dated[-1]
    if len(dated) == 1:
        return first
    confidence = min(part.confidence for part in dated) * _SEVERAL
    if not _in_order(dated):
        return replace(first, confidence=confidence)
    return Term(TermKind.RANGE, first.start, last.end, confidence=confidence)


def _in_order(parts: list[Term]) -> bool:
    """Tell whether each part begins after the one before it is over."""
    return (
        all(
            one.end is not None
            and other.start is not None
            and one.end < other.start
            and other.end is not None
            for one, other in itertools.pairwise(parts)
        )
        and parts[0].start is not None
    )
