"""The kinds of papers this app makes, as the register asks for them, and how a page comes by each."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from nastavnik.core.access import Perm, SignedIn
from nastavnik.core.dates import today
from nastavnik.documents.models import Document
from nastavnik.documents.paper_kinds import Composed, PaperKind, PaperOf, Wanted
from nastavnik.mentorships.choices import MentorshipStatus
from nastavnik.mentorships.documents import is_of_staff
from nastavnik.mentorships.models import Mentorship, Tie
from nastavnik.mentorships.queries.wanted import pairs_wanted
from nastavnik.organisations.models import Organisation
from nastavnik.pairpapers.choices import (
    AGREEMENT,
    CLOSING_TALK,
    JOURNAL,
    MENTEE_REPORT,
    MENTOR_REPORT,
    MONTHLY_WORD,
    PETITION,
    RESIGNATION,
)
from nastavnik.pairpapers.documents import (
    Assembled,
    assemble_agreement,
    assemble_journal,
    assemble_mentee_report,
    assemble_mentor_report,
    assemble_monthly_word,
    assemble_petition,
    assemble_resignation,
    assemble_talk,
)
from nastavnik.pairpapers.queries import stands_in

Assemble = Callable[[Document], Assembled | None]
#: Of what there is one: of a pair, of each of its mentees, of a pair in each month.
Subject = Literal["pair", "mentee", "month"]


_OF = {"pair": PaperOf.PAIR, "mentee": PaperOf.PERSON, "month": PaperOf.MONTH}


def _everybody(_user: SignedIn, _pair: Mentorship) -> bool:
    return True


def _reads_answers(user: SignedIn, pair: Mentorship) -> bool:
    """Tell whether a user reads answers and is none of the pair: what is said of the mentor is not for the mentor."""
    return pair.is_allowed_to(user, Perm.ANSWER_VIEW) and not stands_in(user, pair)


def _reads_talks(user: SignedIn, pair: Mentorship) -> bool:
    at = user.viewer.organisations(Perm.TALK_NOTE)
    return pair.organisation_id in at and not stands_in(user, pair)


def _stands_outside(user: SignedIn, pair: Mentorship) -> bool:
    return not stands_in(user, pair)


def _always(_pair: Mentorship) -> bool:
    return True


def _of_staff(pair: Mentorship) -> bool:
    return any(is_of_staff(pair, tie) for tie in pair.ties.all())


@dataclass(frozen=True, slots=True, kw_only=True)
class PairPaper:
    """A paper of a pair, drawn when it is asked for.

    Attributes:
        code: names its form.
        title: what the register calls it.
        assemble: what it says, and where that comes from.
        of: of what there is one.
        sees: who sees it of those who see the papers of the pair.
        is_for: of which pairs there is one.
        is_numbered: whether it goes into the register when it is handed in or signed.
    """

    code: str
    title: StrOrPromise
    assemble: Assemble
    of: Subject = "pair"
    sees: Callable[[SignedIn, Mentorship], bool] = _everybody
    is_for: Callable[[Mentorship], bool] = _always
    is_numbered: bool = False

    @property
    def kind(self) -> PaperKind:
        """Return it as the register knows it."""
        return PaperKind(
            code=self.code,
            title=self.title,
            compose=self.compose,
            of=_OF[self.of],
            papers=self.wanted,
        )

    def wanted(self, organisation: Organisation, wanted: Wanted) -> Iterator[Document]:
        """Yield the papers that can be drawn: the last one in the register, else one that is not kept."""
        for pair in pairs_wanted(organisation, wanted).prefetch_related("ties__mentee__person"):
            if not self.is_for(pair):
                continue
            for subject in self._subjects(pair, wanted):
                month = wanted.month if self.of == "month" else ""
                kept = Document.objects.filter(
                    organisation=organisation, kind=self.code, subject_id=subject
                )
                found = None if month else kept.order_by("-pk").first()
                yield found or Document(
                    organisation=pair.organisation,
                    year=pair.programme.year,
                    kind=self.code,
                    subject_id=subject,
                    entered={"month": month} if month else {},
                )

    def _subjects(self, pair: Mentorship, wanted: Wanted) -> list[int]:
        if self.of != "mentee":
            return [pair.pk]
        ties: list[Tie] = sorted(pair.ties.all(), key=lambda one: one.pk)
        own = [one.pk for one in ties if one.mentee.person_id == wanted.person]
        return own or [one.pk for one in ties]

    def compose(self, document: Document) -> Composed | None:
        """Return what a paper says as things are; None where there is nothing to say it of."""
        made = self.assemble(document)
        return made.composed if made else None


PAIR_PAPERS = (
    PairPaper(code=JOURNAL, title=_("Journal of meetings"), assemble=assemble_journal),
    PairPaper(
        code=MONTHLY_WORD,
        title=_("Monthly word of the mentor"),
        assemble=assemble_monthly_word,
        of="month",
    ),
    PairPaper(
        code=MENTOR_REPORT,
        title=_("Final report of the mentor"),
        assemble=assemble_mentor_report,
        of="mentee",
    ),
    PairPaper(
        code=MENTEE_REPORT,
        title=_("Final report of the mentee"),
        assemble=assemble_mentee_report,
        of="mentee",
        sees=_reads_answers,
    ),
    PairPaper(
        code=CLOSING_TALK,
        title=_("Record of the closing talk"),
        assemble=assemble_talk,
        of="mentee",
        sees=_reads_talks,
    ),
    PairPaper(
        code=RESIGNATION,
        title=_("Statement of the mentor to be released"),
        assemble=assemble_resignation,
        is_numbered=True,
    ),
    PairPaper(
        code=PETITION,
        title=_("Petition of the mentee for another mentor"),
        assemble=assemble_petition,
        of="mentee",
        sees=_stands_outside,
    ),
    PairPaper(
        code=AGREEMENT,
        title=_("Additional agreement of a mentor of staff"),
        assemble=assemble_agreement,
        is_for=_of_staff,
        is_numbered=True,
    ),
)
BY_CODE = {one.code: one for one in PAIR_PAPERS}


def papers_for(user: SignedIn, pair: Mentorship) -> list[PairPaper]:
    """Return the papers of a pair that a user may see; its ties and people are to be fetched."""
    return [one for one in PAIR_PAPERS if one.is_for(pair) and one.sees(user, pair)]


#: What a pair that was completed leaves behind, besides its journal.
FINAL = (MENTOR_REPORT, MENTEE_REPORT, CLOSING_TALK)


def folder_papers(user: SignedIn, pairs: Iterable[Mentorship]) -> list[tuple[str, int]]:
    """Return the papers of pairs that belong into the folder of a year and that a user may see, by kind and subject.

    A journal of every pair that has begun; the final papers of those that were completed.
    """
    found = []
    for pair in pairs:
        if pair.status == MentorshipStatus.APPROVED or pair.starts_on > today():
            continue
        is_over = pair.status == MentorshipStatus.COMPLETED
        for one in papers_for(user, pair):
            if one.code == JOURNAL:
                found.append((one.code, pair.pk))
            elif is_over and one.code in FINAL:
                found += [(one.code, tie.pk) for tie in pair.ties.all()]
    return found
