"""The forms a matching took: curators of two направления match their own without touching each other's."""

from typing import Any

from django.db import migrations, models


def fill(apps: Any, schema_editor: Any) -> None:  # noqa: ANN401 - as Django passes them
    """Say of the runs of before that they took every form of their programme, as they did."""
    runs = apps.get_model("matching", "MatchingRun").objects.using(schema_editor.connection.alias)
    for run in runs.iterator():
        run.forms.set(run.programme.forms.all())


class Migration(migrations.Migration):
    dependencies = [
        ("matching", "0001_initial"),
        ("programmes", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="matchingrun",
            name="forms",
            field=models.ManyToManyField(related_name="+", to="programmes.mentoringform"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
