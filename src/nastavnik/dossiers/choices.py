"""Closed lists of what is given and erased about one person."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Ground(models.TextChoices):
    """On whose word everything about one person is taken out (152-ФЗ art. 14, 20)."""

    PERSON = "person", _("the person has asked")
    REPRESENTATIVE = "representative", _("the legal representative has asked")
    INSPECTION = "inspection", _("a supervising body has asked")


class EraseGround(models.TextChoices):
    """On whose word, or why, a person is erased (152-ФЗ art. 20, 21)."""

    PERSON = "person", _("the person has asked")
    REPRESENTATIVE = "representative", _("the legal representative has asked")
    TERM = "term", _("no purpose is left: the person has left the programme")


#: So many days the decision can be taken back; the law gives ten working days.
DAYS_TO_TAKE_BACK = 3
#: So long after its end a consent is kept as evidence (method.md §9.3).
EVIDENCE_DAYS = 3 * 366

# who holds a right, where somebody is told that another one gives what is missing
GIVERS = {
    "answer_guarded": _("the psychologist"),
    "trail_view": _("the curator or the director"),
    "preference_view": _("the curator"),
    "answer_view": _("the curator or the psychologist"),
    "mark_view": _("the curator or the psychologist"),
    "opinion_view": _("the curator or the psychologist"),
    "consent_tick": _("the curator"),
    "talk_note": _("the curator or the director"),
}
