from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0002_search_text'),
    ]

    operations = [
        migrations.AddField(
            model_name='document',
            name='registered_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='document',
            name='taken_back_on',
            field=models.DateField(blank=True, null=True, verbose_name='registration taken back on'),
        ),
        migrations.AddField(
            model_name='document',
            name='taken_back_why',
            field=models.CharField(blank=True, max_length=300, verbose_name='why it was taken back'),
        ),
    ]
