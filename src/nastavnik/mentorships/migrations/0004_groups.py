import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0002_search_text'),
        ('mentorships', '0003_replacement'),
    ]

    operations = [
        migrations.AddField(
            model_name='mentorship',
            name='is_group',
            field=models.BooleanField(default=False, verbose_name='group'),
        ),
        migrations.AddField(
            model_name='tie',
            name='order',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='ties', to='documents.document'),
        ),
        migrations.AddField(
            model_name='tie',
            name='moved_from',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='moved_ties', to='mentorships.mentorship'),
        ),
        migrations.AddField(
            model_name='tie',
            name='starts_on',
            field=models.DateField(null=True, verbose_name='from'),
        ),
        migrations.AddField(
            model_name='tie',
            name='paused_on',
            field=models.DateField(blank=True, null=True, verbose_name='stopped on'),
        ),
        migrations.AddField(
            model_name='tie',
            name='end_reason',
            field=models.CharField(blank=True, default='', max_length=300, verbose_name='why it ended'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='meeting',
            name='mentee_marks',
            field=models.JSONField(blank=True, default=dict),
        ),
    ]
