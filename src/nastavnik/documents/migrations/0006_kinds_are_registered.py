from django.db import migrations, models


class Migration(migrations.Migration):
    """The kinds of papers are registered by the apps that make them, not listed here."""

    dependencies = [("documents", "0005_digest")]

    operations = [
        migrations.AlterField("document", "kind", models.CharField("kind", max_length=40)),
    ]
