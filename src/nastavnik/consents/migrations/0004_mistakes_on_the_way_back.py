"""On the way back a mistake becomes a withdrawal: the tables of before know nothing nearer, and the line does not hold.

A step of its own: PostgreSQL does not alter a table whose rows the same transaction has changed.
"""

from typing import Any

from django.db import migrations
from django.db.models import F
from django.db.models.functions import Greatest


def go_back(apps: Any, _schema_editor: Any) -> None:
    """Let every line that is a mistake be withdrawn on the day the mistake was found."""
    consent = apps.get_model('consents', 'Consent')
    consent.objects.exclude(mistaken_on=None).update(
        withdrawn_on=Greatest(F('mistaken_on'), F('signed_on')), mistaken_on=None
    )


class Migration(migrations.Migration):

    dependencies = [('consents', '0003_mistakes')]

    operations = [migrations.RunPython(migrations.RunPython.noop, go_back)]
