"""A package is taken out: the trail says so."""

from django.db import models, transaction

from nastavnik.core import audit
from nastavnik.organisations.models import Organisation


@transaction.atomic
def note_package_taken(organisation: Organisation, *, n_rows: int, by: models.Model | None) -> None:
    """Write into the trail that somebody took the whole of an organisation out (None: at the command line)."""
    audit.record("package-exported", organisation, by=by, what="package zip", n_rows=n_rows)
