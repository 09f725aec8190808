"""The kinds of paper this app makes, as the register asks for them (`documents.paper_kinds`)."""

from django.utils.translation import gettext_lazy as _

from nastavnik.documents.paper_kinds import (
    Offer,
    PaperGroup,
    PaperKind,
    PaperOf,
    PaperQuestion,
    Reply,
)
from nastavnik.monitoring.choices import ANNUAL_REPORT, COUNCIL_REPORT, SCORECARD_PAPER
from nastavnik.monitoring.documents import (
    cards_wanted,
    compose_scorecard,
    council_facts,
    findings_of_report,
    findings_of_scorecard,
    report_facts,
)
from nastavnik.schoolpapers.documents import composer, drawable

PAPER_OF_SCORECARD = PaperKind(
    code=SCORECARD_PAPER,
    of=PaperOf.PROGRAMME,
    papers=cards_wanted,
    title=_("Scorecard of the programme"),
    compose=compose_scorecard,
    findings=findings_of_scorecard,
    registered=_("The scorecard is registered."),
)

_CONCLUSIONS = PaperQuestion(
    "conclusions",
    _("What follows from the year, one conclusion a line"),
    Reply.LINES,
    hint=_("In your own words. The site adds nothing to them, and nobody is named in a report."),
)
_RECOMMENDATIONS = PaperQuestion(
    "recommendations",
    _("What you recommend for the next year, one a line"),
    Reply.LINES,
    is_needed=True,
)
_QUESTIONS = (_CONCLUSIONS, _RECOMMENDATIONS)
REPORTS = (
    PaperKind(
        code=ANNUAL_REPORT,
        title=_("Annual report on mentoring"),
        compose=composer(_QUESTIONS, report_facts),
        papers=drawable(ANNUAL_REPORT),
        questions=_QUESTIONS,
        findings=findings_of_report,
        offer=Offer(
            PaperGroup.REPORTS,
            _(
                "Takes the counts of the year, the scorecard, before and after, satisfaction; no names, no count of fewer than five. Asks your conclusions and recommendations."
            ),
        ),
    ),
    PaperKind(
        code=COUNCIL_REPORT,
        title=_("Report for the pedagogical council, one page"),
        compose=composer(_QUESTIONS, council_facts),
        papers=drawable(COUNCIL_REPORT),
        questions=_QUESTIONS,
        findings=findings_of_report,
        offer=Offer(
            PaperGroup.REPORTS,
            _("The main things of the annual report on one page; asks your recommendations."),
        ),
    ),
)
