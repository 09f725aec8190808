"""Writes of printed sheets."""

import datetime as dt

from django.db import models, transaction

from nastavnik.blanks.adapter import DrawnSheets
from nastavnik.blanks.models import Blank, PrintRun
from nastavnik.blanks.queries import old_prints
from nastavnik.core import audit
from nastavnik.organisations.models import Organisation


@transaction.atomic
def keep_print(
    organisation: Organisation,
    drawn: DrawnSheets,
    *,
    kind: str,
    subject_id: int,
    by: models.Model | None,
) -> PrintRun:
    """Keep sheets that were drawn: their numbers and layout for the day they come back, the .pdf to be printed.

    Args:
        organisation: whose sheets they are.
        drawn: the sheets.
        kind: code of a `BlankKind`.
        subject_id: key of what they are about.
        by: who prints.
    """
    n_personal = sum(key is not None for key in drawn.people.values())
    run = PrintRun.objects.create(
        organisation=organisation,
        kind=kind,
        subject_id=subject_id,
        layout=drawn.layout,
        n_personal=n_personal,
        n_spare=len(drawn.people) - n_personal,
        pdf=drawn.pdf,
    )
    Blank.objects.bulk_create(
        Blank(organisation=organisation, run=run, number=number, person_id=key)
        for number, key in drawn.people.items()
    )
    audit.record("sheets-printed", run, by=by, fields=["n_personal", "n_spare"])
    return run


@transaction.atomic
def forget_old_prints(before: dt.datetime, *, by: models.Model | None) -> int:
    """Forget the .pdf of prints of before a moment; return of how many. Their sheets can still be read."""
    rows = list(old_prints(before).defer("pdf", "layout"))
    PrintRun.objects.filter(pk__in=[row.pk for row in rows]).update(pdf=None)
    audit.record_many("prints-forgotten", rows, by=by, fields=["pdf"])
    return len(rows)
