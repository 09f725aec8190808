"""Reading a term as plain data in and plain data out, for callers without the site."""

from collections.abc import Mapping
from typing import Any

from nastavnik.engine.periods.reading import read_term


def read_term_json(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Read a term of a plan.

    Args:
        payload: ``text`` and ``year``, the calendar year in which the academic year begins; null
            or missing, it places nothing.

    Returns:
        ``kind``, ``start`` and ``end`` (ISO dates or null), ``recurs`` (or null), ``rest``.

    Raises:
        ValueError: a field is missing or is not what it should be (a Russian sentence).
    """
    text, year = payload.get("text"), payload.get("year")
    if not isinstance(text, str):
        raise ValueError("Поле «text»: нужна строка со сроком, например «до 30 сентября».")  # noqa: TRY004 - one kind of refusal
    if isinstance(year, str) and year.strip().isdecimal():
        year = int(year)
    is_number = isinstance(year, int) and not isinstance(year, bool)
    if year is not None and not (is_number and 1990 <= year < 2100):  # noqa: PLR2004 - sane years
        raise ValueError("Поле «year»: нужен год начала учебного года, например 2025.")
    term = read_term(text, year=year)
    return {
        "kind": term.kind.value,
        "start": term.start and term.start.isoformat(),
        "end": term.end and term.end.isoformat(),
        "recurs": term.recurs and term.recurs.value,
        "rest": term.rest,
    }
