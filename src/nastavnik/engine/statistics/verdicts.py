"""What may be said of a change in one word, by thresholds somebody else holds (papers: «Verdicts»)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from nastavnik.engine.statistics.paired import PairedChange


class EffectVerdict(StrEnum):
    """What is said of a change."""

    FEW = "few"  # too few pairs to judge
    LOST = "lost"  # too many of those asked first did not answer again
    SAME_FOR_ALL = "same_for_all"  # one and the same change of everybody
    MORE = "more"
    LESS = "less"
    SMALL = "small"  # a change, and smaller than one worth to speak of
    NONE = "none"  # the whole interval is smaller than that
    MAYBE_MORE = "maybe_more"
    MAYBE_LESS = "maybe_less"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class EffectThresholds:
    """Where one verdict ends and another begins.

    Attributes:
        fewest: pairs to judge by.
        sure: a p value below it is no chance.
        maybe: below it something is told with its doubt.
        worth: the least shift worth to speak of, as a share of the number of points of the scale (0.05: half a point of ten).
        lost_warns, lost_silences: the share of those asked first who did not answer again: above it that is said, or nothing else.
        ratio: how many times as many must have gone one way as the other for a «maybe».
    """

    fewest: int
    sure: float
    maybe: float
    worth: float
    lost_warns: float
    lost_silences: float
    ratio: float


def share_lost(change: PairedChange) -> float:
    """Return the share of those measured first who were not measured again, 0…1."""
    n_first = change.n_pairs + change.n_only_before
    return change.n_only_before / n_first if n_first else 0.0


def verdict_of(
    change: PairedChange, p_value: float, n_points: int, thresholds: EffectThresholds
) -> EffectVerdict:
    """Say what a change comes to.

    Args:
        change: what was measured.
        p_value: of it, raised for all that was asked together.
        n_points: how many points the scale has.
        thresholds: where to cut.
    """
    low, high, shift = change.shift_from, change.shift_to, change.shift
    silence = _silence(change, thresholds)
    if silence or low is None or high is None or shift is None:
        return silence or EffectVerdict.FEW
    worth = thresholds.worth * n_points
    if p_value < thresholds.sure:
        if abs(shift) < worth:
            return EffectVerdict.SMALL
        return EffectVerdict.MORE if shift > 0 else EffectVerdict.LESS
    return (
        EffectVerdict.NONE if -worth < low and high < worth else _doubt(change, p_value, thresholds)
    )


def _silence(change: PairedChange, thresholds: EffectThresholds) -> EffectVerdict | None:
    """Say why nothing may be said of a change; None where something may."""
    if change.n_pairs < thresholds.fewest:
        return EffectVerdict.FEW
    if share_lost(change) > thresholds.lost_silences:
        return EffectVerdict.LOST
    return EffectVerdict.SAME_FOR_ALL if change.is_same_for_all and change.shift else None


def _doubt(change: PairedChange, p_value: float, thresholds: EffectThresholds) -> EffectVerdict:
    """Say what a change that chance alone may have made looks like."""
    if p_value >= thresholds.maybe:
        return EffectVerdict.UNSURE
    shift = change.shift or 0.0
    if shift > 0 and change.n_up >= thresholds.ratio * change.n_down:
        return EffectVerdict.MAYBE_MORE
    if shift < 0 and change.n_down >= thresholds.ratio * change.n_up:
        return EffectVerdict.MAYBE_LESS
    return EffectVerdict.UNSURE


def told_apart(counts: Sequence[int], fewest: int) -> list[tuple[int, ...]] | None:
    """Return which of neighbouring counts are told apart so that none of fewer than `fewest` people can be known.

    A small count is told together with its smaller neighbour, and so on; zeros need no neighbour unless everybody is in one.

    Returns:
        Places of the counts told as one; None where only all together may be told, which tells nothing.
    """
    parts: list[tuple[int, ...]] = [(place,) for place in range(len(counts))]

    def size(part: tuple[int, ...]) -> int:
        return sum(counts[place] for place in part)

    while len(parts) > 1:
        small = [at for at, part in enumerate(parts) if 0 < size(part) < fewest]
        if not small:
            break
        at = small[0]
        beside = [one for one in (at - 1, at + 1) if 0 <= one < len(parts)]
        other = min(beside, key=lambda one: size(parts[one]))
        first, second = sorted((at, other))
        parts[first : second + 1] = [parts[first] + parts[second]]
    # where all are in one part, also one beside empty ones, what each answered is known
    return parts if sum(size(part) > 0 for part in parts) > 1 else None
