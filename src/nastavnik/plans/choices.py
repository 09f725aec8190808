"""Closed lists of individual plans."""

from django.db import models
from django.utils.translation import gettext_lazy as _

# the code of the paper in the register (`documents.paper_kinds`)
PLAN_PAPER = "individual_plan"
MOST_GOALS = 12
MOST_ITEMS = 60
# how long plans that were drawn up together can be taken back with one press
BACK_MINUTES = 10
# a pair that runs so long without a plan is told of
DUE_DAYS = 30


class PlanStatus(models.TextChoices):
    """The life of an edition of a plan (method.md §3.4); `NEXT` says what may follow what."""

    DRAFT = "draft", _("being drawn up")
    DRAWN = "drawn", _("drawn up")
    ACQUAINTED = "acquainted", _("the mentee has read it")
    APPROVED = "approved", _("approved")
    REPLACED = "replaced", _("replaced by a new edition")


#: What may follow what. An approved edition changes by a new one only: its approval replaces the one before, and where
#: that approval is taken back the one before is in force again.
NEXT = {
    PlanStatus.DRAFT: {PlanStatus.DRAWN},
    PlanStatus.DRAWN: {PlanStatus.DRAFT, PlanStatus.ACQUAINTED},
    PlanStatus.ACQUAINTED: {PlanStatus.DRAWN, PlanStatus.APPROVED},
    PlanStatus.APPROVED: {PlanStatus.ACQUAINTED, PlanStatus.REPLACED},
    PlanStatus.REPLACED: {PlanStatus.APPROVED},
}
IN_WORK = (PlanStatus.DRAFT, PlanStatus.DRAWN, PlanStatus.ACQUAINTED)
READ = (PlanStatus.ACQUAINTED, PlanStatus.APPROVED, PlanStatus.REPLACED)
SIGNED = (PlanStatus.APPROVED, PlanStatus.REPLACED)


class PlanItemKind(models.TextChoices):
    """What an item of a plan is: eight kinds of staff (method.md §7.4, S4 3.10), three of all others."""

    WORKPLACE = "workplace", _("the workplace and the colleagues")
    DUTIES = "duties", _("duties and qualification requirements")
    ADAPTATION = "adaptation", _("adaptation to the profession and the post")
    THEORY = "theory", _("questions of theory and practice")
    PRACTICE = "practice", _("practical tasks")
    HOLD = "hold", _("consolidation of knowledge and skills")
    ASSIST = "assist", _("help with the duties")
    OTHER = "other", _("other")
    STEP = "step", _("a meeting or a step")
    TASK = "task", _("a task")


OF_STAFF = (
    PlanItemKind.WORKPLACE,
    PlanItemKind.DUTIES,
    PlanItemKind.ADAPTATION,
    PlanItemKind.THEORY,
    PlanItemKind.PRACTICE,
    PlanItemKind.HOLD,
    PlanItemKind.ASSIST,
    PlanItemKind.OTHER,
)
OF_OTHERS = (PlanItemKind.STEP, PlanItemKind.TASK, PlanItemKind.OTHER)


class Doer(models.TextChoices):
    """Who sees to an item."""

    BOTH = "both", _("both")
    MENTOR = "mentor", _("mentor")
    MENTEE = "mentee", _("mentee")


def kinds_for(*, is_staff: bool) -> tuple[PlanItemKind, ...]:
    """Return the kinds of items of a plan: whoever is not staff never reads of employment."""
    return OF_STAFF if is_staff else OF_OTHERS
