from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('mentorships', '0005_ties_carry_orders')]

    operations = [
        migrations.AlterField(
            model_name='tie',
            name='starts_on',
            field=models.DateField(verbose_name='from'),
        ),
        migrations.RemoveField(model_name='mentorship', name='order'),
        migrations.RemoveField(model_name='mentorship', name='replaces'),
        migrations.AddConstraint(
            model_name='mentorship',
            constraint=models.UniqueConstraint(condition=models.Q(('is_group', True), ('status__in', ('approved', 'active', 'suspended'))), fields=('mentor', 'form'), name='group_of_mentor_once'),
        ),
    ]
