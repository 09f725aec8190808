"""Writes of programmes and bases."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import models, transaction

from nastavnik.core import audit
from nastavnik.programmes import catalogues
from nastavnik.programmes.models import MentoringForm, RoleVariant


@transaction.atomic
def load_directory(*, by: models.Model | None) -> int:
    """Bring the directory of forms in step with the shipped file; return how many records changed.

    Organisations' own copies are not touched.
    """
    n_changed = 0
    for order, record in enumerate(catalogues.read("forms.yaml")):
        fields: dict[str, Any] = {**record, "order": order}
        variants = fields.pop("variants")
        code = fields.pop("code")
        known = MentoringForm.objects.directory().filter(code=code).first()
        if known and known.version >= fields["version"]:
            continue
        form, _created = MentoringForm.objects.update_or_create(
            organisation=None, code=code, defaults=fields
        )
        form.variants.all().delete()
        RoleVariant.objects.bulk_create(
            RoleVariant(form=form, title=title, order=place) for place, title in enumerate(variants)
        )
        audit.record("form-loaded", form, by=by, fields=fields)
        n_changed += 1
    return n_changed
