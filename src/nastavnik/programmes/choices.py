"""Closed lists of programmes."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from nastavnik.files.proofs import BEGINNINGS


class Side(models.TextChoices):
    MENTOR = "mentor", _("Mentor")
    MENTEE = "mentee", _("Mentee")


class ParticipationStatus(models.TextChoices):
    """Where a person stands in the base; `actions.NEXT` says what may follow what."""

    CANDIDATE = "candidate", _("being prepared")
    READY = "ready", _("ready for matching")
    PAIRED = "paired", _("in a pair")
    FINISHED = "finished", _("finished")
    LEFT = "left", _("left the programme")


# who of a side can be matched: a mentor with pairs may take one more
MATCHED = {
    Side.MENTOR: (ParticipationStatus.READY, ParticipationStatus.PAIRED),
    Side.MENTEE: (ParticipationStatus.READY,),
}


class AfterEnd(models.TextChoices):
    """What is said of somebody whose last pair is completed; all but `AGAIN` end the participation."""

    LATER = "later", _("not asked yet")
    GOES_ON = "goes_on", _("goes on next year")
    STOPS = "stops", _("does not go on")
    AGAIN = "again", _("looks for another pair this year already")


# what is kept of it
GOES_ON = {AfterEnd.LATER: None, AfterEnd.GOES_ON: True, AfterEnd.STOPS: False}


class ApprovingBody(models.TextChoices):
    """Who approves the pairs of a form (method.md §1.2–1.4)."""

    CURATOR = "curator", _("curator")
    METHOD_COUNCIL = "method_council", _("methodical council")
    CYCLE_COMMISSION = "cycle_commission", _("cycle commission")


class InterviewOutcome(models.TextChoices):
    """What an interview with a candidate came to (method.md §2.1 stage 4); nothing of what was said is kept."""

    RECOMMENDED = "recommended", _("recommended")
    LATER = "later", _("later")
    NOT_RECOMMENDED = "not_recommended", _("not recommended")


CLEARANCE_SOON_DAYS = (
    30  # so long before its end a certificate of no criminal record is asked for anew
)
# a pair that would begin later than this before the end of its programme is not offered any more
SHORTEST_PAIR_DAYS = 60
# whom one person may choose after the group meeting, at most, in order
MOST_COMMENT = 300  # characters
# of what the bases hold in words (method.md §7.3), in characters
MOST_AGES, MOST_CONTACTS, MOST_WORDS = 100, 300, 1000
MOST_CHOICES = 3
MINUTES_SUFFIXES = tuple(BEGINNINGS)  # what a file of minutes may be
