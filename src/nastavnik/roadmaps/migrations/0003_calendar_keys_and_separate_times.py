"""Calendars of two schools must never overwrite each other, and «октябрь, апрель» is two times."""

import uuid
from typing import Any

from django.db import migrations, models

from nastavnik.engine.periods.reading import read_term
from nastavnik.engine.periods.separate import separate_times


def name_calendars(apps: Any, _editor: object) -> None:
    Roadmap = apps.get_model("roadmaps", "Roadmap")
    for roadmap in Roadmap.objects.filter(calendar_key=None):
        roadmap.calendar_key = uuid.uuid4()
        roadmap.save(update_fields=["calendar_key"])


def part_times(apps: Any, _editor: object) -> None:
    """Read the times of lines once more, where they still say what their term was read as."""
    Activity = apps.get_model("roadmaps", "Activity")
    rows = Activity.objects.exclude(starts_on=None).exclude(ends_on=None)
    for activity in rows.select_related("roadmap__year").iterator():
        term = read_term(activity.term_text, year=activity.roadmap.year.starts_on.year)
        times = separate_times(term)
        if times and (term.start, term.end) == (activity.starts_on, activity.ends_on):
            activity.stretches = [
                [first.isoformat() if first else None, last.isoformat()] for first, last in times
            ]
            activity.save(update_fields=["stretches"])


class Migration(migrations.Migration):

    dependencies = [
        ('roadmaps', '0002_history_files_and_approval'),
    ]

    operations = [
        migrations.AddField(
            model_name='activity',
            name='stretches',
            field=models.JSONField(blank=True, default=list, verbose_name='separate times'),
        ),
        migrations.AddField(
            model_name='activity',
            name='n_held',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='times held'),
        ),
        migrations.AddField(
            model_name='roadmap',
            name='calendar_key',
            field=models.UUIDField(null=True, editable=False),
        ),
        migrations.RunPython(name_calendars, migrations.RunPython.noop),
        migrations.RunPython(part_times, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='roadmap',
            name='calendar_key',
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
    ]
