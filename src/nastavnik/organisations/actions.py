"""Writes of the tree."""

import datetime as dt
from typing import Any

from django.db import models, transaction

from nastavnik.core import audit
from nastavnik.organisations.choices import Level, OrganisationKind
from nastavnik.organisations.models import AcademicYear, Organisation, Partner


@transaction.atomic
def add_organisation(
    parent: Organisation | None,
    *,
    level: Level,
    kind: OrganisationKind,
    by: models.Model | None,
    **fields: Any,
) -> Organisation:
    """Add a node under `parent` (None: a root)."""
    organisation = Organisation.objects.create(parent=parent, level=level, kind=kind, **fields)
    organisation.path = f"{parent.path if parent else '/'}{organisation.pk}/"
    organisation.save(update_fields=["path"])
    audit.record(audit.CREATED, organisation, by=by, fields=fields)
    return organisation


@transaction.atomic
def change_organisation(
    organisation: Organisation, *, by: models.Model | None, **fields: Any
) -> Organisation:
    """Change the card of an organisation; the tree itself stays."""
    for name, value in fields.items():
        setattr(organisation, name, value)
    organisation.save(update_fields=list(fields))
    audit.record(audit.CHANGED, organisation, by=by, fields=fields)
    return organisation


@transaction.atomic
def open_year(
    organisation: Organisation, *, starts_on: dt.date, ends_on: dt.date, by: models.Model | None
) -> AcademicYear:
    """Open an academic year, or return the one that already starts on that day."""
    year, created = AcademicYear.objects.get_or_create(
        organisation=organisation, starts_on=starts_on, defaults={"ends_on": ends_on}
    )
    if created:
        audit.record(audit.CREATED, year, by=by, fields=["starts_on", "ends_on"])
    return year


@transaction.atomic
def add_partner(organisation: Organisation, *, name: str, by: models.Model | None) -> Partner:
    """Add a partner, or return the one of that name."""
    partner, created = Partner.objects.get_or_create(organisation=organisation, name=name)
    if created:
        audit.record(audit.CREATED, partner, by=by, fields=["name"])
    return partner
