"""Closed lists of monitoring."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from nastavnik.core.access import Role

SCORECARD_PAPER = "scorecard"  # the kind of the paper, documents/data
ANNUAL_REPORT = "annual_report"
COUNCIL_REPORT = "council_report"
MOST_WHY = 300  # characters
MOST_CONCLUSION = 4000
#: Whose accounts may be asked to score: those who work in the school, whatever they see of it otherwise.
SCORING_ROLES = (
    Role.CURATOR,
    Role.DIRECTOR,
    Role.DEPUTY_DIRECTOR,
    Role.PSYCHOLOGIST,
    Role.SOCIAL_TEACHER,
    Role.CLASS_TEACHER,
)

MOST_SWOT_WORDS = 2000
FIRST_YEAR, LAST_YEAR = 2019, 2100  # of indicators: order Р-145 is of December 2019
#: Days in which a running pair is to have met to be counted as keeping its rhythm (data/process.yaml says so in words).
RHYTHM_DAYS = 30


class SwotField(models.TextChoices):
    """The four fields: within the programme, and around it (method.md §5.1)."""

    STRENGTH = "strength", _("strengths")
    WEAKNESS = "weakness", _("weaknesses")
    OPPORTUNITY = "opportunity", _("opportunities")
    THREAT = "threat", _("threats")


class EmptyCell(models.TextChoices):
    """What stands in a cell of a layout when its fact is not known; never nought."""

    BLANK = "blank", _("nothing")
    NO_DATA = "nodata", _("the words «no data»")
