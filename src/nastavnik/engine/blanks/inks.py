"""How much ink stands in each box of a picture: boxes are brought to their printed outlines, then compared with blank ones.

Lengths in mm, darkness from 0 (the paper around a box) to 1.
"""

from dataclasses import dataclass

import numpy as np

from nastavnik.engine.blanks.layout import BOX
from nastavnik.engine.blanks.planes import Floats, Singles, sample

_COARSE, _FINE = 0.25, 0.125  # mm between samples
_FAR, _NEAR = 4.0, 2.0  # how far an outline may lie from where it is looked for, first and then
_AROUND = 2.1  # mm of paper looked at beside a box
_NEIGHBOURS = 16.0  # mm: boxes so near are bent alike
_OWN = 0.35  # what the outline of a box itself says, against that of its neighbours
_INSIDE = 0.5  # mm from the outline in: what is called inside
_CELLS = 6
_STROKE = 10  # samples both ways: lines up to 2.5 mm wide are strokes


@dataclass(frozen=True, slots=True)
class BoxInks:
    """What is seen of each box, one value a box.

    Attributes:
        ink: mean darkness inside over that of a blank box of the same picture.
        cover: share of the inside that is dark.
        around: darkness of the paper on the left, on the right and below.
        outline: contrast of the printed outline.
        outside: share of the box and its surroundings that lies outside the picture.
        shift: how far the outline lies from where the plane says, mm (across, down).
    """

    ink: Floats
    cover: Floats
    around: Floats
    outline: Floats
    outside: Floats
    shift: Floats


def measure_inks(
    grey: Singles, plane: Floats, centres: Floats, size: float = BOX, *, align: bool = True
) -> BoxInks:
    """Measure the boxes of a page.

    Args:
        grey: the picture, 0 black to 255 white.
        plane: mm → px.
        centres: of all boxes and references, mm.
        size: of a box, mm.
        align: False leaves the boxes where the plane says they are; only to prove what the alignment does.
    """
    moved = np.zeros_like(centres)
    if align:
        found, scores = _outlines(
            _darkness(grey, plane, centres, size, _FAR, _COARSE)[0], centres, size, _FAR, _COARSE
        )
        moved = _bend(centres, found, scores)
    reach = _NEAR if align else 0.0
    dark, outside = _darkness(grey, plane, centres + moved, size, reach, _FINE)
    shift, outline = _outlines(dark, centres, size, reach, _FINE)
    patches = _cut(dark, shift, size)
    ink, cover, around = _measures(patches, size)
    return BoxInks(ink, cover, around, outline, outside, moved + shift)


def _steps(length: float, step: float) -> int:
    return round(length / step)


def _darkness(
    grey: Singles, plane: Floats, centres: Floats, size: float, reach: float, step: float
) -> tuple[Singles, Floats]:
    """Return squares of darkness around each centre, and the share of each outside the picture."""
    n = _steps(size / 2 + _AROUND + reach, step)
    line: Floats = np.arange(-n, n + 1, dtype=np.float64) * step
    across, down = np.meshgrid(line, line)
    raw = sample(grey, plane, centres[:, 0, None, None] + across, centres[:, 1, None, None] + down)
    outside = np.isnan(raw)
    with np.errstate(all="ignore"):
        white = _paper(raw, line)
    dark = np.clip(1 - raw / np.maximum(white, 1), -0.2, 1)
    dark[outside] = 0
    return dark.astype(np.float32), outside.mean((1, 2))


def _paper(raw: Singles, line: Floats) -> Singles:
    """Return the brightness of the paper: a plane through the bright samples of the four quarters."""
    n = len(line) // 2
    every = 3
    quarters = []
    for top in (0, n):
        for left in (0, n):
            part = raw[:, top : top + n : every, left : left + n : every].reshape(len(raw), -1)
            part = np.sort(np.where(np.isnan(part), -1, part), axis=1)
            quarters.append(part[:, int(part.shape[1] * 0.75)])
    nw, ne, sw, se = (quarter[:, None, None] for quarter in quarters)
    across = down = (line / line[-1]).astype(np.float32)
    mean = (nw + ne + sw + se) / 4
    to_right = (ne + se - nw - sw) / 2
    to_bottom = (sw + se - nw - ne) / 2
    paper: Singles = mean + to_right * across[None, None, :] + to_bottom * down[None, :, None]
    return paper


def _outlines(
    dark: Singles, centres: Floats, size: float, reach: float, step: float
) -> tuple[Floats, Floats]:
    """Return the shift at which each printed outline is seen best, mm, and how well it is seen there.

    The score of a shift is the darkness of the ring where the line should be less that inside and outside of it;
    a box listens to its own score and to those of the boxes near.
    """
    n = _steps(reach, step)
    scores = _scores(dark, size, n, step)
    apart = ((centres[:, None] - centres[None]) ** 2).sum(2)
    near = np.exp(-apart / (2 * _NEIGHBOURS**2)).astype(np.float32)
    flat = scores.reshape(len(centres), -1)
    heard = near @ flat / near.sum(1, keepdims=True) + np.float32(_OWN) * flat
    best = heard.argmax(1)
    down, across = best // (2 * n + 1) - n, best % (2 * n + 1) - n
    shift = np.stack([across, down], 1) * step
    return shift, flat[np.arange(len(flat)), best].astype(float)


def _scores(dark: Singles, size: float, n: int, step: float) -> Singles:
    sums = np.pad(dark, ((0, 0), (1, 0), (1, 0))).cumsum(1).cumsum(2)
    middle = dark.shape[1] // 2

    def square(half: int) -> Singles:
        """Sum over a square of so many samples around every shift."""
        a, b, wide = middle - n - half, middle - n + half + 1, 2 * n + 1
        total: Singles = (
            sums[:, b : b + wide, b : b + wide]
            - sums[:, a : a + wide, b : b + wide]
            - sums[:, b : b + wide, a : a + wide]
            + sums[:, a : a + wide, a : a + wide]
        )
        return total

    halves = [_steps(size / 2 + more, step) for more in (-0.625, -0.25, 0.125, 0.5)]
    inner, within, line, outer = (square(half) for half in halves)
    areas = [float((2 * half + 1) ** 2) for half in halves]
    found: Singles = (
        (line - within) / (areas[2] - areas[1])
        - 0.5 * (within - inner) / (areas[1] - areas[0])
        - 0.5 * (outer - line) / (areas[3] - areas[2])
    ).astype(np.float32)
    return found


def _bend(centres: Floats, shift: Floats, scores: Floats) -> Floats:
    """Return the smooth bend of the sheet that the outlines seen well agree on, at every box, mm."""
    x, y = ((centres - (105.0, 148.5)) / 100.0).T
    terms = np.stack([np.ones_like(x), x, y, x * y, x * x, y * y, x * y * y, x * x * y, y**3], 1)
    weights = np.clip(scores / max(float(np.percentile(scores, 75)), 1e-6), 0, 1) ** 2
    moved = np.zeros_like(shift)
    trust = weights
    for _ in range(4):
        scaled = terms * trust[:, None]
        ridge = 0.02 * np.eye(terms.shape[1]) * trust.sum()
        ridge[0, 0] = 0
        moved = terms @ np.linalg.solve(scaled.T @ terms + ridge * 0.02, scaled.T @ shift)
        miss = np.hypot(*(shift - moved).T)
        trust = weights / (1 + (miss / 0.7) ** 2)
    return moved


def _cut(dark: Singles, shift: Floats, size: float) -> Singles:
    """Return squares with each box in the middle."""
    n = _steps(size / 2 + _AROUND, _FINE)
    line = np.arange(-n, n + 1)
    middle = dark.shape[1] // 2
    across = (shift[:, 0] / _FINE).round().astype(int)
    down = (shift[:, 1] / _FINE).round().astype(int)
    each = np.arange(len(dark))[:, None, None]
    rows = (middle + down[:, None] + line)[:, :, None]
    columns = (middle + across[:, None] + line)[:, None, :]
    patches: Singles = dark[each, rows, columns]
    return patches


def _measures(patches: Singles, size: float) -> tuple[Floats, Floats, Floats]:
    """Return ink inside over the typical box, how much of the inside it covers, and ink around (not above: words).

    Ink is seen in two ways, and the larger counts: thin and darker than the paper within a millimetre of it, which the
    edge of a shadow is not; or as a whole darker than the paper on each of the four sides, which a shadow is not either.
    """
    c, r = patches.shape[1] // 2, _steps(size / 2 - _INSIDE, _FINE)
    inside = slice(c - r, c + r + 1)
    strokes = thin(patches)
    drawn = strokes[:, inside, inside]
    stroke = np.clip(drawn - np.median(drawn, 0), 0, None).mean((1, 2))
    inner = patches[:, inside, inside]
    whole = np.clip(inner - np.median(inner, 0), 0, None).mean((1, 2)) - _beside(patches, size)
    wide = (2 * r + 1) // _CELLS
    squares = inner[:, : wide * _CELLS, : wide * _CELLS]
    cells = squares.reshape(len(patches), _CELLS, wide, _CELLS, wide).mean((2, 4))
    top = np.percentile(inner, 95, axis=(1, 2))[:, None, None]
    cover = (cells > 0.42 * np.maximum(top, 0.1)).mean((1, 2))
    e = _steps(size / 2 + 0.4, _FINE)
    beside = [
        strokes[:, c - r :, : c - e],
        strokes[:, c - r :, c + e :],
        strokes[:, c + e :, c - e : c + e],
    ]
    around = np.concatenate([part.reshape(len(patches), -1) for part in beside], 1).mean(1)
    return np.maximum(stroke, whole).astype(float), cover.astype(float), around.astype(float)


def _beside(patches: Singles, size: float) -> Floats:
    """Return how dark the paper is just outside the darkest of the four sides of each box."""
    c, r = patches.shape[1] // 2, _steps(size / 2 - 0.25, _FINE)
    near, far = _steps(size / 2 + 0.35, _FINE), _steps(size / 2 + 0.85, _FINE)
    along, low, high = slice(c - r, c + r + 1), slice(c - far, c - near), slice(c + near, c + far)
    strips = [
        patches[:, low, along],
        patches[:, high, along],
        patches[:, along, low],
        patches[:, along, high],
    ]
    sides = np.stack([np.median(strip, axis=(1, 2)) for strip in strips], 1)
    darker: Floats = np.clip(sides - np.median(sides, 0), 0, None).max(1)
    return darker


def thin(patches: Singles, reach: int = _STROKE) -> Singles:
    """Return only what is narrower than a stroke of any pen, against the paper beside it (a morphological closing).

    Args:
        patches: darkness, one picture after another.
        reach: half of the widest stroke, in samples.
    """
    light = 1 - (
        patches[:, 1:-1, 1:-1] * 4
        + (
            patches[:, :-2, 1:-1]
            + patches[:, 2:, 1:-1]
            + patches[:, 1:-1, :-2]
            + patches[:, 1:-1, 2:]
        )
        * 2
        + (patches[:, :-2, :-2] + patches[:, 2:, :-2] + patches[:, :-2, 2:] + patches[:, 2:, 2:])
    ) / np.float32(16)
    light = np.pad(light, ((0, 0), (1, 1), (1, 1)), mode="edge")
    closed = light
    for pick in (np.maximum, np.minimum):
        for axis in (1, 2):
            closed = _widest(closed, reach, axis, pick)
    found: Singles = np.clip(1 - light / np.maximum(closed, 0.05), 0, 1)
    return found


def _widest(values: Singles, reach: int, axis: int, pick: np.ufunc) -> Singles:
    """Return the extreme value within so many samples both ways along an axis."""
    wide = [(0, 0)] * 3
    wide[axis] = (reach, reach)
    padded = np.pad(values, wide, mode="edge")
    length, have, n = values.shape[axis], 1, 2 * reach + 1
    while have < n:
        step = min(have, n - have)
        size = padded.shape[axis] - step
        padded = pick(padded.take(range(size), axis), padded.take(range(step, size + step), axis))
        have += step
    found: Singles = padded.take(range(length), axis)
    return found
