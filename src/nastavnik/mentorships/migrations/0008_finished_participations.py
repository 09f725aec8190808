"""Whose last pair was completed has finished: until now the end of a pair led back to those who wait for one.

The state can be told where the record waits or is being prepared, is in no pair, and the last of its pairs that ended was
completed. A pair that ended early, and one whose mentor was replaced, still leads back into the base. On the way back
nobody can tell who passes the gate, so those who finished are being prepared: one press lets them through again.
"""

from typing import Any

from django.db import migrations


def finish(apps: Any, _schema_editor: Any) -> None:
    """End the participation of those whose last pair was completed, on the day of that end."""
    record = apps.get_model('programmes', 'Participation')
    tie = apps.get_model('mentorships', 'Tie')
    last: dict[int, tuple[Any, str]] = {}
    ended = (
        tie.objects.exclude(ends_on=None)
        .order_by('ends_on', 'pk')
        .values_list('mentee_id', 'mentorship__mentor_id', 'ends_on', 'mentorship__ended_on', 'mentorship__status')
    )
    for mentee, mentor, day, pair_ended_on, status in ended:
        # who left a group before its end did not complete it
        last[mentee] = (day, status if day == pair_ended_on else 'cancelled')
        if pair_ended_on and (mentor not in last or last[mentor][0] <= pair_ended_on):
            last[mentor] = (pair_ended_on, status)
    waiting = record.objects.filter(status__in=['candidate', 'ready'], active_count=0)
    for row in waiting.filter(pk__in=[key for key, (_day, status) in last.items() if status == 'completed']):
        row.status, row.ends_on = 'finished', last[row.pk][0]
        row.save(update_fields=['status', 'ends_on'])


def go_back(apps: Any, _schema_editor: Any) -> None:
    """Put who has finished back among those who are being prepared."""
    record = apps.get_model('programmes', 'Participation')
    record.objects.filter(status='finished').update(status='candidate', ends_on=None, goes_on=None)


class Migration(migrations.Migration):

    dependencies = [('mentorships', '0007_struck_meetings'), ('programmes', '0006_next_year')]

    operations = [migrations.RunPython(finish, go_back)]
