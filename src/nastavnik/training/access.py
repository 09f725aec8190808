"""What may be taken away again."""

from django.utils.translation import gettext as _

from nastavnik.core.access import Verdict
from nastavnik.training.models import TrainingCourse


def may_close(course: TrainingCourse) -> Verdict:
    """Tell whether a course may be taken away: not with people on its list, nor with materials."""
    if course.trainees.exists() or course.materials.exists():
        return Verdict(
            (_("There are people on the list or materials: take them off first, then the course."),)
        )
    return Verdict()
