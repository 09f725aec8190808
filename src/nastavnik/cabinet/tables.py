"""Lists of the cabinet: on the page, as .xlsx and in print."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_stubs_ext import StrOrPromise

from nastavnik.cabinet.queries.trail import SeenLine, TrailLine
from nastavnik.core.ui.components import link
from nastavnik.core.ui.listing import Column, Table
from nastavnik.engine.statistics.suppression import FEWEST

# fields named in a row on the page
_MOST_FIELDS = 4


def schools_table(rows: Sequence[Any]) -> Table[Any]:
    """Return the organisations of a district as a list; the rows come from `queries.district_rows`, which counts."""
    return Table(
        "schools",
        _("District"),
        (
            Column("name", _("Organisation"), lambda row: row.short_name),
            Column("mentors", _("Mentors"), lambda row: few(row.n_mentors), is_number=True),
            Column("mentees", _("Mentees"), lambda row: few(row.n_mentees), is_number=True),
            Column("pairs", _("Pairs"), lambda row: few(row.n_pairs), is_number=True),
        ),
        rows,
    )


def few(n: int) -> int | str:
    """Return a count of people as a district may know it: of one to four only that they are few. No sum stands beside it."""
    return _("less than %(n)s") % {"n": FEWEST} if 0 < n < FEWEST else n


def _thing(row: TrailLine) -> str:
    return link(row.url, row.thing) if row.url else row.thing


def _fields(row: TrailLine) -> str:
    """Return the first few fields: what begins a record touches all of them; the file and the print name each."""
    named = row.fields.split(", ")
    n = len(named) - _MOST_FIELDS
    if n <= 1:
        return row.fields
    more = ngettext("and %(n)s more", "and %(n)s more", n) % {"n": n}
    return f"{', '.join(named[:_MOST_FIELDS])} {more}"


def trail_table(
    rows: Sequence[TrailLine], narrowed: Sequence[tuple[StrOrPromise, str]]
) -> Table[TrailLine]:
    """Return the journal as a list."""
    return Table(
        "trail",
        _("Who changed what"),
        (
            Column("at", _("When"), lambda row: f"{timezone.localtime(row.at):%d.%m.%Y %H:%M}"),
            Column("who", _("Who"), lambda row: row.who),
            Column("act", _("What was done"), lambda row: row.act),
            Column("thing", _("To what"), lambda row: row.thing, _thing),
            Column("fields", _("What was touched"), lambda row: row.fields, _fields),
        ),
        rows,
        narrowed=narrowed,
    )


def seen_table(name: str, rows: Sequence[SeenLine]) -> Table[SeenLine]:
    """Return who came to know of a person as a list; in print it is a paper for the parent."""
    return Table(
        "seen",
        _("Who has seen the card: %(name)s") % {"name": name},
        (
            Column("on", _("Day"), lambda row: row.on),
            Column("role", _("Who, by role"), lambda row: row.role),
            Column("how", _("What was done"), lambda row: row.how),
            Column("what", _("With what"), lambda row: row.what),
            Column(
                "purpose", _("For what"), lambda row: row.listed_purpose, lambda row: row.purpose
            ),
            Column("n", _("Times"), lambda row: row.n_times, is_number=True),
        ),
        rows,
    )
