"""Reads of printed sheets."""

import datetime as dt
import secrets

from nastavnik.blanks.models import (
    Blank,
    BlankQuerySet,
    Intake,
    IntakeQuerySet,
    PrintRun,
    PrintRunQuerySet,
)
from nastavnik.engine.blanks.codes import NUMBER_DIGITS


def free_numbers(how_many: int) -> list[int]:
    """Return numbers no sheet has, in an order that tells nothing: nobody meets a neighbour's by counting on."""
    found: set[int] = set()
    while len(found) < how_many:
        found.add(secrets.randbelow(10**NUMBER_DIGITS - 1) + 1)
        if len(found) == how_many:
            found -= set(Blank.objects.filter(number__in=found).values_list("number", flat=True))
    numbers = sorted(found)
    secrets.SystemRandom().shuffle(numbers)
    return numbers


def old_prints(before: dt.datetime) -> PrintRunQuerySet:
    """Return prints of before a moment whose .pdf is still there."""
    return PrintRun.objects.filter(printed_at__lt=before, pdf__isnull=False)


def old_intakes(before: dt.datetime) -> IntakeQuerySet:
    """Return what was loaded before a moment, with its pages."""
    return Intake.objects.filter(read_at__lt=before)


def blanks_about(organisation_id: int, kind: str, subject_id: int) -> BlankQuerySet:
    """Return the sheets printed for one thing."""
    return Blank.objects.filter(
        organisation_id=organisation_id, run__kind=kind, run__subject_id=subject_id
    )
