import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('consents', '0002_one_live_paper'),
        ('organisations', '0001_initial'),
        ('people', '0003_one_time_password'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='consent',
            name='consent_one_live_paper',
        ),
        migrations.AddField(
            model_name='consent',
            name='mistaken_on',
            field=models.DateField(blank=True, null=True, verbose_name='found to be a mistake on'),
        ),
        migrations.AddField(
            model_name='consent',
            name='recorded_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='consent',
            name='recorded_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.UniqueConstraint(condition=models.Q(('ends_on', None), ('mistaken_on', None), ('withdrawn_on', None)), fields=('person', 'purpose'), name='consent_one_live_paper'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(('withdrawn_on', None), ('mistaken_on', None), _connector='OR'), name='consent_withdrawn_or_mistaken'),
        ),
    ]
