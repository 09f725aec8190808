from typing import Any

from django.db import migrations, models


def call_spare(apps: Any, _editor: Any) -> None:
    apps.get_model("blanks", "Blank").objects.filter(person=None).update(is_spare=True)


class Migration(migrations.Migration):
    dependencies = [("blanks", "0002_scans")]

    operations = [
        migrations.AddField("blank", "is_spare", models.BooleanField(default=False)),
        migrations.RunPython(call_spare, migrations.RunPython.noop),
    ]
