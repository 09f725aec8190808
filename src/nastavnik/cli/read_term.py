"""`read-term "TEXT" [--year Y]`: what a term of a plan means in days."""

import argparse
import datetime as dt
from typing import Any

from nastavnik.engine.periods.payload import read_term_json
from nastavnik.engine.periods.stretches import FIRST_MONTH

_KINDS = {
    "on": "день",
    "by": "не позднее",
    "range": "с первого по последний день",
    "continuous": "постоянно",
    "unknown": "срок не понят",
}
_RECURS = {
    "weekly": "каждую неделю",
    "monthly": "каждый месяц",
    "quarterly": "каждый квартал",
    "yearly": "каждый год",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("text", help="срок, в кавычках: «до 30 сентября», «май, ежегодно»")
    parser.add_argument(
        "--year", type=int, help="год начала учебного года; без него — нынешний учебный год"
    )


def request(options: argparse.Namespace) -> dict[str, Any]:
    """Return the command line as one request."""
    return {"text": options.text, "year": options.year}


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """Answer `{"text", "year"}`; without a year, terms stand in the academic year of today."""
    year = asked.get("year")
    return read_term_json({**asked, "year": _academic_year() if year is None else year})


def text(answered: dict[str, Any]) -> str:
    """Return the meaning in one line."""
    days = [_shown(answered[side]) for side in ("start", "end") if answered[side]]
    said = [" ".join([_KINDS[answered["kind"]], " — ".join(dict.fromkeys(days))]).strip()]
    if answered["recurs"]:
        said.append(_RECURS[answered["recurs"]])
    if answered["rest"]:
        said.append(f"не понято: «{answered['rest']}»")
    return "; ".join(said)


def _academic_year() -> int:
    today = dt.datetime.now(dt.UTC).date()  # noqa: TID251 - a word of the command line has a clock, and no Django
    return today.year - (today.month < FIRST_MONTH)


def _shown(day: str) -> str:
    return ".".join(reversed(day.split("-")))
