"""The programme on one page: how many, where it stands, what troubles, what waits, what comes."""

from collections import Counter
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import ngettext

from nastavnik.cabinet.queries.stages import RibbonStage, Tally, stages
from nastavnik.core.access import Perm, SignedIn
from nastavnik.documents.choices import DocumentStatus
from nastavnik.documents.models import Document
from nastavnik.mentorships.choices import MentorshipStatus
from nastavnik.mentorships.queries import loud_pairs, pairs_now
from nastavnik.programmes.catalogues import pair_rules
from nastavnik.programmes.models import Programme

PAPERS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class ProgrammeOverview:
    """What the head looks at.

    Attributes:
        stages: the seven stages with their numbers.
        pairs: how many pairs are in each state, those with none left out; they add up to `n_pairs`.
        troubles: the first reason of each pair that needs a look, and of how many pairs; they add up to `n_troubled`.
        papers: drafts that wait for number, date and signature, the first of them.
        n_papers: all of them.
    """

    stages: list[RibbonStage]
    pairs: list[Tally]
    n_pairs: int
    troubles: list[Tally]
    n_troubled: int
    papers: list[Document]
    n_papers: int


def overview_of(user: SignedIn, programme: Programme) -> ProgrammeOverview:
    """Return a programme as one page shows it, by what the user may read."""
    own = [one for one in pairs_now(user) if one.programme_id == programme.pk]
    states = Counter(one.status for one in own)
    listed = f"{reverse('mentorships:list')}?programme={programme.pk}&status="
    pairs = [
        Tally(states[status], f"{status.label}: {states[status]}", f"{listed}{status.value}")
        for status in MentorshipStatus
        if states[status]
    ]
    troubled = Counter(
        risk.code
        for pair, risk in loud_pairs(user)
        if risk.concerns and pair.programme_id == programme.pk
    )
    troubles = [
        Tally(
            n,
            f"{pair_rules()[code].title}: " + ngettext("%(n)s pair", "%(n)s pairs", n) % {"n": n},
            f"{reverse('mentorships:week')}?rule={code}",
        )
        for code, n in troubled.most_common()
    ]
    drafts = Document.objects.none()
    if user.viewer.may(Perm.DOCUMENT_VIEW):
        drafts = Document.objects.visible_to(user).filter(status=DocumentStatus.DRAFT)
    return ProgrammeOverview(
        stages(user, programme),
        pairs,
        len(own),
        troubles,
        sum(troubled.values()),
        list(drafts.order_by("created_at", "pk")[:PAPERS_SHOWN]),
        drafts.count(),
    )
