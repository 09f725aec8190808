# What was being counted is a row of `jobs` from now on; a counting is of the moment, nothing of it is carried over.

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('matching', '0006_counting'),
    ]

    operations = [
        migrations.DeleteModel(
            name='Counting',
        ),
    ]
