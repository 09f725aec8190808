"""How far several people agree who score the same things by the same few points, one above the other (0, 1, 2).

Every two scores of one thing are compared; a thing only one person has scored is compared with nothing. The coefficient is
Krippendorff's alpha for ordered points (Krippendorff 2004, «Content Analysis», chapter 11): 1 all agree, 0 no more than
chance would, below 0 less. Where everybody gives every thing the same point there is nothing to tell agreement from chance
by, and there is no coefficient.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorerAgreement:
    """How far scorers agree.

    Attributes:
        n_things: things at least two people have scored; only these are compared.
        n_compared: comparisons of two scores of one thing.
        n_equal: of them with the same point.
        n_near: of them one point apart.
        n_far: of them further apart.
        apart: the things with scores further than one point apart, in their order.
        alpha: Krippendorff's, for ordered points; None where nothing is compared or all scores are the same point.
    """

    n_things: int
    n_compared: int
    n_equal: int
    n_near: int
    n_far: int
    apart: tuple[str, ...]
    alpha: float | None


def agreement_of(scores: Mapping[str, Sequence[int]]) -> ScorerAgreement:
    """Compare the scores of things: thing → the points it was given, one a person; whoever has not scored it is left out."""
    compared = {thing: points for thing, points in scores.items() if len(points) > 1}
    gaps = [abs(a - b) for points in compared.values() for a, b in combinations(points, 2)]
    return ScorerAgreement(
        n_things=len(compared),
        n_compared=len(gaps),
        n_equal=gaps.count(0),
        n_near=gaps.count(1),
        n_far=sum(gap > 1 for gap in gaps),
        apart=tuple(thing for thing, points in compared.items() if max(points) - min(points) > 1),
        alpha=_alpha(list(compared.values())),
    )


def _alpha(units: Sequence[Sequence[int]]) -> float | None:
    """Return 1 - observed / expected disagreement; a thing weighs by how many people scored it."""
    n_of = Counter(point for unit in units for point in unit)
    n = sum(n_of.values())
    expected = sum(
        n_of[low] * n_of[high] * _distance(low, high, n_of)
        for low, high in combinations(sorted(n_of), 2)
    )
    if not expected:
        return None
    observed = sum(
        _distance(min(a, b), max(a, b), n_of) / (len(unit) - 1)
        for unit in units
        for a, b in combinations(unit, 2)
    )
    return 1 - (n - 1) * observed / expected


def _distance(low: int, high: int, n_of: Mapping[int, int]) -> float:
    """Return the squared distance of two points: by how many scores lie from one to the other, half of both ends."""
    if low == high:
        return 0.0
    between = sum(n for point, n in n_of.items() if low <= point <= high)
    return (between - (n_of[low] + n_of[high]) / 2) ** 2
