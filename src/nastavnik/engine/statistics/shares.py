"""A share of a whole, honestly: without a denominator there is none, and one above the whole is a mistake and no share."""

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Final


@dataclass(frozen=True, slots=True)
class CountedShare:
    """So many of so many.

    Attributes:
        numerator: how many.
        denominator: of how many; None where nobody has said.
    """

    numerator: int
    denominator: int | None

    @property
    def is_above(self) -> bool:
        """Tell whether there are more than the whole: one of the two numbers is wrong."""
        return self.denominator is not None and self.numerator > self.denominator

    @property
    def percent(self) -> Fraction | None:
        """Return the share in per cent, exactly; None without a denominator, with 0 and above the whole."""
        if not self.denominator or self.is_above:
            return None
        return Fraction(100 * self.numerator, self.denominator)

    def reaches(self, target: float) -> bool | None:
        """Tell whether a planned per cent is reached: compared exactly, never rounded; None where there is no share."""
        value = self.percent
        return None if value is None else value >= Fraction(str(target))


#: The normal quantile of an interval that holds in 95 of 100 such groups.
_Z: Final = 1.959963984540054


def wilson(n_of: int, n_all: int) -> tuple[float, float] | None:
    """Return where a share lies in 95 of 100 such groups, 0…1: Wilson's score interval (Wilson 1927); None of nobody.

    Raises:
        ValueError: fewer than none, or more than all.
    """
    if not 0 <= n_of <= n_all:
        raise ValueError(f"Из {n_all} не бывает {n_of}.")
    if not n_all:
        return None
    share, spread = n_of / n_all, _Z * _Z / n_all
    middle = share + spread / 2
    half = _Z * math.sqrt(share * (1 - share) / n_all + spread / n_all / 4)
    # at none and at all one end is exact, whatever the rounding
    low = 0.0 if n_of == 0 else (middle - half) / (1 + spread)
    high = 1.0 if n_of == n_all else (middle + half) / (1 + spread)
    return low, high
