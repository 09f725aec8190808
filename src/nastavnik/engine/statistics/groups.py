"""Two groups of different people, and many comparisons at once.

Whether those who were lost on the way differed at the entry is asked by the rank-sum test (Mann and Whitney 1947), exact given
the ties. Of many comparisons the p values are raised by Holm's rule (Holm 1979), so that among all of them together chance
alone finds something in fewer than 5 of 100 programmes.
"""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

#: Up to so many people in both groups together the distribution is exact; above, normal with the exact variance.
EXACT_TOGETHER: Final = 120


def rank_sum_p(one: Sequence[float], other: Sequence[float]) -> float | None:
    """Return how often chance alone sets two groups at least so far apart, 0…1, two-sided; None where one is empty."""
    if not one or not other:
        return None
    ranks = _doubled_ranks([*one, *other])
    found = sum(ranks[: len(one)])
    if len(ranks) > EXACT_TOGETHER:
        return _normal(found, ranks, len(one))
    shares = _sums(ranks, len(one))
    return min(1.0, 2 * float(min(shares[: found + 1].sum(), shares[found:].sum())))


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p values raised for being asked together, in their order."""
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    raised, least = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(order):
        least = max(least, min(1.0, (len(order) - rank) * p_values[place]))
        raised[place] = least
    return raised


def _doubled_ranks(values: Sequence[float]) -> list[int]:
    """Return twice the ranks: equal values share the mean of theirs."""
    ordered = sorted(values)
    first = {value: place for place, value in reversed(list(enumerate(ordered)))}
    last = {value: place for place, value in enumerate(ordered)}
    return [first[value] + last[value] + 2 for value in values]


def _sums(ranks: Sequence[int], n_chosen: int) -> np.ndarray:
    """Return how likely each sum of the ranks of so many people is when anybody may be among them."""
    ways = np.zeros((n_chosen + 1, sum(ranks) + 1))
    ways[0, 0] = 1.0
    for rank in ranks:
        # from the last row on: a rank is taken once
        for n in range(n_chosen, 0, -1):
            ways[n, rank:] += ways[n - 1, : ways.shape[1] - rank]
    shares: np.ndarray = ways[n_chosen] / math.comb(len(ranks), n_chosen)
    return shares


def _normal(found: int, ranks: Sequence[int], n_one: int) -> float:
    n, n_other = len(ranks), len(ranks) - n_one
    mean = sum(ranks) / n
    variance = n_one * n_other / (n * (n - 1)) * sum((rank - mean) ** 2 for rank in ranks)
    if not variance:
        return 1.0
    # ranks are doubled: half a step of the sum is 1
    far = max(0.0, abs(found - n_one * mean) - 1) / math.sqrt(variance)
    return math.erfc(far / math.sqrt(2))
