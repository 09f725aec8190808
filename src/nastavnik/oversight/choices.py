"""Closed lists of what a district recommends."""

from django.db import models
from django.utils.translation import gettext_lazy as _

MOST_WORDS = 2000


class RecommendationStatus(models.TextChoices):
    """Where a recommendation stands; `actions.NEXT` says what may follow what."""

    GIVEN = "given", _("the school answers")
    ANSWERED = "answered", _("the district decides")
    RETURNED = "returned", _("returned to the school")
    SETTLED = "settled", _("settled")
    WITHDRAWN = "withdrawn", _("withdrawn by the district")


#: in these the school is asked
ASKED = (RecommendationStatus.GIVEN, RecommendationStatus.RETURNED)
