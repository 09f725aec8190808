from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('mentorships', '0006_orders_of_ties'),
    ]

    operations = [
        migrations.AddField(
            model_name='mentorship',
            name='struck',
            field=models.JSONField(blank=True, default=list),
        ),
    ]
