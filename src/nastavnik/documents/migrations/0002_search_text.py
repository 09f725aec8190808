"""A folded column of title and number: neither database folds Cyrillic by itself, so search needs it stored."""

from typing import Any

from django.db import migrations, models

from nastavnik.core.text import fold


def fill(apps: Any, schema_editor: Any) -> None:  # noqa: ANN401 - as Django passes them
    """Fold the papers that are there already; new ones are folded when they are saved."""
    papers = apps.get_model("documents", "Document").objects.using(schema_editor.connection.alias)
    for paper in papers.only("pk", "title", "number"):
        papers.filter(pk=paper.pk).update(search_text=fold(f"{paper.title} {paper.number}"))


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='document',
            name='search_text',
            field=models.CharField(default='', editable=False, max_length=400),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
