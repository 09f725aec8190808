"""What a term of a plan means."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class TermKind(StrEnum):
    """How a term is tied to days."""

    ON = "on"  # one day: start = end
    BY = "by"  # a deadline: only the end
    RANGE = "range"  # from the first to the last day, both inside
    CONTINUOUS = "continuous"  # all the time, or again and again
    UNKNOWN = "unknown"


class Recurrence(StrEnum):
    """How often the work comes back."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"


@dataclass(frozen=True, slots=True)
class Term:
    """A term: kind, days, recurrence, and what could not be understood.

    Attributes:
        kind: See `TermKind`.
        start: First day; None for a deadline, for ongoing work and where no year places it.
        end: Last day, inclusive; None for ongoing work and for «с 1 сентября» without an end.
        recurs: How often it comes back; None if it does not, or not in one of the four ways.
        anchor: What the term hangs on instead of days, in the words of the text («по плану
            ИРО КК»); empty if nothing.
        rest: Words of the text that were not understood, in their order.
        confidence: 0…1; 1 when every word was understood and nothing had to be guessed.
        parts: The single terms when the cell holds several, in their order; else empty.
    """

    kind: TermKind
    start: dt.date | None = None
    end: dt.date | None = None
    recurs: Recurrence | None = None
    anchor: str = ""
    rest: str = ""
    confidence: float = 1.0
    parts: "tuple[Term, ...]" = ()
