"""What the district's lines do when a roadmap is replaced."""

from typing import Any

from django.dispatch import receiver

from nastavnik.districts.actions import follow_roadmap
from nastavnik.roadmaps.models import Roadmap
from nastavnik.roadmaps.signals import roadmap_replaced


@receiver(roadmap_replaced, dispatch_uid="districts.follow_roadmap")
def follow(*, before: Roadmap, after: Roadmap, by: Any, **kwargs: Any) -> None:
    """Let what was taken over from the district, or set for the schools, go on in the roadmap that holds now."""
    follow_roadmap(before, after, by=by)
