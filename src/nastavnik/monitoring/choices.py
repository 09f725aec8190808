"""Closed lists of monitoring."""

from nastavnik.core.access import Role

SCORECARD_PAPER = "scorecard"  # the kind of the paper, documents/data
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
