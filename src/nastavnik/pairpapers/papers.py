"""The kinds of papers this app makes, as the register asks for them, and how a page comes by each."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from nastavnik.documents.models import Document
from nastavnik.documents.paper_kinds import Composed, PaperKind
from nastavnik.pairpapers.choices import JOURNAL, MONTHLY_WORD
from nastavnik.pairpapers.documents import Assembled, assemble_journal, assemble_monthly_word

Assemble = Callable[[Document], Assembled | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairPaper:
    """A paper of a pair, drawn when it is asked for.

    Attributes:
        kind: as the register knows it.
        assemble: what it says, and where that comes from.
        is_monthly: whether there is one for each month.
    """

    kind: PaperKind
    assemble: Assemble
    is_monthly: bool = False

    @property
    def code(self) -> str:
        """Return the code of its kind."""
        return self.kind.code


def _composed(assemble: Assemble) -> Callable[[Document], Composed | None]:
    def compose(document: Document) -> Composed | None:
        made = assemble(document)
        return made.composed if made else None

    return compose


PAIR_PAPERS = (
    PairPaper(
        kind=PaperKind(
            code=JOURNAL, title=_("Journal of meetings"), compose=_composed(assemble_journal)
        ),
        assemble=assemble_journal,
    ),
    PairPaper(
        kind=PaperKind(
            code=MONTHLY_WORD,
            title=_("Monthly word of the mentor"),
            compose=_composed(assemble_monthly_word),
        ),
        assemble=assemble_monthly_word,
        is_monthly=True,
    ),
)
BY_CODE = {one.code: one for one in PAIR_PAPERS}
