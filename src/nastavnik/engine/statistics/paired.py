"""The same people measured before and after: what moved, how surely, and who was lost on the way.

Only people measured both times are compared; the others are counted, never guessed. Numbers are compared as the decimals
they were written as, so that 3.4 - 3.1 ties with 2.4 - 2.1. The test is Wilcoxon's signed-rank test with Pratt's zeros
(Wilcoxon 1945, Pratt 1959) in its exact distribution given the ranks; the shift is Hodges and Lehmann's (1963), its
interval turns the same test round; the size of the effect is the matched-pairs rank-biserial correlation (Kerby 2014).
A change is not an effect: without a group of comparison nobody can say what the programme did (product principle 9).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, cast

import numpy as np
from numpy.typing import NDArray

#: By seven pairs nobody can judge (method of the product: «по 7 парам судить нельзя»).
FEWEST_PAIRS: Final = 8
#: Up to so many pairs the distribution is exact; above, normal with the exact variance.
EXACT_UP_TO: Final = 300
#: The interval holds the shift in 95 of 100 such measurements.
ERROR_SHARE: Final = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedChange:
    """How a group of people changed between two measurements.

    Attributes:
        n_pairs: people measured both times; only they are compared.
        n_only_before, n_only_after: people measured once.
        n_up, n_same, n_down: whose number grew, stayed, fell.
        mean_before, mean_after: of the pairs, in the units of the measurement.
        shift: Hodges–Lehmann: the median of the means of all two changes, a change with itself among them.
        shift_from, shift_to: where the shift lies in 95 of 100 such groups; None under six pairs, which allow none.
        p_value: how often chance alone moves a group at least so far, 0…1, two-sided.
        effect: rank-biserial correlation: -1 everybody fell, 0 no direction, 1 everybody grew.
        is_same_for_all: whether everybody changed by one and the same number.
        is_enough: whether there are enough pairs to judge at all.
    """

    n_pairs: int
    n_only_before: int
    n_only_after: int
    n_up: int
    n_same: int
    n_down: int
    mean_before: float | None
    mean_after: float | None
    shift: float | None
    shift_from: float | None
    shift_to: float | None
    p_value: float | None
    effect: float | None
    is_same_for_all: bool = False

    @property
    def is_enough(self) -> bool:
        """Whether there are enough pairs to judge at all."""
        return self.n_pairs >= FEWEST_PAIRS


def compare_paired(
    before: Mapping[str, float | None], after: Mapping[str, float | None]
) -> PairedChange:
    """Compare two measurements of people by their keys; None and an absent key mean «not measured».

    Raises:
        ValueError: a value is no finite number (a Russian sentence with the key).
    """
    first, second = _measured(before), _measured(after)
    both = sorted(first.keys() & second.keys())
    changes = [second[key] - first[key] for key in both]
    n_up, n_down = sum(change > 0 for change in changes), sum(change < 0 for change in changes)
    means = _walsh(changes)
    low, high = _interval(means, len(changes))
    up, down, ranks = _signed_ranks(changes)
    return PairedChange(
        n_pairs=len(both),
        n_only_before=len(first) - len(both),
        n_only_after=len(second) - len(both),
        n_up=n_up,
        n_same=len(both) - n_up - n_down,
        n_down=n_down,
        mean_before=_mean([first[key] for key in both]),
        mean_after=_mean([second[key] for key in both]),
        shift=_median(means),
        shift_from=low,
        shift_to=high,
        p_value=_p_value(up, ranks) if both else None,
        effect=(up - down) / (up + down) if up + down else (0.0 if both else None),
        is_same_for_all=len(set(changes)) == 1,
    )


def _measured(values: Mapping[str, float | None]) -> dict[str, Fraction]:
    found = {}
    for key, value in values.items():
        if value is None:
            continue
        if not _is_number(value):
            raise ValueError(f"«{key}»: здесь нужно число, а стоит «{value}».")
        found[key] = Fraction(str(value))
    return found


def _is_number(value: object) -> bool:
    """Tell whether what somebody sent is a finite number; True is none."""
    return type(value) in {int, float} and math.isfinite(cast("float", value))


def _mean(values: list[Fraction]) -> float | None:
    return float(sum(values) / len(values)) if values else None


def _walsh(changes: list[Fraction]) -> list[Fraction]:
    """Return the means of all two changes, sorted; a change with itself is one of them."""
    return sorted(
        (one + other) / 2 for place, one in enumerate(changes) for other in changes[place:]
    )


def _median(values: list[Fraction]) -> float | None:
    if not values:
        return None
    middle = len(values) // 2
    return float(values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2)


def _signed_ranks(changes: list[Fraction]) -> tuple[int, int, list[int]]:
    """Return twice the sums of ranks of rises and of falls, and twice the ranks of all that is not zero.

    Equal sizes share the mean of their ranks, hence twice; zeros take the lowest ranks and are dropped (Pratt).
    """
    sizes = sorted(abs(change) for change in changes)
    first = {size: place for place, size in reversed(list(enumerate(sizes)))}
    last = {size: place for place, size in enumerate(sizes)}
    doubled = [first[abs(change)] + last[abs(change)] + 2 for change in changes]
    up = sum(rank for rank, change in zip(doubled, changes, strict=True) if change > 0)
    down = sum(rank for rank, change in zip(doubled, changes, strict=True) if change < 0)
    return up, down, [rank for rank, change in zip(doubled, changes, strict=True) if change]


def _distribution(ranks: list[int]) -> NDArray[np.float64]:
    """Return how likely each sum of the ranks of rises is when a rise and a fall are equally likely."""
    shares = np.zeros(sum(ranks) + 1)
    shares[0] = 1.0
    reach = 0
    for rank in ranks:
        shares[: reach + rank + 1] *= 0.5
        shares[rank : reach + rank + 1] += shares[: reach + 1].copy()
        reach += rank
    return shares


def _p_value(up: int, ranks: list[int]) -> float:
    if len(ranks) > EXACT_UP_TO:
        spread = math.sqrt(sum(rank * rank for rank in ranks)) / 2
        # ranks are doubled: half a step of the sum is 1
        far = max(0.0, abs(up - sum(ranks) / 2) - 1) / spread
        return math.erfc(far / math.sqrt(2))
    shares = _distribution(ranks)
    return min(1.0, 2 * float(min(shares[: up + 1].sum(), shares[up:].sum())))


def _interval(means: list[Fraction], n_pairs: int) -> tuple[float | None, float | None]:
    """Turn the test round: the shifts it would not refuse lie between two of the sorted means."""
    cut = _cut(n_pairs)
    return (float(means[cut - 1]), float(means[-cut])) if cut else (None, None)


def _cut(n_pairs: int) -> int:
    """Return how many means are cut off at each end, plus one; 0 where the pairs are too few for an interval."""
    if n_pairs > EXACT_UP_TO:
        total = n_pairs * (n_pairs + 1)
        spread = math.sqrt(total * (2 * n_pairs + 1) / 24)
        return math.floor(total / 4 - 1.959963984540054 * spread)
    tails = np.cumsum(_distribution(list(range(1, n_pairs + 1))))
    return int(np.searchsorted(tails, ERROR_SHARE / 2, side="right"))
