"""What places are too few: kept once beside a run, whoever lacks them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from nastavnik.matching.models import MatchingRun


@dataclass(frozen=True, slots=True)
class KeptShortage:
    """Places that are too few: who holds them, whose they are, in keys of records, and how many there are."""

    holders: frozenset[str]
    mentors: frozenset[str]
    places: int


def shortages_of_run(run: MatchingRun) -> list[KeptShortage]:
    """Return the shortages a run was kept with; the explanation of a mentee names the number of one."""
    return [
        KeptShortage(frozenset(one["holders"]), frozenset(one["mentors"]), one["places"])
        for one in run.snapshot.get("shortages", ())
    ]


def shortage_of(
    explanation: Mapping[str, Any], mentee: int, shortages: Sequence[KeptShortage]
) -> KeptShortage | None:
    """Return what places a mentee lacks; runs of before kept them beside each mentee."""
    kept = explanation.get("shortage")
    if kept is None:
        return None
    if isinstance(kept, int):
        return shortages[kept]
    return KeptShortage(
        frozenset(kept["mentees"]) - {str(mentee)}, frozenset(kept["mentors"]), kept["places"]
    )


def shortage_words(shortage: KeptShortage, n_without: int) -> str:
    """Return how many ask for how many places, those without one among them."""
    return _("All suitable places are taken: %(people)s people ask for %(places)s places.") % {
        "people": len(shortage.holders) + n_without,
        "places": shortage.places,
    }
