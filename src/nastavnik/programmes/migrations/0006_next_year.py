from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('organisations', '0001_initial'),
        ('people', '0002_family'),
        ('programmes', '0005_attendance_comment'),
    ]

    operations = [
        migrations.AddField(
            model_name='participation',
            name='goes_on',
            field=models.BooleanField(null=True, verbose_name='goes on next year'),
        ),
        migrations.AddConstraint(
            model_name='participation',
            constraint=models.CheckConstraint(condition=models.Q(('goes_on', None), ('status', 'finished'), _connector='OR'), name='participation_finished_goes_on'),
        ),
    ]
