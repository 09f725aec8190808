import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('organisations', '0001_initial'),
        ('programmes', '0006_next_year'),
    ]

    operations = [
        migrations.CreateModel(
            name='StepAside',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.CharField(choices=[('set_up', 'The card of the organisation'), ('lists', 'The lists of pupils and staff'), ('roadmap', 'The roadmap of the year'), ('teachers', 'Class teachers'), ('accounts', 'Accounts of colleagues'), ('consents', 'Consents'), ('requests', 'Requests and what mentors offer'), ('meeting', 'The group meeting'), ('matching', 'The matching'), ('order', 'The order on the pairs'), ('first_meetings', 'The first meetings')], max_length=16, verbose_name='step')),
                ('put_aside_at', models.DateTimeField(auto_now_add=True)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps_aside', to='organisations.organisation')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps_aside', to='programmes.programme')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('programme', 'step'), name='step_aside_once')],
            },
        ),
    ]
