"""What places are too few: kept once beside a run, whoever lacks them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from nastavnik.matching.models import MatchingRun


@dataclass(frozen=True, slots=True)
class Lack:
    """Places that are too few: who holds them, whose they are, in keys of records, and how many there are."""

    holders: frozenset[str]
    mentors: frozenset[str]
    places: int


def lacks_of(run: MatchingRun) -> list[Lack]:
    """Return the shortages a run was kept with; the explanation of a mentee names the number of one."""
    return [
        Lack(frozenset(one["holders"]), frozenset(one["mentors"]), one["places"])
        for one in run.snapshot.get("shortages", ())
    ]


def lack_of(explanation: Mapping[str, Any], mentee: int, lacks: Sequence[Lack]) -> Lack | None:
    """Return what places a mentee lacks; runs of before kept them beside each mentee."""
    kept = explanation.get("shortage")
    if kept is None:
        return None
    if isinstance(kept, int):
        return lacks[kept]
    return Lack(
        frozenset(kept["mentees"]) - {str(mentee)}, frozenset(kept["mentors"]), kept["places"]
    )


def lack_words(lack: Lack, n_without: int) -> str:
    """Return how many ask for how many places, those without one among them."""
    return _("All suitable places are taken: %(people)s people ask for %(places)s places.") % {
        "people": len(lack.holders) + n_without,
        "places": lack.places,
    }
