"""What was said of a pair as a whole is said of each of its mentees: order, first day, the pair they came from.

A step of its own: PostgreSQL does not alter a table whose rows the same transaction has changed.
"""

from typing import Any

from django.db import migrations
from django.db.models import OuterRef, Subquery


def to_ties(apps: Any, _schema_editor: Any) -> None:
    """Give every tie what its pair has."""
    tie = apps.get_model('mentorships', 'Tie')
    pair = apps.get_model('mentorships', 'Mentorship').objects.filter(pk=OuterRef('mentorship_id'))
    tie.objects.update(
        order_id=Subquery(pair.values('order_id')[:1]),
        moved_from_id=Subquery(pair.values('replaces_id')[:1]),
        starts_on=Subquery(pair.values('starts_on')[:1]),
    )


def to_pairs(apps: Any, _schema_editor: Any) -> None:
    """Give every pair the first order of its ties and, where nobody else has it, the pair its mentees came from."""
    taken = set()
    for tie in apps.get_model('mentorships', 'Tie').objects.select_related('mentorship').order_by('pk'):
        pair = tie.mentorship
        pair.order_id = pair.order_id or tie.order_id
        if pair.replaces_id is None and tie.moved_from_id not in taken:
            pair.replaces_id = tie.moved_from_id
            taken.add(tie.moved_from_id)
        pair.save(update_fields=['order', 'replaces'])


class Migration(migrations.Migration):

    dependencies = [('mentorships', '0004_groups')]

    operations = [migrations.RunPython(to_ties, to_pairs)]
