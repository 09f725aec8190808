"""What the points of a pair are made of, as far as somebody may know."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from nastavnik.engine.matching.candidates import WISHES
from nastavnik.matching.queries.confidence import ConfidenceReader


@dataclass(frozen=True, slots=True)
class ScorePoints:
    """What the score of a pair is made of, as far as the viewer may know: `parts` are names with their points.

    `wishes` is what the choices met in the pair bring, told without whose they are; 0 where there are none, or where the
    viewer may not know. A matching of before choices were gains kept what steps away from first choices took off, below 0.
    The parts alone are the fit, which everybody sees.
    """

    parts: tuple[tuple[str, int], ...]
    wishes: int = 0

    @property
    def fit(self) -> int:
        """Return the sum of the parts that are no secret."""
        return sum(points for _name, points in self.parts)

    @property
    def total(self) -> int:
        """Return what the pair counts for, wishes and all."""
        return self.fit + self.wishes

    @property
    def wishes_told(self) -> str:
        """Return what choices bring or took off, as it is read."""
        return _read(self.wishes)

    @property
    def total_told(self) -> str:
        """Return the whole, as it is read."""
        return _read(self.total)


NO_POINTS = ScorePoints(())


def _read(points: int) -> str:
    return number_format(points, force_grouping=True).replace("-", "−")


def points_of(explanation: Mapping[str, Any], reader: ConfidenceReader) -> ScorePoints:
    """Return the parts of a score; what was wished only to who may read choices and is not matched there."""
    parts = [part for part in explanation.get("parts", ()) if part["points"]]
    names = _names()
    return ScorePoints(
        tuple((names[one["code"]], one["points"]) for one in parts if one["code"] in names),
        sum(one["points"] for one in parts if one["code"] == WISHES) if reader.steps else 0,
    )


def _names() -> dict[str, str]:
    return {
        "area": _("request and skill"),
        "interest": _("interests"),
        "schedule": _("time"),
        "place": _("place"),
        "language": _("language"),
        "subject": _("subject"),
        "grade_near": _("close classes"),
        "organisation": _("organisation"),
    }
