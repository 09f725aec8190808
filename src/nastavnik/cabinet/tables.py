"""Lists of the shell."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from nastavnik.core.listing import Column, Table


def schools_table(rows: Sequence[Any]) -> Table[Any]:
    """Return the organisations of a district as a list; the rows come from `queries.district_rows`, which counts."""
    return Table(
        "schools",
        _("District"),
        (
            Column("name", _("Organisation"), lambda row: row.short_name),
            Column("mentors", _("Mentors"), lambda row: row.n_mentors, is_number=True),
            Column("mentees", _("Mentees"), lambda row: row.n_mentees, is_number=True),
            Column("pairs", _("Pairs"), lambda row: row.n_pairs, is_number=True),
        ),
        rows,
    )
