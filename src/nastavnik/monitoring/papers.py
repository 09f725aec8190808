"""The kinds of paper this app makes, as the register asks for them (`documents.paper_kinds`)."""

from django.utils.translation import gettext_lazy as _

from nastavnik.documents.paper_kinds import PaperKind, PaperOf
from nastavnik.monitoring.choices import SCORECARD_PAPER
from nastavnik.monitoring.documents import cards_wanted, compose_scorecard, findings_of_scorecard

PAPER_OF_SCORECARD = PaperKind(
    code=SCORECARD_PAPER,
    of=PaperOf.PROGRAMME,
    papers=cards_wanted,
    title=_("Scorecard of the programme"),
    compose=compose_scorecard,
    findings=findings_of_scorecard,
    registered=_("The scorecard is registered."),
)
