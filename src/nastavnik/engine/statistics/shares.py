"""A share of a whole, honestly: without a denominator there is none, and one above the whole is a mistake and no share."""

from dataclasses import dataclass
from fractions import Fraction


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
