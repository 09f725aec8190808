"""Closed lists of pairs."""

from django.db import models
from django.utils.translation import gettext_lazy as _

# the code of the order on pairs in the register (`documents.paper_kinds`)
PAIR_ORDER = "pair_order"
EXTENSION_ORDER = "extension_order"
PAUSE_ORDER = "pause_order"
ENDING_ORDER = "ending_order"
ORDERS = (PAIR_ORDER, EXTENSION_ORDER, PAUSE_ORDER, ENDING_ORDER)


class MentorshipStatus(models.TextChoices):
    """The life of a pair; `actions.NEXT` says what may follow what."""

    APPROVED = "approved", _("waits for the order")
    ACTIVE = "active", _("running")
    SUSPENDED = "suspended", _("stopped for now")
    COMPLETED = "completed", _("completed")
    CANCELLED = "cancelled", _("ended early")


class EndCause(models.TextChoices):
    """Why a mentor is replaced (method.md §3.4); a pair that ends for another reason has words only."""

    CONTRACT = "contract", _("the mentor has left")
    TRANSFER = "transfer", _("one of them has another post or class")
    ASKED = "asked", _("the mentor or the mentee asked for it")
    DUTIES = "duties", _("the mentor does not do what was agreed")
    OTHER = "other", _("something else stands in the way")


class OrderLineKind(models.TextChoices):
    """What an order says of a pair that runs or has ended (method.md §3.4, §7.1 D26)."""

    EXTENSION = "extension", _("extension")
    PAUSE = "pause", _("pause")
    COMPLETION = "completion", _("completion")
    EARLY_END = "early_end", _("early end")


class ExtensionCause(models.TextChoices):
    """Why a pair gets more time (method.md §3.4): an illness is an absence too, and which one is not written down."""

    TRIP = "trip", _("a business trip")
    ABSENCE = "absence", _("a long absence for a good reason")


# these move the last day of a pair that goes on
MOVING = (OrderLineKind.EXTENSION, OrderLineKind.PAUSE)
# a mentor who is replaced for these leads nobody else either
GONE = (EndCause.CONTRACT, EndCause.DUTIES)
OPEN = (MentorshipStatus.APPROVED, MentorshipStatus.ACTIVE, MentorshipStatus.SUSPENDED)
# only these may get more time
EXTENDABLE = (MentorshipStatus.ACTIVE, MentorshipStatus.SUSPENDED)
# and only these are completed
COMPLETABLE = EXTENDABLE
RUNNING = (MentorshipStatus.APPROVED, MentorshipStatus.ACTIVE)
CLOSED = (MentorshipStatus.COMPLETED, MentorshipStatus.CANCELLED)
ENDING_OF = {
    MentorshipStatus.COMPLETED: OrderLineKind.COMPLETION,
    MentorshipStatus.CANCELLED: OrderLineKind.EARLY_END,
}
# how long a pair that has ended can be reopened, its meetings with it
REOPEN_DAYS = 30


class MeetingKind(models.TextChoices):
    """The links of the chain of a pair (method.md §2.2)."""

    ACQUAINTANCE = "acquaintance", _("Acquaintance")
    TRIAL = "trial", _("Trial")
    PLANNING = "planning", _("Planning")
    REGULAR = "regular", _("Regular")
    FINAL = "final", _("Final")


class MeetingStatus(models.TextChoices):
    """The life of a meeting; `actions.meetings.NEXT` says what may follow what."""

    PLANNED = "planned", _("planned")
    POSTPONED = "postponed", _("postponed")
    HELD = "held", _("held")
    MISSED = "missed", _("did not take place")


AHEAD = (MeetingStatus.PLANNED, MeetingStatus.POSTPONED)


class Mark(models.TextChoices):
    """How one side found a meeting; «help» asks for a grown-up and stands without a meeting as well."""

    NONE = "", _("no mark")
    GOOD = "good", _("good")
    PLAIN = "plain", _("all right")
    HARD = "hard", _("hard")
    HELP = "help", _("help is needed")


# of several marks of one side the first that is there stands for the side
HEAVIEST = (Mark.HELP, Mark.HARD, Mark.PLAIN, Mark.GOOD)


class SpokenWith(models.TextChoices):
    """With whom the curator or the psychologist has spoken about a pair."""

    MENTOR = "mentor", _("with the mentor")
    MENTEE = "mentee", _("with the mentee")
    BOTH = "both", _("with both")
    OTHER = "other", _("with somebody else")
