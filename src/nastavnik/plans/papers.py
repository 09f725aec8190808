"""The kind of paper this app makes, as the register asks for it (`documents.paper_kinds`)."""

from django.utils.translation import gettext_lazy as _

from nastavnik.documents.paper_kinds import PaperKind, PaperOf
from nastavnik.plans.actions import approve_by_paper, unapprove_by_paper
from nastavnik.plans.choices import PLAN_PAPER
from nastavnik.plans.documents import compose_plan_paper, findings_of_plan
from nastavnik.plans.queries import (
    plan_papers_wanted,
    what_paper_does,
    what_paper_undoes,
    why_paper_stays,
    why_paper_waits,
)

PAPER_OF_PLAN = PaperKind(
    code=PLAN_PAPER,
    of=PaperOf.PERSON,
    papers=plan_papers_wanted,
    title=_("Individual plan"),
    compose=compose_plan_paper,
    findings=findings_of_plan,
    waits_for=why_paper_waits,
    stays=why_paper_stays,
    follows=what_paper_does,
    follows_back=what_paper_undoes,
    on_registered=approve_by_paper,
    on_taken_back=unapprove_by_paper,
    registered=_("The individual plan is registered."),
)
