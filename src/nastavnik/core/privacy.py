"""What each stored field is, said on the model itself.

Every model carries `class Privacy` whose attributes are names of `DataClass` and whose values are field names; a
guard fails on a field that is in none or in two. Export, erasure and demo scrubbing read this declaration.
"""

from enum import StrEnum

from django.db import models


class DataClass(StrEnum):
    """The classes of data, from open to never shown (architecture: «Privacy is declared on the model»)."""

    PUBLIC = "public"
    PERSONAL = "personal"
    CONTACT = "contact"
    SPECIAL_HEALTH = "special_health"
    SPECIAL_SOCIAL = "special_social"
    PSYCHOLOGICAL = "psychological"
    SECRET = "secret"  # noqa: S105 - the name of a class of data
    TECHNICAL = "technical"


def classification(model: type[models.Model]) -> dict[str, DataClass]:
    """Return field name → class for a model.

    Raises:
        ValueError: a field is in two classes, or a named field does not exist.
    """
    found: dict[str, DataClass] = {}
    declared = getattr(model, "Privacy", None)
    names = {field.name for field in (*model._meta.concrete_fields, *model._meta.many_to_many)}
    for data_class in DataClass:
        for name in getattr(declared, data_class.value, ()):
            if name in found or name not in names:
                raise ValueError(f"{model._meta.label}.{name}: {data_class}")
            found[name] = data_class
    return found


def unclassified(model: type[models.Model]) -> set[str]:
    """Return the stored fields of a model that no class names."""
    names = {field.name for field in (*model._meta.concrete_fields, *model._meta.many_to_many)}
    return names - set(classification(model))
