"""The kind of paper this app makes, as the register asks for it (`documents.paper_kinds`)."""

from django.utils.translation import gettext_lazy as _

from nastavnik.documents.paper_kinds import PaperKind, PaperOf
from nastavnik.events.choices import MINUTES_PAPER
from nastavnik.events.documents import compose_minutes, findings_of_minutes, minutes_wanted

MINUTES = PaperKind(
    code=MINUTES_PAPER,
    of=PaperOf.EVENT,
    papers=minutes_wanted,
    title=_("Minutes of an event"),
    compose=compose_minutes,
    findings=findings_of_minutes,
    registered=_("The minutes are registered."),
)
