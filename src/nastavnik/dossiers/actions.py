"""What is written when everything about one person is given out."""

from django.db import models, transaction

from nastavnik.core import audit
from nastavnik.dossiers.choices import Ground
from nastavnik.people.models import Person


@transaction.atomic
def note_dossier_given(person: Person, *, ground: Ground, by: models.Model | None) -> None:
    """Write into the trail that everything about a person was taken out, and on whose word."""
    audit.record("dossier-given", person, by=by, what="dossier zip", purpose=ground)
