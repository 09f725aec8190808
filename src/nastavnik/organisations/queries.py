"""Reads of the tree."""

import datetime as dt

from django.utils.translation import gettext as _

from nastavnik.core.errors import RefusedError
from nastavnik.organisations.choices import Level
from nastavnik.organisations.models import AcademicYear, Organisation


def is_set_up() -> bool:
    """Tell whether the installation holds an organisation yet."""
    return Organisation.objects.exists()


def year_for(organisation: Organisation, day: dt.date) -> AcademicYear | None:
    """Return the academic year of an organisation that holds a day, else the latest one."""
    years = AcademicYear.objects.filter(organisation=organisation)
    return years.on(day).first() or years.order_by("-starts_on").first()


def year_beginning_in(organisation: Organisation, year: int) -> AcademicYear | None:
    """Return the academic year of an organisation that begins in a calendar year."""
    return AcademicYear.objects.filter(organisation=organisation, starts_on__year=year).first()


def year_bounds(day: dt.date) -> tuple[dt.date, dt.date]:
    """Return 1 September and 31 August of the academic year that holds a day."""
    first = day.year if day.month >= 9 else day.year - 1  # noqa: PLR2004 - September
    return dt.date(first, 9, 1), dt.date(first + 1, 8, 31)


def bounds_after(year: AcademicYear) -> tuple[dt.date, dt.date]:
    """Return the first and last day of the academic year after one, also where that one ends in May."""
    first, last = year_bounds(year.ends_on + dt.timedelta(days=1))
    return (first, last) if first > year.starts_on else year_bounds(last + dt.timedelta(days=1))


def organisations_named(wanted: str) -> list[Organisation]:
    """Return the organisations of a key or short name, or all of them when nothing is named."""
    every = Organisation.objects.filter(level=Level.ORGANISATION)
    if wanted:
        is_key = wanted.isascii() and wanted.isdecimal()
        every = every.filter(pk=int(wanted)) if is_key else every.filter(short_name=wanted)
    return list(every)


def only_organisation(wanted: str) -> Organisation:
    """Return the one organisation a command is about.

    Raises:
        RefusedError: there is none, or there are several and none is named.
    """
    found = organisations_named(wanted)
    if not found:
        raise RefusedError(_("There is no such organisation. Open the site and set it up first."))
    if len(found) > 1:
        named = [f"{one.pk}: {one.short_name}" for one in found]
        raise RefusedError(
            [_("There are several organisations: name one with --organisation."), *named]
        )
    return found[0]
