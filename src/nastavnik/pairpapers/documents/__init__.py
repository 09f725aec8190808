"""What the papers of a pair say."""

from nastavnik.pairpapers.documents.awards import (
    AwardLine,
    award_lines,
    award_of,
    award_title,
    lines_of,
)
from nastavnik.pairpapers.documents.common import MONTHS, Assembled, Origin
from nastavnik.pairpapers.documents.folder import (
    WORD,
    Folder,
    contents_of,
    drafts_left,
    folder_of,
    kinds_lacking,
    registered_papers,
)
from nastavnik.pairpapers.documents.meetings import assemble_journal, assemble_monthly_word
from nastavnik.pairpapers.documents.reports import (
    assemble_mentee_report,
    assemble_mentor_report,
    assemble_talk,
)
from nastavnik.pairpapers.documents.statements import (
    assemble_agreement,
    assemble_petition,
    assemble_resignation,
)

__all__ = [
    "MONTHS",
    "WORD",
    "Assembled",
    "AwardLine",
    "Folder",
    "Origin",
    "assemble_agreement",
    "assemble_journal",
    "assemble_mentee_report",
    "assemble_mentor_report",
    "assemble_monthly_word",
    "assemble_petition",
    "assemble_resignation",
    "assemble_talk",
    "award_lines",
    "award_of",
    "award_title",
    "contents_of",
    "drafts_left",
    "folder_of",
    "kinds_lacking",
    "lines_of",
    "registered_papers",
]
