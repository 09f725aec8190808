"""A version stood on papers whose blank was never printed here: it named no text, so it is taken off.

A step of its own: PostgreSQL does not alter a table whose rows the same transaction has changed.
"""

from typing import Any

from django.db import migrations

NAMED = '2026-1'


def take_off(apps: Any, _schema_editor: Any) -> None:
    """Leave the version empty: the blank was the school's own."""
    apps.get_model('consents', 'Consent').objects.filter(text_version=NAMED).update(text_version='')


def put_back(apps: Any, _schema_editor: Any) -> None:
    """Name the version again where there is none."""
    apps.get_model('consents', 'Consent').objects.filter(text_version='').update(text_version=NAMED)


class Migration(migrations.Migration):

    dependencies = [('consents', '0007_texts_and_blanks')]

    operations = [migrations.RunPython(take_off, put_back)]
