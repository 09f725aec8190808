"""What training does when something below it happens."""

from typing import Any

from django.dispatch import receiver

from nastavnik.programmes.actions import note_trained
from nastavnik.programmes.choices import Side
from nastavnik.programmes.models import Participation
from nastavnik.programmes.signals import base_entered
from nastavnik.training.queries import newest_trainings


@receiver(base_entered, dispatch_uid="training.remember")
def remember(*, records: list[Participation], by: Any, **kwargs: Any) -> None:
    """Tell the base of mentors who among the newcomers has been trained before."""
    people = [record.person_id for record in records if record.side == Side.MENTOR]
    if people and (known := newest_trainings(people)):
        note_trained({person: (None, day) for person, day in known.items()}, by=by)
