"""What of people's words in confidence somebody may be told."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nastavnik.core.access import Perm, SignedIn
from nastavnik.matching.choices import Ruling
from nastavnik.matching.models import PairRuling, Proposal
from nastavnik.programmes.models import Participation


@dataclass(frozen=True, slots=True)
class ConfidenceReader:
    """What of people's confidential words the viewer may read in a run.

    Attributes:
        choices: whom people chose after the group meeting.
        refusals: that somebody said «not with».
        person_id: the viewer's own person, of whose pairs nothing of the kind is told.
        bans: (mentor, mentee) kept apart by hand, which everybody who sees the workspace may read.
        opinions: what the psychologist said.
        steps: how far pairs are from first choices. Who is matched there as well could count back from it who chose them.
    """

    choices: bool = True
    refusals: bool = True
    person_id: int | None = None
    bans: frozenset[tuple[int, int]] = frozenset()
    opinions: bool = True
    steps: bool = True

    def is_of(self, *records: Participation | None) -> bool:
        """Tell whether the viewer is one of these people."""
        if self.person_id is None:
            return False
        return any(record is not None and record.person_id == self.person_id for record in records)


ANYBODY = ConfidenceReader()


def reader_of(
    user: SignedIn,
    organisation_id: int,
    rulings: Mapping[tuple[int, int], PairRuling],
    *,
    is_matched: bool,
) -> ConfidenceReader:
    """Return what the viewer may read, who may be one of those matched.

    Of `rulings`, (mentor, mentee) → ruling, the bans are told to everybody.
    """
    viewer = user.viewer
    may_read_choices = organisation_id in viewer.organisations(Perm.PREFERENCE_VIEW)
    return ConfidenceReader(
        choices=may_read_choices,
        steps=may_read_choices and not is_matched,
        refusals=organisation_id in viewer.organisations(Perm.REFUSAL_VIEW),
        person_id=viewer.person_id,
        bans=frozenset(key for key, row in rulings.items() if row.ruling == Ruling.FORBID),
        opinions=organisation_id in viewer.organisations(Perm.OPINION_VIEW),
    )


def chosen_in(proposal: Proposal, reader: ConfidenceReader) -> tuple[int | None, int | None]:
    """Return which choice each was for the other: the mentor for the mentee first; None where it may not be told."""
    return chosen_by(proposal.explanation, reader, proposal.mentor, proposal.mentee)


def chosen_by(
    explanation: Mapping[str, Any], reader: ConfidenceReader, *sides: Participation | None
) -> tuple[int | None, int | None]:
    """Return the same of reasons that are kept or only looked at; `sides` are the people they are about."""
    if not reader.choices or reader.is_of(*sides):
        return None, None
    chosen: Mapping[str, int | None] = explanation.get("chosen", {})
    return chosen.get("by_mentee"), chosen.get("by_mentor")


def bond_of(proposal: Proposal, reader: ConfidenceReader) -> str:
    """Return both, one or fit: who of the two chose the other, as far as the viewer may know."""
    n_sides = sum(place is not None for place in chosen_in(proposal, reader))
    return ("fit", "one", "both")[n_sides]
